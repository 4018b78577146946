"""The whole course in the making: lessons that were there, and those that are written, as far as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tui_tutor.core.course import Course, Lesson, Level
from tui_tutor.core.lock import LOCK_FILE
from tui_tutor.core.parsing import COURSE_FILE, check_course, lesson_path, parse_lesson
from tui_tutor.studio.agents.agent import HOUSE
from tui_tutor.studio.assembling import draft_toml, lesson_toml, overlay_file, overlay_toml
from tui_tutor.studio.gates.built import Built, CellWork, Judgement, Money, SolverAnswer, further_levels
from tui_tutor.studio.gates.promises import PROFILES_SPEAK
from tui_tutor.studio.histories import Histories
from tui_tutor.studio.industries.catalogue import profile
from tui_tutor.studio.industries.words import terms_used
from tui_tutor.studio.lesson_work import LessonWork
from tui_tutor.studio.outline import Outline
from tui_tutor.studio.telling import Telling


@dataclass(frozen=True)
class WholeCourse:
    """`before` are the course's files as the build began, `kept` its lessons that were written by then.

    `works` are the lessons that are written now, by id; they join as they are begun.
    """

    outline: Outline
    telling: Telling
    histories: Histories
    before: Mapping[str, bytes]
    kept: Sequence[str]
    works: Mapping[str, LessonWork]

    def draft(self, lesson: str) -> bytes:
        """What there is of a lesson that is left for the author."""
        tables = self.works[lesson].tables
        text = lesson_toml(self.outline, lesson, tables) if tables else draft_toml(self.outline, lesson)
        return text.encode()

    def files(self, lessons: Sequence[str], course_file: bytes) -> dict[str, bytes]:
        """The course's files: lessons that were there as they are, new ones as they came out."""
        outline = reduced(self.outline, lessons)
        files = {
            name: data
            for name, data in self.before.items()
            if not name.startswith("lessons/") or name.split("/")[1].split(".")[0] in self.kept
        }
        for name in ("QUALITY.md", "QUALITY.json", LOCK_FILE):
            files.pop(name, None)
        texts: dict[str, str] = {}
        for lesson in lessons:
            if work := self.works.get(lesson):
                texts[lesson_path(lesson)] = lesson_toml(outline, lesson, work.tables)
                for level, draft in work.levels.items():
                    texts[overlay_file(lesson, level)] = overlay_toml(draft, work.tables)
        return {**files, COURSE_FILE: course_file, **{name: text.encode() for name, text in texts.items()}}

    def read(self, files: Mapping[str, bytes], course: Course, money: Money) -> Built:
        """The course as its gates read it; nothing is run."""
        lessons = [one.id for one in self.outline.lesson if lesson_path(one.id) in files]
        read = tuple(found for one in lessons if (found := parse_lesson(course, one, files).value))
        works = [self.works[one] for one in sorted(self.works)]
        recalled = self.histories.recalled
        built = Built(
            brief=self.telling.brief,
            course=course,
            lessons=read,
            levels=_levels(course, lessons, files),
            files=files,
            diagnostics=check_course(files, folder_name=course.id) if files else (),
            blooms={one.id: one.bloom for one in self.outline.objective},
            answers=(
                *(one for work in works if not work.left for one in work.answers),
                *recalled(self.kept, "answers", SolverAnswer),
            ),
            sources=self.telling.sources,
            prompts=(HOUSE,),
            money=money,
            work=(
                *(one for work in works for one in work.work()),
                *recalled(self.kept, "work", CellWork),
            ),
            judgements=(
                *(one for work in works for one in work.judgements),
                *recalled(self.kept, "judgements", Judgement),
            ),
        )
        return replace(built, terms=self._terms(built))

    def _terms(self, built: Built) -> Mapping[str, int] | None:
        """How often each term of the readers' industry occurs; None where nobody knows its terms."""
        is_spoken = self.telling.brief.language.partition("-")[0] == PROFILES_SPEAK
        known = profile(self.telling.brief.industry) if self.telling.brief.industry and is_spoken else None
        return terms_used(known, [one.words for one in built.texts()]) if known else None


def _levels(
    course: Course, lessons: Sequence[str], files: Mapping[str, bytes]
) -> dict[Level, tuple[Lesson, ...]]:
    """The lessons as readers of each level see them, where there is something for one."""
    levels: dict[Level, tuple[Lesson, ...]] = {}
    for level in further_levels(course):
        if any(overlay_file(one, level) in files for one in lessons):
            told = (parse_lesson(course, one, files, overlay=level).value for one in lessons)
            levels[level] = tuple(one for one in told if one is not None)
    return levels


def reduced(outline: Outline, lessons: Sequence[str]) -> Outline:
    """An outline of these lessons alone; nothing requires what is left out."""
    kept = [one for one in outline.lesson if one.id in lessons]
    return outline.model_copy(
        update={
            "lesson": tuple(
                one.model_copy(update={"requires": tuple(r for r in one.requires if r in lessons)})
                for one in kept
            )
        }
    )

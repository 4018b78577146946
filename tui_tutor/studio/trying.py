"""Trying a lesson: written as a course of its own, checked, run, and looked at by every gate that is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tui_tutor.core.course import Course, Lesson, Level, MarkdownCell
from tui_tutor.core.parsing import COURSE_FILE, check_course, lesson_path, parse_course, parse_lesson
from tui_tutor.core.reading_ease import reading_ease
from tui_tutor.studio.assembling import course_toml, lesson_toml, overlay_file, overlay_toml
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.durable import make_folder
from tui_tutor.studio.gates.all_gates import findings_about, findings_before_running
from tui_tutor.studio.gates.built import Built, Money
from tui_tutor.studio.gates.citations import is_cited, states_something
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.gates.reach_python import reaches_of_python
from tui_tutor.studio.grounding.marks import paragraphs_of
from tui_tutor.studio.grounding.source import Source
from tui_tutor.studio.lesson_work import LessonWork
from tui_tutor.studio.outline import Outline
from tui_tutor.studio.trials import Tell, Trials

# What cannot be known, or cannot be cured in one lesson: asked of the whole course. Whether questions hold in
# the words of a level is cured as those are written.
OF_THE_COURSE: Final = frozenset(
    {
        "over-budget",
        "estimate-off",
        "industry-unused",
        "key-position",
        "citation-share",
        "own-question",
        "level-disputed",
    }
)
_PASSAGES_AT_ONCE: Final = 2  # rewritten at once where a lesson reads too hard
_OF_PASSAGES: Final = frozenset({"industry-unused", "reading-ease", "citation-share"})
_BARE: Final = (
    "a paragraph of this passage states facts and does not say where they come from: cite them there, leave "
    "them out, or say them to the learner about what was just run"
)
_NOT_TO_RUN: Final = frozenset({"course-valid", "reaches-outside"})
LATER: Final = frozenset({"solver-disagrees"})
_MOST_PRINTED: Final = 2_000  # characters of one cell


@dataclass(frozen=True)
class Tryer:
    """Tries lessons of one course in a folder of the studio's."""

    brief: Brief
    outline: Outline
    trials: Trials
    folder: Path
    sources: tuple[Source, ...] = ()
    prompts: tuple[str, ...] = ()

    def course(self) -> Course:
        """The course, as its file says it."""
        course = parse_course({COURSE_FILE: course_toml(self.brief, self.outline).encode()}).value
        assert course is not None, "the studio writes course.toml itself"
        return course

    def files(self, work: LessonWork) -> dict[str, bytes]:
        """The lesson as a course of its own; what it requires is left out."""
        alone = self.outline.model_copy(
            update={"lesson": tuple(one.model_copy(update={"requires": ()}) for one in self.outline.lesson)}
        )
        texts = {
            COURSE_FILE: course_toml(self.brief, alone, lessons=[work.lesson]),
            lesson_path(work.lesson): lesson_toml(alone, work.lesson, work.tables),
        }
        for level, draft in work.levels.items():
            texts[overlay_file(work.lesson, level)] = overlay_toml(draft, work.tables)
        return {name: text.encode() for name, text in texts.items()}

    async def built(self, work: LessonWork, tell: Tell) -> Built:
        """The lesson and what checking and running it showed; what must not run is not run."""
        files = self.files(work)
        built = self.checked(work, files)
        if not may_run(built):
            return built
        place = self.folder / work.lesson
        write_course(place, files)
        trial = await self.trials.prove(place, tell)
        return replace(built, proven=trial.proven)

    def checked(self, work: LessonWork, files: Mapping[str, bytes]) -> Built:
        """The lesson as it reads, nothing run."""
        course = parse_course(files).value
        assert course is not None, "the studio writes course.toml itself"
        base = parse_lesson(course, work.lesson, files).value
        levels: dict[Level, tuple[Lesson, ...]] = {}
        for level in work.levels:
            if told := parse_lesson(course, work.lesson, files, overlay=level).value:
                levels[level] = (told,)
        return Built(
            brief=self.brief,
            course=course,
            lessons=(base,) if base else (),
            levels=levels,
            files=files,
            diagnostics=check_course(files, folder_name=course.id),
            blooms={one.id: one.bloom for one in self.outline.objective},
            answers=work.answers,
            sources=self.sources,
            prompts=self.prompts,
            money=Money(self.brief.budget_usd),
            work=tuple(work.work()),
        )

    def findings(self, built: Built, *, is_solved: bool) -> tuple[Finding, ...]:
        """What stops the lesson, in the order of its cells; what is not due yet is left out."""
        undue = OF_THE_COURSE if is_solved else OF_THE_COURSE | LATER
        if not may_run(built):  # only what was read can be mended
            undue |= {"proof-missing"}
        order = [cell.id for lesson in built.lessons for cell in lesson.cells]
        found = [
            placed
            for one in findings_about(built)
            if one.is_hard and one.gate not in undue
            for placed in placed_in(one, built)
        ]
        return tuple(
            sorted(found, key=lambda one: order.index(one.cell) if one.cell in order else len(order))
        )


def placed_in(finding: Finding, built: Built) -> Iterator[Finding]:
    """A finding about many passages, placed at those that are to be mended; all else stays where it is."""
    if finding.cell or finding.gate not in _OF_PASSAGES:
        yield finding
        return
    passages = [
        (lesson.id, cell) for lesson, cell in built.cells() if isinstance(cell, MarkdownCell) and cell.text
    ]
    if finding.gate == "citation-share":
        for lesson, cell in passages:
            if any(states_something(one) and not is_cited(one) for one in paragraphs_of(cell.text)):
                yield replace(finding, lesson=lesson, cell=cell.id, message=_BARE)
        return
    if finding.gate == "industry-unused":
        longest = sorted(passages, key=lambda one: -len(one[1].text))
        for lesson, cell in longest[:_PASSAGES_AT_ONCE]:
            yield replace(finding, lesson=lesson, cell=cell.id)
        return
    language = built.course.language
    hardest = sorted(passages, key=lambda one: reading_ease(one[1].text, language).ease or 0.0)
    for lesson, cell in hardest[:_PASSAGES_AT_ONCE]:
        yield replace(finding, lesson=lesson, cell=cell.id)


def may_run(built: Built) -> bool:
    """Whether a draft may run: it reads without errors, and reaches for nothing outside its workspace."""
    return not any(one.is_hard and one.gate in _NOT_TO_RUN for one in findings_before_running(built))


async def printed_by(trials: Trials, program: str, course: Course) -> str:
    """What a program prints that a question is about; "" where it fails, or reaches outside its workspace."""
    if next(reaches_of_python(program), None):  # it is read before it runs, as every other program
        return ""
    is_good, printed = await trials.printed(program, course)
    return printed if is_good else ""


def write_course(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder hold just these files."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files.items():
        path = folder / name
        make_folder(path.parent)
        path.write_bytes(data)


def survivors_in(built: Built) -> dict[str, list[Finding]]:
    """The faulty solutions that no check of an exercise catches, by its cell: what its score is made of."""
    found: dict[str, list[Finding]] = {}
    for one in findings_about(built):
        if one.gate == "mutant-survives":
            found.setdefault(one.cell, []).append(one)
    return found


def printed_in(built: Built, lesson: str) -> dict[str, str]:
    """What each cell of a lesson printed that ended well, as an agent may be told it."""
    return {
        one.cell.id: one.recorded.text[:_MOST_PRINTED]
        for one in built.proven.get(lesson, ())
        if one.outcome == "ok" and one.recorded.text
    }


def evidence(findings: Sequence[Finding]) -> str:
    """Findings as a repairer reads them."""
    return "\n".join(f"- {one.message}{f' ({one.help})' if one.help else ''}" for one in findings)

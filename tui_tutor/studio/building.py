"""Building a course: its lessons side by side, the whole run and looked at by every gate, then published."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from tui_tutor.core.course import Course, Lesson, QuizCell
from tui_tutor.core.errors import TutorError
from tui_tutor.core.lock import LOCK_FILE, lock_text
from tui_tutor.core.parsing import COURSE_FILE, lesson_path, parse_course
from tui_tutor.core.safe_text import safe_line
from tui_tutor.studio.agents.agent import HOUSE
from tui_tutor.studio.asking import Asker, UnusableAnswer
from tui_tutor.studio.assembling import course_toml
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.gates.all_gates import findings_about, is_publishable
from tui_tutor.studio.gates.built import Built, Money, SolverAnswer, is_retold
from tui_tutor.studio.gates.finding import Finding, hard
from tui_tutor.studio.histories import Histories, others
from tui_tutor.studio.lesson_building import LessonBuilder
from tui_tutor.studio.lesson_work import LessonWork
from tui_tutor.studio.news import News, OnNews
from tui_tutor.studio.outline import Outline
from tui_tutor.studio.reviewing import cells_in
from tui_tutor.studio.solving import Seen, asked_of, seen_at, solved_blind
from tui_tutor.studio.studio_folder import StudioFolder
from tui_tutor.studio.telling import Telling
from tui_tutor.studio.trials import Trials
from tui_tutor.studio.trying import Tryer, may_run, placed_in, printed_in, write_course
from tui_tutor.studio.whole_course import WholeCourse, reduced

TRIALS_FOLDER: Final = "trials"
DRAFT_FOLDER: Final = "draft"
LAST_ANSWERS_S: Final = 180.0  # that are waited for where a build ends; batches are answered later
_MOST_AMENDMENTS: Final = 2


@dataclass(frozen=True, slots=True)
class Result:
    """What a build came to. `files` are the course's, to be published if nothing hard was found.

    `left`: lessons that are left for the author, with the reasons; `drafts`: what there is of each.
    `before`: the course's files as the build began; `course_file`: course.toml without the author's changes.
    `gone`: files of lessons that the outline no longer has, and words for what lessons no longer say.
    """

    built: Built
    findings: tuple[Finding, ...]
    files: Mapping[str, bytes]
    left: Mapping[str, Sequence[str]] = field(default_factory=dict)
    drafts: Mapping[str, bytes] = field(default_factory=dict)
    before: Mapping[str, bytes] = field(default_factory=dict)
    course_file: str = ""
    gone: tuple[str, ...] = ()

    @property
    def is_publishable(self) -> bool:
        """Whether there is a course, and nothing keeps it from being published."""
        return bool(self.built.lessons) and is_publishable(self.findings)


@dataclass
class CourseBuilder:
    """Builds what is not written yet of a course in the studio's folder."""

    folder: StudioFolder
    outline: Outline
    asker: Asker
    trials: Trials
    telling: Telling
    on_news: OnNews
    money: Callable[[], Money]  # what is spent at the moment
    at_once: int = 3

    def __post_init__(self) -> None:
        self._brief: Brief = self.telling.brief
        self._tryer = Tryer(
            self._brief,
            self.outline,
            self.trials,
            self.folder.hidden / TRIALS_FOLDER,
            self.telling.sources,
            (HOUSE,),
        )
        self._histories = Histories(self.folder)
        self._before = self.folder.files()
        self._kept = tuple(one for one in self.folder.written_lessons() if one in self._ids())
        self._gone = tuple(
            name for name in self._before if (one := _lesson_of(name)) and one not in self._ids()
        )
        self._builders: dict[str, LessonBuilder] = {}
        self._works: dict[str, LessonWork] = {}
        self._course = WholeCourse(
            self.outline, self.telling, self._histories, self._before, self._kept, self._works
        )

    def _ids(self) -> list[str]:
        return [one.id for one in self.outline.lesson]

    async def build(self) -> Result:
        """Build every lesson that is not written, and prove the whole. TutorError as for a lesson."""
        self._require_known()
        self._require_packages()  # what is wrong in course.toml, too, costs nothing yet
        await self._build_lessons([one for one in self._ids() if one not in self._kept])
        for number in range(_MOST_AMENDMENTS + 1):
            result = await self._whole()
            amended = self._amendable(result)
            if result.is_publishable or not amended:
                return result
            for lesson, findings in amended.items():
                await self._builders[lesson].amend(findings, is_last=number == _MOST_AMENDMENTS)
                self._histories.remember(self._works[lesson])
        return await self._whole()

    def _require_known(self) -> None:
        """TutorError for a lesson of the author's own that the outline does not have: nobody would see it."""
        written = self.folder.written_lessons()
        for name in self._gone:
            lesson = _lesson_of(name)
            if lesson in written and not self._histories.knows(lesson):
                raise TutorError(
                    f"The outline does not have {safe_line(name)}; nothing was asked.",
                    help="Add the lesson to the outline: what is written already is not written again. Or "
                    "move its file elsewhere.",
                    exit_code=4,
                )

    def _require_packages(self) -> None:
        """TutorError where cells could not be run: before anybody is asked to write them."""
        course_file = self.folder.course_file(course_toml(self._brief, self.outline))
        course = parse_course({COURSE_FILE: course_file}).value
        if course is not None and (lacking := self.trials.lacking(course)):
            shown = safe_line(str(self.folder.root))
            raise TutorError(
                f"The course needs {', '.join(map(safe_line, lacking))}, which is not installed; nothing was "
                "asked.",
                help=f"tui-tutor setup {shown} installs what is it; then: tui-tutor studio build {shown}",
                exit_code=3,
            )

    async def _build_lessons(self, lessons: Sequence[str]) -> None:
        """Build them side by side. Where one cannot go on, the others end at their next question.

        A question that is on its way is paid for: its answer is waited for, and kept.
        """
        gate = asyncio.Semaphore(self.at_once)
        stopped: list[TutorError] = []
        tasks: list[asyncio.Task[None]] = []

        async def build(lesson: str) -> None:
            async with gate:
                if stopped:
                    return
                try:
                    await self._build_lesson(lesson)
                except TutorError as error:
                    stopped.append(error)
                    self.asker.end()
                    for task in tasks:
                        asyncio.get_running_loop().call_later(LAST_ANSWERS_S, task.cancel)

        try:
            async with asyncio.TaskGroup() as group:
                tasks += [group.create_task(build(lesson)) for lesson in lessons]
        except BaseExceptionGroup as errors:  # not except*: before 3.11.4 that wraps what is raised in it
            raise errors.exceptions[0] from None
        if stopped:
            raise stopped[0]

    async def _build_lesson(self, lesson: str) -> None:
        builder = LessonBuilder(self.asker, self._tryer, self.telling, lesson, self.on_news)
        self._builders[lesson], self._works[lesson] = builder, builder.work
        await builder.build()
        self._histories.remember(builder.work)

    def _amendable(self, result: Result) -> dict[str, list[Finding]]:
        """What stops the course in lessons that were built now, by lesson."""
        found: dict[str, list[Finding]] = {}
        for finding in hard(result.findings):
            for one in placed_in(finding, result.built):
                if one.lesson in self._builders and not self._builders[one.lesson].work.left:
                    found.setdefault(one.lesson, []).append(one)
        return found

    # --- the whole course -------------------------------------------------------------------------------

    async def _whole(self) -> Result:
        left = {
            one: _reasons(builder.work)
            for one, builder in sorted(self._builders.items())
            if builder.work.left
        }
        drafts = {one: self._course.draft(one) for one in left}
        lessons = [one for one in self._ids() if one not in left]
        if not lessons:
            nothing = self._course.read({}, Course.model_construct(title=self.outline.title), self.money())
            return Result(nothing, (), {}, left, drafts)
        fresh = course_toml(self._brief, reduced(self.outline, lessons))
        files = self._course.files(lessons, self.folder.course_file(fresh))
        course = parse_course(files).value
        assert course is not None, "the studio writes course.toml itself"
        built = self._course.read(files, course, self.money())
        if may_run(built):
            self.on_news(News("proving", "", self.outline.title))
            place = self.folder.hidden / DRAFT_FOLDER
            write_course(place, files)
            trial = await self.trials.prove(place, self._proving)
            built = await self._solved(replace(built, proven=trial.proven))
            files = {**files, LOCK_FILE: lock_text(trial.lock).encode()}
        gone = (*self._gone, *self._outdated(files))
        return Result(built, findings_about(built), files, left, drafts, self._before, fresh, gone)

    def _outdated(self, files: Mapping[str, bytes]) -> Iterator[str]:
        """Words that were there for lessons as they were before they were written now."""
        written = [lesson_path(one) for one in self._ids()]
        return (
            name
            for name in self._before
            if _lesson_of(name) in self._ids() and name not in files and name not in written
        )

    def _proving(self, part: float, what: str) -> None:
        self.on_news(News("proving", "", f"{round(100 * part)} % · {what}"))

    async def _solved(self, built: Built) -> Built:
        """Questions that the author has written, or changed since they were solved, are solved now."""
        for lesson in built.lessons:
            if lesson.id not in self._kept:
                continue
            for seen in self._unanswered(built, lesson):
                self.on_news(News("solving", lesson.id, lesson.title))
                subject = ", ".join(
                    [f"lesson {lesson.id}", *filter(None, [seen.level]), *(one.id for one in seen.asked)]
                )
                with suppress(UnusableAnswer):  # then it is not solved, which a gate says
                    answers = await solved_blind(self.asker, subject, seen)
                    self._histories.remember_answers(lesson.id, answers)
                    built = replace(built, answers=(*others(built.answers, answers), *answers))
        return built

    def _unanswered(self, built: Built, lesson: Lesson) -> Iterator[Seen]:
        """What a solver is still to be asked about a lesson, in the base's words and in each level's."""
        cells = [dict(one.table) for one in cells_in(lesson.id, built.files[lesson_path(lesson.id)])]
        base = Seen(lesson.id, cells, printed_in(built, lesson.id), asked_of(lesson))
        told = [
            seen_at(level, base, lesson, one)
            for level, lessons in built.levels.items()
            for one in lessons
            if one.id == lesson.id and is_retold(one, [lesson])
        ]
        for seen in (base, *told):
            if asked := [one for one in seen.asked if not _is_answered(one, seen, built.answers)]:
                yield replace(seen, asked=asked)


def _is_answered(quiz: QuizCell, seen: Seen, answers: Sequence[SolverAnswer]) -> bool:
    place = (seen.level, seen.lesson)
    return any((one.level, one.lesson) == place and one.is_about(quiz) for one in answers)


def _lesson_of(name: str) -> str:
    """The lesson that a file of the course tells or retells, "" for any other file."""
    folder, _, file = name.partition("/")
    return file.partition(".")[0] if folder == "lessons" and file.endswith(".toml") else ""


def _reasons(work: LessonWork) -> tuple[str, ...]:
    """Why a lesson is left: first the cells that it lost, for without them it did not stand."""
    lost = (f"{one.cell} was dropped after {one.tries} tries: {one.dropped}" for one in work.dropped)
    return (*lost, *work.left)

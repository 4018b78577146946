"""How far a learner is in a course: folds over what the log says and what the lessons hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from tui_tutor.core.course import Course
from tui_tutor.core.ports import LessonFacts, LessonFile, LessonProgress

LessonMark = Literal["done", "here", "open", "locked", "draft", "broken"]


@dataclass(frozen=True, slots=True)
class LessonOutline:
    """What the outline needs of a lesson, without its cells' contents.

    `cells` are the visible cells in order, as (id, kind); `counting` those that must be done.
    """

    lesson_id: str
    title: str
    minutes: float | None = None
    bloom: str = ""
    objective: str = ""
    requires: tuple[str, ...] = ()
    is_draft: bool = False
    is_broken: bool = False
    cells: tuple[tuple[str, str], ...] = ()
    counting: tuple[str, ...] = ()


def outline_of(file: LessonFile, *, title: str = "") -> LessonOutline:
    """The outline of a lesson as it was read; `title` stands in where it could not be read."""
    lesson = file.lesson
    if lesson is None:
        is_broken = any(diagnostic.severity == "error" for diagnostic in file.diagnostics)
        return LessonOutline(
            file.lesson_id, title or file.lesson_id, is_draft=not is_broken, is_broken=is_broken
        )
    visible = lesson.visible_cells
    return LessonOutline(
        lesson_id=file.lesson_id,
        title=lesson.title,
        minutes=lesson.minutes,
        bloom=lesson.bloom or "",
        objective=lesson.objective,
        requires=lesson.requires,
        is_draft=lesson.draft,
        cells=tuple((cell.id, cell.kind) for cell in visible),
        counting=tuple(cell.id for cell in visible if cell.counts),
    )


def outline_from_facts(lesson_id: str, facts: LessonFacts) -> LessonOutline:
    """What is known of a lesson before it is parsed: everything but its objective and visible cells."""
    return LessonOutline(
        lesson_id=lesson_id,
        title=facts.title or lesson_id,
        minutes=facts.minutes,
        bloom=facts.bloom,
        requires=facts.requires,
        is_draft=facts.is_draft,
        counting=facts.cells,
    )


@dataclass(frozen=True, slots=True)
class LessonState:
    """One lesson of the outline. `needs` and `missing` are lesson numbers; `cells` None: not read yet."""

    number: int
    lesson_id: str
    title: str
    mark: LessonMark = "open"
    minutes: float | None = None
    minutes_left: float | None = None
    minutes_spent: float = 0.0
    bloom: str = ""
    objective: str = ""
    needs: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    cells_done: int = 0
    cells: int | None = None

    @property
    def is_done(self) -> bool:
        """Whether every cell that counts is done."""
        return self.mark == "done"


@dataclass(frozen=True, slots=True)
class CourseState:
    """All lessons of a course, in order."""

    lessons: tuple[LessonState, ...] = field(default=())

    @property
    def done(self) -> int:
        """How many lessons are done."""
        return sum(lesson.is_done for lesson in self.lessons)

    @property
    def is_done(self) -> bool:
        """Whether all lessons are done."""
        return bool(self.lessons) and self.done == len(self.lessons)

    @property
    def is_begun(self) -> bool:
        """Whether anything was ever done or opened in it."""
        return any(lesson.cells_done or lesson.mark in ("done", "here") for lesson in self.lessons)

    @property
    def minutes(self) -> float | None:
        """What the author says the course takes; None if no lesson says."""
        return _total(lesson.minutes for lesson in self.lessons)

    @property
    def minutes_left(self) -> float | None:
        """What is left of `minutes`."""
        return _total(lesson.minutes_left for lesson in self.lessons)

    @property
    def minutes_spent(self) -> float:
        """Time with keys or runs, so far."""
        return sum(lesson.minutes_spent for lesson in self.lessons)

    @property
    def next(self) -> LessonState | None:
        """The lesson the learner is in, else the first one that is open."""
        here = [lesson for lesson in self.lessons if lesson.mark == "here"]
        return next(iter(here), None) or next((x for x in self.lessons if x.mark == "open"), None)

    def lesson(self, lesson_id: str) -> LessonState | None:
        """The lesson with this id."""
        return next((lesson for lesson in self.lessons if lesson.lesson_id == lesson_id), None)


def state_of(
    course: Course,
    progress: Mapping[str, LessonProgress],
    outlines: Mapping[str, LessonOutline],
    titles: Mapping[str, str],
) -> CourseState:
    """Fold a course, its lessons as far as they were read, and the learner's progress."""
    numbers = {lesson_id: number for number, lesson_id in enumerate(course.lessons, start=1)}
    done = {x for x in numbers if is_lesson_done(outlines.get(x), progress.get(x))}
    here = _here(course, progress, done, outlines)
    begun = {x for x in numbers if x == here or (x in progress and progress[x].cells_done)}
    lessons: list[LessonState] = []
    for lesson_id, number in numbers.items():
        outline = outlines.get(lesson_id) or LessonOutline(lesson_id, titles.get(lesson_id, lesson_id))
        needs = tuple(x for x in outline.requires if x in numbers)
        missing = tuple(numbers[x] for x in needs if x not in done and x not in begun)
        mark = _mark(outline, is_done=lesson_id in done, is_here=lesson_id == here, is_locked=bool(missing))
        state = _lesson_state(outline, number, mark, progress.get(lesson_id))
        lessons.append(replace(state, needs=tuple(numbers[x] for x in needs), missing=missing))
    return CourseState(tuple(lessons))


def is_lesson_done(outline: LessonOutline | None, progress: LessonProgress | None) -> bool:
    """Whether all cells that count are done; a lesson without any is done once it was opened."""
    if outline is None or progress is None or outline.is_draft or outline.is_broken:
        return False
    if not outline.counting:
        return progress.opened_at is not None
    return progress.cells_done.issuperset(outline.counting)


def opened_order(seen: LessonProgress) -> tuple[int, float]:
    """Sorts lessons as they were opened: by the log, by their time only outside one."""
    return seen.opened_number, seen.opened_at.timestamp() if seen.opened_at else 0.0


def _here(
    course: Course,
    progress: Mapping[str, LessonProgress],
    done: set[str],
    outlines: Mapping[str, LessonOutline],
) -> str:
    """The lesson opened last, or, when that is done, the first one after it that can be opened."""
    order = list(course.lessons)
    opened = [
        lesson_id for lesson_id, seen in progress.items() if seen.opened_at is not None and lesson_id in order
    ]
    if not opened:
        return ""
    latest = max(opened, key=lambda lesson_id: (*opened_order(progress[lesson_id]), lesson_id))
    at = order.index(latest)
    for lesson_id in (*order[at:], *order[:at]):
        outline = outlines.get(lesson_id)
        if lesson_id not in done and not (outline and (outline.is_draft or outline.is_broken)):
            return lesson_id
    return ""


def _mark(outline: LessonOutline, *, is_done: bool, is_here: bool, is_locked: bool) -> LessonMark:
    if outline.is_broken:
        return "broken"
    if outline.is_draft:
        return "draft"
    if is_done:
        return "done"
    if is_here:
        return "here"
    return "locked" if is_locked else "open"


def _lesson_state(
    outline: LessonOutline,
    number: int,
    mark: LessonMark,
    seen: LessonProgress | None,
) -> LessonState:
    counting = set(outline.counting)
    cells_done = len(counting & seen.cells_done) if seen else 0
    left = outline.minutes
    if left is not None and counting:
        left = left * (1 - cells_done / len(counting))
    return LessonState(
        number=number,
        lesson_id=outline.lesson_id,
        title=outline.title,
        mark=mark,
        minutes=outline.minutes,
        minutes_left=0.0 if mark == "done" else left,
        minutes_spent=seen.minutes if seen else 0.0,
        bloom=outline.bloom,
        objective=outline.objective,
        cells_done=cells_done,
        cells=len(counting) if counting else None,
    )


def _total(amounts: Iterable[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return float(sum(known)) if known else None

"""What plain mode says of things around the cell: outline, search, results, setup, trust, solutions."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Iterator

from tui_tutor.core.confinement import Confinement
from tui_tutor.core.course import (
    Cell,
    ExerciseCell,
)
from tui_tutor.core.ports import OpenCourse
from tui_tutor.core.progress import CourseState, LessonState, outline_of, state_of
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.searching import Passage, excerpt, matches, passages_of
from tui_tutor.core.study import CellState, Study
from tui_tutor.core.wording.explaining import meaning_in
from tui_tutor.core.wording.labels import KIND_LABELS, plain_label
from tui_tutor.core.wording.levels import offer_lines
from tui_tutor.core.wording.proofs import proof_lines
from tui_tutor.core.wording.solutions import shown_solution
from tui_tutor.core.wording.trust import trust_facts
from tui_tutor.session.course_session import CourseSession

MARKS = {
    "done": "done",
    "here": "you are here",
    "open": "open",
    "locked": "locked",
    "draft": "not written yet",
    "broken": "cannot be opened",
}
MAX_MATCHES = 20


def course_state(session: CourseSession) -> CourseState:
    """The course's lessons with what the log says of them."""
    opened = session.opened
    outlines = {lesson_id: outline_of(opened.lesson(lesson_id)) for lesson_id in opened.course.lessons}
    progress = session.adapters.store.progress(opened.course.id)
    return state_of(opened.course, progress, outlines, {})


def next_lesson(opened: OpenCourse, study: Study) -> str:
    """`Next: β and the KL budget, 15 min ("go 4").`, or "" after the last one."""
    if study.number >= study.lesson_count:
        return "That was the last lesson of the course."
    file = opened.lesson(opened.course.lessons[study.number])
    if file.lesson is None:
        return ""
    if file.lesson.draft:
        return f"Next: {file.lesson.title} (not written yet)."
    minutes = f", {file.lesson.minutes:g} min" if file.lesson.minutes else ""
    return f'Next: {file.lesson.title}{minutes} ("go {study.number + 1}").'


def meaning(study: Study, cell: Cell) -> str:
    """What the error of a run usually means at that line, in plain words."""
    said = meaning_in(study.state(cell.id))
    return f"what it usually means: {said}" if said else ""


def trust_question(opened: OpenCourse, confinement: Confinement | None = None) -> list[str]:
    """What a learner should know before code of this course runs for the first time."""
    facts = trust_facts(opened, confinement)
    network = ", 4 Trust and run with the network" if opened.course.permissions.network else ""
    return [
        "Run code from this course?",
        *(safe_line(f"  {label}: {text}" if label else f"  {text}") for label, text in facts),
        f"1 Trust and run, 2 Run once, 3 Read only{network}",
    ]


def solution_lines(cell: ExerciseCell, state: CellState) -> list[str]:
    """The solution, and where the learner's answer differs from it."""
    lines: list[str] = []
    for name, mine, solution in _versions(cell, state):
        lines.append(f"solution{name}:")
        lines += solution.rstrip("\n").split("\n")
        changes = list(_differences(mine, solution))
        if changes:
            lines += [f'yours{name} differs ("-" is yours, "+" the solution):', *changes]
    return lines


def _versions(cell: ExerciseCell, state: CellState) -> Iterator[tuple[str, str, str]]:
    if cell.solution:
        yield "", state.source, shown_solution(cell.solution)
    for file in cell.file:
        if file.solution:
            yield f" of {file.path}", state.files.get(file.path, ""), shown_solution(file.solution)


def _differences(mine: str, solution: str) -> Iterator[str]:
    old, new = mine.rstrip("\n").split("\n"), solution.rstrip("\n").split("\n")
    for line in difflib.unified_diff(old, new, n=0, lineterm=""):
        if line[:1] in "+-" and not line.startswith(("---", "+++")):
            yield f"{line[0]} {line[1:]}"


# --- outline, results -------------------------------------------------------------------------------


def outline(session: CourseSession, study: Study) -> list[str]:
    """The lessons of the course and the cells of this one."""
    opened = session.opened
    lines = [opened.course.title, *proof_lines(opened), *offer_lines(opened.offer, opened.overlay)]
    lines += [_lesson_line(lesson, study) for lesson in course_state(session).lessons]
    lines.append("this lesson:")
    for cell in study.visible:
        state = study.state(cell.id)
        label = plain_label(cell, study.number_of(cell.id), state.count)
        here = " (you are here)" if cell.id == study.at_cell else ""
        lines.append(f"  {label} {'done' if state.is_done else 'open'}{here}")
    return lines


def _lesson_line(lesson: LessonState, study: Study) -> str:
    is_here = lesson.lesson_id == study.lesson.id
    minutes = f", {lesson.minutes:g} min" if lesson.minutes else ""
    mark = MARKS[lesson.mark] if lesson.mark != "here" or is_here else _mark_of_next(lesson)
    mark = "you are here" if is_here and mark == "open" else mark
    after = f" after lesson {', '.join(str(n) for n in lesson.missing)}" if lesson.mark == "locked" else ""
    return f"  {lesson.number} {lesson.title}{minutes}: {mark}{after}"


def _mark_of_next(lesson: LessonState) -> str:
    """The lesson to go on with may be one that nobody has opened yet."""
    return "begun" if lesson.cells_done or lesson.minutes_spent else "next"


def results(session: CourseSession, study: Study) -> list[str]:
    """How far the learner is in this course."""
    state = course_state(session)
    lines = [
        f"{session.opened.course.title}: {state.done} of {len(state.lessons)} lessons done, "
        f"{state.minutes_spent:.0f} min spent"
    ]
    for lesson in state.lessons:
        if lesson.cells_done or lesson.minutes_spent:
            total = f" of {lesson.cells}" if lesson.cells is not None else ""
            spent = f"{lesson.minutes_spent:.0f} min"
            lines.append(f"  {lesson.number} {lesson.title}: {lesson.cells_done}{total} cells, {spent}")
    attempts = session.adapters.store.attempts(study.course.id)
    right = sum(1 for attempt in attempts if attempt.data.get("correct"))
    lines.append(f"{len(attempts)} {'answer' if len(attempts) == 1 else 'answers'}, {right} of them right")
    return lines


# --- search -----------------------------------------------------------------------------------------


def found(opened: OpenCourse, text: str) -> list[str]:
    """Where a text stands in the course: lesson, cell, and the line that holds it."""
    if not text:
        return ['Search for what? Such as "search gradient".']
    passages = [
        passage
        for number, lesson_id in enumerate(opened.course.lessons, 1)
        if (lesson := opened.lesson(lesson_id).lesson) is not None
        for passage in passages_of(lesson, number)
    ]
    hits = matches(passages, text)
    if not hits:
        return [f'Nothing matches "{text}".']
    lines = [_passage_line(passage, text) for passage in hits[:MAX_MATCHES]]
    more = len(hits) - MAX_MATCHES
    return [*lines, *([f"and {more} more"] if more > 0 else [])]


def _passage_line(passage: Passage, text: str) -> str:
    if not passage.cell_number:
        return f"lesson {passage.lesson_number}: {passage.text}"
    label = f"{KIND_LABELS[passage.cell_kind]} [{passage.cell_number}]"
    return f"lesson {passage.lesson_number}, {label}: {excerpt(passage.text, text, 100)}"


# --- setup ------------------------------------------------------------------------------------------


async def setting_up(opened: OpenCourse) -> AsyncIterator[str]:
    """Install the course's packages, a line for each tenth of the work."""
    need = opened.packages()
    if need.python is not None and not need.missing:
        yield "Nothing is missing."
        return
    size = f", about {need.size_mb:.0f} MB" if need.size_mb else ""
    source = f" from {need.index}" if need.index else ""
    yield safe_line(
        f"Installing {', '.join(need.missing)}{source}{size}, into {need.environment}.", limit=2000
    )
    said = ""
    async for progress in opened.set_up():
        percent = "" if progress.fraction is None else f" {int(progress.fraction * 10) * 10} %"
        line = f"{progress.what}{percent}"
        if line != said:
            said = line
            yield line
    yield "The packages are installed; run uses them."

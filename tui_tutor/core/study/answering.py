"""Answering: questions, hints, solutions, starting a cell anew."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from tui_tutor.core.course import (
    Cell,
    ExerciseCell,
    OrderQuiz,
    QuizBase,
)
from tui_tutor.core.grading.quizzes import derived_expressions
from tui_tutor.core.ports import Record
from tui_tutor.core.study.events import (
    AskTrust,
    CellReset,
    Effect,
    GradeAnswer,
    HintAsked,
    QuizAnswered,
    Remember,
    SolutionAsked,
)
from tui_tutor.core.study.frameworks import carried, start_of
from tui_tutor.core.study.remembering import (
    a_record,
    applied,
    is_answer_waiting,
)
from tui_tutor.core.study.state import (
    CellState,
    Notice,
    Study,
)

Step = tuple[Study, tuple[Effect, ...]]

ANSWER_WAITS = "This question is answered. What it is worth is shown when the answer could be saved."


def answer_question(study: Study, event: QuizAnswered) -> Step:
    cell, state = study.cell(event.cell_id), study.state(event.cell_id)
    if not isinstance(cell, QuizBase):
        return study, ()
    if state.is_closed and cell.form != "reflect":
        return replace(study, notice=Notice("This question is answered. r asks it again.")), ()
    if is_answer_waiting(study, cell.id) and cell.form != "reflect":
        return replace(study, notice=Notice(ANSWER_WAITS, is_alarm=True)), ()
    if needs_kernel(study, cell) and study.trust in ("unknown", "refused"):
        return replace(study, waiting_answer=(cell.id, event.answer)), (AskTrust(),)
    return study, (GradeAnswer(cell.id, event.answer),)


def needs_kernel(study: Study, cell: Cell) -> bool:
    """Whether grading has to run something: a key without a recorded value, a program put together."""
    if isinstance(cell, OrderQuiz) and cell.check:
        return True
    known = study.derived.get(cell.id, {})
    return isinstance(cell, QuizBase) and any(e not in known for e in derived_expressions(cell))


def ask_hint(study: Study, event: HintAsked) -> Step:
    cell, state = study.cell(event.cell_id), study.state(event.cell_id)
    hints = cell.hints if isinstance(cell, ExerciseCell | QuizBase) else ()
    if not hints:
        return replace(study, notice=Notice("There is no hint here.")), ()
    if state.hints_shown >= len(hints):
        has_solution = isinstance(cell, ExerciseCell) and bool(cell.solution)
        tail = " s shows the solution." if has_solution else ""
        return replace(study, notice=Notice(f"That was the last hint.{tail}")), ()
    return study, (Remember((a_record(study, "hinted", cell.id, event.at, number=state.hints_shown + 1),)),)


def ask_solution(study: Study, event: SolutionAsked) -> Step:
    cell, state = study.cell(event.cell_id), study.state(event.cell_id)
    if not isinstance(cell, ExerciseCell) or not (cell.solution or any(f.solution for f in cell.file)):
        return replace(study, notice=Notice("There is no solution here.")), ()
    if state.attempts == 0:
        return replace(study, notice=Notice("Try once first; then s shows the solution.")), ()
    if state.is_solution_shown:
        return study, ()
    return study, (Remember((a_record(study, "solved", cell.id, event.at),)),)


def reset_cell(study: Study, event: CellReset) -> Step:
    """The author's text again; the record comes first, and what the learner wrote stays in the log."""
    if study.state(event.cell_id).is_busy:
        return replace(study, notice=Notice("This cell is running. F9 stops it first.")), ()
    return study, (Remember((a_record(study, "reset", event.cell_id, event.at),)),)


def _after_reset(study: Study, cell_id: str) -> Study:
    cell, old = study.cell(cell_id), study.state(cell_id)
    source, files = start_of(study, cell)
    fresh = CellState(source=source, files=files, is_done=old.is_done, plot=old.plot)
    return carried(study, study.with_cell(cell_id, fresh), cell_id)


def stored(study: Study, records: tuple[Record, ...]) -> Study:
    """The lesson after these records; those of other lessons, stored late, change nothing here."""
    was_done = study.is_done
    begun_anew: set[str] = set()
    for record in records:
        if not _is_here(study, record):
            continue
        if record.kind == "reset":
            study = _after_reset(study, record.cell)
            begun_anew.add(record.cell)
        elif record.kind not in ("edited", "plotted") or record.cell in begun_anew:
            study = applied(study, record)
    return study if was_done or not study.is_done else _with_end(study)


def with_unsaved(study: Study, unsaved: tuple[tuple[Record, ...], ...]) -> Study:
    """The lesson with what could not be stored before it was opened; what was typed here stands in it."""
    study = replace(study, unsaved=(*unsaved, *study.unsaved))
    for record in chain.from_iterable(unsaved):
        if record.kind == "edited" and _is_here(study, record):
            study = applied(study, record)
    return study


def _is_here(study: Study, record: Record) -> bool:
    return (record.course, record.lesson) == (study.course.id, study.lesson.id)


def _with_end(study: Study) -> Study:
    """Say once that the lesson is done, and what comes next."""
    if study.notice is not None and study.notice.is_alarm:
        return study
    return replace(study, notice=Notice(f"Lesson {study.number} is done."))

"""A question or task that its author changed keeps its history, is marked, and may be answered again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import NOON, a_cloze, a_code, a_quiz, a_shell, a_text_quiz, an_exercise
from tests.unit.study.studying import Notebook, a_study, after, run_of
from tui_tutor.core.course import Cell, ReflectQuiz
from tui_tutor.core.grading.verdict import Verdict
from tui_tutor.core.ports import Record
from tui_tutor.core.study import CellState, Study, restored
from tui_tutor.core.study.asking import asked_hash
from tui_tutor.core.study.events import Checked, Graded, QuizAnswered, RunRequested
from tui_tutor.core.wording.states import StateWords, older_words, state_words
from tui_tutor.store.sqlite import MEMORY, SqliteStore

RIGHT, WRONG = Verdict(True, 1.0), Verdict(False, 0.0)


def reopened(cell: Cell, *logs: list[Record]) -> Study:
    """The lesson of this cell, opened with what was committed before."""
    store = SqliteStore(MEMORY)
    for records in logs:
        store.append(records)
    return restored(a_study([cell]), store.lesson_history("a-course", "first"))


def answered(
    cell: Cell, *verdicts: Verdict, answer: str = "option-1", study: Study | None = None
) -> Notebook:
    notebook = Notebook(study or a_study([cell]))
    for verdict in verdicts:
        notebook.take(Graded(cell.id, (answer,), verdict, NOON))
    return notebook


def state_of(study: Study) -> CellState:
    return next(iter(study.cells.values()))


def words_of(study: Study) -> StateWords:
    return state_words(study, study.lesson.cells[0], NOON)


# --- what counts as changed -------------------------------------------------------------------------

QUIZ, EXERCISE = a_quiz(2), an_exercise()
OTHER_CHECK = ({"kind": "value", "says": "x is 2", "expr": "x", "equals": 3},)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (QUIZ, a_quiz(2, question="Which two?")),
        (QUIZ, a_quiz(3)),
        (QUIZ, a_quiz(2, options=4)),
        (a_text_quiz(), a_text_quiz(("kernel", "core"))),
        (a_cloze("{{1}}", ["a"]), a_cloze("{{1}}", ["b"])),
        (EXERCISE, an_exercise(task="Make x three.")),
        (EXERCISE, an_exercise(check=OTHER_CHECK)),
    ],
)
def test_question_options_keys_and_checks_are_what_is_asked(before: Cell, now: Cell) -> None:
    assert asked_hash(before) != asked_hash(now)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (QUIZ, a_quiz(2, hints=("Not the first.",), explain="Because.", title="Quick", attempts=2)),
        (QUIZ, a_quiz(2, id="other", optional=True, shuffle=False)),
        (EXERCISE, an_exercise(starter="x = 0", solution="x = 1 + 1", hints=("Twice one.",))),
        (EXERCISE, an_exercise(check=({"kind": "value", "says": "x is two", "expr": "x", "equals": 2},))),
    ],
)
def test_what_is_told_around_it_is_not(before: Cell, now: Cell) -> None:
    assert asked_hash(before) == asked_hash(now)


def test_only_what_is_answered_asks() -> None:
    assert (asked_hash(a_code()), asked_hash(a_shell())) == ("", "")
    assert len(asked_hash(QUIZ)) == 16


# --- a lesson opened again --------------------------------------------------------------------------


def test_an_unchanged_question_is_as_it_was_left() -> None:
    state = state_of(reopened(QUIZ, answered(QUIZ, RIGHT).log))
    assert (state.is_changed, state.older, state.verdict, state.is_closed) == (False, None, RIGHT, True)


def test_a_changed_question_keeps_that_it_was_done_and_asks_anew() -> None:
    study = reopened(a_quiz(3), answered(QUIZ, WRONG, RIGHT).log)
    state = state_of(study)
    assert (state.verdict, state.older, state.answer, state.attempts) == (None, RIGHT, (), 0)
    assert (state.is_changed, state.is_done, state.is_closed) == (True, True, False)
    assert words_of(study) == StateWords("stale", "stale", "the question changed", "bright")
    assert older_words(a_quiz(3), state) == "Your answer to an older wording was right."
    assert after(study, QuizAnswered("quiz-1", ("option-1",), NOON)).notice is None


def test_a_changed_question_has_all_its_tries_again() -> None:
    before, now = a_quiz(2, attempts=2), a_quiz(3, attempts=2)
    old = answered(before, WRONG, WRONG).log
    notebook = answered(now, WRONG, study=reopened(now, old))
    state = state_of(notebook.study)
    assert (state.is_changed, state.older, state.verdict, state.attempts) == (False, None, WRONG, 1)
    assert not state.is_closed
    assert state_of(reopened(now, old, notebook.log)).attempts == 1


def test_what_was_typed_freely_is_shown_again_and_keys_are_not() -> None:
    before = ReflectQuiz(kind="quiz", form="reflect", id="quiz-1", question="Why?")
    study = reopened(
        before.model_copy(update={"question": "Why not?"}), answered(before, RIGHT, answer="So.").log
    )
    assert state_of(study).answer == ("So.",)
    study = reopened(a_text_quiz(), answered(QUIZ, RIGHT).log)
    assert state_of(study).answer == ()


def test_records_that_do_not_say_what_was_asked_belong_to_the_question_as_it_is() -> None:
    log = [
        replace(record, data={name: value for name, value in record.data.items() if name != "asked"})
        for record in answered(QUIZ, WRONG, RIGHT).log
    ]
    state = state_of(reopened(a_quiz(3), log))
    assert (state.is_changed, state.verdict, state.attempts) == (False, RIGHT, 2)


def test_a_changed_task_says_so_until_it_is_run_and_its_old_verdict_until_it_is_checked() -> None:
    notebook = Notebook(a_study([EXERCISE]))
    passed = Verdict(True, 1.0, 1, 1)
    notebook.take(RunRequested("ex-1", NOON), run_of("ex-1"), Checked("ex-1", passed, NOON))
    now = an_exercise(task="Make x three.")
    study = reopened(now, notebook.log)
    assert words_of(study).fact == "the task changed"
    assert older_words(now, state_of(study)) == "Your answer to an older wording passed 1 of 1 checks."
    ran = after(study, RunRequested("ex-1", NOON), run_of("ex-1"))
    assert (words_of(ran).word, state_of(ran).older) == ("ran", passed)
    checked = Notebook(ran)
    checked.take(Checked("ex-1", WRONG, NOON))
    assert (state_of(checked.study).older, state_of(checked.study).verdict) == (None, WRONG)


def test_a_changed_task_without_checks_says_so_too() -> None:
    notebook = Notebook(a_study([an_exercise(check=())]))
    notebook.take(RunRequested("ex-1", NOON), run_of("ex-1"))
    assert words_of(reopened(an_exercise(check=(), task="Other."), notebook.log)).fact == "the task changed"

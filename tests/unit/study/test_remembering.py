"""What the log keeps, how time counts, and a lesson opened as it was left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOON, a_code, a_markdown, a_quiz, a_record, a_viz, an_exercise
from tests.unit.study.any_events import apply, wishes
from tests.unit.study.studying import (
    Notebook,
    a_study,
    after,
    at,
    effects_of,
    every_kind,
    has_run,
    printed,
    remembered,
    run_of,
)
from tui_tutor.core.course import ExerciseFile
from tui_tutor.core.execution import ErrorRaised
from tui_tutor.core.grading.verdict import Failure, Mark, Verdict
from tui_tutor.core.ports import CellHistory, Record
from tui_tutor.core.study import Study, restored
from tui_tutor.core.study.events import (
    CellEntered,
    LessonClosed,
    LessonOpened,
    NoticeRead,
    RunRequested,
    SourceEdited,
)
from tui_tutor.core.study.recording import source_hash, with_recorded
from tui_tutor.core.study.remembering import OUTPUT_KEPT, verdict_as_json, verdict_from_json
from tui_tutor.store.sqlite import MEMORY, SqliteStore

# --- where one is -----------------------------------------------------------------------------------


def test_opening_and_closing_a_lesson_keep_the_place():
    study = after(a_study([a_markdown(), a_code()]), CellEntered("code-1", NOON))
    for event in (LessonOpened(NOON), LessonClosed(NOON)):
        assert remembered(effects_of(study, event)) == (a_record("opened", cell="code-1"),)


def test_prose_and_plots_are_passed_when_they_are_left_downwards():
    study = a_study([a_markdown(), a_viz(), a_code()])
    effects = effects_of(study, CellEntered("viz-1", NOON, left="md-1"))
    assert remembered(effects) == (a_record("opened", cell="viz-1"), a_record("passed", "md-1"))
    assert a_record("passed", "viz-1") in remembered(
        effects_of(study, CellEntered("code-1", NOON, left="viz-1"))
    )


def test_code_is_not_passed_by_leaving_it():
    effects = effects_of(a_study([a_code(), a_markdown()]), CellEntered("md-1", NOON, left="code-1"))
    assert [record.kind for record in remembered(effects)] == ["opened"]


def test_a_cell_that_is_not_there_is_not_entered():
    study = a_study()
    assert after(study, CellEntered("gone", NOON)).at_cell == study.at_cell


# --- edits ------------------------------------------------------------------------------------------


def test_an_edit_is_kept_at_once_and_the_same_text_only_once():
    study = a_study([a_code()])
    effects = effects_of(study, SourceEdited("code-1", "x", NOON))
    assert remembered(effects) == (a_record("edited", "code-1", source="x"),)
    assert (
        effects_of(after(study, SourceEdited("code-1", "x", NOON)), SourceEdited("code-1", "x", NOON)) == ()
    )


def test_edits_of_several_files_are_all_there_tomorrow():
    files = (ExerciseFile(path="a.py", starter="1\n"), ExerciseFile(path="b.py", starter="2\n"))
    cells = [an_exercise(file=files, run="python a.py", starter="", solution="")]
    notebook = Notebook(a_study(cells))
    notebook.take(SourceEdited("ex-1", "A", NOON, path="a.py"), SourceEdited("ex-1", "B", NOON, path="b.py"))
    assert reopened(notebook).state("ex-1").files == {"a.py": "A", "b.py": "B"}


# --- time -------------------------------------------------------------------------------------------


def minutes(*seconds: float) -> float:
    """The minutes the log holds after something happened at each of these times."""
    notebook = Notebook(a_study())
    notebook.take(*[NoticeRead(at(second)) for second in seconds], LessonClosed(at(seconds[-1])))
    return sum(r.data["minutes"] for r in notebook.log if r.kind == "studied")


def test_time_with_keys_counts():
    assert minutes(0, 30, 60, 90) == 1.5


def test_pauses_of_more_than_two_minutes_do_not_count():
    assert minutes(0, 30, 30 + 121, 30 + 121 + 30) == 1.0


def test_a_pause_of_two_minutes_counts():
    assert minutes(0, 120) == 2.0


def test_a_clock_that_goes_backwards_takes_nothing_away():
    assert minutes(0, 60, 10, 40) == 1.5


def test_time_is_logged_while_it_passes_not_only_at_the_end():
    notebook = Notebook(a_study())
    notebook.take(*[NoticeRead(at(10 * n)) for n in range(13)])
    assert [r.data["minutes"] for r in notebook.log if r.kind == "studied"] == [1.0, 1.0]


# --- runs -------------------------------------------------------------------------------------------


def test_long_output_is_kept_as_its_head_and_tail():
    study = after(a_study([a_code()]), RunRequested("code-1", NOON))
    text = "a" * 5000 + "\n" + ("b" * 5000 + "\n") * 10 + "c" * 5000
    (record,) = remembered(effects_of(study, run_of("code-1", printed(text))))
    output = record.data["output"]
    assert output.startswith("a" * 5000)
    assert output.endswith("c" * 5000)
    assert len(output) < OUTPUT_KEPT + 100
    assert "characters not kept" in output


# --- reopening --------------------------------------------------------------------------------------


def reopened(notebook: Notebook) -> Study:
    """The lesson opened anew over what the log holds: a real store, in memory."""
    store = SqliteStore(MEMORY)
    for record in notebook.log:
        store.append((record,))
    study = notebook.study
    lesson = study.lesson
    fresh = a_study(lesson=lesson)
    history = store.lesson_history(study.course.id, lesson.id)
    store.close()
    return restored(fresh, history)


def kept(study: Study, cell_id: str) -> tuple[object, ...]:
    """What must be the same tomorrow."""
    s = study.state(cell_id)
    return (
        s.source,
        dict(s.files),
        s.answer,
        s.attempts,
        s.is_closed,
        s.hints_shown,
        s.is_solution_shown,
        s.is_done,
    )


@settings(max_examples=150, deadline=None)
@given(wishes())
def test_a_lesson_is_opened_as_it_was_left(events):
    notebook = Notebook(a_study(every_kind()))
    for event in events:
        apply(notebook, event)
    today, tomorrow = notebook.study, reopened(notebook)
    assert tomorrow.at_cell == today.at_cell
    for cell_id in today.cells:
        assert kept(tomorrow, cell_id) == kept(today, cell_id)


def test_the_last_run_is_shown_again_as_of_the_last_visit():
    notebook = Notebook(a_study([a_code()]))
    error = ErrorRaised("NameError", "name 'x' is not defined", ("...",), 1)
    notebook.take(RunRequested("code-1", NOON), run_of("code-1", printed("1\n"), error, outcome="error"))
    state = reopened(notebook).state("code-1")
    assert (state.status, state.stale, state.count) == ("failed", "from your last visit", None)
    assert state.transcript.text() == "1\nNameError in line 1\nname 'x' is not defined"


def test_a_verdict_is_shown_again():
    verdict = Verdict(False, 0.0, marks=(Mark("option-1", False, True, "Feedback 1."),))
    history = CellHistory(
        "quiz-1",
        {"attempted": a_record("attempted", "quiz-1", answer=["option-1"], verdict=verdict_as_json(verdict))},
        {"attempted": 4},
    )
    state = restored(a_study([a_quiz(2)]), (history,)).state("quiz-1")
    assert (state.verdict, state.attempts) == (verdict, 4)


def test_what_the_log_says_of_cells_that_are_gone_is_left_out():
    history = CellHistory("gone", {"edited": a_record("edited", "gone", source="x")}, {"edited": 1})
    study = a_study()
    assert restored(study, (history,)) == study


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    *("source", "path", "files", "outcome", "output", "error", "answer", "verdict", "number", "plot", "cell"),
    *("done", "elapsed_ms", "count", "exit_status"),
)
KINDS = ("opened", "passed", "edited", "ran", "attempted", "hinted", "solved", "plotted", "studied")


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(KEYS), JUNK, max_size=6))
def test_a_damaged_record_never_keeps_a_lesson_from_opening(kind, data):
    study = a_study(every_kind())
    for cell_id in (*study.cells, ""):
        record = Record(kind, "a-course", "first", cell_id, NOON, data)
        restored(study, (CellHistory(cell_id, {kind: record}, {kind: 1}),))


@given(
    st.booleans(),
    st.floats(0, 1),
    st.integers(0, 9),
    st.none() | st.builds(Failure, st.text(), st.tuples(st.text()), st.text(), st.text()),
    st.lists(st.builds(Mark, st.text(), st.none() | st.booleans(), st.booleans(), st.text()), max_size=3),
    st.lists(st.text(), max_size=3),
)
def test_a_verdict_survives_the_log(correct, score, passed, failure, marks, messages):
    verdict = Verdict(correct, score, passed, 9, failure, tuple(marks), tuple(messages), "a note")
    assert verdict_from_json(verdict_as_json(verdict)) == verdict


@pytest.mark.parametrize("value", [None, 3, {}, {"correct": True}, {"correct": True, "score": "x"}])
def test_a_malformed_verdict_is_none(value):
    assert verdict_from_json(value) is None


# --- the author's recorded outputs ------------------------------------------------------------------


def a_lock(cell, **entry):
    entry = {
        "source_hash": source_hash(cell),
        "output": [{"type": "stream", "stream": "stdout", "text": "7\n"}],
    } | entry
    return {"lessons": {"first": {"cells": {cell.id: entry}}}}


def test_a_cell_that_never_ran_shows_what_the_author_recorded():
    from tui_tutor.core.execution_json import event_as_json

    cell = a_code()
    lock = a_lock(cell, output=[event_as_json(printed("7\n"))])
    state = with_recorded(a_study([cell]), lock).state("code-1")
    assert (state.transcript.text(), state.is_recorded, state.status) == ("7", True, "idle")


def test_a_recording_of_another_source_is_left_out():
    study = a_study([a_code()])
    assert with_recorded(study, a_lock(a_code(), source_hash="0" * 16)) == study


def test_the_learners_own_run_is_shown_before_the_authors():
    study = has_run(a_study([a_code()]), "code-1", printed("mine\n"))
    state = with_recorded(study, a_lock(a_code())).state("code-1")
    assert (state.transcript.text(), state.is_recorded) == ("mine", False)


def test_a_run_replaces_the_recording():
    study = replace(a_study([a_code()]).changed("code-1", is_recorded=True))
    assert not has_run(study, "code-1").state("code-1").is_recorded


@given(JUNK)
def test_a_malformed_lock_is_left_out(junk):
    study = a_study([a_code(), a_viz()])
    for lock in ({"lessons": junk}, {"lessons": {"first": {"cells": junk}}},
                 a_lock(a_code(), output=junk, plot=junk, derived=junk)):  # fmt: skip
        with_recorded(study, lock)

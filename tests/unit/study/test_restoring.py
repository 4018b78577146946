"""Restoring a kernel: which runs are done again, in which order, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import NOON, a_code, a_lesson, a_shell, a_viz, an_exercise
from tests.unit.study.studying import a_study, after, at, effects_of, has_run, printed, remembered, run_of
from tui_tutor.core.course import Cell
from tui_tutor.core.execution import Displayed, ErrorRaised, Finished, InputAsked, Outcome, Started
from tui_tutor.core.output import Transcript
from tui_tutor.core.ports import CellHistory, Record
from tui_tutor.core.study import Study, restored, update
from tui_tutor.core.study.events import (
    GrantTrust,
    InputGiven,
    InterruptRequested,
    InterruptRun,
    KernelStarted,
    RerunBegan,
    RerunEnded,
    RestoreEnded,
    RestoreNames,
    RestoreRequested,
    RunCode,
    RunReported,
    RunRequested,
    SourceEdited,
    TrustAnswered,
)
from tui_tutor.core.study.replaying import says_the_same, why_to_stop, with_reruns
from tui_tutor.core.study.state import DIFFERS, OLD_VISIT, GivenLine, Notice, Rerun, Restoring
from tui_tutor.core.wording.restoring import restoring_words


def ran(
    cell: str, seconds: float, *, outcome: str = "ok", count: int = 1, done: bool = True, **data: object
) -> CellHistory:
    """What the log says of a cell that ran so long after noon, `count` times."""
    data = {"source": f"{cell} ran", "outcome": outcome, "output": "", "done": done, **data}
    record = Record("ran", "a-course", "first", cell, at(seconds), data)
    return CellHistory(cell, {"ran": record}, {"ran": count})


def reopened(*histories: CellHistory, cells: tuple[Cell, ...] = (), trust: str = "trusted") -> Study:
    """A lesson that was left so, opened again."""
    found = cells or tuple(a_code(id=history.cell) for history in histories)
    study = restored(a_study(found, trust=trust), histories)  # type: ignore[arg-type]
    return with_reruns(study, histories)


def order(study: Study) -> list[str]:
    """The cells that run again; one that has its turn later too in brackets."""
    return [f"({one.cell_id})" if one.is_early else one.cell_id for one in study.reruns]


def said(*events: object) -> Transcript:
    transcript = Transcript()
    for event in events:
        transcript = transcript.after(event)  # type: ignore[arg-type]
    return transcript


def a_rerun(cell_id: str = "code-1", **fields: object) -> Rerun:
    return Rerun(cell_id, "print(1)", 60.0, **fields)  # type: ignore[arg-type]


def restoring(*histories: CellHistory, **options: object) -> Study:
    """The lesson while what ran in it is done again."""
    return after(reopened(*histories, **options), RestoreRequested(NOON))  # type: ignore[arg-type]


def done_again(study: Study, rerun: Rerun, text: str = "", count: int = 1, outcome: Outcome = "ok") -> Study:
    transcript = said(printed(text)) if text else Transcript()
    end = Finished(outcome, count, 5.0)
    return after(study, RerunBegan(rerun, NOON), RerunEnded(rerun, transcript, end, NOON))


# --- what runs again --------------------------------------------------------------------------------


def test_cells_run_again_in_the_order_in_which_they_ran_last():
    cells = tuple(a_code(id=name) for name in ("a", "b", "c"))
    assert order(reopened(ran("c", 1), ran("a", 2), cells=cells)) == ["c", "a"]


def test_a_cell_that_ran_once_more_also_runs_where_its_older_run_may_have_been():
    cells = tuple(a_code(id=name) for name in ("a", "b", "c"))
    study = reopened(ran("b", 2), ran("c", 3), ran("a", 4, count=2), cells=cells)
    assert order(study) == ["(a)", "b", "c", "a"]


def test_a_rerun_has_the_newest_code_that_ran_its_limit_and_its_hidden_cells():
    cells = (a_code("seed()", id="seed", hidden=True), a_code(id="one", timeout_s=7))
    told = {"source": "mine", "output": "1", "given": [["Ada", True], [None, False]], "elapsed_ms": 5}
    assert reopened(ran("one", 1, **told), cells=cells).reruns == (
        Rerun(
            "one",
            "mine",
            7,
            (("seed", "seed()"),),
            output="1",
            given=(GivenLine("Ada", is_shown=True), GivenLine(None)),
            elapsed_ms=5.0,
        ),
    )


def test_commands_and_what_an_exercise_runs_in_a_shell_do_not_run_again():
    cells = (a_code(id="one"), a_shell(id="sh"), an_exercise(id="files", language="sh"))
    assert order(reopened(ran("one", 1), ran("sh", 2), ran("files", 3), cells=cells)) == ["one"]


def test_scratch_and_exercises_run_again():
    cells = (an_exercise(id="ex"),)
    assert order(reopened(ran("ex", 1), ran("tutor-scratch", 2), cells=cells)) == ["ex", "tutor-scratch"]


@pytest.mark.parametrize("outcome", ["interrupted", "timeout", "died"])
def test_what_was_stopped_does_not_run_again_and_is_named(outcome):
    study = reopened(ran("a", 1), ran("b", 2, outcome=outcome))
    assert (order(study), study.left_out) == (["a"], ("b",))
    study = done_again(after(study, RestoreRequested(NOON)), study.reruns[0])
    words = "1 cell ran again. Cell [2] was stopped last time and did not run again."
    assert after(study, RestoreEnded("done", NOON)).notice == Notice(words)


def test_what_ran_before_the_kernel_was_emptied_last_does_not_run_again():
    since = {"since": at(5).isoformat()}
    study = reopened(ran("a", 1), ran("b", 6, **since), ran("c", 7, **since))
    assert (order(study), study.kernel_since) == (["b", "c"], at(5).isoformat())


def test_what_the_kernel_holds_does_not_run_again():
    histories = (ran("a", 1),)
    study = with_reruns(a_study([a_code(id="a")]), histories, is_held=True)
    assert study.reruns == ()


@pytest.mark.parametrize(
    "data",
    [
        {"source": 7, "output": [], "given": "x", "since": 3, "elapsed_ms": "long"},
        {"given": [1, [2], ["a", "b", "c"], [None, 1]], "error": [1], "outcome": "error"},
        {"source": None, "error": "x", "outcome": ["ok"]},
    ],
)
def test_a_malformed_record_stops_nobody(data):
    reopened(ran("a", 1, **data))


# --- when -------------------------------------------------------------------------------------------


def test_nothing_runs_again_before_trust():
    study = reopened(ran("a", 1), trust="unknown")
    assert update(study, RestoreRequested(NOON)) == (replace(study, active_at=NOON), ())


def test_a_yes_restores_before_it_runs_what_was_asked_for():
    study = reopened(ran("a", 1), cells=(a_code(id="a"), a_code(id="b")), trust="unknown")
    reruns = study.reruns
    study, effects = update(after(study, RunRequested("b", NOON)), TrustAnswered("always", NOON))
    assert effects == (GrantTrust(is_lasting=True), RestoreNames(reruns))
    assert (study.restoring, study.running, study.state("b").status) == (Restoring(1), "", "queued")


def test_a_run_asked_for_first_waits_for_it_and_then_runs():
    study = reopened(ran("a", 1), cells=(a_code(id="a"), a_code("print(2)", id="b")))
    reruns = study.reruns
    study, effects = update(study, RunRequested("b", NOON))
    assert effects == (RestoreNames(reruns),)
    study, effects = update(done_again(study, reruns[0]), RestoreEnded("done", NOON))
    assert effects == (RunCode("b", "print(2)", study.course.kernel.timeout_s),)
    assert study.notice == Notice("1 cell ran again: names are as you left them.")


def test_a_stop_skips_it_and_keeps_what_waits():
    study = after(restoring(ran("a", 1)), RunRequested("a", NOON))
    study, effects = update(study, InterruptRequested(NOON))
    assert (effects, study.queue) == ((InterruptRun(),), (("a", "run"),))


def test_a_second_stop_right_behind_does_not_reach_the_run_that_waited():
    study = after(restoring(ran("a", 1)), RunRequested("a", NOON), RestoreEnded("stopped", NOON))
    assert study.running == "a"
    assert effects_of(study, InterruptRequested(at(0.2))) == ()
    assert effects_of(study, InterruptRequested(at(0.4))) == (InterruptRun(),)


def test_whoever_left_runs_nothing_more():
    study = after(restoring(ran("a", 1)), RunRequested("a", NOON))
    study, effects = update(study, RestoreEnded("left", NOON))
    assert (study.queue, study.running, study.notice, effects) == ((), "", None, ())


def test_nobody_spends_time_on_it():
    study = replace(restoring(ran("a", 1)), active_at=NOON)
    rerun = a_rerun("a")
    end = RerunEnded(rerun, Transcript(), Finished("ok", 1), at(50))
    study = after(study, RerunBegan(rerun, at(1)), end, RestoreEnded("done", at(51)))
    assert (study.active_at, study.active_s) == (NOON, 0.0)


def test_where_no_kernel_could_be_had_it_waits_for_the_next_wish():
    study = restoring(ran("a", 1))
    study = after(study, RestoreEnded("refused", NOON))
    assert (study.restoring, order(study)) == (None, ["a"])


# --- what is seen -----------------------------------------------------------------------------------


def test_progress_is_told_by_cells():
    study = restoring(ran("a", 1), ran("b", 2, count=2), ran("c", 3))
    reruns = study.restoring
    assert reruns == Restoring(3)
    assert restoring_words(reruns) == "restoring 1 of 3 cells"
    assert restoring_words(replace(reruns, done=3)) == "restoring 3 of 3 cells"


def test_an_output_that_is_the_same_stays_and_is_no_longer_old():
    study = reopened(ran("a", 1, output="0x7f3a10 x"), cells=(a_code(id="a"), a_viz()))
    study = study.changed("viz-1", stale=OLD_VISIT)
    (rerun,) = study.reruns
    study = done_again(after(study, RestoreRequested(NOON)), rerun, "0x7f3b20 x", count=4)
    study, effects = update(study, RestoreEnded("done", NOON))
    state = study.state("a")
    assert (state.stale, state.count, state.status, study.state("viz-1").stale) == ("", 4, "ok", "")
    assert remembered(effects) == ()


def test_an_output_that_differs_is_shown_and_named():
    study = restoring(ran("a", 1, output="1"), ran("b", 2, output="2"))
    for cell, count in (("a", 1), ("b", 2)):
        study = done_again(study, Rerun(cell, f"{cell} ran", 60.0, output=str(count)), "7", count)
    study = after(study, RestoreEnded("done", NOON))
    words = "In [1] and In [2] now print something else. 2 cells ran again; random values may differ."
    assert study.notice == Notice(words)
    assert (study.state("a").transcript.text(), study.state("a").stale) == ("7", DIFFERS)


def test_a_cell_that_was_edited_meanwhile_keeps_what_it_shows():
    study = restoring(ran("a", 1, output="old"))
    study = after(study, SourceEdited("a", "new", NOON))
    study = done_again(study, Rerun("a", "a ran", 60.0, output="old"), "old", 1)
    assert (study.state("a").source, study.state("a").stale) == ("new", "edited since")


# --- what a rerun is worth --------------------------------------------------------------------------

NAME = ErrorRaised("NameError", "name 'x' is not defined\nmore")


def test_an_error_of_the_last_visit_may_come_again():
    rerun = a_rerun(error=("NameError", "x"))
    assert why_to_stop(rerun, said(NAME), Finished("error")) is None


def test_a_new_error_ends_it_but_not_in_an_early_turn():
    assert why_to_stop(a_rerun(), said(NAME), Finished("error")) == (
        "failed",
        "NameError: name 'x' is not defined",
    )
    assert why_to_stop(a_rerun(is_early=True), said(NAME), Finished("error")) is None


@pytest.mark.parametrize(
    ("outcome", "why"), [("died", "died"), ("interrupted", "stopped"), ("timeout", "limit")]
)
def test_a_run_that_does_not_end_by_itself_ends_it(outcome, why):
    found = why_to_stop(a_rerun(), Transcript(), Finished(outcome, reason="out of memory"))
    assert found is not None
    assert found[0] == why


def test_an_error_that_is_gone_is_another_output():
    assert not says_the_same(a_rerun(error=("ValueError", "x")), Transcript())


def test_lines_of_two_streams_may_fall_otherwise():
    both = said(printed("a\n"), *_stderr("b\n"))
    assert says_the_same(a_rerun(output="b\na"), both)
    assert not says_the_same(a_rerun(output="b\na"), said(printed("a\nb\n")))


def _stderr(text: str) -> tuple[object, ...]:
    from tui_tutor.core.execution import StreamText

    return (StreamText("stderr", text),)


# --- what a run leaves for it -----------------------------------------------------------------------


def test_a_record_holds_the_lines_that_were_given_but_no_secret():
    study = after(a_study([a_code()]), RunRequested("code-1", NOON))
    for asked, text, is_shown in (("who? ", "Ada", True), ("word? ", "hush", False)):
        event = InputAsked(asked, is_secret=text == "hush")
        study = after(study, RunReported("code-1", (event,), NOON), InputGiven(text, NOON, is_shown=is_shown))
    (record,) = remembered(effects_of(study, RunReported("code-1", (Finished("ok", 1),), NOON)))
    assert record.data["given"] == [["Ada", True], [None, False]]


def test_lines_of_an_older_run_are_not_kept():
    study = after(a_study([a_code()]), RunRequested("code-1", NOON))
    study = after(study, RunReported("code-1", (InputAsked("? "),), NOON), InputGiven("Ada", NOON))
    study = after(study, RunReported("code-1", (Finished("ok", 1),), NOON))
    (record,) = remembered(effects_of(after(study, RunRequested("code-1", NOON)), run_of("code-1")))
    assert "given" not in record.data


def test_a_line_given_to_a_command_is_not_kept():
    study = after(a_study([a_shell()]), RunRequested("sh-1", NOON))
    study = after(study, RunReported("sh-1", (Started(), InputAsked("? ")), NOON), InputGiven("hush", NOON))
    (record,) = remembered(effects_of(study, RunReported("sh-1", (Finished("ok", 1),), NOON)))
    assert "given" not in record.data


def test_a_record_says_since_when_its_kernel_was_empty():
    from tui_tutor.core.execution import KernelInfo

    study = has_run(a_study([a_code()]), "code-1")
    study = after(study, KernelStarted(KernelInfo(), at(9), is_restart=True), RunRequested("code-1", at(10)))
    (record,) = remembered(effects_of(study, run_of("code-1", Displayed({"text/plain": "1"}))))
    assert record.data["since"] == at(9).isoformat()


def test_a_lesson_that_was_never_run_restores_nothing():
    study = with_reruns(a_study(lesson=a_lesson()), ())
    assert (study.reruns, update(study, RestoreRequested(NOON))[1]) == ((), ())

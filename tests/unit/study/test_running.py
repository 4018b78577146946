"""Running cells: one at a time, in the order asked for, and what is said about it stays true."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import NOON, a_code, a_course, a_lesson, a_markdown, a_shell, an_exercise
from tests.unit.study.studying import (
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
from tui_tutor.core.course import ExerciseFile, KernelSettings
from tui_tutor.core.execution import ErrorRaised, Finished, InputAsked, KernelInfo, OutputCleared, Started
from tui_tutor.core.study import Notice, begin, update
from tui_tutor.core.study.events import (
    GiveInput,
    HiddenRun,
    InputGiven,
    InterruptRequested,
    InterruptRun,
    KernelDied,
    KernelFailed,
    KernelStarted,
    KernelStarting,
    OutputGuessed,
    Remember,
    RestartKernel,
    RestartRequested,
    RunAboveRequested,
    RunCode,
    RunRefused,
    RunReported,
    RunRequested,
    RunScript,
    SourceEdited,
)

INFO = KernelInfo(version="3.11")


def three_cells():
    return a_study([a_code(id="one"), a_code("print(2)", id="two"), a_code("print(3)", id="three")])


def test_a_wished_run_is_ordered_with_the_text_the_learner_sees():
    study = after(a_study([a_code()]), SourceEdited("code-1", "print(7)", NOON))
    study, effects = update(study, RunRequested("code-1", NOON))
    assert effects == (RunCode("code-1", "print(7)", study.course.kernel.timeout_s),)
    assert (study.running, study.kernel, study.state("code-1").status) == ("code-1", "busy", "running")


def test_a_run_keeps_the_old_output_until_the_kernel_has_begun():
    study = after(has_run(a_study([a_code()]), "code-1", printed("old\n")), RunRequested("code-1", NOON))
    assert study.state("code-1").transcript.text() == "old"
    study = after(study, RunReported("code-1", (Started(2),), NOON))
    assert study.state("code-1").transcript.is_empty


def test_a_run_that_ended_well_is_recorded_and_does_the_cell():
    study = after(a_study([a_code()]), RunRequested("code-1", NOON))
    study, effects = update(study, run_of("code-1", printed("1\n"), count=4))
    state = study.state("code-1")
    assert (study.running, study.last_run, study.kernel) == ("", "code-1", "idle")
    assert (state.status, state.count, state.elapsed_ms, state.transcript.text()) == ("ok", 4, 12.0, "1")
    (record,) = remembered(effects)
    assert (record.kind, record.cell) == ("ran", "code-1")
    assert record.data == {
        "kind": "code",
        "done": True,
        "source": "print(1)",
        "outcome": "ok",
        "count": 4,
        "elapsed_ms": 12.0,
        "exit_status": None,
        "reason": "",
        "output": "1",
        "error": None,
    }


def test_the_time_limit_is_the_cells_before_the_courses():
    course = a_course(kernel=KernelSettings(timeout_s=7))
    cells = [a_code(id="own", timeout_s=3), a_code(id="none")]
    study = begin(course, a_lesson(cells), number=1, trust="trusted")
    assert effects_of(study, RunRequested("own", NOON)) == (RunCode("own", "print(1)", 3),)
    assert effects_of(study, RunRequested("none", NOON)) == (RunCode("none", "print(1)", 7),)


def test_a_run_wished_meanwhile_waits_its_turn():
    study, effects = update(after(three_cells(), RunRequested("one", NOON)), RunRequested("two", NOON))
    assert effects == ()
    assert (study.running, study.queue, study.state("two").status) == ("one", (("two", "run"),), "queued")
    study, effects = update(study, run_of("one"))
    assert (study.running, study.queue) == ("two", ())
    assert [type(effect) for effect in effects] == [Remember, RunCode]


def test_pressing_run_again_and_again_queues_a_cell_once():
    study = after(three_cells(), *[RunRequested("one", NOON)] * 5, *[RunRequested("two", NOON)] * 5)
    assert (study.running, study.queue) == ("one", (("two", "run"),))


def test_an_error_drops_what_waits():
    study = after(three_cells(), *[RunRequested(name, NOON) for name in ("one", "two", "three")])
    study, effects = update(study, run_of("one", ErrorRaised("NameError", "x"), outcome="error"))
    assert (study.running, study.queue) == ("", ())
    assert [study.state(name).status for name in ("one", "two", "three")] == ["failed", "idle", "idle"]
    assert [type(effect) for effect in effects] == [Remember]


def test_a_dropped_cell_stands_as_it_stood_before():
    study = has_run(three_cells(), "two", outcome="error")
    study = after(study, RunRequested("one", NOON), RunRequested("two", NOON), InterruptRequested(NOON))
    assert study.state("two").status == "failed"


def test_the_end_of_a_run_that_is_over_changes_nothing():
    study = after(three_cells(), RunRequested("one", NOON), run_of("one"), RunRequested("two", NOON))
    assert after(study, run_of("one", printed("late\n"))) == replace(study, active_at=NOON)


def test_run_above_runs_the_code_from_the_top_and_the_cell_itself():
    study, effects = update(a_study(every_kind()), RunAboveRequested("ex-1", NOON))
    assert effects == (RunCode("one", "a = 1", study.course.kernel.timeout_s),)
    assert study.queue == (("two", "run"), ("ex-1", "run"))


def test_run_above_in_prose_runs_the_code_above_it():
    study = a_study([a_code(), a_markdown(), a_code(id="below")])
    study = after(study, RunAboveRequested("md-1", NOON))
    assert (study.running, study.queue) == ("code-1", ())


def test_prose_does_not_run():
    study = a_study([a_markdown()])
    assert update(study, RunRequested("md-1", NOON)) == (replace(study, active_at=NOON), ())


def test_hidden_cells_run_before_each_run_of_the_next_visible_one():
    cells = [a_code("seed()", id="seed", hidden=True), a_code(id="one"), a_code(id="two")]
    study, timeout = a_study(cells), a_course().kernel.timeout_s
    hidden = (HiddenRun("seed", "seed()"),)
    assert effects_of(study, RunRequested("one", NOON)) == (RunCode("one", "print(1)", timeout, hidden),)
    study = has_run(study, "one")
    assert effects_of(study, RunRequested("one", NOON)) == (RunCode("one", "print(1)", timeout, hidden),)
    assert effects_of(study, RunRequested("two", NOON)) == (RunCode("two", "print(1)", timeout),)


def test_a_command_runs_in_a_shell_and_leaves_the_kernel_alone():
    study, effects = update(a_study([a_shell("ls", tty=True, stdin="x")]), RunRequested("sh-1", NOON))
    assert effects == (RunScript("sh-1", "ls", study.course.kernel.timeout_s, "sh", True, "x"),)
    assert study.kernel == "absent"


def test_an_exercise_with_files_runs_its_command_with_the_learners_files():
    files = (ExerciseFile(path="a.py", starter="1\n"), ExerciseFile(path="b.py", starter="2\n"))
    cell = an_exercise(file=files, run="python a.py", starter="", solution="")
    study = after(a_study([cell]), SourceEdited("ex-1", "9", NOON, path="b.py"))
    (effect,) = effects_of(study, RunRequested("ex-1", NOON))
    assert effect == RunScript(
        "ex-1", "python a.py", study.course.kernel.timeout_s, files=(("a.py", "1\n"), ("b.py", "9"))
    )


# --- staleness --------------------------------------------------------------------------------------


def test_an_edit_makes_the_output_stale_and_undoing_it_fresh_again():
    study = has_run(a_study([a_code()]), "code-1")
    study = after(study, SourceEdited("code-1", "print(2)", NOON))
    assert study.state("code-1").stale == "edited since"
    assert after(study, SourceEdited("code-1", "print(1)", NOON)).state("code-1").stale == ""


def test_undoing_an_edit_does_not_make_a_new_kernel_old():
    study = after(has_run(a_study([a_code()]), "code-1"), KernelStarted(INFO, NOON, is_restart=True))
    assert (
        after(study, SourceEdited("code-1", "2", NOON), SourceEdited("code-1", "print(1)", NOON))
        .state("code-1")
        .stale
    )


def test_an_edit_during_a_run_makes_what_it_prints_stale():
    study = after(
        a_study([a_code()]), RunRequested("code-1", NOON), SourceEdited("code-1", "2", NOON), run_of("code-1")
    )
    assert study.state("code-1").stale == "edited since"


def test_running_a_cell_again_makes_the_code_below_stale():
    study = has_run(has_run(three_cells(), "one", count=1), "two", count=2)
    study = has_run(study, "one", count=3)
    assert [study.state(name).stale for name in ("one", "two", "three")] == ["", "In [3] ran again", ""]


def test_running_the_stale_cell_makes_it_fresh():
    study = has_run(has_run(has_run(three_cells(), "one"), "two", count=2), "one", count=3)
    assert has_run(study, "two", count=4).state("two").stale == ""


# --- predicting, input, interrupts ------------------------------------------------------------------


def test_a_cell_that_asks_first_runs_after_the_guess():
    study = a_study([a_code(ask_first=True)])
    study, effects = update(study, RunRequested("code-1", NOON))
    assert (effects, study.asks_guess, study.running) == ((), "code-1", "")
    study, effects = update(study, OutputGuessed("code-1", "1", NOON))
    assert [type(effect) for effect in effects] == [RunCode]
    assert (study.asks_guess, study.state("code-1").guess) == ("", "1")


def test_a_guess_is_asked_for_once():
    study = after(
        a_study([a_code(ask_first=True)]), RunRequested("code-1", NOON), OutputGuessed("code-1", "", NOON)
    )
    study, effects = update(after(study, run_of("code-1")), RunRequested("code-1", NOON))
    assert [type(effect) for effect in effects] == [RunCode]


def test_running_all_above_goes_on_after_the_guess():
    study = a_study([a_code(id="one", ask_first=True), a_code(id="two")])
    study = after(study, RunAboveRequested("two", NOON), OutputGuessed("one", "", NOON))
    assert (study.running, study.queue) == ("one", (("two", "run"),))


def test_input_goes_to_the_program_that_asked():
    study = after(
        a_study([a_code()]),
        RunRequested("code-1", NOON),
        RunReported("code-1", (Started(1), InputAsked("name? ")), NOON),
    )
    assert study.state("code-1").prompt == InputAsked("name? ")
    study, effects = update(study, InputGiven("Ada", NOON))
    assert effects == (GiveInput("code-1", "Ada"),)
    assert study.state("code-1").prompt is None


def test_input_that_nobody_asked_for_goes_nowhere():
    study = after(a_study([a_code()]), RunRequested("code-1", NOON))
    assert effects_of(study, InputGiven("Ada", NOON)) == ()


def test_an_interrupt_stops_the_run_and_drops_the_rest():
    study = after(three_cells(), RunRequested("one", NOON), RunRequested("two", NOON))
    study, effects = update(study, InterruptRequested(NOON))
    assert (effects, study.queue) == ((InterruptRun(),), ())
    study = after(study, run_of("one", ErrorRaised("KeyboardInterrupt", ""), outcome="interrupted"))
    assert (study.state("one").status, study.state("one").transcript.error) == ("stopped", None)


def test_an_interrupt_right_behind_one_that_was_enough_means_the_same_run():
    study = after(a_study(every_kind()), RunRequested("one", NOON), run_of("one", outcome="interrupted"))
    assert after(study, InterruptRequested(at(0.2))).notice is None
    assert after(study, InterruptRequested(at(0.4))).notice == Notice("Nothing is running.")


def test_a_run_that_was_asked_for_after_a_stop_can_be_stopped_at_once():
    study = has_run(a_study(every_kind()), "one", outcome="interrupted")
    study = after(study, RunRequested("two", NOON))
    assert effects_of(study, InterruptRequested(at(0.1))) == (InterruptRun(),)


def test_an_interrupt_while_nothing_runs_says_so():
    study, effects = update(three_cells(), InterruptRequested(NOON))
    assert (effects, study.notice) == ((), Notice("Nothing is running."))


def test_cleared_output_is_gone():
    study = after(
        a_study([a_code()]),
        RunRequested("code-1", NOON),
        RunReported("code-1", (Started(1), printed("50 %\n"), OutputCleared(), printed("done\n")), NOON),
    )
    assert study.state("code-1").transcript.text() == "done"


# --- the kernel's life ------------------------------------------------------------------------------


def test_a_restart_empties_the_queue_and_marks_what_ran_as_stale():
    study = after(has_run(three_cells(), "one"), RunRequested("two", NOON), RunRequested("three", NOON))
    study, effects = update(study, RestartRequested(NOON))
    assert (effects, study.queue) == ((RestartKernel(),), ())
    study = after(study, run_of("two", outcome="died"), KernelStarted(INFO, NOON, is_restart=True))
    assert (study.kernel, study.state("one").stale, study.state("one").count) == ("idle", "new kernel", None)


def test_starting_is_said():
    study = after(three_cells(), KernelStarting(NOON))
    assert study.kernel == "starting"
    study = after(study, KernelStarted(INFO, NOON))
    assert (study.kernel, study.info) == ("idle", INFO)


def test_a_kernel_that_dies_alone_says_why_and_what_to_do():
    study = after(has_run(three_cells(), "one"), KernelDied("out of memory", NOON))
    text = "The kernel stopped (out of memory). Your work is kept. F8 starts a new one."
    assert (study.kernel, study.notice) == ("dead", Notice(text, is_alarm=True))
    assert study.last_run == ""


def test_a_run_that_kills_the_kernel_drops_the_rest():
    study = after(three_cells(), RunRequested("one", NOON), RunRequested("two", NOON))
    end = Finished("died", reason="out of memory")
    study = after(study, RunReported("one", (Started(1), end), NOON))
    assert (study.kernel, study.queue, study.state("one").status) == ("dead", (), "died")
    assert study.state("one").reason == "out of memory"


def test_a_kernel_that_cannot_start_is_said_and_the_next_run_tries_again():
    study = after(three_cells(), KernelFailed("This course needs torch.", "i installs it.", NOON))
    assert study.notice == Notice("This course needs torch.", True, "i installs it.")
    study, effects = update(study, RunRequested("one", NOON))
    assert (study.running, [type(effect) for effect in effects]) == ("one", [RunCode])


def test_a_refused_run_leaves_the_cell_as_it_was_and_drops_what_was_to_follow():
    before = three_cells()
    study = after(before, RunRequested("one", NOON), RunRequested("two", NOON))
    study, effects = update(study, RunRefused("one", NOON))
    assert (study.running, study.queue, effects) == ("", (), ())
    assert study.state("one") == before.state("one")


def test_commands_run_where_no_kernel_can():
    study = after(a_study([a_code(), a_shell()]), KernelFailed("no", "", NOON))
    assert [type(effect) for effect in effects_of(study, RunRequested("sh-1", at(1)))] == [RunScript]

"""Answers, checks, hints and solutions: committed first, shown then."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import NOON, a_code, a_markdown, a_quiz, a_shell, an_exercise
from tests.unit.study.studying import (
    Notebook,
    a_study,
    after,
    effects_of,
    every_kind,
    has_run,
    remembered,
    run_of,
)
from tui_tutor.core.course import ReflectQuiz
from tui_tutor.core.grading.verdict import Failure, Mark, Verdict
from tui_tutor.core.study import Notice, update
from tui_tutor.core.study.answering import ANSWER_WAITS
from tui_tutor.core.study.events import (
    CellReset,
    CheckAnswer,
    Checked,
    CheckRequested,
    EvaluatePlots,
    GradeAnswer,
    Graded,
    HintAsked,
    KernelDied,
    QuizAnswered,
    Remember,
    RunCode,
    RunRequested,
    SaveRetried,
    SolutionAsked,
    SourceEdited,
    Stored,
    StoreFailed,
)

RIGHT = Verdict(True, 1.0, 1, 1)
WRONG = Verdict(False, 0.0, 0, 1, Failure("x is 2", ("expected 2, found 1",), "Twice one.", "c1"))
CHOSEN_WRONG = Verdict(False, 0.0, marks=(Mark("option-1", False, True, "Feedback 1."),))


def after_answers(study, *verdicts: Verdict):
    """The study after graded answers whose records were committed."""
    notebook = Notebook(study)
    for verdict in verdicts:
        notebook.take(QuizAnswered("quiz-1", ("option-1",), NOON))
        notebook.take(Graded("quiz-1", ("option-1",), verdict, NOON))
    return notebook.study


# --- questions --------------------------------------------------------------------------------------


def test_an_answer_is_graded():
    study = a_study([a_quiz(2)])
    assert effects_of(study, QuizAnswered("quiz-1", ("option-2",), NOON)) == (
        GradeAnswer("quiz-1", ("option-2",)),
    )


def test_a_verdict_is_shown_only_when_it_is_committed():
    study, effects = update(a_study([a_quiz(2)]), Graded("quiz-1", ("option-1",), CHOSEN_WRONG, NOON))
    (record,) = remembered(effects)
    assert (study.state("quiz-1").verdict, study.state("quiz-1").attempts) == (None, 0)
    study = after(study, Stored((record,), NOON))
    state = study.state("quiz-1")
    assert (state.verdict, state.attempts, state.answer) == (CHOSEN_WRONG, 1, ("option-1",))


def test_what_the_log_keeps_of_an_answer():
    effects = effects_of(a_study([a_quiz(2)]), Graded("quiz-1", ("option-2",), RIGHT, NOON))
    (record,) = remembered(effects)
    assert (record.kind, record.course, record.lesson, record.cell) == (
        "attempted",
        "a-course",
        "first",
        "quiz-1",
    )
    kept = {
        name: record.data[name] for name in ("kind", "form", "answer", "correct", "score", "number", "done")
    }
    assert kept == {
        "kind": "quiz",
        "form": "choice",
        "answer": ["option-2"],
        "correct": True,
        "score": 1.0,
        "number": 1,
        "done": True,
    }


def test_a_right_answer_closes_the_question_and_does_the_cell():
    state = after_answers(a_study([a_quiz(2)]), RIGHT).state("quiz-1")
    assert (state.is_closed, state.is_done) == (True, True)


def test_a_closed_question_takes_no_more_answers():
    study, effects = update(after_answers(a_study([a_quiz(2)]), RIGHT), QuizAnswered("quiz-1", ("x",), NOON))
    assert (effects, study.notice) == ((), Notice("This question is answered. r asks it again."))


def test_wrong_answers_may_be_tried_again_without_end():
    state = after_answers(a_study([a_quiz(2)]), *[CHOSEN_WRONG] * 9).state("quiz-1")
    assert (state.attempts, state.is_closed, state.is_done) == (9, False, False)


def test_the_last_try_closes_the_question_and_does_the_cell():
    study = a_study([a_quiz(2, attempts=2)])
    assert not after_answers(study, CHOSEN_WRONG).state("quiz-1").is_closed
    state = after_answers(study, CHOSEN_WRONG, CHOSEN_WRONG).state("quiz-1")
    assert (state.is_closed, state.is_done, state.verdict) == (True, True, CHOSEN_WRONG)


def test_a_reflection_is_done_when_it_is_saved_and_may_be_written_again():
    cell = ReflectQuiz(kind="quiz", form="reflect", id="quiz-1", question="Why?")
    study = after_answers(a_study([cell]), Verdict(False, 0.0))
    assert study.state("quiz-1").is_done
    assert effects_of(study, QuizAnswered("quiz-1", ("more",), NOON)) == (GradeAnswer("quiz-1", ("more",)),)


def test_a_question_asked_again_keeps_what_was_done():
    notebook = Notebook(after_answers(a_study([a_quiz(2)]), RIGHT))
    notebook.take(CellReset("quiz-1", NOON))
    state = notebook.study.state("quiz-1")
    assert (state.verdict, state.attempts, state.is_closed, state.is_done) == (None, 0, False, True)


# --- checks -----------------------------------------------------------------------------------------


def test_a_check_runs_the_cell_first():
    study = a_study([an_exercise()])
    study, effects = update(study, CheckRequested("ex-1", NOON))
    assert effects == (RunCode("ex-1", "x = 1", study.course.kernel.timeout_s),)
    study, effects = update(study, run_of("ex-1"))
    assert [type(effect) for effect in effects] == [Remember, CheckAnswer]
    assert effects[1] == CheckAnswer("ex-1", "x = 1")


def test_a_check_right_after_the_run_does_not_run_again():
    study = has_run(a_study([an_exercise()]), "ex-1")
    assert effects_of(study, CheckRequested("ex-1", NOON)) == (CheckAnswer("ex-1", "x = 1"),)


def test_a_check_runs_again_after_an_edit_another_run_or_the_kernels_end():
    fresh = has_run(a_study([a_code(), an_exercise()]), "ex-1")
    for study in (
        after(fresh, SourceEdited("ex-1", "x = 3", NOON)),
        has_run(fresh, "code-1", count=2),
        after(fresh, KernelDied("killed", NOON)),
    ):
        assert [type(effect) for effect in effects_of(study, CheckRequested("ex-1", NOON))] == [RunCode]


def test_a_run_alone_checks_nothing():
    study = after(a_study([an_exercise()]), RunRequested("ex-1", NOON))
    assert [type(effect) for effect in effects_of(study, run_of("ex-1"))] == [Remember]


def test_a_failed_run_is_checked_too_but_a_stopped_one_is_not():
    study = after(a_study([an_exercise()]), CheckRequested("ex-1", NOON))
    assert CheckAnswer("ex-1", "x = 1") in effects_of(study, run_of("ex-1", outcome="error"))
    assert [type(e) for e in effects_of(study, run_of("ex-1", outcome="interrupted"))] == [Remember]


def test_a_command_with_checks_is_checked_after_each_run():
    check = ({"kind": "file", "says": "there is a file", "path": "a.txt", "exists": True},)
    study = after(a_study([a_shell(check=check)]), RunRequested("sh-1", NOON))
    assert CheckAnswer("sh-1", "echo hello") in effects_of(study, run_of("sh-1", count=None))


def test_plots_are_drawn_before_the_checks_that_may_look_at_them():
    study = after(a_study(every_kind()), CheckRequested("ex-1", NOON))
    kinds = [type(effect) for effect in effects_of(study, run_of("ex-1"))]
    assert kinds == [Remember, EvaluatePlots, CheckAnswer]


def test_a_cell_without_checks_says_so():
    study, effects = update(a_study([a_shell()]), CheckRequested("sh-1", NOON))
    assert (effects, study.notice) == ((), Notice("There is nothing to check here; F5 runs it."))


def test_a_failing_check_is_shown_when_it_is_committed():
    notebook = Notebook(has_run(a_study([an_exercise()]), "ex-1"))
    notebook.take(Checked("ex-1", WRONG, NOON))
    state = notebook.study.state("ex-1")
    assert (state.verdict, state.attempts, state.answer) == (WRONG, 1, ("x = 1",))


def test_an_exercise_whose_run_fails_its_checks_is_not_done():
    notebook = Notebook(a_study([an_exercise()]))
    notebook.take(RunRequested("ex-1", NOON), run_of("ex-1"), Checked("ex-1", WRONG, NOON))
    assert not notebook.study.state("ex-1").is_done
    notebook.take(Checked("ex-1", RIGHT, NOON))
    assert notebook.study.state("ex-1").is_done


def test_an_exercise_without_checks_is_done_by_running_it():
    notebook = Notebook(a_study([an_exercise(check=())]))
    notebook.take(RunRequested("ex-1", NOON), run_of("ex-1"))
    assert notebook.study.state("ex-1").is_done


# --- hints and solutions ----------------------------------------------------------------------------


def test_hints_come_one_by_one_and_the_last_one_says_so():
    notebook = Notebook(a_study([an_exercise(hints=("Twice one.", "2"))]))
    shown = []
    for _ in range(3):
        notebook.take(HintAsked("ex-1", NOON))
        shown.append(notebook.study.state("ex-1").hints_shown)
    assert shown == [1, 2, 2]
    assert notebook.study.notice == Notice("That was the last hint. s shows the solution.")


def test_a_cell_without_hints_says_so():
    assert after(a_study([a_markdown()]), HintAsked("md-1", NOON)).notice == Notice("There is no hint here.")


def test_the_solution_comes_after_an_attempt():
    study, effects = update(a_study([an_exercise()]), SolutionAsked("ex-1", NOON))
    assert (effects, study.notice) == ((), Notice("Try once first; then s shows the solution."))
    notebook = Notebook(has_run(study, "ex-1"))
    notebook.take(Checked("ex-1", WRONG, NOON), SolutionAsked("ex-1", NOON))
    assert notebook.study.state("ex-1").is_solution_shown


def test_a_reset_gives_the_authors_text_and_keeps_the_history():
    notebook = Notebook(a_study([an_exercise()]))
    notebook.take(SourceEdited("ex-1", "x = 3", NOON), RunRequested("ex-1", NOON), run_of("ex-1"))
    notebook.take(Checked("ex-1", WRONG, NOON), CellReset("ex-1", NOON))
    state = notebook.study.state("ex-1")
    assert (state.source, state.verdict, state.attempts, state.status) == ("x = 1", None, 0, "idle")
    assert [record.kind for record in notebook.log] == ["edited", "ran", "attempted", "reset"]


def test_a_running_cell_is_not_reset():
    study = after(a_study([an_exercise()]), RunRequested("ex-1", NOON))
    study, effects = update(study, CellReset("ex-1", NOON))
    assert (effects, study.notice) == ((), Notice("This cell is running. F9 stops it first."))


# --- what could not be stored -----------------------------------------------------------------------


def failed_to_store():
    study, effects = update(a_study([a_quiz(2)]), Graded("quiz-1", ("option-2",), RIGHT, NOON))
    records = remembered(effects)
    return after(study, StoreFailed(records, "The disk is full.", "Make room.", NOON)), records


def test_an_answer_that_could_not_be_stored_is_kept_and_not_shown():
    study, records = failed_to_store()
    assert study.unsaved == (records,)
    assert study.state("quiz-1").verdict is None
    assert study.notice == Notice("The disk is full.", True, "Make room.")


def test_saving_again_stores_what_was_kept():
    study, records = failed_to_store()
    study, effects = update(study, SaveRetried(NOON))
    assert (effects, study.unsaved) == ((Remember(()),), (records,))
    study = after(study, Stored(records, NOON))
    assert (study.state("quiz-1").verdict, study.unsaved, study.notice) == (
        RIGHT,
        (),
        Notice("Lesson 1 is done."),
    )


def test_what_was_kept_is_tried_again_as_soon_as_something_can_be_stored():
    study, records = failed_to_store()
    other = replace(records[0], lesson="another")
    assert effects_of(study, Stored((other,), NOON)) == (Remember(()),)


def test_what_waits_is_stored_before_what_comes_after_it():
    study, records = failed_to_store()
    later = replace(records[0], kind="hinted")
    assert after(study, StoreFailed((later,), "Full.", "", NOON)).unsaved == (records, (later,))
    assert after(study, Stored((*records, later), NOON)).unsaved == ()


def test_a_question_whose_answer_waits_is_not_answered_again():
    study, _ = failed_to_store()
    study, effects = update(study, QuizAnswered("quiz-1", ("option-1",), NOON))
    assert (effects, study.notice) == ((), Notice(ANSWER_WAITS, is_alarm=True))


def test_what_another_lesson_left_changes_nothing_here():
    study, records = failed_to_store()
    other = replace(records[0], lesson="another")
    assert after(study, Stored((other,), NOON)).cells == study.cells


def test_the_lesson_says_once_that_it_is_done():
    study = replace(a_study([a_quiz(2)]), number=3)
    notebook = Notebook(study)
    notebook.take(Graded("quiz-1", ("option-2",), RIGHT, NOON))
    assert notebook.study.notice == Notice("Lesson 3 is done.")

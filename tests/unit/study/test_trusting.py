"""Nothing of a course runs before the learner has said yes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import NOON, a_code, an_exercise
from tests.unit.study.studying import a_study, after, effects_of, run_of
from tui_tutor.core.course import NumberQuiz
from tui_tutor.core.study import Notice, update
from tui_tutor.core.study.events import (
    AskTrust,
    CheckRequested,
    GradeAnswer,
    GrantTrust,
    QuizAnswered,
    RestartRequested,
    RunAboveRequested,
    RunCode,
    RunRequested,
    TrustAnswered,
)

DERIVED = NumberQuiz(kind="quiz", form="number", id="quiz-1", question="How many?", value_py="count()")


def the_cells():
    return [a_code(), an_exercise(), DERIVED]


@pytest.mark.parametrize(
    "wish",
    [
        RunRequested("code-1", NOON),
        RunAboveRequested("ex-1", NOON),
        CheckRequested("ex-1", NOON),
        QuizAnswered("quiz-1", ("3",), NOON),
    ],
)
def test_what_would_run_code_asks_first(wish):
    assert effects_of(a_study(the_cells(), trust="unknown"), wish) == (AskTrust(),)


def test_no_kernel_is_started_before_a_yes():
    study, effects = update(a_study(the_cells(), trust="unknown"), RestartRequested(NOON))
    assert (effects, study.notice) == ((), Notice("No kernel runs yet. F5 runs a cell."))


def test_yes_runs_what_was_wished():
    study = after(a_study(the_cells(), trust="unknown"), RunAboveRequested("ex-1", NOON))
    study, effects = update(study, TrustAnswered("always", NOON))
    assert [type(effect) for effect in effects] == [GrantTrust, RunCode]
    assert (study.trust, study.running, study.queue) == ("trusted", "code-1", (("ex-1", "run"),))


def test_yes_for_once_is_not_lasting():
    study = after(a_study(the_cells(), trust="unknown"), RunRequested("code-1", NOON))
    study, effects = update(study, TrustAnswered("once", NOON))
    assert (effects[0], study.trust) == (GrantTrust(is_lasting=False), "once")
    study = after(study, run_of("code-1"))
    assert [type(effect) for effect in effects_of(study, RunRequested("code-1", NOON))] == [RunCode]


def test_yes_grades_the_answer_whose_key_must_be_derived():
    study = after(a_study(the_cells(), trust="unknown"), QuizAnswered("quiz-1", ("3",), NOON))
    assert effects_of(study, TrustAnswered("once", NOON)) == (
        GrantTrust(is_lasting=False),
        GradeAnswer("quiz-1", ("3",)),
    )


def test_no_runs_nothing_and_the_next_run_asks_again():
    study = after(a_study(the_cells(), trust="unknown"), RunRequested("code-1", NOON))
    study, effects = update(study, TrustAnswered("no", NOON))
    assert (effects, study.trust, study.wished, study.running) == ((), "refused", (), "")
    assert effects_of(study, RunRequested("code-1", NOON)) == (AskTrust(),)


def test_a_key_that_was_recorded_needs_no_trust():
    study = replace(a_study(the_cells(), trust="unknown"), derived={"quiz-1": {"count()": 3}})
    assert effects_of(study, QuizAnswered("quiz-1", ("3",), NOON)) == (GradeAnswer("quiz-1", ("3",)),)

"""What a question asks a learner to predict: a program that ends, and what it prints."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from tui_tutor.core.course import PredictQuiz
from tui_tutor.core.grading.verdict import Verdict
from tui_tutor.proof.questioning import Questioner
from tui_tutor.proof.trying import Try


@dataclass
class ReplayTries:
    """What came of the program."""

    one: Try

    async def tried(self, *_: Any) -> list[Try]:
        return [self.one]


def problem_of(key: str, **came: Any) -> str:
    """What is said of a program with this key, "" if nothing is."""
    quiz = PredictQuiz(kind="quiz", id="q", form="predict", question="?", program="x", stdout=key)
    tries: Any = ReplayTries(Try(Verdict(True, 1.0, 0, 0), **came))
    nobody: Any = None
    report = asyncio.run(Questioner(nobody, nobody, tries).report(quiz))
    return report.problems[0].message if report.problems else ""


@pytest.mark.parametrize(("outcome", "said"), [("timeout", "does not end"), ("died", "ends the interpreter")])
@pytest.mark.parametrize("stdout", ["", "1"])
def test_a_program_that_does_not_end_by_itself_has_no_key_whatever_it_has_printed(outcome, said, stdout):
    assert said in problem_of(stdout, stdout=stdout, outcome=outcome)


def test_a_program_that_ends_is_right_if_it_prints_its_key():
    assert problem_of("1", stdout="1\n") == ""
    assert "prints something else" in problem_of("2", stdout="1\n")
    assert problem_of("1\nValueError: no", stdout="1\n", error="ValueError: no", outcome="error") == ""

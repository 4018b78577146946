"""Three runs of a cell give one verdict: what differs between them, and what any of them found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import a_code, a_lesson, an_exercise
from tui_tutor.core.course import Cell
from tui_tutor.proof.comparing import proven_cells
from tui_tutor.proof.reports import CellReport, ExerciseReport, LessonReport, Outcome, Problem


def proven(cell: Cell, *reports: CellReport, exercises: tuple[ExerciseReport, ...] = ()) -> Any:
    runs = {run: LessonReport((report,), exercises if run == 1 else ()) for run, report in enumerate(reports)}
    (one,) = proven_cells(a_lesson([cell]), runs)
    return one


def a_report(
    text: str | None = "", outcome: Outcome = "ok", *problems: Problem, cell: str = "code-1"
) -> CellReport:
    return CellReport(cell, "code", outcome, text=text, problems=problems)


def said(cell: Cell, *texts: str | None) -> list[str]:
    one = proven(cell, *(a_report(text) for text in texts))
    return [problem.message for problem in one.problems]


def test_what_is_the_same_each_time_is_stable():
    assert said(a_code(), "1\n2", "1\n2", "1\n2") == []


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (("<A at 0x7f00aa11bb>", "<A at 0x7f00aa11cc>"), "(a memory address)"),
        (("took 0.31 s", "took 0.29 s"), "(a number: a time, or chance without a seed)"),
        (("{'a', 'b'}", "{'b', 'a'}"), "(an order: sets have none)"),
        (("yes", "no"), "alone"),
    ],
)
def test_what_differs_is_named_in_one_line_with_a_likely_reason(texts: tuple[str, str], reason: str):
    (message,) = said(a_code(), texts[0], texts[0], texts[1])
    assert message.startswith("its output is not always the same: ")
    assert message.endswith(reason if reason != "alone" else "alone, once more")
    assert "\n" not in message


def test_the_first_differing_line_is_shown_around_its_difference():
    (message,) = said(
        a_code(), "same\n" + "x" * 80 + "1", "same\n" + "x" * 80 + "2", "same\n" + "x" * 80 + "2"
    )
    assert f"'…{'x' * 20}1' in the whole course, '…{'x' * 20}2' alone" in message


def test_dots_in_what_was_printed_stand_for_themselves():
    assert said(a_code(), "... done", "never done", "... done") != []


@pytest.mark.parametrize("cell", [a_code(unstable=True), a_code(output="..."), a_code(tolerance=0.5)])
def test_what_the_author_allows_to_differ_may(cell: Cell):
    assert said(cell, "1.0", "1.1", "1.2") == []


def test_of_a_flood_nothing_is_compared():
    assert said(a_code(), "1", None, "2") == []


def test_a_problem_of_every_run_is_said_once():
    problem = Problem("output-differs", "code-1", "expected 2, found 1", at=("output",))
    one = proven(a_code(), *[a_report("1", "ok", problem)] * 3)
    assert one.problems == (problem,)


@pytest.mark.parametrize(
    ("places", "words", "is_cured"),
    [((0,), "(in the whole course)", False), ((1, 2), "(alone)", True), ((2,), "(alone, once more)", True)],
)
def test_a_problem_of_some_runs_says_of_which(places: tuple[int, ...], words: str, is_cured: bool):
    problem = Problem("run-outcome", "code-1", "it failed")
    reports = [a_report("", "error", problem) if run in places else a_report() for run in range(3)]
    (found,) = proven(a_code(), *reports).problems
    assert found.message == f"it failed {words}"
    assert found.help.startswith("a lesson must work alone") is is_cured


def test_the_worst_outcome_counts_and_a_solution_has_to_pass_each_time():
    reports = [a_report("", outcome, cell="ex-1") for outcome in ("ok", "timeout", "error")]
    one = proven(an_exercise(), *reports, exercises=(ExerciseReport("ex-1"),))
    assert (one.outcome, one.solution_passes, one.exercise) == ("timeout", False, ExerciseReport("ex-1"))

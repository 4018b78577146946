"""A report comes back from JSON the same; in words it is a line for each lesson and exercise."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.builders import a_code, an_exercise
from tui_tutor.proof.comparing import ProvenCell
from tui_tutor.proof.reports import (
    CellReport,
    ExerciseReport,
    LessonReport,
    Problem,
    Retold,
    Survivor,
    Tally,
    as_json,
    lesson_report_from,
)
from tui_tutor.proof.wording import lesson_lines, percent, summary, survivor_lines

PROBLEM = Problem("wrong-passes", "ex-1", "it passes", "add a check", at=("wrong", 0))
EXERCISE = ExerciseReport(
    "ex-1",
    starter_fails=True,
    told=(("two", "expected 2"), ()),
    wrong=Tally(1, 2, ("wrong sample 2 passes every check",)),
    rewrites=Tally(4, 4),
    killed=14,
    mutants=15,
    free=1,
    survivors=(Survivor(1, "`2` became `3`", "--- solution\n+++ mutant\n@@ -1 +1 @@\n-x = 2\n+x = 3"),),
    problems=(PROBLEM,),
    retold=(Retold("de", True, True, Tally(1, 1)), Retold("advanced", False, True)),
)
CELL = CellReport("ex-1", "ex", "ok", 1.5, {"k": 1, "output": [{"event": "stream"}]}, "2", (PROBLEM,))
PROVEN = ProvenCell(
    an_exercise(), "ok", CELL, solution_passes=True, runs=3, exercise=EXERCISE, problems=(PROBLEM,)
)
RAN = ProvenCell(a_code(unstable=True), "unstable", CellReport("code-1", "code", "ok"), True, 3, None, ())


def test_a_report_comes_back_from_json_as_it_was():
    report = LessonReport((CELL,), (EXERCISE,))
    assert lesson_report_from(json.loads(json.dumps(as_json(report)))) == report


@pytest.mark.parametrize(
    "value", [{}, {"cells": []}, {"cells": [{"cell": "x"}], "exercises": []}, {"cells": 3, "exercises": 3}]
)
def test_what_is_no_report_is_refused(value: dict[str, object]):
    with pytest.raises((KeyError, TypeError)):
        lesson_report_from(value)


def test_a_lesson_has_a_line_and_so_has_each_exercise():
    assert list(lesson_lines("first", (RAN, PROVEN))) == [
        "✘ first  2 of 2 cells run · 1 unstable · 1 not as expected",
        "    ex ex-1  solution ✔ 3/3 · starter fails · de ✔ · advanced ✘ · wrong 1/2 · rewrites 4/4"
        " · mutants 14/15 killed (93 %)",
    ]


def test_a_survivor_is_shown_with_its_difference():
    assert list(survivor_lines("first", (PROVEN,))) == [
        "survivor  first/ex-1 line 1: `2` became `3`",
        "    @@ -1 +1 @@",
        "    -x = 2",
        "    +x = 3",
    ]


def test_the_summary_is_one_line_for_a_readme():
    assert summary({"first": (RAN, PROVEN)}, version="0.1.0", on=date(2026, 11, 25)) == (
        "Verified 2026-11-25 by tui-tutor 0.1.0: 2 cells run 3 times, 1 exercise, "
        "14/15 mutants caught (93 %), 4/4 rewrites accepted."
    )


@pytest.mark.parametrize(
    ("part", "words"), [(1.0, "100 %"), (0.9999, "99 %"), (0.9, "90 %"), (57 / 58, "98 %"), (0.0, "0 %")]
)
def test_a_part_is_never_rounded_up(part: float, words: str):
    assert percent(part) == words

"""Each gate lets a good course through and stops a course with just its fault."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_code, a_markdown, an_exercise
from tests.unit.studio.gates.building import (
    FEEDBACK,
    a_choice,
    a_good_lesson,
    an_answerable_exercise,
    built,
    good_cells,
    hard_gates,
    proven,
    said_by,
)
from tui_tutor.core.course import Cell, PredictQuiz
from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.proof.reports import ExerciseReport, Problem
from tui_tutor.studio.gates.all_gates import findings_about, findings_before_running, is_publishable
from tui_tutor.studio.gates.built import Built, CellWork, Judgement, Money, SolverAnswer
from tui_tutor.studio.gates.finding import GATES
from tui_tutor.studio.gates.measures import measures_of

PAGE = Path(__file__).parents[4] / "docs" / "studio-gates.md"


def instead(cell_id: str, cell: Cell | None) -> list[Cell]:
    """The good cells with another one in the place of one of them."""
    cells = [cell if one.id == cell_id else one for one in good_cells()]
    return [one for one in cells if one is not None]


def with_problem(cell_id: str, code: str, **fields: Any) -> Built:
    """The good course, in which running a cell showed a problem."""
    course = built()
    cells = [
        replace(one, problems=(Problem(code, cell_id, "something", **fields),))
        if one.cell.id == cell_id
        else one
        for one in course.proven["means"]
    ]
    return replace(course, proven={"means": tuple(cells)})


def test_a_good_course_passes_every_hard_gate():
    assert hard_gates(built()) == set()
    assert is_publishable(findings_about(built()))


def test_every_gate_has_a_section_in_the_documentation():
    headings = re.findall(r"^### (\S+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert headings == list(GATES)


def test_every_sentence_of_a_gate_stands_in_its_section():
    page = " ".join(PAGE.read_text("utf-8").split())
    assert [words for words in GATES.values() if words not in page] == []


def test_findings_are_of_known_gates_and_come_hard_ones_first():
    findings = findings_about(built([a_markdown("TODO <think>", id="words")]))
    assert {one.gate for one in findings} <= GATES.keys()
    assert [one.is_hard for one in findings] == sorted((one.is_hard for one in findings), reverse=True)


# --- check ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "severity", "gate", "is_hard"),
    [
        ("wrong-type", "error", "course-valid", True),
        ("use-before-teaching", "warning", "teaching-order", True),
        ("requires-cycle", "error", "course-valid", True),
        ("feedback-missing", "warning", "feedback", True),
        ("says-missing", "warning", "complete", True),
        ("draft-lesson", "warning", "complete", True),
        ("license-missing", "warning", "complete", False),
        ("minutes-off", "warning", "lesson-length", False),
    ],
)
def test_what_check_says_belongs_to_a_gate(code: str, severity: Any, gate: str, is_hard: bool):
    said = (Diagnostic(code, "so it is", Span("course.toml"), severity),)
    (finding,) = [one for one in said_by(gate, built(diagnostics=said)) if code in one.message]
    assert finding.is_hard == is_hard


def test_a_finding_of_check_names_the_cell_that_its_line_belongs_to():
    (finding,) = said_by(
        "exercise-proven", built(instead("mean-of-three", an_answerable_exercise(check=())))
    )[:1]
    assert (finding.lesson, finding.cell) == ("means", "mean-of-three")


def test_a_silenced_rule_is_reported_and_stops_nothing():
    silence = ({"code": "minutes-off", "where": "means", "reason": "It trains."},)
    (finding,) = said_by("rule-silenced", built(course={"silence": silence}, diagnostics=()))
    assert not finding.is_hard
    assert "It trains." in finding.message


# --- proof ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "cell", "gate"),
    [
        ("run-outcome", "mean", "cells-run"),
        ("run-timeout", "mean", "cells-run"),
        ("setup-fails", "mean", "cells-run"),
        ("output-unstable", "mean", "outputs-stable"),
        ("starter-passes", "mean-of-three", "exercise-proven"),
        ("starter-dies", "mean-of-three", "exercise-proven"),
        ("mutation-score", "mean-of-three", "exercise-proven"),
        ("hint-solves", "mean-of-three", "hints"),
        ("key-inconsistent", "pulls", "key-proven"),
    ],
)
def test_what_running_shows_stops_a_course(code: str, cell: str, gate: str):
    assert hard_gates(with_problem(cell, code)) == {gate}


def test_a_surviving_mutant_alone_is_only_noted():
    course = with_problem("mean-of-three", "mutant-survives", severity="warning")
    assert hard_gates(course) == set()
    assert len(said_by("mutant-survives", course)) == 1


def test_a_course_that_nobody_ran_is_stopped_at_every_cell_that_can_run():
    assert {one.cell for one in said_by("proof-missing", built(proven={}))} == {
        "mean",
        "mean-of-three",
        "pulls",
        "hides",
    }


@pytest.mark.parametrize("fields", [{"runs": 1}, {"outcome": "skipped"}])
def test_a_cell_that_was_left_out_is_not_proven(fields: dict[str, Any]):
    cells = tuple(proven(one, **(fields if one.id == "mean" else {})) for one in good_cells())
    assert hard_gates(built(proven={"means": cells})) == {"proof-missing"}


@pytest.mark.parametrize(
    "fields", [{"exercise": None}, {"exercise": ExerciseReport("mean-of-three")}, {"solution_passes": False}]
)
def test_an_exercise_that_nobody_tried_is_not_proven(fields: dict[str, Any]):
    cells = tuple(proven(one, **(fields if one.kind == "ex" else {})) for one in good_cells())
    assert hard_gates(built(proven={"means": cells})) == {"exercise-proven"}


def test_an_exercise_has_two_hints():
    lacking = an_answerable_exercise(hints=("Think.",))
    assert hard_gates(built(instead("mean-of-three", lacking))) == {"hints"}


def test_an_output_is_what_the_kernel_printed_or_it_is_stopped():
    printed, made_up = (
        a_code("print(16 / 4)", id="mean", output=output) for output in ("4.0", "4.000001 (approximately)")
    )
    assert hard_gates(built(instead("mean", printed))) == set()
    assert hard_gates(built(instead("mean", made_up))) == {"output-from-model"}


# --- questions --------------------------------------------------------------------------------------


def options(*feedback: str) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"text": f"Choice {n}", "correct": n == 1, "feedback": words} for n, words in enumerate(feedback, 1)
    )


@pytest.mark.parametrize(
    ("feedback", "gate"),
    [
        (("", *FEEDBACK[1:]), "feedback"),
        (("Right!", *FEEDBACK[1:]), "feedback"),
        ((FEEDBACK[0], FEEDBACK[1], FEEDBACK[1].upper()), "feedback"),
        (FEEDBACK[:2], "option-count"),
    ],
)
def test_each_option_says_why_in_words_of_its_own(feedback: tuple[str, ...], gate: str):
    assert hard_gates(built(instead("pulls", a_choice(option=options(*feedback))))) == {gate}


def test_two_questions_that_ask_nearly_the_same_are_one_too_many():
    again = a_choice(id="again", question="What is it that pulls a mean upwards the most?")
    (finding,) = said_by("stem-repeated", built([*good_cells(), again]))
    assert (finding.cell, finding.is_hard) == ("again", True)
    assert "means/pulls" in finding.message


@pytest.mark.parametrize("stem", ["What is the mean of three numbers?", "What does a median tell?"])
def test_questions_that_share_small_words_only_are_two(stem: str):
    assert said_by("stem-repeated", built([*good_cells(), a_choice(id="other", question=stem)])) == []


def test_the_same_question_about_two_programs_is_two_questions():
    predicts = [
        PredictQuiz(
            kind="quiz",
            form="predict",
            id=f"p{n}",
            question="What does it print?",
            program=program,
            stdout="1",
        )
        for n, program in enumerate(("print(len('ab'))", "for n in range(3):\n    total += n"))
    ]
    assert said_by("stem-repeated", built([*good_cells(), *predicts])) == []


def test_keys_that_stand_where_chance_would_not_put_them_are_found():
    names = ("Alpha rises", "Beta falls", "Gamma turns", "Delta waits", "Epsilon halts", "Zeta grows")
    many = [
        a_choice(2 if n else 1, id=f"q{n}", question=f"{name} for which reason?", shuffle=False)
        for n, name in enumerate(names * 2)
    ]
    assert said_by("key-position", built([*good_cells(), *many])) != []
    assert said_by("key-position", built([*good_cells(), *many[:4]])) == []


# --- objectives -------------------------------------------------------------------------------------


def test_an_objective_must_be_assessed_at_its_level():
    course = built(blooms={"mean": "evaluate"})
    (finding,) = [one for one in said_by("objective-assessed", course) if one.is_hard]
    assert "evaluate" in finding.message
    assert said_by("objective-assessed", built(blooms={"mean": "apply"})) == []


def test_a_cell_that_says_its_level_assesses_at_that_level():
    weighing = an_answerable_exercise(bloom="evaluate")
    assert (
        said_by("objective-assessed", built(instead("mean-of-three", weighing), blooms={"mean": "evaluate"}))
        == []
    )


def test_an_objective_that_no_lesson_names_is_not_assessed():
    lesson = a_good_lesson(objectives=())
    assert "objective-assessed" in hard_gates(built(lessons=[lesson]))


def test_a_lesson_without_anything_to_do_is_stopped():
    cells = instead("mean-of-three", None)
    lesson = a_good_lesson(cells, bloom="understand", objective="Explain what a mean is")
    assert "lesson-applies" in hard_gates(built(lessons=[lesson]))


# --- solver, money, industry ------------------------------------------------------------------------


def answers(*given: tuple[str, int, bool | None]) -> tuple[SolverAnswer, ...]:
    return tuple(
        SolverAnswer("means", cell, shuffle, is_right, "Choice 2") for cell, shuffle, is_right in given
    )


ALL = (("pulls", 1, True), ("pulls", 2, True), ("hides", 1, True), ("hides", 2, True))


@pytest.mark.parametrize(
    "given",
    [
        (*ALL[:3], ("hides", 2, False)),
        (*ALL[:3], ("hides", 2, None)),
        ALL[:3],
        (*ALL[:3], ("hides", 1, True)),
        (),
    ],
)
def test_the_solver_must_agree_in_two_shuffles(given: tuple[Any, ...]):
    assert hard_gates(built(answers=answers(*given))) == {"solver-disagrees"}


def test_a_later_answer_to_the_same_shuffle_counts():
    assert hard_gates(built(answers=answers(("pulls", 1, False), *ALL))) == set()


def beginners(*given: tuple[str, int, bool | None], **fields: Any) -> Built:
    """The course with other words of its first question for beginners, and what was answered there."""
    words = {"question": "What moves a mean up more than all else?", **fields}
    cells = [a_choice(**words) if cell.id == "pulls" else cell for cell in good_cells()]
    base = built()
    there = tuple(replace(one, level="beginner") for one in answers(*given))
    return replace(base, levels={"beginner": (a_good_lesson(cells),)}, answers=(*base.answers, *there))


def test_every_level_is_solved_in_its_own_words():
    assert hard_gates(beginners(*ALL)) == set()


@pytest.mark.parametrize("given", [(*ALL[1:], ("pulls", 1, False)), ALL[1:], ALL[:3], ()])
def test_a_level_whose_questions_have_other_answers_is_stopped(given: tuple[Any, ...]):
    assert hard_gates(beginners(*given)) == {"level-disputed"}


def test_an_answer_to_other_words_of_a_level_counts_for_nothing():
    there = beginners(*ALL)
    old = tuple(replace(one, of="0" * 64) if one.level else one for one in there.answers)
    assert hard_gates(replace(there, answers=old)) == {"level-disputed"}


def test_a_level_that_reads_as_the_base_is_not_solved_twice():
    assert hard_gates(beginners(question=a_choice().question)) == set()


def test_spending_beyond_the_cap_is_stopped():
    assert hard_gates(built(money=Money(1.0, 1.0001))) == {"over-budget"}
    assert hard_gates(built(money=Money(1.0, 1.0))) == set()


def test_an_estimate_that_was_far_off_is_noted():
    assert said_by("estimate-off", built(money=Money(5.0, 1.0, 1.3))) == []
    assert [one.is_hard for one in said_by("estimate-off", built(money=Money(5.0, 1.0, 1.5)))] == [False]


def test_an_industry_without_a_profile_is_noted():
    (noted,) = said_by("industry-unused", built(brief={"industry": "6221"}, terms=None))
    assert not noted.is_hard


def test_terms_of_an_industry_are_not_asked_of_a_course_in_another_language():
    (noted,) = said_by("industry-unused", built(brief={"industry": "6221", "language": "de-AT"}, terms=None))
    assert (noted.is_hard, "has no terms in the language de-AT" in noted.message) == (False, True)


@pytest.mark.parametrize("terms", [{}, {"ward": 5, "triage": 3}, {"ward": 2, "triage": 2, "bed": 2}])
def test_a_course_for_an_industry_speaks_its_language(terms: dict[str, int]):
    assert hard_gates(built(brief={"industry": "6221"}, terms=terms)) == {"industry-unused"}


def test_terms_that_are_used_are_enough():
    terms = {"ward": 5, "triage": 3, "bed": 3}
    assert hard_gates(built(brief={"industry": "6221"}, terms=terms)) == set()


# --- measures ---------------------------------------------------------------------------------------


def test_soft_measures_stop_nothing():
    course = built(
        [a_markdown("word " * 800, id="words"), an_exercise(hints=("a", "b"))],
        work=(CellWork("means", "words", "writer", 5),),
        judgements=(Judgement("means", "judge-1", "clarity", 1, "word word"),),
    )
    soft = {one.gate for one in findings_about(course) if not one.is_hard}
    assert {"interactions", "long-prose", "kinds", "repairs", "judged-low"} <= soft


def test_first_pass_yield_counts_what_was_right_at_once():
    work = (
        CellWork("means", "words", "writer"),
        CellWork("means", "mean", "coder", 3),
        CellWork("means", "gone", "coder", 4, "it never ended"),
    )
    (measures,) = measures_of(built(work=work))
    assert (measures.first_pass, measures.repairs, measures.dropped) == (pytest.approx(1 / 3), 5, 1)


def test_what_needs_no_run_can_be_asked_before_anything_runs():
    course = built(instead("mean", a_code("open('/etc/passwd')", id="mean")), proven={}, answers=())
    assert {one.gate for one in findings_before_running(course) if one.is_hard} == {"reaches-outside"}

"""A small course that every gate lets through; a test plants one fault in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.builders import a_code, a_course, a_lesson, a_markdown, a_text_quiz, an_exercise, as_toml
from tui_tutor.core.course import Cell, ChoiceQuiz, Course, Lesson, MarkdownCell
from tui_tutor.core.parsing import check_course
from tui_tutor.proof.comparing import ProvenCell
from tui_tutor.proof.reports import CellReport, ExerciseReport, Tally
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.gates.all_gates import findings_about
from tui_tutor.studio.gates.built import Built, Money, SolverAnswer
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.gates.solving import is_solved_blind

PROSE = """
## A mean and what it hides

A mean is one number for many. You add the numbers up and divide by how many there are. Run the cell
below, then change one of the numbers and run it again.
"""
FEEDBACK = (
    "Right: a single large number pulls the sum, and with it the mean, upwards.",
    "The order of the numbers does not matter: a sum is the same in any order.",
    "Small numbers pull the mean down, and they do so only as far as they are small.",
)


def a_choice(correct: int = 1, **fields: Any) -> ChoiceQuiz:
    """A single choice that no gate has anything against."""
    texts = ("One very large number", "The order of numbers", "Many small numbers")
    options = tuple(
        {"text": text, "correct": number == correct, "feedback": FEEDBACK[number - 1]}
        for number, text in enumerate(texts, 1)
    )
    defaults = {"question": "What pulls a mean upwards the most?", "option": options, "shuffle": True}
    explain = "A mean is a sum divided, so what adds most to the sum moves it most."
    return ChoiceQuiz(
        **{"kind": "quiz", "form": "choice", "id": "pulls", "explain": explain, **defaults, **fields}
    )


def an_answerable_exercise(**fields: Any) -> Cell:
    """An exercise with all that good teaching needs."""
    defaults = {
        "id": "mean-of-three",
        "task": "Let `middle` be the mean of the three numbers in `numbers`.",
        "starter": "numbers = [2, 4, 9]\nmiddle = 0\n",
        "solution": "numbers = [2, 4, 9]\nmiddle = sum(numbers) / len(numbers)\n",
        "hints": ("Which two things does a mean need?", "There is a function for each of the two."),
        "explain": "The sum is 15, and there are three numbers.",
        "check": (
            {"kind": "value", "id": "five", "says": "middle is 5", "expr": "middle", "equals": 5.0},
            {
                "kind": "property",
                "id": "is-mean",
                "says": "middle is the mean",
                "given": ["n = rng.randint(1, 9)"],
                "holds": "n * middle == n * sum(numbers) / len(numbers)",
            },
        ),
    }
    return an_exercise(**{**defaults, **fields})


def good_cells() -> list[Cell]:
    """The cells of the lesson, in order."""
    return [
        a_markdown(PROSE, id="words"),
        a_code("numbers = [1, 2, 3, 10]\nprint(sum(numbers) / len(numbers))", id="mean"),
        an_answerable_exercise(),
        a_choice(),
        a_text_quiz(
            ("spread",),
            id="hides",
            question="Which word says how far numbers lie apart?",
            explain="Two lists with the same mean can lie apart in very different ways.",
        ),
    ]


def a_good_lesson(cells: Sequence[Cell] | None = None, **fields: Any) -> Lesson:
    """The lesson of the course."""
    defaults: dict[str, Any] = {
        "id": "means",
        "title": "Means",
        "minutes": 6,
        "bloom": "apply",
        "objective": "Calculate the mean of some numbers",
        "objectives": ("mean",),
    }
    return a_lesson(good_cells() if cells is None else cells, **{**defaults, **fields})


def a_good_course(lessons: Sequence[Lesson], **fields: Any) -> Course:
    """What course.toml says."""
    objective = ({"id": "mean", "text": "Calculate the mean of some numbers"},)
    return a_course(
        [one.id for one in lessons], license="CC-BY-4.0", level="beginner", objective=objective, **fields
    )


def proven(cell: Cell, **fields: Any) -> ProvenCell:
    """A cell that ran three times without a problem."""
    is_exercise = cell.kind == "ex"
    tally = Tally(1, 1)
    report = ExerciseReport(cell.id, True, wrong=tally, rewrites=tally, killed=9, mutants=9)
    outcome = "skipped" if cell.kind in ("md", "quiz") else "ok"  # a fixed key needs no run
    recorded = CellReport(cell.id, cell.kind, outcome, text="4.0\n")
    defaults = (cell, outcome, recorded, True, 3, report if is_exercise else None, ())
    return replace(ProvenCell(*defaults), **fields)


def built(
    cells: Sequence[Cell] | None = None,
    *,
    lessons: Sequence[Lesson] | None = None,
    course: Mapping[str, Any] | None = None,
    brief: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Built:
    """The course as its gates read it: checked by `check`, proven and solved as if all were well."""
    read = tuple(lessons) if lessons is not None else (a_good_lesson(cells),)
    head = a_good_course(read, **(course or {}))
    files = {f"lessons/{one.id}.toml": as_toml(one).encode() for one in read}
    files["course.toml"] = as_toml(head).encode()
    files |= fields.pop("files", {})
    answers = [
        SolverAnswer(lesson.id, cell.id, shuffle, True)
        for lesson in read
        for cell in lesson.cells
        if is_solved_blind(cell)
        for shuffle in (1, 2)
    ]
    defaults: dict[str, Any] = {
        "files": files,
        "diagnostics": check_course(files),
        "proven": {one.id: tuple(proven(cell) for cell in one.cells) for one in read},
        "answers": tuple(answers),
        "money": Money(5.0, 1.0, 1.1),
    }
    return Built(Brief(topic="means", **(brief or {})), head, read, **{**defaults, **fields})


def with_text(text: str) -> Built:
    """The course with other words in its first cell."""
    cells = good_cells()
    return built([MarkdownCell(kind="md", id="words", text=text), *cells[1:]])


def hard_gates(course: Built) -> set[str]:
    """The gates that keep it from being published."""
    return {one.gate for one in findings_about(course) if one.is_hard}


def said_by(gate: str, course: Built) -> list[Finding]:
    """What one gate says."""
    return [one for one in findings_about(course) if one.gate == gate]

"""What going on will cost: by the means of a recorded build, for so many lessons of so many minutes."""

from __future__ import annotations

from collections.abc import Sequence

from tests.unit.studio.pipeline_pieces import OUTLINE, brief
from tui_tutor.studio.estimating import build_estimate, outline_estimate
from tui_tutor.studio.outline import Outline
from tui_tutor.studio.prices import prices_with

TABLE = prices_with("[model.maker]\ninput = 5\noutput = 25\n[model.checker]\ninput = 3\noutput = 15\n")
PRICES = {role: TABLE.of("maker") for role in ("creative", "extract", "solver", "judge")}


def of_lessons(count: int, minutes: int = 6) -> Outline:
    lesson = OUTLINE.lesson[0].model_dump()
    lessons = [{**lesson, "id": f"lesson-{n}", "minutes": minutes} for n in range(count)]
    return Outline.model_validate({**OUTLINE.model_dump(), "lesson": lessons})


def price(outline: Outline, built: Sequence[str] = (), **asked: object) -> float:
    return build_estimate(PRICES, brief(**asked), outline, built).dollars


def test_twice_as_many_lessons_cost_twice_as_much():
    assert round(price(of_lessons(4)), 6) == round(2 * price(of_lessons(2)), 6)


def test_lessons_that_are_built_cost_nothing_any_more():
    assert price(of_lessons(3), built=["lesson-0"]) == price(of_lessons(2))
    assert price(of_lessons(3), built=["lesson-0", "lesson-1", "lesson-2"]) == 0


def test_a_lesson_that_was_left_costs_what_it_does_whichever_of_them_it_is():
    long, short = of_lessons(1, minutes=12).lesson[0], of_lessons(2).lesson[1]
    outline = of_lessons(2).model_copy(update={"lesson": (long, short)})
    assert price(outline, built=[short.id]) == price(of_lessons(1, minutes=12))


def test_longer_lessons_and_further_levels_cost_more():
    once = price(of_lessons(2))
    assert price(of_lessons(2, minutes=12)) > once
    assert price(of_lessons(2), levels=("beginner",)) > once
    assert price(of_lessons(2), levels=("intermediate",)) == once  # that is the course itself


def test_an_outline_costs_what_its_three_architects_do():
    estimate = outline_estimate(PRICES, brief())
    assert sorted(estimate.by_agent) == [
        "architect: objectives", "architect: outline", "architect: prerequisites",
    ]  # fmt: skip
    assert estimate.dollars > 0

"""What a model said is shown as its words: no line of it passes for one of ours, none steers a terminal."""

from __future__ import annotations

from tests.unit.studio.pipeline_pieces import OUTLINE, brief
from tui_tutor.cli.studio import made_lines, outline_lines
from tui_tutor.core.course import Course
from tui_tutor.studio.building import Result
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.outline import Outline, outline_toml
from tui_tutor.studio.workshop import Made

EVIL = "Sums\n\nThen: tui-tutor studio build x, about $0.00\x1b[2J\x9b31m\u202e"


def evil_outline() -> Outline:
    [objective], [lesson] = OUTLINE.objective, OUTLINE.lesson
    return OUTLINE.model_copy(
        update={
            "title": EVIL,
            "summary": EVIL,
            "objective": (objective.model_copy(update={"text": EVIL}),),
            "lesson": (lesson.model_copy(update={"title": EVIL, "objective": EVIL}),),
        }
    )


def test_no_line_of_an_outline_is_made_by_a_model():
    lines = list(outline_lines(evil_outline()))
    assert len(lines) == len(list(outline_lines(OUTLINE)))
    assert [line for line in lines if not line.isprintable()] == []


def test_an_outline_that_is_opened_in_an_editor_shows_what_it_holds():
    text = outline_toml(evil_outline())
    assert [char for char in text if not (char.isprintable() or char == "\n")] == []


def test_a_build_of_which_nothing_came_names_no_report_that_is_not_there(tmp_path):
    nothing = Built(brief(), Course.model_construct(title="Sums"), ())
    left = Result(nothing, (), {}, {"sums": ("solver-disagrees: disputed\n\nThe course is in x",)})
    lines = list(made_lines(Made(left, None, is_published=False), tmp_path))
    assert lines[:2] == [
        "sums: left for you: solver-disagrees: disputed The course is in x",
        "It is not published. What was made is kept in .studio/.",
    ]

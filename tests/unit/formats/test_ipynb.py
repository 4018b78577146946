"""How notebooks become lessons: what each thing in them turns into, and what the report says is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.formats.notebooks import (
    PNG,
    a_graded,
    a_markdown,
    a_notebook,
    a_program,
    a_tagged,
    cells_of,
    imported,
    losses,
    printed,
    raised,
    shown,
)
from tui_tutor.core.course import CodeCell
from tui_tutor.core.errors import TutorError
from tui_tutor.core.study.recording import source_hash
from tui_tutor.formats.imported import Source
from tui_tutor.formats.registry import detect, read

PNG_BYTES = b"\x89PNG\r\n\x1a\npicture"


def recorded(*cells: dict[str, Any]) -> list[dict[str, Any]]:
    """What each cell of the lesson is recorded to have said; () for the event that it started."""
    made = imported(*cells).recorded.get("intro", {})
    return [event for entry in made.values() for event in entry["output"] if event["event"] != "started"]


# --- the whole --------------------------------------------------------------------------------------


def test_a_notebook_is_a_course_of_one_lesson_named_after_its_first_heading() -> None:
    course = imported(a_markdown("intro"), a_markdown("# Sampling *well*\n\ntext"))
    assert course.course == {
        "format": 1,
        "id": "intro",
        "title": "Sampling well",
        "version": "0.1.0",
        "lessons": ["intro"],
    }
    assert course.lessons["intro"]["title"] == "Sampling well"


def test_a_title_is_words_without_links_and_pictures() -> None:
    heading = a_markdown("# ![logo](attachment:a.png) The [kernel](https://example.org) of `x`")
    assert imported(heading).lessons["intro"]["title"] == "logo The kernel of x"


def test_a_heading_of_a_lower_level_names_the_lesson_only_where_the_notebook_begins_with_it() -> None:
    assert imported(a_markdown("### Hi")).lessons["intro"]["title"] == "Hi"
    assert imported(a_markdown("text"), a_markdown("### Part")).lessons["intro"]["title"] == "intro"


def test_a_folder_of_notebooks_is_a_course_with_a_lesson_each_in_natural_order() -> None:
    names = ["10 end.ipynb", "2-middle.ipynb", "1-start.ipynb", ".ipynb_checkpoints/1-start.ipynb"]
    files = {name: a_notebook(a_markdown(name)) for name in names}
    course = read(Source("My notebooks", files))
    assert course.course["lessons"] == ["1-start", "2-middle", "10-end"]
    assert course.course["id"] == "my-notebooks"


def test_two_notebooks_of_one_name_are_two_lessons() -> None:
    course = read(
        Source("x", {"a/n.ipynb": a_notebook(a_markdown("1")), "b/n.ipynb": a_notebook(a_markdown("2"))})
    )
    assert course.course["lessons"] == ["n", "n-2"]


def test_files_beside_the_notebooks_come_into_the_workspace() -> None:
    files = {
        "n.ipynb": a_notebook(a_markdown("![plot](img/a.png)")),
        "img/a.png": PNG_BYTES,
        "data.csv": b"1",
    }
    course = read(Source("x", files))
    assert course.files == {"files/data.csv": b"1", "files/img/a.png": PNG_BYTES}
    assert course.lessons["n"]["cell"][0]["text"] == "![plot](files/img/a.png)"


def test_a_notebook_without_cells_is_a_lesson_that_says_so() -> None:
    assert cells_of() == [{"kind": "md", "text": "There was nothing in this lesson."}]


@pytest.mark.parametrize("data", [b"", b"[1]", b"{}", b'{"cells": 3}', b"\xff\xfe", b"[" * 100_000, b'{"a":'])
def test_what_is_no_notebook_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(TutorError, match="is no notebook"):
        read(Source("n.ipynb", {"n.ipynb": data}))


def test_a_notebook_is_known_by_its_name() -> None:
    assert detect(Source("n", {"n.ipynb": b"{}", "data.csv": b""})).name == "ipynb"


def test_the_ids_of_cells_are_the_notebooks_own_or_hang_on_their_text_alone() -> None:
    first = imported(a_program("x = 1"), a_program("y = 2", id="Own_Id")).lessons["intro"]["cell"]
    second = imported(a_markdown("new"), a_program("x = 1")).lessons["intro"]["cell"]
    assert first[1]["id"] == "own-id"
    assert first[0]["id"] == second[1]["id"]


def test_two_cells_of_one_text_have_two_ids() -> None:
    first, second = imported(a_program("x = 1"), a_program("x = 1")).lessons["intro"]["cell"]
    assert second["id"] == f"{first['id']}-2"


@pytest.mark.parametrize(
    ("metadata", "kernel"),
    [
        ({}, None),
        ({"kernelspec": {"name": "python3", "language": "python", "display_name": "P"}}, None),
        ({"kernelspec": {"name": "python", "language": "python", "display_name": "P"}}, None),
        ({"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}, {"name": "ir"}),
        ({"kernelspec": {"name": "Python [Root]", "language": "python", "display_name": "P"}}, None),
        ({"kernelspec": {"name": "R 4.1", "language": "R", "display_name": "R"}}, {"name": "R-4.1"}),
    ],
)
def test_another_kernel_keeps_its_name(metadata: dict[str, Any], kernel: dict[str, str] | None) -> None:
    assert imported(a_program("x"), metadata=metadata or {"a": 1}).course.get("kernel") == kernel


def test_code_of_another_kernel_keeps_its_language_and_its_lines() -> None:
    r = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}
    assert cells_of(a_program("x <- !TRUE"), metadata=r) == [
        {"kind": "code", "source": "x <- !TRUE", "language": "r"}
    ]


def test_notebooks_of_version_3_are_read_with_headings_and_outputs() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Old"], "metadata": {}},
        {
            "cell_type": "code",
            "input": ["1 + 1"],
            "prompt_number": 4,
            "outputs": [
                {"output_type": "stream", "stream": "stderr", "text": "warned"},
                {"output_type": "pyout", "prompt_number": 4, "text": ["2"], "png": PNG},
                {"output_type": "pyerr", "ename": "KeyError", "evalue": "'x'", "traceback": []},
            ],
        },
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "n"}, "worksheets": [{"cells": cells}]}
    course = read(Source("o.ipynb", {"o.ipynb": json.dumps(old).encode()}))
    heading, code = course.lessons["o"]["cell"]
    assert heading["text"] == "## Old"
    assert (code["source"], code["expect"]) == ("1 + 1", "error")
    output = course.recorded["o"][code["id"]]["output"]
    assert output[0] == {"event": "started", "count": 4}
    assert [event["event"] for event in output[1:]] == ["stream", "displayed", "error"]
    assert output[2]["bundle"] == {"image/png": PNG, "text/plain": "2"}


# --- text -------------------------------------------------------------------------------------------


def test_an_attachment_becomes_a_file_of_the_course() -> None:
    cell = a_markdown("![a](attachment:my%20plot.png)", attachments={"my plot.png": {"image/png": PNG}})
    course = imported(cell)
    assert course.files == {"files/images/my-plot.png": PNG_BYTES}
    assert course.lessons["intro"]["cell"][0]["text"] == "![a](files/images/my-plot.png)"


def test_a_picture_inside_the_text_becomes_a_file_of_the_course() -> None:
    course = imported(a_markdown(f'see <img width="3" src="data:image/png;base64,{PNG}" alt="a [dot]"/>'))
    ((path, data),) = course.files.items()
    assert data == PNG_BYTES
    assert course.lessons["intro"]["cell"][0]["text"] == f"see ![a  dot ]({path})"


def test_a_picture_inside_the_text_that_is_none_is_told_once() -> None:
    assert losses(a_markdown("![a](data:image/png;base64,AAAAAAAA)")) == [
        ("cell 1", "inline image/png", "it is no such picture, or there is no room")
    ]


def test_code_in_a_text_is_left_as_it_is() -> None:
    text = "`<img src='a.png'>`\n\n```html\n<b>![x](y.png)</b>\n```\n"
    assert cells_of(a_markdown(text)) == [{"kind": "md", "text": text}]
    assert losses(a_markdown(text)) == []


def test_html_that_is_left_is_told() -> None:
    assert losses(a_markdown("<center>hi<br></center>")) == [
        ("cell 1", "HTML: br, center", "a terminal shows it as text")
    ]


def test_a_picture_that_did_not_come_along_is_told() -> None:
    assert losses(a_markdown("![a](plot.png) ![b](https://example.org/b.png)")) == [
        ("cell 1", "picture plot.png", "no such file came with the notebook"),
        ("cell 1", "picture https://example.org/b.png", "it lies elsewhere, and links are not opened"),
    ]


def test_a_raw_cell_is_kept_as_text() -> None:
    raw = {"cell_type": "raw", "metadata": {"raw_mimetype": "text/latex"}, "source": "\\LaTeX"}
    assert cells_of(raw) == [{"kind": "md", "text": "```\n\\LaTeX\n```\n"}]
    assert losses(raw) == [("cell 1", "raw cell text/latex", "it is kept as text")]


def test_an_empty_cell_is_told() -> None:
    assert losses(a_markdown("x"), a_program("  ")) == [("cell 2", "code cell", "it is empty")]


# --- code and shell ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "cell"),
    [
        ("!ls -la", {"kind": "sh", "run": "ls -la"}),
        ("! ls\n\n!pwd", {"kind": "sh", "run": "ls\n\npwd"}),
        ("!echo a \\\n  b", {"kind": "sh", "run": "echo a \\\n  b"}),
        ("!awk '{print $1}' f", {"kind": "sh", "run": "awk '{print $1}' f"}),
        ("%%sh\nls", {"kind": "sh", "run": "ls"}),
        ("%%bash\nls", {"kind": "sh", "run": "ls", "shell": "bash"}),
        ("%%script bash\nls", {"kind": "sh", "run": "ls", "shell": "bash"}),
        ("%%markdown\n# hi", {"kind": "md", "text": "# hi"}),
        ("%%html\n<b>", {"kind": "md", "text": "```html\n<b>\n```\n"}),
    ],
)
def test_commands_and_texts_in_a_code_cell_become_what_they_are(source: str, cell: dict[str, Any]) -> None:
    assert cells_of(a_program(source)) == [cell]


@pytest.mark.parametrize(
    "source",
    [
        "!cd /tmp",
        "!echo {name}",
        "!export A=1\n!echo $A",
        "!!ls",
        "!sleep 1 &",
        "%matplotlib inline\nx = 1",
        "%%writefile f.py\nx = 1",
        "%%bash --out x\nls",
        "%%time\nx = 1",
        "files = !ls",
        "if x:\n    !ls",
        "a = 1\n!ls\nb = 2",
        "a\n!ls",
        "text = '''\n!ls\n'''",
    ],
)
def test_what_ipython_alone_does_right_stays_code(source: str) -> None:
    assert cells_of(a_program(source)) == [{"kind": "code", "source": source}]


def test_a_command_with_a_name_of_the_program_stays_code() -> None:
    cells = cells_of(a_program("folder = '.'"), a_program("!ls $folder"), a_program("!ls $HOME"))
    assert [cell["kind"] for cell in cells] == ["code", "code", "sh"]


def test_commands_before_and_after_python_become_cells_of_their_own() -> None:
    cells = cells_of(a_program("!pip install x\nimport x\nprint(x)\n# at last\n!ls"))
    assert cells == [
        {"kind": "sh", "run": "pip install x"},
        {"kind": "code", "source": "import x\nprint(x)"},
        {"kind": "sh", "run": "# at last\nls"},
    ]


def test_code_that_is_not_python_3_is_kept_and_expected_to_fail() -> None:
    assert cells_of(a_program("print 'old'")) == [
        {"kind": "code", "source": "print 'old'", "expect": "error"}
    ]
    ((where, what, why),) = losses(a_program("print 'old'", id="p"))
    assert (where, what) == ("intro/p", "code")
    assert why.endswith("it is kept as it is, and expected to fail")


@pytest.mark.parametrize(
    ("tag", "cell"),
    [
        ("raises-exception", {"kind": "code", "source": "x", "expect": "error"}),
        ("hide-cell", {"kind": "code", "source": "x", "hidden": True}),
        ("skip-execution", {"kind": "md", "text": "```python\nx\n```\n"}),
    ],
)
def test_tags_say_how_a_cell_is_taken(tag: str, cell: dict[str, Any]) -> None:
    assert cells_of(a_tagged(a_program("x"), tag)) == [cell]


# --- outputs ----------------------------------------------------------------------------------------


def test_an_output_becomes_a_recorded_one_of_the_same_source() -> None:
    course = imported(a_program("print(1)", printed("1\n"), count=7, id="p"))
    cell = CodeCell(kind="code", id="p", source="print(1)")
    assert course.recorded == {
        "intro": {
            "p": {
                "source_hash": source_hash(cell),
                "outcome": "ok",
                "k": 7,
                "ms": 0.0,
                "output": [
                    {"event": "started", "count": 7},
                    {"event": "stream", "stream": "stdout", "text": "1\n", "dropped": 0},
                ],
            }
        }
    }


@pytest.mark.parametrize(
    ("data", "bundle"),
    [
        ({"text_plain": "2"}, {"text/plain": "2"}),
        ({"text_plain": ["a\n", "b"], "text_html": "<table>"}, {"text/plain": "a\nb"}),
        ({"image_png": PNG, "text_plain": "<Figure>"}, {"image/png": PNG, "text/plain": "<Figure>"}),
        (
            {"text_plain": "<IPython.core.display.Markdown object>", "text_markdown": "*a*"},
            {"text/plain": "*a*"},
        ),
        ({"text_latex": "$x$"}, {"text/plain": "$x$"}),
        ({"application_json": {"a": [1]}}, {"text/plain": '{\n  "a": [\n    1\n  ]\n}'}),
    ],
)
def test_of_a_bundle_is_kept_what_a_terminal_can_show(data: dict[str, Any], bundle: dict[str, str]) -> None:
    (event,) = recorded(a_program("x", shown(**data)))
    assert event["bundle"] == bundle
    assert losses(a_program("x", shown(**data))) == []


@pytest.mark.parametrize(
    ("data", "loss"),
    [
        ({"text_html": "<b>"}, ("output text/html", "a terminal cannot show it")),
        ({"image_png": "no picture"}, ("output image/png", "it is no such picture")),
        (
            {"text_plain": "2", "image_svg+xml": "<svg/>"},
            ("output image/svg+xml", "a terminal cannot show it; its text or picture is kept"),
        ),
        (
            {"application_vnd.jupyter.widget-view+json": {}},
            ("output application/vnd.jupyter.widget-view+json", "a widget needs a browser"),
        ),
    ],
)
def test_what_a_terminal_cannot_show_is_told(data: dict[str, Any], loss: tuple[str, str]) -> None:
    assert losses(a_program("x", shown(**data))) == [("cell 1", *loss)]


def test_a_huge_output_is_shortened_and_told() -> None:
    cell = a_program("x", printed("y" * 300_000))
    (event,) = recorded(cell)
    assert len(event["text"]) < 100_100
    assert losses(cell) == [("cell 1", "output", "only the first 100,000 characters are kept")]


def test_a_cell_that_ended_with_an_exception_is_expected_to() -> None:
    assert cells_of(a_program("1 / 0", raised("ZeroDivisionError"))) == [
        {"kind": "code", "source": "1 / 0", "expect": "error"}
    ]


def test_an_exception_that_tells_of_the_machine_is_not_expected() -> None:
    assert cells_of(a_program("import x", raised("ModuleNotFoundError"))) == [
        {"kind": "code", "source": "import x"}
    ]


# --- exercises --------------------------------------------------------------------------------------

MARKED = "def f(x):\n    # solution\n    return x\n    # end solution\n"


@pytest.mark.parametrize(
    ("source", "starter", "solution"),
    [
        (MARKED, "def f(x):\n    ...\n", "def f(x):\n    return x\n"),
        (
            "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION",
            "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()",
            "def f():\n    return 1",
        ),
        ("# Solution\nx = 1", "...", "x = 1"),
        ("a, b = 1, 2 # SOLUTION\nprint(a)", "a, b = ...\nprint(a)", "a, b = 1, 2\nprint(a)"),
        ("x = 1 # SOLUTION NO PROMPT\nprint(x)", "print(x)", "x = 1\nprint(x)"),
    ],
)
def test_a_solution_region_makes_an_exercise(source: str, starter: str, solution: str) -> None:
    assert cells_of(a_program(source)) == [
        {"kind": "ex", "task": "Complete the code, then check it.", "starter": starter, "solution": solution}
    ]


def test_the_text_just_before_an_exercise_is_its_task() -> None:
    cells = [a_markdown("Write `f`.\n\nIt returns x."), a_program(MARKED)]
    (exercise,) = cells_of(*cells)
    assert exercise["task"] == "Write `f`.\n\nIt returns x."
    assert losses(*cells) == [("cell 2", "the text before it", "it is the task of the exercise now")]


def test_a_heading_before_an_exercise_is_not_its_task() -> None:
    assert [cell["kind"] for cell in cells_of(a_markdown("# Part 2"), a_program(MARKED))] == ["md", "ex"]


def test_nbgraders_answers_and_tests_become_an_exercise_with_checks() -> None:
    answer = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
    tests = "'''x is one.'''\nassert x == 1\n### BEGIN HIDDEN TESTS\nassert x != 2\n### END HIDDEN TESTS\n"
    cells = [
        a_graded(a_program(answer), grade=False, solution=True, grade_id="one"),
        a_graded(a_program(tests), grade=True, solution=False, grade_id="test_one", points=2),
    ]
    course = imported(*cells)
    assert course.lessons["intro"]["cell"] == [
        {
            "kind": "ex",
            "id": "one",
            "task": "Complete the code, then check it.",
            "starter": "# YOUR CODE HERE\nraise NotImplementedError()",
            "solution": "x = 1",
            "check": [
                {
                    "kind": "code",
                    "id": "tests-1",
                    "says": "x is one (2 points)",
                    "code": "'''x is one.'''\nassert x == 1\nassert x != 2\n",
                }
            ],
        }
    ]
    assert losses(*cells) == [("cell 2", "autograder tests", "they are a check of exercise one now")]


def test_nbgraders_written_answer_becomes_a_question_to_reflect_on() -> None:
    cells = [
        a_markdown("Why?"),
        a_graded(a_markdown("YOUR ANSWER HERE"), grade=True, solution=True, grade_id="why", points=1),
    ]
    assert cells_of(*cells) == [{"kind": "quiz", "form": "reflect", "question": "Why?"}]


def test_a_cell_tagged_solution_answers_the_one_tagged_exercise() -> None:
    cells = [a_tagged(a_program("x = ..."), "exercise"), a_tagged(a_program("x = 1"), "solution")]
    assert cells_of(*cells) == [
        {
            "kind": "ex",
            "task": "Complete the code, then check it.",
            "starter": "x = ...",
            "solution": "x = 1",
        }
    ]


def test_an_exercise_in_another_language_stays_code() -> None:
    r = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}
    assert [cell["kind"] for cell in cells_of(a_program(MARKED), metadata=r)] == ["code"]


# --- what has no home -------------------------------------------------------------------------------


def test_slides_and_widgets_are_told_once() -> None:
    slide = {**a_markdown("x"), "metadata": {"slideshow": {"slide_type": "slide"}}}
    assert losses(slide, slide, metadata={"widgets": {"a": {}}}) == [
        ("notebook", "slide types of 2 cells", "a lesson is one page"),
        ("notebook", "the state of widgets", "a widget needs a browser"),
    ]


@pytest.mark.slow
def test_a_notebook_larger_than_a_lesson_may_be_is_spread_over_files_and_lessons() -> None:
    long = [a_program(f"x{number} = '{'y' * 50_000}'", id=f"long-{number}") for number in range(20)]
    short = [a_program(f"z{number} = '{'y' * 9_000}'", id=f"short-{number}") for number in range(200)]
    course = imported(*long, *short)
    assert course.course["lessons"] == ["intro", "intro-2", "intro-3"]
    assert sum(path.startswith("cells/") for path in course.files) == 20
    assert sum(course.counted_out.values()) == 220


def test_half_a_character_which_no_file_can_hold_is_replaced() -> None:
    assert cells_of(a_markdown("a \ud83d b")) == [{"kind": "md", "text": "a � b"}]

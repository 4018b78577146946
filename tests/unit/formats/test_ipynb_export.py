"""How the cells of a lesson stand in a notebook, and how what was changed there comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import nbformat
import pytest

from tests.builders import (
    a_cloze,
    a_code,
    a_course,
    a_lesson,
    a_markdown,
    a_quiz,
    a_shell,
    a_viz,
    an_exercise,
    as_toml,
)
from tui_tutor.core.course import Cell, Layer
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.formats.exportable import exportable
from tui_tutor.formats.imported import Imported, Source
from tui_tutor.formats.registry import export, read

Files = dict[str, bytes]


def a_course_of(*cells: Cell, **files: bytes) -> Files:
    """The files of a course with one lesson; `files__x` stands for `files/x`."""
    more = {name.replace("__", "/").replace("_dot_", "."): data for name, data in files.items()}
    lesson = as_toml(a_lesson(cells)).encode()
    return {"course.toml": as_toml(a_course()).encode(), "lessons/first.toml": lesson, **more}


def notebook_of(*cells: Cell, **files: bytes) -> dict[str, Any]:
    """The notebook of a course of these cells; it is valid."""
    data = export(exportable(a_course_of(*cells, **files), "made"), "ipynb")["first.ipynb"]
    nbformat.validate(nbformat.reads(data.decode(), as_version=4))
    made: dict[str, Any] = json.loads(data)
    return made


def sources_of(*cells: Cell, **files: bytes) -> list[tuple[str, str]]:
    """(type, source) of each notebook cell, those before the lesson's own left out."""
    made = notebook_of(*cells, **files)["cells"]
    own = [cell for cell in made if cell["metadata"]["tui_tutor"].get("part") != "prelude"]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in own]


def edited(notebook: dict[str, Any], change: Callable[[str], str]) -> Imported:
    """What comes back when every cell of a notebook was changed."""
    for cell in notebook["cells"]:
        cell["source"] = change("".join(cell["source"]))
    return read(Source("first.ipynb", {"first.ipynb": json.dumps(notebook).encode()}))


# --- cells ------------------------------------------------------------------------------------------


def test_text_and_code_stand_as_they_are() -> None:
    assert sources_of(a_markdown("# Hi\n"), a_code("x = 1\n")) == [
        ("markdown", "# Hi\n"),
        ("code", "x = 1\n"),
    ]


def test_a_picture_of_the_course_is_attached_to_the_text_that_shows_it() -> None:
    png = b"\x89PNG\r\n\x1a\n"
    (cell,) = notebook_of(a_markdown("![a](files/a.png)"), files__a_dot_png=png)["cells"]
    assert "".join(cell["source"]) == "![a](attachment:a.png)"
    assert cell["attachments"] == {"a.png": {"image/png": "iVBORw0KGgo="}}


def test_a_command_is_a_cell_of_the_shell_that_runs_it() -> None:
    assert sources_of(a_shell("ls"), a_shell("pwd", shell="bash", id="two")) == [
        ("code", "%%sh\nls"),
        ("code", "%%bash\npwd"),
    ]


def test_an_exercise_is_its_task_and_its_solution_between_marks() -> None:
    exercise = an_exercise(task="Do it.", solution="x = 2\n", hints=("Add.",), explain="So.")
    task = (
        "Do it.\n\n<details><summary>Hint 1</summary>\n\nAdd.\n\n</details>\n\n"
        "<details><summary>Explanation</summary>\n\nSo.\n\n</details>\n"
    )
    assert sources_of(exercise) == [("markdown", task), ("code", "# solution\nx = 2\n# end solution")]


def test_an_exercise_without_a_solution_shows_its_starter_which_may_fail() -> None:
    _, cell = notebook_of(an_exercise(solution="", starter="raise NotImplementedError()"))["cells"]
    assert "".join(cell["source"]) == "raise NotImplementedError()"
    assert cell["metadata"]["tags"] == ["raises-exception"]


def test_a_question_stands_with_its_answer_folded_away() -> None:
    quiz = a_quiz(correct=2, options=2)
    ((kind, source),) = sources_of(quiz)
    question, _, answer = source.partition("<details><summary>Answer</summary>")
    assert kind == "markdown"
    assert question == f"{quiz.question}\n\n- {quiz.option[0].text}\n- {quiz.option[1].text}\n\n"
    assert quiz.option[1].text in answer
    assert quiz.option[0].text not in answer


def test_a_cloze_keeps_its_blanks_open() -> None:
    ((_, source),) = sources_of(a_cloze("A {{1}} runs.", ["kernel"]))
    assert source.startswith("A {{1}} runs.\n\n<details><summary>Answer</summary>\n\n- {{1}}: kernel")


def test_a_plot_is_a_call_whose_expressions_wait_for_their_names() -> None:
    viz = a_viz(
        plot="line",
        x="t",
        y=("a  # one", "b"),
        names=("a", "b"),
        caption="Two",
        xlim=(0, 1),
        layer=(Layer(plot="scatter", x="p", y="q", name="n"),),
    )
    ((_, source),) = sources_of(viz)
    assert source == (
        "tutor_plot(\n    'line',\n    'Two',\n    x=lambda: (t),\n"
        "    y=[lambda: (\na  # one\n), lambda: (b)],\n    names=['a', 'b'],\n    xlim=[0.0, 1.0],\n"
        "    layer=[{'plot': 'scatter', 'x': lambda: (p), 'y': lambda: (q), 'name': 'n'}],\n)"
    )


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        (a_code(hidden=True), ["hide-cell"]),
        (a_code(expect="error"), ["raises-exception"]),
        (a_shell(expect="error"), ["raises-exception"]),
    ],
)
def test_tags_say_what_is_hidden_and_what_is_meant_to_fail(cell: Cell, tags: list[str]) -> None:
    assert notebook_of(cell)["cells"][-1]["metadata"]["tags"] == tags


def test_where_the_kernel_is_not_python_only_its_code_is_code() -> None:
    files = a_course_of(a_code("x <- 1", language="r"), a_shell("ls"), an_exercise(solution="y = 1"), a_viz())
    files["course.toml"] += b'\n[kernel]\nname = "ir"\n'
    cells = json.loads(export(exportable(files, "made"), "ipynb")["first.ipynb"])["cells"]
    assert [cell["cell_type"] for cell in cells] == ["code", *["markdown"] * 4]


# --- what surrounds a lesson ------------------------------------------------------------------------


def test_setup_and_sources_in_files_of_their_own_come_along() -> None:
    course = {
        "format": 1,
        "id": "made",
        "title": "Made",
        "version": "1.0.0",
        "lessons": ["first"],
        "kernel": {"setup": "cells/setup.py"},
    }
    lesson = {
        "title": "First",
        "setup": "cells/first.py",
        "cell": [{"kind": "code", "source_file": "cells/x.py"}, {"kind": "md", "text": "x"}],
    }
    files = {
        "course.toml": toml_text(course).encode(),
        "lessons/first.toml": toml_text(lesson).encode(),
        "cells/setup.py": b"import os\n",
        "cells/first.py": b"import sys\n",
        "cells/x.py": b"print(1)\n",
    }
    again = read(Source("again", export(exportable(files, "made"), "ipynb")))
    assert again.course == course
    assert again.files == {"cells/setup.py": b"import os\n", "cells/first.py": b"import sys\n"}
    assert again.lessons["first"] == {
        "title": "First",
        "setup": "cells/first.py",
        "cell": [
            {"kind": "code", "source": "print(1)\n", "id": "code-1"},
            {"kind": "md", "text": "x", "id": "md-1"},
        ],
    }


def test_drafts_come_back_in_their_place() -> None:
    files = a_course_of(a_markdown("x"))
    files["course.toml"] = as_toml(a_course(lessons=("later", "first"))).encode()
    files["lessons/later.toml"] = b'title = "Later"\ndraft = true\n'
    again = read(Source("again", export(exportable(files, "made"), "ipynb")))
    assert list(again.lessons) == ["later", "first"]
    assert again.lessons["later"] == {"title": "Later", "draft": True}


# --- what was changed in Jupyter --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "field", "text"),
    [
        (a_markdown("old"), "text", "new"),
        (a_code("old"), "source", "new"),
        (a_shell("old"), "run", "new"),
        (an_exercise(task="old", solution="old = 1"), "task", "new"),
        (an_exercise(task="old", solution="old = 1"), "solution", "new = 1"),
    ],
)
def test_one_text_that_was_changed_in_jupyter_is_taken(cell: Cell, field: str, text: str) -> None:
    again = edited(notebook_of(cell), lambda source: source.replace("old", "new"))
    (table,) = again.lessons["first"]["cell"]
    assert table[field] == text
    assert again.lost == ()


def test_a_question_that_was_changed_in_jupyter_stays_as_it_was_and_this_is_told() -> None:
    before = notebook_of(a_quiz())
    kept = read(Source("first.ipynb", {"first.ipynb": json.dumps(before).encode()})).lessons
    again = edited(before, lambda source: source + "!")
    assert again.lessons == kept
    assert [(one.where, one.what) for one in again.lost] == [("cell 1", "an edit")]


@pytest.mark.parametrize(
    ("cell", "field"),
    [(a_code("shown"), "source"), (a_shell("shown"), "run"), (an_exercise(solution="shown"), "solution")],
)
def test_what_a_notebook_shows_is_what_runs_whatever_its_metadata_say(cell: Cell, field: str) -> None:
    notebook = notebook_of(cell)
    for one in notebook["cells"]:
        own = one["metadata"]["tui_tutor"]
        own["toml"] = own.get("toml", "").replace("shown", "hidden")
    again = read(Source("n.ipynb", {"n.ipynb": json.dumps(notebook).encode()}))
    (table,) = again.lessons["first"]["cell"]
    assert table[field] == "shown"


def test_a_plot_that_says_something_else_than_its_call_is_told() -> None:
    notebook = notebook_of(a_viz(y="shown"))
    own = notebook["cells"][-1]["metadata"]["tui_tutor"]
    own["toml"] = own["toml"].replace("shown", "hidden")
    again = read(Source("n.ipynb", {"n.ipynb": json.dumps(notebook).encode()}))
    assert [one.what for one in again.lost] == ["an edit"]


def test_a_cell_that_was_copied_in_jupyter_has_an_id_of_its_own() -> None:
    notebook = notebook_of(a_code("x = 1", id="one"))
    notebook["cells"] *= 2
    again = read(Source("n.ipynb", {"n.ipynb": json.dumps(notebook).encode()}))
    first, second = again.lessons["first"]["cell"]
    assert (first["id"], second["id"] != "one") == ("one", True)


def test_a_carried_cell_that_is_broken_is_kept_as_text() -> None:
    notebook = notebook_of(a_code("x = 1", id="one"))
    notebook["cells"][0]["metadata"]["tui_tutor"]["toml"] = (
        '[[cell]]\nkind = "quiz"\nid = "q"\nform = "text"\n'
    )
    again = read(Source("n.ipynb", {"n.ipynb": json.dumps(notebook).encode()}))
    (cell,) = again.lessons["first"]["cell"]
    assert (cell["kind"], cell["text"].startswith("```toml")) == ("md", True)
    assert [one.what for one in again.lost] == ["quiz cell"]

"""Whatever a stranger's notebook holds: it is refused, or becomes a course without an error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.formats.notebooks import PNG, a_markdown, a_program, imported, losses, printed, shown
from tui_tutor.core.diagnostic import errors_in
from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing import check_course
from tui_tutor.formats.exportable import exportable
from tui_tutor.formats.imported import Source
from tui_tutor.formats.registry import export, read
from tui_tutor.formats.writing import course_files, recorded_lock

_KEYS = st.sampled_from(
    [
        "cells", "worksheets", "metadata", "nbformat", "cell_type", "source", "input", "outputs",
        "output_type", "data", "text", "traceback", "tags", "nbgrader", "tui_tutor", "toml", "course",
        "header", "lesson", "drafts", "part", "path", "hash", "cell", "field", "attachments", "id",
        "execution_count", "kernelspec", "name", "language", "points", "image/png", "text/plain",
    ]
)  # fmt: skip
_TABLES = [
    "title = 'x'\nrequires = ['q']",
    "format = 1\ntitle = 't'\nversion = 'x'",
    "[[cell]]\nkind = 'md'\ntext = 'x'",
    "[[cell]]\nkind = 'quiz'\nid = 'Q q'\nform = 'choice'",
    "[[cell]]\nkind = 'code'\nid = 'a'\nsource = 'def'",
    "[[cell]]\nkind = 'ex'\nid = 'e'\ntask = 't'\nsolution = '1+'",
    "[[cell]]\nkind = 'ex'\nid = 'a'\ntask = 't'\nframework = 'zz'",
    "[[cell]]\nkind = 'viz'\nplot = 'line'\ny = 'nan'",
]
_WORDS = st.sampled_from(
    [
        "code", "markdown", "heading", "raw", "stream", "error", "display_data", "pyout", "setup",
        "a.py", "../a.py",
        "x\ud800",
        *_TABLES,
    ]
)  # fmt: skip
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _WORDS | st.text(max_size=6),
    lambda more: st.lists(more, max_size=4) | st.dictionaries(_KEYS, more, max_size=5),
    max_leaves=20,
)
_OWN = st.dictionaries(
    st.sampled_from(
        ["toml", "part", "cell", "field", "hash", "path", "course", "lesson", "header", "drafts"]
    ),
    _ANY,
    max_size=4,
).map(lambda own: {"tui_tutor": own})
_CELL = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown"]), "source": _ANY, "metadata": _ANY | _OWN},
    optional={"outputs": _ANY, "attachments": _ANY, "id": _ANY},
)
_NOTEBOOK = st.fixed_dictionaries(
    {"cells": st.lists(_CELL, max_size=5)},
    optional={"metadata": _ANY | _OWN, "worksheets": _ANY, "nbformat": _ANY},
)


@pytest.mark.slow
@settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
@given(_NOTEBOOK)
def test_any_json_is_refused_or_becomes_a_course_without_an_error(notebook: dict[str, Any]) -> None:
    try:
        course = read(Source("n.ipynb", {"n.ipynb": json.dumps(notebook).encode()}))
    except TutorError:
        return
    files = course_files(course)
    assert errors_in(check_course(files, folder_name="n")) == ()
    recorded_lock(course)
    export(exportable(files, "n"), "ipynb")


@pytest.mark.parametrize(
    "name",
    ["../up.png", "/etc/passwd.png", "a\x00b.png", "\x1b[31m.png", "." * 300 + ".png", "CON.png", "é/ü.png"],
)
def test_the_name_of_an_attachment_never_leaves_the_folder_of_pictures(name: str) -> None:
    ((path, _),) = imported(a_markdown("x", attachments={name: {"image/png": PNG}})).files.items()
    folder, _, stem = path.rpartition("/")
    assert folder == "files/images"
    assert stem.removesuffix(".png").replace("-", "").isalnum()
    assert len(stem) < 70


@pytest.mark.parametrize(
    ("path", "is_kept"),
    [("cells/setup.py", True), ("../setup.py", False), ("/tmp/x.py", False), ("course.toml", False),
     ("lessons/intro.toml/x.py", False)],
)  # fmt: skip
def test_a_setup_file_stays_inside_and_replaces_nothing(path: str, is_kept: bool) -> None:
    cell = {**a_program("x = 1"), "metadata": {"tui_tutor": {"part": "setup", "path": path}}}
    assert (path in imported(cell, a_markdown("y")).files) is is_kept


_SLOW_TEXTS = (
    "![",
    "<img ",
    "<img src='",
    "![a](",
    "`",
    "``` \n",
    "<a ",
    "data:image/png;base64,",
    "[",
    "<!--",
)
_SLOW_PROGRAMS = ("!", "!a\n", "# solution\n", "x = 1 # SOLUTION\n", "(", "!a \\\n", "#", "a , ", "'''")


@pytest.mark.parametrize("part", _SLOW_TEXTS)
def test_a_text_made_to_be_slow_is_read(part: str) -> None:
    assert imported(a_markdown(part * (200_000 // len(part)))).counted_out == {"md": 1}


@pytest.mark.parametrize("part", _SLOW_PROGRAMS)
def test_a_program_made_to_be_slow_is_read(part: str) -> None:
    assert sum(imported(a_program(part * (200_000 // len(part)))).counted_out.values()) == 1


def test_an_output_made_to_be_slow_is_read() -> None:
    cell = a_program("x", shown(text_plain="<a." * 60_000), printed("\x1b[" * 60_000))
    assert len(imported(cell).recorded["intro"]) == 1


def test_a_flood_of_outputs_is_bounded_and_told() -> None:
    cell = a_program("x", *(printed("y\n", name) for _ in range(400) for name in ("stdout", "stderr")))
    assert losses(cell) == [("cell 1", "outputs", "only the first 200 of 800 are kept")]

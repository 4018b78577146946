"""Notebooks to import: made by hand in the words of nbformat, and valid ones made by hypothesis."""

from __future__ import annotations

import base64
import json
from typing import Any

from hypothesis import strategies as st

from tui_tutor.formats.imported import Imported, Source
from tui_tutor.formats.registry import read

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"picture").decode()
PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def a_markdown(text: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text, **more}


def a_program(text: str, *outputs: dict[str, Any], count: int | None = None, **more: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "source": text, "outputs": list(outputs)}
    return {**cell, "execution_count": count, **more}


def a_tagged(cell: dict[str, Any], *tags: str) -> dict[str, Any]:
    return {**cell, "metadata": {"tags": list(tags)}}


def a_graded(cell: dict[str, Any], **grader: Any) -> dict[str, Any]:
    return {**cell, "metadata": {"nbgrader": grader}}


def printed(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data: Any) -> dict[str, Any]:
    """Display data; `image_png=...` stands for `image/png`."""
    bundle = {mime.replace("_", "/", 1): value for mime, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": bundle}


def raised(name: str, message: str = "") -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": []}


def a_notebook(*cells: dict[str, Any], metadata: dict[str, Any] | None = None) -> bytes:
    whole = {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata or PYTHON, "cells": list(cells)}
    return json.dumps(whole).encode()


def imported(*cells: dict[str, Any], metadata: dict[str, Any] | None = None) -> Imported:
    """What a notebook `intro.ipynb` of these cells becomes."""
    return read(Source("intro.ipynb", {"intro.ipynb": a_notebook(*cells, metadata=metadata)}))


def cells_of(*cells: dict[str, Any], metadata: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The lesson's cells, without their ids."""
    made = imported(*cells, metadata=metadata).lessons["intro"]["cell"]
    return [{name: value for name, value in cell.items() if name != "id"} for cell in made]


def losses(*cells: dict[str, Any], metadata: dict[str, Any] | None = None) -> list[tuple[str, str, str]]:
    """The report's lines on what was lost."""
    return [(one.where, one.what, one.why) for one in imported(*cells, metadata=metadata).lost]


# --- any valid notebook -----------------------------------------------------------------------------

_LINES = st.sampled_from(
    [
        "x = 1", "print(x)", "!ls -la", "!cd ..", "%matplotlib inline", "%%bash", "%%sh", "%%html",
        "# solution", "# end solution", "### BEGIN SOLUTION", "### END SOLUTION", "    return 1",
        "def f():", "'''", "if x:", "# Title", "text `code` <b>bold</b>", "![a](b.png)",
        "![a](attachment:a.png)", "```", "~~~", "[[cell]]", "x = 3  # SOLUTION", "", " ", "é ✓ 𝔘",
        "<img src='data:image/png;base64," + PNG + "'>", "\u2028", "\x00",
        "$x^2$", "print 'old'", "raise NotImplementedError()", "<details>", "'''\"\"\"\\", "await f()",
    ]
)  # fmt: skip
_TEXT = st.one_of(st.lists(_LINES, max_size=6).map("\n".join), st.text(max_size=40))
_SOURCE = st.one_of(_TEXT, _TEXT.map(lambda text: text.splitlines(keepends=True)))
_TAGS = st.lists(
    st.sampled_from(
        [
            "solution",
            "exercise",
            "hide-cell",
            "hide-input",
            "remove-output",
            "raises-exception",
            "skip-execution",
        ]
    ),
    unique=True,
    max_size=2,
)
_GRADER = st.fixed_dictionaries(
    {"grade": st.booleans(), "solution": st.booleans(), "locked": st.booleans(), "task": st.booleans()},
    optional={"grade_id": st.text(max_size=10), "points": st.integers(0, 5), "schema_version": st.just(3)},
)
_METADATA = st.fixed_dictionaries(
    {}, optional={"tags": _TAGS, "nbgrader": _GRADER, "slideshow": st.just({"slide_type": "slide"})}
)
_BUNDLE = st.dictionaries(
    st.sampled_from(["text/plain", "text/html", "text/latex", "text/markdown", "image/svg+xml"]),
    _SOURCE,
    max_size=3,
)
_PICTURES = st.dictionaries(
    st.sampled_from(["image/png", "image/jpeg", "application/pdf"]),
    st.sampled_from([PNG, "bad", ""]),
    max_size=1,
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda more: st.lists(more, max_size=3) | st.dictionaries(st.text(max_size=5), more, max_size=3),
    max_leaves=5,
)
_DATA = st.builds(
    lambda texts, pictures, value: {**texts, **pictures, **value},
    _BUNDLE,
    _PICTURES,
    st.dictionaries(st.sampled_from(["application/json", "application/x.y+json"]), _JSON, max_size=1),
)
_COUNT = st.none() | st.integers(0, 99)
_STREAMS = st.sampled_from(["stdout", "stderr"])
_OUTPUT = st.one_of(
    st.builds(lambda name, text: {**printed("", name), "text": text}, _STREAMS, _SOURCE),
    st.builds(lambda data: {**shown(), "data": data}, _DATA),
    st.builds(
        lambda data, count: {
            "output_type": "execute_result", "execution_count": count, "metadata": {}, "data": data
        },
        _DATA,
        _COUNT,
    ),
    st.builds(raised, st.text(max_size=10), st.text(max_size=10)),
)  # fmt: skip
_IDS = st.text("abcXYZ019-_", min_size=1, max_size=64)
_ATTACHED = st.dictionaries(
    st.sampled_from(["a.png", "b c.jpg", "../../x", "é"]), st.just({"image/png": PNG}), max_size=2
)


def _cell(kind: str, source: Any, metadata: Any, outputs: Any, count: Any, attached: Any) -> dict[str, Any]:
    cell = {"cell_type": kind, "source": source, "metadata": metadata}
    if kind == "code":
        return {**cell, "outputs": outputs, "execution_count": count}
    return {**cell, "attachments": attached} if attached else cell


_CELL = st.builds(
    _cell,
    st.sampled_from(["code", "code", "markdown", "raw"]),
    _SOURCE,
    _METADATA,
    st.lists(_OUTPUT, max_size=3),
    _COUNT,
    _ATTACHED,
)
_KERNELS = st.sampled_from(
    [
        {},
        PYTHON,
        {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}},
        {"language_info": {"name": "julia"}},
    ]
)


@st.composite
def valid_notebooks(draw: st.DrawFn) -> dict[str, Any]:
    """A notebook that nbformat validates: of any minor version, with or without ids."""
    minor = draw(st.integers(0, 5))
    cells = draw(st.lists(_CELL, max_size=6))
    if minor >= 5:
        ids = draw(st.lists(_IDS, min_size=len(cells), max_size=len(cells), unique=True))
        cells = [{**cell, "id": id} for cell, id in zip(cells, ids, strict=True)]
    if minor < 1:
        cells = [{name: value for name, value in cell.items() if name != "attachments"} for cell in cells]
    return {"nbformat": 4, "nbformat_minor": minor, "metadata": draw(_KERNELS), "cells": cells}

"""Importing: how long a notebook of 300 kB takes to become a course, and back."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.measuring import Figure, elapsed_ms, median, median_ms
from tui_tutor.formats.exportable import exportable
from tui_tutor.formats.imported import Source
from tui_tutor.formats.registry import export, read
from tui_tutor.formats.writing import course_files

WANTED: Final = {
    "import of a 300 kB notebook, the whole command": "≤ 1,000 ms",
}
SIZE: Final = 300_000
_PNG: Final = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(3_000)).decode()


def measure() -> list[Figure]:
    """The command as it is typed, and the parts of it that grow with the notebook."""
    data = a_notebook(SIZE)
    source = Source("big.ipynb", {"big.ipynb": data})
    whole = median(lambda: _command_ms(data), tries=5)
    alone = median_ms(lambda: read(source), tries=5)
    files = course_files(read(source))
    out = median_ms(lambda: export(exportable(files, "big"), "ipynb"), tries=5)
    cells = len(json.loads(data)["cells"])
    return [
        ("import of a 300 kB notebook, the whole command", whole, "ms", "", None),
        (f"of it, reading and checking {cells} cells", alone, "ms", "", None),
        ("export of the same as a notebook", out, "ms", "", None),
    ]


def a_notebook(size: int) -> bytes:
    """A notebook of about this many bytes: prose, code with outputs, commands, pictures, exercises."""
    cells: list[dict[str, Any]] = []
    length = 0
    for cell in _cells():
        cells.append(cell)
        length += len(json.dumps(cell)) + 2
        if length >= size:
            break
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()


def _cells() -> Iterator[dict[str, Any]]:
    number = 0
    while True:
        number += 1
        yield _text(f"## Part {number}\n\n" + "Some *words* with `code`, <b>HTML</b> and $x^2$. " * 12)
        program = "\n".join(f"value_{number}_{line} = {line} * {number}" for line in range(20))
        yield _code(program, [{"output_type": "stream", "name": "stdout", "text": "a line\n" * 30}])
        yield _code(f"!ls part-{number}", [])
        picture = {"image/png": _PNG, "text/plain": "<Figure>"}
        yield _code(f"plot({number})", [{"output_type": "display_data", "metadata": {}, "data": picture}])
        yield _code(f"def f(x):\n    # solution\n    return x + {number}\n    # end solution\n", [])


def _text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _code(source: str, outputs: list[dict[str, Any]]) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": source}
    return {**cell, "outputs": outputs}


def _command_ms(data: bytes) -> float:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "big.ipynb").write_bytes(data)
        command = [sys.executable, "-m", "tui_tutor", "import", "big.ipynb", "-o", "course", "--json"]
        quiet = subprocess.DEVNULL
        return elapsed_ms(lambda: subprocess.run(command, cwd=folder, stdout=quiet, stderr=quiet, check=True))

"""Rules about one cell, by its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, assert_never

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell, QuizBase
from tui_tutor.core.document import Path
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.inlining import is_inside
from tui_tutor.core.parsing.python_source import assigned_names
from tui_tutor.core.parsing.rules.answers import require_answers, require_ascending
from tui_tutor.core.parsing.rules.checks import PYTHON_CHECKS, SHELL_CHECKS, require_checks, require_samples
from tui_tutor.core.parsing.rules.sources import require_expression, require_program, require_statements
from tui_tutor.core.parsing.validating import nearest

CellIndex = Mapping[str, tuple[int, str]]  # id -> position from 0, kind
_PARAMETER: Final = re.compile(r"(?<!\\)\{\{[ \t]*([A-Za-z_]\w*)[ \t]*\}\}")
_FORMS_WITH_PROGRAMS: Final = ("python", "")


def require_cell(
    cell: Cell, path: Path, findings: Findings, cells: CellIndex, check_ids: frozenset[str]
) -> None:
    """Everything that must hold for one cell; `cells` are all of its lesson.

    `check_ids` are those of the cell's checks as written, also of checks with mistakes.
    """
    if cell.params:
        _require_parameters(cell, path, findings)
    match cell:
        case models.MarkdownCell():
            pass
        case models.CodeCell():
            _require_code(cell, path, findings)
        case models.VizCell():
            _require_viz(cell, path, findings)
        case models.ExerciseCell():
            _require_exercise(cell, path, findings, cells)
            require_samples(cell, check_ids, path, findings)
        case models.ShellCell():
            require_checks(cell.check, SHELL_CHECKS, path, findings, cells)
        case models.OrderQuiz():
            require_answers(cell, path, findings)
            allowed = PYTHON_CHECKS if cell.language in _FORMS_WITH_PROGRAMS else SHELL_CHECKS
            require_checks(cell.check, allowed, path, findings, cells)
        case QuizBase():
            require_answers(cell, path, findings)
        case _:
            assert_never(cell)


def _require_parameters(cell: Cell, path: Path, findings: Findings) -> None:
    assert cell.params is not None
    require_statements(cell.params.draw, (*path, "params", "draw"), findings)
    drawn = assigned_names(cell.params.draw)
    for name in sorted(type(cell).model_fields):
        value = getattr(cell, name)
        for used in _PARAMETER.findall(value) if isinstance(value, str) else ():
            if used not in drawn:
                help = f"draw it: `{used} = rng.randint(1, 9)`; or write \\{{{{ for a brace"
                findings.error("unknown-parameter", f"`{used}` is not drawn", (*path, name), help=help)


def _require_code(cell: models.CodeCell, path: Path, findings: Findings) -> None:
    if cell.language == "python" and cell.expect == "ok":
        require_program(cell.source, (*path, "source"), findings)
    lines = cell.source.strip("\n").count("\n") + 1
    for index, callout in enumerate(cell.callout):
        if callout.line > lines:
            message = f"the source has no line {callout.line}; its last one is {lines}"
            findings.error("callout-line", message, (*path, "callout", index, "line"))


def _require_viz(cell: models.VizCell, path: Path, findings: Findings) -> None:
    _require_expressions(cell, path, findings)
    require_expression(cell.pick, (*path, "pick"), findings)
    for index, layer in enumerate(cell.layer):
        at: Path = (*path, "layer", index)
        _require_expressions(layer, at, findings)
        if not (layer.data or layer.y):
            findings.error("missing-key", "one of `data` and `y` is missing", at, at="key")
    for name in ("x", "y"):
        limits = getattr(cell, f"{name}lim")
        require_ascending(limits, (*path, f"{name}lim"), findings)
        if limits and limits[0] <= 0 and getattr(cell, f"{name}scale") == "log":
            message = f"a logarithmic axis cannot begin at {limits[0]:g}"
            findings.error("limits-order", message, (*path, f"{name}lim"), help="begin above zero")
    if cell.vmin is not None and cell.vmax is not None:
        require_ascending((cell.vmin, cell.vmax), (*path, "vmax"), findings)
    if cell.names and isinstance(cell.y, tuple) and len(cell.names) != len(cell.y):
        message = f"there are {len(cell.names)} names for {len(cell.y)} expressions in `y`"
        findings.error("names-count", message, (*path, "names"))


def _require_expressions(plot: models.VizCell | models.Layer, path: Path, findings: Findings) -> None:
    for name in ("data", "x"):
        require_expression(getattr(plot, name), (*path, name), findings)
    if isinstance(plot.y, str):
        require_expression(plot.y, (*path, "y"), findings)
        return
    for index, expression in enumerate(plot.y):
        require_expression(expression or " ", (*path, "y", index), findings)


def _require_exercise(cell: models.ExerciseCell, path: Path, findings: Findings, cells: CellIndex) -> None:
    allowed = PYTHON_CHECKS if cell.language == "python" else SHELL_CHECKS
    if cell.file:
        allowed = tuple(dict.fromkeys((*allowed, *SHELL_CHECKS)))
    require_checks(cell.check, allowed, path, findings, cells)
    if cell.language == "python":
        # A starter may be left open for the learner on purpose; a solution may not.
        require_program(cell.solution, (*path, "solution"), findings)
    _require_files(cell, path, findings)
    if cell.framework:
        _require_framework(cell.framework, path, findings, cells)


def _require_files(cell: models.ExerciseCell, path: Path, findings: Findings) -> None:
    if cell.file and not cell.run:
        help = 'add `run = "python NAME.py"`: what is run after the learner edited the files'
        findings.error("missing-key", "`run` is missing", path, help=help, at="key")
    if cell.run and not cell.file:
        help = "add a [[cell.file]], or use a sh cell"
        findings.error("missing-key", "`run` is given without a [[cell.file]]", (*path, "run"), help=help)
    seen: set[str] = set()
    for index, file in enumerate(cell.file):
        at: Path = (*path, "file", index, "path")
        if not is_inside(file.path):
            help = "a path is relative to the workspace and stays inside it"
            findings.error("path-outside", f"{file.path!r} is no file of the workspace", at, help=help)
        if file.path in seen:
            findings.error("duplicate-file", f"{file.path} is given twice", at)
        seen.add(file.path)


def _require_framework(name: str, path: Path, findings: Findings, cells: CellIndex) -> None:
    here = path[-1]
    earlier = [known for known, (at, other) in cells.items() if other == "ex" and at < here]  # type: ignore[operator]
    if name not in earlier:
        close = nearest(name, earlier)
        help = (
            f"did you mean `{close}`?" if close else "it names an exercise that stands earlier in this lesson"
        )
        findings.error(
            "unknown-framework", f"`{name}` is no earlier exercise", (*path, "framework"), help=help
        )


def index_cells(tables: Sequence[object], ids: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Position and kind of every cell, as far as it can be told, also of cells with mistakes."""
    found: dict[str, tuple[int, str]] = {}
    for index, (table, cell_id) in enumerate(zip(tables, ids, strict=True)):
        kind = table.get("kind") if isinstance(table, dict) else ""
        found.setdefault(cell_id, (index, kind if isinstance(kind, str) else ""))
    return found

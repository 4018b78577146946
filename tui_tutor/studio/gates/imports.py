"""Programs import what their learners will have: the standard library and the packages of the brief."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell
from tui_tutor.core.parsing.python_source import syntax_tree, with_parameters_as_names
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.gates.leaks import programs_of

_GIVEN: Final = frozenset({"tutor", "IPython", "__future__"})  # every kernel has them
# Where a package is imported under another name than it is installed by.
_INSTALLED_AS: Final[Mapping[str, str]] = {
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "PIL": "pillow",
    "cv2": "opencv-python",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "mpl_toolkits": "matplotlib",
}


def findings_about_imports(built: Built) -> Iterator[Finding]:
    """Imports of packages that the brief does not name: a learner may not have them."""
    known = {package_name(one) for one in built.brief.packages}
    own = {path.rpartition("/")[2].removesuffix(".py") for path in built.files if path.endswith(".py")}
    inside = [path.split("/") for path in built.files if path.startswith("files/")]
    own |= {parts[1] for parts in inside if len(parts) > 2}
    for lesson, cell in built.cells():
        for module in dict.fromkeys(_imports_of(cell)):
            package = package_name(_INSTALLED_AS.get(module, module))
            if module not in own and package not in known:
                message = f"it imports `{module}`, which the brief does not name"
                help = f"do without, or name {package} in `packages` of the brief"
                yield Finding("undeclared-import", lesson.id, cell.id, message, help)


def package_name(requirement: str) -> str:
    """The name in a requirement, as indexes compare names: `Scikit_Learn>=1` is `scikit-learn`."""
    name = re.split(r"[\s<>=!~;\[(@]", requirement.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def _imports_of(cell: Cell) -> Iterator[str]:
    if isinstance(cell, models.ShellCell) or getattr(cell, "language", "python") not in ("python", ""):
        return
    for key, source in programs_of(cell):
        if key != "run":
            yield from imports_in(source)
    for check in getattr(cell, "check", ()):
        yield from imports_in(getattr(check, "code", ""))


def imports_in(source: str) -> Iterator[str]:
    """The packages outside the standard library that a program imports, by the names it imports them by."""
    tree = syntax_tree(with_parameters_as_names(source))
    for node in ast.walk(tree) if tree else ():
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            first = name.partition(".")[0]
            if first and first not in sys.stdlib_module_names and first not in _GIVEN:
                yield first

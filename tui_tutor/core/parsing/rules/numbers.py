"""Numbers that are not finite cannot be kept, compared or written as JSON: they are refused everywhere."""

from __future__ import annotations

import math
import re
from typing import Final

from tui_tutor.core.document import Path
from tui_tutor.core.parsing.findings import Findings

# How they can be written: by name, with an exponent, or with very many digits.
_WRITTEN: Final = re.compile(r"[=\[,+\-\s](?:nan|inf)\b|[0-9_][eE]\+?[0-9_]{2}|[0-9_]{200}")


def require_finite(values: object, findings: Findings) -> None:
    """No nan and no inf anywhere in a document."""
    if not _WRITTEN.search(findings.document.text):
        return
    waiting: list[tuple[Path, object]] = [((), values)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(((*path, key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            waiting.extend(((*path, index), inner) for index, inner in enumerate(value))
        elif isinstance(value, float) and not math.isfinite(value):
            help = "in a check, write an expression: the key ending in `_py` with \"float('inf')\""
            findings.error("not-finite", f"{value} is not a finite number", path, help=help)

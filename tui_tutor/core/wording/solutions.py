"""A solution as a learner reads it."""

from __future__ import annotations

import re
from typing import Final

_FREE: Final = re.compile(r"[ \t]*# free[ \t]*$", re.MULTILINE)


def shown_solution(solution: str) -> str:
    """The author's solution without the `# free` marks, which speak to the proof and not to learners."""
    return _FREE.sub("", solution)

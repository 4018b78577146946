"""How much colour the terminal is to be sent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

COLOURLESS_THEME: Final = "ansi-dark"


def is_colourless(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the person asked for no colours: NO_COLOR is set to anything but nothing."""
    return bool(environ.get("NO_COLOR"))


def app_arguments(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """What `App(...)` must be given; a colourless app also takes the theme `COLOURLESS_THEME`.

    Without `ansi_color` Textual answers NO_COLOR with 24-bit greys.
    """
    return {"ansi_color": True} if is_colourless(environ) else {}

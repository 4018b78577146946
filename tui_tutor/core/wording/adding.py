"""What is said when a course was installed."""

from __future__ import annotations

from tui_tutor.core.ports import Added
from tui_tutor.core.safe_text import safe_line


def added_words(added: Added) -> str:
    """One sentence."""
    name = safe_line(f"{added.title} {added.version}")
    match added.outcome:
        case "same":
            return f"{name} is installed already, with the same content."
        case "replaced":
            return f"Installed {name} in place of the one before. What you did in it is kept."
        case "installed":
            return f"Installed {name}."

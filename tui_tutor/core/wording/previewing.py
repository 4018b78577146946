"""What a preview says when something was saved; both faces say it."""

from __future__ import annotations

from collections.abc import Sequence

from tui_tutor.core.diagnostic import Diagnostic, errors_in
from tui_tutor.core.study.revising import Revision


def counts(diagnostics: Sequence[Diagnostic]) -> str:
    """`1 error, 2 warnings`, or `no mistakes`."""
    errors = len(errors_in(diagnostics))
    parts = [_counted(errors, "error"), _counted(len(diagnostics) - errors, "warning")]
    return ", ".join(part for part in parts if part) or "no mistakes"


def reloaded(diagnostics: Sequence[Diagnostic] | None, revision: Revision) -> str:
    """`Reloaded: 2 warnings.`, and what happens to the kernel; None while it is not known what check says."""
    said = "Reloaded." if diagnostics is None else f"Reloaded: {counts(diagnostics)}."
    if revision.kernel == "kept":
        return said
    if not revision.replay:
        return f"{said} The kernel is new."
    count = len(revision.replay)
    runs = "1 cell runs again; F9 stops it" if count == 1 else f"{count} cells run again; F9 stops them"
    return f"{said} The kernel is new: {runs}."


def outdated(diagnostics: Sequence[Diagnostic]) -> str:
    """Why an older form is shown."""
    errors = len(errors_in(diagnostics))
    counted = _counted(errors, "error") or "errors"
    return f"What you saved has {counted}; this is the last form without."


def _counted(number: int, noun: str) -> str:
    if not number:
        return ""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

"""What is said of runs of the last visit that are done again: while it goes on, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from tui_tutor.core.study.events import RestoreEnded
from tui_tutor.core.study.state import SCRATCH, Restoring, Study
from tui_tutor.core.wording.labels import plain_label


def restoring_words(restoring: Restoring) -> str:
    """`restoring 3 of 7 cells`: which cell runs now."""
    cells = "cell" if restoring.total == 1 else "cells"
    return f"restoring {min(restoring.done + 1, restoring.total)} of {restoring.total} {cells}"


def begun_words(restoring: Restoring) -> str:
    """A sentence for whoever reads lines."""
    cells = "1 cell runs" if restoring.total == 1 else f"{restoring.total} cells run"
    return f"Restoring your last visit: {cells} again. F9 skips it."


def restored_words(study: Study, restoring: Restoring, event: RestoreEnded) -> str:
    """How it ended, then what is not as it was; "" where something else says it."""
    if event.why in ("left", "refused"):
        return ""
    sentences = [_end(study, restoring, event)]
    if restoring.differing:
        verb = "prints" if len(restoring.differing) == 1 else "print"
        # First, because a short footer shows the first sentences only.
        sentences.insert(0, f"{_names(study, restoring.differing)} now {verb} something else.")
    if study.left_out and event.why == "done":
        verb = "was" if len(study.left_out) == 1 else "were"
        left_out = _names(study, study.left_out)
        sentences.append(f"{_capital(left_out)} {verb} stopped last time and did not run again.")
    return " ".join(sentences)


def is_alarming(event: RestoreEnded) -> bool:
    """Whether the learner should notice: the kernel is gone."""
    return event.why == "died"


def _end(study: Study, restoring: Restoring, event: RestoreEnded) -> str:
    if event.why == "done":
        return _done(restoring, is_whole=not study.left_out)
    cells = "cell" if restoring.total == 1 else "cells"
    count = f"{restoring.done} of {restoring.total} {cells} ran again"
    name = _name(study, event.cell_id) if event.cell_id in study.cells else "a cell"
    match event.why:
        case "failed":
            return f"Restoring stopped, {count}: {name} now ends with {event.detail}."
        case "limit":
            return f"Restoring stopped, {count}: {name} takes too long. Run it and the rest when you want."
        case "asked":
            return f"Restoring stopped, {count}: {name} asks for a line that was not kept."
        case "died":
            reason = f" ({event.detail})" if event.detail else ""
            ended = f"The kernel stopped while {name} ran again{reason}."
            return f"{ended} Your work is kept. F8 starts a new one."
        case _:
            return f"Restoring was stopped, {count}. Run the rest when you want."


def _done(restoring: Restoring, *, is_whole: bool) -> str:
    cells = "1 cell" if restoring.total == 1 else f"{restoring.total} cells"
    if restoring.differing:
        return f"{cells} ran again; random values may differ."
    return f"{cells} ran again{': names are as you left them' if is_whole else ''}."


def _names(study: Study, cell_ids: Sequence[str]) -> str:
    names = [_name(study, cell_id) for cell_id in cell_ids if cell_id in study.cells]
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _name(study: Study, cell_id: str) -> str:
    if cell_id == SCRATCH.id:
        return "the scratch cell"
    cell, number, count = study.cell(cell_id), study.number_of(cell_id), study.state(cell_id).count
    if cell.kind == "code" and count is None:
        return f"cell [{number}]"
    return plain_label(cell, number, count)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

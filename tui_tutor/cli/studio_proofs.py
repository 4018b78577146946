"""What is known of each cell's proof, in a line: from the lock, and from the histories of lessons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tui_tutor.core.lock import LOCK_FILE
from tui_tutor.studio.studio_folder import StudioFolder

_CHANGED: Final = "changed.json"  # cells that were changed in the review


def proofs_of(folder: StudioFolder) -> Mapping[tuple[str, str], str]:
    """A line about each cell's proof: of programs from the lock, of questions from the lessons' histories."""
    try:
        lock = json.loads((folder.root / LOCK_FILE).read_bytes())
        ran = {
            (lesson, cell): _proof_line(entry)
            for lesson, facts in lock["lessons"].items()
            for cell, entry in facts["cells"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        ran = {}
    return {**_answers(folder), **ran}


def _proof_line(entry: Mapping[str, Any]) -> str:
    proof = entry.get("proof")
    if not isinstance(proof, Mapping):
        return "ran" if entry.get("outcome") == "ok" else str(entry.get("outcome", ""))
    mutants = proof.get("mutants", {})
    solved = "proven" if proof.get("solution", 0) and proof.get("starter_fails") else "not proven"
    return f"{solved}, {mutants.get('killed', 0)}/{mutants.get('total', 0)} mutants"


def _answers(folder: StudioFolder) -> dict[tuple[str, str], str]:
    """How often a question was solved without its key; one that was changed since has not been."""
    changed, found = changed_cells(folder), {}
    for path in sorted((folder.hidden / "history").glob("*.json")):
        try:
            answers = json.loads(path.read_bytes())["answers"]
            for cell in {one["cell"] for one in answers}:
                right = [one["is_right"] is True for one in answers if one["cell"] == cell]
                line = f"solved {sum(right)}/{len(right)}, key hidden"
                is_new = f"{path.stem}/{cell}" in changed
                found[(path.stem, cell)] = "not solved anew" if is_new else line
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def changed_cells(folder: StudioFolder) -> Sequence[str]:
    """Cells that were changed in the review, as `lesson/cell`."""
    try:
        said = json.loads(folder.get(_CHANGED) or b"[]")
    except ValueError:
        return []
    return [str(one) for one in said] if isinstance(said, list) else []


def note_changed(folder: StudioFolder, cells: Sequence[str]) -> None:
    """Remember which cells were changed in the review."""
    folder.put(_CHANGED, json.dumps(sorted(set(cells))))

"""What this machine has proven about a course, in the private data folder: a proof goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_tutor.shelf.writing import make_private_folder, write_atomically

_WHOLE = "COURSE"  # no lesson's id has capitals
MOST_BYTES = 50_000_000  # of one remembered run of a lesson


@dataclass(frozen=True)
class ProofMemory:
    """One file for each run of each lesson of one course folder; a broken one counts as none."""

    folder: Path

    @classmethod
    def of_course(cls, data: Path, course_id: str, path: Path) -> ProofMemory:
        """The memory for the course that lies at `path`."""
        place = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:10]
        return cls(data / "proofs" / f"{course_id}-{place}")

    def recall(self, name: str, key: str) -> Mapping[str, Any] | None:
        """What was remembered under this name for just this key, None if nothing was."""
        place = self.folder / f"{name}.json"
        try:
            if place.stat().st_size > MOST_BYTES:
                return None
            found = json.loads(place.read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        is_it = isinstance(found, dict) and found.get("key") == key and isinstance(found.get("value"), dict)
        return found["value"] if is_it else None

    def verified_on(self, tree_hash: str) -> str:
        """The ISO date of the whole proof of just these bytes, "" if there is none."""
        found = (self.recall(_WHOLE, tree_hash) or {}).get("on", "")
        return found if isinstance(found, str) else ""

    def note_verified(self, tree_hash: str, on: str) -> None:
        """The whole course was proven here, with nothing left to say."""
        self.remember(_WHOLE, tree_hash, {"on": on})

    def remember(self, name: str, key: str, value: Mapping[str, Any]) -> None:
        """Keep it, instead of what was there; where nothing can be written nothing is kept."""
        data = json.dumps({"key": key, "value": value}, ensure_ascii=True).encode()
        with suppress(OSError):
            make_private_folder(self.folder)
            write_atomically(self.folder / f"{name}.json", data, is_durable=False)

"""Keys trusted on first use: which key a course was signed by when it first came, and whether that holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.archive.signing import Signer
from tui_tutor.shelf.writing import make_private_folder, write_atomically

KEYS_FILE: Final = "keys.json"

Outcome = Literal["unsigned", "first", "same", "changed", "missing"]


@dataclass(frozen=True, slots=True)
class KeyVerdict:
    """What is to be thought of a course's signature.

    `unsigned`: it has none and never had; `first`: signed, and no key was known; `same`: signed by the key
    that is known; `changed`: signed by another; `missing`: it was signed once and is not now.
    """

    outcome: Outcome
    known: Signer | None = None
    now: Signer | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the course may only be taken when the learner says so."""
        return self.outcome in {"changed", "missing"}

    def sentence(self) -> str:
        """What is shown; both fingerprints where the course is not to be taken."""
        match self.outcome:
            case "unsigned":
                return "Not signed."
            case "first" | "same":
                assert self.now is not None
                told = f"Signed by {self.now.key_id}" + (f" ({_name(self.now)})" if self.now.name else "")
                return f"{told}; the key is new here." if self.outcome == "first" else f"{told}, as before."
            case "changed":
                assert self.known is not None
                assert self.now is not None
                return (
                    f"It is signed by another key than before: {self.now.key_id}; "
                    f"before it was {self.known.key_id}."
                )
            case "missing":
                assert self.known is not None
                return f"It is not signed; before it was signed by {self.known.key_id}."

    def refuse(self) -> None:
        """TutorError if the key is another or missing."""
        if self.is_refused:
            raise TutorError(
                f"{self.sentence()} Nothing was installed.",
                help="Ask its author whether the key was changed; then go on with --accept-key.",
            )


def judge_key(known: Mapping[str, Signer], course_id: str, signer: Signer | None) -> KeyVerdict:
    """What the signature of a course is worth, given the keys that were first seen, by course id.

    Keys are compared whole: a fingerprint is for people.
    """
    before = known.get(course_id)
    if signer is None:
        return KeyVerdict("missing" if before else "unsigned", before)
    if before is None:
        return KeyVerdict("first", None, signer)
    return KeyVerdict("same" if before.public_key == signer.public_key else "changed", before, signer)


@dataclass(frozen=True)
class KeyBook:
    """The keys that are known, in `keys.json` of the data folder."""

    data: Path

    def known(self) -> Mapping[str, Signer]:
        """The key of each course's first signed archive, by id; TutorError if the book cannot be read."""
        return {course_id: _signer(entry) for course_id, entry in self._read().items()}

    def remember(self, course_id: str, signer: Signer | None) -> None:
        """From now on this is the course's key (None: it has none, said by the learner)."""
        book = dict(self._read())
        if signer is None:
            book.pop(course_id, None)
        else:
            book[course_id] = {"key_id": signer.key_id, "public_key": signer.public_key, "name": signer.name}
        shape = {"format": 1, "keys": dict(sorted(book.items()))}
        text = json.dumps(shape, ensure_ascii=False, indent=1) + "\n"
        try:
            make_private_folder(self.data)
            write_atomically(self.data / KEYS_FILE, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise TutorError(
                f"The course's key could not be written down: {(error.strerror or 'refused').lower()}.",
                help="Free some space, or make the data folder writable, and try again.",
            ) from error

    def _read(self) -> Mapping[str, Any]:
        with suppress(FileNotFoundError, NotADirectoryError):
            try:
                keys = json.loads((self.data / KEYS_FILE).read_bytes())["keys"]
                if isinstance(keys, dict):
                    return keys
            except FileNotFoundError:
                raise
            except (OSError, ValueError, KeyError, TypeError, RecursionError):
                pass
            # An unreadable book must not make every key a first one.
            raise TutorError(
                "The keys of your courses cannot be read. Nothing was installed.",
                help=f"Look at {safe_line(str(self.data / KEYS_FILE))}; without it every key is new again.",
            )
        return {}


def _signer(entry: object) -> Signer:
    if isinstance(entry, Mapping):
        told = [entry.get(key) for key in ("key_id", "public_key", "name")]
        if all(isinstance(one, str) for one in told):
            return Signer(*map(str, told))
    return Signer("(unreadable)", "")


def _name(signer: Signer) -> str:
    return safe_line(signer.name, limit=60)

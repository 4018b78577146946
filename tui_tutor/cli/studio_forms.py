"""Briefs that are half filled in, kept outside their course's folder, which is not there yet."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, get_args

from tui_tutor.core.course import Level
from tui_tutor.core.studio_desk import BriefForm
from tui_tutor.studio.brief import Preset, Provider
from tui_tutor.studio.durable import make_folder, write_durably

_CHOICES: Final = {
    "level": get_args(Level),
    "provider": get_args(Provider),
    "preset": get_args(Preset),
    "residency": ("", "eu"),
}
_MOST_BYTES: Final = 1_000_000


@dataclass(frozen=True)
class Forms:
    """One for each folder that a course was to begin in."""

    place: Path

    def _file(self, root: Path) -> Path:
        name = hashlib.sha256(str(root.absolute()).encode("utf-8", "surrogateescape")).hexdigest()
        return self.place / f"{name[:32]}.json"

    def keep(self, root: Path, form: BriefForm) -> None:
        """Keep what was typed; TutorError where it cannot be."""
        make_folder(self.place)
        write_durably(self._file(root), json.dumps(asdict(form), ensure_ascii=True).encode())

    def kept(self, root: Path) -> BriefForm | None:
        """What was typed for a course in this folder; None if nothing was, or it cannot be read."""
        try:
            with self._file(root).open("rb") as file:
                values = json.loads(file.read(_MOST_BYTES))
        except (OSError, ValueError, RecursionError):
            return None
        return _form_of(values)

    def forget(self, root: Path) -> None:
        """The course is begun."""
        with suppress(OSError):
            self._file(root).unlink()


def _form_of(values: Any) -> BriefForm | None:
    empty = asdict(BriefForm())
    if not isinstance(values, dict) or set(values) != {one.name for one in fields(BriefForm)}:
        return None
    if not all(_is_alike(value, empty[name]) for name, value in values.items()):
        return None
    if any(values[name] not in allowed for name, allowed in _CHOICES.items()):
        return None
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return BriefForm(**{**values, **lists})


def _is_alike(value: Any, empty: Any) -> bool:
    if isinstance(empty, str):
        return isinstance(value, str)
    return isinstance(value, list) and all(isinstance(one, str) for one in value)

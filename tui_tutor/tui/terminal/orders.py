"""What a host asks of its app, line by line, and how the app answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeGuard

from tui_tutor.core.safe_text import safe_line
from tui_tutor.tui.terminal.frames import mark, read_json


@dataclass(frozen=True, slots=True)
class OtherTerminal:
    """The terminal that goes on with the session."""

    environ: Mapping[str, str]
    is_ascii: bool


@dataclass(frozen=True, slots=True)
class Redraw:
    """Draw everything after `mark`; `terminal` is None if it is still the same one."""

    mark: str
    terminal: OtherTerminal | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Say what runs."""


Order: TypeAlias = Redraw | Ask


class Orders:
    """Cuts what comes through the pipe into orders."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Order]:
        """The orders complete by now."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            word, _, rest = line.decode(errors="replace").partition(" ")
            if word == "ask":
                yield Ask()
            elif word in ("redraw", "terminal"):
                number, _, said = rest.partition(" ")
                terminal = _terminal(said) if word == "terminal" else None
                yield Redraw(mark(int(number)).decode(), terminal)


def _terminal(said: str) -> OtherTerminal:
    kind = read_json(said.encode())
    return OtherTerminal(dict(kind.get("environ", {})), kind.get("is_ascii") is True)


class _Terminals(Protocol):
    def take_terminal(self, environ: Mapping[str, str], *, is_ascii: bool) -> None: ...


def can_change_terminal(app: Any) -> TypeGuard[_Terminals]:
    """Whether the app wants to know its new terminal."""
    return hasattr(app, "take_terminal")


def what_runs(app: Any) -> str:
    """What the app says that runs; "" if it says nothing."""
    tell = getattr(app, "what_runs", None)
    return safe_line(str(tell()))[:100] if callable(tell) else ""

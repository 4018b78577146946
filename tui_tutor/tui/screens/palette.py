"""The command palette: everything that can be done here, found by typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.dom import DOMNode
from textual.screen import Screen

from tui_tutor.core.safe_text import safe_line
from tui_tutor.tui.screens.finding import FindingSheet
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, Row, said

_MOVES: Final = (
    "command_", "app.", "screen.", "step(", "page(", "first", "last", "palette", "help_quit",
    "cursor_", "select_", "delete_", "scroll_", "page_",  # of an editor that is open
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """What the palette offers: words, the key that does it as well, and the action of a node."""

    words: str
    key: str
    action: str
    node: DOMNode | None = None


def commands_of(screen: Screen[object]) -> tuple[Command, ...]:
    """Every binding with a description that works on a screen now, each action once."""
    found: dict[str, Command] = {}
    for key, active in screen.active_bindings.items():
        binding = active.binding
        if not active.enabled or not binding.description or binding.action.startswith(_MOVES):
            continue
        shown = binding.key_display or key_words(key)
        command = Command(binding.description, shown, binding.action, active.node)
        found.setdefault(binding.action, command)
    return tuple(found.values())


def key_words(key: str) -> str:
    """`ctrl+p` as it is written on keys: `Ctrl+P`."""
    names = {"question_mark": "?", "slash": "/", "pagedown": "PgDn", "pageup": "PgUp", "escape": "Esc"}
    parts = [names.get(part, part) for part in key.split("+")]
    return "+".join(
        part if len(part) == 1 and len(parts) == 1 else part[:1].upper() + part[1:] for part in parts
    )


class PaletteSheet(FindingSheet[Command]):
    """The result is the command that was taken."""

    TITLE_WORDS: ClassVar[str] = "Commands"
    PLACEHOLDER: ClassVar[str] = "type to find a command"

    def __init__(self, commands: Sequence[Command]) -> None:
        self._commands = tuple(commands)
        super().__init__()

    def found(self, width: int, chosen: str) -> Sheetful:
        words = self.typed.casefold().split()
        shown = [
            (str(number), command)
            for number, command in enumerate(self._commands)
            if all(word in f"{command.words} {command.key}".casefold() for word in words)
        ]
        if not shown:
            nothing = Row(text=said(f'Nothing matches "{safe_line(self.typed, limit=40)}".'))
            return Sheetful((BLANK,), (Block((nothing,)),))
        blocks = [
            Block((_row(command, is_chosen=key == chosen),), key, is_raised=True) for key, command in shown
        ]
        return Sheetful((BLANK,), tuple(blocks))

    def on_page_taken(self, message: Page.Taken) -> None:
        self.dismiss(self._commands[int(message.key)])


def _row(command: Command, *, is_chosen: bool) -> Row:
    role = said(safe_line(command.words), "title" if is_chosen else "text")
    return Row(text=role, right=said(command.key, "muted"))

"""Settings that stay: the theme, the way of drawing, the letters used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import EventStore
from tui_tutor.core.prose.lines import Span
from tui_tutor.tui.screens.paged import PagedScreen
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, Row, said


@dataclass(frozen=True, slots=True)
class Setting:
    """A name in the store and its values, the default first, each with what it means."""

    name: str
    values: tuple[tuple[str, str], ...]


SETTINGS: Final = (
    Setting(
        "theme",
        (
            ("dark", "light letters on a dark page"),
            ("light", "dark letters on a white page"),
            ("contrast", "white on black, stronger colours"),
        ),
    ),
    Setting(
        "drawing",
        (
            ("frugal", "sends only what changed; from the next start on"),
            ("stock", "for terminals that show leftovers; from the next start on"),
        ),
    ),
    Setting(
        "keep",
        (
            ("ssh", "a session over SSH outlives a broken line; from the next start on"),
            ("always", "every session outlives its terminal; from the next start on"),
            ("never", "a session ends with its terminal; from the next start on"),
        ),
    ),
    Setting(
        "glyphs",
        (("unicode", "the marks of the key sheet"), ("ascii", "letters and signs of every keyboard")),
    ),
)


class SettingsScreen(PagedScreen):
    """Enter or → takes the next value; it is kept at once. `apply` is told the name and the value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("right,l", "change(1)", "Next value", show=False),
        Binding("left,h", "change(-1)", "Previous value", show=False),
    ]

    def __init__(self, store: EventStore, apply: Callable[[str, str], None]) -> None:
        super().__init__()
        self._store = store
        self._apply = apply

    def build(self, width: int, chosen: str) -> Sheetful:
        head = (Row(text=said("Settings", "title"), start=1), RULE, BLANK)
        blocks: list[Block] = []
        for setting in SETTINGS:
            blocks += [
                Block(self._rows(setting, is_chosen=setting.name == chosen), setting.name),
                Block((BLANK,)),
            ]
        keys = (Row(said("keys", "muted"), said("? shows them; Ctrl+P finds every command.", "muted")),)
        return Sheetful(head, (*blocks, Block((BLANK, *keys))))

    def _rows(self, setting: Setting, *, is_chosen: bool) -> tuple[Row, ...]:
        value = self._value(setting)
        label = said(setting.name, "accent-bold" if is_chosen else "muted")
        words = [
            Span(f"{name}  ", ("title" if is_chosen else "bright") if name == value else "muted")
            for name, _ in setting.values
        ]
        marked = [
            span for (name, _), word in zip(setting.values, words, strict=True)
            for span in ((Span("▸ ", "accent"), word) if name == value else (Span("  "), word))
        ]  # fmt: skip
        meaning = dict(setting.values)[value]
        return (Row(label, tuple(marked)), Row(text=said(f"  {meaning}", "muted")))

    def _value(self, setting: Setting) -> str:
        stored = self._store.setting(setting.name)
        return stored if stored in dict(setting.values) else setting.values[0][0]

    def states(self) -> tuple[str, ...]:
        return ("kept on this machine only",)

    def footer_keys(self) -> Keys:
        return (("Enter", "change"), ("j k", "choose"), ("?", "help"), ("Esc", "back"))

    def on_page_taken(self, message: Page.Taken) -> None:
        self.action_change(1)

    def action_change(self, count: int) -> None:
        setting = next((one for one in SETTINGS if one.name == self.page.chosen), None)
        if setting is None:
            return
        names = [name for name, _ in setting.values]
        value = names[(names.index(self._value(setting)) + count) % len(names)]
        try:
            self._store.set_setting(setting.name, value)
        except TutorError as error:
            self.footer.say(f"{error.message} {error.help}".strip())
            return
        self._apply(setting.name, value)
        self.redraw()

    def action_back(self) -> None:
        self.app.pop_screen()

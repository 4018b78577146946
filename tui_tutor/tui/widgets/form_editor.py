"""The one editor of a form: it goes from field to field, and no key of a burst comes to the wrong one."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from tui_tutor.tui.widgets.editor import Editor, Task, editor_theme


class LastingEditor(Editor):
    """An editor that stays open while other things change: it follows the theme."""

    def on_mount(self) -> None:
        self.watch(self.app, "theme", self._follow_theme, init=False)

    def _follow_theme(self, theme: str) -> None:
        self.register_theme(made := editor_theme(theme))
        self.theme = made.name


class FormEditor(LastingEditor):
    """Has the keys in every field, also in those where nothing is written: there the screen's keys work.

    `go` goes to the field before or after this one: at once, for what was typed next is for that field.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "beyond(1)", show=False),
        Binding("shift+tab", "beyond(-1)", show=False),
    ]

    def __init__(self, theme: str, go: Callable[[int], None]) -> None:
        super().__init__("", Task("", "answer", is_single_line=True), language="", theme=theme)
        self._held = None  # it is there before anything is typed
        self._go = go

    @property
    def is_writing(self) -> bool:
        """Whether the field is one of text."""
        return bool(self.task_of_edit.cell_id)

    def take(self, name: str, text: str, *, is_single_line: bool = True) -> None:
        """Edit the text of a field from now on, at its end; "": nothing is written here."""
        self.task_of_edit = Task(name, "answer", is_single_line=is_single_line)
        self.load_text(text)
        self.move_cursor(self.document.end)

    def action_beyond(self, count: int) -> None:
        self._go(count)

    def action_enter(self) -> None:
        if self.task_of_edit.is_single_line:
            self._go(1)
        else:
            super().action_enter()

    def action_go(self, count: int) -> None:
        last = self.rows - 1
        if (count < 0 and self.cursor_row == 0) or (count > 0 and self.cursor_row == last):
            self._go(count)
        else:
            super().action_go(count)

    async def _on_key(self, event: events.Key) -> None:
        if self.is_writing:
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        for bindings, place in ((self.screen._bindings, self.screen), (self.app._bindings, self.app)):
            bound = bindings.key_to_bindings.get(event.key, [])
            if bound and event.key != "q":  # a letter typed too much must not quit
                await self.app.run_action(bound[0].action, default_namespace=place)
                return

    async def _on_paste(self, event: events.Paste) -> None:
        if self.is_writing:
            await super()._on_paste(event)

"""The one editor of a form: it goes from field to field, and never has a key too late."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui_tutor.tui.widgets.editor import Editor, Task


class FormEditor(Editor):
    """Tab, and the arrows at the first and the last row, go to another field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "beyond(1)", show=False),
        Binding("shift+tab", "beyond(-1)", show=False),
    ]

    class Beyond(Message):
        """The author goes on to the field before or after this one."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

    def __init__(self, theme: str) -> None:
        super().__init__("", Task("", "answer", is_single_line=True), language="", theme=theme)
        self._held = None  # it is there before anything is typed

    def take(self, name: str, text: str, *, is_single_line: bool) -> None:
        """Edit the text of a field from now on, at its end."""
        self.task_of_edit = Task(name, "answer", is_single_line=is_single_line)
        self.load_text(text)
        self.move_cursor(self.document.end)

    def action_beyond(self, count: int) -> None:
        self.post_message(self.Beyond(count))

    def action_go(self, count: int) -> None:
        last = self.rows - 1
        if (count < 0 and self.cursor_row == 0) or (count > 0 and self.cursor_row == last):
            self.post_message(self.Beyond(count))
        else:
            super().action_go(count)

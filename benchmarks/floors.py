"""The smallest Textual apps that can be compared with: `python -m benchmarks.floors label|editor`."""

from __future__ import annotations

import sys

READY = "Ready to press"
PRESSED = "It was pressed"
SOURCE = "print(1)"


def run_label() -> None:
    """One label; any key changes it."""
    from textual.app import App, ComposeResult
    from textual.widgets import Label

    class LabelApp(App[None]):
        def compose(self) -> ComposeResult:
            yield Label(READY)

        def on_key(self) -> None:
            self.query_one(Label).update(PRESSED)

    LabelApp().run()


def run_editor() -> None:
    """One editor of Python, as Textual has it."""
    from textual.app import App, ComposeResult
    from textual.widgets import TextArea

    class EditorApp(App[None]):
        CSS = "TextArea { height: 10; }"

        def compose(self) -> ComposeResult:
            editor = TextArea.code_editor(SOURCE, language="python")
            editor.cursor_blink = False
            yield editor

    EditorApp().run()


if __name__ == "__main__":
    {"label": run_label, "editor": run_editor}[sys.argv[1]]()

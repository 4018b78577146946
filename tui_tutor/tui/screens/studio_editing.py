"""A text in an editor. It is kept if it holds; else a sentence says why, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import TextArea

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.studio_desk import DeskNews, DeskOutcome, OnDeskNews
from tui_tutor.tui import glyphs
from tui_tutor.tui.screens.studio_asking import LOOK_EVERY_S, QuestionSheet
from tui_tutor.tui.studio_progress import progress_rows
from tui_tutor.tui.studio_words import label_rows, sentence_of
from tui_tutor.tui.studio_working import Errand, Stopped
from tui_tutor.tui.widgets.editor import Editor, Task
from tui_tutor.tui.widgets.footer import Footer, Keys
from tui_tutor.tui.widgets.form_editor import LastingEditor
from tui_tutor.tui.widgets.page import Page, Sheetful
from tui_tutor.tui.widgets.row import RULE, Row, said, text_width

_LINE: Final = re.compile(r"\(line (\d+)\)")
Keep = Callable[[str, OnDeskNews], Errand[DeskOutcome]]


class TextEditor(LastingEditor):
    """The editor over the whole width; Tab indents."""

    DEFAULT_CSS = """
    TextEditor, TextEditor:focus {
        layer: default; position: relative; width: 1fr; height: 1fr; padding: 0 1; overflow-y: auto;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "indent", show=False),
        Binding("shift+tab", "dedent", show=False),
        Binding("ctrl+home", "jump(True)", show=False),
        Binding("ctrl+end", "jump(False)", show=False),
    ]

    def __init__(self, text: str, theme: str) -> None:
        super().__init__(text, Task("text", "answer"), language="", theme=theme)
        self._held = None  # nothing is typed before it is there

    def action_indent(self) -> None:
        self.replace("    ", *self.selection)

    def action_dedent(self) -> None:
        """Take up to four blanks from the beginning of the line."""
        row, column = self.cursor_location
        line = self.document.get_line(row)
        blanks = min(4, len(line) - len(line.lstrip(" ")))
        self.replace("", (row, 0), (row, blanks), maintain_selection_offset=False)
        self.move_cursor((row, max(0, column - blanks)))

    def action_jump(self, to_start: bool) -> None:
        self.move_cursor((0, 0) if to_start else self.document.end)


class StudioEditScreen(Screen[str]):
    """`keep` begins to keep a text; the result says what came of it, "" when it was left as it was."""

    AUTO_FOCUS = "TextEditor"
    DEFAULT_CSS = """
    StudioEditScreen { layout: vertical; }
    StudioEditScreen #head { height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "run", "Keep it", show=False),
        Binding("f9", "stop", "Stop", show=False),
        Binding("ctrl+c", "stop_or_copy", show=False),
        Binding("f1", "app.help", "Keys", show=False),
        Binding("escape", "leave", "Back", show=False),
    ]

    def __init__(self, title: str, facts: str, text: str, keep: Keep, *, hint: str) -> None:
        super().__init__()
        self._title, self._facts, self._hint = title, facts, hint
        self._before = text
        self._keep = keep
        self._errand: Errand[DeskOutcome] | None = None
        self._news: DeskNews | None = None
        self._shown: DeskNews | None = None
        self._mistakes: Sequence[str] = ()
        self._head = Page(self._build_head, id="head")
        self._footer = Footer()

    def compose(self) -> ComposeResult:
        yield self._head
        self._editor = TextEditor(self._before, self.app.theme)
        self._editor.moved = self._show_footer
        yield self._editor
        yield self._footer

    def on_mount(self) -> None:
        self.set_interval(LOOK_EVERY_S, self._look)
        self.call_after_refresh(self._draw)

    def on_unmount(self) -> None:
        self.action_stop()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def what_would_be_lost(self) -> str:
        """What was typed and is not kept, or the proof that runs."""
        return self._title if self._errand is not None or self._editor.text != self._before else ""

    # --- what is shown ------------------------------------------------------------------------------

    def _build_head(self, width: int, chosen: str) -> Sheetful:
        del chosen
        room = text_width(width)
        rows = [Row(text=said(self._title, "title"), start=1, right=said(self._facts, "muted"))]
        if self._errand is not None:
            rows += progress_rows(self._news, room)
        elif self._mistakes:
            mark = said(f"{glyphs.FAILED} not kept", "alarm")
            for number, one in enumerate(self._mistakes[:5]):
                rows += label_rows(mark if number == 0 else (), one, room, "bright")
        else:
            rows += label_rows(said("hint", "muted"), self._hint, room, "muted")
        return Sheetful((*rows, RULE))

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        width, height = self.app.size
        rows = len(self._build_head(width, "").pinned)
        self._head.styles.height = min(rows, max(3, height // 2))
        self._head.rebuild()
        self._show_footer()

    def _show_footer(self) -> None:
        line = self._editor.cursor_location[0] + 1
        place = f"line {line} of {self._editor.document.line_count}"
        states = ("being proven",) if self._errand is not None else (place,)
        self._footer.show(states, self._keys())

    def _keys(self) -> Keys:
        if self._errand is not None:
            return (("F9", "stop"),)
        return (("F5", "keep it"), ("F1", "help"), ("Esc", "back"))

    # --- what is done -------------------------------------------------------------------------------

    def on_key(self) -> None:
        self._footer.say("")

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._show_footer()

    @on(Editor.Left)
    def _left(self) -> None:
        self.action_leave()

    def action_run(self) -> None:
        if self._errand is not None:
            return
        self._mistakes, self._news = (), None
        self._editor.read_only = True
        self._errand = self._keep(self._editor.text, self._take_news)
        self._draw()
        self._wait(self._errand)

    def action_stop(self) -> None:
        if self._errand is not None:
            self._errand.stop()

    def action_stop_or_copy(self) -> None:
        if self._editor.selected_text:
            self._editor.action_copy()
        elif self._errand is not None:
            self.action_stop()
        else:
            self._footer.say("Ctrl+Q quits.")

    def action_leave(self) -> None:
        if self._errand is not None:
            self.action_stop()
        elif self._editor.text == self._before:
            self.dismiss("")
        else:
            self._ask_to_leave()

    @work
    async def _ask_to_leave(self) -> None:
        words = ("What you changed is not kept. Enter leaves it behind; Esc goes back to it.",)
        if await self.app.push_screen_wait(QuestionSheet("Leave without keeping it?", words, "leave it")):
            self.dismiss("")

    def _take_news(self, news: DeskNews) -> None:
        """Called on the desk's thread; it is shown at the next look."""
        self._news = news

    def _look(self) -> None:
        if self._news is not self._shown:
            self._shown = self._news
            self._draw()

    @work(exclusive=True)
    async def _wait(self, errand: Errand[DeskOutcome]) -> None:
        try:
            outcome = await errand.value()
        except TutorError as error:
            self._refuse([sentence_of(error)])
        except Stopped:
            self._refuse(["Stopped. Nothing was changed; your text is still here."])
        else:
            lines = [safe_line(line) for line in outcome.lines]
            if outcome.is_good:
                self.dismiss(" ".join(lines) or "It is kept.")
            else:
                self._refuse(lines)

    def _refuse(self, lines: Sequence[str]) -> None:
        """Say why, and go to the line that it names."""
        self._errand, self._mistakes = None, lines
        self._editor.read_only = False
        if found := _LINE.search(" ".join(lines)):
            line = min(int(found[1]), self._editor.document.line_count) - 1
            self._editor.move_cursor((max(0, line), 0))
        self._draw()

"""The editor that stands in a cell: source, an answer, a line of input. It enters and nothing moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import TextArea
from textual.widgets.text_area import Selection, TextAreaTheme

from tui_tutor.core.execution import Completions
from tui_tutor.core.safe_text import safe_text
from tui_tutor.tui.theme import PALETTES
from tui_tutor.tui.widgets.cell_ui import EditPurpose

GRAMMARS: Final = {"python": "python", "sh": "bash", "bash": "bash"}
_LITERALS: Final = ("string", "string.documentation", "number", "float", "boolean", "constant.builtin")
_KEYWORDS: Final = (
    "keyword", "keyword.function", "keyword.return", "keyword.operator", "conditional", "repeat",
    "exception", "include", "operator.keyword",
)  # fmt: skip


def editor_theme(theme: str) -> TextAreaTheme:
    """Our two tints for Textual's editor, in one of our themes or without colours."""
    palette = PALETTES.get(theme)
    if palette is None:
        plain = Style()
        return TextAreaTheme(
            "tutor-editor", base_style=plain, cursor_style=Style(reverse=True),
            selection_style=Style(reverse=True), cursor_line_style=plain,
        )  # fmt: skip
    keyword, literal = Style(color=palette.keyword), Style(color=palette.literal)
    styles = dict.fromkeys(_KEYWORDS, keyword) | dict.fromkeys(_LITERALS, literal)
    styles["comment"] = Style(color=palette.muted, italic=True)
    ground = Style(color=palette.text, bgcolor=palette.raised)
    return TextAreaTheme(
        f"tutor-editor-{theme}",
        base_style=ground,
        cursor_style=Style(color=palette.page, bgcolor=palette.text),
        cursor_line_style=Style(bgcolor=palette.raised),
        selection_style=Style(bgcolor=palette.popup),
        bracket_matching_style=Style(bold=True),
        syntax_styles=styles,
    )


@dataclass(frozen=True, slots=True)
class Task:
    """What is being edited: a cell's source (or one of its files), an answer, input, or a guess."""

    cell_id: str
    purpose: EditPurpose
    path: str = ""
    is_single_line: bool = False
    is_secret: bool = False


class Editor(TextArea):
    """A TextArea on the raised ground that completes from the kernel and knows no cell."""

    DEFAULT_CSS = """
    Editor, Editor:focus {
        layer: over; position: absolute; border: none; padding: 0 0 0 1; height: 1; width: 10;
        background: $panel; color: $foreground; scrollbar-size: 0 0; overflow: hidden hidden;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        # Without these its base would take the keys for selecting and copying.
        Binding("f5,ctrl+r", "screen.run", show=False),
        Binding("ctrl+c,super+c", "screen.stop_or_copy", show=False),
        Binding("f6", "screen.file", show=False),
        Binding("escape", "leave", "Leave the editor", show=False),
        Binding("tab", "complete", "Complete", show=False),
        Binding("shift+tab", "document", "Documentation of the name", show=False),
        Binding("enter", "enter", show=False),
        Binding("up", "go(-1)", show=False),
        Binding("down", "go(1)", show=False),
    ]

    moved: Callable[[], None] | None = None
    """Called as soon as the cursor has moved, so that its place is told in the same frame."""

    class Said(Message):
        """Anything the editor tells of what the learner wishes."""

    class Left(Said):
        """Esc: the learner leaves the editor."""

    class Submitted(Said):
        """Enter in an editor of one line."""

    class CompletionWished(Said):
        """The name before the cursor should be completed; `is_asked`: with Tab."""

        def __init__(self, *, is_asked: bool) -> None:
            super().__init__()
            self.is_asked = is_asked

    class DocumentWished(Said):
        """Documentation of the name under the cursor."""

    class PopupMoved(Said):
        """Up or down while completions are shown."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

    class PopupTaken(Said):
        """Tab or Enter while completions are shown."""

    class PopupClosed(Said):
        """What was typed ends the completion."""

    def __init__(self, text: str, task: Task, *, language: str, theme: str) -> None:
        grammar = GRAMMARS.get(language)
        super().__init__(text, language=grammar, compact=True, tab_behavior="indent", soft_wrap=True)
        self.task_of_edit = task
        self.has_popup = False
        self.seen_key: events.Key | None = None
        self._ahead: list[events.Event] = []  # typed before this editor had the keys
        self._held: list[events.Key | events.Paste] | None = []
        self.has_chosen = False  # in the popup, with the arrows: then Enter takes it
        self.cursor_blink = False
        self.highlight_cursor_line = False
        self.indent_width = 4
        self.register_theme(made := editor_theme(theme))
        self.theme = made.name

    def render_lines(self, crop: Region) -> list[Strip]:
        """Nothing once it is taken away: the screen may still ask, but its styles are gone."""
        if not self.is_attached:
            return [Strip.blank(crop.width)] * crop.height
        return super().render_lines(crop)

    # --- secrets --------------------------------------------------------------------------------

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn: nothing that steers a terminal, and of a secret only how long it is."""
        line = self.document.get_line(line_index)
        if self.task_of_edit.is_secret:
            return Text("*" * cell_len(line), end="", no_wrap=True)
        safe = line if line.isprintable() else "\t".join(map(safe_text, line.split("\t")))
        return Text(safe, end="", no_wrap=True)

    async def _on_paste(self, event: events.Paste) -> None:
        if self._holds(event):
            return
        event.stop()
        event.prevent_default()
        self._insert_paste(event)

    def _insert_paste(self, event: events.Paste) -> None:
        """A paste of several lines stays in one where there is only one."""
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        if self.task_of_edit.is_single_line:
            text = " ".join(text.split("\n")).strip()
        self.replace(text, *self.selection)
        self.move_cursor(self.selection.end)

    def action_copy(self) -> None:
        if not self.task_of_edit.is_secret:
            super().action_copy()

    def action_cut(self) -> None:
        if not self.task_of_edit.is_secret:
            super().action_cut()

    def _watch_selection(self, previous_selection: Selection, selection: Selection) -> None:
        super()._watch_selection(previous_selection, selection)
        if self.moved is not None:
            self.moved()

    # --- places ---------------------------------------------------------------------------------

    @property
    def rows(self) -> int:
        """Rows the text takes at its present width."""
        return max(1, self.wrapped_document.height)

    @property
    def cursor_row(self) -> int:
        """The wrapped row of the cursor, from 0."""
        return self.wrapped_document.location_to_offset(self.cursor_location).y

    @property
    def cursor_at(self) -> int:
        """The cursor as a character offset into the text."""
        row, column = self.cursor_location
        return sum(len(line) + 1 for line in self.text.split("\n")[:row]) + column

    def replace_range(self, completions: Completions, match: str) -> None:
        """Put a completion where the kernel said it belongs."""
        self.replace(match, self._location(completions.start), self._location(completions.end))

    def _location(self, offset: int) -> tuple[int, int]:
        before = self.text[:offset]
        row = before.count("\n")
        return row, len(before) - (before.rfind("\n") + 1)

    # --- keys -----------------------------------------------------------------------------------

    def action_leave(self) -> None:
        self.post_message(self.PopupClosed() if self.has_popup else self.Left())

    def action_enter(self) -> None:
        if self.has_popup and self.has_chosen:
            self.post_message(self.PopupTaken())
        elif self.task_of_edit.is_single_line:
            self.post_message(self.Submitted())
        else:
            if self.has_popup:
                self.post_message(self.PopupClosed())
            self._break_line()

    def _break_line(self) -> None:
        """A new line with the indent of this one, one step deeper after a colon."""
        row, column = self.cursor_location
        line = self.document.get_line(row)[:column]
        indent = line[: len(line) - len(line.lstrip())]
        if line.rstrip().endswith(":") and self.language == "python":
            indent += "    "
        self.replace(f"\n{indent}", *self.selection)

    def action_go(self, count: int) -> None:
        if self.has_popup:
            self.has_chosen = True
            self.post_message(self.PopupMoved(count))
        elif count < 0:
            self.action_cursor_up()
        else:
            self.action_cursor_down()

    def action_complete(self) -> None:
        if self.has_popup:
            self.post_message(self.PopupTaken())
        elif self._is_after_name():
            self.post_message(self.CompletionWished(is_asked=True))
        elif not self.task_of_edit.is_single_line:
            self.replace("    ", *self.selection)

    def action_document(self) -> None:
        self.post_message(self.DocumentWished())

    def _is_after_name(self) -> bool:
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        return bool(before) and (before[-1].isidentifier() or before[-1].isdigit() or before[-1] == ".")

    async def _do_bound(self, event: events.Key) -> bool:
        """Do what is bound to a key now: by way of the app it would overtake letters, or come late."""
        bound = self._bindings.key_to_bindings.get(event.key, [])
        place: Widget | Screen[object] = self
        if not bound and not event.is_printable:
            bound, place = self.screen._bindings.key_to_bindings.get(event.key, []), self.screen
        for binding in bound[:1]:
            event.stop()
            event.prevent_default()
            await self.app.run_action(binding.action, default_namespace=place)
        return bool(bound)

    # What is typed in one burst reaches the page as long as that has the keys, and then the editor at once,
    # while the page may still have older ones to hand on. So the editor holds what comes to it directly until
    # the page has said that nothing older is left.

    def take_ahead(self, event: events.Key | events.Paste) -> None:
        """Take what was typed behind the key that opened this editor, before it had the keys."""
        if isinstance(event, events.Key):
            copy: events.Key | events.Paste = events.Key(event.key, event.character)
        else:
            copy = events.Paste(event.text)
        self._ahead.append(copy)
        self.post_message(copy)

    def on_focus(self) -> None:
        page = self.parent
        if self._held is not None and isinstance(page, Widget):
            page.call_later(self.call_later, self._let_go)

    async def _let_go(self) -> None:
        held, self._held = self._held or [], None
        self._ahead.clear()
        for event in held:
            if isinstance(event, events.Key):
                await self._on_key(event)
            else:
                self._insert_paste(event)

    def _holds(self, event: events.Key | events.Paste) -> bool:
        """Whether the event must wait for older ones; it is kept then."""
        if self._held is None or any(event is one for one in self._ahead):
            return False
        self._held.append(event)
        event.stop()
        event.prevent_default()
        return True

    async def _on_key(self, event: events.Key) -> None:
        self.seen_key = event  # those above can tell it from one that never came here
        if self._holds(event):
            return
        if not await self._do_bound(event):
            await super()._on_key(event)
        typed = event.character or ""
        if self.task_of_edit.purpose != "source" or not typed.isprintable():
            if event.key == "backspace" and self.has_popup:
                self.post_message(self.CompletionWished(is_asked=False))
            return
        if typed.isidentifier() or typed == "." or typed.isdigit():
            self.post_message(self.CompletionWished(is_asked=False))
        elif self.has_popup:
            self.post_message(self.PopupClosed())

"""The brief as a form: field after field, industries found while one types, mistakes in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from tui_tutor.core.errors import TutorError
from tui_tutor.core.prose.lines import Role, Span, wrap
from tui_tutor.core.safe_text import safe_line, safe_text
from tui_tutor.core.studio_desk import BriefForm, DeskState
from tui_tutor.tui import glyphs
from tui_tutor.tui.screens.studio_screen import StudioScreen
from tui_tutor.tui.studio_form import (
    FIELD,
    Field,
    choices_of,
    field_named,
    form_of,
    next_choice,
    shown_fields,
    values_of,
)
from tui_tutor.tui.studio_wishes import StudioWished
from tui_tutor.tui.studio_words import label_rows, sentence_of, short_place
from tui_tutor.tui.studio_working import DeskThread, Stopped
from tui_tutor.tui.widgets.editor import Editor
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.form_editor import FormEditor
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, TEXT_COLUMN, Row, Spans, said, text_width

BEGIN: Final = "begin"
KEEP_S: Final = 1.0  # between two looks at what was typed
MOST_MATCHES: Final = 3
_MATCH: Final = "industry "
_SOON_S: Final = 0.15  # after the last letter, industries are looked for


class FormPage(Page):
    """A page with an editor over one of its rows; `placed` is called when that row may have moved."""

    DEFAULT_CSS = """
    FormPage { layers: base over; }
    FormPage FormEditor { layer: over; position: absolute; }
    """

    class Shifted(Page.Moved):
        """The view was scrolled."""

    def scroll_rows(self, count: int) -> None:
        super().scroll_rows(count)
        self.post_message(self.Shifted(self, self.chosen))


class StudioBriefScreen(StudioScreen):
    """What was typed stays whatever is refused; F5 keeps the brief and goes on to the outline."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "run", "Keep the brief and go on", show=False),
        Binding("tab", "field(1)", "Next field", show=False),
        Binding("shift+tab", "field(-1)", "Previous field", show=False),
        Binding("right,l", "change(1)", "Next value", show=False),
        Binding("left,h", "change(-1)", "Previous value", show=False),
        Binding("ctrl+c", "stop_or_copy", show=False),
        Binding("escape", "app.quit", "Quit", show=False),
    ]

    def __init__(self, desk: DeskThread, state: DeskState) -> None:
        super().__init__(desk, state)
        self.page = FormPage(self.build)
        self._values = values_of(state.form or BriefForm())
        self._kept = form_of(self._values)
        self._mistake = ""
        self._matches: Sequence[tuple[str, str]] = ()
        self._titles: dict[str, str] = {}  # of industries that were found, by code
        self._editor: FormEditor | None = None
        self._rows = 1
        self._seen = ("", "")  # (field, its text) when the editor last told of a change
        self._is_keeping = False

    def compose(self) -> ComposeResult:
        yield from super().compose()

    def on_mount(self) -> None:
        super().on_mount()
        self._editor = FormEditor(self.app.theme, self.action_field)
        self._editor.moved = self._grow
        self.page.mount(self._editor)
        self.call_after_refresh(self._enter)
        self.set_interval(KEEP_S, self._keep_half)
        if self.state.form is not None:
            self.say("What you typed here before is back.")

    def on_resize(self) -> None:
        self.call_after_refresh(self._lay)

    def what_would_be_lost(self) -> str:
        """The brief, once something was typed."""
        return "The brief" if self._values != values_of(BriefForm()) else ""

    # --- what is shown ------------------------------------------------------------------------------

    def build(self, width: int, chosen: str) -> Sheetful:
        place = safe_line(self.state.folder)
        room = text_width(width)
        head = [
            Row(text=said("Studio  a new course", "title"), start=1, right=said(short_place(place), "muted")),
            Row(said("here", "muted"), said(self._meaning(chosen))),
            RULE,
        ]
        if self._mistake:
            head += label_rows(said(f"{glyphs.FAILED} not yet", "alarm"), self._mistake, room, "bright")
        blocks = [
            block for field in shown_fields(self._values) for block in self._blocks(field, chosen, room)
        ]
        return Sheetful((*head, BLANK), (*blocks, self._end_block(chosen)))

    def _meaning(self, chosen: str) -> str:
        """What the chosen field is for."""
        field = FIELD.get("industry" if chosen.startswith(_MATCH) else chosen)
        return field.meaning if field is not None else "Nothing is asked or spent yet: an outline comes next."

    def _blocks(self, field: Field, chosen: str, room: int) -> Iterator[Block]:
        is_chosen = field.name == chosen
        label = said(field.label, "accent-bold" if is_chosen else "muted")
        if field.kind == "choice":
            rows: list[Row] = [Row(label, self._choice(field, is_chosen=is_chosen))]
        elif is_chosen:
            rows = [Row(label), *(BLANK for _ in range(self._rows - 1))]
        else:
            rows = [
                Row(label if n == 0 else (), line, self._beside(field) if n == 0 else ())
                for n, line in enumerate(self._lines(field, room))
            ]
        yield Block(tuple(rows), field.name)
        if field.name == "industry" and (is_chosen or chosen.startswith(_MATCH)):
            yield from self._match_blocks(chosen)

    def _lines(self, field: Field, room: int) -> Iterator[Spans]:
        for line in safe_text(self._values[field.name]).split("\n"):
            yield from wrap(said(line), room)

    def _beside(self, field: Field) -> Spans:
        title = self._titles.get(self._values["industry"].strip(), "") if field.name == "industry" else ""
        return said(title, "muted")

    def _choice(self, field: Field, *, is_chosen: bool) -> Spans:
        spans: list[Span] = []
        for value, word in choices_of(field, self._values):
            is_taken = value == self._values[field.name]
            spans.append(Span(f"{glyphs.HERE} " if is_taken else "  ", "accent"))
            role: Role = "title" if is_taken and is_chosen else "bright" if is_taken else "muted"
            spans.append(Span(f"{word}  ", role))
        return tuple(spans)

    def _match_blocks(self, chosen: str) -> Iterator[Block]:
        for code, title in self._matches:
            key = f"{_MATCH}{code}"
            words = (Span(f"{code}  ", "muted"), Span(title, "title" if key == chosen else "text"))
            yield Block((Row(text=words),), key, is_raised=True)

    def _end_block(self, chosen: str) -> Block:
        is_chosen = chosen == BEGIN
        label = said("go on", "accent-bold" if is_chosen else "muted")
        words = "Keep this brief" if is_chosen else "F5 keeps this brief"
        return Block((Row(label, said(words, "title" if is_chosen else "muted")),), BEGIN)

    def states(self) -> tuple[str, ...]:
        return ("keeping the brief",) if self._is_keeping else ("nothing is spent yet",)

    def footer_keys(self) -> Keys:
        field = FIELD.get(self.page.chosen)
        keys: list[tuple[str, str]] = [("F5", "go on"), ("Tab", "next field")]
        if field is not None and field.kind == "choice":
            keys.append(("← →", "change"))
        if self.page.chosen.startswith(_MATCH):
            keys.append(("Enter", "take it"))
        return (*keys, ("F1", "help"), ("Ctrl+Q", "quit"))

    # --- going from field to field --------------------------------------------------------------------

    def on_page_moved(self, message: Page.Moved) -> None:
        if isinstance(message, FormPage.Shifted):
            self._lay()
        elif self._editor is not None and self._editor.task_of_edit.cell_id != message.key:
            self._enter()

    def _take_text(self) -> None:
        """What stands in the editor is its field's value: now, for news of changes come later."""
        if self._editor is not None and self._editor.is_writing:
            self._values[self._editor.task_of_edit.cell_id] = self._editor.text

    def _enter(self) -> None:
        """The editor goes to the chosen field, or steps aside for a choice."""
        assert self._editor is not None
        self._take_text()
        field = FIELD.get(self.page.chosen)
        if field is None or field.kind == "choice":
            self._editor.take("", "")
        else:
            text = self._values[field.name]
            self._editor.take(field.name, text, is_single_line=field.kind == "line")
            self._rows = max(1, self._editor.rows)
        self._seen = (self._editor.task_of_edit.cell_id, self._editor.text)
        self.page.rebuild()
        self._lay()
        self.set_focus(self._editor)
        if not self._editor.is_writing:
            self.page.show_cursor()
        self.show_footer()

    def _lay(self) -> None:
        """Put the editor over its row; out of sight, not hidden, for a hidden one loses the keys."""
        editor = self._editor
        if editor is None or not self.page.size.width:
            return
        name = editor.task_of_edit.cell_id
        y = self.page.row_of(name) if name else -1
        editor.styles.width = max(10, self.page.size.width - TEXT_COLUMN)
        editor.styles.height = self._rows
        editor.styles.offset = (TEXT_COLUMN - 1, y if y >= 0 else -1 - self._rows)

    def _grow(self) -> None:
        """As many rows as are typed."""
        editor = self._editor
        if editor is not None and editor.task_of_edit.cell_id and editor.rows != self._rows:
            self._rows = max(1, editor.rows)
            self.page.rebuild()
            self._lay()

    @on(TextArea.Changed)
    def _typed(self) -> None:
        """The author wrote: what was refused may hold now, and industries are looked for."""
        editor = self._editor
        if editor is None or self._seen == (editor.task_of_edit.cell_id, editor.text):
            return
        self._seen = (editor.task_of_edit.cell_id, editor.text)
        self._take_text()
        self.footer.say("")
        self._mistake = ""
        self._grow()
        if self._seen[0] == "industry":
            self._find(editor.text)
        self.page.rebuild()
        self._lay()

    @work(exclusive=True, group="industries")
    async def _find(self, text: str) -> None:
        """Industries that it may mean, a moment after the last letter."""
        import asyncio

        await asyncio.sleep(_SOON_S)
        found = await self.desk.do(lambda desk: desk.industries(text)).value()
        self._matches = [(safe_line(code), safe_line(title)) for code, title in found[:MOST_MATCHES]]
        self._titles |= dict(self._matches)
        self.page.rebuild()
        self._lay()

    @on(Editor.Left)
    async def _left(self) -> None:
        await self.app.run_action("quit")

    def action_field(self, count: int) -> None:
        before = self.page.chosen
        self.page.step(count)
        if self.page.chosen != before:
            self._enter()

    def action_step(self, count: int) -> None:
        self.action_field(count)

    def action_first(self) -> None:
        self.action_field(-len(self.page.keys))

    def action_last(self) -> None:
        self.action_field(len(self.page.keys))

    def action_change(self, count: int) -> None:
        field = FIELD.get(self.page.chosen)
        if field is None or field.kind != "choice":
            return
        self._values[field.name] = next_choice(field, self._values, count)
        if field.name == "level" and self._values["level"] in self._values["levels"].split():
            self._values["levels"] = ""
        self.redraw()

    def on_page_taken(self, message: Page.Taken) -> None:
        if message.key == BEGIN:
            self.action_run()
        elif message.key.startswith(_MATCH):
            self._values["industry"] = message.key.removeprefix(_MATCH)
            self.page.choose("language")
            self._enter()
        elif (field := FIELD.get(message.key)) is not None and field.kind == "choice":
            self.action_change(1)

    def action_stop_or_copy(self) -> None:
        if self._editor is not None and self._editor.selected_text:
            self._editor.action_copy()
        else:
            self.say("Ctrl+Q quits.")

    def _keep_half(self) -> None:
        """Keep what is typed, should the terminal be lost."""
        self._take_text()
        form = form_of(self._values)
        if not self._is_keeping and form != self._kept:
            self._kept = form
            self._keep_form(form)

    @work(exclusive=True, group="half")
    async def _keep_form(self, form: BriefForm) -> None:
        """Where that cannot be, nothing else is the worse for it."""
        with suppress(TutorError, Stopped):
            await self.desk.do(lambda desk: desk.keep_form(form)).value()

    # --- keeping it -----------------------------------------------------------------------------------

    def action_run(self) -> None:
        if not self._is_keeping:
            self._take_text()
            self._is_keeping, self._mistake = True, ""
            self.redraw()
            self._keep(form_of(self._values))

    @work(exclusive=True, group="keeping")
    async def _keep(self, form: BriefForm) -> None:
        try:
            await self.desk.do(lambda desk: desk.begin(form)).value()
        except TutorError as error:
            self._refuse(sentence_of(error))
        except Stopped:
            return
        else:
            self.post_message(StudioWished())
        finally:
            self._is_keeping = False

    def _refuse(self, sentence: str) -> None:
        """Say it, and go to the field that it names."""
        self._is_keeping, self._mistake = False, sentence
        self.redraw()
        if name := field_named(sentence, self._values):
            self.page.choose(name)
        self._enter()

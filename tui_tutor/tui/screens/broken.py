"""What is wrong with a course or lesson, every mistake with its place and its cure."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui_tutor.core.diagnostic import Diagnostic, errors_in
from tui_tutor.core.ports import CourseEntry
from tui_tutor.core.prose.lines import Span
from tui_tutor.core.safe_text import safe_line
from tui_tutor.tui import glyphs
from tui_tutor.tui.catalogue import Catalogue
from tui_tutor.tui.screens.diagnostic_rows import diagnostic_rows
from tui_tutor.tui.screens.paged import PagedScreen
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, Row, Spans, said
from tui_tutor.tui.wishes import OutlineWished
from tui_tutor.tui.words import counted

MOST_SHOWN = 200


class BrokenScreen(PagedScreen):
    """`lesson_id` "" stands for the course itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("c", "copy", "Copy the report", show=False),
        Binding("r", "read", "Read it again", show=False),
        Binding("l", "lessons", "Lessons that can be opened", show=False),
    ]

    def __init__(self, entry: CourseEntry, catalogue: Catalogue, lesson_id: str = "") -> None:
        super().__init__()
        self._entry = entry
        self._catalogue = catalogue
        self._lesson_id = lesson_id
        self._diagnostics = self._find()

    def _find(self) -> tuple[Diagnostic, ...]:
        if not self._lesson_id:
            return self._entry.diagnostics
        file = self._catalogue.read_lesson(self._entry.ref, self._lesson_id)
        return file.diagnostics if file else self._entry.diagnostics

    def build(self, width: int, chosen: str) -> Sheetful:
        title = (Span(safe_line(self._entry.title), "title"), Span("  "), *self._verdict())
        head = Row(text=title, start=1, right=said(safe_line(self._entry.path), "muted"))
        blocks = []
        for number, diagnostic in enumerate(self._diagnostics[:MOST_SHOWN]):
            blocks.append(Block(diagnostic_rows(diagnostic, width), f"d{number}"))
            blocks.append(Block((BLANK,)))
        if len(self._diagnostics) > MOST_SHOWN:
            blocks.append(Block((Row(text=said(f"… {len(self._diagnostics)} in all", "muted")), BLANK)))
        return Sheetful((head, self._second_row(), RULE, BLANK), (*blocks, Block(_advice())))

    def _verdict(self) -> Spans:
        errors = len(errors_in(self._diagnostics))
        warnings = len(self._diagnostics) - errors
        if not self._diagnostics:
            return (Span(f"{glyphs.DONE} mended", "accent"),)
        shown = (Span(f"{glyphs.FAILED} {counted(errors, 'error')}", "alarm-bold"),) if errors else ()
        return (
            *shown,
            Span(f"{', ' if errors else ''}{counted(warnings, 'warning')}" if warnings else "", "muted"),
        )

    def _second_row(self) -> Row:
        if not self._lesson_id or self._entry.course is None:
            words = "cannot be opened yet" if self._diagnostics else "can be opened"
            return Row(said("course", "muted"), said(words))
        lessons = self._entry.course.lessons
        number = lessons.index(self._lesson_id) + 1 if self._lesson_id in lessons else 0
        others = "; the others can" if len(lessons) > 1 else ""
        words = f"cannot be opened yet{others}" if self._diagnostics else "can be opened"
        return Row(said(f"lesson {number}", "muted"), said(words))

    def states(self) -> tuple[str, ...]:
        return ("checked just now",)

    def footer_keys(self) -> Keys:
        lessons = (("l", "lessons"),) if self._entry.course else ()
        return (("c", "copy"), ("r", "read again"), *lessons, ("?", "help"), ("Esc", "back"))

    def action_back(self) -> None:
        self.app.pop_screen()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(
            "\n\n".join(diagnostic.as_text() for diagnostic in self._diagnostics) + "\n"
        )
        self.footer.say("The report is copied, if this terminal allows it.")

    def action_read(self) -> None:
        self._catalogue.forget()
        self._entry = self._catalogue.entry(self._entry.ref) or self._entry
        self._diagnostics = self._find()
        self.redraw()
        self.footer.say("Read again.")

    def action_lessons(self) -> None:
        if self._entry.course:
            self.app.pop_screen()
            self.app.post_message(OutlineWished(self._entry.ref))


def _advice() -> tuple[Row, ...]:
    return (
        Row(
            said("author", "muted"), said("Mend a file and save it, then press r to read it again.", "muted")
        ),
        Row(
            said("learner", "muted"),
            said("Your work is safe. Press c to copy this report for the author.", "muted"),
        ),
    )

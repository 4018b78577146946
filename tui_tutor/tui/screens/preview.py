"""A lesson under its author's hands: it follows what is saved, and `check` speaks in a pane below."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from tui_tutor.core.diagnostic import Diagnostic
from tui_tutor.core.ports import PreviewedCourse
from tui_tutor.core.study import Study
from tui_tutor.core.wording.previewing import outdated, reloaded
from tui_tutor.session.course_session import CourseSession
from tui_tutor.session.retelling import retell
from tui_tutor.session.revising import Edition, take_edition
from tui_tutor.tui import glyphs
from tui_tutor.tui.screens.lesson import WIDE, LessonScreen
from tui_tutor.tui.screens.lesson_keys import footer_keys
from tui_tutor.tui.widgets.diagnostics_pane import DiagnosticsPane
from tui_tutor.tui.widgets.divider import Divider
from tui_tutor.tui.widgets.page import Page
from tui_tutor.tui.widgets.row import Row, said
from tui_tutor.tui.wishes import LessonWished

MOST_KEYS_BESIDE: Final = 4


class PreviewScreen(LessonScreen):
    """`previewed` is the course that `session` has open, as one that changes."""

    DEFAULT_CSS = """
    PreviewScreen { layout: vertical; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "diagnostics", "What check says: show, hide", show=False),
        Binding("f4", "mistake(1)", "Next mistake", show=False),
        Binding("shift+f4", "mistake(-1)", "Previous mistake", show=False),
    ]

    def __init__(
        self, ref: str, study: Study, session: CourseSession, previewed: PreviewedCourse, *, cell_id: str = ""
    ) -> None:
        super().__init__(ref, study, session, cell_id=cell_id)
        self._previewed = previewed
        self._pane = DiagnosticsPane()
        self._shown_edition = previewed.edition
        self._is_code_changed = False
        self._is_taking = False

    def compose(self) -> ComposeResult:
        self.set_class(self.app.size.width >= WIDE, "-wide")
        with Horizontal():
            yield self._frame.aside
            yield Divider()
            yield self.page
        yield self._pane
        yield self._frame.footer

    def on_mount(self) -> None:
        self._show_diagnostics()

    def on_resize(self) -> None:
        self._show_diagnostics()

    # --- following the author -----------------------------------------------------------------------

    def course_saved(self) -> None:
        """There is a new edition, or the folder can be read no more."""
        self._is_code_changed = self._is_code_changed or self._previewed.is_code_changed
        self._frame.course_changed()
        self._show_diagnostics()
        self.draw()
        if self._previewed.problem:
            self.say(self._previewed.problem)
        if not self._is_taking:
            self.run_worker(self._take_editions(), group="preview")

    async def _take_editions(self) -> None:
        """The newest edition, and those that are saved while it is taken in."""
        self._is_taking = True
        try:
            while self._shown_edition != self._previewed.edition:
                self._shown_edition = self._previewed.edition
                await self._take_edition()
        finally:
            self._is_taking = False
        retell(self.performer)  # another level may have been chosen meanwhile

    async def _take_edition(self) -> None:
        previewed, lesson_id = self._previewed, self.study.lesson.id
        if lesson_id not in previewed.course.lessons:
            self._leave_for_another_lesson()
            return
        lesson = previewed.lesson(lesson_id).lesson
        if lesson is None or not lesson.cells:
            self.say("This lesson has no cells now; this is its last form.")
            return
        number = previewed.course.lessons.index(lesson_id) + 1
        edition = Edition(previewed.course, lesson, number, previewed.lock(), self._is_code_changed)
        self._is_code_changed = False
        self._desk.keep()
        if self.study.running:
            self.say(f"Saved. {self.what_runs()} runs; the page follows. F9 stops it.")
        revision = await take_edition(self.performer, edition)
        if self._shown_edition == previewed.edition:
            found = [item.diagnostic for item in previewed.diagnostics] if previewed.is_checked else None
            self.say(previewed.problem or reloaded(found, revision))
        self.draw()

    def _leave_for_another_lesson(self) -> None:
        lessons = self._previewed.course.lessons
        place = min(self.study.number, len(lessons)) - 1
        self.post_message(LessonWished(self._ref, lessons[place]))

    # --- drawing ------------------------------------------------------------------------------------

    def draw(self) -> None:
        super().draw()
        header = self.page.header
        if header and self._previewed.is_outdated(self.study.lesson.id):
            words = outdated(self._previewed.saved_diagnostics(self.study.lesson.id))
            banner = Row(said(f"{glyphs.WARNING} older", "title"), said(words, "bright"))
            self.page.header = (*header[:-1], banner, header[-1])
        self.draw_footer()
        self.page.refresh_lines()

    def draw_footer(self) -> None:
        super().draw_footer()
        if self._previewed.diagnostics and self._desk.editor is None:
            keys = footer_keys(self.study, self.cell, None, self.page.ui_of(self.cell.id))
            own = [key for key in keys if key[0] not in ("?", "Ctrl+P")]
            beside = (*own[:MOST_KEYS_BESIDE], ("F4", "mistakes"), ("d", "pane"), ("?", "help"))
            self._frame.footer.show(self._frame.states(None, self.size.width), beside)

    # --- diagnostics --------------------------------------------------------------------------------

    def _show_diagnostics(self) -> None:
        previewed, rows = self._previewed, self.app.size.height
        self._pane.show(previewed.diagnostics, previewed.edition, rows, is_checked=previewed.is_checked)

    def action_diagnostics(self) -> None:
        self._pane.toggle(self.app.size.height)
        if not self._previewed.diagnostics:
            self.say("No mistakes were found.")

    def action_mistake(self, count: int) -> None:
        item = self._pane.step_round(count)
        if item is None:
            self.say("No mistakes were found.")
        else:
            self._go_to(item.diagnostic)

    @on(Page.Taken)
    def _take_diagnostic(self, message: Page.Taken) -> None:
        if message.page is self._pane:
            message.stop()
            self._go_to(self._pane.diagnostic(message.key).diagnostic)

    def _go_to(self, diagnostic: Diagnostic) -> None:
        """To the cell that it is about; a cell that is not in the shown form cannot be gone to."""
        lesson, cell = self._previewed.cell_at(diagnostic)
        if lesson and lesson != self.study.lesson.id and lesson in self._previewed.course.lessons:
            self.post_message(LessonWished(self._ref, lesson, cell))
        elif cell and self.study.lesson.cell_by_id(cell) is not None:
            self._moves.jump(cell)
        else:
            self.say(f"{diagnostic.span.file}, line {diagnostic.span.line}")

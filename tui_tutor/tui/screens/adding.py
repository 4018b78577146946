"""Adding a course to the library: a line for where it is, then how far it is, then done or why not."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Added, CourseAdder, CourseChoice, Progress
from tui_tutor.core.prose.lines import Span, wrap
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.wording.labels import duration
from tui_tutor.tui import glyphs
from tui_tutor.tui.screens.finding import FindingSheet
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, Row, said, text_width

BAR_CELLS = 40
WAYS = (
    "a folder with a course.toml, or an archive: ~/courses/vae.zip",
    "an address: https://host/vae.zip, or of a git repository",
    "a list of courses, as instructors keep: https://host/courses.toml",
)


class Stopped(Exception):
    """The learner closed the sheet while a course was fetched."""


class AddSheet(FindingSheet[Added]):
    """The result is what was installed."""

    TITLE_WORDS: ClassVar[str] = "Add a course"
    PLACEHOLDER: ClassVar[str] = "path or address"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close", show=False, priority=True)]

    def __init__(self, adder: CourseAdder) -> None:
        self._adder = adder
        self._progress: Progress | None = None
        self._failure = ""
        self._choice: CourseChoice | None = None
        self._is_stopped = False
        super().__init__()

    @property
    def _is_running(self) -> bool:
        return self._progress is not None

    def footer_keys(self) -> Keys:
        if self._is_running:
            return (("Esc", "stop"),)
        if self._choice is not None:
            return (("↓ ↑", "choose"), ("Enter", "install it"), ("Esc", "close"))
        return (("Enter", "install it"), ("Esc", "close"))

    # --- what is shown ------------------------------------------------------------------------------

    def found(self, width: int, chosen: str) -> Sheetful:
        if self._progress is not None:
            return Sheetful((BLANK,), (Block(self._progress_rows(self._progress)),))
        if self._failure:
            return Sheetful((BLANK,), (Block(self._failure_rows(width)),))
        if self._choice is not None:
            return self._choice_rows(self._choice, chosen)
        labels = ("it may be", "", "")
        ways = tuple(
            Row(said(label, "muted"), said(way, "muted")) for label, way in zip(labels, WAYS, strict=True)
        )
        return Sheetful((BLANK,), (Block(ways),))

    def _progress_rows(self, progress: Progress) -> tuple[Row, ...]:
        what = Row(text=said(f"{safe_line(progress.what)} …"))
        if progress.fraction is None:
            return (what,)
        done = round(progress.fraction * BAR_CELLS)
        bar = (Span(glyphs.STEP_DONE * done, "accent"), Span(glyphs.STEP_LEFT * (BAR_CELLS - done), "muted"))
        left = f"  {duration(progress.seconds_left)} left" if progress.seconds_left is not None else ""
        return (what, Row(text=bar, right=said(f"{progress.fraction * 100:.0f} %{left}", "muted")))

    def _failure_rows(self, width: int) -> tuple[Row, ...]:
        mark = said(f"{glyphs.FAILED} failed", "alarm")
        lines = wrap((Span(self._failure, "bright"),), text_width(width))
        return tuple(Row(mark if number == 0 else (), spans) for number, spans in enumerate(lines))

    def _choice_rows(self, choice: CourseChoice, chosen: str) -> Sheetful:
        head = Row(said("which one", "muted"), said(safe_line(choice.place), "muted"))
        blocks = []
        for course_id, version, title in choice.courses:
            label = said(safe_line(course_id)[:9], "accent-bold" if course_id == chosen else "muted")
            row = Row(label, said(safe_line(title)), said(safe_line(version), "muted"))
            blocks.append(Block((row,), course_id, is_raised=True))
        return Sheetful((BLANK, head, BLANK), tuple(blocks))

    # --- what is done -------------------------------------------------------------------------------

    @on(Input.Changed)
    def _forget(self) -> None:
        """What was said before does not hold for another line."""
        self._failure, self._choice = "", None
        self.redraw()

    def action_take(self) -> None:
        if self._is_running:
            return
        if self._choice is not None:
            self.page.take()
        elif self.typed.strip():
            self._start(self.typed)

    def on_page_taken(self, message: Page.Taken) -> None:
        if self._choice is not None and not self._is_running:
            self._start(f"{self._choice.place}#{message.key}")

    def action_close(self) -> None:
        if self._is_running:
            self._is_stopped = True
        else:
            self.dismiss(None)

    def on_unmount(self) -> None:
        self._is_stopped = True

    def _start(self, source: str) -> None:
        self._is_stopped, self._failure = False, ""
        self._show(Progress("Looking"))
        self._install(source)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _install(self, source: str) -> None:
        try:
            done = self._adder.add(source, report=self._report)
        except TutorError as error:
            self.app.call_from_thread(self._fail, f"{error.message} {error.help}".strip())
        except Stopped:
            self.app.call_from_thread(self._fail, "Stopped. Nothing was changed.")
        else:
            self.app.call_from_thread(self._finish, done)

    def _report(self, progress: Progress) -> None:
        if self._is_stopped:
            raise Stopped
        self.app.call_from_thread(self._show, progress)

    def _show(self, progress: Progress | None) -> None:
        self._progress = progress
        self.redraw()

    def _fail(self, sentence: str) -> None:
        self._failure = safe_line(sentence)
        self._show(None)

    def _finish(self, done: Added | CourseChoice) -> None:
        if isinstance(done, Added):
            self.dismiss(done)
            return
        self._choice = done
        self._show(None)
        self.page.step(-len(self.page.keys))

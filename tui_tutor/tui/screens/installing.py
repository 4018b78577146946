"""Installing what a course needs: what, how large, where; one key starts it, a bar shows how far it is."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import OpenCourse, Progress
from tui_tutor.core.prose.lines import Span, wrap
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.wording.labels import duration
from tui_tutor.tui import glyphs
from tui_tutor.tui.screens.sheet import Sheet
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Sheetful
from tui_tutor.tui.widgets.row import BLANK, Row, said, text_width

BAR_CELLS = 40


class InstallSheet(Sheet[bool]):
    """The result is True when everything is installed."""

    TITLE_WORDS: ClassVar[str] = "Install what this course needs?"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i,enter", "start", "Install", show=False),
        Binding("escape", "leave", "Leave", show=False),
    ]

    def __init__(self, course: OpenCourse) -> None:
        self._course = course
        self._need = course.packages()
        self._progress: Progress | None = None
        self._failure = ""
        self._is_running = False
        super().__init__()

    def content(self, width: int, chosen: str) -> Sheetful:
        del chosen
        size = f"about {self._need.size_mb:.0f} MB to download" if self._need.size_mb else "size not known"
        rows = [
            Row(said("needs", "muted"), said(safe_line(", ".join(self._need.missing))), said(size, "muted")),
            *_wrapped("from", self._need.index, width),
            Row(said("into", "muted"), said(safe_line(self._need.environment))),
            Row(said("", "muted"), said("Nothing else on this machine is changed.", "muted")),
            BLANK,
            *self._state_rows(width),
        ]
        return Sheetful(blocks=(Block(tuple(rows)),))

    def _state_rows(self, width: int) -> list[Row]:
        if self._failure:
            wrapped = wrap((Span(self._failure, "bright"),), text_width(width))
            mark = said(f"{glyphs.FAILED} failed", "alarm")
            return [Row(mark if n == 0 else (), spans) for n, spans in enumerate(wrapped)]
        if self._progress is None:
            return [Row(text=said("i installs it; Esc reads on with recorded outputs."))]
        progress = self._progress
        done = round((progress.fraction or 0) * BAR_CELLS)
        bar = (Span(glyphs.STEP_DONE * done, "accent"), Span(glyphs.STEP_LEFT * (BAR_CELLS - done), "muted"))
        percent = f"{progress.fraction * 100:.0f} %" if progress.fraction is not None else ""
        left = f"{duration(progress.seconds_left)} left" if progress.seconds_left is not None else ""
        facts = "  ".join(part for part in (percent, left) if part)
        return [Row(text=said(safe_line(progress.what))), Row(text=bar, right=said(facts, "muted"))]

    def footer_keys(self) -> Keys:
        return (("i", "install"), ("Esc", "not now"))

    def action_start(self) -> None:
        if not self._is_running:
            self._is_running = True
            self._install()

    @work(exclusive=True, group="installing")
    async def _install(self) -> None:
        self._failure = ""
        try:
            async for progress in self._course.set_up():
                self._progress = progress
                self.redraw()
        except TutorError as error:
            self._failure = f"{safe_line(error.message)} {safe_line(error.help)}".strip()
            self._progress = None
            self._is_running = False
            self.redraw()
        else:
            self.dismiss(True)

    def action_leave(self) -> None:
        """Leaving stops the installation; what was there before stays as it was."""
        self.workers.cancel_group(self, "installing")
        self.dismiss(False)


def _wrapped(label: str, words: str, width: int) -> list[Row]:
    rows = wrap(said(safe_line(words)), text_width(width)) if words else ()
    return [Row(said(label if number == 0 else "", "muted"), spans) for number, spans in enumerate(rows)]

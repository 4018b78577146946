"""When a change of the study is drawn: at once, or a moment later if it says nothing yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual.timer import Timer

from tui_tutor.core.study import Study
from tui_tutor.tui.screens.lesson_face import LessonFace

SHOW_BEGUN_AFTER_S: Final = 0.03
TICK_S: Final = 1.0


class Pacing:
    """Calls `show` for changes; while a cell runs, the page counts its seconds."""

    def __init__(self, face: LessonFace, show: Callable[[], None]) -> None:
        self._face = face
        self._show = show
        self._beginning: Timer | None = None
        self._ticker: Timer | None = None

    def change(self, study: Study) -> None:
        """Show it at once, but that a run has begun only if it has said nothing for a moment."""
        if has_only_begun(self._face.page.study, study):
            if self._beginning is None:
                self._beginning = self._face.set_timer(SHOW_BEGUN_AFTER_S, self._show_now)
        else:
            self._show_now()

    def _show_now(self) -> None:
        if self._beginning is not None:
            self._beginning.stop()
            self._beginning = None
        self._show()
        self._tick()

    def _tick(self) -> None:
        is_running = bool(self._face.study.running)
        if is_running and self._ticker is None:
            self._ticker = self._face.set_interval(TICK_S, self._face.page.changed)
        elif not is_running and self._ticker is not None:
            self._ticker.stop()
            self._ticker = None


def has_only_begun(shown: Study, study: Study) -> bool:
    """Whether all that is new in a study is that a cell runs, which has said nothing yet."""
    running = study.running
    if not running or shown.running == running or study.notice is not shown.notice:
        return False
    now, before = study.state(running), shown.state(running)
    has_said_nothing = now.transcript.is_empty or now.transcript is before.transcript
    is_silent = has_said_nothing and now.prompt is None
    return is_silent and all(
        state is shown.cells[cell_id] for cell_id, state in study.cells.items() if cell_id != running
    )

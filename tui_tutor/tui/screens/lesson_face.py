"""What the parts of a lesson's screen may ask of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Protocol

from textual.app import App
from textual.timer import Timer

from tui_tutor.core.course import Cell
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import Event
from tui_tutor.session.course_session import CourseSession
from tui_tutor.session.performing import Performer
from tui_tutor.tui.widgets.lesson_page import LessonPage


class LessonFace(Protocol):
    """The lesson that is shown, how wishes about it are made, and what Textual offers any screen."""

    page: LessonPage
    session: CourseSession
    performer: Performer

    @property
    def study(self) -> Study: ...

    @property
    def cell(self) -> Cell:
        """The focused one."""

    def now(self) -> datetime: ...

    def what_runs(self) -> str:
        """Such as `In [7]`; "" when nothing runs."""

    def dispatch(self, event: Event) -> None: ...

    def ask(self, event: Event) -> None:
        """Dispatch a wish about the focused cell: what comes of it should be seen."""

    def read_notice(self) -> None:
        """What was said before is over."""

    def say(self, sentence: str) -> None:
        """Say something until the learner's next wish."""

    def unsay(self) -> None:
        """Forget what `say` said; the footer is not drawn for it."""

    def draw(self) -> None: ...

    def draw_footer(self) -> None: ...

    @property
    def app(self) -> App[object]: ...

    def set_timer(self, delay: float, callback: Callable[[], None]) -> Timer: ...

    def set_interval(self, interval: float, callback: Callable[[], None]) -> Timer: ...

    def call_after_refresh(self, callback: Callable[[], None]) -> object: ...

    def run_worker(self, work: Coroutine[Any, Any, None], *, group: str, exclusive: bool) -> object: ...

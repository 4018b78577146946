"""The full-screen face, plugged together. The guardian forks before Textual is imported."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui_tutor.core.ports import Added, CourseChoice, OpenCourse, Progress, Shelf
    from tui_tutor.session.course_session import Adapters, CourseSession
    from tui_tutor.store.sqlite import SqliteStore
    from tui_tutor.tui.app import TutorApp
    from tui_tutor.tui.screens.lesson import LessonScreen


def run_full_screen(
    *,
    start: tuple[str, str] | None,
    is_ascii: bool,
    trust_once: bool,
    is_kept: bool = True,
    told: tuple[str, str] = ("", ""),
) -> int:
    """Run the app until it ends; its exit code. `start` opens (course, lesson) at once, `told` at this
    level and in this language.

    Unless `is_kept` is false the session may outlive its terminal, as environment and settings have it.
    """
    notice = _guard_and_keep(is_kept=is_kept, is_ascii=is_ascii)
    # Importing makes many objects that live for ever; the app collects again after its first frame.
    gc.disable()
    from tui_tutor.cli.wiring import end_saving, make_adapters, make_shelf, make_store
    from tui_tutor.tui.terminal.running import run_app

    store = make_store()
    shelf = make_shelf()
    rooms = Rooms(make_adapters(store), trust_once=trust_once)
    try:
        opened = rooms.begin_early(shelf, *start, *told) if start else None
    except TutorError:
        store.close()
        raise

    def make_app() -> TutorApp:
        from tui_tutor.tui.app import TutorApp
        from tui_tutor.tui.terminal.graphics import is_capable

        app = TutorApp(
            shelf=shelf,
            store=store,
            clock=rooms.adapters.clock,
            open_lesson=rooms.open_lesson,
            at_end=rooms.close,
            start=start,
            notice=store.notice or notice,
            export_results=lambda course_id: export_results(course_id, shelf, store),
            has_colour="NO_COLOR" not in os.environ or not os.environ["NO_COLOR"],
            is_ascii=is_ascii or not speaks_utf8(),
            has_pictures=is_capable(os.environ),
            adder=CommandAdder(),
            news=lambda: (store.news(), store.backup_problem or store.notice),
        )
        if opened is not None and start is not None:
            app.catalogue.keep(start[0], opened)
        return app

    try:
        return run_app(make_app, cleanups=(store.close,), drawing=store.setting("drawing") or None)
    finally:
        end_saving(rooms.adapters)


def _guard_and_keep(*, is_kept: bool, is_ascii: bool) -> str:
    """Fork the guardian, and the host of a session that is to be kept; what the learner must know of it.

    Goes back to a running session instead if the learner wants that, and does not return then.
    """
    from tui_tutor.cli.keeping import keep_hours, offer_to_go_back
    from tui_tutor.cli.places import data_folder
    from tui_tutor.tui.terminal.guardian import guard

    data = data_folder()
    hours = keep_hours(data, is_refused=not is_kept)
    session = offer_to_go_back(data)
    if session is not None:
        from tui_tutor.cli.attach import go_back

        go_back(session, is_ascii=is_ascii)
    guard()
    if not hours:
        return ""
    from tui_tutor.tui.terminal import hosting

    if hosting.is_possible() and hosting.host(data, hours * 3600):
        return ""
    return "This session ends with its terminal: there is no folder to keep it in."


class CommandAdder:
    """`CourseAdder` as `tui-tutor install` does it; its modules are read when the first course is added."""

    def add(
        self, source: str, *, is_replacing: bool = False, report: Callable[[Progress], None]
    ) -> Added | CourseChoice:
        """Fetch, check and install."""
        from tui_tutor.cli.install import make_installer

        return make_installer().add(source, is_replacing=is_replacing, report=report)


def export_results(course_id: str, shelf: Shelf, store: SqliteStore) -> str:
    """Write a course's attempts as CSV beside the learner's data; where it lies. TutorError if it cannot."""
    from tui_tutor.cli.places import data_folder
    from tui_tutor.cli.results import as_csv, course_results
    from tui_tutor.core.ports import CourseEntry

    entries = {entry.course_id: entry for entry in shelf.entries()}
    entry = entries.get(course_id) or CourseEntry(course_id, course_id, course_id, "", None)
    folder = data_folder() / "results"
    path = folder / f"{course_id}.csv"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(as_csv([course_results(entry, store)]), encoding="utf-8")
    except OSError as error:
        raise TutorError(
            f"The results were not written: {error.strerror or error}.",
            help="They are still in your log; tui-tutor results --csv prints them.",
        ) from error
    return str(path)


def speaks_utf8() -> bool:
    """Whether the terminal is sent UTF-8."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return encoding in ("utf8", "utf8mb4")


class Rooms:
    """Course sessions by course: one kernel per open course; opening another course ends the first."""

    def __init__(self, adapters: Adapters, *, trust_once: bool) -> None:
        self.adapters = adapters
        self._trust_once = trust_once
        self._ref = ""
        self._session: CourseSession | None = None
        self._leaving: list[CourseSession] = []

    def begin_early(
        self, shelf: Shelf, ref: str, lesson_id: str, level: str = "", language: str = ""
    ) -> OpenCourse:
        """Open a course, and start the process its kernel is forked from while the interface is imported.

        Only where the course is trusted; what cannot be started is told when a cell runs. TutorError if
        there is no such course, lesson or level, or the lesson cannot be opened.
        """
        from tui_tutor.cli.learn import open_told
        from tui_tutor.kernels.jupyter import JupyterKernel
        from tui_tutor.session.opening import lesson_id_of, lesson_to_study

        opened = open_told(shelf, self.adapters.store, ref, level, language)
        if lesson_id:
            lesson_to_study(opened, lesson_id_of(opened.course, lesson_id))
        with suppress(TutorError):
            session = self._session_for(opened)
            if session.granted or opened.trust().answer == "trusted":
                kernel = session.kernel
                if isinstance(kernel, JupyterKernel):
                    kernel.prepare()
        return opened

    def open_lesson(self, opened: OpenCourse, lesson_id: str, cell_id: str = "") -> LessonScreen:
        """The screen of a lesson. TutorError if it cannot be opened."""
        from tui_tutor.session.opening import lesson_id_of, open_study
        from tui_tutor.tui.screens.lesson import LessonScreen
        from tui_tutor.tui.terminal.guardian import LINK

        session = self._session_for(opened)
        found = lesson_id_of(opened.course, lesson_id)
        LINK.tell(f"shows {safe_line(opened.course.title)[:60]}, {found}")
        study = open_study(
            opened, found, self.adapters.store, granted=session.granted, is_held=session.holds(found)
        )
        return LessonScreen(opened.entry.ref, study, session, cell_id=cell_id)

    def _session_for(self, opened: OpenCourse) -> CourseSession:
        from tui_tutor.session.course_session import CourseSession

        if self._session is None or self._ref != opened.entry.ref:
            if self._session is not None:
                self._leaving.append(self._session)
            self._session = CourseSession(opened, self.adapters)
            self._ref = opened.entry.ref
            if self._trust_once:
                self._session.granted = "once"
        return self._session

    async def close(self) -> None:
        """End every kernel and shell."""
        sessions = [*self._leaving, *([self._session] if self._session else [])]
        self._leaving, self._session = [], None
        for session in sessions:
            await session.close()

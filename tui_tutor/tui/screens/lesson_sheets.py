"""Sheets over a lesson: trust, installing what the course needs, the whole output of a cell."""

from __future__ import annotations

from typing import Final, Literal

from tui_tutor.core.study.events import TrustAnswered
from tui_tutor.core.wording.labels import plain_label
from tui_tutor.tui.screens.lesson_face import LessonFace

ANSWERS: Final[dict[str, Literal["always", "once"]]] = {"trust": "always", "once": "once"}

TEXTS: Final = ("text", "question", "task", "caption")  # of a cell, which are seen from the first moment


class LessonSheets:
    """Pushes sheets, waits for what the learner says on them, and passes it on."""

    def __init__(self, face: LessonFace) -> None:
        self._face = face

    def ask_trust(self) -> None:
        """Whether code of this course may run."""
        self._face.run_worker(self._ask_trust(), group="trust", exclusive=True)

    async def _ask_trust(self) -> None:
        from tui_tutor.tui.screens.trust import TrustSheet

        session = self._face.session
        sheet = TrustSheet(session.opened, session.adapters.confinement())
        choice = await self._face.app.push_screen_wait(sheet)
        session.network = sheet.allows_network
        self._face.dispatch(TrustAnswered(ANSWERS.get(str(choice), "no"), self._face.now()))

    def install(self) -> None:
        """What the course needs."""
        self._face.run_worker(self._install(), group="install", exclusive=True)

    async def _install(self) -> None:
        from tui_tutor.tui.screens.installing import InstallSheet

        face, opened = self._face, self._face.session.opened
        need = opened.packages()
        if need.python is not None and not need.missing:
            face.say("Nothing is missing: this course can run.")
            return
        done = await face.app.push_screen_wait(InstallSheet(opened))
        if done:
            await face.session.close()
            face.performer.prewarm()
            face.say("The packages are installed. F5 runs the cell.")

    def show_links(self) -> None:
        """Where the links of the focused cell lead."""
        self._face.run_worker(self._show_links(), group="reading", exclusive=True)

    async def _show_links(self) -> None:
        from tui_tutor.core.prose.links import links_in
        from tui_tutor.tui.screens.links import LinksSheet

        shown = (getattr(self._face.cell, name, "") for name in TEXTS)
        links = tuple(link for text in shown if text for link in links_in(text))
        if not links:
            self._face.say("This cell has no links.")
            return
        await self._face.app.push_screen_wait(LinksSheet(links, self._face.session.adapters.open_address))

    def show_output(self) -> None:
        """All that the focused cell printed."""
        self._face.run_worker(self._show_output(), group="reading", exclusive=True)

    async def _show_output(self) -> None:
        from tui_tutor.tui.screens.reading import ReadingSheet

        study, cell = self._face.study, self._face.cell
        state = study.state(cell.id)
        if state.transcript.is_empty:
            self._face.say("This cell has printed nothing.")
            return
        label = plain_label(cell, study.number_of(cell.id), state.count)
        await self._face.app.push_screen_wait(ReadingSheet.of_transcript(label, state.transcript))

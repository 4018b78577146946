"""The studio on a terminal: brief, outline, build, review, one page in the place of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.app import SuspendNotSupported
from textual.screen import Screen

from tui_tutor.core.errors import TutorError
from tui_tutor.core.studio_desk import DeskState, StudioDesk
from tui_tutor.tui.app import TutorApp
from tui_tutor.tui.screens.studio_screen import StudioPlace, StudioScreen
from tui_tutor.tui.studio_wishes import PlayWished, StudioPage, StudioWished
from tui_tutor.tui.studio_words import sentence_of
from tui_tutor.tui.studio_working import DeskThread
from tui_tutor.tui.theme import NO_COLOUR, THEME_WORDS

if TYPE_CHECKING:
    from tui_tutor.tui.screens.palette import Command

Play = Callable[[str], None]  # plays the course from a lesson on the terminal, and comes back


class StudioApp(TutorApp):
    """`state` is how far the course is at the start; everything after that is asked beside the screen."""

    TITLE = "TUI Tutor studio"

    def __init__(self, desk: StudioDesk, state: DeskState, play: Play, **fields: Any) -> None:
        self._desk_thread = DeskThread(desk)
        super().__init__(**fields, at_end=self._desk_thread.close)
        self._first = state
        self._play = play

    def get_default_screen(self) -> Screen[None]:
        """Nothing: the page that fits is laid over it."""
        return Screen()

    def on_mount(self) -> None:
        self.push_screen(self._page("", self._first))

    # --- pages --------------------------------------------------------------------------------------

    def _page(self, page: StudioPage, state: DeskState) -> StudioScreen:
        from tui_tutor.tui.screens.studio_brief import StudioBriefScreen
        from tui_tutor.tui.screens.studio_build import StudioBuildScreen
        from tui_tutor.tui.screens.studio_outline import StudioOutlineScreen
        from tui_tutor.tui.screens.studio_review import StudioReviewScreen

        if state.stage == "brief":
            return StudioBriefScreen(self._desk_thread, state)
        if page == "build":
            return StudioBuildScreen(self._desk_thread, state)
        if page == "review" or (page == "" and state.stage == "review"):
            return StudioReviewScreen(self._desk_thread, state)
        return StudioOutlineScreen(self._desk_thread, state)

    @on(StudioWished)
    @work(exclusive=True, group="pages")
    async def _show_page(self, wish: StudioWished) -> None:
        try:
            state = await self._desk_thread.do(lambda desk: desk.state()).value()
        except TutorError as error:
            self.say(sentence_of(error))
            return
        while not isinstance(self.screen, StudioScreen) and len(self.screen_stack) > 2:
            self.screen.dismiss(None)  # a sheet that was opened meanwhile
        await self.switch_screen(self._page(wish.page, state))
        if wish.sentence:
            self.call_after_refresh(self.say, wish.sentence)

    @on(PlayWished)
    def _show_player(self, wish: PlayWished) -> None:
        """Give the terminal to the player until it ends."""
        try:
            with self.suspend():
                self._play(wish.lesson)
        except SuspendNotSupported:
            self.say("tui-tutor preview DIR plays it.")
        except TutorError as error:
            self.say(sentence_of(error))
        self.refresh()

    # --- keys ---------------------------------------------------------------------------------------

    def action_help(self) -> None:
        from tui_tutor.tui.screens.studio_help import StudioHelpSheet

        if not isinstance(self.screen, StudioHelpSheet):
            self.push_screen(StudioHelpSheet())

    def _commands(self) -> Iterator[Command]:
        from tui_tutor.tui.screens.palette import Command

        for word in THEME_WORDS if self.theme != NO_COLOUR else ():
            yield Command(f"Theme: {word}", "", f"set_theme('{word}')")

    async def action_quit(self) -> None:
        """Quit; ask first when a build would end or words would be lost."""
        places = [screen for screen in self.screen_stack if isinstance(screen, StudioPlace)]
        lost = next(filter(None, (one.what_would_be_lost() for one in reversed(places))), "")
        if lost:
            self._ask_whether_to_quit(lost)
        else:
            self.exit(0)

    @work(exclusive=True, group="quitting")
    async def _ask_whether_to_quit(self, lost: str) -> None:
        from tui_tutor.tui.screens.studio_asking import QuestionSheet

        if isinstance(self.screen, QuestionSheet):
            return
        words = (
            f"{lost} is not finished. Enter quits all the same; Esc goes back.",
            "What the studio has asked and got is kept, and is not paid for twice.",
        )
        if await self.push_screen_wait(QuestionSheet("Quit?", words, "quit")):
            self.exit(0)

"""What the studio's pages share: the state of the course, read beside the screen, and mistakes said."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol, TypeVar, runtime_checkable

from textual import work
from textual.binding import Binding, BindingType

from tui_tutor.core.errors import TutorError
from tui_tutor.core.studio_desk import DeskState
from tui_tutor.tui.screens.paged import PagedScreen
from tui_tutor.tui.studio_words import sentence_of
from tui_tutor.tui.studio_working import DeskThread, Stopped, Work

Value = TypeVar("Value")


@runtime_checkable
class StudioPlace(Protocol):
    """What the app asks of a page of the studio."""

    def what_would_be_lost(self) -> str:
        """What quitting would end or forget, such as `The build`; "" for nothing."""
        ...


class StudioScreen(PagedScreen):
    """`state` is what the desk said last; `read` asks it again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "app.help", "Keys", show=False),
    ]

    def __init__(self, desk: DeskThread, state: DeskState) -> None:
        self.desk, self.state = desk, state
        super().__init__()

    def what_would_be_lost(self) -> str:
        """Nothing, on most pages."""
        return ""

    def on_screen_resume(self) -> None:
        if self.is_mounted and self.page.size:
            self.read()

    @work(exclusive=True, group="state")
    async def read(self) -> None:
        """Ask the desk how far the course is, and show that."""
        try:
            self.state = await self.desk.do(lambda desk: desk.state()).value()
        except TutorError as error:
            self.say(sentence_of(error))
            return
        self.taken()

    def taken(self) -> None:
        """There is a new state."""
        self.redraw()

    def say(self, sentence: str) -> None:
        """One sentence in the footer, until the next key."""
        self.footer.say(sentence)

    @work(group="asked")
    async def ask(
        self,
        wish: Work[Value],
        then: Callable[[Value], object] = lambda _: None,
        otherwise: Callable[[], object] = lambda: None,
    ) -> None:
        """Do something short at the desk; what it refuses is said in the footer."""
        try:
            value = await self.desk.do(wish).value()
        except TutorError as error:
            otherwise()
            self.say(sentence_of(error))
        except Stopped:
            return
        else:
            then(value)

"""The full-screen face: it shows screens, answers their wishes, and decides nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Clock, EventStore, OpenCourse, Shelf
from tui_tutor.tui.catalogue import Catalogue
from tui_tutor.tui.screens.library import LibraryScreen
from tui_tutor.tui.theme import DARK, NO_COLOUR, PALETTES, THEME_WORDS, no_colour_theme, textual_theme
from tui_tutor.tui.widgets.drawing import Look
from tui_tutor.tui.widgets.footer import Footer
from tui_tutor.tui.wishes import LessonWished, OutlineWished

LessonOpener = Callable[[OpenCourse, str], Screen[None]]  # (course, lesson id) -> the lesson's screen


class TutorApp(App[int]):
    """TUI Tutor on a terminal.

    `open_lesson` builds the screen of a lesson. `start` opens (ref, lesson id) at once, "" for the lesson to
    go on with. Without `has_colour` nothing but bold, underline and reverse is sent.
    """

    TITLE = "TUI Tutor"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = ""
    CSS = """
    Screen { background: $background; color: $foreground; overflow: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+p", "palette", "Find a command", show=False, priority=True),
        Binding("question_mark", "help", "Keys", show=False),
        Binding("q", "quit", "Quit", show=False),
    ]

    def __init__(
        self,
        *,
        shelf: Shelf,
        store: EventStore,
        clock: Clock,
        open_lesson: LessonOpener,
        start: tuple[str, str] | None = None,
        theme: str = "",
        has_colour: bool = True,
        is_ascii: bool = False,
    ) -> None:
        super().__init__(ansi_color=None if has_colour else True)
        self.animation_level = "none"
        self.catalogue = Catalogue(shelf, store)
        self.clock = clock
        self.store = store
        self._open_lesson = open_lesson
        self._start = start
        self._is_ascii = is_ascii
        for palette in PALETTES.values():
            self.register_theme(textual_theme(palette))
        self.register_theme(no_colour_theme())
        wished = THEME_WORDS.get(theme or store.setting("theme"), DARK.name)
        self.theme = wished if has_colour else NO_COLOUR

    @property
    def look(self) -> Look:
        """How everything is drawn now."""
        return Look(self.theme, self._is_ascii)

    def get_default_screen(self) -> Screen[None]:
        """The library is the screen under all others."""
        return LibraryScreen(self.catalogue, self.clock)

    def on_mount(self) -> None:
        if self._start is not None:
            self.show_lesson(*self._start)

    def say(self, sentence: str) -> None:
        """One sentence in the footer of the screen that is seen."""
        for footer in self.screen.query(Footer):
            footer.say(sentence)

    # --- wishes -------------------------------------------------------------------------------------

    def show_lesson(self, ref: str, lesson_id: str = "") -> None:
        """Open a lesson ("": the one to go on with) over the screen that is seen."""
        try:
            course = self.catalogue.open(ref)
            found = lesson_id or self._lesson_to_go_on_with(ref)
            if not found:
                self.post_message(OutlineWished(ref))
                return
            self.push_screen(self._open_lesson(course, found))
        except TutorError as error:
            self.say(f"{error.message} {error.help}".strip())

    def _lesson_to_go_on_with(self, ref: str) -> str:
        entry = self.catalogue.entry(ref)
        lesson = self.catalogue.state(entry).next if entry else None
        return lesson.lesson_id if lesson else ""

    @on(LessonWished)
    def _show_lesson(self, wish: LessonWished) -> None:
        self.show_lesson(wish.ref, wish.lesson_id)

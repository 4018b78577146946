"""The full-screen face: it shows screens, answers their wishes, and decides nothing else."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, runtime_checkable

from textual import on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Clock, CourseAdder, CourseEntry, EventStore, OpenCourse, Record, Shelf
from tui_tutor.core.wording.adding import added_words
from tui_tutor.tui.catalogue import Catalogue
from tui_tutor.tui.screens.library import LibraryScreen
from tui_tutor.tui.terminal.graphics import PictureCase, is_capable
from tui_tutor.tui.theme import (
    DARK,
    NO_COLOUR,
    PALETTES,
    THEME_WORDS,
    css_variables,
    no_colour_theme,
    textual_theme,
)
from tui_tutor.tui.widgets.drawing import Look
from tui_tutor.tui.widgets.footer import Footer
from tui_tutor.tui.wishes import (
    AddWished,
    BrokenWished,
    LessonWished,
    OutlineWished,
    ResultsWished,
    RetellWished,
    SearchWished,
)

if TYPE_CHECKING:
    from tui_tutor.tui.screens.palette import Command

NEWS_EVERY_S: Final = 1.0
News = tuple[Sequence[Record] | None, str]
LessonOpener = Callable[[OpenCourse, str, str], Screen[Any]]  # (course, lesson id, cell id or "") -> screen


@runtime_checkable
class LessonPlace(Protocol):
    """What the app asks of a lesson's screen."""

    @property
    def place(self) -> tuple[str, str]:
        """(ref of the course, id of the lesson) shown."""
        ...

    def what_runs(self) -> str:
        """Such as `In [7]`; "" when nothing runs."""
        ...


@runtime_checkable
class TakesRecords(Protocol):
    """A screen that shows what the log says."""

    def take_records(self, records: Sequence[Record]) -> None:
        """Another instance wrote these: show what is different now."""
        ...


@runtime_checkable
class Retells(Protocol):
    """A screen that shows words of a course."""

    def retell(self, words: str) -> None:
        """The course is told at another level or in another language: show that, and say `words`."""
        ...


class TutorApp(App[int]):
    """TUI Tutor on a terminal.

    `open_lesson` builds the screen of a lesson. `start` opens (ref, lesson id) at once, "" for the lesson to
    go on with. Without `has_colour` nothing but bold, underline and reverse is sent. `export_results` writes
    the results in a course and gives the file's path. `news` gives what other instances wrote since it was
    asked last (None if nothing), and a sentence that the learner should read, "" mostly.
    """

    TITLE = "TUI Tutor"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = ""
    CSS = """
    Screen { background: $background; color: $foreground; overflow: hidden; }
    Screen.-screen-suspended { text-style: none; }
    Input > .input--placeholder { text-style: none; }
    Input > .input--cursor { background: $surface; color: $foreground; text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+p", "palette", "Find a command", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend; fg comes back", show=False),
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
        export_results: Callable[[str], str] | None = None,
        at_end: Callable[[], Awaitable[None]] | None = None,
        notice: str = "",
        has_pictures: bool = False,
        adder: CourseAdder | None = None,
        news: Callable[[], News] | None = None,
    ) -> None:
        super().__init__(ansi_color=None if has_colour else True)
        self.animation_level = "none"
        self.catalogue = Catalogue(shelf, store)
        self.clock = clock
        self.store = store
        self._open_lesson = open_lesson
        self._start = start
        self._export_results = export_results
        self._adder = adder
        self._news = news
        self._at_end = at_end
        self._notice = notice
        self._has_colour = has_colour
        self._pictures = PictureCase(self._send) if has_pictures and has_colour and not is_ascii else None
        self._must_be_ascii = is_ascii
        self._is_ascii = is_ascii or store.setting("glyphs") == "ascii"
        for palette in PALETTES.values():
            self.register_theme(textual_theme(palette))
        self.register_theme(no_colour_theme())
        wished = THEME_WORDS.get(theme or store.setting("theme"), DARK.name)
        self.theme = wished if has_colour else NO_COLOUR

    @property
    def look(self) -> Look:
        """How everything is drawn now."""
        return Look(self.theme, self._is_ascii, self._pictures)

    def get_css_variables(self) -> dict[str, str]:
        """Ours over Textual's, so that no blended colour is left."""
        return super().get_css_variables() | css_variables(self.theme)

    def get_default_screen(self) -> Screen[None]:
        """The library is the screen under all others."""
        return LibraryScreen(self.catalogue, self.clock)

    def on_mount(self) -> None:
        self.call_after_refresh(_collect_garbage_again)
        if self._notice:
            self.call_after_refresh(self.say, self._notice)
        if self._news is not None:
            self.set_interval(NEWS_EVERY_S, self._look_for_news)
        if self._start is not None:
            self.show_lesson(*self._start)

    def _look_for_news(self) -> None:
        """What other instances did is seen within a second, on the pages and in the lessons that are open."""
        assert self._news is not None
        records, warning = self._news()
        for footer in (footer for screen in self.screen_stack for footer in screen.query(Footer)):
            footer.show_saving(self.store.is_saving)
        if warning not in ("", self._notice):
            self._notice = warning
            self.say(warning)
        if records is None:
            return
        self.catalogue.forget_progress()
        for screen in self.screen_stack:
            if isinstance(screen, TakesRecords):
                screen.take_records(records)

    def _send(self, sequence: str) -> None:
        """To the terminal as it is; what a screen draws comes after it."""
        if self._driver is not None:
            self._driver.write(sequence)

    async def on_unmount(self) -> None:
        if self._at_end is not None:
            await self._at_end()

    def say(self, sentence: str) -> None:
        """One sentence in the footer of the screen that is seen."""
        for footer in self.screen.query(Footer):
            footer.say(sentence)

    def notify(self, message: str, **_: Any) -> None:
        """Textual's toasts become sentences in the footer."""
        self.say(message)

    # --- wishes -------------------------------------------------------------------------------------

    def show_lesson(self, ref: str, lesson_id: str = "", cell_id: str = "") -> None:
        """Open a lesson ("": the one to go on with) above the library; the one that is open stays."""
        try:
            course = self.catalogue.open(ref)
            found = lesson_id or self._lesson_to_go_on_with(ref)
            if not found:
                self.show_outline(ref)
                return
            self._leave_pages(ref, found if not cell_id else "")
            if not self._is_at(ref, found) or cell_id:
                self.push_screen(self._open_lesson(course, found, cell_id))
        except TutorError as error:
            # At the start the library has no footer yet.
            self.call_after_refresh(self.say, f"{error.message} {error.help}".strip())

    def _lesson_to_go_on_with(self, ref: str) -> str:
        lesson = self.catalogue.state(self.catalogue.entry_of(ref)).next
        return lesson.lesson_id if lesson else ""

    def _is_at(self, ref: str, lesson_id: str) -> bool:
        return isinstance(self.screen, LessonPlace) and self.screen.place == (ref, lesson_id)

    def _leave_pages(self, ref: str, lesson_id: str) -> None:
        """Back to the library, or to the lesson wished for where it lies under other pages."""
        while len(self.screen_stack) > 1 and not self._is_at(ref, lesson_id):
            self.pop_screen()

    def show_outline(self, ref: str) -> None:
        """The lessons of a course, over what is seen; a broken course shows its mistakes."""
        from tui_tutor.tui.screens.outline import OutlineScreen

        entry = self.catalogue.entry_of(ref)
        if entry.course is None:
            self.show_mistakes(ref)
        elif not isinstance(self.screen, OutlineScreen):
            self.push_screen(OutlineScreen(entry, self.catalogue))

    def show_mistakes(self, ref: str, lesson_id: str = "") -> None:
        """What is wrong with a course or lesson."""
        from tui_tutor.tui.screens.broken import BrokenScreen

        self.push_screen(BrokenScreen(self.catalogue.entry_of(ref), self.catalogue, lesson_id))

    def show_results(self, ref: str) -> None:
        """The results in a course."""
        from tui_tutor.tui.screens.results import ResultsScreen

        entry = self.catalogue.entry_of(ref)
        screen = ResultsScreen(entry, self.catalogue, self.store, self.clock, self._export_results)
        self.push_screen(screen)

    @work
    async def _search(self, entry: CourseEntry) -> None:
        """The search sheet; what is taken from it is opened."""
        from tui_tutor.tui.screens.search import SearchSheet

        found = await self.push_screen_wait(SearchSheet(entry, self.catalogue))
        if found is not None:
            self.show_lesson(entry.ref, found.lesson_id, found.cell_id)

    @on(LessonWished)
    def _show_lesson(self, wish: LessonWished) -> None:
        self.show_lesson(wish.ref, wish.lesson_id, wish.cell_id)

    @on(OutlineWished)
    def _show_outline(self, wish: OutlineWished) -> None:
        self._granting(lambda: self.show_outline(wish.ref))

    @on(BrokenWished)
    def _show_mistakes(self, wish: BrokenWished) -> None:
        self._granting(lambda: self.show_mistakes(wish.ref, wish.lesson_id))

    @on(ResultsWished)
    def _show_results(self, wish: ResultsWished) -> None:
        self._granting(lambda: self.show_results(wish.ref))

    @on(SearchWished)
    def _show_search(self, wish: SearchWished) -> None:
        self._granting(lambda: self._search(self.catalogue.entry_of(wish.ref)))

    @on(RetellWished)
    def _show_telling(self, wish: RetellWished) -> None:
        self._granting(lambda: self._choose_reading(self.catalogue.open(wish.ref)))

    @work
    async def _choose_reading(self, opened: OpenCourse) -> None:
        """The sheet of levels and languages; all screens follow what is taken."""
        from tui_tutor.core.wording.levels import NO_CHOICE, told_words
        from tui_tutor.session.retelling import choose
        from tui_tutor.tui.screens.telling import TellingSheet

        offer = opened.offer
        if not offer.is_choice:
            self._retell(NO_CHOICE)
            return
        taken = await self.push_screen_wait(TellingSheet(offer, offer.reading(opened.overlay)))
        if taken is None:
            return
        words = told_words(offer, taken)
        try:
            choose(opened, self.store, level=taken.level, language=taken.language)
        except TutorError as error:  # it is told so all the same, and not remembered
            words = f"{error.message} {error.help}".strip()
        self.catalogue.forget_lessons()
        self._retell(words)

    def _retell(self, words: str) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Retells):
                screen.retell(words)

    @on(AddWished)
    @work
    async def _add_course(self) -> None:
        """The sheet that installs; what came is chosen in the library."""
        from tui_tutor.tui.screens.adding import AddSheet

        if self._adder is None:
            self.say("tui-tutor install SOURCE adds a course.")
            return
        added = await self.push_screen_wait(AddSheet(self._adder))
        if added is not None and isinstance(self.screen, LibraryScreen):
            self.screen.choose_course(added.course_id)
            self.say(added_words(added))

    def _granting(self, show: Callable[[], object]) -> None:
        """Show a page; what the world refuses is said in the footer."""
        try:
            show()
        except TutorError as error:
            self.say(f"{error.message} {error.help}".strip())

    # --- keys ---------------------------------------------------------------------------------------

    def action_help(self) -> None:
        from tui_tutor.tui.screens.help import HelpSheet
        from tui_tutor.tui.screens.lesson import LessonScreen

        if isinstance(self.screen, HelpSheet):
            return
        confined = ""
        if isinstance(self.screen, LessonScreen):
            confined = self.screen.session.adapters.confinement().sentence
        self.push_screen(HelpSheet(confined))

    @work
    async def action_palette(self) -> None:
        from tui_tutor.tui.screens.palette import PaletteSheet, commands_of

        if isinstance(self.screen, PaletteSheet):
            self.screen.dismiss(None)
            return
        commands = (*commands_of(self.screen), *self._commands())
        command = await self.push_screen_wait(PaletteSheet(commands))
        if command is not None:
            await self.run_action(command.action, default_namespace=command.node or self)

    def _commands(self) -> Iterator[Command]:
        """What can be done from everywhere, without a key of its own."""
        from tui_tutor.tui.screens.palette import Command

        yield Command("Settings", "", "settings")
        if len(self.screen_stack) > 1:
            yield Command("Library", "", "library")
        for word in THEME_WORDS if self.theme != NO_COLOUR else ():
            yield Command(f"Theme: {word}", "", f"set_theme('{word}')")

    def action_settings(self) -> None:
        from tui_tutor.tui.screens.settings import SettingsScreen

        if not isinstance(self.screen, SettingsScreen):
            self.push_screen(SettingsScreen(self.store, self._apply_setting))

    def action_library(self) -> None:
        self._leave_pages("", "")

    def action_set_theme(self, word: str) -> None:
        try:
            self.store.set_setting("theme", word)
        except TutorError as error:
            self.say(f"{error.message} {error.help}".strip())
        self._apply_setting("theme", word)

    def _apply_setting(self, name: str, value: str) -> None:
        if name == "theme" and self.theme != NO_COLOUR:
            self.theme = THEME_WORDS.get(value, DARK.name)
        if name == "glyphs":
            self._is_ascii = self._must_be_ascii or value == "ascii"
        for screen in self.screen_stack:
            for widget in screen.query("*"):
                widget.refresh()

    def take_terminal(self, environ: Mapping[str, str], *, is_ascii: bool) -> None:
        """Fit another terminal that goes on with this session; whoever calls sees to it that all is drawn."""
        has_colour = self._has_colour and not environ.get("NO_COLOR")
        can_show = is_capable(environ) and has_colour and not is_ascii
        self._pictures = PictureCase(self._send) if can_show else None
        self._must_be_ascii = is_ascii
        self._is_ascii = is_ascii or self.store.setting("glyphs") == "ascii"
        if not has_colour:
            self.theme = NO_COLOUR
        elif self.theme == NO_COLOUR:
            self.theme = THEME_WORDS.get(self.store.setting("theme"), DARK.name)
        self._apply_setting("terminal", "")

    def action_help_quit(self) -> None:
        self.say("Ctrl+Q quits.")

    async def action_quit(self) -> None:
        """Quit; ask first when something still runs."""
        running = self.what_runs()
        if running:
            self._ask_to_quit(running)
        else:
            self.exit(0)

    def what_runs(self) -> str:
        """Such as `In [7]`; "" when nothing runs."""
        lessons = (screen for screen in self.screen_stack if isinstance(screen, LessonPlace))
        return next(filter(None, (lesson.what_runs() for lesson in lessons)), "")

    @work
    async def _ask_to_quit(self, running: str) -> None:
        from tui_tutor.tui.screens.quit import QuitSheet

        if not isinstance(self.screen, QuitSheet) and await self.push_screen_wait(QuitSheet(running)):
            self.exit(0)


def _collect_garbage_again() -> None:
    """Whoever starts the app may switch collection off until the first page stands: a sixth of the start."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()

"""The library: where to go on, every course with its progress, and how to add one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from tui_tutor.core.diagnostic import errors_in
from tui_tutor.core.ports import Clock, CourseEntry, Record
from tui_tutor.core.progress import CourseState, LessonState
from tui_tutor.core.prose.lines import Role, Span
from tui_tutor.core.safe_text import safe_line
from tui_tutor.tui import glyphs
from tui_tutor.tui.catalogue import Catalogue
from tui_tutor.tui.screens.course_detail import detail
from tui_tutor.tui.screens.paged import PagedScreen
from tui_tutor.tui.widgets.divider import Divider
from tui_tutor.tui.widgets.footer import Footer, Keys
from tui_tutor.tui.widgets.lesson_rows import cell_place
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, Row, Spans, Stop, said
from tui_tutor.tui.wishes import (
    AddWished,
    BrokenWished,
    LessonWished,
    OutlineWished,
    ResultsWished,
    SearchWished,
)
from tui_tutor.tui.words import counted, day_words, left_words, length_words

WIDE = 120
RESUME = "resume"
ADD_HINT = "i adds one from a folder or an archive."


class LibraryScreen(PagedScreen):
    """All courses; Enter goes on with the one that is chosen."""

    DEFAULT_CSS = """
    LibraryScreen #list { width: 1fr; }
    LibraryScreen #detail, LibraryScreen Divider { display: none; }
    LibraryScreen.-wide #list { width: 46; }
    LibraryScreen.-wide #detail, LibraryScreen.-wide Divider { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "outline", "Outline of the course", show=False),
        Binding("i", "add", "Add a course", show=False),
        Binding("e", "results", "Results in the course", show=False),
        Binding("slash", "search", "Search the course", show=False),
    ]

    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._clock = clock
        self.page = Page(self.build, id="list")
        self.footer = Footer(is_saving=catalogue.is_saving)
        self._detail = Page(self._build_detail, x0=1, id="detail")

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.page
            yield Divider()
            yield self._detail
        yield self.footer

    def on_mount(self) -> None:
        super().on_mount()
        self.call_after_refresh(self._read_lessons)

    def on_resize(self) -> None:
        is_wide = self.app.size.width >= WIDE
        self.set_class(is_wide, "-wide")
        self.page.margin = 1 if is_wide else 2

    def on_screen_resume(self) -> None:
        if self.is_mounted and self.page.keys:
            self._catalogue.forget()
            self.redraw()
            self._detail.rebuild()
            self._read_lessons()

    def take_records(self, records: Sequence[Record]) -> None:
        if self.page.keys:
            self._show_more()

    def _read_lessons(self) -> None:
        if (found := self._catalogue.resume()) and not self._catalogue.outline(
            found[0].ref, found[2].lesson_id
        ):
            self._read_lesson(found[0].ref, found[2].lesson_id)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _read_lesson(self, ref: str, lesson_id: str) -> None:
        """Read the lesson to go on with: the page can then name the cell where it was left."""
        if self._catalogue.read_lesson(ref, lesson_id):
            self.app.call_from_thread(self._show_more)

    def _show_more(self) -> None:
        self.redraw()
        self._detail.rebuild()

    # --- what is shown ------------------------------------------------------------------------------

    def build(self, width: int, chosen: str) -> Sheetful:
        is_wide = self.has_class("-wide")
        entries = self._catalogue.entries()
        done = sum(self._catalogue.state(entry).done for entry in entries)
        facts = f"{counted(len(entries), 'course')} · {counted(done, 'lesson')} done"
        title = said("TUI Tutor", "title")
        if is_wide:
            head = (Row(text=title, start=1), Row(text=said(facts, "muted"), start=1), BLANK)
        else:
            head = (Row(text=title, start=1, right=said(facts, "muted")), RULE, BLANK)
        blocks = [
            *self._resume_blocks(chosen, is_wide=is_wide),
            *self._course_blocks(chosen, is_wide=is_wide),
        ]
        if not entries:
            blocks.append(Block((Row(text=said("No courses yet.")), Row(text=said(ADD_HINT)))))
        elif not is_wide:
            hint = Row(label=said("add", "muted"), text=said(ADD_HINT, "muted"))
            blocks.append(Block((BLANK, BLANK, hint)))
        return Sheetful(head, tuple(blocks))

    def _resume_blocks(self, chosen: str, *, is_wide: bool) -> list[Block]:
        found = self._catalogue.resume()
        if found is None:
            return []
        entry, state, lesson = found
        label = said("resume", "accent-bold" if chosen == RESUME else "muted")
        title = said(safe_line(lesson.title), "title" if chosen == RESUME else "bright")
        place = said(f"lesson {lesson.number} / {len(state.lessons)}", "muted")
        second = said(self._stopped(entry, lesson, is_wide=is_wide), "muted")
        left = said(left_words(lesson.minutes_left), "muted")
        rows = (Row(label, title, () if is_wide else place), Row(text=second, right=() if is_wide else left))
        return [Block(rows, RESUME), Block((BLANK, BLANK))]

    def _stopped(self, entry: CourseEntry, lesson: LessonState, *, is_wide: bool) -> str:
        seen = self._catalogue.progress(entry.course_id).get(lesson.lesson_id)
        outline = self._catalogue.outline(entry.ref, lesson.lesson_id)
        place = cell_place(outline, seen.last_cell if seen else "")
        if is_wide:
            return " · ".join(filter(None, [place, left_words(lesson.minutes_left)]))
        day = f" {day_words(seen.opened_at, self._clock.now())}" if seen and seen.opened_at else ""
        stopped = f"stopped at {place}{day}" if place else f"opened{day}" if day else "next"
        return f"{safe_line(entry.title)} · {stopped}"

    def _course_blocks(self, chosen: str, *, is_wide: bool) -> list[Block]:
        blocks: list[Block] = []
        for number, entry in enumerate(self._catalogue.entries()):
            if number:
                blocks.append(Block((BLANK,)))
            state = self._catalogue.state(entry)
            is_chosen = chosen == entry.ref
            if is_wide:
                blocks.append(Block(_wide_rows(entry, state, is_chosen=is_chosen), entry.ref, is_raised=True))
            else:
                is_labelled = number == 0 or is_chosen
                rows = _rows(entry, state, is_chosen=is_chosen, is_labelled=is_labelled)
                blocks.append(Block(rows, entry.ref))
        return blocks

    def _build_detail(self, width: int, chosen: str) -> Sheetful:
        entry = self._chosen_entry()
        return detail(entry, self._catalogue, width) if entry else Sheetful()

    def _chosen_entry(self) -> CourseEntry | None:
        if self.page.chosen == RESUME:
            found = self._catalogue.resume()
            return found[0] if found else None
        return self._catalogue.entry(self.page.chosen)

    def footer_keys(self) -> Keys:
        entry = self._chosen_entry()
        if entry is None:
            return (("i", "add a course"), ("Ctrl+P", "palette"), ("?", "help"), ("Ctrl+Q", "quit"))
        if entry.course is None:
            return (("Enter", "what is wrong"), ("?", "help"), ("Ctrl+Q", "quit"))
        is_begun = self._catalogue.state(entry).is_begun
        word = "resume" if self.page.chosen == RESUME or is_begun else "open"
        return (
            ("Enter", word),
            ("o", "outline"),
            ("e", "results"),
            ("i", "add"),
            *([("Ctrl+P", "palette")] if self.app.size.width >= WIDE else []),
            ("?", "help"),
            ("Ctrl+Q", "quit"),
        )

    def states(self) -> tuple[str, ...]:
        return ("all offline",)

    # --- what is wished -----------------------------------------------------------------------------

    def on_page_moved(self, message: Page.Moved) -> None:
        self.show_footer()
        self._detail.rebuild()

    def on_page_taken(self, message: Page.Taken) -> None:
        entry = self._chosen_entry()
        if entry is None:
            return
        if entry.course is None:
            self.post_message(BrokenWished(entry.ref))
        elif message.key == RESUME or self._catalogue.state(entry).is_begun:
            self.post_message(LessonWished(entry.ref))
        else:
            self.post_message(OutlineWished(entry.ref))

    def action_outline(self) -> None:
        if entry := self._chosen_entry():
            self.post_message(OutlineWished(entry.ref))

    def action_add(self) -> None:
        self.post_message(AddWished())

    def choose_course(self, course_id: str) -> None:
        """Put the focus on a course that may have come just now."""
        self._catalogue.forget()
        self.redraw()
        ref = next((one.ref for one in self._catalogue.entries() if one.course_id == course_id), "")
        if ref:
            self.page.choose(ref)

    def action_results(self) -> None:
        if (entry := self._chosen_entry()) and entry.course:
            self.post_message(ResultsWished(entry.ref))

    def action_search(self) -> None:
        if (entry := self._chosen_entry()) and entry.course:
            self.post_message(SearchWished(entry.ref))


def _rows(entry: CourseEntry, state: CourseState, *, is_chosen: bool, is_labelled: bool) -> tuple[Row, ...]:
    role: Role = "title" if is_chosen else "bright"
    label_role: Role = "accent-bold" if is_chosen else "muted"
    words, words_role = _standing(entry, state)
    stops = (Stop(28, _steps(entry, state)), Stop(19, said(words, words_role)))
    first = Row(
        label=said("courses", label_role) if is_labelled else (),
        text=said(safe_line(entry.title), role),
        right=said(_amount(entry, state), "muted"),
        stops=stops,
    )
    return (first, Row(text=said(_summary(entry), "muted")))


def _wide_rows(entry: CourseEntry, state: CourseState, *, is_chosen: bool) -> tuple[Row, ...]:
    words, role = _standing(entry, state)
    title = Row(text=said(safe_line(entry.title), "title" if is_chosen else "text"), start=1)
    second = Row(
        text=(*_steps(entry, state), Span("  "), Span(words, role)) if entry.course else said(words, role),
        start=1,
        right=said(_amount(entry, state), "muted"),
    )
    return (title, second)


def _steps(entry: CourseEntry, state: CourseState) -> Spans:
    return glyphs.steps(state.done, len(state.lessons), most=6) if entry.course else ()


def _standing(entry: CourseEntry, state: CourseState) -> tuple[str, Role]:
    if entry.course is None:
        return f"{glyphs.FAILED} {counted(len(errors_in(entry.diagnostics)) or 1, 'error')}", "alarm"
    if state.is_done:
        return f"{glyphs.DONE} done", "accent"
    return (f"{state.done} of {len(state.lessons)}" if state.is_begun else "new"), "text"


def _amount(entry: CourseEntry, state: CourseState) -> str:
    if entry.course is None or state.is_done:
        return ""
    if state.is_begun:
        return left_words(state.minutes_left)
    return length_words(state.minutes) if state.minutes else counted(len(state.lessons), "lesson")


def _summary(entry: CourseEntry) -> str:
    if entry.course is None:
        return "cannot be opened yet; Enter shows what is wrong"
    return safe_line(entry.course.summary)

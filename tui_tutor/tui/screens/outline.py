"""A course's lessons: marks, minutes, Bloom levels, prerequisites; below, the chosen one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui_tutor.core.ports import CourseEntry, Record
from tui_tutor.core.progress import LessonState
from tui_tutor.core.prose import inline
from tui_tutor.core.prose.lines import Span, wrap
from tui_tutor.core.safe_text import safe_line
from tui_tutor.tui import glyphs
from tui_tutor.tui.catalogue import Catalogue
from tui_tutor.tui.screens.course_detail import course_head
from tui_tutor.tui.screens.paged import PagedScreen
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.lesson_rows import cell_marks, table_head, table_row
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, Row, Spans, said, text_width
from tui_tutor.tui.wishes import BrokenWished, LessonWished, ResultsWished, RetellWished, SearchWished
from tui_tutor.tui.words import counted, left_words, listed

NO_BREAK = "\u00a0"
SHORT_COURSE = 12  # lessons; the details of the chosen one follow the table of a course this short


class OutlineScreen(PagedScreen):
    """Enter opens the chosen lesson; a lesson that is locked is opened by a second Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,o", "back", "Back", show=False),
        Binding("slash", "search", "Search the course", show=False),
        Binding("e", "results", "Results in the course", show=False),
        Binding("l", "level", "Level and language", show=False),
    ]

    def __init__(self, entry: CourseEntry, catalogue: Catalogue) -> None:
        super().__init__()
        self._entry = entry
        self._catalogue = catalogue
        self._asked = ""

    def on_mount(self) -> None:
        super().on_mount()
        if lesson := self._catalogue.state(self._entry).next:
            self.call_after_refresh(self.page.choose, lesson.lesson_id)
        self.call_after_refresh(self._read_chosen)

    def on_screen_resume(self) -> None:
        if self.page.keys:
            self._catalogue.forget()
            self.redraw()

    def take_records(self, records: Sequence[Record]) -> None:
        if self.page.keys:
            self.redraw()

    def _read_chosen(self) -> None:
        if self.page.chosen and not self._catalogue.outline(self._entry.ref, self.page.chosen):
            self._read(self.page.chosen)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _read(self, lesson_id: str) -> None:
        """Read the chosen lesson, so that its objective and cells can be shown."""
        if self._catalogue.read_lesson(self._entry.ref, lesson_id):
            self.app.call_from_thread(self.redraw)

    # --- what is shown ------------------------------------------------------------------------------

    def build(self, width: int, chosen: str) -> Sheetful:
        entry = self._catalogue.told(self._entry)
        state = self._catalogue.state(entry)
        steps = glyphs.steps(state.done, len(state.lessons))
        head = (*course_head(entry, state, steps=steps), table_head(width))
        blocks: list[Block] = []
        for lesson in state.lessons:
            row = table_row(lesson, width, is_chosen=lesson.lesson_id == chosen)
            blocks.append(Block((row,), lesson.lesson_id, is_raised=True))
        lesson_chosen = state.lesson(chosen)
        if lesson_chosen and len(state.lessons) <= SHORT_COURSE:
            blocks.append(Block((BLANK, RULE, *self._detail(lesson_chosen, state.lessons, width))))
        return Sheetful(head, tuple(blocks))

    def _detail(self, lesson: LessonState, lessons: tuple[LessonState, ...], width: int) -> Iterator[Row]:
        left = f"about {left_words(lesson.minutes_left)}" if lesson.minutes_left else ""
        objective = inline(
            lesson.objective or lesson.title, width=text_width(width) - len(left) - 2, role="title"
        )
        for number, line in enumerate(objective):
            label = said(f"lesson {lesson.number}", "accent-bold") if number == 0 else ()
            yield Row(label, line.spans, said(left, "muted") if number == 0 else ())
        yield BLANK
        yield from _related("needs", [lessons[n - 1] for n in lesson.needs])
        yield from _related("opens", [x for x in lessons if lesson.number in x.needs])
        yield from self._cells(lesson, width)

    def _cells(self, lesson: LessonState, width: int) -> Iterator[Row]:
        if lesson.mark == "draft":
            yield Row(said("cells", "muted"), said("not written yet", "muted"))
            return
        if lesson.mark == "broken":
            yield Row(said("cells", "muted"), said("Enter shows what is wrong with it", "muted"))
            return
        outline = self._catalogue.outline(self._entry.ref, lesson.lesson_id)
        if outline is None:
            return
        seen = self._catalogue.progress(self._entry.course_id).get(lesson.lesson_id)
        marks = cell_marks(
            outline, seen.cells_done if seen else frozenset(), last_cell=seen.last_cell if seen else ""
        )
        for number, spans in enumerate(_flowing(marks, text_width(width))):
            yield Row(said("cells" if number == 0 else "", "muted"), spans)

    def states(self) -> tuple[str, ...]:
        state = self._catalogue.state(self._entry)
        done = f"{state.done} of {counted(len(state.lessons), 'lesson')} done"
        return (done, *self._catalogue.proof(self._entry.ref))

    def footer_keys(self) -> Keys:
        has_choice = self._catalogue.offer(self._entry.ref).is_choice
        level = (("l", "level"),) if has_choice else ()
        return (
            ("Enter", "open"),
            ("j k", "choose"),
            *level,
            ("/", "search"),
            ("?", "help"),
            ("Esc", "library"),
        )

    # --- what is wished -----------------------------------------------------------------------------

    def on_page_moved(self, message: Page.Moved) -> None:
        self._asked = ""
        self._read_chosen()

    def on_page_taken(self, message: Page.Taken) -> None:
        lesson = self._catalogue.state(self._entry).lesson(message.key)
        if lesson is None:
            return
        if lesson.mark == "draft":
            self.footer.say(f"Lesson {lesson.number} is not written yet.")
        elif lesson.mark == "broken":
            self.post_message(BrokenWished(self._entry.ref, lesson.lesson_id))
        elif lesson.mark == "locked" and self._asked != lesson.lesson_id:
            self._asked = lesson.lesson_id
            self.footer.say(f"It builds on lesson {listed(lesson.missing)}. Enter opens it all the same.")
        else:
            self.post_message(LessonWished(self._entry.ref, lesson.lesson_id))

    def action_back(self) -> None:
        self.app.pop_screen()

    def action_search(self) -> None:
        self.post_message(SearchWished(self._entry.ref))

    def action_level(self) -> None:
        self.post_message(RetellWished(self._entry.ref))

    def retell(self, words: str) -> None:
        """The course is told in other words."""
        self.redraw()
        self._read_chosen()
        self.footer.say(words)

    def action_results(self) -> None:
        self.post_message(ResultsWished(self._entry.ref))


def _related(label: str, lessons: list[LessonState]) -> Iterator[Row]:
    for number, lesson in enumerate(lessons):
        mark = (Span(f"{glyphs.DONE} ", "accent"),) if lesson.is_done and label == "needs" else ()
        text = (*mark, Span(f"{lesson.number} · {safe_line(lesson.title)}"))
        yield Row(said(label if number == 0 else "", "muted"), text)


def _flowing(pieces: tuple[Spans, ...], width: int) -> Iterator[Spans]:
    """Pieces side by side, two blanks apart, broken only between two of them."""
    tight: list[Span] = []
    for piece in pieces:
        tight += [Span(span.text.replace(" ", NO_BREAK), span.role) for span in piece]
        tight += [Span(NO_BREAK), Span(" ")]  # two blanks, of which the second may become a line's end
    for row in wrap(tight, width):
        yield tuple(Span(span.text.replace(NO_BREAK, " "), span.role) for span in row)

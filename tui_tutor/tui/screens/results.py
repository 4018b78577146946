"""What was done in a course: lessons, time, exercises, questions, Bloom levels, the last 14 days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Clock, CourseEntry, EventStore, Record
from tui_tutor.core.progress import CourseState, LessonState
from tui_tutor.core.prose.lines import Role, Span
from tui_tutor.core.results import BLOOM_LEVELS, CourseResults, LessonResults, Tally, results_of
from tui_tutor.core.safe_text import safe_line
from tui_tutor.tui import glyphs
from tui_tutor.tui.catalogue import Catalogue
from tui_tutor.tui.screens.paged import PagedScreen
from tui_tutor.tui.widgets.divider import Divider
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.lesson_rows import MARKS, aside_rows
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, Row, Spans, Stop, columns, said
from tui_tutor.tui.words import left_words, minutes_words, short_date

Exporter = Callable[[str], str]  # course id -> where its results were written
WIDE: Final = 120
STEPS: Final = 12
BAR_ROWS: Final = 2
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class ResultsScreen(PagedScreen):
    """Results in one course; at 120 columns with its outline at the left."""

    DEFAULT_CSS = """
    ResultsScreen #aside, ResultsScreen Divider { display: none; }
    ResultsScreen.-wide #aside { display: block; width: 34; }
    ResultsScreen.-wide Divider { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("e", "export", "Export the results", show=False),
    ]

    def __init__(
        self,
        entry: CourseEntry,
        catalogue: Catalogue,
        store: EventStore,
        clock: Clock,
        export: Exporter | None = None,
    ) -> None:
        super().__init__()
        self._entry = entry
        self._catalogue = catalogue
        self._store = store
        self._clock = clock
        self._export = export
        self._results = self._fold()
        self._aside = Page(self._build_aside, margin=1, id="aside")

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self._aside
            yield Divider()
            yield self.page
        yield self.footer

    def on_resize(self) -> None:
        is_wide = self.app.size.width >= WIDE
        self.set_class(is_wide, "-wide")
        self.page.x0 = 1 if is_wide else 0

    def on_screen_resume(self) -> None:
        self._results = self._fold()

    def take_records(self, records: Sequence[Record]) -> None:
        self._results = self._fold()
        self.redraw()
        self._aside.rebuild()

    def _fold(self) -> CourseResults:
        state = self._catalogue.state(self._entry)
        bloom = {lesson.lesson_id: lesson.bloom for lesson in state.lessons}
        attempts = self._store.attempts(self._entry.course_id)
        today = _local_day(self._clock.now())
        return results_of(attempts, bloom, today=today, day_of=_local_day)

    # --- what is shown ------------------------------------------------------------------------------

    def build(self, width: int, chosen: str) -> Sheetful:
        is_wide = self.has_class("-wide")
        title = safe_line(self._entry.title)
        place = () if is_wide else (Span(" · ", "muted"), Span(title, "title"))
        head = Row(text=(Span("Results", "title"), *place), start=1, right=said(self._period(), "muted"))
        state, results = self._catalogue.state(self._entry), self._results
        by_lesson = (BLANK, *_by_lesson(state, results))
        days = (BLANK, *_days(results)) if results.attempts else ()
        below = (*by_lesson, *days) if is_wide else (*days, *by_lesson)
        rows = (*_totals(state, results), BLANK, *_bloom(results), *below)
        return Sheetful((head, RULE, BLANK), tuple(Block((row,)) for row in rows))

    def _build_aside(self, width: int, chosen: str) -> Sheetful:
        rows = aside_rows(self._entry.title, self._catalogue.state(self._entry))
        return Sheetful(blocks=(Block(rows),))

    def _period(self) -> str:
        first, last = self._results.first_at, self._results.last_at
        if first is None or last is None:
            return "nothing answered yet"
        begin, end = short_date(first), short_date(last)
        if begin == end:
            return f"{end} {last.year}"
        same_month = begin.split()[1] == end.split()[1]
        return f"{begin.split()[0] if same_month else begin} to {end} {last.year}"

    def states(self) -> tuple[str, ...]:
        return ("kept on this machine only",)

    def footer_keys(self) -> Keys:
        export = (("e", "export"),) if self._export else ()
        return (("j k", "scroll"), *export, ("?", "help"), ("Esc", "back"))

    def action_back(self) -> None:
        self.app.pop_screen()

    def action_export(self) -> None:
        if self._export is None:
            return
        try:
            self.footer.say(f"Written to {safe_line(self._export(self._entry.course_id))}")
        except TutorError as error:
            self.footer.say(f"{error.message} {error.help}".strip())


def _local_day(moment: datetime) -> date:
    return moment.astimezone().date()


def _totals(state: CourseState, results: CourseResults) -> Iterator[Row]:
    total = len(state.lessons)
    left = "" if state.is_done else left_words(state.minutes_left)
    yield _measured("lessons", f"{state.done} of {total} done", state.done, total, left)
    yield Row(said("time", "muted"), said(minutes_words(state.minutes_spent), "bright"))
    exercises, questions = results.exercises, results.questions
    yield _tallied("exercises", "passed", exercises, exercises.right, f"{exercises.first} at the first try")
    by_now = f"first tries; {questions.right} right by now"
    yield _tallied("questions", "right", questions, questions.first, by_now)


def _tallied(label: str, word: str, tally: Tally, count: int, note: str) -> Row:
    if not tally.asked:
        return Row(said(label, "muted"), said("none tried yet", "muted"))
    return _measured(label, f"{count} of {tally.asked} {word}", count, tally.asked, note)


def _measured(label: str, words: str, done: int, total: int, note: str) -> Row:
    row = columns((11, said(words, "bright")), (27, _bar(done, total)))
    return Row(said(label, "muted"), _from_text_column(row), said(note, "muted"))


def _from_text_column(row: Row) -> Spans:
    """Columns of a whole page, as they stand from the text column on."""
    first, *rest = row.text
    return (Span(first.text[10:], first.role), *rest) if first.text[10:] else tuple(rest)


def _bar(done: int, total: int) -> Spans:
    filled = round(STEPS * done / total) if total else 0
    filled = min(max(filled, 1), STEPS - (done < total)) if done else 0
    return (Span(glyphs.STEP_DONE * filled, "accent"), Span(glyphs.STEP_LEFT * (STEPS - filled), "muted"))


def _bloom(results: CourseResults) -> Iterator[Row]:
    for number, level in enumerate(BLOOM_LEVELS):
        tally = results.bloom.get(level, Tally())
        label = said("Bloom" if number == 0 else "", "muted")
        if not tally.asked:
            row = columns((11, said(level, "muted")), (27, said("not asked yet", "muted")))
        else:
            words = said(f"{tally.first} of {tally.asked}", "bright")
            row = columns((11, said(level)), (27, _bar(tally.first, tally.asked)), (41, words))
        yield Row(label, _from_text_column(row))


def _by_lesson(state: CourseState, results: CourseResults) -> Iterator[Row]:
    begun = [x for x in state.lessons if x.cells_done or x.minutes_spent or x.lesson_id in results.lessons]
    stops = tuple(
        Stop(place, said(word, "muted"))
        for place, word in ((35, "time"), (26, "exercises"), (13, "questions"))
    )
    yield Row(said("by lesson", "muted"), stops=stops)
    if not begun:
        yield Row(text=said("No lesson was begun yet.", "muted"))
    for lesson in begun:
        yield _lesson_row(lesson, results.lessons.get(lesson.lesson_id, LessonResults()))


def _lesson_row(lesson: LessonState, answered: LessonResults) -> Row:
    glyph, role = MARKS[lesson.mark]
    facts = (
        (35, minutes_words(lesson.minutes_spent)),
        (26, _of(answered.exercises.right, answered.exercises.asked)),
        (13, _of(answered.questions.first, answered.questions.asked)),
    )
    stops = tuple(Stop(place, said(words)) for place, words in facts)
    return Row(said(glyph, role), said(f"{lesson.number} · {safe_line(lesson.title)}"), stops=stops)


def _of(count: int, total: int) -> str:
    return f"{count} of {total}" if total else "not yet"


def _days(results: CourseResults) -> Iterator[Row]:
    """Attempts of each of the last 14 days as bars of two rows, with their numbers."""
    most = max((count for _, count in results.days), default=0)
    total = sum(count for _, count in results.days)
    yield Row(said("answers", "muted"), said("Answers in the last 14 days"), said(f"{total} in all", "muted"))
    yield BLANK
    for level in range(BAR_ROWS - 1, -1, -1):
        yield Row(text=tuple(_bar_piece(count, most, level) for _, count in results.days))
    today = len(results.days) - 1
    numbers = [f"{count or '·':^3} " for _, count in results.days]
    names = [
        f"{'now' if n == today else _WEEKDAYS[day.weekday()]:<3} " for n, (day, _) in enumerate(results.days)
    ]
    yield Row(text=tuple(Span(number, "text") for number in numbers))
    yield Row(text=tuple(Span(name, _day_role(is_today=n == today)) for n, name in enumerate(names)))


def _day_role(*, is_today: bool) -> Role:
    return "bright" if is_today else "muted"


def _bar_piece(count: int, most: int, level: int) -> Span:
    eighths = round(count * BAR_ROWS * 8 / most) if most else 0
    part = max(0, min(8, max(eighths, 1 if count else 0) - level * 8))
    return Span(glyphs.BAR_EIGHTHS[part] * 3 + " ", "keyword")

"""The outline: lessons, what each is for, how far it is, what going on costs. The author's turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui_tutor.core.prose.lines import Role, Span
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.studio_desk import DeskLesson, DeskOutcome, StudioDesk
from tui_tutor.tui.screens.studio_asking import QuestionSheet
from tui_tutor.tui.screens.studio_editing import StudioEditScreen
from tui_tutor.tui.screens.studio_screen import StudioScreen
from tui_tutor.tui.studio_wishes import PlayWished, StudioWished
from tui_tutor.tui.studio_words import LESSON_STATES, label_rows, price_words, spent_words
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, RULE, Row, Stop, said, text_width
from tui_tutor.tui.words import counted, length_words

NARROW = 72


def lesson_row(lesson: DeskLesson, number: int, width: int, *, is_chosen: bool) -> Row:
    """Mark, number, title, minutes, Bloom level, and how far it is."""
    glyph, words, role = LESSON_STATES[lesson.state]
    label = (Span(glyph, role), Span(f"  {number}", "muted"))
    title = said(safe_line(lesson.title), "title" if is_chosen else "text")
    words_role: Role = "alarm" if lesson.state == "left" else "muted"
    stops = (
        Stop(28, said(f"{lesson.minutes:g}"), ends_here=True),
        Stop(24, said(safe_line(lesson.bloom)[:10])),
    )
    return Row(label, title, said(words, words_role), stops if width >= NARROW else ())


class StudioOutlineScreen(StudioScreen):
    """`e` edits the outline, `b` has it built after a question, `r` goes to the cells that are written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit the outline", show=False),
        Binding("b", "build", "Build what is not written", show=False),
        Binding("r", "review", "Review what is written", show=False),
        Binding("p", "play", "Play the course", show=False),
    ]

    @property
    def has_outline(self) -> bool:
        """Whether there is something to build."""
        return bool(self.state.lessons)

    @property
    def is_written(self) -> bool:
        """Whether there are cells to review."""
        return any(lesson.state == "written" for lesson in self.state.lessons)

    # --- what is shown ------------------------------------------------------------------------------

    def build(self, width: int, chosen: str) -> Sheetful:
        state = self.state
        head = (
            Row(
                text=(Span("Studio  ", "title"), Span(safe_line(state.title), "title")),
                start=1,
                right=said(spent_words(state), "muted"),
            ),
            Row(said("folder", "muted"), said(safe_line(state.folder)), said(self._facts(), "muted")),
            RULE,
        )
        if not self.has_outline:
            return Sheetful((*head, BLANK), (Block(tuple(self._begin_rows(text_width(width)))),))
        names = Row(
            text=said("lesson", "muted"),
            right=said("state", "muted"),
            stops=(Stop(28, said("min", "muted"), ends_here=True), Stop(24, said("Bloom", "muted")))
            if width >= NARROW
            else (),
        )
        rows = [
            Block((lesson_row(one, n, width, is_chosen=one.id == chosen),), one.id, is_raised=True)
            for n, one in enumerate(state.lessons, 1)
        ]
        found = next((one for one in state.lessons if one.id == chosen), None)
        detail = Block((BLANK, RULE, *self._detail(found, text_width(width)))) if found else Block(())
        return Sheetful((*head, names), (*rows, detail))

    def _facts(self) -> str:
        lessons = self.state.lessons
        if not lessons:
            return ""
        written = sum(one.state == "written" for one in lessons)
        minutes = length_words(sum(one.minutes for one in lessons))
        said_written = f" · {written} written" if written else ""
        return f"{counted(len(lessons), 'lesson')} · {minutes}{said_written}"

    def _begin_rows(self, room: int) -> Iterator[Row]:
        yield from label_rows(
            said("next", "muted"), "An outline: objectives, what needs what, lessons.", room
        )
        yield from label_rows(
            said("price", "muted"), f"{price_words(self.state.price_usd)}; {spent_words(self.state)}", room
        )
        yield BLANK
        yield from label_rows((), "b has it made. Then it is your turn to change it.", room, "muted")

    def _detail(self, lesson: DeskLesson, room: int) -> Iterator[Row]:
        label = said(f"lesson {self.state.lessons.index(lesson) + 1}", "accent-bold")
        yield from label_rows(label, safe_line(lesson.objective, limit=1_000), room, "title")
        if lesson.note:
            yield from label_rows(said("left", "alarm"), safe_line(lesson.note, limit=1_000), room)
        yield BLANK
        is_written = all(one.state == "written" for one in self.state.lessons)
        yield from label_rows(said("course" if is_written else "price", "muted"), self._price(), room)
        for number, note in enumerate(self.state.notes[:6]):
            label = said("last build" if number == 0 else "", "muted")
            yield from label_rows(label, safe_line(note), room, "muted")

    def _price(self) -> str:
        left = sum(one.state != "written" for one in self.state.lessons)
        if not left:
            published = "published" if self.state.is_published else "not published yet"
            return f"Every lesson is written; the course is {published}."
        return f"{price_words(self.state.price_usd)} for what is not written; the cap is never exceeded"

    def states(self) -> tuple[str, ...]:
        return ("published",) if self.state.is_published else ("not published",)

    def footer_keys(self) -> Keys:
        if not self.has_outline:
            return (("b", "make the outline"), ("?", "help"), ("Ctrl+Q", "quit"))
        review = (("r", "review"), ("p", "play")) if self.is_written else ()
        return (("b", "build"), ("e", "edit"), *review, ("?", "help"), ("Ctrl+Q", "quit"))

    # --- what is wished -----------------------------------------------------------------------------

    def on_page_taken(self, message: Page.Taken) -> None:
        del message
        if self.is_written:
            self.action_review()
        else:
            self.action_edit()

    def action_review(self) -> None:
        if self.is_written:
            self.post_message(StudioWished("review"))
        else:
            self.say("Nothing is written yet. b builds it.")

    def action_play(self) -> None:
        if self.is_written:
            written = [one.id for one in self.state.lessons if one.state == "written"]
            chosen = self.page.chosen
            self.post_message(PlayWished(chosen if chosen in written else ""))
        else:
            self.say("There is nothing to play yet. b builds it.")

    @work(exclusive=True, group="question")
    async def action_build(self) -> None:
        left = sum(one.state != "written" for one in self.state.lessons)
        what = counted(left, "lesson") if self.has_outline else "an outline"
        title = f"Build {what}?" if self.has_outline else "Have an outline made?"
        if self.has_outline and not left:
            title = "Prove the course again, and publish it?"
        price = price_words(self.state.price_usd).capitalize()
        words = (
            f"{price}; {spent_words(self.state)}, which is never exceeded.",
            "F9 stops it at any time: what came is kept, and is not paid for twice.",
        )
        if await self.app.push_screen_wait(QuestionSheet(title, words, "go on")):
            self.post_message(StudioWished("build"))

    def action_edit(self) -> None:
        if self.has_outline:
            self.ask(lambda desk: desk.outline_text(), self._edit)
        else:
            self.say("There is no outline yet. b has it made.")

    @work(exclusive=True, group="question")
    async def _edit(self, text: str) -> None:
        folder = safe_line(self.state.folder)
        hint = f"tui-tutor studio outline {folder} --edit opens it in your $EDITOR instead."
        screen = StudioEditScreen(
            "The outline",
            "outline.toml",
            text,
            lambda changed, _: self.desk.do(lambda desk: _set(desk, changed)),
            hint=hint,
        )
        if sentence := await self.app.push_screen_wait(screen):
            self.read()
            self.say(sentence)


def _set(desk: StudioDesk, text: str) -> DeskOutcome:
    desk.set_outline(text)
    return DeskOutcome(True, ("The outline is kept.",))

"""May code of this course run? Asked before the first run, answered with one key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final, Literal

from textual.binding import Binding, BindingType

from tui_tutor.core.confinement import Confinement
from tui_tutor.core.ports import OpenCourse, TrustState
from tui_tutor.core.prose.lines import Role, Span, wrap
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.wording.trust import counts, signature
from tui_tutor.tui import glyphs
from tui_tutor.tui.screens.sheet import Sheet
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, Row, said, text_width
from tui_tutor.tui.words import counted

TrustChoice = Literal["trust", "once", "read"]
MOST_FILES_SHOWN: Final = 200
_CHOICES: Final[tuple[TrustChoice, ...]] = ("trust", "once", "read")


class TrustSheet(Sheet[TrustChoice]):
    """The result is the choice, None when it was closed without one.

    `allows_network`: a yes is one to the network too; never unless the course asks and the learner said so.
    """

    TITLE_WORDS: ClassVar[str] = "Run code from this course?"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "answer('trust')", "Trust and run", show=False),
        Binding("2", "answer('once')", "Run once", show=False),
        Binding("3", "answer('read')", "Read only", show=False),
        Binding("f", "files", "Files that changed", show=False),
        Binding("n", "network", "Allow or forbid the network", show=False),
    ]

    def __init__(self, course: OpenCourse, confinement: Confinement | None = None) -> None:
        self._course = course
        self._state: TrustState = course.trust()
        self._confinement = confinement or Confinement()
        self._shows_files = self.allows_network = False
        super().__init__()

    def on_mount(self) -> None:
        super().on_mount()
        preselected = "trust" if self._confinement.level == "full" else "read"
        self.call_after_refresh(self.page.choose, preselected)

    def title_row(self) -> Row:
        return Row(
            text=said(self.TITLE_WORDS, "title"), start=1, right=said("asked once for this version", "muted")
        )

    def footer_keys(self) -> Keys:
        files = (
            (("f", "hide files" if self._shows_files else "changed files"),) if self._state.changed else ()
        )
        forbid = "forbid the network" if self.allows_network else "allow the network"
        network = (("n", forbid),) if self._course.course.permissions.network else ()
        return (("1 2 3", "choose"), ("Enter", "take it"), *files, *network, ("Esc", "back"))

    def content(self, width: int, chosen: str) -> Sheetful:
        facts = Block((*self._changes(width), *self._facts(width), BLANK))
        return Sheetful(blocks=(facts, *self._choices(chosen), *self._files()))

    def _changes(self, width: int) -> Iterator[Row]:
        if self._state.answer != "changed":
            return
        number = len(self._state.changed)
        sentence = f"This course changed since you trusted it: {counted(number, 'file')}."
        for spans in wrap(said(sentence, "bright"), text_width(width)):
            yield Row(text=spans)
        yield BLANK

    def _facts(self, width: int) -> Iterator[Row]:
        course, entry = self._course.course, self._course.entry
        title = safe_line(f"{course.title} {course.version}")
        place = entry.origin.source if entry.origin else entry.path
        yield Row(said("course", "muted"), said(title, "title"), said(f"from {safe_line(place)}", "muted"))
        yield from _fact("made by", ", ".join(course.authors) or "nobody is named", width)
        if words := signature(self._course):
            yield from _fact("key", words, width)
        yield from _fact("it runs", counts(self._course), width)
        limit = f"run programs, each cell for at most {course.kernel.timeout_s:g} s"
        if not self._confinement.protects_files:
            yield from _fact("it can", limit, width)
        else:
            yield from _fact("it can", "read and write its own workspace folder", width)
            yield from _fact("", limit, width)
        if course.permissions.network:
            given = "you allow it; n forbids it" if self.allows_network else "it may not; n allows it"
            yield from _fact("it asks", f"to reach the network: {given}", width)
        yield from self._confined(width)
        needs = ", ".join(course.kernel.packages) or "nothing else"
        yield from _fact("it needs", needs, width)
        for warning in self._state.warnings:
            yield from _fact("", f"{glyphs.WARNING} {safe_line(warning)}", width, role="bright")

    def _confined(self, width: int) -> Iterator[Row]:
        confined = self._confinement
        if confined.level == "full":
            cannot = "see your other files" + ("" if self.allows_network else " or reach the network")
            right = said(f"{glyphs.DONE} {confined.words}", "accent")
            yield Row(said("it cannot", "muted"), said(cannot), right)
            if confined.gap:
                yield from _fact("", confined.gap, width, role="muted")
        elif confined.is_partial:
            words = f"{glyphs.WARNING} {confined.words}; {confined.gap}"
            yield from _fact("", words, width, role="bright")
        else:
            yield Row(text=said(f"{glyphs.WARNING} {confined.warning()}", "bright"))

    def _choices(self, chosen: str) -> Iterator[Block]:
        version = safe_line(self._course.course.version)
        words = (
            ("Trust and run", f"remember for version {version}"),
            ("Run once", "ask again next time"),
            ("Read only", "recorded outputs, nothing runs"),
        )
        for number, (key, (name, meaning)) in enumerate(zip(_CHOICES, words, strict=True), start=1):
            role: Role = "title" if key == chosen else "text"
            text = (Span(f"{name:<17}", role), Span(meaning, "muted"))
            yield Block((Row((Span(" " * 8), Span(str(number), "key")), text),), key, is_raised=True)

    def _files(self) -> Iterator[Block]:
        if not self._shows_files:
            return
        files = self._state.changed[:MOST_FILES_SHOWN]
        rows = [
            Row(said("changed", "muted") if n == 0 else (), said(safe_line(f))) for n, f in enumerate(files)
        ]
        if len(self._state.changed) > len(files):
            rows.append(Row(text=said(f"… {len(self._state.changed)} in all", "muted")))
        yield Block((BLANK, *rows))

    def action_files(self) -> None:
        if self._state.changed:
            self._shows_files = not self._shows_files
            self.redraw()

    def action_network(self) -> None:
        if self._course.course.permissions.network:
            self.allows_network = not self.allows_network
            self.redraw()

    def action_answer(self, choice: TrustChoice) -> None:
        self.dismiss(choice)

    def on_page_taken(self, message: Page.Taken) -> None:
        self.dismiss(next(choice for choice in _CHOICES if choice == message.key))


def _fact(label: str, words: str, width: int, *, role: Role = "text") -> Iterator[Row]:
    for number, spans in enumerate(wrap(said(safe_line(words), role), text_width(width))):
        yield Row(said(label if number == 0 else "", "muted"), spans)

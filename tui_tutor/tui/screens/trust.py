"""May code of this course run? Asked before the first run, answered with one key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final, Literal

from textual.binding import Binding, BindingType

from tui_tutor.core.confinement import Confinement
from tui_tutor.core.ports import OpenCourse, TrustState
from tui_tutor.core.prose.lines import Role, Span, cells_in, cut, wrap
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.wording.trust import counts, signature
from tui_tutor.tui import glyphs
from tui_tutor.tui.screens.sheet import Sheet
from tui_tutor.tui.widgets.footer import Keys
from tui_tutor.tui.widgets.page import Block, Page, Sheetful
from tui_tutor.tui.widgets.row import BLANK, Row, said, text_width
from tui_tutor.tui.words import counted

TrustChoice = Literal["trust", "once", "read"]
MOST_FILE_ROWS: Final = 12
LONGEST_NAME: Final = 100
_CHOICES: Final[tuple[TrustChoice, ...]] = ("trust", "once", "read")


class TrustSheet(Sheet[TrustChoice]):
    """The result is the choice, None when it was closed without one.

    `allows_network`: a yes is one to the network too; never unless the course asks and the learner said so.
    """

    TITLE_WORDS: ClassVar[str] = "Run code from this course?"
    ROWS_ABOVE: ClassVar[int] = 1  # every fact should be seen at once, also in a small window
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
        can_forbid = self._course.course.permissions.network and self._confinement.closes_network
        network = (("n", forbid),) if can_forbid else ()
        return (("1 2 3", "choose"), ("Enter", "take it"), *files, *network, ("Esc", "back"))

    def content(self, width: int, chosen: str) -> Sheetful:
        rows = self._files(width) if self._shows_files else self._facts(width)
        return Sheetful(blocks=(Block((*self._changes(width), *rows, BLANK)), *self._choices(chosen)))

    def _changes(self, width: int) -> Iterator[Row]:
        if self._state.answer == "changed":
            number = counted(len(self._state.changed), "file")
            yield from _fact("", f"This course changed since you trusted it: {number}.", width, role="bright")

    def _facts(self, width: int) -> Iterator[Row]:
        """What a stranger wrote takes one row each: it must not push out of sight what we say of it."""
        course = self._course.course
        yield from self._what_and_whence(width)
        yield _one_row("made by", course.authors or ("nobody is named",), width)
        yield from _fact("key", signature(self._course), width)
        yield from _fact("it runs", counts(self._course), width)
        limit = f"run programs ({course.kernel.timeout_s:g} s each)"
        within = "" if not self._confinement.protects_files else "read and write its own workspace folder, "
        yield from _fact("it can", within + limit, width)
        if course.permissions.network:
            given = "you allow it; n forbids it" if self.allows_network else "it may not; n allows it"
            if not self._confinement.closes_network:
                given = "nothing here keeps it from that"
            yield from _fact("it asks", f"to reach the network: {given}", width)
        yield from self._confined(width)
        yield _one_row("it needs", course.kernel.packages or ("nothing else",), width)
        for warning in self._state.warnings:
            yield from _fact("", f"{glyphs.WARNING} {safe_line(warning)}", width, role="bright")

    def _what_and_whence(self, width: int) -> Iterator[Row]:
        course, entry = self._course.course, self._course.entry
        version = safe_line(course.version, limit=20)
        room = text_width(width)
        title = _shortened(safe_line(course.title), room - len(version) - 1) + f" {version}"
        place = safe_line(entry.origin.source if entry.origin else entry.path, limit=4096)
        if cells_in(title) + cells_in(place) + 8 <= room:
            yield Row(said("course", "muted"), said(title, "title"), said(f"from {place}", "muted"))
        else:
            yield Row(said("course", "muted"), said(title, "title"))
            yield Row(said("from", "muted"), said(_shortened(place, room)))

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

    def _files(self, width: int) -> Iterator[Row]:
        """Which files changed: a row each, or where these are too many several in a row."""
        room, names = text_width(width), [safe_line(name, limit=LONGEST_NAME) for name in self._state.changed]
        if len(names) <= MOST_FILE_ROWS:
            rows = [said(_shortened(name, room)) for name in names]
        else:
            rows = list(wrap(said(", ".join(names[: MOST_FILE_ROWS * room])), room))
        if len(rows) > MOST_FILE_ROWS:
            rows[MOST_FILE_ROWS - 1 :] = [said(f"… {len(names)} in all", "muted")]
        for number, text in enumerate(rows):
            yield Row(said("changed", "muted") if number == 0 else (), text)

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


def _one_row(label: str, names: Sequence[str], width: int) -> Row:
    """As many names as fit into one row, and how many there are besides."""
    safe, room = [safe_line(name) for name in names], text_width(width)
    for count in range(len(safe), 0, -1):
        more = f" and {len(safe) - count} more" if count < len(safe) else ""
        words = ", ".join(safe[:count]) + more
        if cells_in(words) <= room:
            break
    else:
        words = _shortened(safe[0], room - len(more)) + more
    return Row(said(label, "muted"), said(words))


def _shortened(text: str, room: int) -> str:
    """What does not fit loses its middle: of an address the host and the end are what counts."""
    if cells_in(text) <= room:
        return text
    first = "".join(span.text for span in cut((Span(text),), room - room // 3))
    return first + "".join(reversed("".join(s.text for s in cut((Span(text[::-1]),), room // 3, mark=""))))


def _fact(label: str, words: str, width: int, *, role: Role = "text") -> Iterator[Row]:
    for number, spans in enumerate(wrap(said(safe_line(words), role), text_width(width))):
        yield Row(said(label if number == 0 else "", "muted"), spans)

"""The completions under the word being typed: at most four rows and one of signature."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import Final

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui_tutor.core.execution import Completions
from tui_tutor.core.prose.lines import Span, cells_in, cut, width_of
from tui_tutor.core.safe_text import safe_line
from tui_tutor.tui.theme import ground_of, style_of
from tui_tutor.tui.widgets.drawing import look_of, strip_of

MOST_ROWS: Final = 4
MOST_WIDE: Final = 46


def worth_offering(found: Completions, source: str, at: int) -> Completions:
    """What may be offered at a place: names that go on from what is typed, from behind the dot.

    Magics and names that begin with an underscore are offered only to those who began one.
    """
    typed = source[found.start : at]
    skip = 1 if typed.startswith(".") else 0
    typed = typed[skip:]
    pairs = zip_longest(found.matches, found.kinds, fillvalue="")
    kept = [(match[skip:], kind) for match, kind in pairs if _goes_on(match[skip:], typed)]
    is_first_kept = bool(kept) and kept[0][0] == found.matches[0][skip:]
    return replace(
        found,
        matches=tuple(match for match, _ in kept),
        kinds=tuple(kind for _, kind in kept),
        start=found.start + skip,
        signature=found.signature if is_first_kept else "",
    )


def _goes_on(match: str, typed: str) -> bool:
    is_special = match[:1] in ("%", "_") and not typed.startswith(match[:1])
    return match != typed and not is_special


class CompletionPopup(Widget):
    """Shows completions; the chosen row is marked with a bar and bold."""

    DEFAULT_CSS = """
    CompletionPopup { layer: over; position: absolute; width: 10; height: 1; background: $panel; }
    """

    def __init__(self, completions: Completions, typed: str) -> None:
        super().__init__()
        self.completions = completions
        self._typed = typed
        self._chosen = 0

    def show(self, completions: Completions, typed: str) -> None:
        """Other completions, as the word grows."""
        self.completions, self._typed, self._chosen = completions, typed, 0
        self.refresh()

    @property
    def typed(self) -> str:
        """What is typed of the word."""
        return self._typed

    @property
    def chosen(self) -> str:
        """The completion that would be taken."""
        return self.completions.matches[self._chosen]

    @property
    def rows(self) -> int:
        return min(MOST_ROWS, len(self.completions.matches)) + bool(self.completions.signature)

    @property
    def columns(self) -> int:
        kinds = self.completions.kinds[:100]
        longest = max(len(match) for match in self.completions.matches[:100])
        wanted = longest + (max(map(len, kinds), default=0) + 4 if any(kinds) else 0)
        return min(MOST_WIDE, max(wanted, len(self.completions.signature)) + 4)

    def move(self, count: int) -> None:
        """Choose the completion `count` further on, round the ends."""
        self._chosen = (self._chosen + count) % len(self.completions.matches)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        look = look_of(self)
        ground = ground_of("popup", look.theme)
        matches = self.completions.matches
        first = max(0, min(self._chosen - MOST_ROWS + 1, len(matches) - MOST_ROWS))
        index = first + y
        if y >= min(MOST_ROWS, len(matches)):
            # The kernel told the signature of the first match only.
            signature = safe_line(self.completions.signature) if self._chosen == 0 else ""
            spans: tuple[Span, ...] = (Span("  "), Span(signature, "code"))
        else:
            spans = self._match_spans(safe_line(matches[index]), is_chosen=index == self._chosen)
            spans = self._with_kind(spans, index)
        strip = strip_of(cut(spans, self.size.width), look, "popup")
        if y < min(MOST_ROWS, len(matches)) and index == self._chosen:
            bar = Segment(">" if look.is_ascii else "▌", style_of("accent", look.theme) + ground)
            strip = Strip([bar, *strip.crop(1, strip.cell_length)])
        return strip.extend_cell_length(self.size.width, ground)

    def _with_kind(self, spans: tuple[Span, ...], index: int) -> tuple[Span, ...]:
        """`function` at the right end, where there is room for it."""
        kinds = self.completions.kinds
        kind = safe_line(kinds[index]) if index < len(kinds) else ""
        gap = self.size.width - 2 - width_of(spans) - cells_in(kind)
        return (*spans, Span(" " * gap), Span(kind, "muted")) if kind and gap > 1 else spans

    def _match_spans(self, match: str, *, is_chosen: bool) -> tuple[Span, ...]:
        if is_chosen:
            return Span("  "), Span(match, "title")
        typed = len(self._typed) if match.startswith(self._typed) else 0
        return Span("  "), Span(match[:typed]), Span(match[typed:], "muted")

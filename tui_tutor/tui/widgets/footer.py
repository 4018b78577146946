"""The last row: a state at the left, at most seven keys at the right; a notice takes the state's place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from textual.strip import Strip
from textual.widget import Widget

from tui_tutor.core.prose.lines import Role, Span, cells_in, cut, merged, width_of
from tui_tutor.tui.glyphs import spans_in_ascii
from tui_tutor.tui.widgets.drawing import look_of, strip_of

MOST_KEYS: Final = 7
NOT_SAVED: Final = "not saved"
_SENTENCE_END: Final = re.compile(r"(?<=[.!?]) ")
Keys = Sequence[tuple[str, str]]  # (key, what it does), the most important first and the way out last


def footer_spans(
    states: Sequence[str],
    keys: Keys,
    width: int,
    *,
    state_role: Role = "muted",
    warning: str = "",
    is_ascii: bool = False,
) -> tuple[Span, ...]:
    """The longest state that fits beside the keys; keys before the last give way when they do not fit.

    `warning` stands before every state; for it too keys give way.
    """
    if warning:
        states = (*(f"{warning} · {state}" for state in states), warning)
    reserved = 3 + (cells_in(warning) + 2 if warning else 0)
    shown = [_key_spans(key, word) for key, word in keys][:MOST_KEYS]
    shown = [spans_in_ascii(key) if is_ascii else key for key in shown]
    while len(shown) > 1 and _keys_width(shown) > width - reserved:
        del shown[-2]
    right = _keys_width(shown)
    room = max(0, width - 3 - (right + 2 if shown else 0))
    texts = [_state_spans(state, state_role) for state in states]
    texts = [spans_in_ascii(text) if is_ascii else text for text in texts]
    left = next((text for text in texts if width_of(text) <= room), ())
    gap = max(0, width - 3 - width_of(left) - right)
    joined = [span for number, key in enumerate(shown) for span in ((Span("  "),) if number else ()) + key]
    return cut(merged((Span(" "), *left, Span(" " * gap), *joined, Span("  "))), width, mark="")


def _state_spans(state: str, role: Role) -> tuple[Span, ...]:
    """What stands before two blanks is what matters, what follows only tells more."""
    head, gap, more = state.partition("  ")
    return (Span(head, "key"), Span(gap + more, role)) if gap else (Span(state, role),)


def _key_spans(key: str, word: str) -> tuple[Span, ...]:
    return (Span(key, "key"), Span(f" {word}", "muted"))


def _keys_width(keys: Sequence[tuple[Span, ...]]) -> int:
    return sum(width_of(key) for key in keys) + 2 * max(0, len(keys) - 1)


class Footer(Widget):
    """One row on the panel colour."""

    DEFAULT_CSS = """
    Footer { height: 1; width: 100%; dock: bottom; background: $surface; color: $foreground; }
    """

    def __init__(self, states: Sequence[str] = (), keys: Keys = (), *, is_saving: bool = True) -> None:
        super().__init__()
        self._is_saving = is_saving
        self._states = tuple(states)
        self._keys = tuple(keys)
        self._notice = ""

    def show(self, states: Sequence[str], keys: Keys) -> None:
        """States from long to short, and keys."""
        if (tuple(states), tuple(keys)) != (self._states, self._keys):
            self._states, self._keys = tuple(states), tuple(keys)
            self.refresh()

    def show_saving(self, is_saving: bool) -> None:
        """Whether what the learner does is saved."""
        if is_saving != self._is_saving:
            self._is_saving = is_saving
            self.refresh()

    def say(self, notice: str) -> None:
        """Show one sentence until `say("")`; it takes the place of the state, then of keys."""
        if notice != self._notice:
            self._notice = notice
            self.refresh()

    @property
    def notice(self) -> str:
        """The sentence shown now."""
        return self._notice

    def render_line(self, y: int) -> Strip:
        """The row."""
        look, width = look_of(self), self.size.width
        if not self._notice:
            warning = "" if self._is_saving else NOT_SAVED
            spans = footer_spans(self._states, self._keys, width, warning=warning, is_ascii=look.is_ascii)
        else:
            notice = _fitted(self._notice, width - 5)
            keys = list(self._keys)
            while keys and _keys_width([_key_spans(*key) for key in keys]) + cells_in(notice) + 5 > width:
                del keys[-2 if len(keys) > 1 else -1]
            spans = footer_spans([notice], keys, width, state_role="bright", is_ascii=look.is_ascii)
        return strip_of(spans, look, "panel").extend_cell_length(width)


def _fitted(notice: str, room: int) -> str:
    """As many of its sentences as fit; what is too long even alone is cut."""
    sentences = _SENTENCE_END.split(notice)
    while len(sentences) > 1 and cells_in(" ".join(sentences)) > room:
        sentences.pop()
    return "".join(span.text for span in cut((Span(" ".join(sentences)),), room))

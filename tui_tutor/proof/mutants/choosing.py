"""Which faults to plant when there are too many: every family and every line has its turn."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from tui_tutor.proof.mutants.change import Change


def choose(
    changes: Sequence[Change], lines: Sequence[int], *, is_fault: Callable[[Change], bool], most: int
) -> list[int]:
    """The places of at most so many faults among the changes, in order; `lines`: where each change is.

    One of each family comes first, the rarest family first; then the lines take turns, each with
    the family chosen least so far. No choice hangs on anything but the changes.
    """
    turns = _Turns(changes, lines, is_fault)
    families = Counter(change.operator for change in changes)
    for family in sorted(families, key=lambda each: (families[each], each)):
        turns.take_first([place for place, change in enumerate(changes) if change.operator == family], most)
    while turns.has_more(most):
        for line in _spaced(sorted(set(turns.waiting.values())), most):
            turns.take_first([place for place, its in turns.waiting.items() if its == line], most)
    return sorted(turns.taken)


def _spaced(lines: Sequence[int], most: int) -> list[int]:
    """All lines, in such an order that the first of them are spread over the whole solution."""
    stride = max(1, math.ceil(len(lines) / max(1, most)))
    return [line for first in range(stride) for line in lines[first::stride]]


class _Turns:
    """What has been taken so far and what still waits, by its place among the changes."""

    def __init__(self, changes: Sequence[Change], lines: Sequence[int], is_fault: Callable[[Change], bool]):
        self._changes = changes
        self._is_fault = is_fault
        self._families: Counter[str] = Counter()
        self._lines: Counter[int] = Counter()
        self.waiting = dict(enumerate(lines))
        self.taken: list[int] = []

    def has_more(self, most: int) -> bool:
        return bool(self.waiting) and len(self.taken) < most

    def take_first(self, places: Sequence[int], most: int) -> None:
        """Take the fault whose family and line are least represented; what is none waits no longer."""
        for place in sorted(places, key=self._represented):
            if not self.has_more(most):
                return
            line = self.waiting.pop(place, None)
            if line is not None and self._is_fault(self._changes[place]):
                self.taken.append(place)
                self._families[self._changes[place].operator] += 1
                self._lines[line] += 1
                return

    def _represented(self, place: int) -> tuple[int, int, int]:
        family = self._families[self._changes[place].operator]
        return family, self._lines[self.waiting.get(place, 0)], place

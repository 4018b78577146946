"""A widget drawn line by line that draws again only the lines which look different."""

from __future__ import annotations

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class LinedWidget(Widget):
    """`line(y)` says how a line looks now; it should be cheap to ask again."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: dict[int, Strip] = {}
        self._will_compare = False

    def line(self, y: int) -> Strip:
        """Line y as it looks now."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        strip = self._shown[y] = self.line(y)
        return strip

    def refresh_lines(self) -> None:
        """Draw what changed, once for all that changes until the next turn of the loop."""
        if not self.size:
            self.refresh()
        elif not self._will_compare:
            self._will_compare = True
            self.call_next(self._compare)

    def _compare(self) -> None:
        self._will_compare = False
        width, height = self.size
        lines = [y for y in range(height) if not _alike(self._shown.get(y), self.line(y))]
        if lines:
            self.refresh(*(Region(0, y, width, 1) for y in lines))


def _alike(old: Strip | None, new: Strip) -> bool:
    return old is new or (old is not None and old == new)

"""How a cell is drawn, and the shortest escape sequence from one way of drawing to the next."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple


class Pen(NamedTuple):
    """What SGR sets: attribute codes in rising order, two colours ("" is the terminal's own); and a link."""

    attributes: tuple[str, ...] = ()
    foreground: str = ""
    background: str = ""
    link: str = ""


PLAIN: Final = Pen()
# The code that ends each attribute; 21, 51 and 52 have no code of their own that all terminals know.
_ENDS: Final = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "5": "25",
    "6": "25",
    "7": "27",
    "8": "28",
    "9": "29",
    "53": "55",
}
# Attributes that show on a blank: underlines, blinking reverse, lines through, over and around.
_SEEN_ON_BLANKS: Final = frozenset({"4", "5", "6", "7", "9", "21", "51", "52", "53"})


@lru_cache(8192)
def parse_pen(codes: str, link: str, *, colourless: bool) -> Pen:
    """Read the codes between `ESC [` and `m`; `colourless` drops every colour."""
    attributes: set[str] = set()
    colours = {"foreground": "", "background": ""}
    rest = [code for code in codes.split(";") if code]
    while rest:
        code = rest.pop(0)
        ground = _ground(code)
        if ground is None:
            attributes.add(code)
            continue
        if code in ("38", "48"):
            count = 4 if rest[:1] == ["2"] else 2
            code = ";".join([code, *rest[:count]])
            del rest[:count]
        colours[ground] = "" if colourless or code in ("39", "49") else code
    return Pen(tuple(sorted(attributes, key=int)), **colours, link=link)


def _ground(code: str) -> str | None:
    number = int(code)
    if 30 <= number <= 39 or 90 <= number <= 97:
        return "foreground"
    if 40 <= number <= 49 or 100 <= number <= 107:
        return "background"
    return None


def is_plain_on_blanks(pen: Pen) -> bool:
    """Whether a blank drawn with this pen shows nothing but its background."""
    return not pen.link and _SEEN_ON_BLANKS.isdisjoint(pen.attributes)


@lru_cache(8192)
def blank_pen(pen: Pen) -> Pen:
    """The pen of a blank: two blanks that look the same get equal pens."""
    return Pen(background=pen.background) if is_plain_on_blanks(pen) else pen


@lru_cache(8192)
def can_draw_blank(pen: Pen, wanted: Pen) -> bool:
    """Whether a blank wanted with one pen looks the same drawn with another."""
    return pen == wanted or blank_pen(pen) == wanted


@lru_cache(16384)
def switch_pen(old: Pen, new: Pen) -> str:
    """The shortest sequence that turns one pen into the other."""
    link = "" if old.link == new.link else f"\x1b]8;;{new.link}\x1b\\"
    looks = old._replace(link="") != new._replace(link="")
    return link + min(_restart(new), _adjust(old, new), key=len) if looks else link


def _restart(new: Pen) -> str:
    codes = [*new.attributes, new.foreground, new.background]
    wanted = [code for code in codes if code]
    return f"\x1b[{';'.join(['0', *wanted])}m" if wanted else "\x1b[m"


def _adjust(old: Pen, new: Pen) -> str:
    gone = [code for code in old.attributes if code not in new.attributes]
    if any(code not in _ENDS for code in gone):
        return _restart(new)
    codes = list(dict.fromkeys(_ENDS[code] for code in gone))
    kept = [code for code in old.attributes if code not in gone and _ENDS.get(code) not in codes]
    codes += [code for code in new.attributes if code not in kept]
    if old.foreground != new.foreground:
        codes.append(new.foreground or "39")
    if old.background != new.background:
        codes.append(new.background or "49")
    return f"\x1b[{';'.join(codes)}m"

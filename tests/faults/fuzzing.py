"""Fuzzed texts through the gate: what comes out steers no terminal and is no markup, however it is cut."""

from __future__ import annotations

import random
import sys
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import pyte
from textual.content import Content

from tui_tutor.core.execution import StreamText
from tui_tutor.core.output import MAX_LINE, Transcript
from tui_tutor.core.safe_text import safe_line, safe_text

BATCH = 2_000
LINE = 300  # characters that `safe_line` is asked for
TAB = 4  # characters that stand for one, at most
LOOKED_AT = 40  # of so many texts each one is also drawn on a terminal and by Textual
WORDS = (
    "ab", "cd", "[red]", "[/]", "[@click=app.quit]x[/]", "[b]bold[/b]", "[link=file:///etc/passwd]y[/link]",
    "http://x.y\\[", " ",
)  # fmt: skip
SEQUENCES = (
    "\x1b[2J", "\x1b[?1049h", "\x1b[31m", "\x1b[6n", "\x1b[c", "\x1b[20t", "\x1bc", "\x1b7", "\x1b(0",
    "\x1b]0;title\x07", "\x1b]52;c;aGk=\x1b\\", "\x1b]8;;http://x\x1b\\here\x1b]8;;\x07", "\x1bP$qm\x1b\\",
    "\x1b_Ga=T;AAAA\x1b\\", "\x1b^pm\x1b\\", "\x1bXsos\x1b\\", "\x9b2J", "\x9d0;t\x9c", "\x90q\x9c", 
    "\x9f\x9c",
    "\x1b[200~", "\x1b[>4;1m", "\x1b[=1u", "\x1b[1;1H", "\x1b#8", "\x1b[4h", "\x1b%G", "\x0e", "\x0f", "\x05",
)  # fmt: skip
MARKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2028\u2029\ufeff"
UNSEEN = "\u200b\u200c\u200d\u2060\u00ad\u034f\u180e\u3164\U000e0020\U000e007f\U000e0001\ufe0f\U000e0100"
PRIVATE = "\ue000\uf8ff\U000f0000\U0010ffff\uffff\ufffe\ufdd0"
Maker = Callable[[random.Random], str]


@dataclass
class Fuzzed:
    """What many texts came to."""

    texts: int = 0
    chars: int = 0
    drawn: int = 0
    leaks: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For people."""
        return (
            f"the gate  {self.texts:,} texts of {self.chars:,} characters, {len(self.leaks)} leaks; "
            f"{self.drawn:,} also drawn on a terminal and by Textual"
        )

    def faults(self) -> list[str]:
        """What should not be; the first few."""
        return self.leaks[:10]


def fuzzed(count: int, seed: int = 0, *, processes: int = 2) -> Fuzzed:
    """So many texts, seeded, in batches on several processes."""
    batches = [(seed * 1_000_003 + start, min(BATCH, count - start)) for start in range(0, count, BATCH)]
    result = Fuzzed()
    with ProcessPoolExecutor(processes) as pool:
        for part in pool.map(_batch, batches, chunksize=4):
            result.texts += part.texts
            result.chars += part.chars
            result.drawn += part.drawn
            result.leaks += part.leaks
    return result


def _batch(job: tuple[int, int]) -> Fuzzed:
    seed, count = job
    rng, result = random.Random(seed), Fuzzed()
    for number in range(count):
        text = a_text(rng)
        result.texts += 1
        result.chars += len(text)
        is_drawn = number % LOOKED_AT == 0
        result.drawn += is_drawn
        wrong = [*_steered(text), *_streamed(text, rng), *(_drawn(text) if is_drawn else ())]
        result.leaks += [f"{name}: {text[:200]!r} (seed {seed}, number {number})" for name in wrong]
    return result


# --- texts ------------------------------------------------------------------------------------------


def a_text(rng: random.Random) -> str:
    """A text of some pieces of all kinds; one of a thousand is very long."""
    pieces = rng.choices(_MAKERS, weights=_WEIGHTS, k=rng.randint(1, 12))
    text = "".join(piece(rng) for piece in pieces)
    return text * rng.randint(50, 400) if rng.random() < 0.001 else text


def _broken(rng: random.Random) -> str:
    sequence = rng.choice(SEQUENCES)
    at = rng.randint(0, len(sequence))
    return sequence[:at] + rng.choice(("", "\x1b", "\x18", "\n", "\r", "x", "\x00")) + sequence[at:]


def _any_char(rng: random.Random) -> str:
    return chr(rng.randrange(0x110000))


def _low(rng: random.Random) -> str:
    return "".join(chr(rng.randrange(0xA0)) for _ in range(rng.randint(1, 8)))


def _combining(rng: random.Random) -> str:
    return "a" + "".join(chr(0x300 + rng.randrange(0x70)) for _ in range(rng.randint(1, 60)))


def _one_of(choices: str | tuple[str, ...] | list[str]) -> Maker:
    return lambda rng: rng.choice(choices)


_MAKERS: list[Maker] = [
    _one_of(WORDS), _one_of(SEQUENCES), _broken, _low, _any_char, _combining, _one_of(MARKS), _one_of(UNSEEN),
    _one_of(PRIVATE), _one_of(("\r", "\r\n", "\n", "\t", "\x00", "\x08", "\x7f", "\x0b", "\x0c")),
    lambda rng: chr(0xD800 + rng.randrange(0x800)),
]  # fmt: skip
_WEIGHTS = [4, 3, 3, 3, 3, 1, 2, 2, 1, 3, 1]


# --- laws -------------------------------------------------------------------------------------------


def is_steering(char: str) -> bool:
    """What the gate promises to let out never: controls but the line feed, and what hides or turns text."""
    return (unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char != "\n") or char in _TURNING


_TURNING = frozenset(MARKS) | {chr(code) for code in range(0xE0000, 0xE0080)}


class _Steering(dict[int, str]):
    """A table of `str.translate` that marks what steers by NUL and removes the rest."""

    def __missing__(self, code: int) -> str:
        self[code] = "\0" if is_steering(chr(code)) else ""
        return self[code]


_STEERING = _Steering()


def _steered(text: str) -> Iterator[str]:
    shown = safe_text(text)
    if shown.translate(_STEERING):
        yield "safe_text lets out what steers"
    if safe_text(shown) != shown:
        yield "safe_text changes what is safe"
    if len(shown) > TAB * len(text):
        yield "safe_text grows"
    line = safe_line(text, limit=LINE)
    if len(line) > LINE or "\n" in line or line.translate(_STEERING):
        yield "safe_line is not one safe line within its limit"


def _streamed(text: str, rng: random.Random) -> Iterator[str]:
    """A program prints it in pieces, cut anywhere."""
    transcript, at = Transcript(), 0
    while at < len(text):
        size = rng.randint(1, max(1, len(text) // 2))
        transcript = transcript.after(StreamText("stdout", text[at : at + size]))
        at += size
    shown = transcript.text()
    if shown.translate(_STEERING):
        yield "a transcript lets out what steers"
    if any(len(line) > TAB * (MAX_LINE + 1) for line in shown.split("\n")):
        yield "a transcript's line is too long"


def _drawn(text: str) -> Iterator[str]:
    shown = safe_text(text)[:2000]
    if Content(shown).plain != shown or Content(shown).spans:
        yield "Textual changes it"
    screen = pyte.Screen(80, 24)
    before = _state(screen)
    pyte.Stream(screen).feed(shown.replace("\n", "\r\n"))
    if _state(screen) != before:
        yield "a terminal took it for an order"
    cells = [cell for row in screen.buffer.values() for cell in row.values()]
    if any(cell._replace(data=" ") != screen.default_char for cell in cells):
        yield "a terminal coloured it"


def _state(screen: pyte.Screen) -> tuple[object, ...]:
    """All of a terminal but its text and where the next character goes."""
    cursor = (screen.cursor.attrs, screen.cursor.hidden)
    return (set(screen.mode), screen.title, screen.icon_name, screen.margins, screen.charset, cursor)


if __name__ == "__main__":
    made = fuzzed(20_000 if "--short" in sys.argv else 1_000_000)
    print(made.line(), *made.faults(), sep="\n")

"""A question in the order shown: shuffled by a seed, every part named by a key that is no position."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from tui_tutor.core.course import (
    ChoiceBlank,
    ChoiceQuiz,
    ClozeQuiz,
    MatchQuiz,
    NumberQuiz,
    Option,
    OrderQuiz,
    PredictQuiz,
    QuizCell,
    ReflectQuiz,
    TextQuiz,
)

TAB_WIDTH: Final = 4


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One option, line or side of a pair."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a learner chooses from, in the order shown.

    `items`: options, lines to order, or left sides · `rights`: right sides of a match, lettered a, b ... ·
    `blanks`: for each blank of a cloze its options (empty where it is typed).
    """

    items: tuple[ShownItem, ...] = ()
    rights: tuple[ShownItem, ...] = ()
    blanks: tuple[tuple[ShownItem, ...], ...] = ()


def key_of(text: str) -> str:
    """The key of a part without an id: twelve hex digits of its text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def option_key(option: Option) -> str:
    """An option's id, else the hash of its text."""
    return option.id or key_of(option.text)


def letter_of(index: int) -> str:
    """0 -> a, 25 -> z, 26 -> aa: how right sides of a match are numbered."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def indent_width(line: str) -> int:
    """Columns of leading blanks; a tab counts four."""
    blanks = line[: len(line) - len(line.lstrip(" \t"))]
    return sum(TAB_WIDTH if blank == "\t" else 1 for blank in blanks)


def indent_levels(items: Sequence[str]) -> tuple[int, ...]:
    """Levels of indent; one level is the narrowest indent that occurs."""
    widths = [indent_width(item) for item in items]
    unit = min((width for width in widths if width), default=TAB_WIDTH)
    return tuple(width // unit for width in widths)


def line_text(quiz: OrderQuiz, item: str) -> str:
    """A line as it is shown: without its indent when the indent is part of the answer."""
    return item.strip() if quiz.indent else item.rstrip()


def line_key(quiz: OrderQuiz, item: str) -> str:
    """The key of a line; lines that look the same are the same."""
    return key_of(line_text(quiz, item))


def shown(quiz: QuizCell, *, seed: int) -> Shown:
    """The parts of a question in the order shown; the same seed gives the same order.

    Options are shuffled when the quiz says so, lines and right sides always; lines never stand in a
    right order if there is another.
    """
    # Seeded by text: the order must be repeatable, not secret.
    rng = random.Random(f"{seed}:{quiz.id}")  # noqa: S311
    match quiz:
        case ChoiceQuiz():
            return Shown(items=_options(quiz.option, rng, is_shuffled=quiz.shuffle))
        case ClozeQuiz():
            return Shown(blanks=_blank_options(quiz, rng))
        case OrderQuiz():
            return Shown(items=_lines(quiz, rng))
        case MatchQuiz():
            return _sides(quiz, rng)
        case TextQuiz() | NumberQuiz() | PredictQuiz() | ReflectQuiz():
            return Shown()
        case _:
            assert_never(quiz)


def _options(options: Sequence[Option], rng: random.Random, *, is_shuffled: bool) -> tuple[ShownItem, ...]:
    items = [ShownItem(option_key(option), option.text) for option in options]
    if is_shuffled:
        rng.shuffle(items)
    return tuple(items)


def _blank_options(quiz: ClozeQuiz, rng: random.Random) -> tuple[tuple[ShownItem, ...], ...]:
    return tuple(
        _options(blank.option, rng, is_shuffled=quiz.shuffle) if isinstance(blank, ChoiceBlank) else ()
        for blank in quiz.blank
    )


def right_orders(quiz: OrderQuiz) -> tuple[tuple[int, ...], ...]:
    """Every right order, as positions from 0 into `items`; the author's own first."""
    own = tuple(range(len(quiz.items)))
    further = (tuple(position - 1 for position in order) for order in quiz.orders)
    return (own, *(order for order in further if sorted(order) == list(own)))


def _lines(quiz: OrderQuiz, rng: random.Random) -> tuple[ShownItem, ...]:
    texts = [line_text(quiz, item) for item in (*quiz.items, *quiz.distractors)]
    right = {tuple(texts[position] for position in order) for order in right_orders(quiz)}
    for _ in range(50):
        rng.shuffle(texts)
        if not _reads_right(texts, right):
            break
    return tuple(ShownItem(key_of(text), text) for text in texts)


def _reads_right(texts: list[str], right: set[tuple[str, ...]]) -> bool:
    """Whether the lines stand in a right order already, wherever distractors stand between them."""
    for order in right:
        rest = iter(texts)
        if all(line in rest for line in order):
            return True
    return False


def _sides(quiz: MatchQuiz, rng: random.Random) -> Shown:
    lefts = [ShownItem(key_of(left), left) for left, _ in quiz.pairs]
    if quiz.shuffle:
        rng.shuffle(lefts)
    texts = list(dict.fromkeys([*(right for _, right in quiz.pairs), *quiz.extra]))
    partners = {key_of(left): right for left, right in quiz.pairs}
    for _ in range(50):
        rng.shuffle(texts)
        if any(partners[left.key] != text for left, text in zip(lefts, texts, strict=False)):
            break
    return Shown(items=tuple(lefts), rights=tuple(ShownItem(key_of(text), text) for text in texts))

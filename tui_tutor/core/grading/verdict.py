"""Verdict: what an answer was worth and what to say of it. Values only; every text is plain."""

from __future__ import annotations

from dataclasses import dataclass

Answer = tuple[str, ...]
"""An answer as it is stored, by option id or text hash, never by position.

choice: the keys chosen · text, number, predict, reflect: one text · cloze: one text (or option key) for each
blank · order: item keys in order, each followed by one `>` for each level of indent · match: `LEFT=RIGHT`
keys. Source: docs/course-format.md and the plain mode's answer syntax.
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """What to say beside one option, blank, line or pair. `is_right` None: nothing is said of its key."""

    key: str
    is_right: bool | None = None
    is_chosen: bool = False
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """The first failing check: what was meant, and at most three lines that name expected and actual."""

    says: str
    lines: tuple[str, ...] = ()
    hint: str = ""
    check_id: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` is the part that was right, 0..1; `correct` is score = 1. `passed` of `total` checks."""

    correct: bool
    score: float
    passed: int = 0
    total: int = 0
    failure: Failure | None = None
    marks: tuple[Mark, ...] = ()
    messages: tuple[str, ...] = ()  # feedback of the whole answer, one sentence each
    note: str = ""  # e.g. that checks ran on a shallow copy

"""What the brief was promised: a cap on money, an honest estimate, the language of an industry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.finding import Finding

MOST_OFF: Final = 0.3
LEAST_TERMS: Final = 3
LEAST_TIMES: Final = 3  # that each of them occurs

PROFILES_SPEAK: Final = "en"  # the language of the terms
_MOST_NAMED: Final = 8  # terms that a repairer is reminded of


def findings_about_promises(built: Built) -> Iterator[Finding]:
    """Spending against cap and estimate, and the terms of the industry in the text."""
    yield from _about_money(built)
    if built.brief.industry:
        yield from _about_terms(built)


def _about_money(built: Built) -> Iterator[Finding]:
    money = built.money
    if money.spent_usd > money.cap_usd + 1e-9:
        message = f"${money.spent_usd:.4f} were spent; the cap is ${money.cap_usd:.2f}"
        yield Finding("over-budget", "", "", message, "report this: a reservation was too small")
    estimate = money.estimated_usd
    if estimate and abs(money.spent_usd - estimate) > MOST_OFF * estimate:
        message = f"${estimate:.2f} were estimated and ${money.spent_usd:.2f} spent"
        yield Finding("estimate-off", "", "", message, is_hard=False)


def _about_terms(built: Built) -> Iterator[Finding]:
    if built.terms is None:
        language = built.brief.language
        is_spoken = language.partition("-")[0] == PROFILES_SPEAK
        why = "has no profile" if is_spoken else f"has no terms in the language {language}"
        message = f"industry {built.brief.industry} {why}: nobody knows whether its words are used"
        yield Finding("industry-unused", "", "", message, is_hard=False)
        return
    terms = built.terms
    used = [term for term, times in terms.items() if times >= LEAST_TIMES]
    if len(used) < LEAST_TERMS:
        words = f"{len(used)} terms of industry {built.brief.industry} occur {LEAST_TIMES} times"
        message = f"{words}; {LEAST_TERMS} should"
        near = sorted(terms, key=lambda term: (-terms[term], term))[:_MOST_NAMED]
        help = f"use its data, roles and words in texts, code and questions: {', '.join(near)}"
        yield Finding("industry-unused", "", "", message, help)

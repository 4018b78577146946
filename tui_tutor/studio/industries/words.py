"""Words of a text: what two courses have in common, and which terms of a trade a course really uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from tui_tutor.studio.industries.profile import Profile

_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_POSSESSIVE: Final = re.compile(r"['’]s$")
_SHORTEST: Final = 3  # letters of a word that says something, other than an abbreviation
_STEM_SHORTEST: Final = 4
_ENDINGS: Final = (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("s", ""))
_KEEPS_S: Final = ("ss", "us", "is")
_FUNCTION_WORDS: Final = """
a about above after again against all also am an and any are as at be because been before being below
between both but by can cannot could did do does doing done down during each either else ever every few
for from further get gets give given gives go goes had has have having he her here hers him his how i if
in into is it its itself just least less let like made make makes many may me might more most much must
my neither never no nor not now of off on once one only or other our out over own per rather same see
she should since so some still such take taken takes than that the their them then there these they this
those three through to too two under until up upon us use used uses using very was we well were what
when where whether which while who whole whom whose why will with within without would yet you your
except including
"""
_EMPTY: Final = frozenset(_FUNCTION_WORDS.split())


def words(text: str) -> list[str]:
    """The content words of a text in their order, lower case, without function words and single letters."""
    found = (_POSSESSIVE.sub("", match[0]) for match in _WORD.finditer(text))
    return [word.casefold() for word in found if _says_something(word)]


def _says_something(word: str) -> bool:
    long_enough = len(word) >= _SHORTEST or (len(word) > 1 and word.isupper())
    return long_enough and word.casefold() not in _EMPTY


def stem(word: str) -> str:
    """A word in the singular, roughly: "batteries" and "battery" meet, "gas" and "bus" stay."""
    if len(word) < _STEM_SHORTEST or word.endswith(_KEEPS_S):
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    return word


def similarity(text_a: str, text_b: str) -> float:
    """Jaccard index of the sets of content words: 0 nothing in common, 1 the same words (or none)."""
    a, b = ({stem(word) for word in words(text)} for text in (text_a, text_b))
    return len(a & b) / len(a | b) if a | b else 1.0


def terms_used(profile: Profile, texts: Iterable[str]) -> Mapping[str, int]:
    """Term -> how often it stands in the texts, for those that do.

    Words are compared whole ("ramp" is not in "trampoline"), in singular or plural and in any case, but an
    abbreviation only in capitals.
    """
    joined = "\n".join(texts)
    counts = {each.term: len(_pattern(each.term).findall(joined)) for each in profile.term}
    return {term: count for term, count in counts.items() if count}


def _pattern(term: str) -> re.Pattern[str]:
    parts = re.split(r"[\s-]+", term.strip())
    plain = r"[\s-]+".join(re.escape(part) for part in parts)
    is_abbreviation = term.isupper() and len(parts) == 1
    return re.compile(rf"(?<!\w){_singular_or_plural(plain)}(?!\w)", 0 if is_abbreviation else re.IGNORECASE)


def _singular_or_plural(plain: str) -> str:
    if re.search(r"[^aeiou]y$", plain):
        return f"{plain[:-1]}(?:y|ies)"
    return f"{plain}(?:s|es)?"

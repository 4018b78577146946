"""How many syllables a word has, by rule; for averages over a text, not for a single word's sake."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_SPELLED: Final = 3  # letters; shorter words in capitals are spelled, as GPU is
_NO_LETTER: Final = re.compile(r"[^a-z]")
_GROUP: Final = re.compile(r"[aeiouy]+")
_SOUNDED_Y: Final = re.compile(r"(?:^|(?<=[aeiou]))y(?=[aeiou])")
_ODD: Final = {"eye": 1, "eyes": 1}
_SILENT: Final = re.compile(
    r"(?<=[^aeiouy])(?<![^aeiouy]l)e$|(?<=[qg]u)e$"  # name, unique, but not table
    r"|(?<=[^aeiouytd])ed$"  # used, but not added
    r"|(?<=[^aeiouysxzcgl])(?<![cs]h)es$|(?<=[aeiouy]l)es$"  # makes, rules, but not uses, tables
    r"|(?<=[aeiouy][^aeiouyl])e(?=(?:ment|ful|less|ly|ness|thing|times?)s?$)"  # statement, careful
)
_APART: Final = re.compile(
    r"i(?=at[eio])|(?<![cglstx])i(?=[aou])|i(?=et)|(?<![ct])i(?=en[ct])|^sci(?=en)"  # variation, science
    r"|(?<![pg])e(?=o)|(?<![qg])u(?=a(?!r[dt]))|u(?=ous)"  # video, usual, continuous
    r"|cre(?=at(?!u))|(?<=[aeiou][^aeiou])e(?=a$)"  # create, idea
    r"|(?<=[aeiouy])(?=ing$)|(?<=s)(?=m$)|(?<=[^aeiouy])i(?=er$|est$)"  # being, prism, easier
)


def syllables(word: str, language: str = "en") -> int:
    """At least 1. English by its own rules; in other languages each group of vowels is one."""
    if language.partition("-")[0] == "en":
        return _in_english(word)
    return max(1, len(re.findall(r"[aeiouyàâäåæáéèêëíìîïóòôöøœúùûüýÿ]+", word.lower())))


@lru_cache(maxsize=10_000)
def _in_english(word: str) -> int:
    if word.isupper() and len(word) <= _SPELLED:
        return max(1, sum(3 if letter == "W" else 1 for letter in word))
    has_not = re.search(r"[^aeiouy]n['’]t$", word.lower()) is not None  # didn't
    letters = _NO_LETTER.sub("", word.lower())
    if letters in _ODD:
        return _ODD[letters]
    vowels = _SOUNDED_Y.sub("j", letters)
    count = len(_GROUP.findall(vowels)) + has_not
    if len(letters) > 3:
        count += len(_APART.findall(vowels)) - len(_SILENT.findall(vowels))
    return max(1, count)

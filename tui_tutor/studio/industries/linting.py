"""What is wrong with a set of profiles beyond their form: one mistake, one sentence."""

from __future__ import annotations

import builtins
import keyword
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, Final

from tui_tutor.studio.industries.catalogue import industries
from tui_tutor.studio.industries.profile import Profile
from tui_tutor.studio.industries.words import stem, words

MOST_ALIKE: Final = 0.5  # Jaccard of two profiles' words, and of their terms
_PYTHON: Final = frozenset(keyword.kwlist) | frozenset(dir(builtins))
_SENTENCE: Final = 40  # characters from which a text is nobody else's


def mistakes(profiles: Sequence[Profile]) -> list[str]:
    """All of them, in the order of the profiles."""
    found = [line for each in profiles for line in _own(each)]
    return [*found, *_twice(profiles), *_repeated(profiles), *_alike(profiles)]


def _own(profile: Profile) -> Iterator[str]:
    if profile.code not in {each.code for each in industries()}:
        yield f"{profile.code}: NAICS 2022 has no such industry group"
    named = {
        "term": [each.term for each in profile.term],
        "data set": [each.name for each in profile.data],
        "rule": [each.name for each in profile.regulation],
        "role": list(profile.roles),
    }
    for kind, names in named.items():
        yield from (f"{profile.code}: {kind} {name!r} stands there twice" for name in _doubles(names))
    for each in profile.term:
        if each.term in _PYTHON:
            yield f"{profile.code}: term {each.term!r} is a word of Python, which any course uses"
    for data in profile.data:
        for name in _doubles([column.name for column in data.columns]):
            yield f"{profile.code}: data set {data.name!r} has column {name!r} twice"


def _doubles(names: Sequence[str]) -> list[str]:
    counted = Counter(name.casefold() for name in names)
    return [name for name, count in counted.items() if count > 1]


def _twice(profiles: Sequence[Profile]) -> Iterator[str]:
    for code in _doubles([each.code for each in profiles]):
        yield f"{code}: has two profiles"


def _repeated(profiles: Sequence[Profile]) -> Iterator[str]:
    """Sentences that stand in two places: filler, whatever they say."""
    home: dict[str, str] = {}
    for profile in profiles:
        for text in sentences(profile):
            first = home.setdefault(text.casefold(), profile.code)
            if first != profile.code:
                yield f"{profile.code}: {text!r} stands in {first} too"


def _alike(profiles: Sequence[Profile]) -> Iterator[str]:
    said = [(each.code, _stems(each), {term.term.casefold() for term in each.term}) for each in profiles]
    for (a, words_a, terms_a), (b, words_b, terms_b) in combinations(said, 2):
        if a != b and _share(words_a, words_b) >= MOST_ALIKE:
            yield f"{b}: says nearly what {a} says (Jaccard {_share(words_a, words_b):.2f})"
        if a != b and _share(terms_a, terms_b) >= MOST_ALIKE:
            yield f"{b}: has nearly the terms of {a} (Jaccard {_share(terms_a, terms_b):.2f})"


def _share(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b)


def _stems(profile: Profile) -> set[str]:
    return {stem(word) for text in _texts(profile.model_dump(exclude={"source"})) for word in words(text)}


def sentences(profile: Profile) -> list[str]:
    """The texts of a profile that only it should hold; names of rules and sources may be anybody's."""
    return [text for text in _texts(profile.model_dump(exclude={"source"})) if len(text) >= _SENTENCE]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each) if key not in ("name", "body") else ()
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)

"""Which industries there are, how to find one, and its profile; each file is read when it is first needed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.studio.industries.profile import Profile, ProfileFile
from tui_tutor.studio.industries.words import stem, words

_HERE: Final = files(__package__)
_FOLDERS: Final = ("profiles", "profiles/more")
_TITLE, _PROFILE, _SUMMARY = 3.0, 1.0, 0.5  # what a word weighs that is found there
_ROOT: Final = 5  # letters that two words share at least where one continues the other: electric, electricity


@dataclass(frozen=True, slots=True)
class Industry:
    """A NAICS 2022 industry group; its ISIC and NACE codes as docs/industries.md explains."""

    code: str  # four digits
    title: str
    sector: str  # "22", "31-33"
    sector_title: str
    isic4: tuple[str, ...]
    isic5: tuple[str, ...]
    nace21: tuple[str, ...]
    relation: Mapping[str, str]  # "isic4" -> "one-to-one", "many-to-many", ...


@cache
def industries() -> tuple[Industry, ...]:
    """All 308, by code."""
    data = json.loads(_HERE.joinpath("naics.json").read_text("utf-8"))
    return tuple(_industry(values, data["sectors"]) for values in data["industries"])


def _industry(values: Mapping[str, Any], sectors: Mapping[str, str]) -> Industry:
    return Industry(
        code=values["code"],
        title=values["title"],
        sector=values["sector"],
        sector_title=sectors[values["sector"]],
        isic4=tuple(values["isic4"]),
        isic5=tuple(values["isic5"]),
        nace21=tuple(values["nace21"]),
        relation=values["relation"],
    )


def industry(code: str) -> Industry:
    """The group of a code; TutorError, with the nearest ones, where there is none."""
    for each in industries():
        if each.code == code:
            return each
    near = sorted(_beginning(code[:2]), key=lambda each: (not each.code.startswith(code[:3]), each.code))
    listed = "; ".join(f"{each.code} {each.title}" for each in near[:3])
    raise TutorError(
        f"NAICS 2022 has no industry group {code}",
        help=f"near it: {listed}"
        if listed
        else "a code has four digits: 2211 is electricity, 6221 hospitals",
    )


def _beginning(digits: str) -> tuple[Industry, ...]:
    return tuple(each for each in industries() if digits and each.code.startswith(digits))


def find(text: str, *, limit: int = 10) -> tuple[Industry, ...]:
    """Industries by the beginning of a NAICS code, by an ISIC or NACE code, or by words; the best first.

    Words are looked for in titles, and in the terms, roles and summaries of profiles: "hospital", "load".
    """
    asked = text.strip()
    if asked[:1].isdigit():
        return _by_code(asked)[:limit]
    wanted = _stems([asked])
    scored = [(_score(each, wanted), each) for each in industries()] if wanted else []
    found = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].code))
    return tuple(each for _, each in found[:limit])


def _by_code(asked: str) -> tuple[Industry, ...]:
    own = _beginning(asked)
    others = (each for each in industries() if asked in (*each.isic4, *each.isic5, *each.nace21))
    return own + tuple(each for each in others if each not in own)


def _score(candidate: Industry, wanted: frozenset[str]) -> float:
    """How well the wanted words are met; one that makes up more of a title counts for more."""
    title = _stems([candidate.title])
    told, summed_up = _profile_stems(candidate.code)
    in_title = sum(_meets(word, title) for word in wanted)
    weighed = in_title * _TITLE + (in_title / len(title) if title else 0.0)
    weighed += sum(_meets(word, told) for word in wanted) * _PROFILE
    return weighed + sum(_meets(word, summed_up) for word in wanted) * _SUMMARY


def _meets(wanted: str, known: frozenset[str]) -> bool:
    return wanted in known or any(_continues(wanted, each) or _continues(each, wanted) for each in known)


def _continues(longer: str, shorter: str) -> bool:
    return len(shorter) >= _ROOT and longer.startswith(shorter)


@cache
def _profile_stems(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of terms and roles, and those of the summary."""
    known = profile(code)
    if known is None:
        return frozenset(), frozenset()
    told = [each.term for each in known.term] + list(known.roles)
    return _stems(told), _stems([known.summary])


def _stems(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(stem(word) for text in texts for word in words(text))


def profile(code: str) -> Profile | None:
    """What the studio knows of an industry, None for nothing yet; reads the files of one sector."""
    return next((each for each in _sector_profiles(code[:2]) if each.code == code), None)


def profiles() -> tuple[Profile, ...]:
    """All of them, by code."""
    sectors = sorted({each.code[:2] for each in industries()})
    return tuple(each for sector in sectors for each in _sector_profiles(sector))


@cache
def _sector_profiles(digits: str) -> tuple[Profile, ...]:
    found = [each for file in _files(digits) for each in _read(file)]
    return tuple(sorted(found, key=lambda each: each.code))


def _files(digits: str) -> Iterator[Traversable]:
    if len(digits) == 2 and digits.isascii() and digits.isdigit():
        candidates = (_HERE.joinpath(folder, f"{digits}.toml") for folder in _FOLDERS)
        yield from (file for file in candidates if file.is_file())


def _read(file: Traversable) -> Sequence[Profile]:
    import tomli

    return ProfileFile.model_validate(tomli.loads(file.read_text("utf-8"))).profile

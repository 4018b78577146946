"""course.toml, which the studio writes and the author may change: both are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing import COURSE_FILE
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.studio.exchanging import with_values

_OF_THE_OUTLINE: Final = ("lessons", "objective")  # to be changed there
_MISSING: Final = object()


def values_in(data: bytes) -> Mapping[str, Any]:
    """What a course's file says; TutorError (exit code 4) where it has mistakes."""
    return _read(data).values


def _read(data: bytes) -> Document:
    document = parse_toml(data, COURSE_FILE)
    if isinstance(document, Document):
        return document
    first = document[0]
    raise TutorError(
        f"{COURSE_FILE} has a mistake in line {first.span.line}: {first.message}. It is as it was.",
        help="Mend it: tui-tutor check shows all of them.",
        exit_code=4,
    )


def with_changes(fresh: str, theirs: bytes, wrote: Mapping[str, Any]) -> bytes:
    """`fresh`, but with what `theirs` has otherwise than the studio `wrote` it; `theirs` itself if it can be.

    Where the author has written in it, its comments and its order stay.

    TutorError where `theirs` has mistakes, or lists a lesson that the outline does not have.
    """
    ours, there = values_in(fresh.encode()), values_in(theirs)
    _require_known(ours, there, wrote)
    changed = {
        key: there.get(key, _MISSING)
        for key in (*there, *wrote)
        if key not in _OF_THE_OUTLINE and there.get(key, _MISSING) != wrote.get(key, _MISSING)
    }
    whole = {key: value for key, value in {**ours, **changed}.items() if value is not _MISSING}
    if whole == there:
        return theirs
    return toml_text(whole).encode() if not _is_annotated(theirs, wrote) else _exchanged(theirs, whole)


def _is_annotated(theirs: bytes, wrote: Mapping[str, Any]) -> bool:
    """Whether somebody else than the studio wrote it, be it a comment."""
    return theirs != toml_text(wrote).encode()


def _exchanged(theirs: bytes, whole: Mapping[str, Any]) -> bytes:
    """Their file with other values; written anew where that does not come out as it should."""
    text = with_values(_read(theirs), whole)
    if text is not None:
        document = parse_toml(text.encode(), COURSE_FILE)
        if isinstance(document, Document) and document.values == whole:
            return text.encode()
    return toml_text(whole).encode()


def _require_known(ours: Mapping[str, Any], there: Mapping[str, Any], wrote: Mapping[str, Any]) -> None:
    known = (*ours["lessons"], *wrote.get("lessons", ()))
    listed = there.get("lessons", ())
    unknown = [one for one in listed if one not in known] if isinstance(listed, list) else []
    if unknown:
        raise TutorError(
            f"{COURSE_FILE} lists the lesson {safe_line(str(unknown[0]))}, which the outline does not have.",
            help="Add it to the outline too: what is written already is not written again.",
            exit_code=4,
        )

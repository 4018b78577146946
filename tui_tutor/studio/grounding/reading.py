"""The text of an author's file: Markdown, programs and plain text as they are, notebooks and PDF as text."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from tui_tutor.core.errors import TutorError

PLAIN: Final = frozenset({".md", ".markdown", ".txt", ".rst", ".py"})
KINDS: Final = PLAIN | {".ipynb", ".pdf"}
MOST_PAGES: Final = 2_000
MOST_TEXT: Final = 10_000_000  # bytes of text that are taken out of one file


def text_of(name: str, suffix: str, data: bytes) -> bytes:
    """The bytes that are searched and cited; TutorError where there are none to be had."""
    match suffix:
        case ".ipynb":
            return _bounded(_text_of_notebook(name, data), name)
        case ".pdf":
            return _bounded(_text_of_pdf(name, data), name)
        case _:
            return _plain(name, data)


def _plain(name: str, data: bytes) -> bytes:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TutorError(
            f"{name} is not UTF-8 text (byte {error.start + 1:,}), so it cannot be quoted exactly.",
            help="Save it as UTF-8, or take it out of `sources`.",
        ) from error
    if b"\0" in data:
        raise TutorError(f"{name} is no text: it holds zero bytes.", help="Take it out of `sources`.")
    return data


def _bounded(text: str, name: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if len(data) > MOST_TEXT:
        raise TutorError(
            f"The text of {name} has {len(data):,} bytes; at most {MOST_TEXT:,} are read.", help="Split it."
        )
    if not data.strip():
        raise TutorError(
            f"No text was found in {name}.", help="A scanned page is a picture: give a text of it instead."
        )
    return data


# --- notebooks --------------------------------------------------------------------------------------


def _text_of_notebook(name: str, data: bytes) -> str:
    """Its cells of words and code in order; outputs are left out."""
    try:
        read = json.loads(data)
        return "\n\n".join(_cells(read))
    except (ValueError, RecursionError, AttributeError, TypeError) as error:
        raise TutorError(
            f"{name} is not a notebook that can be read.", help="Open and save it in Jupyter, or take it out."
        ) from error


def _cells(read: Any) -> Iterator[str]:
    for cell in read.get("cells", ()):
        source = cell.get("source", "")
        text = "".join(source) if isinstance(source, list) else str(source)
        if cell.get("cell_type") in ("markdown", "code", "raw") and text.strip():
            yield text.strip("\n")


# --- PDF --------------------------------------------------------------------------------------------


def _text_of_pdf(name: str, data: bytes) -> str:
    try:
        import pypdf  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise TutorError(
            f"{name} is a PDF, and pypdf, which reads them, is not installed.",
            help="`pip install pypdf`, or give the text as Markdown.",
            exit_code=3,
        ) from None
    logging.getLogger("pypdf").propagate = False  # it would write its doubts over the screen
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    try:
        return "\n\n".join(_pages(pypdf.PdfReader(BytesIO(data)).pages))
    except Exception as error:  # whatever a stranger's PDF makes its reader raise
        raise TutorError(
            f"{name} is not a PDF that can be read.", help="Give its text as Markdown instead."
        ) from error


def _pages(pages: Any) -> Iterator[str]:
    """The text of each page, until there is more than is read."""
    size = 0
    for number in range(min(len(pages), MOST_PAGES)):
        text = str(pages[number].extract_text())
        size += len(text)
        yield text
        if size > MOST_TEXT:
            return

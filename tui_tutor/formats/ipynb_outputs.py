"""Outputs of a notebook cell -> run events for the lock: bounded, and told what could not be kept."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tui_tutor.core.execution import Displayed, ErrorRaised, RunEvent, Started, StreamText
from tui_tutor.core.execution_json import event_as_json
from tui_tutor.formats.ipynb_reading import NotebookCell, joined

MOST_TEXT: Final = 100_000  # characters of text kept of a cell
MOST_PICTURE: Final = 4_000_000  # characters of base64 kept of a picture
MOST_EVENTS: Final = 200
MOST_RECORDED: Final = 15_000_000  # characters of all outputs; a lock may have 20,000,000 bytes
_FRAMES: Final = 40
_FRAME: Final = 4_000
_PICTURES: Final = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}
_OBJECT: Final = re.compile(r"\A<[\w.]+(?: object)?(?: at 0x[0-9a-f]+)?>\s*\Z")
_TEXTS: Final = ("text/markdown", "text/latex")
# What text/plain says as well, or says better in a terminal.
_DOUBLED: Final = frozenset({"text/plain", "text/html", *_TEXTS, "application/json", *_PICTURES})
_PLACE: Final = re.compile(
    r"(?:Cell In\s?\[(\d+)\], line |<ipython-input-(\d+)-[0-9a-f]+>(?: in [^\n]*\n[^\n]*|:))(\d+)"
)
_ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Budget:
    """How much of all outputs of a course is still to be kept, in characters."""

    left: int = MOST_RECORDED


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a cell printed when its notebook was saved. `lost` are pairs of what and why."""

    events: tuple[Mapping[str, Any], ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    error: str = ""  # the name of the exception it ended with


def recorded_output(cell: NotebookCell, budget: Budget) -> Recorded:
    """The cell's outputs as a lock records them, [] if there are none."""
    lost: list[tuple[str, str]] = []
    said = list(_events(cell, lost))
    error = next((event.name for event in said if isinstance(event, ErrorRaised)), "")
    if not said:
        return Recorded((), tuple(dict.fromkeys(lost)))
    events = list(_bounded(said, lost, budget))
    if events:
        events.insert(0, event_as_json(Started(cell.count)))
    return Recorded(tuple(events), tuple(dict.fromkeys(lost)), error)


def _events(cell: NotebookCell, lost: list[tuple[str, str]]) -> Iterator[RunEvent]:
    for output in cell.outputs:
        match output["output_type"]:
            case "stream":
                name = output["name"]
                yield StreamText("stderr" if name == "stderr" else "stdout", joined(output.get("text")))
            case "execute_result" | "display_data":
                if bundle := _bundle(output["data"], lost):
                    yield Displayed(bundle, output["output_type"] == "execute_result")
            case "error":
                yield _error(output)
            case kind:
                lost.append((f"output of type {kind}", "no such type is known"))


def _error(output: Mapping[str, Any]) -> ErrorRaised:
    frames = output.get("traceback")
    texts = [frame[:_FRAME] for frame in frames if isinstance(frame, str)] if isinstance(frames, list) else []
    place = _PLACE.findall(_ANSI.sub("", "\n".join(texts[:_FRAMES])))
    return ErrorRaised(
        str(output.get("ename", ""))[:_FRAME],
        str(output.get("evalue", ""))[:_FRAME],
        tuple(texts[:_FRAMES]),
        int(place[0][2][:9]) if place else None,
    )


# --- bundles ----------------------------------------------------------------------------------------


def _bundle(data: Mapping[str, Any], lost: list[tuple[str, str]]) -> dict[str, str]:
    """What of a MIME bundle a terminal can show: a text, and the pictures."""
    kept = {}
    for mime in _PICTURES:
        if mime in data and (picture := _picture(mime, joined(data[mime]), lost)):
            kept[mime] = picture
    text = joined(data.get("text/plain"))
    if not text.strip() or _OBJECT.match(text):
        text = _other_text(data) or text
    if text:
        kept["text/plain"] = text
    shown = bool(kept) and not (_OBJECT.match(text) and len(kept) == 1)
    for mime in data:
        if mime not in _DOUBLED or (mime == "text/html" and not shown):
            lost.append((f"output {mime}", _why(mime, shown)))
    return kept


def _why(mime: str, shown: bool) -> str:
    if "widget" in mime:
        return "a widget needs a browser"
    return "a terminal cannot show it; its text or picture is kept" if shown else "a terminal cannot show it"


def _other_text(data: Mapping[str, Any]) -> str:
    for mime in _TEXTS:
        if text := joined(data.get(mime)):
            return text
    if "application/json" in data:
        return json.dumps(data["application/json"], ensure_ascii=False, indent=2)[:MOST_TEXT]
    return ""


def _picture(mime: str, text: str, lost: list[tuple[str, str]]) -> str:
    """The picture as base64 on one line, "" with a reason in `lost` if it is none."""
    if len(text) > MOST_PICTURE:
        lost.append(
            (f"output {mime}", f"it has {len(text):,} characters of base64; {MOST_PICTURE:,} are kept")
        )
        return ""
    if picture_bytes(mime, text) is None:
        lost.append((f"output {mime}", "it is no such picture"))
        return ""
    return "".join(text.split())


def picture_bytes(mime: str, text: str) -> bytes | None:
    """The bytes of a picture in base64; None if they are not what `mime` says."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if mime == "image/svg+xml":
        return data if b"<svg" in data[:65_536] else None
    return data if mime in _PICTURES and data.startswith(_PICTURES[mime]) else None


# --- bounds -----------------------------------------------------------------------------------------


def _bounded(
    said: list[RunEvent], lost: list[tuple[str, str]], budget: Budget
) -> Iterator[Mapping[str, Any]]:
    text_left = MOST_TEXT
    for number, event in enumerate(said):
        if number >= MOST_EVENTS:
            lost.append(("outputs", f"only the first {MOST_EVENTS} of {len(said)} are kept"))
            return
        kept = event
        if (size := _text_size(event)) > text_left:
            kept = _shortened(event, text_left)
            lost.append(("output", f"only the first {MOST_TEXT:,} characters are kept"))
        text_left -= min(size, text_left)
        encoded = event_as_json(kept)
        budget.left -= (weight := len(str(encoded)))
        if budget.left < 0:
            budget.left += weight
            lost.append(("output", f"all outputs together have more than {MOST_RECORDED:,} characters"))
            return
        yield encoded


def _text_size(event: RunEvent) -> int:
    match event:
        case StreamText():
            return len(event.text)
        case Displayed():
            return len(event.bundle.get("text/plain", ""))
        case _:
            return 0


def _shortened(event: RunEvent, size: int) -> RunEvent:
    match event:
        case StreamText():
            return StreamText(event.stream, event.text[:size] + "\n… more was printed than is recorded …\n")
        case Displayed():
            return Displayed(
                {**event.bundle, "text/plain": event.bundle["text/plain"][:size] + " …"}, event.is_result
            )
        case _:
            return event

"""Pictures named in Markdown: those that came with the source become files of the course."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from hashlib import sha256
from typing import Final
from urllib.parse import unquote

from tui_tutor.formats.gathering import Gathering
from tui_tutor.formats.imported import Source
from tui_tutor.formats.source_text import beside

_PICTURE: Final = re.compile(
    r"!\[(?P<alt>[^\[\]\n]{0,1000})\]\((?P<to>[^()\s]*)(?P<title>\s+\"[^\"\n]*\")?\)"
)
_DATA: Final = re.compile(r"data:image/(?P<type>png|jpeg|gif|webp|svg\+xml);base64,(?P<data>[A-Za-z0-9+/=]+)")
_SUFFIX: Final = {"jpeg": "jpg", "svg+xml": "svg"}


def with_pictures(markdown: str, source: Source, file: str, gathering: Gathering, *, where: str = "") -> str:
    """The text with its pictures' addresses in the course; those that are elsewhere are named as lost."""

    def moved(found: re.Match[str]) -> str:
        address, why = _kept(found["to"], source, file, gathering)
        if why:
            gathering.lose(where or file, f"picture {found['to'][:100]}", why)
        return f"![{found['alt']}]({address}{found['title'] or ''})"

    return _PICTURE.sub(moved, markdown) if "![" in markdown else markdown


def _kept(address: str, source: Source, file: str, gathering: Gathering) -> tuple[str, str]:
    """Where a picture stands in the course; and why it does not, "" where it does."""
    if found := _DATA.fullmatch(address):
        try:
            data = b64decode(found["data"], validate=True)
        except (binascii.Error, ValueError):
            return "", "it is no picture"
        suffix = _SUFFIX.get(found["type"], found["type"])
        # No path of a source can be called so: its name is made anew.
        path = f"data:{sha256(data).hexdigest()}/picture.{suffix}"
    elif kept := beside(source, file, unquote(address.partition("#")[0].partition("?")[0])):
        path, data = kept, source.files[kept]
    else:
        return address, "it did not come with the source"
    if not gathering.has_file(path) and not gathering.has_room(data):
        return "", "there is no more room"
    return gathering.add_file(path, data), ""

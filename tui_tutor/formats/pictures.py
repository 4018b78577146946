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
        address = _kept(found["to"], source, file, gathering)
        if address is None:
            gathering.lose(where or file, f"picture {found['to'][:100]}", "it did not come with the source")
            return found[0]
        return f"![{found['alt']}]({address}{found['title'] or ''})"

    return _PICTURE.sub(moved, markdown) if "![" in markdown else markdown


def _kept(address: str, source: Source, file: str, gathering: Gathering) -> str | None:
    if found := _DATA.fullmatch(address):
        suffix = _SUFFIX.get(found["type"], found["type"])
        try:
            data = b64decode(found["data"], validate=True)
        except (binascii.Error, ValueError):
            return None
        return gathering.add_file(f"data:{sha256(data).hexdigest()}/picture.{suffix}", data)
    if address.startswith("files/") and address in gathering.files:
        return address
    path = beside(source, file, unquote(address.partition("#")[0].partition("?")[0]))
    return gathering.add_file(path, source.files[path]) if path else None

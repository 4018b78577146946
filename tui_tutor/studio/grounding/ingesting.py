"""Taking in the author's files: read within limits, never through a link that leads out, kept as bytes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.studio.durable import make_folder, write_durably
from tui_tutor.studio.grounding.reading import KINDS, PLAIN, text_of
from tui_tutor.studio.grounding.source import Source

MOST_FILES: Final = 500
MOST_FILE_BYTES: Final = 20_000_000
MOST_BYTES: Final = 50_000_000  # of the text of all sources
_DEEPEST: Final = 8
_INDEX: Final = "index.json"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


def ingest(paths: Sequence[str], root: Path) -> tuple[Source, ...]:
    """Read files and folders, named relative to `root`; the same sources whatever the order on disk.

    TutorError where a file is missing, lies outside `root` (also by a link), is of another kind or too large.
    """
    base = root.resolve()
    files = dict.fromkeys(file for path in paths for file in _files_of(path, base))
    if len(files) > MOST_FILES:
        raise TutorError(
            f"There are {len(files):,} source files; at most {MOST_FILES} are read.",
            help="Name those that matter.",
        )
    sources: dict[str, Source] = {}
    left = MOST_BYTES
    for file in files:
        source = _read(file, base, sources)
        left -= len(source.content)
        if left < 0:
            raise TutorError(
                f"The sources have more than {MOST_BYTES:,} bytes together.", help="Name those that matter."
            )
        sources[source.file] = source
    return tuple(sources.values())


def _files_of(path: str, base: Path) -> Iterator[Path]:
    place = _inside(path, base)
    if not place.is_dir():
        yield place
        return
    found = sorted(_walk(place, base, 0))
    if not found:
        raise TutorError(f"No source was found in {path}.", help=f"Files to ground on end in {_kinds()}.")
    yield from found


def _walk(folder: Path, base: Path, depth: int) -> Iterator[Path]:
    """Files of a folder that can be read; hidden ones, links and what lies very deep are left out."""
    if depth > _DEEPEST:
        return
    for entry in os.scandir(folder):
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _walk(Path(entry.path), base, depth + 1)
        elif entry.is_file() and Path(entry.name).suffix.lower() in KINDS:
            yield Path(entry.path)


def _inside(path: str, base: Path) -> Path:
    """The real place of a path, which must lie inside the base."""
    try:
        place = (base / path).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise TutorError(
            f"The source {path} does not exist.", help="Sources are named relative to the brief's folder."
        ) from error
    if place != base and base not in place.parents:
        raise TutorError(
            f"The source {path} lies outside the brief's folder, so it was not read.",
            help="Copy it beside the brief: a brief must not reach for other files of yours.",
        )
    return place


def _read(file: Path, base: Path, taken: dict[str, Source]) -> Source:
    name = file.relative_to(base).as_posix()
    suffix = file.suffix.lower()
    if suffix not in KINDS:
        raise TutorError(
            f"{name} is of a kind that cannot be read.", help=f"Files to ground on end in {_kinds()}."
        )
    data = _bytes_of(file, name)
    content = text_of(name, suffix, data)
    if not content.strip():
        raise TutorError(f"The source {name} is empty.", help="Take it out of `sources`.")
    shown = _citable_name(name if suffix in PLAIN else f"{name}.txt", taken)
    return Source(shown, content, name, hashlib.sha256(data).hexdigest())


def _bytes_of(file: Path, name: str) -> bytes:
    """The bytes of a regular file; a link that took its place meanwhile is not followed."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(os.open(file, flags), "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise TutorError(f"{name} is not a file.", help="Take it out of `sources`.")
            data = opened.read(MOST_FILE_BYTES + 1)
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise TutorError(
            f"{name} cannot be read: {reason}.", help="Mend its rights, or take it out."
        ) from error
    if len(data) > MOST_FILE_BYTES:
        raise TutorError(f"{name} has more than {MOST_FILE_BYTES:,} bytes.", help="Split it, or take it out.")
    return data


def _citable_name(name: str, taken: dict[str, Source]) -> str:
    """A name that needs no escaping in a link, and that no other source has."""
    parts = [_UNSAFE.sub("-", part).strip("-") or "file" for part in name.split("/")]
    wanted = "/".join(parts)[-120:]
    stem, dot, suffix = wanted.rpartition(".")
    number = 2
    while wanted in taken:
        wanted, number = f"{stem}-{number}{dot}{suffix}", number + 1
    return wanted


def _kinds() -> str:
    return ", ".join(sorted(KINDS))


# --- keeping ----------------------------------------------------------------------------------------


def keep(sources: Sequence[Source], folder: Path) -> None:
    """Write the sources into `folder` (`.studio`), each under the hash of its content."""
    make_folder(folder)
    for source in sources:
        write_durably(folder / source.sha256, source.content)
    entries = [
        {"file": one.file, "origin": one.origin, "origin_sha256": one.origin_sha256, "sha256": one.sha256}
        for one in sources
    ]
    write_durably(folder / _INDEX, json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False).encode())


def kept(folder: Path) -> tuple[Source, ...]:
    """The sources that `keep` wrote; TutorError where one is gone or not what it was."""
    if not (folder / _INDEX).exists():
        return ()
    try:
        return tuple(_recalled(folder, entry) for entry in json.loads((folder / _INDEX).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder / _INDEX) from error


def _recalled(folder: Path, entry: Any) -> Source:
    digest = str(entry["sha256"])
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError(digest)
    content = (folder / digest).read_bytes()
    source = Source(str(entry["file"]), content, str(entry["origin"]), str(entry["origin_sha256"]))
    if source.sha256 != digest:
        raise _damaged(folder / digest)
    return source


def _damaged(place: Path) -> TutorError:
    return TutorError(
        f"A kept source is gone or damaged: {place.name}; nothing was asked.",
        help="Put it back from a copy. Or begin anew in another folder, and copy .studio/steps/ there before "
        "you build: what was answered is not paid for twice.",
    )

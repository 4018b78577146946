"""What a learner typed after `install`: which kind of source it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.folder import MANIFEST

_WEB: Final = ("http", "https")
_SCP: Final = re.compile(r"[\w.+-]+@[\w.-]+:[^/\s][^\s]*")
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A course folder on this computer."""

    path: Path


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """An archive that `pack` wrote."""

    path: Path


@dataclass(frozen=True, slots=True)
class GitSource:
    """A git repository: a URL or a path; `ref` is a tag or branch, `folder` the course's place in it."""

    url: str
    ref: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class WebSource:
    """An archive on a web server."""

    url: str


@dataclass(frozen=True, slots=True)
class IndexSource:
    """A list of courses, at a URL or a path; `course` is the id of one of them, "" for none chosen."""

    place: str
    course: str = ""


Source = FolderSource | ArchiveSource | GitSource | WebSource | IndexSource


def recognise(text: str) -> Source:
    """The source that a text names; TutorError if there is nothing there or it cannot be fetched."""
    text = text.strip()
    if not text or "\0" in text:
        raise TutorError("No source was named.", help="Name a folder, an archive or a URL.")
    if text.startswith("git+"):
        text = text.removeprefix("git+")
        if (scheme := _SCHEME.match(text)) and scheme[1].lower() not in (*_WEB, "ssh"):
            return _remote(text, scheme[1].lower())
        return _git(text)
    if scheme := _SCHEME.match(text):
        return _remote(text, scheme[1].lower())
    if _SCP.fullmatch(text) and not Path(text).exists():
        return _git(text)
    return _local(text)


def _remote(text: str, scheme: str) -> Source:
    if scheme == "ssh":
        return _git(text)
    if scheme not in _WEB:
        raise TutorError(
            f"{safe_line(scheme)}:// is not fetched from. Nothing was installed.",
            help="Courses come from https:// and ssh:// addresses, and from paths.",
        )
    url, _, fragment = text.partition("#")
    try:
        path = urlsplit(url).path.lower()
    except ValueError as error:
        raise TutorError(f"{safe_line(text)} is not an address.", help="Check it.") from error
    if path.endswith(".toml"):
        return IndexSource(url, fragment)
    if path.endswith(".zip"):
        return WebSource(url)
    return _git(text)


def _git(text: str) -> GitSource:
    """`URL`, `URL@TAG`, `URL#REF` or `URL#REF:FOLDER`."""
    url, _, fragment = text.partition("#")
    ref, _, folder = fragment.partition(":")
    if not fragment:
        # An @ before the last slash, or before a colon, belongs to the host.
        start = max(url.rfind("/"), url.rfind(":")) + 1
        name, at, tag = url[start:].partition("@")
        if at and name:
            url, ref = url[:start] + name, tag
    return GitSource(url, ref, folder.strip("/"))


def _local(text: str) -> Source:
    path, fragment = _path_of(text)
    if path.is_dir():
        return _folder(path, fragment)
    if path.name == MANIFEST:
        return FolderSource(path.parent)
    if path.suffix.lower() == ".toml":
        return IndexSource(str(path), fragment)
    return ArchiveSource(path)


def _path_of(text: str) -> tuple[Path, str]:
    whole = Path(text).expanduser().absolute()
    if whole.exists():
        return whole, ""
    before, mark, fragment = text.rpartition("#")
    if mark and before and (path := Path(before).expanduser().absolute()).exists():
        return path, fragment
    raise TutorError(
        f"There is nothing at {safe_line(text)}.",
        help="Check the path; a URL begins with https:// or ssh://.",
    )


def _folder(path: Path, fragment: str) -> Source:
    if (path / MANIFEST).exists() and not fragment:
        return FolderSource(path)
    if (path / "objects").is_dir() and (path / "HEAD").is_file():
        ref, _, folder = fragment.partition(":")
        return GitSource(str(path), ref, folder.strip("/"))
    if (path / ".git").exists() and fragment:
        ref, _, folder = fragment.partition(":")
        return GitSource(str(path), ref, folder.strip("/"))
    if (path / "courses.toml").is_file():
        return IndexSource(str(path / "courses.toml"), fragment)
    raise TutorError(
        f"{safe_line(str(path))} is not a course: it has no course.toml.",
        help="Name the folder that holds course.toml.",
    )


def written(source: Source) -> str:
    """How a source is remembered: what `recognise` takes, without a password."""
    match source:
        case FolderSource(path) | ArchiveSource(path):
            return str(path)
        case WebSource(url):
            return without_password(url)
        case GitSource(url, ref, folder):
            fragment = f"{ref}:{folder}" if folder else ref
            prefix = "git+" if urlsplit(url).scheme in _WEB else ""
            return prefix + without_password(url) + (f"#{fragment}" if fragment else "")
        case IndexSource(place, course):
            return without_password(place) + (f"#{course}" if course else "")


def without_password(url: str) -> str:
    """A web address without the name and password in it; an ssh address needs its name."""
    parts = urlsplit(url) if "://" in url else None
    if parts is None or parts.scheme not in _WEB or "@" not in parts.netloc:
        return url
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

"""A course from a git repository: the newest state of one branch or tag, as plain files.

Nothing of git is kept: one pack is received into memory, no repository is made, so that no hook, filter,
submodule or setting of it can ever act.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Progress
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.archive.names import collision_in, is_left_out, problem_with, trap_in
from tui_tutor.shelf.folder import LIMITS, MANIFEST
from tui_tutor.shelf.sources.fetched import SILENCE_S, Fetched, Receiving, Report
from tui_tutor.shelf.sources.pack_reading import GitObject, read_pack, too_large
from tui_tutor.shelf.sources.recognising import GitSource, without_password
from tui_tutor.shelf.staging import write_tree

if TYPE_CHECKING:
    from dulwich.client import GitClient

PACK_BYTES: Final = 100_000_000
SSH: Final = "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=10 -o ClearAllForwardings=yes"
_FOLDER, _LINK, _SUBMODULE = 0o040000, 0o120000, 0o160000
_KIND: Final = 0o170000
_MOST_TAGS: Final = 8  # a tag of a tag of a tag


def fetch_git(source: GitSource, into: Path, report: Report) -> Fetched:
    """Receive a repository's newest state and write its course to `into`; TutorError if it cannot be had."""
    report(Progress("Asking the git repository"))
    with _explained(source):
        head, pack = _receive(source, report)
    report(Progress("Reading the git repository"))
    tree = _Tree(read_pack(pack))
    tree.walk(tree.root_of(head, source.folder))
    if MANIFEST not in tree.files:
        raise _no_course(source, tree)
    write_tree(into, tree.files, tree.modes)
    return Fetched(into, notes=tuple(tree.notes))


def _receive(source: GitSource, report: Report) -> tuple[str, bytes]:
    from dulwich.object_store import ObjectStoreGraphWalker

    client, path = _client(source.url)
    arriving = Receiving("The git repository", PACK_BYTES, report)
    pack = bytearray()
    chosen: list[bytes] = []

    def take(piece: bytes) -> int:
        arriving.count(len(piece))
        pack.extend(piece)
        return len(piece)

    def choose(refs: Mapping[Any, Any], depth: int | None = None) -> list[Any]:
        del depth
        chosen.append(_chosen(source, refs))
        return [chosen[-1]]

    nothing_here = ObjectStoreGraphWalker([], lambda _: [], shallow=set())
    client.fetch_pack(path, choose, nothing_here, take, depth=1)
    if not chosen:
        raise _no_ref(source, ())
    return chosen[0].decode("ascii", "replace"), bytes(pack)


def _client(url: str) -> tuple[GitClient, str]:
    """A client that reads no git configuration and asks nobody anything."""
    from dulwich.client import LocalGitClient, SSHGitClient, Urllib3HttpGitClient
    from dulwich.config import ConfigDict

    parts = urlsplit(url) if "://" in url else None
    if parts is not None and parts.scheme in ("http", "https"):
        name = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        base = without_password(url)
        http = Urllib3HttpGitClient(
            base, config=ConfigDict(), username=name, password=password, timeout=SILENCE_S, quiet=True
        )
        return http, urlsplit(base).path
    if parts is not None and parts.hostname:
        user, port = parts.username, parts.port
        return SSHGitClient(parts.hostname, port, user, ssh_command=SSH, quiet=True), parts.path
    if not url.startswith("/") and ":" in url:
        host, _, path = url.partition(":")
        user, at, name = host.rpartition("@")
        return SSHGitClient(name, username=user if at else None, ssh_command=SSH, quiet=True), path
    return LocalGitClient(config=ConfigDict()), url


def _chosen(source: GitSource, refs: Mapping[Any, Any]) -> bytes:
    names = {bytes(name).decode("utf-8", "replace"): value for name, value in refs.items() if value}
    wanted = source.ref
    for name in (wanted, f"refs/tags/{wanted}", f"refs/heads/{wanted}") if wanted else ("HEAD",):
        if found := names.get(name):
            return bytes(found)
    raise _no_ref(source, sorted(names))


def _no_ref(source: GitSource, names: Sequence[str]) -> TutorError:
    short = [name.split("/", 2)[2] for name in names if name.startswith(("refs/tags/", "refs/heads/"))]
    shown = safe_line(", ".join([name for name in short if not name.endswith("^{}")][:12]))
    if not source.ref:
        return TutorError("The git repository is empty. Nothing was installed.", help="Check its address.")
    return TutorError(
        f"The git repository has no tag or branch {safe_line(source.ref)!r}. Nothing was installed.",
        help=f"It has: {shown}." if shown else "It has none.",
    )


def _no_course(source: GitSource, tree: _Tree) -> TutorError:
    where = f"Its folder {safe_line(source.folder)}" if source.folder else "The git repository"
    deeper = sorted(name.removesuffix(f"/{MANIFEST}") for name in tree.files if name.endswith(f"/{MANIFEST}"))
    url = safe_line(without_password(source.url))
    help = "Name another one."
    if deeper:
        ref = source.ref or "HEAD"
        below = f"{source.folder}/{deeper[0]}" if source.folder else deeper[0]
        help = f"There is one deeper: {url}#{safe_line(ref)}:{safe_line(below)}"
    return TutorError(f"{where} is not a course: it has no course.toml.", help=help)


# --- the tree ---------------------------------------------------------------------------------------


@dataclass
class _Tree:
    """The files below one folder of a commit, within the limits of a course's folder."""

    objects: Mapping[str, GitObject]
    files: dict[str, bytes] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _bytes: int = 0

    def root_of(self, name: str, folder: str) -> str:
        """The tree of a commit (or of a tag on one), or of a folder in it."""
        found = self._object(name, "")
        for _ in range(_MOST_TAGS):
            if found.kind != "tag":
                break
            found = self._object(_header(found.data, b"object"), "")
        tree = _header(found.data, b"tree") if found.kind == "commit" else name
        for part in filter(None, folder.split("/")):
            entries = {entry: child for _, entry, child in self._entries(tree)}
            if part not in entries or self._object(entries[part], "").kind != "tree":
                raise TutorError(f"The git repository has no folder {safe_line(folder)}.", help="Check it.")
            tree = entries[part]
        return tree

    def walk(self, tree: str, prefix: str = "", depth: int = 1) -> None:
        """Take the files of a tree and of those below it."""
        if depth > LIMITS.depth:
            raise too_large(f"its folders are deeper than {LIMITS.depth}")
        for mode, part, child in self._entries(tree):
            name = prefix + part
            kind = mode & _KIND
            if kind in (_LINK, _SUBMODULE):
                what = "link" if kind == _LINK else "submodule"
                self.notes.append(f"{safe_line(name)} was left out: it is a {what}.")
            elif part == ".git" or (problem := problem_with(part)) is not None:
                reason = "no course needs it" if part == ".git" else problem
                raise _bad_name(name, str(reason))
            elif is_left_out(part):
                continue
            elif kind == _FOLDER:
                self.walk(child, f"{name}/", depth + 1)
            else:
                self._take(name, mode, child)
        if not prefix:
            self._check_names()

    def _take(self, name: str, mode: int, child: str) -> None:
        if (trap := trap_in(name)) is not None:
            raise _bad_name(name, f"Python or its tools would load {safe_line(trap)} by themselves")
        if len(self.files) >= LIMITS.files:
            raise too_large(f"it has more than {LIMITS.files:,} files")
        data = self._object(child, "blob").data
        self._bytes += len(data)
        if self._bytes > LIMITS.course_bytes:
            raise too_large(f"its files have more than {LIMITS.course_bytes // 1_000_000} MB")
        self.files[name] = data
        self.modes[name] = mode & 0o777

    def _check_names(self) -> None:
        if found := collision_in(self.files):
            raise _bad_name(found[1], f"it is the same as {safe_line(found[0])} on other systems")

    def _entries(self, tree: str) -> Iterator[tuple[int, str, str]]:
        """(mode, name, hash) of each entry. Source: git's own reading of tree objects."""
        data = self._object(tree, "tree").data
        at = 0
        while at < len(data):
            end = data.find(b"\0", at)
            mode, blank, name = data[at:end].partition(b" ")
            child = data[end + 1 : end + 21]
            if end < 0 or not blank or len(child) != 20 or not mode.isdigit() or len(mode) > 7:
                raise _damaged()
            yield int(mode, 8), name.decode("utf-8", "surrogateescape"), child.hex()
            at = end + 21

    def _object(self, name: str, kind: str) -> GitObject:
        found = self.objects.get(name)
        if found is None or (kind and found.kind != kind):
            raise _damaged()
        return found


def _header(data: bytes, word: bytes) -> str:
    """The first header of a commit or tag: `tree HASH` or `object HASH`."""
    first, _, name = data.partition(b"\n")[0].partition(b" ")
    if first != word:
        raise _damaged()
    return name.decode("ascii", "replace")


def _bad_name(name: str, reason: str) -> TutorError:
    return TutorError(
        f"The git repository was refused: {safe_line(name)} is not a name for a file of a course: {reason}. "
        "Nothing was installed.",
        help="Tell the course's author.",
    )


def _damaged() -> TutorError:
    return TutorError(
        "The git repository sent something that is not whole. Nothing was installed.", help="Try again."
    )


# --- what can go wrong ------------------------------------------------------------------------------


@contextmanager
def _explained(source: GitSource) -> Iterator[None]:
    from dulwich.client import StrangeHostname
    from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
    from urllib3.exceptions import HTTPError

    shown = safe_line(without_password(source.url))
    try:
        yield
    except TutorError:
        raise
    except NotGitRepository as error:
        raise TutorError(
            f"There is no git repository at {shown}. Nothing was installed.",
            help="Check the address; an archive's ends in .zip, a list's in .toml.",
        ) from error
    except HangupException as error:
        said = b" ".join(error.stderr_lines or ()).decode("utf-8", "replace")
        reason = safe_line(said.strip())[-300:] or "it hung up"
        raise _refused(shown, reason) from error
    except StrangeHostname as error:
        raise _refused(shown, "its host's name begins with a dash") from error
    # What a server that does not keep to the protocol makes the library stumble over.
    except (GitProtocolError, HTTPError, OSError, ValueError, LookupError, AssertionError, EOFError) as error:
        reason = _reason(error)
        raise _refused(shown, reason) from error


def _reason(error: BaseException) -> str:
    text = safe_line(str(error)) or type(error).__name__
    if "Name or service not known" in text or "NameResolution" in text or "name resolution" in text:
        return "its server is not found (is there a network?)"
    if "CERTIFICATE" in text.upper():
        return "its certificate is not valid"
    if "timed out" in text.lower():
        return "it did not answer in time"
    if "refused" in text.lower():
        return "nobody answers there"
    return text[:300]


def _refused(shown: str, reason: str) -> TutorError:
    return TutorError(
        f"The git repository {shown} could not be read: {reason}. Nothing was installed.",
        help="Check address, network and your right to read it; ssh keys must be usable without a question.",
    )

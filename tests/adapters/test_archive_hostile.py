"""Every hostile form of an archive is refused with its reason and leaves nothing; sound ones are taken."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import tarfile
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.zips import COURSE, Entry, a_zip, course_entries, deflated, with_course
from tui_tutor.core.errors import TutorError
from tui_tutor.shelf.archive import unpack

ROOT = Path(__file__).parents[2]
LINK = 0o120777


def zeros(megabytes: int) -> bytes:
    """Megabytes of zeros, deflated without holding them."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"".join(deflate.compress(bytes(1_000_000)) for _ in range(megabytes)) + deflate.flush()


def manifested(told: dict[str, bytes] | None = None, **changed: object) -> list[Entry]:
    """The members of an archive with a manifest, which may lie."""
    manifest: dict[str, object] = {
        "format": 1,
        "id": "tour",
        "version": "1.0.0",
        "files": [
            {"path": name, "size": len(data), "sha256": sha256(data).hexdigest()}
            for name, data in (told or COURSE).items()
        ],
        "wheels": [],
    }
    text = json.dumps({**manifest, **changed}).encode()
    return [Entry("MANIFEST.json", text), *(Entry(f"tour/{name}", data) for name, data in COURSE.items())]


def a_file(path: str, data: bytes = b"x", **changed: object) -> dict[str, object]:
    return {"path": path, "size": len(data), "sha256": sha256(data).hexdigest(), **changed}


def a_manifest(told: dict[str, bytes] | None = None, **changed: object) -> bytes:
    return a_zip(*manifested(told, **changed))


def a_tar(mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        archive.add(__file__, "tour/course.toml")
    return file.getvalue()


def encrypted() -> bytes:
    return with_course(Entry("tour/secret.py", flags=0x0801))


def overlapping() -> bytes:
    """Many members that share one body: the directory alone makes it grow."""
    first = Entry("tour/a", b"x" * 100)
    entries = course_entries()
    place = sum(len(one.local_header()) + len(one.stored()) for one in entries)
    return a_zip(*entries, first, *(Entry(f"tour/b{n}", b"x" * 100, offset=place) for n in range(9)))


def two_ends() -> bytes:
    whole = with_course()
    return whole[:-2] + struct.pack("<H", len(whole)) + whole if len(whole) < 65_536 else b""


def zip64_end(**lies: int) -> bytes:
    facts = {"count": 2, "size_of_end": 44, "offset": 0, "disks": 1} | lies
    body = a_zip(*course_entries())
    end = len(body) - 22
    size, offset = struct.unpack_from("<2L", body, end + 12)
    told = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", facts["size_of_end"], 45, 45, 0, 0, facts["count"], facts["count"], size,
        offset + facts["offset"],
    )  # fmt: skip
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, facts["disks"])
    return (
        body[:end]
        + told
        + locator
        + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, size, offset, 0)
    )


def a_name(name: str | bytes) -> Callable[[], bytes]:
    return lambda: with_course(Entry(name))


def a_lie(**changed: object) -> Callable[[], bytes]:
    return lambda: with_course(Entry("tour/x.py", b"x = 1\n" * 9, **changed))  # type: ignore[arg-type]


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    # paths
    "absolute": (a_name("/etc/cron.d/x"), "absolute"),
    "absolute inside": (a_name("tour//etc/passwd"), "round in it"),
    "parent": (a_name("../x.py"), "leads out"),
    "parent deep": (a_name("tour/files/../../../x.py"), "leads out"),
    "leaves and enters again": (a_name("tour/../tour/x.py"), "leads out"),
    "dot": (a_name("tour/./x.py"), "leads out"),
    "drive": (a_name("C:/x.py"), "not possible on every system"),
    "drive inside": (a_name("tour/C:x.py"), "not possible on every system"),
    "backslash": (a_name("tour\\..\\x.py"), "not possible on every system"),
    "stream of a file": (a_name("tour/x.py:hidden"), "not possible on every system"),
    "too deep": (a_name("tour/" + "d/" * 9 + "x.py"), "deeper than 8"),
    "too long": (a_name("tour/" + "x" * 300), "longer than 240 bytes"),
    "no name": (a_name(""), "empty"),
    # links and other things
    "link": (lambda: with_course(Entry("tour/x", b"/etc/passwd", mode=LINK)), "is a link"),
    "link by another system": (lambda: with_course(Entry("tour/x", b"..", mode=LINK, system=0)), "is a link"),
    "link as a folder": (lambda: with_course(Entry("tour/x/", b"", mode=LINK)), "is a link"),
    "device": (lambda: with_course(Entry("tour/x", mode=0o020666)), "neither a file"),
    "block device": (lambda: with_course(Entry("tour/x", mode=0o060666)), "neither a file"),
    "pipe": (lambda: with_course(Entry("tour/x", mode=0o010666)), "neither a file"),
    "socket": (lambda: with_course(Entry("tour/x", mode=0o140666)), "neither a file"),
    "volume label": (lambda: with_course(Entry("tour/x", mode=0, system=0, dos=8)), "neither a file"),
    "setuid": (lambda: with_course(Entry("tour/x", mode=0o104755)), "wants rights"),
    "setgid": (lambda: with_course(Entry("tour/x", mode=0o102755)), "wants rights"),
    "sticky": (lambda: with_course(Entry("tour/x", mode=0o101755)), "wants rights"),
    "folder with data": (lambda: with_course(Entry("tour/x/", b"data")), "a file in one place"),
    "folder without slash": (lambda: with_course(Entry("tour/x", b"", mode=0o040755)), "a file in one place"),
    # names
    "newline": (a_name("tour/a\nb.py"), "cannot be seen"),
    "escape": (a_name("tour/\x1b[2Jx.py"), "cannot be seen"),
    "nul": (a_name("tour/x.py\0.txt"), "cannot be seen"),
    "bidi": (a_name("tour/\u202egnp.py"), "cannot be seen"),
    "zero width": (a_name("tour/.g\u200cit/hooks"), "cannot be seen"),
    "tag": (a_name("tour/a\U000e0041.py"), "cannot be seen"),
    "lone surrogate": (a_name(b"tour/\xed\xa0\x80.py"), "not UTF-8"),
    "not UTF-8": (a_name(b"tour/\xff\xfe.py"), "not UTF-8"),
    "overlong UTF-8": (a_name(b"tour/\xc0\xae\xc0\xae/x"), "not UTF-8"),
    "dash": (a_name("tour/-rf"), "begins with a dash"),
    "blank": (a_name("tour/ x.py"), "begins with a dash"),
    "trailing dot": (a_name("tour/x."), "ends with a dot"),
    "trailing blank": (a_name("tour/x /y.py"), "ends with a dot"),
    "reserved": (a_name("tour/NUL.txt"), "reserved on Windows"),
    "reserved folder": (a_name("tour/com1/x.py"), "reserved on Windows"),
    # collisions
    "twice": (lambda: with_course(Entry("tour/x.py"), Entry("tour/x.py", b"other")), "twice"),
    "only case": (lambda: with_course(Entry("tour/x.py"), Entry("tour/X.py")), "one name"),
    "case of a folder": (lambda: with_course(Entry("tour/a/x.py"), Entry("tour/A/y.py")), "one name"),
    "Unicode form": (lambda: with_course(Entry("tour/\u00e9.py"), Entry("tour/e\u0301.py")), "one name"),
    "file and folder": (lambda: with_course(Entry("tour/x"), Entry("tour/x/y.py")), "one name"),
    "folder and file": (lambda: with_course(Entry("tour/x/y.py"), Entry("tour/x")), "one name"),
    "empty folder and file": (lambda: with_course(Entry("tour/x/", b""), Entry("tour/x")), "one name"),
    "folder twice": (lambda: with_course(Entry("tour/x/", b""), Entry("tour/x/", b"")), "tour/x twice"),
    # what is loaded by itself
    "git": (a_name("tour/.git/hooks/post-checkout"), "load by themselves"),
    "git in capitals": (a_name("tour/.GIT/config"), "load by themselves"),
    "git by its short name": (a_name("tour/GIT~1/config"), "load by themselves"),
    "pth": (a_name("tour/files/x.pth"), "load by themselves"),
    "sitecustomize": (a_name("tour/files/sitecustomize.py"), "load by themselves"),
    "sitecustomize as a package": (a_name("tour/sitecustomize/__init__.py"), "load by themselves"),
    "usercustomize": (a_name("tour/usercustomize.so"), "load by themselves"),
    "pyvenv": (a_name("tour/pyvenv.cfg"), "load by themselves"),
    "envrc": (a_name("tour/.envrc"), "load by themselves"),
    "editor": (a_name("tour/.vscode/settings.json"), "load by themselves"),
    "IPython": (a_name("tour/files/ipython_config.py"), "load by themselves"),
    # sizes
    "bomb": (
        lambda: with_course(Entry("tour/x", b"", packed=zeros(40), size=40_000_000)),
        "compressed more than 200 times",
    ),
    "large bomb": (lambda: with_course(Entry("tour/x", packed=zeros(200), size=200_000_000)), "200 times"),
    "bomb that lies": (lambda: with_course(Entry("tour/x", packed=zeros(200), size=3_000)), "larger packed"),
    "bomb that lies well": (
        lambda: with_course(Entry("tour/x", packed=zeros(200), size=900_000)),
        "larger than it",
    ),
    "bombs that add up": (
        lambda: with_course(*(Entry(f"tour/{n}", bytes(900_000)) for n in range(60))),
        "more than 50 MB",
    ),
    "overlapping": (overlapping, "over another member"),
    "very many members": (
        lambda: with_course(*(Entry(f"tour/{n}", b"") for n in range(5_001 - len(COURSE)))),
        "members, more than 5,000",
    ),
    "many files": (
        lambda: with_course(*(Entry(f"tour/{n}", b"") for n in range(2_001))),
        "more than 2,000 files",
    ),
    "large directory": (
        lambda: with_course(*(Entry(f"tour/{n}", comment=b"x" * 65_000) for n in range(80))),
        "directory is larger",
    ),
    "size too small": (a_lie(size=5), "larger than it says"),
    "size too large": (a_lie(size=500), "smaller than it says"),
    "stored with two sizes": (a_lie(method=0, size=3), "told of in two ways"),
    "wrong check sum": (a_lie(crc=1), "check sum"),
    "data after its end": (
        lambda: with_course(Entry("tour/x", packed=deflated(b"x = 1\n") + b"more")),
        "more data",
    ),
    "data cut off": (
        lambda: with_course(Entry("tour/x", data=b"x = 1\n" * 99, packed=deflated(b"x = 1\n" * 99)[:-4])),
        "cut off|damaged",
    ),
    "no deflate": (lambda: with_course(Entry("tour/x", packed=b"\xff" * 20)), "cannot be decompressed"),
    "beyond its place": (
        lambda: a_zip(*course_entries(), Entry("tour/x", packed_size=10**6, size=10**6)),
        "beyond",
    ),
    "beyond the file": (lambda: with_course(Entry("tour/x", offset=10**9)), "cut off|told of"),
    "other local name": (a_lie(local={"name": "tour/../../x"}), "two ways"),
    "other local method": (a_lie(local={"method": 0}), "two ways"),
    "other local size": (a_lie(local={"size": 7}), "two ways"),
    "other local check sum": (a_lie(local={"crc": 7}), "two ways"),
    "other local flags": (a_lie(local={"flags": 0x0801}), "two ways"),
    "no local header": (a_lie(offset=3), "told of in two ways|over another"),
    "zip64 size missing": (a_lie(size=0xFFFFFFFF), "a size in it is missing"),
    "zip64 size that lies": (
        a_lie(
            size=0xFFFFFFFF,
            extra=struct.pack("<2HQ", 1, 8, 2**63),
            local={"extra": struct.pack("<2HQ", 1, 8, 2**63)},
        ),
        "200 times",
    ),
    "zip64 field twice": (
        a_lie(size=0xFFFFFFFF, extra=struct.pack("<2HQ", 1, 8, 54) * 2),
        "extra field in it is damaged",
    ),
    "zip64 count that lies": (lambda: zip64_end(count=3), "cut off|damaged"),
    "zip64 end elsewhere": (lambda: zip64_end(offset=5), "do not agree"),
    "zip64 end of another length": (lambda: zip64_end(size_of_end=2**40), "zip64 end is damaged"),
    "zip64 on disks": (lambda: zip64_end(disks=7), "zip64 end does not lie"),
    # broken
    "truncated": (lambda: with_course()[:-9], "cut off"),
    "truncated in the middle": (lambda: with_course()[:200], "cut off"),
    "begins late": (lambda: with_course()[30:], "not lie where it says"),
    "something before": (lambda: b"#!/bin/sh\n" + with_course(), "not lie where it says"),
    "something between": (lambda: a_zip(*course_entries(), before_end=b"hidden"), "not lie where it says"),
    "something after": (lambda: with_course() + b"hidden", "cut off or damaged at its end"),
    "two ends": (two_ends, "more than one end"),
    "garbage": (lambda: b"\x00\xff\x13" * 999, "not a zip archive"),
    "text": (lambda: b"hello\n", "not a zip archive"),
    "nothing": (lambda: b"", "it is empty"),
    "no members": (a_zip, "it is empty"),
    "folders only": (lambda: a_zip(Entry("tour/", b"")), "it is empty"),
    "tar": (a_tar, "a tar or compressed file"),
    "tar, compressed": (lambda: a_tar("w:gz"), "a tar or compressed file"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(90), "rar or 7z"),
    "encrypted": (encrypted, "is encrypted"),
    "strongly encrypted": (lambda: with_course(Entry("tour/x", flags=0x0841)), "is encrypted"),
    "patch": (lambda: with_course(Entry("tour/x", flags=0x0820)), "compressed in a way"),
    "unknown method": (lambda: with_course(Entry("tour/x", method=99)), "number 99"),
    "LZMA": (lambda: with_course(Entry("tour/x", method=14)), "number 14"),
    "several disks": (
        lambda: a_zip(*course_entries(), end=(1, 0, None, None, None, None)),
        "one part of several",
    ),
    "member on another disk": (a_lie(disk=3), "one part of several"),
    "counts that differ": (
        lambda: a_zip(*course_entries(), end=(None, None, 1, 2, None, None)),
        "of several",
    ),
    "counts too few": (
        lambda: a_zip(*course_entries(), end=(None, None, 1, 1, None, None)),
        "more than it counts",
    ),
    "counts too many": (lambda: a_zip(*course_entries(), end=(None, None, 9, 9, None, None)), "cut off"),
    # no course
    "no course": (lambda: a_zip(Entry("tour/readme.txt")), "no course.toml"),
    "course too deep": (lambda: a_zip(*course_entries("a/b")), "no course.toml"),
    "two roots": (lambda: with_course(Entry("other/x.py")), "more than one folder"),
    "file beside the root": (lambda: with_course(Entry("x.py")), "more than one folder"),
    "broken course": (lambda: a_zip(*course_entries(**{"course.toml": b"format ="})), "has errors"),
    "course without an id": (
        lambda: a_zip(
            *course_entries(**{"course.toml": COURSE["course.toml"].replace(b'id = "tour"\n', b"")})
        ),
        "no `id`",
    ),
    # manifest
    "manifest is no JSON": (lambda: a_zip(Entry("MANIFEST.json", b"{"), *course_entries()), "cannot be read"),
    "manifest is deep": (
        lambda: a_zip(Entry("MANIFEST.json", b"[" * 100_000), *course_entries()),
        "cannot be read",
    ),
    "manifest is a list": (lambda: a_zip(Entry("MANIFEST.json", b"[]"), *course_entries()), "cannot be read"),
    "manifest has a key twice": (
        lambda: a_zip(Entry("MANIFEST.json", b'{"id": "a", "id": "b"}'), *course_entries()),
        "cannot be read",
    ),
    "manifest is newer": (lambda: a_manifest(format=2), "newer kind"),
    "manifest with other keys": (lambda: a_manifest(run="x"), "malformed"),
    "manifest with a wrong id": (lambda: a_manifest(id="../x"), "names no course"),
    "manifest of another course": (lambda: a_manifest(id="other"), "is missing"),
    "manifest of another version": (lambda: a_manifest(version="2.0.0"), "another course or version"),
    "manifest with a hostile path": (lambda: a_manifest(files=[a_file("../x")]), "malformed"),
    "manifest with a dot file": (lambda: a_manifest(files=[a_file(".bashrc")]), "malformed"),
    "manifest with a wrong size": (lambda: a_manifest(files=[a_file("course.toml", size=-1)]), "malformed"),
    "manifest with a wheel elsewhere": (
        lambda: a_manifest(wheels=[a_file("../x-1-py3-none-any.whl")]),
        "malformed",
    ),
    "manifest with no wheel": (lambda: a_manifest(wheels=[a_file("x.py")]), "malformed"),
    "file missing": (lambda: a_manifest({**COURSE, "x.py": b"x"}), "tour/x.py is missing"),
    "file too many": (lambda: a_zip(*manifested(), Entry("tour/x.py")), "not in its MANIFEST"),
    "wheel too many": (
        lambda: a_zip(*manifested(), Entry("wheels/x-1-py3-none-any.whl")),
        "not in its MANIFEST",
    ),
    "other hash": (
        lambda: a_manifest({**COURSE, "course.toml": COURSE["course.toml"].replace(b"MIT", b"GPL")}),
        "not the file",
    ),
    "other size": (lambda: a_manifest({**COURSE, "course.toml": b""}), "another size"),
    "signature is nonsense": (lambda: a_zip(*manifested(), Entry("SIGNATURE", b"x")), "cannot be read"),
    "signature twice": (lambda: a_zip(*manifested(), Entry("SIGNATURE"), Entry("SIGNATURE")), "twice"),
    "signature is malformed": (
        lambda: a_zip(
            *manifested(),
            Entry(
                "SIGNATURE",
                b'{"format": 1, "algorithm": "none", "public_key": "", "name": "", "signature": ""}',
            ),
        ),
        "malformed",
    ),
}


def all_under(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("form", HOSTILE)
def test_every_hostile_form_is_refused_with_its_reason_and_leaves_nothing(form: str, tmp_path: Path):
    build, reason = HOSTILE[form]
    (tmp_path / "hostile.zip").write_bytes(build())
    with pytest.raises(TutorError, match=reason) as told:
        unpack(tmp_path / "hostile.zip", tmp_path / "courses")
    assert told.value.help
    assert told.value.message.isprintable()
    assert [name for name in all_under(tmp_path) if name != "courses"] == ["hostile.zip"]


WELL_FORMED: dict[str, Callable[[], bytes]] = {
    "plain": with_course,
    "stored": lambda: a_zip(*(Entry(f"tour/{name}", data, method=0) for name, data in COURSE.items())),
    "no folder": lambda: a_zip(*course_entries("")),
    "another folder's name": lambda: a_zip(*course_entries("tour-main (1)")),
    "folders told of": lambda: a_zip(
        Entry("tour/", b"", mode=0o040755, method=0, dos=16),
        Entry("tour/lessons/", b"", mode=0),
        *course_entries(),
    ),
    "an empty folder": lambda: with_course(Entry("tour/files/", b"")),
    "a comment": lambda: a_zip(*course_entries(), comment=b"a3f0 the commit"),
    "without a system's mode": lambda: a_zip(
        *(Entry(f"tour/{name}", data, system=0, mode=0, dos=32) for name, data in COURSE.items())
    ),
    "sizes after the data": lambda: a_zip(
        *(
            Entry(
                f"tour/{name}",
                data,
                flags=0x0808,
                local={"crc": 0, "size": 0, "packed_size": 0},
                tail=struct.pack("<4s3L", b"PK\x07\x08", zlib.crc32(data), len(deflated(data)), len(data)),
            )
            for name, data in COURSE.items()
        )
    ),
    "zip64 fields": lambda: a_zip(
        *(
            Entry(
                f"tour/{name}",
                data,
                size=0xFFFFFFFF,
                packed_size=0xFFFFFFFF,
                extra=struct.pack("<2H2Q", 1, 16, len(data), len(deflated(data))),
                local={"extra": struct.pack("<2H2Q", 1, 16, len(data), len(deflated(data)))},
            )
            for name, data in COURSE.items()
        )
    ),
    "zip64 end": zip64_end,
    "times and owners": lambda: with_course(Entry("tour/x.py", extra=struct.pack("<2HBL", 0x5455, 5, 1, 9))),
    "names without the flag": lambda: with_course(Entry("tour/files/grün.txt", flags=0)),
    "what a Mac adds": lambda: with_course(Entry("__MACOSX/tour/._course.toml"), Entry("tour/.DS_Store")),
    "what GitHub adds": lambda: with_course(Entry("tour/.gitignore"), Entry("tour/.github/ci.yml")),
    "an archive in the archive": lambda: with_course(Entry("tour/files/data.zip", with_course(), method=0)),
    "characters of all sorts": lambda: with_course(Entry("tour/files/Übung 1, «β» (neu) 木.csv")),
    "a manifest": lambda: a_zip(*manifested()),
    "as many files and members as may be": lambda: with_course(
        *(Entry(f"tour/{n}", b"") for n in range(2_000 - len(COURSE))),
        *(Entry(f"tour/files/{n}/", b"") for n in range(3_000)),
    ),
    "a name as long as may be": lambda: with_course(Entry("tour/" + "x" * 235, b"")),
    "an empty folder and its file": lambda: with_course(Entry("tour/files/", b""), Entry("tour/files/x.py")),
}


@pytest.mark.slow
@pytest.mark.parametrize("form", WELL_FORMED)
def test_every_well_formed_archive_is_taken(form: str, tmp_path: Path):
    (tmp_path / "course.zip").write_bytes(WELL_FORMED[form]())
    unpacked = unpack(tmp_path / "course.zip", tmp_path / "courses")
    assert (unpacked.course_id, unpacked.version, unpacked.signer) == ("tour", "1.0.0", None)
    assert {name: (unpacked.folder / name).read_bytes() for name in COURSE} == COURSE
    assert not [name for name in all_under(unpacked.folder) if name.startswith((".", "__MACOSX"))]


def test_what_zipfile_writes_to_a_pipe_is_taken(tmp_path: Path):
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.data += bytes(data)  # type: ignore[call-overload]
            return len(bytes(data))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in COURSE.items():
            with archive.open(f"tour/{name}", "w", force_zip64=True) as file:
                file.write(data)
    (tmp_path / "course.zip").write_bytes(pipe.data)
    assert unpack(tmp_path / "course.zip", tmp_path / "courses").course_id == "tour"


def test_rights_and_dates_of_an_archive_are_not_applied(tmp_path: Path):
    (tmp_path / "course.zip").write_bytes(with_course(Entry("tour/files/run.sh", mode=0o100777)))
    folder = unpack(tmp_path / "course.zip", tmp_path / "courses").folder
    modes = {path.stat().st_mode & 0o7777 for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {path.stat().st_mode & 0o7777 for path in [folder, *folder.rglob("*")] if path.is_dir()} == {0o700}


# --- nothing is believed, and nothing is held in memory ---------------------------------------------


@pytest.mark.parametrize(
    "form", ["bomb that lies well", "bombs that add up", "large bomb", "large directory"]
)
def test_a_bomb_never_lies_in_memory(form: str, tmp_path: Path):
    (tmp_path / "bomb.zip").write_bytes(HOSTILE[form][0]())
    tracemalloc.start()
    try:
        with pytest.raises(TutorError):
            unpack(tmp_path / "bomb.zip", tmp_path / "courses")
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


_BOUNDED = """
import resource, sys
from pathlib import Path
from tests.adapters.test_archive_hostile import HOSTILE
from tui_tutor.core.errors import TutorError
from tui_tutor.shelf.archive import unpack
folder = Path(sys.argv[1])
for number, (build, _) in enumerate(HOSTILE.values()):
    (folder / f"{number}.zip").write_bytes(build())
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
for number in range(len(HOSTILE)):
    try:
        unpack(folder / f"{number}.zip", folder / "courses")
    except TutorError:
        continue
    print(number)
print("all")
"""


@pytest.mark.slow
def test_no_hostile_form_writes_a_large_file(tmp_path: Path):
    command = [sys.executable, "-c", _BOUNDED, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("all\n", "")


# --- chance -----------------------------------------------------------------------------------------

_GOOD = {name: build() for name, build in WELL_FORMED.items()}


def outcome_of(data: bytes) -> str:
    """Unpack in a fresh place; only a refusal may come of it, and then nothing is left."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "course.zip").write_bytes(data)
        try:
            unpacked = unpack(place / "course.zip", place / "courses")
        except TutorError as error:
            assert all_under(place) in (["course.zip"], ["course.zip", "courses"])
            return error.message
        inside = f"courses/{unpacked.folder.name}"
        assert all(name.startswith((inside, "course")) for name in all_under(place))
        return "taken"


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(_GOOD)),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_bytes_changed_at_random_are_refused_or_harmless(form: str, changes: list[tuple[int, int]]):
    data = bytearray(_GOOD[form])
    for place, value in changes:
        data[place % len(data)] = value
    assert outcome_of(bytes(data))


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(_GOOD)), st.integers(0, 10_000), st.integers(0, 10_000), st.binary(max_size=40))
def test_pieces_cut_out_or_put_in_are_refused_or_harmless(form: str, first: int, second: int, put: bytes):
    data = _GOOD[form]
    start, end = sorted((first % (len(data) + 1), second % (len(data) + 1)))
    assert outcome_of(data[:start] + put + data[end:])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2_000))
def test_random_bytes_are_refused(data: bytes):
    assert outcome_of(data) != "taken"


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_no_name_leads_out(name: str):
    assert outcome_of(with_course(Entry(f"tour/{name}")))

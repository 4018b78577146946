"""Courses are packed the same every time, come out as they went in, and are signed by whom they say."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.zips import COURSE, Entry, a_zip
from tui_tutor.core.course import Course
from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing import parse_course
from tui_tutor.shelf import writing
from tui_tutor.shelf.archive import keys, packing, read_manifest, signing, sweep_incoming, unpack
from tui_tutor.shelf.archive.keys import KeyBook, KeyVerdict, judge_key
from tui_tutor.shelf.archive.limits import LIMITS
from tui_tutor.shelf.archive.packing import files_to_pack, lock_state, names_left_out, pack
from tui_tutor.shelf.archive.signing import Signer, SigningKey, load_key, make_key
from tui_tutor.shelf.folder import take_snapshot

ROOT = Path(__file__).parents[2]
ALICE = Signer("SHA256:a", "YQ==", "Alice")
BOB = Signer("SHA256:b", "Yg==", "Alice")


def a_folder(path: Path, **more: bytes) -> Path:
    """The files of a course on disk."""
    for name, data in {**COURSE, **more}.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def the_course(files: Mapping[str, bytes]) -> Course:
    course = parse_course(files).value
    assert course is not None
    return course


def packed(folder: Path, target: Path, key: SigningKey | None = None, wheels: tuple[Path, ...] = ()) -> bytes:
    """The archive of a folder, written to `target`."""
    files = files_to_pack(take_snapshot(folder))
    pack(the_course(files), files, target, key=key, wheels=wheels)
    return target.read_bytes()


def a_key(folder: Path, name: str = "") -> SigningKey:
    make_key(folder / "key.pem", "")
    return load_key(folder / "key.pem", lambda: "", name=name)


def under(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def nobody_asks() -> str:
    raise AssertionError("asked for a passphrase")


# --- packing ----------------------------------------------------------------------------------------


def test_a_course_comes_out_as_it_went_in(tmp_path: Path):
    folder = a_folder(tmp_path / "tour", **{"files/ü.bin": bytes(range(256)) * 99, "files/empty": b""})
    packed(folder, tmp_path / "tour.zip")
    unpacked = unpack(tmp_path / "tour.zip", tmp_path / "courses")
    assert under(unpacked.folder) == under(folder)
    assert unpacked.tree_hash == take_snapshot(folder).tree_hash
    assert (unpacked.course_id, unpacked.version, unpacked.has_checksums) == ("tour", "1.0.0", True)
    assert unpacked.folder.parent == tmp_path / "courses"


_PACKING = """
import sys
from pathlib import Path
from tests.adapters.test_archive import a_key, packed
from tui_tutor.shelf.archive.signing import load_key
packed(Path(sys.argv[1]), Path(sys.argv[2]), load_key(Path(sys.argv[3]), lambda: ""))
"""


def packed_elsewhere(folder: Path, target: Path, key: Path, umask: int, zone: str, locale: str) -> bytes:
    """The same in another process, with another umask, time zone, locale and hash seed."""
    environment = {
        **os.environ,
        "TZ": zone,
        "LC_ALL": locale,
        "PYTHONHASHSEED": str(umask),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", _PACKING, str(folder), str(target), str(key)]
    subprocess.run(command, check=True, env=environment, umask=umask, cwd=target.parent)
    return target.read_bytes()


@pytest.mark.slow
def test_the_same_course_gives_the_same_bytes_wherever_and_whenever_it_is_packed(tmp_path: Path):
    more = {f"files/{name}.txt": name.encode() * 999 for name in ("b", "ä", "Z", "a")}
    first = a_folder(tmp_path / "first", **more)
    second = a_folder(tmp_path / "elsewhere" / "other name", **dict(reversed(more.items())))
    for number, path in enumerate(second.rglob("*")):
        path.chmod(0o700 if number % 2 else 0o755)
        os.utime(path, (number, 10**9 + number))
    make_key(tmp_path / "key", "")
    one = packed_elsewhere(first, tmp_path / "one.zip", tmp_path / "key", 0o022, "UTC", "C")
    two = packed_elsewhere(second, tmp_path / "two.zip", tmp_path / "key", 0o077, "Asia/Tokyo", "C.UTF-8")
    assert one == two


def test_any_unzipper_reads_it_and_finds_one_folder(tmp_path: Path):
    packed(a_folder(tmp_path / "tour", **{"files/ü.txt": b"x" * 999}), tmp_path / "tour.zip", a_key(tmp_path))
    with zipfile.ZipFile(tmp_path / "tour.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "MANIFEST.json",
            "SIGNATURE",
            "tour/course.toml",
            "tour/files/ü.txt",
            "tour/lessons/one.toml",
        ]
        told = {
            (one.date_time, one.external_attr, one.extra, one.create_system) for one in archive.infolist()
        }
    assert told == {((1980, 1, 1, 0, 0, 0), 0o100644 << 16, b"", 3)}


def test_what_does_not_get_smaller_is_stored(tmp_path: Path):
    noise = os.urandom(5_000)
    packed(
        a_folder(tmp_path / "tour", **{"files/a.png": noise, "files/b.txt": b"b" * 5_000}), tmp_path / "t.zip"
    )
    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        methods = [archive.getinfo(f"tour/files/{name}").compress_type for name in ("a.png", "b.txt")]
    assert methods == [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]


def test_what_is_packed_is_taken_even_where_it_deflates_like_a_bomb(tmp_path: Path):
    folder = a_folder(tmp_path / "tour", **{"files/zeros.npy": bytes(3_000_000)})
    packed(folder, tmp_path / "tour.zip")
    assert under(unpack(tmp_path / "tour.zip", tmp_path / "courses").folder) == under(folder)


def test_what_does_not_travel_stays_behind_and_is_named(tmp_path: Path):
    stays = (".git/HEAD", ".studio/plan.json", ".gitignore", "lessons/one.toml~", "lessons/.one.toml.swp",
             "files/__pycache__/x.pyc", "files/#x#", "Thumbs.db")  # fmt: skip
    folder = a_folder(tmp_path / "tour", **{"files/x.py": b""}, **dict.fromkeys(stays, b"x"))
    (folder / "link").symlink_to("course.toml")
    files = files_to_pack(take_snapshot(folder))
    assert sorted(files) == ["course.toml", "files/x.py", "lessons/one.toml"]
    assert names_left_out(folder, files) == (
        ".git/", ".gitignore", ".studio/", "Thumbs.db", "files/#x#", "files/__pycache__/",
        "lessons/.one.toml.swp", "lessons/one.toml~", "link",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("files/sitecustomize.py", "load sitecustomize.py by themselves"),
        ("files/a:b.txt", "not possible on every system"),
        ("files/NUL", "reserved on Windows"),
        ("files/-x", "begins with a dash"),
        ("files/COURSE.TOML", None),
        ("Course.toml", "one name on some systems"),
    ],
)
def test_what_could_not_be_unpacked_everywhere_is_not_packed(tmp_path: Path, name: str, reason: str | None):
    snapshot = take_snapshot(a_folder(tmp_path / "tour", **{name: b"x"}))
    if reason is None:
        assert name in files_to_pack(snapshot)
        return
    with pytest.raises(TutorError, match=reason) as told:
        files_to_pack(snapshot)
    assert told.value.exit_code == 4


@pytest.mark.slow
@given(
    st.dictionaries(st.from_regex(r"\A[a-f]{1,3}(/[a-f]{1,3}){0,3}\Z"), st.binary(max_size=300), max_size=8)
)
@settings(max_examples=50, deadline=None)
def test_whatever_is_packed_comes_out_the_same(
    tmp_path_factory: pytest.TempPathFactory, more: dict[str, bytes]
):
    place = tmp_path_factory.mktemp("any")
    files = {**COURSE, **{f"files/{name}.x": data for name, data in more.items()}}
    pack(the_course(files), files, place / "tour.zip")
    assert under(unpack(place / "tour.zip", place / "courses").folder) == files


@pytest.mark.parametrize("course_id", ["signature", "manifest", "wheels", "course"])
def test_a_course_may_have_the_name_of_what_travels_with_it(tmp_path: Path, course_id: str):
    files = {**COURSE, "course.toml": COURSE["course.toml"].replace(b'"tour"', f'"{course_id}"'.encode())}
    pack(the_course(files), files, tmp_path / "x.zip", key=a_key(tmp_path))
    unpacked = unpack(tmp_path / "x.zip", tmp_path / "courses")
    assert (unpacked.course_id, under(unpacked.folder)) == (course_id, files)


# --- the lock ---------------------------------------------------------------------------------------


def a_lock(files: Mapping[str, bytes]) -> bytes:
    from hashlib import sha256

    return json.dumps({"files": {name: sha256(data).hexdigest() for name, data in files.items()}}).encode()


def test_a_lock_is_fresh_missing_or_stale():
    fresh = {**COURSE, "course.lock.json": a_lock({**COURSE, ".gitignore": b"x"})}
    assert lock_state(fresh) == "fresh"
    assert lock_state(COURSE) == "missing"
    assert lock_state({**fresh, "lessons/one.toml": b"changed"}) == "stale"
    assert lock_state({**fresh, "files/new.txt": b"new"}) == "stale"
    assert lock_state({name: data for name, data in fresh.items() if name != "lessons/one.toml"}) == "stale"
    assert lock_state({**fresh, "course.lock.json": b"[" * 99_999}) == "stale"


# --- the target -------------------------------------------------------------------------------------


def test_an_archive_is_not_written_into_the_course_it_packs(tmp_path: Path):
    folder = a_folder(tmp_path / "tour")
    (tmp_path / "way").symlink_to(folder)
    for target in (folder / "tour.zip", folder / "files" / ".." / "tour.zip", tmp_path / "way" / "tour.zip"):
        with pytest.raises(TutorError, match="lies in the course"):
            packing.check_target(target, folder)
    packing.check_target(tmp_path / "tour.zip", folder)


def test_a_target_that_is_no_file_is_left_as_it_is(tmp_path: Path):
    folder = a_folder(tmp_path / "tour")
    os.mkfifo(tmp_path / "pipe")
    for target in (tmp_path / "pipe", tmp_path):
        with pytest.raises(TutorError, match="exists and is not a file"):
            packing.check_target(target, folder)
    make_key(tmp_path / "my.key", "")
    with pytest.raises(TutorError, match="exists and is no archive"):
        packing.check_target(tmp_path / "my.key", folder)
    with pytest.raises(TutorError, match="There is no folder"):
        packing.check_target(tmp_path / "none" / "tour.zip", folder)


def test_a_full_disk_keeps_the_archive_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = a_folder(tmp_path / "tour")
    (tmp_path / "out").mkdir()
    before = packed(folder, tmp_path / "out" / "tour.zip")

    def full(writer: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(packing.ZipWriter, "finish", full)
    with pytest.raises(TutorError, match=r"no space left on device. Nothing was changed"):
        packed(folder, tmp_path / "out" / "tour.zip")
    assert under(tmp_path / "out") == {"tour.zip": before}


_SLOW_PACKING = """
import sys, time
from pathlib import Path
from tests.adapters.test_archive import the_course
from tests.zips import COURSE
from tui_tutor.shelf.archive.packing import pack
def stop(progress):
    print("packing", flush=True)
    time.sleep(60)
pack(the_course(COURSE), COURSE, Path(sys.argv[1]), on_progress=stop)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_pack_that_is_stopped_leaves_no_half_archive_and_the_next_one_sweeps(tmp_path: Path, number: int):
    target = tmp_path / "tour.zip"
    target.write_bytes(b"before")
    command = [sys.executable, "-c", _SLOW_PACKING, str(target)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"packing\n"
        process.send_signal(number)
    assert target.read_bytes() == b"before"
    pack(the_course(COURSE), COURSE, target)
    assert [path.name for path in tmp_path.iterdir()] == ["tour.zip"]


def test_only_what_a_dead_process_left_is_swept(tmp_path: Path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    mine = [".x.", ".x.notes", f".x.{dead.pid}", f".x.{dead.pid}-notes", f"x.{dead.pid}-0123456789ab"]
    alive = writing.scratch_name(".x.")
    for name in (*mine, alive, f".x.{dead.pid}-0123456789ab"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / f".x.{dead.pid}-00ff00ff00ff").mkdir()
    (tmp_path / f".x.{dead.pid}-00ff00ff0011").symlink_to(tmp_path)
    writing.sweep(tmp_path, ".x.")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*mine, alive])


_SLOW_UNPACKING = """
import sys, time
from pathlib import Path
from tui_tutor.shelf.archive import unpack
def stop(progress):
    print("unpacking", flush=True)
    time.sleep(60)
unpack(Path(sys.argv[1]), Path(sys.argv[2]), stop)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_unpacking_that_is_stopped_leaves_nothing_that_the_next_one_does_not_sweep(
    tmp_path: Path, number: int
):
    pack(the_course(COURSE), COURSE, tmp_path / "tour.zip")
    command = [sys.executable, "-c", _SLOW_UNPACKING, str(tmp_path / "tour.zip"), str(tmp_path / "courses")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"unpacking\n"
        process.send_signal(number)
    sweep_incoming(tmp_path / "courses")
    assert list((tmp_path / "courses").iterdir()) == []


def test_what_a_living_unpacking_writes_is_not_swept(tmp_path: Path):
    pack(the_course(COURSE), COURSE, tmp_path / "tour.zip")
    first = unpack(tmp_path / "tour.zip", tmp_path / "courses")
    second = unpack(tmp_path / "tour.zip", tmp_path / "courses")
    assert first.folder != second.folder
    assert under(first.folder) == under(second.folder) == COURSE


def test_a_disk_that_is_full_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pack(the_course(COURSE), COURSE, tmp_path / "tour.zip")
    usage = type("Usage", (), {"free": 1_000})
    monkeypatch.setattr("tui_tutor.shelf.archive.unpacking.shutil.disk_usage", lambda path: usage)
    with pytest.raises(TutorError, match=r"0 MB are free. Nothing was installed"):
        unpack(tmp_path / "tour.zip", tmp_path / "courses")
    assert list((tmp_path / "courses").iterdir()) == []


@pytest.mark.parametrize("what", ["missing", "folder", "pipe"])
def test_what_is_no_file_is_told_in_words(tmp_path: Path, what: str):
    path = tmp_path / "tour.zip"
    if what == "folder":
        path.mkdir()
    if what == "pipe":
        os.mkfifo(path)
    with pytest.raises(TutorError, match=r"cannot be opened: no such file|is not a file"):
        unpack(path, tmp_path / "courses")


# --- signatures -------------------------------------------------------------------------------------


def test_a_signature_tells_who_signed(tmp_path: Path):
    key = a_key(tmp_path, "Ada\x1b[2J, Grace")
    packed(a_folder(tmp_path / "tour"), tmp_path / "tour.zip", key)
    signer = unpack(tmp_path / "tour.zip", tmp_path / "courses").signer
    assert signer == key.signer
    assert signer.name == "Ada␛[2J, Grace"
    assert read_manifest(tmp_path / "tour.zip")[1] == signer


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_whatever_is_changed_after_signing_is_refused(tmp_path: Path):
    key = a_key(tmp_path, "Ada")
    packed(a_folder(tmp_path / "tour"), tmp_path / "tour.zip", key)
    good = members_of(tmp_path / "tour.zip")
    signature = json.loads(good["SIGNATURE"])
    other = json.loads(key.sign(b"other"))
    make_key(tmp_path / "other.pem", "")
    stranger = load_key(tmp_path / "other.pem", nobody_asks).signer.public_key
    changes = [
        {"MANIFEST.json": good["MANIFEST.json"] + b"\n"},
        {"MANIFEST.json": good["MANIFEST.json"].replace(b"1.0.0", b"1.0.1")},
        {"SIGNATURE": json.dumps({**signature, "name": "Eve"}).encode()},
        {"SIGNATURE": json.dumps({**signature, "public_key": stranger}).encode()},
        {"SIGNATURE": json.dumps({**signature, "signature": other["signature"]}).encode()},
        {"tour/course.toml": good["tour/course.toml"].replace(b"MIT", b"GPL")},
    ]
    for change in changes:
        entries = [Entry(name, data) for name, data in {**good, **change}.items()]
        (tmp_path / "changed.zip").write_bytes(a_zip(*entries))
        with pytest.raises(TutorError, match=r"was changed after it was signed|is not the file"):
            unpack(tmp_path / "changed.zip", tmp_path / "courses")
    assert list((tmp_path / "courses").iterdir()) == []


def test_a_signature_over_a_name_cannot_be_moved_into_the_manifest(tmp_path: Path):
    key = a_key(tmp_path, "Ada")
    signed = json.loads(key.sign(b"manifest"))
    moved = {**signed, "name": "Ada\nmani"}
    with pytest.raises(TutorError, match="malformed"):
        signing.check_signature(b"fest", json.dumps(moved).encode())


def test_the_fingerprint_is_the_one_that_ssh_shows(tmp_path: Path):
    # From `ssh-keygen -l` of the public key of 32 zero bytes.
    assert signing.fingerprint(bytes(32)) == "SHA256:kmYcvdi2GkPeWxB6XLjrZB8JHsy2Hm8luHMFp9GMvqk"


def an_openssh_key(path: Path, passphrase: bytes = b"") -> Path:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    hidden = form.BestAvailableEncryption(passphrase) if passphrase else form.NoEncryption()
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    path.write_bytes(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, hidden))
    path.chmod(0o600)
    return path


def test_the_key_of_ssh_signs_too(tmp_path: Path):
    key = load_key(an_openssh_key(tmp_path / "id_ed25519"), nobody_asks, name="Ada")
    assert signing.check_signature(b"manifest", key.sign(b"manifest")) == key.signer


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
def test_an_ssh_key_with_a_passphrase_is_opened_or_what_is_missing_for_it_is_named(tmp_path: Path):
    path = tmp_path / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(path)], check=True)
    if find_spec("bcrypt") is None:
        with pytest.raises(TutorError, match="the package bcrypt is missing"):
            load_key(path, lambda: "secret")
        return
    told = subprocess.check_output(["ssh-keygen", "-l", "-f", f"{path}.pub"], text=True)
    assert load_key(path, lambda: "secret").signer.key_id in told.split()


def test_a_key_with_a_passphrase_is_opened_by_it_alone(tmp_path: Path):
    made = make_key(tmp_path / "key", "secret")
    assert load_key(tmp_path / "key", lambda: "secret").signer == made
    for wrong in ("", "Secret"):
        with pytest.raises(TutorError, match="The passphrase is wrong"):
            load_key(tmp_path / "key", lambda wrong=wrong: wrong)


def test_a_new_key_is_the_owners_alone_and_replaces_nothing(tmp_path: Path):
    old = os.umask(0)
    try:
        make_key(tmp_path / "key", "")
    finally:
        os.umask(old)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    before = (tmp_path / "key").read_bytes()
    with pytest.raises(TutorError, match="exists, and was left as it is"):
        make_key(tmp_path / "key", "")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TutorError, match="exists"):
        make_key(tmp_path / "link", "")
    assert (tmp_path / "key").read_bytes() == before
    assert not (tmp_path / "elsewhere").exists()


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path):
    make_key(tmp_path / "key", "")
    for mode in (0o640, 0o604, 0o660):
        (tmp_path / "key").chmod(mode)
        with pytest.raises(TutorError, match="can be read by others") as told:
            load_key(tmp_path / "key", nobody_asks)
        assert "chmod 600" in told.value.help


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_told_in_words(tmp_path: Path, content: bytes):
    (tmp_path / "key").write_bytes(content)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(TutorError, match="is not an Ed25519 private key"):
        load_key(tmp_path / "key", nobody_asks)


def test_another_kind_of_key_is_not_used(tmp_path: Path):
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    data = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    (tmp_path / "key").write_bytes(data)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(TutorError, match="is not an Ed25519 private key"):
        load_key(tmp_path / "key", nobody_asks)
    with pytest.raises(TutorError, match="cannot be read: no such file"):
        load_key(tmp_path / "none", nobody_asks)


# --- keys trusted on first use ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "signer", "verdict", "is_refused"),
    [
        ({}, None, KeyVerdict("unsigned"), False),
        ({}, ALICE, KeyVerdict("first", None, ALICE), False),
        ({"other": BOB}, ALICE, KeyVerdict("first", None, ALICE), False),
        ({"tour": ALICE}, ALICE, KeyVerdict("same", ALICE, ALICE), False),
        ({"tour": ALICE}, BOB, KeyVerdict("changed", ALICE, BOB), True),
        ({"tour": ALICE}, None, KeyVerdict("missing", ALICE), True),
    ],
)
def test_a_key_is_trusted_on_first_use_and_held_to(
    known: dict[str, Signer], signer: Signer | None, verdict: KeyVerdict, is_refused: bool
):
    assert judge_key(known, "tour", signer) == verdict
    assert verdict.is_refused is is_refused


def test_another_key_is_refused_with_both_fingerprints():
    with pytest.raises(TutorError, match="another key than before: SHA256:b; before it was SHA256:a") as told:
        judge_key({"tour": ALICE}, "tour", BOB).refuse()
    assert "--accept-key" in told.value.help
    with pytest.raises(TutorError, match="It is not signed; before it was signed by SHA256:a"):
        judge_key({"tour": ALICE}, "tour", None).refuse()


def test_keys_are_compared_whole_and_not_by_what_is_shown():
    forged = Signer(ALICE.key_id, BOB.public_key, ALICE.name)
    assert judge_key({"tour": ALICE}, "tour", forged).is_refused


def test_keys_are_remembered_privately_and_a_learner_may_let_one_go(tmp_path: Path):
    book = KeyBook(tmp_path / "data")
    assert book.known() == {}
    book.remember("tour", ALICE)
    book.remember("other", BOB)
    assert KeyBook(tmp_path / "data").known() == {"tour": ALICE, "other": BOB}
    assert (tmp_path / "data" / "keys.json").stat().st_mode & 0o777 == 0o600
    book.remember("tour", None)
    assert book.known() == {"other": BOB}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"keys": 1}', b"[" * 99_999])
def test_a_damaged_book_of_keys_makes_no_key_a_first_one(tmp_path: Path, content: bytes):
    (tmp_path / keys.KEYS_FILE).write_bytes(content)
    with pytest.raises(TutorError, match="keys of your courses cannot be read"):
        KeyBook(tmp_path).known()


def test_a_damaged_entry_is_a_key_that_nobody_has(tmp_path: Path):
    (tmp_path / keys.KEYS_FILE).write_text('{"keys": {"tour": 1}}')
    assert judge_key(KeyBook(tmp_path).known(), "tour", ALICE).is_refused


# --- wheels -----------------------------------------------------------------------------------------


def test_wheels_travel_beside_the_course_and_are_no_part_of_what_is_trusted(tmp_path: Path):
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    wheel.write_bytes(os.urandom(200_000))
    folder = a_folder(tmp_path / "tour")
    packed(folder, tmp_path / "tour.zip", wheels=(wheel,))
    unpacked = unpack(tmp_path / "tour.zip", tmp_path / "courses")
    assert unpacked.wheels == (wheel.name,)
    assert (unpacked.folder / ".wheels" / wheel.name).read_bytes() == wheel.read_bytes()
    assert unpacked.tree_hash == take_snapshot(folder).tree_hash


def test_what_is_no_wheel_is_not_packed_as_one(tmp_path: Path):
    (tmp_path / "x.tar.gz").write_bytes(b"x")
    with pytest.raises(TutorError, match=r"x.tar.gz is not a wheel"):
        packed(a_folder(tmp_path / "tour"), tmp_path / "tour.zip", wheels=(tmp_path / "x.tar.gz",))


def test_too_many_wheels_are_told_in_words(tmp_path: Path):
    wheels = tuple(tmp_path / f"w{n}-1.0-py3-none-any.whl" for n in range(LIMITS.wheels + 1))
    for wheel in wheels:
        wheel.write_bytes(b"")
    with pytest.raises(TutorError, match="more than 500 wheels"):
        packed(a_folder(tmp_path / "tour"), tmp_path / "tour.zip", wheels=wheels)

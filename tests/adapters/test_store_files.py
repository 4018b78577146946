"""Databases of other versions, damaged ones, and file systems that need another journal."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import a_record
from tui_tutor.core.errors import TutorError
from tui_tutor.store import migrating
from tui_tutor.store.file_system import file_system, shares_memory
from tui_tutor.store.opening import suspicion
from tui_tutor.store.sqlite import SqliteStore, open_store

STEPS = migrating.migrations()


def a_database(path: Path, records: int = 300) -> Path:
    store = SqliteStore(path)
    store.append([a_record("edited", f"code-{number}", source="x" * 100) for number in range(records)])
    store.close()
    return path


# --- versions ---------------------------------------------------------------------------------------


def test_a_newer_database_is_refused_and_left_as_it_is(tmp_path: Path):
    path = a_database(tmp_path / "progress.db")
    connection = sqlite3.connect(path)
    connection.execute("pragma user_version=99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(TutorError, match="newer TUI Tutor"):
        open_store(path)
    assert path.read_bytes() == before


def test_an_older_database_is_backed_up_and_brought_up_to_date(tmp_path: Path):
    path = a_database(tmp_path / "progress.db")
    store = SqliteStore(path, steps=(*STEPS, "create table extra (x);"))
    assert len(store.lesson_history("a-course", "first")) == 300
    store.close()
    [backup] = (tmp_path / "backups").glob("progress.before-3-*.db")
    assert backup.stat().st_mode & 0o777 == 0o600
    assert sqlite3.connect(backup).execute("select count(*) from event").fetchone() == (300,)


def test_a_step_that_fails_leaves_the_schema_before_it(tmp_path: Path):
    path = a_database(tmp_path / "progress.db")
    with pytest.raises(TutorError):
        SqliteStore(path, steps=(*STEPS, "create table half (x);\nthis is not SQL;"))
    connection = sqlite3.connect(path)
    assert connection.execute("pragma user_version").fetchone() == (len(STEPS),)
    assert connection.execute("select count(*) from sqlite_schema where name = 'half'").fetchone() == (0,)


# --- damage -----------------------------------------------------------------------------------------


def _truncated(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(100, len(data) - 1)]


def _zeroed_page(data: bytes, rng: random.Random) -> bytes:
    page = rng.randrange(0, len(data) // 4096)
    return data[: page * 4096] + bytes(4096) + data[(page + 1) * 4096 :]


def _wrong_magic(data: bytes, rng: random.Random) -> bytes:
    return b"not a database at all" + data[21:]


def _noise(data: bytes, rng: random.Random) -> bytes:
    return rng.randbytes(5000)


@pytest.mark.parametrize("damage", [_truncated, _zeroed_page, _wrong_magic, _noise])
@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_database_is_kept_aside_byte_for_byte_and_a_sound_one_goes_on(
    tmp_path: Path, damage: Callable[[bytes, random.Random], bytes], seed: int
):
    path = a_database(tmp_path / "progress.db")
    damaged = damage(path.read_bytes(), random.Random(seed))
    path.write_bytes(damaged)
    store = open_store(path)
    store.append([a_record("passed", "md-1")])
    kept = [one.read_bytes() for one in tmp_path.glob("progress.db.damaged-*")]
    # Some damage is to pages that hold nothing: then the database is sound and simply used.
    assert kept == [damaged] or (not kept and store.notice == "")
    assert store.is_saving
    assert bool(kept) == bool(re.search(r"was kept as progress\.db\.damaged-", store.notice))
    store.close()


def test_an_empty_file_becomes_a_database(tmp_path: Path):
    path = tmp_path / "progress.db"
    path.touch()
    store = open_store(path)
    store.append([a_record("passed", "md-1")])
    assert (store.is_saving, store.notice) == (True, "")


def test_a_folder_in_its_place_is_kept_aside(tmp_path: Path):
    path = tmp_path / "progress.db"
    (path / "inside").mkdir(parents=True)
    store = open_store(path)
    assert store.is_saving
    assert [(one / "inside").is_dir() for one in tmp_path.glob("progress.db.damaged-*")] == [True]


# --- file systems -----------------------------------------------------------------------------------

_MOUNTINFO = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 22 0:35 / /home rw - nfs4 server:/home rw
41 40 0:36 / /home/local\\040disk rw - ext4 /dev/vdb rw
42 22 0:37 / /mnt rw - ext4 /dev/vdc rw
43 22 0:38 / /mnt rw - cifs //server/share rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/data", "ext4"),
        ("/home/ana/.local/share", "nfs4"),
        ("/home/local disk/x", "ext4"),
        ("/homes", "ext4"),
        ("/mnt", "cifs"),
    ],
)
def test_the_innermost_and_latest_mount_tells_the_file_system(tmp_path: Path, folder: str, kind: str):
    (tmp_path / "mountinfo").write_text(_MOUNTINFO)
    assert file_system(Path(folder), str(tmp_path / "mountinfo")) == kind


def test_without_a_mount_table_the_file_system_is_unknown(tmp_path: Path):
    assert file_system(tmp_path, str(tmp_path / "absent")) == ""


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuseblk", "9p", "lustre", "virtiofs", "afs", "new"]
)
def test_what_is_not_known_as_a_disk_of_this_machine_gets_no_write_ahead_log(tmp_path: Path, kind: str):
    (tmp_path / "mountinfo").write_text(f"22 1 254:0 / / rw,relatime - {kind} server:/ rw\n")
    assert not shares_memory(tmp_path, str(tmp_path / "mountinfo"))


@pytest.mark.parametrize(("is_local", "journal"), [(False, "truncate"), (True, "wal")])
def test_network_file_systems_get_no_write_ahead_log(tmp_path: Path, is_local: bool, journal: str):
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    migrating.set_durability(connection, is_local=is_local)
    assert connection.execute("pragma journal_mode").fetchone() == (journal,)
    assert connection.execute("pragma synchronous").fetchone() == (2,)


def test_a_log_begun_on_a_disk_is_taken_in_on_a_network_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = a_database(tmp_path / "progress.db")
    kept = SqliteStore(path)  # its log stays open, as after a kill
    kept.append([a_record("passed", "md-1")])
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{tmp_path / 'moved.db'}{suffix}")
    kept.close()
    monkeypatch.setattr("tui_tutor.store.opening.shares_memory", lambda _: False)
    stores = [SqliteStore(tmp_path / "moved.db"), SqliteStore(tmp_path / "moved.db")]
    for store in stores:
        store.append([a_record("passed", "md-1")])
    assert [len(store.lesson_history("a-course", "first")) for store in stores] == [301, 301]
    assert stores[0]._connection.execute("pragma journal_mode").fetchone() == ("truncate",)
    assert {one.name for one in tmp_path.glob("moved.db*")} == {"moved.db", "moved.db-journal"}


@pytest.mark.slow
def test_damage_met_in_a_large_file_is_told_and_put_right_by_the_next_start(tmp_path: Path):
    path = a_database(tmp_path / "progress.db", records=40_000)
    data = bytearray(path.read_bytes())
    for page in range(20, len(data) // 4096):  # the schema stays readable, the rows do not
        data[page * 4096 : page * 4096 + 8] = bytes(8)
    path.write_bytes(data)
    suspicion(path).touch()
    again = open_store(path)
    assert "records were brought back" in again.notice
    assert len(again.lesson_history("a-course", "first")) == 40_000
    again.close()
    assert open_store(path).notice == ""

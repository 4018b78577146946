"""Backups, and what is brought back of a record that was damaged, removed or replaced."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.builders import a_record
from tui_tutor.cli.main import group
from tui_tutor.core.errors import TutorError
from tui_tutor.store import backing_up, migrating, waiting
from tui_tutor.store.backing_up import back_up, backups_of, thinned
from tui_tutor.store.doctoring import examine_record, repair_record
from tui_tutor.store.log_checking import is_cut
from tui_tutor.store.opening import suspicion
from tui_tutor.store.sqlite import SqliteStore, open_store

NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)


def answered(path: Path, *numbers: int, text: str = "") -> None:
    store = open_store(path)
    for number in numbers:
        store.append([a_record("attempted", "quiz-1", number=number, text=text)])
    store.close()


def answers(path: Path) -> list[int]:
    store = open_store(path)
    found = [record.data["number"] for record in store.attempts("a-course")]
    store.close()
    return found


def spoil(path: Path) -> bytes:
    """Damage that is met at once; gives what lies there then."""
    data = bytearray(path.read_bytes())
    data[:16] = b"no database here"
    path.write_bytes(data)
    return bytes(data)


# --- backups ----------------------------------------------------------------------------------------


def test_leaving_makes_the_first_backup_and_soon_after_none(tmp_path: Path):
    path = tmp_path / "progress.db"
    answered(path, 1)
    answered(path, 2)
    [(_, backup)] = backups_of(path)
    assert sqlite3.connect(backup).execute("select count(*) from event").fetchone() == (1,)


def test_half_an_hour_later_an_answer_makes_the_next_in_the_background(tmp_path: Path):
    path = tmp_path / "progress.db"
    answered(path, 1)
    [(at, backup)] = backups_of(path)
    earlier = (at - timedelta(minutes=61)).strftime("%Y%m%d-%H%M%S")
    backup.rename(backup.with_name(f"progress-{earlier}.db"))
    store = open_store(path)
    store.append([a_record("passed", "md-1")])
    assert store._backups is not None
    store._backups.wait()
    assert (len(backups_of(path)), store.backup_problem) == (2, "")
    store.close()


def test_a_backup_that_cannot_be_made_is_told_and_answers_go_on(tmp_path: Path):
    path = tmp_path / "progress.db"
    (tmp_path / "backups").write_text("a file where a folder is needed")
    store = open_store(path)
    store.append([a_record("passed", "md-1")])
    store.close()
    assert store.backup_problem.startswith("No backup was made: ")


def test_of_a_damaged_record_no_backup_is_kept_and_none_thrown_away(tmp_path: Path):
    path = tmp_path / "progress.db"
    answered(path, *range(300))
    before = backups_of(path)
    data = bytearray(path.read_bytes())
    data[5 * 4096 : 6 * 4096] = bytes(4096)
    path.write_bytes(data)
    with pytest.raises(sqlite3.DatabaseError):
        back_up(path, NOW)
    assert backups_of(path) == before
    assert [one.name for one in (tmp_path / "backups").iterdir()] == [before[0][1].name]


def test_backups_thin_out_with_age(tmp_path: Path):
    every = [(NOW - timedelta(minutes=30 * n), tmp_path / str(n)) for n in range(48 * 500)]
    gone = set(thinned(every, NOW))
    kept = [NOW - at for at, path in every if path not in gone]
    spans = [(0, 1), (1, 7), (7, 31), (31, 366), (366, 500)]
    counts = [sum(timedelta(days=a) <= age < timedelta(days=b) for age in kept) for a, b in spans]
    assert counts == [25, 7, 5, 12, 0]
    assert min(kept) == timedelta(0)


def test_thinning_each_time_keeps_what_thinning_at_the_end_would(tmp_path: Path):
    kept: list[tuple[datetime, Path]] = []
    for n in range(48 * 60):
        at = NOW + timedelta(minutes=30 * n)
        kept.append((at, tmp_path / str(n)))
        gone = set(thinned(kept, at))
        kept = [one for one in kept if one[1] not in gone]
    ages = sorted(at - one for one, _ in kept)
    assert ages[0] == timedelta(0)
    assert all(later - earlier <= timedelta(days=8) for earlier, later in pairwise(ages[:-1]))
    assert len(ages) < 45


def test_the_newest_backup_stays_even_if_it_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backing_up, "MOST_BYTES", 5)
    paths = [(NOW - timedelta(days=n), tmp_path / str(n)) for n in range(3)]
    for _, path in paths:
        path.write_bytes(b"large")
    assert thinned(paths, NOW) == [tmp_path / "2", tmp_path / "1"]


# --- repair -----------------------------------------------------------------------------------------


def test_a_damaged_record_is_mended_at_the_start_and_kept(tmp_path: Path):
    path = tmp_path / "progress.db"
    answered(path, *range(50))
    damaged = spoil(path)
    store = open_store(path)
    [aside] = tmp_path.glob("progress.db.damaged-*")
    assert aside.read_bytes() == damaged
    assert store.notice == (
        "Your progress file was damaged. 50 records were brought back. "
        f"The damaged file was kept as {aside.name}."
    )
    store.close()
    answered(path, 50)
    assert answers(path) == list(range(51))


def test_long_answers_are_brought_back_too(tmp_path: Path):
    path = tmp_path / "progress.db"
    answered(path, 1, 2, 3, text="long " * 40_000)
    spoil(path)
    store = open_store(path)
    found = store.attempts("a-course")
    assert [(one.data["number"], len(one.data["text"])) for one in found] == [(n, 200_000) for n in (1, 2, 3)]
    store.close()


def test_settings_are_brought_back(tmp_path: Path):
    path = tmp_path / "progress.db"
    store = open_store(path)
    store.set_setting("seed", "12345")
    store.set_setting("theme", "light")
    store.close()
    spoil(path)
    store = open_store(path)
    assert (store.setting("seed"), store.setting("theme")) == ("12345", "light")
    store.close()


def test_answers_of_a_log_behind_damage_are_not_dropped_silently(tmp_path: Path):
    path = tmp_path / "progress.db"
    store = open_store(path)
    for number in range(20):
        store.append([a_record("attempted", "quiz-1", number=number)])
    log = bytearray(Path(f"{path}-wal").read_bytes())
    main = path.read_bytes()
    store.close()
    assert not is_cut(bytes(log), 60)
    log[len(log) // 2] ^= 1
    assert is_cut(bytes(log), 60)
    (tmp_path / "other").mkdir()
    path = tmp_path / "other" / "progress.db"
    path.write_bytes(main)
    Path(f"{path}-wal").write_bytes(log)
    assert answers(path) == list(range(20))


def test_a_record_that_is_gone_comes_back_from_its_backup(tmp_path: Path):
    path = tmp_path / "progress.db"
    answered(path, 1, 2, 3)
    path.unlink()
    store = open_store(path)
    assert store.notice == "Your progress file was gone. 3 records were brought back from a backup."
    store.close()
    assert answers(path) == [1, 2, 3]


def test_a_record_removed_while_it_is_open_is_written_again(tmp_path: Path):
    path = tmp_path / "progress.db"
    store = open_store(path)
    store.append([a_record("attempted", "quiz-1", number=1)])
    for one in tmp_path.glob("progress.db*"):
        one.unlink()
    store.append([a_record("attempted", "quiz-1", number=2)])
    store.close()
    assert answers(path) == [1, 2]


def test_an_instance_goes_on_in_the_file_that_a_repair_put_in_place(tmp_path: Path):
    path = tmp_path / "progress.db"
    before = open_store(path)
    before.append([a_record("attempted", "quiz-1", number=1)])
    suspicion(path).touch()
    with sqlite3.connect(path) as connection:
        connection.execute("update event set data = 'no JSON'")
    answered(path, 2)  # starts, finds it damaged, repairs, answers
    before.append([a_record("attempted", "quiz-1", number=3)])
    before.close()
    assert answers(path) == [1, 2, 3]  # an older copy of the first lay in the log


def test_a_row_that_cannot_be_read_is_left_out_and_comes_back_from_the_backup(tmp_path: Path):
    path = tmp_path / "progress.db"
    answered(path, 1, 2)
    with sqlite3.connect(path) as connection:
        connection.execute("update event set data = '{\"number' where sequence = 1")
    assert answers(path) == [2]
    assert answers(path) == [1, 2]


def test_what_was_put_aside_is_added_once_and_in_its_order(tmp_path: Path):
    path = tmp_path / "progress.db"
    answered(path, 1, 2, 3)
    path.rename(tmp_path / "progress.db.damaged-20260101-120000-000001")
    for _, backup in backups_of(path):
        backup.unlink()
    answered(path, 4)
    assert repair_record(path).startswith(
        "3 records were added from files that were put aside, so that there"
    )
    assert answers(path) == [1, 2, 3, 4]
    assert repair_record(path) == "Your progress is sound: 4 records. Nothing was missing."


def test_a_newer_record_is_not_repaired(tmp_path: Path):
    path = tmp_path / "progress.db"
    answered(path, 1)
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version=99")
    assert examine_record(path).state == "newer"


def test_another_instance_is_told_what_was_written(tmp_path: Path):
    path = tmp_path / "progress.db"
    one, other = open_store(path), open_store(path)
    assert (one.news(), other.news()) == (None, None)
    passed, solved = a_record("passed", "md-1"), a_record("solved", "ex-1")
    one.append([passed])
    other.append([solved])
    assert (one.news(), other.news()) == ((solved,), (passed,))
    assert (one.news(), other.news()) == (None, None)
    one.close()
    other.close()


# --- doctor -----------------------------------------------------------------------------------------


def test_doctor_tells_of_damage_and_repairs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TUI_TUTOR_DATA", str(tmp_path))
    path = tmp_path / "progress.db"
    answered(path, 1, 2)
    spoil(path)
    told = CliRunner().invoke(group, ["doctor"])
    assert (told.exit_code, "doctor --repair brings back" in told.output) == (1, True)
    mended = CliRunner().invoke(group, ["doctor", "--repair"])
    assert "2 records were brought back" in mended.output
    assert CliRunner().invoke(group, ["doctor"]).exit_code == 0
    assert answers(path) == [1, 2]


def test_a_migration_that_is_cut_off_leaves_no_half_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "progress.db"
    answered(path, 1)
    monkeypatch.setattr(backing_up, "_flush", lambda _: (_ for _ in ()).throw(OSError(5, "broken disk")))
    with pytest.raises(TutorError, match="the data folder cannot be written"):
        SqliteStore(path, steps=(*migrating.migrations(), "create table extra (x);"))
    assert [one.name for one in (tmp_path / "backups").iterdir()] == [backups_of(path)[0][1].name]


# --- a file that cannot be written yet --------------------------------------------------------------


def test_what_was_done_while_nothing_could_be_written_is_saved_when_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(waiting, "RETRY_S", 0.0)
    folder = tmp_path / "home"
    folder.write_text("a file where a folder is needed")
    store = open_store(folder / "progress.db")
    store.append([a_record("attempted", "quiz-1", number=1)])
    assert (store.is_saving, store.news()) == (False, None)
    folder.unlink()
    assert (store.news(), store.is_saving) == ((), True)
    assert store.notice == "What you do is saved from here on, and what you did before is too."
    store.append([a_record("attempted", "quiz-1", number=2)])
    store.close()
    assert answers(folder / "progress.db") == [1, 2]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_put_aside_and_not_waited_for(make: Callable[[Path], None], tmp_path: Path):
    path = tmp_path / "progress.db"
    make(path)
    with closing(open_store(path)) as store:
        assert (store.is_saving, "was kept as" in store.notice) == (True, True)
    [aside] = (one for one in tmp_path.iterdir() if "damaged" in one.name)
    assert not aside.is_file()

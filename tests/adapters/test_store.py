"""The event log, on real SQLite files."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import NOON, a_record
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import CellHistory, LessonProgress, Record
from tui_tutor.core.progress import opened_order
from tui_tutor.core.study.remembering import in_order
from tui_tutor.store.sqlite import MEMORY, SqliteStore, open_store


@pytest.fixture
def store(tmp_path: Path):
    opened = SqliteStore(tmp_path / "progress.db")
    yield opened
    opened.close()


# --- what is read back ------------------------------------------------------------------------------


def test_a_cell_is_told_by_its_newest_records_and_their_numbers(store: SqliteStore):
    first, second = a_record("edited", "code-1", source="x"), a_record("edited", "code-1", source="y")
    ran = a_record("ran", "code-1", outcome="ok")
    store.append([first, ran])
    store.append([second])
    assert store.lesson_history("a-course", "first") == (
        CellHistory("code-1", {"ran": ran, "edited": second}, {"ran": 1, "edited": 2}, is_done=True),
    )


def test_records_survive_closing_the_file(tmp_path: Path):
    before = SqliteStore(tmp_path / "progress.db")
    record = a_record("attempted", "quiz-1", answer=["é\ud800\0"], correct=False, score=0.5)
    before.append([record])
    before.close()
    assert SqliteStore(tmp_path / "progress.db").attempts("a-course") == (record,)


def test_a_reset_forgets_what_was_shown_and_keeps_what_was_earned(store: SqliteStore):
    attempt = a_record("attempted", "quiz-1", correct=True)
    store.append([attempt, a_record("hinted", "quiz-1", number=1), a_record("reset", "quiz-1")])
    assert store.lesson_history("a-course", "first") == (CellHistory("quiz-1", {}, {}, is_done=True),)
    assert store.attempts("a-course") == (attempt,)


def test_progress_tells_minutes_the_last_opening_and_the_cells_done(store: SqliteStore):
    store.append(
        [
            a_record("opened", cell="").__class__(
                "opened", "a-course", "first", "", NOON, {"cell": "code-1"}
            ),
            a_record("studied", minutes=1.5),
            a_record("studied", minutes=0.25),
            a_record("passed", "md-1"),
        ]
    )
    assert store.progress("a-course") == {
        "first": LessonProgress("first", frozenset({"md-1"}), 1.75, NOON, "code-1")
    }


def test_the_lesson_opened_last_wins_whatever_the_clock_says(store: SqliteStore):
    assert store.last_opened() is None
    store.append([a_record("opened", lesson="second")])
    earlier = Record("opened", "a-course", "first", "", NOON - timedelta(days=3650))
    store.append([earlier])
    assert store.last_opened() == ("a-course", "first")


def test_settings_are_kept(store: SqliteStore):
    assert store.setting("theme", "dark") == "dark"
    store.set_setting("theme", "light")
    assert store.setting("theme", "dark") == "light"


@pytest.mark.parametrize(
    ("record", "is_done"),
    [
        (a_record("passed", "c"), True),
        (a_record("ran", "c", outcome="ok"), True),
        (a_record("ran", "c", outcome="error"), False),
        (a_record("ran", "c", outcome="error", done=True), True),
        (a_record("ran", "c", outcome="ok", kind="ex"), False),
        (a_record("attempted", "c", correct=True), True),
        (a_record("attempted", "c", correct=False), False),
        (a_record("attempted", "c", correct=False, done=True), True),
        (a_record("attempted", "c", correct=False, form="reflect"), True),
        (a_record("hinted", "c", number=1), False),
        (a_record("solved", "c"), False),
        (a_record("plotted", "c", plot={}), False),
    ],
)
def test_what_counts_as_done(store: SqliteStore, record: Record, is_done: bool):
    store.append([record])
    assert [cell.is_done for cell in store.lesson_history("a-course", "first")] == [is_done]


def test_a_batch_is_stored_whole_or_not_at_all(store: SqliteStore):
    with pytest.raises(TypeError):
        store.append([a_record("passed", "md-1"), a_record("passed", "md-2", oddity=object())])
    assert store.lesson_history("a-course", "first") == ()


# --- the log is the only truth ----------------------------------------------------------------------

_RECORDS = st.builds(
    lambda kind, course, lesson, cell, data: Record(kind, course, lesson, cell, NOON, data),
    st.sampled_from(
        ["opened", "passed", "edited", "ran", "attempted", "hinted", "solved", "reset", "studied"]
    ),
    st.sampled_from(["vae", "start"]),
    st.sampled_from(["first", "second"]),
    st.sampled_from(["", "a", "b"]),
    st.fixed_dictionaries(
        {},
        optional={
            "outcome": st.sampled_from(["ok", "error"]),
            "correct": st.booleans(),
            "done": st.booleans(),
            "minutes": st.floats(-1, 60),
        },
    ),
)


def _everything(store: SqliteStore) -> list[Any]:
    tables = ("cell_record", "cell_done", "lesson_summary")
    return [store._connection.execute(f"select * from {table}").fetchall() for table in tables]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(_RECORDS, max_size=6), max_size=8))
def test_the_summaries_rebuilt_from_the_log_are_the_same_bit_for_bit(batches: list[list[Record]]):
    store = SqliteStore(MEMORY)
    for batch in batches:
        store.append(batch)
    before = _everything(store)
    store.rebuild()
    assert _everything(store) == before
    store.close()


# --- many writers, sudden ends ----------------------------------------------------------------------

_WRITER = """
import sys
from pathlib import Path
from tests.builders import a_record
from tui_tutor.store.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    store.append([a_record("attempted", "quiz-1", writer=sys.argv[3], number=number)])
    print(number, flush=True)
"""


def _writer(path: Path, count: int, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITER, str(path), str(count), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


@pytest.mark.slow
def test_four_instances_at_once_lose_nothing(tmp_path: Path):
    path = tmp_path / "progress.db"
    writers = [_writer(path, 500, str(number)) for number in range(4)]
    assert [len(writer.communicate()[0].split()) for writer in writers] == [500] * 4
    assert [writer.returncode for writer in writers] == [0] * 4
    found = [
        (record.data["writer"], record.data["number"]) for record in SqliteStore(path).attempts("a-course")
    ]
    assert sorted(found) == [(str(writer), number) for writer in range(4) for number in range(500)]


@pytest.mark.slow
def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path):
    path = tmp_path / "progress.db"
    for round_number in range(5):
        writer = _writer(path, 10_000, str(round_number))
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(40 + 7 * round_number)]
        writer.kill()
        acknowledged += [
            int(line) for line in writer.communicate()[0].splitlines(keepends=True) if "\n" in line
        ]
        store = SqliteStore(path)
        stored = [
            one.data["number"]
            for one in store.attempts("a-course")
            if one.data["writer"] == str(round_number)
        ]
        store.close()
        assert stored[: len(acknowledged)] == acknowledged
    [(sound,)] = sqlite3.connect(path).execute("pragma integrity_check")
    assert sound == "ok"


# --- what the world refuses -------------------------------------------------------------------------


def test_everything_is_private_whatever_the_umask(tmp_path: Path):
    before = os.umask(0)
    try:
        store = SqliteStore(tmp_path / "deep" / "data" / "progress.db")
        store.append([a_record("passed", "md-1")])
        store.close()
        store = SqliteStore(tmp_path / "deep" / "data" / "progress.db")
        folder = tmp_path / "deep" / "data"
        modes = {
            path.name: oct(path.stat().st_mode & 0o777)
            for path in (folder.parent, folder, *folder.rglob("*"))
        }
    finally:
        os.umask(before)
    assert modes.pop("deep") == modes.pop("data") == modes.pop("backups") == "0o700"
    assert len(modes) > 1
    assert set(modes.values()) == {"0o600"}


def test_a_full_disk_is_told_in_words_and_the_next_try_is_stored(store: SqliteStore):
    # SQLite answers a page limit with the same code as a full disk.
    [(pages,)] = store._connection.execute("pragma page_count")
    store._connection.execute(f"pragma max_page_count={pages}")
    with pytest.raises(TutorError) as told:
        store.append([a_record("edited", "code-1", source="x" * 200_000)])
    assert (told.value.message, told.value.help) == (
        "Not saved: the disk is full.",
        "Free some space.",
    )
    store._connection.execute("pragma max_page_count=1000000")
    store.append([a_record("edited", "code-1", source="y")])
    assert [cell.counts for cell in store.lesson_history("a-course", "first")] == [{"edited": 1}]


def test_where_nothing_can_be_written_the_store_works_and_says_that_it_saves_nothing(tmp_path: Path):
    (tmp_path / "home").write_text("a file where a folder is needed")
    store = open_store(tmp_path / "home" / "progress.db")
    store.append([a_record("passed", "md-1")])
    assert store.progress("a-course")["first"].cells_done == {"md-1"}
    assert not store.is_saving
    assert store.notice.startswith("Nothing you do is saved: the data folder cannot be written")


_READ_ONLY = """
import os, sys
from pathlib import Path
from tests.builders import a_record
from tui_tutor.store.sqlite import MEMORY, SqliteStore, open_store
SqliteStore(MEMORY).close()  # everything is imported while the interpreter can still be read
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
store = open_store(Path(sys.argv[1]))
before = sorted(store.progress("a-course")["first"].cells_done)
store.append([a_record("passed", "md-2")])
print(store.is_saving, before, sorted(store.progress("a-course")["first"].cells_done), store.notice)
"""


@pytest.mark.slow
def test_a_read_only_home_shows_earlier_work_and_saves_nothing(tmp_path: Path):
    path = tmp_path / "progress.db"
    store = SqliteStore(path)
    store.append([a_record("passed", "md-1")])
    store.close()
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    for parent in tmp_path.parents[:3]:  # with workers there is one folder more
        parent.chmod(parent.stat().st_mode | 0o055)
    command = [sys.executable, "-c", _READ_ONLY, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    tmp_path.chmod(0o755)
    assert done.stdout.startswith("False ['md-1'] ['md-1', 'md-2'] Nothing you do is saved:"), done.stderr


def test_a_locked_database_is_told_in_words(store: SqliteStore):
    store._connection.execute("pragma busy_timeout=1")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(TutorError, match="another program holds your progress"):
        store.append([a_record("passed", "md-1")])
    other.rollback()
    store.append([a_record("passed", "md-1")])
    other.close()


def test_a_clock_that_is_set_back_changes_no_order(tmp_path: Path):
    store = SqliteStore(tmp_path / "progress.db")
    for days, (lesson, cell) in enumerate((("first", "a"), ("first", "b"), ("second", "c"))):
        at = NOON - timedelta(days=days)
        store.append([Record("opened", "a-course", lesson, "", at, {"cell": cell})])
        store.append([Record("ran", "a-course", "first", cell, at, {})])
    assert store.last_opened() == ("a-course", "second")
    assert max(store.progress("a-course").values(), key=opened_order).lesson == "second"
    ran = sorted(
        (cell.newest["ran"] for cell in store.lesson_history("a-course", "first") if cell.cell), key=in_order
    )
    assert [record.cell for record in ran] == ["a", "b", "c"]

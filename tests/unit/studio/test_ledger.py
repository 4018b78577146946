"""The ledger: nothing that was set aside is ever forgotten."""

from __future__ import annotations

import errno
import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.studio_calls import a_call
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Usage
from tui_tutor.studio.ledger import LEDGER_FILE, Ledger, Total, read_entries, read_ledger


def test_what_was_set_aside_counts_until_it_is_settled(tmp_path):
    ledger = Ledger.at(tmp_path)
    entry = ledger.reserve(a_call(), 100)
    assert ledger.committed() == 100
    ledger.settle(entry, 30, "usage", Usage(5, 6), 1.5)
    assert ledger.committed() == 30


def test_a_ledger_that_is_opened_again_is_the_same(tmp_path):
    ledger = Ledger.at(tmp_path)
    ledger.settle(ledger.reserve(a_call(), 100), 30, "usage", Usage(5, 6, 7, 8), 1.5)
    ledger.reserve(a_call("killed"), 50, is_batch=True)
    entries = ledger.entries
    ledger.close()
    assert read_ledger(tmp_path) == entries
    again = Ledger.at(tmp_path)
    assert (again.entries, again.committed()) == (entries, 80)
    assert again.unsettled(a_call("killed").key) == entries[1]
    assert again.unsettled(a_call().key) is None


def test_a_reservation_is_on_the_disk_before_the_call_can_be_made(tmp_path):
    ledger = Ledger.at(tmp_path)
    ledger.reserve(a_call(), 100)
    assert [entry.counts for entry in read_ledger(tmp_path)] == [100]


def test_totals_tell_what_was_paid_from_what_was_replayed_by_agent_and_model(tmp_path):
    ledger = Ledger.at(tmp_path)
    ledger.settle(ledger.reserve(a_call(agent="writer"), 100), 30, "usage", Usage(5, 6), 1.5)
    ledger.settle(ledger.reserve(a_call(agent="writer"), 100), 20, "usage", Usage(1, 2), 0.5)
    ledger.reserve(a_call(agent="solver", model="m"), 7)
    ledger.settle(ledger.reserve(a_call(), 9, is_replayed=True), 8, "usage")
    totals = ledger.totals()
    assert totals.paid == Total(3, Usage(6, 8), 57, 7, 2.0)
    broken = ledger.reserve(a_call(agent="writer"), 100)
    ledger.settle(broken, 40, "unknown")
    assert ledger.totals().paid == Total(4, Usage(6, 8), 97, 47, 2.0)
    assert totals.replayed == Total(1, Usage(), 8)
    assert list(totals.lines) == [
        ("examiner", "claude-opus-4-6"),
        ("solver", "m"),
        ("writer", "claude-opus-4-6"),
    ]
    assert (ledger.committed(), ledger.committed(is_replayed=True)) == (97, 8)


def test_only_one_process_builds_a_course(tmp_path):
    first = Ledger.at(tmp_path)
    with pytest.raises(TutorError, match="being built by another process"):
        Ledger.at(tmp_path)
    first.close()
    Ledger.at(tmp_path).close()


@settings(deadline=None, max_examples=40)  # each example waits for the disk
@given(st.integers(0, 400))
def test_a_line_cut_short_was_never_committed_and_what_was_before_it_stays(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("ledger")
    ledger = Ledger.at(folder)
    ledger.settle(ledger.reserve(a_call(), 100), 30, "usage")
    before = (folder / LEDGER_FILE).read_bytes()
    ledger.reserve(a_call("next"), 50)
    ledger.close()
    after = (folder / LEDGER_FILE).read_bytes()
    (folder / LEDGER_FILE).write_bytes(after[: max(len(before), len(after) - cut)])
    again = Ledger.at(folder)
    assert again.committed() == (80 if cut == 0 else 30)
    again.reserve(a_call("after"), 5)
    again.close()
    assert sum(entry.counts for entry in read_ledger(folder)) == (85 if cut == 0 else 35)


@pytest.mark.parametrize(
    "damage",
    [
        b"\x00\x00\n",
        b"{}\n",
        b"7\n",
        b'{"settled": 9, "how": "usage", "nano": 0, "usage": {}, "seconds": 0}\n',
        b'{"reserved": 1, "at": "", "key": "", "agent": "", "subject": "", "model": "", "nano": -5}\n',
        b'{"reserved": true, "at": "", "key": "", "agent": "", "subject": "", "model": "", "nano": 5}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_a_damaged_ledger_is_refused_and_left_as_it_is(tmp_path, damage):
    ledger = Ledger.at(tmp_path)
    ledger.reserve(a_call(), 100)
    ledger.close()
    path = tmp_path / LEDGER_FILE
    path.write_bytes(path.read_bytes() + damage + path.read_bytes().replace(b'"reserved":1', b'"reserved":2'))
    data = path.read_bytes()
    with pytest.raises(TutorError, match="line 2 of the studio's ledger"):
        Ledger.at(tmp_path)
    assert path.read_bytes() == data


def test_nothing_can_be_settled_twice():
    line = {"reserved": 1, "at": "", "key": "", "agent": "", "subject": "", "model": "", "nano": 9}
    settled = {"settled": 1, "how": "usage", "nano": 1, "usage": {}, "seconds": 0}
    lines = [json.dumps(values) for values in (line, settled, settled)]
    with pytest.raises(TutorError, match="line 3"):
        read_entries("\n".join(lines).encode())


def test_a_reservation_that_cannot_be_stored_is_not_made(tmp_path, monkeypatch):
    ledger = Ledger.at(tmp_path)
    ledger.reserve(a_call(), 100)
    before = (tmp_path / LEDGER_FILE).read_bytes()
    real_write = os.write

    def half(file: int, data: bytes) -> int:
        real_write(file, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(TutorError, match="No space left"):
        ledger.reserve(a_call("next"), 50)
    monkeypatch.undo()
    assert (ledger.committed(), (tmp_path / LEDGER_FILE).read_bytes()) == (100, before)
    ledger.reserve(a_call("next"), 50)
    assert ledger.committed() == 150


def test_a_course_without_a_ledger_has_spent_nothing(tmp_path):
    assert read_ledger(tmp_path) == ()

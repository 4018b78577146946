"""What one record changes in the summaries; run in the same transaction as the record itself."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tui_tutor.core.ports import Json, Record

Place = tuple[str, str]  # lesson, cell

SUMMARIES: Final = ("cell_record", "cell_done", "lesson_summary")

_COUNT: Final = """
insert into cell_record (course, lesson, cell, kind, count, newest) values (?, ?, ?, ?, 1, ?)
on conflict (course, lesson, cell, kind) do update set count = count + 1, newest = excluded.newest
"""
_FORGET: Final = "delete from cell_record where course = ? and lesson = ? and cell = ?"
_DONE: Final = "insert or ignore into cell_done (course, lesson, cell) values (?, ?, ?)"
_OPENED: Final = """
insert into lesson_summary (course, lesson, opened) values (?, ?, ?)
on conflict (course, lesson) do update set opened = excluded.opened
"""
_HISTORY_AT: Final = """
select kind, count, newest from cell_record where course = ? and lesson = ? and cell = ?
"""
_DONE_AT: Final = "select 1 from cell_done where course = ? and lesson = ? and cell = ?"
_NOT_DONE: Final = "delete from cell_done where course = ? and lesson = ? and cell = ?"
_ADD_HISTORY: Final = """
insert into cell_record (course, lesson, cell, kind, count, newest) values (?, ?, ?, ?, ?, ?)
on conflict (course, lesson, cell, kind)
do update set count = count + excluded.count, newest = max(newest, excluded.newest)
"""
_MOVE_LESSON: Final = """
insert into lesson_summary (course, lesson, minutes, opened)
select course, ?, minutes, opened from lesson_summary where course = ? and lesson = ?
on conflict (course, lesson) do update set
minutes = minutes + excluded.minutes,
opened = nullif(max(coalesce(opened, 0), coalesce(excluded.opened, 0)), 0)
"""
_FORGET_LESSON: Final = "delete from lesson_summary where course = ? and lesson = ?"
_ALL: Final = "select id, kind, course, lesson, cell, at, data from event order by id"
_STUDIED: Final = """
insert into lesson_summary (course, lesson, minutes) values (?, ?, ?)
on conflict (course, lesson) do update set minutes = minutes + excluded.minutes
"""


def fold(connection: sqlite3.Connection, event: int, record: Record) -> None:
    """Bring the summaries up to date with one record, whose row in the log is `event`."""
    place = (record.course, record.lesson, record.cell)
    if record.kind == "moved":
        _move(connection, record)
        return
    if record.kind == "opened":
        connection.execute(_OPENED, (record.course, record.lesson, event))
    elif record.kind == "studied":
        connection.execute(_STUDIED, (record.course, record.lesson, _minutes(record.data)))
    elif record.kind == "reset":
        connection.execute(_FORGET, place)
    if record.kind == "reset" or not (record.cell or record.kind == "opened"):
        return
    connection.execute(_COUNT, (*place, record.kind, event))
    if record.cell and makes_done(record):
        connection.execute(_DONE, place)


def fold_all(connection: sqlite3.Connection) -> None:
    """Fold the summaries anew from the log alone."""
    for table in SUMMARIES:
        connection.execute(f"delete from {table}")  # noqa: S608 - names of our own
    for event, *row in connection.execute(_ALL):
        record = record_of(row)
        if record is not None:
            fold(connection, event, record)


def record_of(row: Sequence[Any]) -> Record | None:
    """The record of a row (kind, course, lesson, cell, at, data); None if it is damaged."""
    kind, course, lesson, cell, at, data = row
    try:
        return Record(kind, course, lesson, cell, datetime.fromisoformat(at), dict(json.loads(data)))
    except (ValueError, TypeError, RecursionError):
        return None


def _move(connection: sqlite3.Connection, record: Record) -> None:
    """Give cells and lessons their new places, all at once: one may take the place that another leaves."""
    moves = moves_of(record.data)
    rows = [
        (new, connection.execute(_HISTORY_AT, (record.course, *old)).fetchall()) for old, new in moves.items()
    ]
    done = [
        new for old, new in moves.items() if connection.execute(_DONE_AT, (record.course, *old)).fetchone()
    ]
    for old in moves:
        connection.execute(_FORGET, (record.course, *old))
        connection.execute(_NOT_DONE, (record.course, *old))
    for place, history in rows:
        for kind, count, newest in history:
            connection.execute(_ADD_HISTORY, (record.course, *place, kind, count, newest))
    for place in done:
        connection.execute(_DONE, (record.course, *place))
    for old_lesson, new_lesson in record.data.get("lessons", ()):
        connection.execute(_MOVE_LESSON, (str(new_lesson), record.course, str(old_lesson)))
        connection.execute(_FORGET_LESSON, (record.course, str(old_lesson)))


def moves_of(data: Mapping[str, Json]) -> dict[Place, Place]:
    """The new (lesson, cell) of each place that a record `moved` names."""
    return {(str(a), str(b)): (str(c), str(d)) for a, b, c, d in data.get("cells", ())}


def makes_done(record: Record) -> bool:
    """Whether the cell counts as done from here on; `"done"` in the data decides where it is given.

    Source: docs/course-format.md, "What counts". Once done, a cell stays done: a reset lets a learner try
    again and takes nothing away.
    """
    if "done" in record.data:
        return record.data["done"] is True
    match record.kind:
        case "passed":
            return True
        case "ran":
            # An exercise is done by its checks, not by running it.
            return record.data.get("outcome") == "ok" and record.data.get("kind") != "ex"
        case "attempted":
            return record.data.get("correct") is True or record.data.get("form") == "reflect"
        case _:
            return False


def _minutes(data: Mapping[str, Json]) -> float:
    minutes = data.get("minutes", 0)
    return float(minutes) if isinstance(minutes, int | float) and 0 < minutes < 1e6 else 0.0

"""Everything that can still be read of a database: through SQLite as far as it goes, then from the bytes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tui_tutor.store import carving
from tui_tutor.store.rows import (
    DeviceRow,
    EventRow,
    SettingRow,
    sound_device,
    sound_event,
    sound_setting,
)

# What belongs to a database beside its own file.
SIDE_FILES: Final = ("-wal", "-shm", "-journal")

_EVENTS: Final = "select id, device, sequence, kind, course, lesson, cell, at, data from event order by id"
_DEVICES: Final = "select number, id from device"
_SETTINGS: Final = "select name, value from setting"


@dataclass(frozen=True, slots=True)
class Content:
    """What a database holds: events by (number of the device, sequence), ids of devices by number."""

    events: dict[tuple[int, int], EventRow] = field(default_factory=dict)
    devices: dict[int, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    def take(
        self, events: Iterable[EventRow], devices: Iterable[DeviceRow], settings: Iterable[SettingRow]
    ) -> None:
        """Add what is sound and not there yet."""
        for event in events:
            if sound_event(event):
                self.events.setdefault((event.device, event.sequence), event)
        for device in devices:
            if sound_device(device):
                self.devices.setdefault(*device)
        for setting in settings:
            if sound_setting(setting):
                self.settings.setdefault(*setting)


def salvaged(path: Path) -> Content:
    """What can be read of a database that may be damaged; nothing of it is changed. OSError if none can."""
    content = Content()
    with tempfile.TemporaryDirectory(prefix=".salvage-", dir=path.parent) as folder:
        copy = Path(folder) / "copy.db"
        for suffix in ("", *SIDE_FILES[::2]):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
        with _reading(copy) as connection:
            content.take(
                _rows(connection, _EVENTS, EventRow._make),
                _rows(connection, _DEVICES, tuple),
                _rows(connection, _SETTINGS, tuple),
            )
    damaged = carving.Bytes(_bytes(path, ""), _bytes(path, "-wal"), _bytes(path, "-journal"))
    content.take(carving.events_in(damaged), carving.devices_in(damaged), carving.settings_in(damaged))
    return content


def read(path: Path) -> Content:
    """What a sound database holds; nothing of it is changed. sqlite3.Error if it is not sound after all."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = _text
        content = Content()
        content.take(
            map(EventRow._make, connection.execute(_EVENTS)),
            connection.execute(_DEVICES),
            connection.execute(_SETTINGS),
        )
    return content


def count(path: Path) -> int:
    """How many records a sound database has, those included that cannot be read."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return int(connection.execute("select count(*) from event").fetchone()[0])


def _reading(path: Path) -> closing[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    connection.text_factory = _text
    return closing(connection)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _rows(connection: sqlite3.Connection, query: str, make: Any) -> Iterator[Any]:
    """Rows until the first that cannot be read, forwards and then backwards."""
    for order in ("", " desc"):
        if order and "order by" not in query:
            return
        with suppress(sqlite3.Error, TypeError, ValueError):
            for row in connection.execute(query + order):
                yield make(row)
            return


def _bytes(path: Path, suffix: str) -> bytes:
    try:
        return Path(os.fspath(path) + suffix).read_bytes()
    except FileNotFoundError:
        if suffix:
            return b""
        raise

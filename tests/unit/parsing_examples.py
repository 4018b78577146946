"""A course that uses every kind of cell, every form and every field; and how to write one as TOML."""

from __future__ import annotations

import datetime
import json
import math
import re
from pathlib import Path
from typing import Any

COURSE = b"""format = 1
needs = ">=0.1"
id = "tour"
title = "A tour"
version = "1.0.0"
summary = "Every kind of cell."
authors = ["The authors"]
license = "CC-BY-4.0"
language = "en"
level = "beginner"
lessons = ["one", "two", "later"]
after = ["start-here"]

[kernel]
name = "python3"
packages = ["numpy>=1.26"]
setup = "cells/setup.py"
timeout_s = 60
env = { OMP_NUM_THREADS = "1" }

[permissions]
network = false

[[asset]]
path = "files/data.csv"
license = "CC0-1.0"
source = "measured"

[[silence]]
code = "negated-stem"
where = "one/choose"
reason = "the negation is the point"

[[objective]]
id = "sums"
text = "Add numbers"

[[objective]]
id = "means"
text = "Take means"
requires = ["sums"]

[[silence]]
code = "params-not-drawn"
reason = "the example shows every key"
"""

_FOLDER = Path(__file__).parent / "courses"
LESSON = (_FOLDER / "reparameterisation.toml").read_bytes()


def a_course(**changed: bytes) -> dict[str, bytes]:
    """The files of a whole course without a mistake."""
    return {
        "course.toml": COURSE,
        "course.de.toml": b'title = "Ein Rundgang"\n[[objective]]\nid = "sums"\ntext = "Zahlen addieren"\n',
        "lessons/one.toml": (_FOLDER / "every_cell.toml").read_bytes(),
        "lessons/one.de.toml": (_FOLDER / "every_cell.de.toml").read_bytes(),
        "lessons/two.toml": (_FOLDER / "two.toml").read_bytes(),
        "lessons/later.toml": (
            b'title = "Later"\nminutes = 5\nbloom = "apply"\nobjective = "Wait"\n'
            b'requires = ["two"]\ndraft = true\n'
        ),
        "cells/setup.py": b"import random\nrandom.seed(1)\n",
        "cells/mean.py": b"def mean(xs):\n    return sum(xs) / len(xs)\n",
        "files/data.csv": b"a,b\n1,2\n",
        **changed,
    }


def as_toml(values: dict[str, Any]) -> bytes:
    """A table as TOML 1.0: arrays of tables as `[[...]]`, the rest inline."""
    lines: list[str] = []
    _write_table(values, (), lines)
    return "\n".join([*lines, ""]).encode("utf-8", "replace")


def _write_table(table: dict[str, Any], path: tuple[str, ...], lines: list[str]) -> None:
    nested = {key: value for key, value in table.items() if _is_array_of_tables(value)}
    for key, value in table.items():
        if key not in nested:
            lines.append(f"{_key(key)} = {_value(value)}")
    for key, rows in nested.items():
        for row in rows:
            lines.append(f"[[{'.'.join(_key(part) for part in (*path, key))}]]")
            _write_table(row, (*path, key), lines)


def _is_array_of_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "".join("\\ufffd" if 0xD800 <= ord(one) <= 0xDFFF else one for one in written)


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return hex(value) if value > 2**64 else str(value)
        case float():
            return repr(value) if math.isfinite(value) else str(value)
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case str():
            return _quoted(value)
        case list():
            return f"[{', '.join(_value(item) for item in value)}]"
        case dict():
            return f"{{{', '.join(f'{_key(key)} = {_value(item)}' for key, item in value.items())}}}"
        case _:
            raise TypeError(type(value))

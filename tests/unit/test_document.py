"""A TOML file becomes values with the place of every key, or one refusal with its place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tui_tutor.core.document import Document, parse_toml

SOURCE = '''# a comment
title = "Größe"
"ключ" = 1
kernel.name = "x"
[[cell]]
kind = "md"  # after a value
text = """
one
two"""
[[cell.option]]
items = [ # first
  "é", "bb",
  { a = 1, b.c = "deep" },
]
[cell.params]
draw = []
[[cell]]
kind = 'code'
source = 'x = "\u00e9"; y'
'''


def document(source: str = SOURCE) -> Document:
    parsed = parse_toml(source.encode(), "f.toml")
    assert isinstance(parsed, Document)
    return parsed


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("title",), (2, 1, 5)),
        (("ключ",), (3, 1, 6)),
        (("kernel", "name"), (4, 8, 4)),
        (("cell", 0), (5, 1, 8)),
        (("cell", 0, "kind"), (6, 1, 4)),
        (("cell", 0, "option", 0), (10, 1, 15)),
        (("cell", 0, "option", 0, "items", 1), (12, 8, 4)),
        (("cell", 0, "option", 0, "items", 2, "b", "c"), (13, 14, 1)),
        (("cell", 0, "params", "draw"), (16, 1, 4)),
        (("cell", 1), (17, 1, 8)),
        (("cell", 1, "nowhere", 3), (17, 1, 8)),
        ((), (1, 1, 1)),
    ],
)
def test_a_key_is_found_where_it_is_written_and_a_missing_one_at_its_table(
    path: tuple[str | int, ...], place: tuple[int, int, int]
) -> None:
    span = document().key_span(path)
    assert (span.line, span.column, span.length) == place


def test_columns_count_characters_not_bytes() -> None:
    span = document('x = { "é" = "ü", b = 1 }\n').value_span(("x", "b"))
    assert (span.line, span.column) == (1, 22)


@pytest.mark.parametrize(
    ("path", "inner", "place"),
    [
        (("cell", 0, "text"), (2, 1), (9, 1)),
        (("cell", 1, "source"), (1, 10), (19, 20)),
        (("title",), (3, 1), (2, 9)),
    ],
)
def test_a_place_inside_a_text_is_found_in_the_file(
    path: tuple[str | int, ...], inner: tuple[int, int], place: tuple[int, int]
) -> None:
    span = document().text_span(path, *inner)
    assert (span.line, span.column) == place


def test_a_file_without_mistakes_is_parsed_once() -> None:
    code = (
        "import sys; from tui_tutor.core.document import parse_toml; parse_toml(b'a = 1', 'f');"
        "print('tree_sitter' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


VALID = (
    b"",
    b"# only a comment",
    b"\xef\xbb\xbfa = 1\r\nb = 2\r\n",
    b"a = 0x_1".replace(b"_", b""),
    b"d = 1979-05-27T07:32:00Z",
    b"t = 07:32:00",
    b'a."b.c".d = 1\n[a.e]\nf = [[1, 2], ["x"]]\n',
    b"x = '''\n[[cell]]\na.b.c = 1\n'''\n",
    b'long = "' + b"a.b" * 1000 + b'"',
)


@pytest.mark.parametrize("source", VALID)
def test_what_is_toml_is_taken(source: bytes) -> None:
    from tui_tutor.core.parsing.toml_versions import newer_toml

    parsed = parse_toml(source, "f.toml")
    assert isinstance(parsed, Document)
    assert list(newer_toml(parsed)) == []


BOMBS = {
    "a key of 20,000 parts": ".".join(["a"] * 20_000) + " = 1",
    "a key of 400,000 parts": ".".join(["a"] * 400_000) + " = 1",
    "a quoted key of many parts": '"a".' * 200_000 + "b = 1",
    "a long header": "[" + ".".join(["a"] * 999) + "]\n",
    "many tables under long headers": "".join(f"[{'a.' * 900}b{n}]\n" for n in range(500)),
    "many keys of many parts": "".join(f"{'a.' * 500}b{n} = 1\n" for n in range(900)),
    "deep lists": "x = " + "[" * 100_000,
    "deep closed lists": "x = " + "[" * 390 + "]" * 390,
    "deep tables": "x = " + "{a=" * 100_000,
    "many lists": "x = [" + "[]," * 330_000 + "]",
    "many tables in a line": "x = [" + "{a=1}," * 160_000 + "]",
    "many tables": "[[a]]\n" * 160_000,
    "a number of 900,000 digits": "x = " + "9" * 900_000,
    "a hexadecimal number": "x = 0x" + "f" * 900_000,
    "a number with underscores": "x = 1" + "_1" * 400_000,
    "a huge float": "x = 1." + "1" * 900_000 + "e999999",
    "a long text": 'x = "' + "\\u0041" * 160_000 + '"',
    "a long word": "x" * 900_000,
    "many quotes": '"' * 900_000,
    "many backslashes": 'x = "' + "\\" * 900_000,
    "many cells": '[[cell]]\nkind = "md"\nnope = 1\n' * 30_000,
    "many unknown keys": "".join(f"k{n} = 1\n" for n in range(90_000)),
    "many options": '[[cell]]\nkind = "quiz"\n' + '[[cell.option]]\ntext = "a"\n' * 30_000,
    "deep Python": '[[cell]]\nkind = "code"\nsource = "' + "(" * 900_000 + '"',
    "long Python": '[[cell]]\nkind = "code"\nsource = "' + "-" * 900_000 + '1"',
    "a deep pattern": '[[cell]]\nkind="quiz"\nid="q"\nform="text"\nquestion="q"\nmatch="regex"\naccept=["'
    + "(" * 900_000
    + '"]',
}  # fmt: skip

CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from tui_tutor.core.parsing import check_course
data = sys.stdin.buffer.read()
course = b'format = 1\\nid = "c"\\ntitle = "T"\\nversion = "1.0.0"\\nlessons = ["a"]\\n'
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = check_course({"course.toml": course, "lessons/a.toml": data})
text = "".join(item.as_text() for item in found)
used = resource.getrusage(resource.RUSAGE_SELF)
print(len(found), len(text) < 5_000_000, (used.ru_maxrss - before) // 1024, round(used.ru_utime, 1))
"""


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_within_bounds(bomb: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=bomb.encode(),
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found, is_short, used_mb, _ = done.stdout.split()
    assert int(found) > 0
    assert is_short == b"True"
    assert int(used_mb) < 400

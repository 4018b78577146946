"""A diagnostic says file, place, code and cure; its caret stands under the mistake."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_tutor.core.diagnostic import Diagnostic, Span, errors_in
from tui_tutor.core.parsing import check_course

ROOT = Path(__file__).parents[2]

BROKEN = """title = "Größe"
minuten = 5
[[cell]]
\tkind = "mdd"
[[cell]]
kind = "quiz"
id = "q"
form = "choice"
question = "¿Qué?"
[[cell.option]]
text = "é"
correct = "yes"
[[cell.option]]
text = "b"
explain = "why"
""".encode()

GOLDEN = """\
lessons/a.toml:2:1: error[unknown-key]: `minuten` is not a key here
  |
2 | minuten = 5
  | ^^^^^^^
  = help: did you mean `minutes`?
lessons/a.toml:4:9: error[unknown-kind]: 'mdd' is not a kind of cell
  |
4 |     kind = "mdd"
  |            ^^^^^
  = help: did you mean "md"?
lessons/a.toml:12:11: error[wrong-type]: `correct` must be true or false, not a text
   |
12 | correct = "yes"
   |           ^^^^^
lessons/a.toml:15:1: error[key-after-subtable]: `explain` is not a key here
   |
15 | explain = "why"
   | ^^^^^^^
  = help: `explain` belongs to the cell: move it above the first `[[cell.option]]`"""


def test_every_mistake_of_a_lesson_is_drawn_with_its_caret() -> None:
    course = b'format = 1\nid = "c"\ntitle = "C"\nversion = "1.0.0"\nlessons = ["a"]\nlicense = "MIT"\n'
    files = {
        "course.toml": course,
        "lessons/a.toml": BROKEN,
    }
    drawn = "\n".join(item.as_text() for item in errors_in(check_course(files)))
    assert drawn == GOLDEN


def test_the_caret_stands_under_the_mistake_after_tabs_and_wide_marks() -> None:
    item = Diagnostic("c", "m", Span("f", 7, 4, 2), source_line="\té = 1")
    assert item.as_text() == "f:7:4: error[c]: m\n  |\n7 |     é = 1\n  |       ^^"


def test_of_a_very_long_line_only_what_is_near_is_shown() -> None:
    item = Diagnostic("c", "m", Span("f", 1, 500_001, 3), source_line="x" * 500_000 + "bad" + "y" * 500_000)
    _, _, line, caret = item.as_text().split("\n")
    assert len(line) < 250
    assert line[caret.index("^") : caret.rindex("^") + 1] == "bad"


def test_nothing_an_author_wrote_reaches_the_terminal_raw() -> None:
    item = Diagnostic("c", "m\x1b[2J", Span("f\x07", 1, 1), help="h\x9b", source_line="a\x1b]0;t\x07\u202e")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", item.as_text())


def test_json_has_the_stable_shape() -> None:
    assert Diagnostic("c", "m", Span("f", 2, 3), "warning", "h", "line").as_json() == {
        "code": "c",
        "severity": "warning",
        "file": "f",
        "line": 2,
        "column": 3,
        "message": "m",
        "help": "h",
    }


MAKERS = {
    "error",
    "warning",
    "error_inside",
    "diagnostic",
    "Diagnostic",
    "Doubt",
    "_Refusal",
    "_mistake",
    "_of_file",
    "_require_unique",
    "_deep",
}
WRITTEN_WITH_A_NAME = {
    "unknown-": {"unknown-kind", "unknown-form"},
    "-missing": {"objective-missing", "bloom-missing", "minutes-missing"},
}  # fmt: skip


def codes_in_source() -> set[str]:
    """Every code that a diagnostic can have, read from the places where they are made."""
    found: set[str] = set()
    for path in (ROOT / "tui_tutor").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found.update(_codes_of(node))
    return found


def _codes_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and _name_of(node.func) in MAKERS:
        given = node.args[:3]
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 3:
        given = node.value.elts[:1]
    else:
        return
    for value in given:
        if isinstance(value, ast.JoinedStr):
            for fixed, codes in WRITTEN_WITH_A_NAME.items():
                yield from codes if any(_text_of(part) == fixed for part in value.values) else ()
        elif re.fullmatch(r"[a-z]+(-[a-z0-9]+)+|empty|contradiction", _text_of(value)):
            yield _text_of(value)


def _name_of(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _text_of(value: ast.expr) -> str:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


@pytest.mark.slow
def test_every_code_in_the_source_is_documented() -> None:
    documented = set(
        re.findall(r"^\| `([a-z0-9-]+)` \|", (ROOT / "docs/diagnostics.md").read_text(encoding="utf-8"), re.M)
    )
    assert codes_in_source() == documented


@pytest.mark.slow
def test_every_code_of_an_error_in_a_course_is_provoked_by_a_bad_course() -> None:
    from tests.unit.bad_courses import BAD
    from tui_tutor.core.linting.doubt import RULES

    provoked = {bad.code for bad in BAD}
    # Rules about quality have tests of their own.
    doubts = {"silence-unknown", "silence-unused", "course-id-missing", "overlay-unread"}
    warnings = {*RULES, *doubts} - provoked
    elsewhere = {
        "course-file-missing",
        "course-unreadable",
        "file-skipped",
        "more-to-check",  # a thousand errors: tests/adapters/test_limits.py
        "name-collision",
    }
    assert codes_in_source() - warnings - elsewhere == provoked

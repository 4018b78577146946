"""Whatever bytes a course holds, parsing says what is wrong and where; it never raises."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.parsing_examples import COURSE, LESSON, a_course, as_toml
from tui_tutor.core.diagnostic import Diagnostic
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.parsing import check_course, files_named, parse_course, parse_lesson

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

toml_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=20),
        st.datetimes(),
        st.sampled_from(["md", "quiz", "choice", "a", "seed", "..", "/x", "variance", "{{1}}", "x = ="]),
    ).filter(lambda value: value is not None),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def assert_located(diagnostics: tuple[Diagnostic, ...], files: dict[str, bytes]) -> None:
    """Each diagnostic stands on a line of its file, and can be drawn."""
    for item in diagnostics:
        lines = (
            files.get(item.span.file, b"").decode("utf-8-sig", "replace").replace("\r\n", "\n").split("\n")
        )
        assert 1 <= item.span.line <= len(lines), item
        assert 1 <= item.span.column <= len(lines[item.span.line - 1]) + 2, item
        assert item.code
        assert item.message
        assert "\x1b" not in item.as_text()


def everything(files: dict[str, bytes]) -> None:
    assert_located(check_course(files, folder_name="x"), files)
    course = parse_course(a_course()).value
    assert course
    assert_located(parse_lesson(course, "one", files, overlay="de.beginner").diagnostics, files)
    for data in files.values():
        files_named(data)


@pytest.mark.slow
@QUICK
@given(st.binary(max_size=300))
def test_any_bytes_as_a_course_are_diagnosed(data: bytes) -> None:
    everything({"course.toml": data, "lessons/one.toml": LESSON})


@QUICK
@given(st.binary(max_size=300))
def test_any_bytes_as_a_lesson_are_diagnosed(data: bytes) -> None:
    everything({"course.toml": COURSE, "lessons/one.toml": data})


@pytest.mark.slow
@QUICK
@given(st.data())
def test_a_cut_duplicated_or_changed_lesson_is_diagnosed_within_the_file(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from([LESSON, a_course()["lessons/one.toml"]]))
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, min(len(source), start + 200)))
    middle = data.draw(st.one_of(st.just(b""), st.binary(max_size=5), st.just(source[start:end] * 2)))
    everything({**a_course(), "lessons/one.toml": source[:start] + middle + source[end:]})


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found.extend(places_in(inner, (*path, key)))
    return found


@pytest.mark.slow
@settings(QUICK, max_examples=200)
@given(st.data())
def test_any_value_in_the_place_of_any_other_is_diagnosed(data: st.DataObject) -> None:
    files = a_course()
    file = data.draw(st.sampled_from(sorted(name for name in files if name.endswith(".toml"))))
    document = parse_toml(files[file], file)
    assert isinstance(document, Document)
    values = copy.deepcopy(dict(document.values))
    *way, last = data.draw(st.sampled_from(places_in(values)))
    table: Any = values
    for part in way:
        table = table[part]
    table[last] = data.draw(toml_values)
    everything({**files, file: as_toml(values)})


VALUES = [
    "3",
    "true",
    "1.5",
    '""',
    '"x"',
    "[]",
    "[[1]]",
    "{}",
    "1979-05-27",
    "nan",
    "[1, 'a']",
    "0x" + "f" * 3000,  # the longest that Python can write out
]


@pytest.mark.slow
@pytest.mark.parametrize("shift", range(3))
def test_every_key_with_a_value_of_another_type_is_diagnosed(shift: int) -> None:
    files = a_course()
    for file in sorted(name for name in files if name.endswith(".toml")):
        document = parse_toml(files[file], file)
        assert isinstance(document, Document)
        for number, path in enumerate(places_in(document.values)):
            written = parse_toml(f"x = {VALUES[(number + shift * 5) % len(VALUES)]}".encode(), "x")
            assert isinstance(written, Document)
            values = copy.deepcopy(dict(document.values))
            table: Any = values
            for part in path[:-1]:
                table = table[part]
            table[path[-1]] = written.values["x"]
            changed = {**files, file: as_toml(values)}
            assert_located(check_course(changed, folder_name="x"), changed)

"""Courses and lessons become values, or every mistake with its place and its cure."""

from __future__ import annotations

import pytest

from tests.unit.bad_courses import BAD, Bad
from tests.unit.parsing_examples import a_course
from tui_tutor.core.diagnostic import errors_in
from tui_tutor.core.parsing import check_course


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_a_mistake_is_found_at_its_place(bad: Bad) -> None:
    found = {
        (item.span.file, item.code, item.span.line, item.span.column) for item in check_course(bad.files)
    }
    assert (bad.file, bad.code, bad.line, bad.column) in found


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_one_mistake_is_reported_once(bad: Bad) -> None:
    errors = errors_in(check_course(bad.files))
    assert len(errors) <= 1, [item.as_text() for item in errors]


def test_a_course_with_everything_has_no_mistakes() -> None:
    found = check_course(a_course(), folder_name="tour")
    assert [(item.span.file, item.code) for item in found] == [("lessons/later.toml", "draft-lesson")]

"""course.toml: what the studio writes anew, and what the author has changed since."""

from __future__ import annotations

import pytest

from tests.unit.studio.pipeline_pieces import OUTLINE, brief
from tui_tutor.core.errors import TutorError
from tui_tutor.studio.assembling import course_toml
from tui_tutor.studio.course_file import values_in, with_changes

DRAFT = course_toml(brief(), OUTLINE, version="0.1.0")
FRESH = course_toml(brief(), OUTLINE)
WROTE = values_in(DRAFT.encode())


def test_what_nobody_has_changed_is_written_anew():
    assert with_changes(FRESH, DRAFT.encode(), WROTE) == FRESH.encode()


def test_what_the_author_has_changed_added_or_taken_out_stays_so():
    mine = DRAFT.replace("Adding up", "Sums of money").replace('license = "CC-BY-4.0"\n', "")
    mine = mine.replace("timeout_s = 30", 'timeout_s = 5\n\n[links]\nhome = "https://example.org"')
    found = values_in(with_changes(FRESH, mine.encode(), WROTE))
    kernel = {**WROTE["kernel"], "timeout_s": 5}
    links = {"home": "https://example.org"}
    expected = {**WROTE, "title": "Sums of money", "version": "1.0.0", "kernel": kernel, "links": links}
    del expected["license"]
    assert found == expected


def test_a_file_that_need_not_change_stays_as_it_is_to_the_byte():
    mine = f"# mine\n{FRESH}".encode()
    assert with_changes(FRESH, mine, values_in(FRESH.encode())) == mine


def test_lessons_are_the_outline_s_and_one_that_it_does_not_have_is_told():
    mine = DRAFT.replace('["sums"]', '["sums", "my-own"]')
    with pytest.raises(TutorError, match="lists the lesson my-own, which the outline does not have"):
        with_changes(FRESH, mine.encode(), WROTE)


def test_a_lesson_that_left_the_outline_leaves_the_course():
    wrote = {**WROTE, "lessons": ["gone", "sums"]}
    mine = DRAFT.replace('["sums"]', '["gone", "sums"]')
    assert values_in(with_changes(FRESH, mine.encode(), wrote))["lessons"] == ["sums"]


def test_a_file_with_mistakes_is_told_and_not_replaced():
    with pytest.raises(TutorError, match=r"course.toml has a mistake in line 1"):
        with_changes(FRESH, b"title = \n", WROTE)

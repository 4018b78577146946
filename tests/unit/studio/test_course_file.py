"""course.toml: what the studio writes anew, and what the author has changed since."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.studio.pipeline_pieces import OUTLINE, brief
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.errors import TutorError
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.studio.assembling import course_toml
from tui_tutor.studio.course_file import values_in, with_changes
from tui_tutor.studio.exchanging import with_values

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


# --- comments ---------------------------------------------------------------------------------------

MINE = """\
# Mine: do not touch.
format = 1
needs = ">=0.1"
id = "adding"  # as in the library
title = "Sums of money"
version = "0.1.0" # counted by us
lessons = [
  "sums",  # first
]
language = "en"
level = "intermediate"

# about the kernel
[kernel]
name = "python3"
packages = []
timeout_s = 5  # they are quick

# what it is for
[[objective]]
id = "add"
text = "Write a function that adds numbers"
# the end
"""


def test_comments_and_order_stay_where_single_values_are_exchanged():
    wrote = {**values_in(MINE.encode()), "title": "Adding up", "kernel": WROTE["kernel"]}
    fresh = FRESH.replace('summary = "How to add a list of numbers."\n', "")
    there = with_changes(fresh, MINE.encode(), wrote).decode()
    expected = MINE.replace('version = "0.1.0" #', 'version = "1.0.0" #')
    expected = expected.replace(
        'level = "intermediate"\n', 'level = "intermediate"\nauthors = []\nlicense = "CC-BY-4.0"\n'
    )
    expected = expected.replace('numbers"\n# the end', 'numbers"\nrequires = []\n# the end')
    assert there == expected


def test_lessons_objectives_and_what_is_taken_out_are_exchanged_in_their_places():
    text = MINE.replace('language = "en"', 'language = "en"\nextra = """\nx = 1\n"""')
    document = parse_toml(text.encode(), "course.toml")
    assert isinstance(document, Document)
    values = {**document.values, "lessons": ["sums", "more"], "links": {"home": "x"}}
    del values["extra"]
    values["objective"] = [{"id": "add", "text": "Add"}, {"id": "more", "text": "More"}]
    said = with_values(document, values)
    assert said is not None
    assert values_in(said.encode()) == values
    kept = (
        "# Mine",
        "# as in",
        "# counted",
        "# about the kernel",
        "# they are quick",
        "# what it is",
        "# the end",
    )
    assert [one for one in kept if one not in said] == []


WORDS = st.sampled_from(["a", "b", "c d", "x\n# y", "é"])
PLAIN = st.integers() | WORDS | st.lists(WORDS, max_size=2) | st.booleans()
TABLES = st.lists(st.dictionaries(WORDS, PLAIN, min_size=1, max_size=2), min_size=1, max_size=2)
FILES = st.dictionaries(
    WORDS, PLAIN | TABLES | st.dictionaries(WORDS, PLAIN, min_size=1, max_size=2), max_size=4
)


@given(FILES, FILES)
def test_whatever_is_exchanged_the_values_are_the_wanted_ones(there, wanted):
    from tui_tutor.studio.course_file import _exchanged

    assert values_in(_exchanged(f"# mine\n{toml_text(there)}".encode(), wanted)) == wanted

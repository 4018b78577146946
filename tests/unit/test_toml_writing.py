"""What is written as TOML is read back as it was."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from tui_tutor.core.toml_writing import toml_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["a\nb", "'''\n", 'ends in "\n"', "tab\there\n", "\r\n", "\\alpha", "x'\ny'", '"""\n']
)
PLAIN = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | TEXTS
    | st.dates()
    | st.times()
)
VALUES: Any = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@given(st.dictionaries(TEXTS, VALUES, max_size=6))
def test_what_is_written_is_read_back(values: dict[str, Any]):
    assert tomli.loads(toml_text(values)) == values


def test_plain_values_stand_before_tables_and_cells_as_authors_write_them():
    lesson = {
        "title": "One",
        "cell": [
            {"kind": "md", "text": "a\nb\n"},
            {"kind": "quiz", "option": [{"text": "x", "correct": True}], "question": "Which?"},
        ],
    }
    assert toml_text(lesson) == (
        "title = \"One\"\n\n[[cell]]\nkind = \"md\"\ntext = '''\na\nb\n'''\n\n"
        '[[cell]]\nkind = "quiz"\nquestion = "Which?"\n\n[[cell.option]]\ntext = "x"\ncorrect = true\n'
    )


def test_a_regular_expression_keeps_its_backslashes_readable():
    assert toml_text({"accept": r"\d+"}) == "accept = '\\d+'\n"


def test_none_is_left_out_and_a_lone_surrogate_replaced():
    assert toml_text({"a": None, "b": "x\ud800"}) == 'b = "x\ufffd"\n'


def test_dates_and_times_are_kept():
    values = {"at": datetime(2026, 1, 2, 3, 4, 5), "day": date(2026, 1, 2), "clock": time(3, 4, 5)}
    assert tomli.loads(toml_text(values)) == values


def test_what_steers_a_terminal_or_turns_the_order_of_reading_is_written_as_an_escape():
    steering = "a\x1b[2J\x9b31m\u202eb\u2066\u200f\U000e0041\ufeff"
    text = toml_text({"one": steering, "two": f"x\n{steering}", "three": f"\\d{steering}"})
    assert [char for char in text if not (char.isprintable() or char == "\n")] == []
    assert tomli.loads(text) == {"one": steering, "two": f"x\n{steering}", "three": f"\\d{steering}"}

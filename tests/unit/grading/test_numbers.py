"""How a typed number is read and compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.grading.quizzes import a_number
from tui_tutor.core.grading.numbers import read_number
from tui_tutor.core.grading.quizzes import grade_quiz


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,37", 0.37),
        ("0.37", 0.37),
        (".37", 0.37),
        ("12.", 12),
        ("+5", 5),
        ("−2", -2),
        ("– 2", -2),
        ("1/8", 0.125),
        ("-3 / 4", -0.75),
        ("1⁄8", 0.125),
        ("1e-3", 0.001),
        ("1E3", 1000),
        ("3·10⁻³", 0.003),
        ("3,5 x 10^2", 350),
        ("2 × 10**3", 2000),
        ("1 234 567", 1_234_567),
        ("1_000", 1000),
        ("1,234,567", 1_234_567),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("37 %", 0.37),
        ("٣٫٥", 3.5),
        ("१२", 12),
        ("12", 12),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert grade_quiz(a_number(value=value), (text,)).correct


@pytest.mark.parametrize("value", [1, 1000])
def test_one_comma_before_three_digits_is_read_both_ways(value: float) -> None:
    assert grade_quiz(a_number(value=value), ("1,000",)).correct


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "NaN",
        "inf",
        "-inf",
        "∞",
        "1e400",
        "-1e400",
        "1e999999999",
        "9" * 400,
        "1/0",
        "1e-400",
        "0x10",
        "",
        "x",
        "--1",
    ],
)
@pytest.mark.parametrize("key", [{"value": 1}, {"range": (-1e308, 1e308)}, {"value": 0, "tolerance": 1e308}])
def test_what_is_no_finite_number_is_never_right(text: str, key: dict[str, object]) -> None:
    verdict = grade_quiz(a_number(**key), (text,))
    assert (verdict.correct, bool(verdict.messages)) == (False, True)


@pytest.mark.parametrize(
    ("key", "text", "is_right"),
    [
        ({"value": 1, "tolerance": 0.1}, "1.1", True),
        ({"value": 1, "tolerance": 0.1}, "1.11", False),
        ({"value": 1, "tolerance": 0.1}, "0.9", True),
        ({"value": 200, "rel_tolerance": 0.01}, "202", True),
        ({"value": 200, "rel_tolerance": 0.01}, "202.1", False),
        ({"value": -200, "rel_tolerance": 0.01}, "-198", True),
        ({"range": (1, 2)}, "1", True),
        ({"range": (1, 2)}, "2", True),
        ({"range": (1, 2)}, "2.0001", False),
        ({"value": 0}, "0", True),
        ({"value": 0}, "1e-12", False),
        ({"value": 0.1}, "0.1", True),
    ],
)
def test_a_tolerance_is_the_decimal_that_was_written(
    key: dict[str, object], text: str, is_right: bool
) -> None:
    assert grade_quiz(a_number(**key), (text,)).correct is is_right


@pytest.mark.parametrize(
    ("unit", "text", "says"),
    [
        ("ms", "12 ms", ()),
        ("ms", "12", ()),
        ("ms", "12ms", ()),
        ("µs", "12 μs", ()),
        ("%", "12 %", ()),
        ("ms", "12 s", ("The answer is asked in ms; you wrote s.",)),
        ("mW", "12 MW", ("The answer is asked in mW; you wrote MW.",)),
        ("ms", "12 %", ("The answer is asked in ms; you wrote %.",)),
        ("", "12 apples", ("Type the number alone, without a unit.",)),
    ],
)
def test_a_unit_may_be_left_out_but_not_be_another(unit: str, text: str, says: tuple[str, ...]) -> None:
    verdict = grade_quiz(a_number(value=12, unit=unit), (text,))
    assert (verdict.correct, verdict.messages) == (not says, says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("-0.37", "The number is right; look at its sign."),
        ("37", "The digits are right; look at the power of ten."),
        ("0.0037", "The digits are right; look at the power of ten."),
    ],
)
def test_a_near_miss_is_named_and_stays_wrong(text: str, says: str) -> None:
    verdict = grade_quiz(a_number(value=0.37, tolerance=0.001), (text,))
    assert (verdict.score, verdict.messages) == (0.0, (says,))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_right_as_python_writes_it(value: float) -> None:
    assert grade_quiz(a_number(value=value), (repr(value),)).correct


@given(st.text(alphabet="0123456789.,-+eE/ x10^%", max_size=60))
def test_no_line_is_too_odd_to_read(text: str) -> None:
    assert read_number(text) is not None

"""Outputs compared as people compare them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui_tutor.core.grading.comparing import Difference, same_output

LINES = st.text(alphabet="ab .1\n", max_size=30)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("a\nb", "a  \nb\n\n"),
        ("done 100%", "done 10%\rdone 100%\n"),
        ("abc", "abX\bc"),
        ("red", "\x1b[31mred\x1b[0m\r\n"),
        ("title", "\x1b]0;window\x07title"),
        ("", "\n\n"),
        ("a\n...\nz", "a\nb\nc\nz"),
        ("a...z", "a\nb\nz"),
        ("...", ""),
        ("Epoch ... loss ...", "Epoch 1/3 · loss 186.4\nEpoch 2/3"),
        ("... x ... x", "a x b x"),
    ],
)
def test_what_looks_the_same_is_the_same(expected: str, actual: str) -> None:
    assert same_output(expected, actual) is None


@pytest.mark.parametrize(
    ("expected", "actual", "difference"),
    [
        ("a\nb", "a\nc", Difference(2, "b", "c")),
        ("a\nb", "a", Difference(2, "b", None)),
        ("a", "a\nb", Difference(2, None, "b")),
        ("a b", "a  b", Difference(1, "a b", "a  b")),
        (" a", "a", Difference(1, " a", "a")),
        ("a\n...\nz", "b\nz", Difference(1, "a", "b")),
        ("a\n...\nz", "a\nb", Difference(3, "z", None)),
        ("a\nb\nc\n...", "a\nX\nc\nd", Difference(2, "b", "X")),
        ("a\nb 1...", "a\nc 1", Difference(2, "b 1", "c 1")),
        ("x...x", "x", Difference(1, "x", None)),
    ],
)
def test_the_first_line_that_differs_is_named(expected: str, actual: str, difference: Difference) -> None:
    assert same_output(expected, actual) == difference


@pytest.mark.parametrize(
    ("expected", "actual", "tolerance", "is_same"),
    [
        ("torch.Size([1, 32]) -0.018", "torch.Size([1, 32]) -0.01793839782476425", 0.001, True),
        ("torch.Size([1, 32]) -0.018", "torch.Size([1, 31]) -0.018", 0.001, False),
        ("0.13", "0.12", 0.01, True),
        ("0.13", "0.1199", 0.01, False),
        ("1e-3 x", "0.001 x", 0.0, True),
        ("1e-3 x", "0.001 x", None, False),
        ("loss 0.5", "lost 0.5", 0.1, False),
        ("x 1\n...\ny 2.0", "x 1.05\nanything 7\ny 2.04", 0.1, True),
        ("x 1\n...\ny 2.0", "x 1.05\nanything 7\ny 2.4", 0.1, False),
        ("nan", "nan", 0.1, True),
        ("1", "nan", 0.1, False),
        ("1", "1e999", 1e300, False),
    ],
)
def test_numbers_may_differ_by_the_tolerance(
    expected: str, actual: str, tolerance: float | None, is_same: bool
) -> None:
    assert (same_output(expected, actual, tolerance=tolerance) is None) is is_same


@example("...1", 0.0)
@given(LINES, st.sampled_from([None, 0.0, 1.0]))
def test_an_output_is_like_itself(text: str, tolerance: float | None) -> None:
    assert same_output(text, text, tolerance=tolerance) is None


@given(st.lists(LINES, min_size=2, max_size=4), LINES, st.sampled_from([None, 0.0]))
def test_dots_match_what_is_left_out(parts: list[str], between: str, tolerance: float | None) -> None:
    parts = [f"<{part}>" for part in parts]
    if "..." not in "".join(parts):
        assert same_output("...".join(parts), between.join(parts), tolerance=tolerance) is None


@pytest.mark.parametrize("tolerance", [None, 0.5])
def test_long_outputs_are_compared_in_one_pass(tolerance: float | None) -> None:
    expected = "...".join(["a a a a a a b"] * 20)
    assert same_output(expected, "a " * 100_000, tolerance=tolerance) is not None


def test_sentences_quote_both_lines_safely() -> None:
    difference = same_output("a", "\x07b")
    assert difference is not None
    assert difference.sentences() == ('line 1: expected "a"', 'found "␇b"')

"""Patterns without backtracking."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_tutor.core.grading.patterns import PatternRefusedError, matches_whole, occurs_in

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", r"\b", "^", "$", "\n", "(?:)", "c"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)
TEXTS = st.text(alphabet="ab1 \n", max_size=6)


@pytest.mark.slow
@given(PATTERNS, TEXTS, st.sampled_from(["", "(?i)", "(?m)", "(?s)"]))
@settings(max_examples=1000)
def test_it_agrees_with_python(pattern: str, text: str, flags: str) -> None:
    pattern = flags + pattern
    assert matches_whole(pattern, text) is (re.fullmatch(pattern, text) is not None)
    assert occurs_in(pattern, text) is (re.search(pattern, text) is not None)


@pytest.mark.parametrize(
    "pattern",
    [r"(a)\1", "(?=a)", "(?<!a)b", "a++", "(?>a)", "(", "[", "a" * 501, "(a{500}){500}", "x{99999}"],
)
def test_what_cannot_be_bounded_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefusedError):
        matches_whole(pattern, "a")


@pytest.mark.slow
def test_a_long_text_is_searched_in_one_pass() -> None:
    assert not occurs_in("(x+x+)+y", "x" * 1_000_000)
    assert occurs_in(r"loss \d+\.\d+", "epoch 1\n" * 50_000 + "loss 12.5")

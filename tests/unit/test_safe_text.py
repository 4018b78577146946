"""Whatever a stranger wrote, no terminal can be fooled by it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tutor.core.safe_text import safe_json, safe_line, safe_text

# Everything, lone surrogates too, with what steers a terminal drawn often.
MARKS = "\u202a\u202e\u2066\u2069\u200e\u200f\u061c\u2028\u2029\ufeff\U000e0001\ud800\udfff"
STEERING = st.sampled_from([*map(chr, range(0xA0)), *MARKS, "\r\n", "\x1b]0;x\x07", "\x1b[2J"])
TEXTS = st.lists(st.one_of(st.characters(), STEERING)).map("".join)


def forbidden(char: str) -> bool:
    code = ord(char)
    return (
        (code < 0x20 and char != "\n")
        or 0x7F <= code <= 0x9F
        or 0x202A <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
        or 0xE0000 <= code <= 0xE007F
        or 0xD800 <= code <= 0xDFFF
        or code in (0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF)
    )


@given(TEXTS)
def test_safe_text_holds_nothing_that_steers_a_terminal(text):
    assert not [char for char in safe_text(text) if forbidden(char)]


@given(TEXTS)
def test_safe_text_is_safe_already(text):
    assert safe_text(safe_text(text)) == safe_text(text)


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \n")))
def test_words_stay_as_they_are(text):
    assert safe_text(text) == text


@given(TEXTS, st.integers(1, 600))
def test_a_safe_line_is_one_line_and_bounded(text, limit):
    line = safe_line(text, limit=limit)
    assert len(line) <= limit
    assert not [char for char in line if forbidden(char) or char == "\n"]


@given(TEXTS, TEXTS)
def test_texts_are_safe_apart_or_together(before, after):
    if before.endswith("\r") and after.startswith("\n"):
        return  # one line end, cut in two
    assert safe_text(before + after) == safe_text(before) + safe_text(after)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\x1b[31mb", "a␛[31mb"),
        ("bell\x07", "bell␇"),
        ("a\rb", "a␍b"),
        ("a\r\nb", "a\nb"),
        ("a\tb", "a    b"),
        ("\x7f", "␡"),
        ("\x9b31m", "\ufffd31m"),
        ("admin\u202etxt.exe", "admin\ufffdtxt.exe"),
        ("tag\U000e0041", "tag\ufffd"),
        ("\ud83d", "\ufffd"),
        ("e\u0301 \u0061\u200d", "e\u0301 a\u200d"),
    ],
)
def test_what_steers_a_terminal_is_shown_as_a_stand_in(written, shown):
    assert safe_text(written) == shown


def test_a_long_line_ends_in_an_ellipsis():
    assert safe_line("a" * 9, limit=5) == "aaaa…"


@given(TEXTS)
def test_json_for_a_terminal_says_the_same_and_steers_nothing(text):
    shown = safe_json({"said": [text]})
    assert (json.loads(shown), safe_text(shown)) == ({"said": [text]}, shown)

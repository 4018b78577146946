"""What servers say, as values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tutor.studio.answers import count, json_of, retry_after_s, whole_text

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('{"a": 1}', {"a": 1}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ("\n```\n[1]\n```\n", [1]),
        ('{"a": "```"}', {"a": "```"}),
        ("Sure! {}", None),
        ("{} Hope this helps", None),
        ("NaN", None),
        ('{"a": Infinity}', None),
        ("", None),
        ("[" * 100_000, None),
        ("9" * 10_000, None),
        ("[" * 101 + "]" * 101, None),  # could be read, and not be kept
    ],
)
def test_only_json_is_an_answer(text, data):
    assert json_of(text) == data


@given(st.text())
def test_no_text_breaks_the_reading(text):
    json_of(text)
    whole_text(text).encode()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Wed, 25 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Wed, 25 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "inf"}, None),
    ],
)
def test_a_time_to_wait_is_seconds_or_a_date(headers, seconds):
    assert retry_after_s(headers, now=NOON) == seconds


def test_counts_are_whole_numbers_from_nought():
    assert [count(value) for value in (5, -5, True, None, "7", 1.5, 10**30)] == [5, 0, 0, 0, 0, 0, 10**9]

"""What tokens cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Usage
from tui_tutor.studio.prices import (
    FREE,
    dollars_text,
    nano_of,
    price_name,
    prices_with,
    shipped_prices,
)

MILLION = 1_000_000
DOLLAR = 1_000_000_000


@pytest.mark.parametrize(
    ("model", "usage", "dollars"),
    [
        ("claude-opus-4-6", Usage(MILLION), 5.0),
        ("claude-opus-4-6", Usage(0, MILLION), 25.0),
        ("claude-opus-4-6", Usage(0, 0, MILLION), 0.5),
        ("claude-opus-4-6", Usage(0, 0, 0, MILLION), 6.25),
        ("claude-sonnet-4-6", Usage(MILLION, MILLION), 18.0),
        ("claude-opus-5-5", Usage(MILLION, MILLION), 24.0),
        ("claude-sonnet-5-5", Usage(MILLION, MILLION), 12.0),
        ("claude-haiku-4-5-20251001", Usage(MILLION, MILLION), 6.0),
        ("eu.anthropic.claude-opus-4-6-v1", Usage(MILLION, MILLION), 33.0),
        ("eu.anthropic.claude-sonnet-4-6", Usage(MILLION, MILLION), 19.8),
        ("global.anthropic.claude-sonnet-4-6", Usage(MILLION, MILLION), 18.0),
        ("eu.anthropic.claude-haiku-4-5-20251001-v1:0", Usage(MILLION, MILLION), 6.6),
    ],
)
def test_a_million_tokens_cost_what_is_published(model, usage, dollars):
    assert shipped_prices().of(model).cost(usage) == round(dollars * DOLLAR)


def test_a_batch_costs_half():
    assert shipped_prices().of("claude-opus-4-6", is_batch=True).cost(Usage(MILLION, MILLION)) == 15 * DOLLAR


def test_the_table_is_dated_and_says_where_it_is_from():
    prices = shipped_prices()
    assert prices.date.year >= 2026
    assert prices.source


@pytest.mark.parametrize(
    ("model", "own"),
    [
        ("claude-opus-4-6", "[model.claude-opus-4-6]\ninput = 0\noutput = 0"),
        ("claude-opus-4-6", "[model.claude-opus-4-6]\ninput = 5\noutput = 0.01"),
        ("claude-opus-4-6", "[model.claude-opus-4-6]\ninput = 2.4\noutput = 25"),
        (
            "eu.anthropic.claude-opus-4-6-v1",
            '[model."eu.anthropic.claude-opus-4-6-v1"]\ninput = 0\noutput = 0',
        ),
        ("new-model", "[model.new-model]\ninput = 0\noutput = 0"),
    ],
)
def test_a_price_that_nobody_has_is_not_believed(model, own):
    with pytest.raises(TutorError, match="cost next to nothing, so no budget could be kept"):
        prices_with(own).of(model)
    assert prices_with(own).of(model, is_local=True).output < 30


def test_a_batch_that_costs_nothing_is_not_believed():
    with pytest.raises(TutorError, match="next to nothing"):
        prices_with("[times]\nbatch = 0").of("claude-opus-4-6", is_batch=True)


def test_a_price_with_a_discount_is_believed():
    own = prices_with("[model.claude-opus-4-6]\ninput = 2.5\noutput = 12.5")
    assert own.of("claude-opus-4-6").output == 12.5
    assert own.of("claude-opus-4-6", is_batch=True).output == 6.25


def test_a_model_without_a_price_is_refused_unless_it_runs_here():
    with pytest.raises(TutorError, match="no price for the model gpt-x"):
        shipped_prices().of("gpt-x")
    assert shipped_prices().of("gpt-x", is_local=True) == FREE


def test_the_authors_table_goes_before_the_one_that_ships():
    own = """
        [model.claude-opus-4-6]
        input = 4
        output = 20
        cache_read = 0
        [model."llama3:8b"]
        input = 3
        output = 4
    """
    prices = prices_with(own)
    assert prices.of("claude-opus-4-6").cost(Usage(MILLION, MILLION, MILLION, MILLION)) == 29 * DOLLAR
    assert prices.of("llama3:8b", is_local=True).cost(Usage(MILLION)) == 3 * DOLLAR
    assert prices.of("claude-sonnet-4-6") == shipped_prices().of("claude-sonnet-4-6")


@pytest.mark.parametrize(
    "own",
    [
        "[model.x]\ninput = -1\noutput = 1",
        "[model.x]\ninput = nan\noutput = 1",
        "[model.x]\ninput = inf\noutput = 1",
        "[model.x]\ninput = 1",
        "[model.x]\ninput = 1\noutput = 1\nextra = 2",
        "[model.x]\ninput = 'dear'\noutput = 1",
        "not toml",
        "x = 1e999999999999",
    ],
)
def test_a_table_that_cannot_be_read_is_refused(own):
    with pytest.raises(TutorError, match="prices"):
        prices_with(own)


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(0, 10**9), st.data())
def test_no_usage_within_the_bounds_costs_more_than_the_worst_case(given_tokens, longest, other, data):
    price = shipped_prices().of("eu.anthropic.claude-opus-4-6-v1")
    read = data.draw(st.integers(0, given_tokens))
    written = data.draw(st.integers(0, given_tokens - read))
    usage = Usage(given_tokens - read - written, min(longest, other), read, written)
    assert price.cost(usage) <= price.worst(given_tokens, longest)


def test_names_of_profiles_are_those_of_their_models():
    assert price_name("eu.anthropic.claude-opus-4-6-v1") == "claude-opus-4-6"
    assert price_name("us.anthropic.claude-sonnet-4-5-20250929-v1:0") == "claude-sonnet-4-5"
    assert price_name("anthropic.claude-opus-4-7") == "claude-opus-4-7"
    assert price_name("qwen2.5-coder:7b") == "qwen2.5-coder:7b"


def test_sums_are_shown_rounded_up():
    assert [dollars_text(sum_) for sum_ in (0, 1, DOLLAR // 20, DOLLAR, 1_234_000_001)] == [
        "$0.00",
        "$0.0001",
        "$0.0500",
        "$1.00",
        "$1.24",
    ]


def test_a_cap_is_never_made_larger():
    assert nano_of(0.1) == DOLLAR // 10
    assert nano_of(1e-12) == 0

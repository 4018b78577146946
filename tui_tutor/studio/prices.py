"""What tokens cost: a dated table, and the sums made with it. Sums are whole billionths of a dollar."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date as Date
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from pydantic import Field, ValidationError

from tui_tutor.core.course import Model
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Usage
from tui_tutor.core.safe_text import safe_line

PRICES_FILE: Final = "prices.toml"
NANO: Final = 1_000_000_000
MOST_INPUT_TOKENS: Final = 200_000  # beyond, some models cost more than the table says

_REGIONAL: Final = ("eu.", "us.", "apac.", "jp.", "au.", "us-gov.", "ca.")
_DECORATED: Final = re.compile(r"(?:[a-z-]+\.)?anthropic\.(claude-[a-z0-9-]+?)(?:-v\d+(?::\d+)?)?")
_LEAST_OF_LISTED: Final = Decimal("0.5")  # of a listed price that a file of one's own may say
_DATED: Final = re.compile(r"-20\d{6}$")

_Rate = Annotated[Decimal, Field(ge=0, le=100_000, allow_inf_nan=False)]


class _Listed(Model):
    input: _Rate
    output: _Rate
    cache_read: _Rate | None = None
    cache_write: _Rate | None = None


class _Times(Model):
    cache_read: _Rate = Decimal("0.1")
    cache_write: _Rate = Decimal("1.25")
    batch: _Rate = Decimal("0.5")
    regional: _Rate = Decimal("1.1")


class _Table(Model):
    date: Date | None = None
    source: str = ""
    times: _Times | None = None
    model: dict[str, _Listed] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Price:
    """Rates of one model, in dollars for a million tokens."""

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal

    def cost(self, usage: Usage) -> int:
        """Billionths of a dollar for these tokens, rounded up."""
        total = (
            usage.input_tokens * self.input
            + usage.output_tokens * self.output
            + usage.cache_read_tokens * self.cache_read
            + usage.cache_write_tokens * self.cache_write
        )
        return _nano(total)

    def worst(self, input_tokens: int, max_tokens: int) -> int:
        """The most that a call can cost: all input at the dearest rate, and the longest answer."""
        dearest = max(self.input, self.cache_read, self.cache_write)
        return _nano(input_tokens * dearest + max_tokens * self.output)

    def times(self, factor: Decimal) -> Price:
        """All rates multiplied."""
        return Price(
            self.input * factor, self.output * factor, self.cache_read * factor, self.cache_write * factor
        )


FREE: Final = Price(Decimal(0), Decimal(0), Decimal(0), Decimal(0))


def _nano(millionths: Decimal) -> int:
    return int((millionths * (NANO // 1_000_000)).to_integral_value(rounding=ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class Prices:
    """The table in force. `date` and `source` are those of the table that ships."""

    date: Date
    source: str
    times: _Times
    models: dict[str, _Listed]

    def has(self, model: str) -> bool:
        """Whether the table lists this model, by its own id or by the one it is a profile of."""
        return model in self.models or price_name(model) in self.models

    def of(self, model: str, *, is_batch: bool = False, is_local: bool = False) -> Price:
        """The rates of a model; what runs on a machine of the author's is free unless the table lists it.

        TutorError for a model without a price, or with one that none has: a cap on spending cannot be kept
        by it.
        """
        if not self.has(model):
            if is_local:
                return FREE
            raise TutorError(
                f"there is no price for the model {safe_line(model, limit=100)}, so no budget could be kept; "
                "nothing was asked",
                help=f"put a {PRICES_FILE} beside the brief (into .studio/ of a course that is begun) with "
                f"[model.{price_name(model)}], input = … and output = … in dollars for a million tokens",
            )
        price = self._listed(model)
        price = price.times(self.times.batch) if is_batch else price
        if not is_local:
            _require_real(model, price, is_batch=is_batch)
        return price

    def _listed(self, model: str) -> Price:
        exact = self.models.get(model)
        listed = exact or self.models[price_name(model)]
        price = Price(
            listed.input,
            listed.output,
            listed.input * self.times.cache_read if listed.cache_read is None else listed.cache_read,
            listed.input * self.times.cache_write if listed.cache_write is None else listed.cache_write,
        )
        is_dearer = exact is None and model.startswith(_REGIONAL)
        return price.times(self.times.regional) if is_dearer else price


def _require_real(model: str, price: Price, *, is_batch: bool) -> None:
    """TutorError for a price that no provider has: a file beside a brief may come from somebody else.

    With it any number of calls would fit into the budget.
    """
    shipped = shipped_prices()
    if shipped.has(model):
        listed = shipped._listed(model).times(shipped.times.batch if is_batch else Decimal(1))
        least = listed.times(_LEAST_OF_LISTED)
    else:
        least = Price(*(4 * [Decimal("0.000001")]))
    if price.input < least.input or price.output < least.output:
        raise TutorError(
            f"the {PRICES_FILE} of this course lets {safe_line(model, limit=100)} cost next to nothing, so "
            "no budget could be kept; nothing was asked",
            help=f"put in what your provider charges; less than half of what the table of {shipped.date} "
            "says is not believed",
        )


def price_name(model: str) -> str:
    """The name that prices are listed under: `eu.anthropic.claude-opus-4-6-v1` -> `claude-opus-4-6`."""
    found = _DECORATED.fullmatch(model)
    return _DATED.sub("", found[1] if found else model)


@cache
def shipped_prices() -> Prices:
    """The table that ships."""
    table = _parsed(files(__package__).joinpath(PRICES_FILE).read_text("utf-8"), PRICES_FILE)
    assert table.date is not None
    assert table.times is not None
    return Prices(table.date, table.source, table.times, dict(table.model))


def prices_with(own: str | None, *, name: str = PRICES_FILE) -> Prices:
    """The table that ships, with the author's own (TOML text, None: there is none) before it."""
    shipped = shipped_prices()
    if own is None:
        return shipped
    table = _parsed(own, name)
    return Prices(
        shipped.date, shipped.source, table.times or shipped.times, {**shipped.models, **table.model}
    )


def _parsed(text: str, name: str) -> _Table:
    try:
        return _Table.model_validate(tomllib.loads(text, parse_float=Decimal))
    except ValidationError as error:
        first = error.errors()[0]
        where = safe_line(".".join(str(part) for part in first["loc"]), limit=100)
        raise _unreadable(name, f"{where}: {safe_line(first['msg'], limit=200)}") from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise _unreadable(name, safe_line(str(error), limit=200)) from error


def _unreadable(name: str, why: str) -> TutorError:
    return TutorError(
        f"the prices in {safe_line(name)} cannot be read: {why}; nothing was asked",
        help="a model is [model.NAME] with input and output, in dollars for a million tokens",
    )


def nano_of(dollars: float) -> int:
    """Whole billionths of a dollar, rounded down: a cap is never made larger."""
    return int(Decimal(str(dollars)) * NANO)


def dollars_text(nano: int) -> str:
    """`$1.23`, rounded up; under ten cents with four places, so that small sums do not look like nothing."""
    places = Decimal("0.0001") if 0 < nano < NANO // 10 else Decimal("0.01")
    return f"${(Decimal(nano) / NANO).quantize(places, rounding=ROUND_CEILING)}"

"""A typed number: read kindly (comma, fraction, per cent, powers), compared exactly within its tolerance."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, log10
from typing import Final

from tui_tutor.core.course import NumberKey
from tui_tutor.core.errors import TutorError

MAX_LENGTH: Final = 80
ASK_NUMBER: Final = "Type a number, for example 0.37 or 3/8."
TOO_FAR: Final = "That number is larger or smaller than any this question means."
# A key without a tolerance is compared as closely as people write decimals.
DEFAULT_RELATIVE: Final = Fraction(1, 10**9)

_MINUS: Final = dict.fromkeys(map(ord, "−–—‒﹣－"), "-")
_GAPS: Final = " \u00a0\u2009\u202f'’_"
_SIMPLE: Final = r"(?:[0-9]{1,3}(?:[.,][0-9]{3})+(?:[.,][0-9]+)?(?![0-9.,])|[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)"
_POWER: Final = r"(?:[eE]\s?(?P<e>[+-]?[0-9]{1,4})|\s?[x×*·]\s?10(?:\^|\*\*)?\s?(?P<p>[+-]?[0-9]{1,4}))"
_NUMBER: Final = re.compile(
    rf"(?P<sign>[+-]?)\s?(?P<digits>{_SIMPLE})(?:{_POWER})?(?:\s?/\s?(?P<below>{_SIMPLE}))?"
    r"(?P<rest>\s*(?:[^0-9\s.,/].{0,40})?)"
)
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")
_GROUPED: Final = re.compile(rf"(?<=[0-9])[{_GAPS}](?=[0-9]{{3}}(?![0-9]))")
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED: Final = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """What was typed: `readings` has two values where a comma may mean thousands or decimals."""

    readings: tuple[Fraction, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class NumberJudgement:
    """Whether a number is right, and what to say of it."""

    is_right: bool
    feedback: str = ""


def read_number(text: str) -> TypedNumber | str:
    """The typed number with the unit behind it, or a sentence that says what is wrong with it."""
    if len(text) > MAX_LENGTH:
        return ASK_NUMBER
    found = _NUMBER.fullmatch(_plain(text))
    if found is None:
        return ASK_NUMBER
    exponent = int(found["e"] or found["p"] or 0)
    if abs(exponent) > 330:
        return TOO_FAR
    scale = Fraction(10) ** exponent * (-1 if found["sign"] == "-" else 1)
    below = _values(found["below"]) if found["below"] else (Fraction(1),)
    if 0 in below:
        return "A fraction cannot have 0 below its line."
    readings = tuple(value * scale / divisor for value in _values(found["digits"]) for divisor in below)
    if not all(_is_representable(value) for value in readings):
        return TOO_FAR
    return TypedNumber(tuple(dict.fromkeys(readings)), found["rest"].strip())


def _plain(text: str) -> str:
    raised = _RAISED.sub(lambda found: "^" + found[0].translate(_SUPERSCRIPTS), text.strip())
    plain = unicodedata.normalize("NFKC", raised.translate(_MINUS)).translate(_MINUS)
    # The fraction slash, and the Arabic decimal and thousands marks.
    plain = plain.replace("⁄", "/").replace("٫", ".").replace("٬", "'")
    digits = "".join(str(unicodedata.decimal(character, character)) for character in plain)
    return _GROUPED.sub("", digits)


def _values(digits: str) -> tuple[Fraction, ...]:
    """One value, or two where a single mark stands before exactly three digits: `1,250`."""
    marks = [character for character in digits if character in ".,"]
    if not marks:
        return (Fraction(int(digits)),)
    *before, last = marks
    if before and last in before:  # 1,234,567
        return (Fraction(int(digits.replace(",", "").replace(".", ""))),)
    whole, _, part = digits.rpartition(last)
    whole = whole.replace(",", "").replace(".", "")
    decimal = Fraction(int(whole or "0")) + (Fraction(int(part), 10 ** len(part)) if part else 0)
    if not before and last == "," and _THOUSANDS.fullmatch(digits) and whole != "0":
        return (decimal, Fraction(int(whole + part)))
    return (decimal,)


def _is_representable(value: Fraction) -> bool:
    try:
        number = float(value)
    except OverflowError:
        return False
    return isfinite(number) and (number != 0 or value == 0)


def exact(number: float) -> Fraction:
    """The decimal a person reads, so that 1.1 lies within 0.1 of 1.0."""
    return Fraction(repr(float(number)))


def key_value(key: NumberKey, derived: Mapping[str, object]) -> float | None:
    """The right value: written, or derived (by expression, else under `value_py`); None for a range.

    TutorError if it has not been derived or is no finite number.
    """
    if key.range is not None:
        return None
    if key.value is not None:
        return key.value
    value = derived.get(key.value_py, derived.get("value_py"))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _is_finite(value):
        raise TutorError(
            "This question's answer could not be worked out here. Your answer is kept.",
            help="Run the cells above, then answer again.",
        )
    return float(value)


def _is_finite(value: int | float) -> bool:
    try:
        return isfinite(float(value))
    except OverflowError:
        return False


def judge_number(text: str, key: NumberKey, derived: Mapping[str, object]) -> NumberJudgement:
    """Right within the key's tolerance or range, with the right unit or none."""
    value = key_value(key, derived)
    typed = read_number(text)
    if isinstance(typed, str):
        return NumberJudgement(False, typed)
    readings, problem = _in_unit(typed, key.unit)
    if problem:
        return NumberJudgement(False, problem)
    if any(_is_within(reading, key, value) for reading in readings):
        return NumberJudgement(True)
    return NumberJudgement(False, _near_miss(readings, key, value))


def _in_unit(typed: TypedNumber, unit: str) -> tuple[tuple[Fraction, ...], str]:
    wanted = unicodedata.normalize("NFKC", unit).replace(" ", "")
    written = unicodedata.normalize("NFKC", typed.unit).replace(" ", "")
    if written in ("", wanted):
        return typed.readings, ""
    if not wanted and written == "%":
        return tuple(reading / 100 for reading in typed.readings), ""
    if not wanted:
        return typed.readings, "Type the number alone, without a unit."
    return typed.readings, f"The answer is asked in {unit}; you wrote {typed.unit}."


def _is_within(reading: Fraction, key: NumberKey, value: float | None) -> bool:
    if value is None:
        low, high = key.range or (0.0, 0.0)
        return _at_least(reading, low) and _at_least(-reading, -high)
    distance = abs(reading - exact(value))
    return distance <= _allowed(key, value)


def _at_least(reading: Fraction, low: float) -> bool:
    return reading >= exact(low) if isfinite(low) else low < 0


def _allowed(key: NumberKey, value: float) -> Fraction:
    absolute = exact(key.tolerance) if key.tolerance is not None else Fraction(0)
    relative = exact(key.rel_tolerance) if key.rel_tolerance is not None else Fraction(0)
    if key.tolerance is None and key.rel_tolerance is None:
        relative = DEFAULT_RELATIVE
    return max(absolute, relative * abs(exact(value)))


def _near_miss(readings: tuple[Fraction, ...], key: NumberKey, value: float | None) -> str:
    if value is None or value == 0:
        return ""
    if any(_is_within(-reading, key, value) for reading in readings):
        return "The number is right; look at its sign."
    for reading in readings:
        power = round(log10(abs(value)) - log10(abs(float(reading)))) if reading else 0
        if power and abs(power) <= 300 and _is_within(reading * Fraction(10) ** power, key, value):
            return "The digits are right; look at the power of ten."
    return ""

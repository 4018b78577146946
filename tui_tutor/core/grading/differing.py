"""Where two reported values differ, and the words for it: type, shape, dtype, then values."""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Literal

from tui_tutor.core.grading.canonical import (
    NEVER_EQUAL,
    Form,
    encoded,
    items_in,
    kind_of,
    number_words,
    shape_of,
    shape_words,
    text_in,
    type_words,
    values_of,
    words_of,
)

Stage = Literal["runs", "names", "shapes", "values", "style"]
MAX_LINES: Final = 3
_MAX_DEPTH: Final = 90


@dataclass(frozen=True, slots=True)
class Closeness:
    """Close means |actual - expected| <= atol + rtol * |expected|; NaN is close to NaN."""

    rtol: float
    atol: float


@dataclass(frozen=True, slots=True)
class Mismatch:
    """How two values differ, in at most three lines."""

    stage: Stage
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number or a rectangular array of numbers, flat; `dtype` is "" for plain Python numbers."""

    shape: tuple[int, ...]
    values: tuple[complex | float | int, ...]
    dtype: str = ""
    kind: str = ""


# --- close ------------------------------------------------------------------------------------------


def numbers_of(form: Form) -> Numbers | None:
    """The numbers in an array, a number, or nested lists of equal lengths; None for everything else."""
    kind = kind_of(form)
    if kind == "array":
        return _array_numbers(form)
    if kind in ("int", "float", "complex"):
        value = _scalar(text_in(form, "v"))
        return None if value is None else Numbers((), (value,), kind=kind)
    if kind == "seq":
        return _nested_numbers(form)
    return None


def _array_numbers(form: Form) -> Numbers | None:
    values = [_scalar(value) for value in values_of(form)]
    shape = shape_of(form)
    numbers = tuple(value for value in values if value is not None)
    if len(numbers) != len(values) or math.prod(shape) != len(numbers):
        return None
    return Numbers(shape, numbers, dtype=text_in(form, "dtype"), kind=text_in(form, "t"))


def _nested_numbers(form: Form, depth: int = 0) -> Numbers | None:
    if depth > _MAX_DEPTH:
        return None
    parts = [_part_numbers(item, depth) for item in items_in(form)]
    found = [part for part in parts if part is not None]
    if len(found) != len(parts) or len({part.shape for part in found}) > 1:
        return None
    inner = found[0].shape if found else ()
    values = tuple(value for part in found for value in part.values)
    return Numbers((len(found), *inner), values, kind=text_in(form, "t"))


def _part_numbers(item: object, depth: int) -> Numbers | None:
    if not isinstance(item, Mapping):
        return None
    return _nested_numbers(item, depth + 1) if kind_of(item) == "seq" else numbers_of(item)


def _scalar(value: object) -> complex | float | int | None:
    if isinstance(value, (bool, int, float)):
        return value
    if not isinstance(value, str) or len(value) > 400:
        return None
    for read in (int, float, complex):
        try:
            return read(value)
        except ValueError:
            continue
    return None


def close_mismatch(expected: Form, actual: Form, closeness: Closeness, *, is_typed: bool) -> Mismatch | None:
    """Shape, then (`is_typed`: the expectation has a type of its own) kind and dtype, then values."""
    wanted, found = numbers_of(expected), numbers_of(actual)
    if found is None:
        return Mismatch("shapes", (f"expected numbers, found {words_of(actual)}",))
    if wanted is None:
        return value_mismatch(expected, actual, closeness)
    if wanted.shape != found.shape:
        return Mismatch("shapes", (_shape_line(wanted.shape, found.shape),))
    if is_typed:
        line = _kind_line(wanted, found)
        if line:
            return Mismatch("shapes", (line,))
    lines = _number_lines(wanted, found, closeness)
    return Mismatch("values", lines) if lines else None


def _shape_line(wanted: tuple[int, ...], found: tuple[int, ...]) -> str:
    left = f"shape {shape_words(wanted)}" if wanted else "a single number"
    right = f"shape {shape_words(found)}" if found else "a single number"
    return f"expected {left}, found {right}"


def _kind_line(wanted: Numbers, found: Numbers) -> str:
    if wanted.shape and bool(wanted.dtype) != bool(found.dtype):
        return f"expected a {wanted.kind}, found a {found.kind}"
    if wanted.dtype and found.dtype:
        if wanted.shape and wanted.kind != found.kind:
            return f"expected a {wanted.kind}, found a {found.kind}"
        if wanted.dtype != found.dtype:
            return f"expected dtype {_bare(wanted.dtype)}, found {_bare(found.dtype)}"
    return ""


def _bare(dtype: str) -> str:
    return dtype.removeprefix("torch.")


def _number_lines(wanted: Numbers, found: Numbers, closeness: Closeness) -> tuple[str, ...]:
    pairs = zip(wanted.values, found.values, strict=True)
    misses = [place for place, (left, right) in enumerate(pairs) if not _is_close(left, right, closeness)]
    if not misses:
        return ()
    lines = [_pair_words(wanted.values[place], found.values[place]) for place in misses]
    if len(misses) == 1 and not wanted.shape:
        return (lines[0],)
    if len(set(lines)) == 1 and len(misses) > 1:
        return (f"{lines[0]} in {_how_many(len(misses), len(wanted.values))}",)
    named = [f"{line} at {_index(place, wanted.shape)}" for line, place in zip(lines, misses, strict=True)]
    if len(misses) > MAX_LINES:
        named[MAX_LINES - 1] += f", and in {len(misses) - MAX_LINES} more of {len(wanted.values)} places"
    return tuple(named[:MAX_LINES])


def _how_many(missed: int, count: int) -> str:
    return f"all {count} places" if missed == count else f"{missed} of {count} places"


def _index(place: int, shape: Sequence[int]) -> str:
    indices: list[int] = []
    for size in reversed(shape):
        place, index = divmod(place, size)
        indices.append(index)
    return str(indices[::-1])


def _pair_words(left: object, right: object) -> str:
    first, second = number_words(left), number_words(right)
    if first == second:
        first, second = repr(left), repr(right)
    return f"expected {first}, found {second}"


def _is_close(expected: complex | float | int, actual: complex | float | int, closeness: Closeness) -> bool:
    if expected == actual or (_is_nan(expected) and _is_nan(actual)):
        return True
    try:
        allowed = closeness.atol + closeness.rtol * abs(expected)
        return math.isfinite(allowed) and abs(actual - expected) <= allowed
    except OverflowError:
        return False


def _is_nan(value: complex | float | int) -> bool:
    return cmath.isnan(value)


# --- equal ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Miss:
    """One place where two forms differ. `is_type`: the types do, whatever the values."""

    path: str
    expected: str
    actual: str
    is_type: bool = False


def value_mismatch(expected: Form, actual: Form, closeness: Closeness | None = None) -> Mismatch | None:
    """Equal in type and value; with `closeness` floats are close and int and float are alike."""
    if kind_of(expected) == kind_of(actual) == "array":
        typed = close_mismatch(expected, actual, closeness or Closeness(0, 0), is_typed=True)
        if typed is not None or numbers_of(expected) is not None:
            return typed
    misses = list(islice(_misses(expected, actual, "", closeness, 0), MAX_LINES + 1))
    if not misses:
        return None
    return Mismatch("values", _lines(expected, actual, misses))


def _lines(expected: Form, actual: Form, misses: Sequence[_Miss]) -> tuple[str, ...]:
    left, right = words_of(expected), words_of(actual)
    first = misses[0]
    if first.path == "":
        return (_top_line(expected, actual, is_type=first.is_type),)
    if max(len(left), len(right)) < 50 and left != right:
        return (f"expected {left}, found {right}",)
    lines = [f"at {miss.path}: expected {miss.expected}, found {miss.actual}" for miss in misses[:MAX_LINES]]
    return tuple(lines)


def _top_line(expected: Form, actual: Form, *, is_type: bool) -> str:
    left, right = words_of(expected), words_of(actual)
    if kind_of(actual) in NEVER_EQUAL:
        return f"expected {left}, found {right}, which cannot be compared"
    if not is_type:
        return f"expected {left}, found {right}" if left != right else f"expected another value than {right}"
    if kind_of(actual) == "none" or kind_of(expected) == "none":
        return f"expected {left}, found {right}"
    return f"expected {left} ({type_words(expected)}), found {right} ({type_words(actual)})"


def _misses(
    expected: object, actual: object, path: str, closeness: Closeness | None, depth: int
) -> Iterator[_Miss]:
    if not isinstance(expected, Mapping) or not isinstance(actual, Mapping) or depth > _MAX_DEPTH:
        if expected != actual or depth > _MAX_DEPTH:
            yield _Miss(path, _raw(expected), _raw(actual))
        return
    kind = kind_of(expected)
    if _are_alike(expected, actual, closeness):
        return
    if kind != kind_of(actual) or text_in(expected, "t") != text_in(actual, "t"):
        yield _typed_miss(path, expected, actual)
    elif kind in NEVER_EQUAL:
        yield _Miss(path, words_of(expected), words_of(actual))
    else:
        yield from _misses_inside(expected, actual, path, closeness, depth)


def _raw(value: object) -> str:
    return words_of(value, limit=30) if isinstance(value, Mapping) else repr(value)[:30]


def _typed_miss(path: str, expected: Form, actual: Form) -> _Miss:
    left, right = words_of(expected, limit=30), words_of(actual, limit=30)
    if left == right:
        left, right = f"{left} ({type_words(expected)})", f"{right} ({type_words(actual)})"
    return _Miss(path, left, right, is_type=True)


def _are_alike(expected: Form, actual: Form, closeness: Closeness | None) -> bool:
    """Numbers that are near enough, whatever kind of number they are."""
    if closeness is None:
        return False
    left, right = numbers_of(expected), numbers_of(actual)
    if left is None or right is None or left.shape or right.shape:
        return False
    return _is_close(left.values[0], right.values[0], closeness)


def _misses_inside(
    expected: Form, actual: Form, path: str, closeness: Closeness | None, depth: int
) -> Iterator[_Miss]:
    match kind_of(expected):
        case "seq" | "set":
            yield from _item_misses(expected, actual, path, closeness, depth)
        case "map":
            yield from _map_misses(_as_map(expected), _as_map(actual), path, closeness, depth)
        case "object":
            left = {str(pair[0]): (str(pair[0]), pair[1]) for pair in _pairs(expected.get("fields"))}
            right = {str(pair[0]): (str(pair[0]), pair[1]) for pair in _pairs(actual.get("fields"))}
            yield from _map_misses(left, right, path, closeness, depth, is_attribute=True)
        case "array":
            mismatch = _array_mismatch(expected, actual, closeness)
            if mismatch:
                yield _Miss(path, words_of(expected), words_of(actual))
        case "float":
            if not _is_close(_float(expected), _float(actual), Closeness(0, 0)):
                yield _Miss(path, words_of(expected), words_of(actual))
        case _:
            if expected.get("v") != actual.get("v"):
                yield _Miss(path, words_of(expected, limit=30), words_of(actual, limit=30))


def _array_mismatch(expected: Form, actual: Form, closeness: Closeness | None) -> bool:
    if numbers_of(expected) is not None:
        return close_mismatch(expected, actual, closeness or Closeness(0, 0), is_typed=True) is not None
    keys = ("shape", "dtype", "values")
    holds_unknown = any(_is_unknown(value) for value in values_of(expected))
    return holds_unknown or any(expected.get(key) != actual.get(key) for key in keys)


def _is_unknown(value: object) -> bool:
    return isinstance(value, Mapping) and kind_of(value) in NEVER_EQUAL


def _float(form: Form) -> complex | float | int:
    value = _scalar(text_in(form, "v"))
    return 0.0 if value is None else value


def _item_misses(
    expected: Form, actual: Form, path: str, closeness: Closeness | None, depth: int
) -> Iterator[_Miss]:
    left, right = items_in(expected), items_in(actual)
    if len(left) != len(right):
        yield _Miss(path, f"{len(left)} items", f"{len(right)}")
        return
    for place, (wanted, found) in enumerate(zip(left, right, strict=True)):
        yield from _misses(wanted, found, f"{path}[{place}]", closeness, depth + 1)


def _pairs(value: object) -> list[Sequence[Any]]:
    return (
        [pair for pair in value if isinstance(pair, list) and len(pair) == 2]
        if isinstance(value, list)
        else []
    )


def _as_map(form: Form) -> dict[str, tuple[str, Any]]:
    """Items by the text of their key, each with the words for the key."""
    return {encoded(pair[0]): (words_of(pair[0], limit=20), pair[1]) for pair in _pairs(form.get("items"))}


def _map_misses(
    left: Mapping[str, tuple[str, Any]],
    right: Mapping[str, tuple[str, Any]],
    path: str,
    closeness: Closeness | None,
    depth: int,
    *,
    is_attribute: bool = False,
) -> Iterator[_Miss]:
    def place(words: str) -> str:
        return f"{path}.{words}" if is_attribute else f"{path}[{words}]"

    for key, (words, wanted) in left.items():
        if key in right:
            yield from _misses(wanted, right[key][1], place(words), closeness, depth + 1)
        else:
            yield _Miss(place(words), _raw(wanted), "nothing")
    for key, (words, found) in right.items():
        if key not in left:
            yield _Miss(place(words), "nothing", _raw(found))

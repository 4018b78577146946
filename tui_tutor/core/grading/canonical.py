"""Values as the kernel reports them: the same form for what TOML holds, and words for a learner.

The form is described in `kernels.inside_checks`, which makes it of kernel values. Everything here is data
that a stranger may have made up: nothing is trusted to have its keys.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Final

Form = Mapping[str, Any]
Scalar = bool | int | float | complex | str

NEVER_EQUAL: Final = frozenset({"unknown", "cycle", "big"})
_SHORT: Final = 60
_OPENING: Final = {"seq": "[]", "set": "{}", "map": "{}"}


def canonical_toml(value: object) -> Form:
    """The canonical form of what a TOML key holds."""
    match value:
        case bool():
            return {"k": "bool", "t": "bool", "v": value}
        case int():
            return {"k": "int", "t": "int", "v": str(value)}
        case float():
            return {"k": "float", "t": "float", "v": repr(value)}
        case str():
            return {"k": "str", "t": "str", "v": value}
        case list() | tuple():
            return {"k": "seq", "t": "list", "items": [canonical_toml(item) for item in value]}
        case Mapping():
            pairs = [[canonical_toml(key), canonical_toml(item)] for key, item in value.items()]
            return {"k": "map", "t": "dict", "items": pairs}
        case datetime.date() | datetime.time():
            return {"k": "opaque", "t": f"datetime.{type(value).__name__}", "v": repr(value)}
        case _:
            return {"k": "none", "t": "NoneType"}


def as_expression(value: object) -> str:
    """A Python expression that gives what a TOML key holds."""
    match value:
        case float() if not isfinite(value):
            return f"float('{value}')"
        case list():
            return f"[{', '.join(as_expression(item) for item in value)}]"
        case tuple():
            return f"({''.join(as_expression(item) + ', ' for item in value)})"
        case Mapping():
            pairs = (f"{as_expression(key)}: {as_expression(item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case datetime.date() | datetime.time():
            kind = type(value).__name__
            return f"__import__('datetime').{kind}.fromisoformat({value.isoformat()!r})"
        case _:
            return repr(value)


def kind_of(form: Form) -> str:
    """The form's kind; `unknown` for what is none."""
    kind = form.get("k")
    return kind if isinstance(kind, str) else "unknown"


def text_in(form: Form, name: str) -> str:
    """A text inside a form; "" if it is not there."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def items_in(form: Form) -> list[Any]:
    """The items inside a form; none if they are not there."""
    items = form.get("items")
    return items if isinstance(items, list) else []


def encoded(form: Form) -> str:
    """A form as text, to be used as a key."""
    return json.dumps(form, sort_keys=True)


# --- words ------------------------------------------------------------------------------------------


def type_words(form: Form) -> str:
    """The type's name as a learner would write it."""
    if kind_of(form) == "none":
        return "None"
    name = text_in(form, "t")
    return name.removeprefix("__main__.").removeprefix("builtins.") or "something"


def words_of(form: Form, *, limit: int = _SHORT) -> str:
    """A value much as Python would write it, at most `limit` characters."""
    words = _words(form, limit)
    return words if len(words) <= limit else words[: limit - 1] + "…"


def _words(form: Form, room: int) -> str:
    match kind_of(form):
        case "seq" | "set":
            return _items_words(form, room)
        case "map":
            return _map_words(form, room)
        case "array":
            return _array_words(form, room)
        case "object":
            return _object_words(form, room)
        case _:
            return _plain_words(form, room)


def _plain_words(form: Form, room: int) -> str:
    text = text_in(form, "v")
    match kind_of(form):
        case "none":
            return "None"
        case "bool":
            return str(form.get("v") is True)
        case "int":
            return _int_words(text)
        case "str":
            return repr(text[: room + 1])
        case "bytes":
            return _bytes_words(text[: 2 * room])
        case "float" | "complex" | "opaque" | "class":
            return text.removeprefix("__main__.")
        case "big":
            return f"a very large {type_words(form)}"
        case "cycle":
            return "..."
        case _:
            return a_type(form)


def a_type(form: Form) -> str:
    """`a list`, `an int`."""
    name = type_words(form)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _int_words(text: str) -> str:
    sign, bare = ("a negative", text[1:]) if text.startswith("-") else ("a", text)
    if bare.startswith("0x"):
        # log10(16) = 1.2041
        return f"{sign} number of about {(len(bare) - 2) * 12041 // 10000:,} digits"
    return text if len(text) <= 40 else f"{text[:20]}… ({len(bare)} digits)"


def _bytes_words(text: str) -> str:
    return repr(bytes.fromhex(text)) if re.fullmatch("(?:[0-9a-f]{2})*", text) else "bytes"


def _some(items: Sequence[Any], room: int) -> list[str]:
    """Words of as many items as there is room for."""
    words: list[str] = []
    left = room
    for item in items:
        if left <= 0:
            words.append("…")
            break
        words.append(_words(item, left) if isinstance(item, Mapping) else str(item))
        left -= len(words[-1]) + 2
    return words


def _items_words(form: Form, room: int) -> str:
    items, name = items_in(form), type_words(form)
    inner = ", ".join(_some(items, room))
    match name:
        case "list":
            return f"[{inner}]"
        case "tuple":
            return f"({inner},)" if len(items) == 1 else f"({inner})"
        case "set":
            return f"{{{inner}}}" if items else "set()"
        case _:
            return f"{name}({inner})"


def _map_words(form: Form, room: int) -> str:
    pairs = [pair for pair in items_in(form) if isinstance(pair, list) and len(pair) == 2]
    words: list[str] = []
    left = room
    for key, value in pairs:
        if left <= 0:
            words.append("…")
            break
        words.append(": ".join(_some([key, value], left)))
        left -= len(words[-1]) + 2
    inner, name = ", ".join(words), type_words(form)
    return f"{{{inner}}}" if name == "dict" else f"{name}({{{inner}}})"


def _array_words(form: Form, room: int) -> str:
    shape, values = shape_of(form), values_of(form)
    name = type_words(form).rpartition(".")[2]
    if not shape:
        return number_words(values[0]) if values else name
    inner = ", ".join([number_words(value) for value in values[: max(1, room // 4)]])
    more = ", …" if len(values) > max(1, room // 4) else ""
    return f"{name} of shape {shape_words(shape)}: {inner}{more}"


def _object_words(form: Form, room: int) -> str:
    fields = form.get("fields")
    pairs = (
        [pair for pair in fields if isinstance(pair, list) and len(pair) == 2]
        if isinstance(fields, list)
        else []
    )
    name = type_words(form).rpartition(".")[2]
    inner = ", ".join(
        f"{pair[0]}={words}" for pair, words in zip(pairs, _some([p[1] for p in pairs], room), strict=False)
    )
    return f"{name}({inner})"


# --- numbers ----------------------------------------------------------------------------------------


def shape_of(form: Form) -> tuple[int, ...]:
    """The shape of an array's form."""
    shape = form.get("shape")
    return tuple(size for size in shape if isinstance(size, int)) if isinstance(shape, list) else ()


def values_of(form: Form) -> list[Any]:
    """The flat values of an array's form."""
    values = form.get("values")
    return values if isinstance(values, list) else []


def shape_words(shape: Sequence[int]) -> str:
    """`(1, 32)`, as Python writes it."""
    return str(tuple(shape))


def number_words(value: object) -> str:
    """A number in at most about eight characters, where that loses nothing a reader needs."""
    if isinstance(value, Mapping):
        return words_of(value, limit=20)
    text = str(value) if not isinstance(value, float) else repr(value)
    return text if len(text) <= 9 or not isinstance(value, float) else f"{value:.6g}"

"""Values -> TOML 1.0 text, laid out as a person would write it: what `new`, imports and the studio write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any, Final

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH: Final = 100  # characters of an array on one line
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
# Also what steers a terminal or turns the order of what is read (core.safe_text): escaped it can be seen.
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def toml_text(values: Mapping[str, Any]) -> str:
    """A document whose keys stand in the given order, plain values before tables.

    Texts of several lines are literal (`'''`) where TOML lets them be; None is left out.
    A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD.
    """
    return "\n".join(_table(values, ())).strip("\n") + "\n"


def _table(values: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for key, value in values.items():
        if value is not None and not _is_table(value) and not _is_list_of_tables(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in values.items():
        here = (*path, key)
        if _is_table(value):
            yield from ("", f"[{_dotted(here)}]")
            yield from _table(value, here)
        elif _is_list_of_tables(value):
            for item in value:
                yield from ("", f"[[{_dotted(here)}]]")
                yield from _table(item, here)


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(_is_table(item) for item in value)


def _dotted(path: Sequence[str]) -> str:
    return ".".join(_key(part) for part in path)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _one_line(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_inline(one)}" for key, one in value.items() if one is not None)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence):
        return _array([_inline(item) for item in value])
    raise TypeError(f"TOML cannot hold a {type(value).__name__}")


def _inline(value: Any) -> str:
    """As `_value`; TOML 1.0 lets no line break stand in an inline table, so its texts stay on one line."""
    return _one_line(value) if isinstance(value, str) else _value(value)


def _array(items: Sequence[str]) -> str:
    line = f"[{', '.join(items)}]"
    if len(line) <= _WIDTH or len(items) == 1:
        return line
    return "[\n" + "".join(f"  {item},\n" for item in items) + "]"


def _text(text: str) -> str:
    text = _SURROGATE.sub("\ufffd", text)
    if "\n" not in text:
        return _one_line(text)
    if "'''" not in text and not text.endswith("'") and not _CONTROL.search(text):
        return f"'''\n{text}'''"
    escaped = "".join(_escaped(char) if char not in "\n\t" else char for char in text)
    return f'"""\n{escaped}"""'


def _one_line(text: str) -> str:
    text = _SURROGATE.sub("\ufffd", text)
    if "\\" in text and "'" not in text and not _CONTROL.search(text) and "\n" not in text:
        return f"'{text}'"
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if not _CONTROL.match(char):
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"

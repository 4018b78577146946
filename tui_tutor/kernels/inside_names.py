"""What completions are, told inside the kernel: their kinds, and the signature of one. Runs no property.

Standard library only; handed over by path. Objects are reached by static look-ups, so that nothing of a
learner's (descriptors, `__getattr__`) runs while they type.
"""

from __future__ import annotations

import builtins
import inspect
import keyword
import re
import types
from typing import Any

MOST_NAMES = 200
MOST_TEXT = 200
_DOTTED = re.compile(r"((?:[^\W\d]\w*\.)*)(\w*)\Z")
_MISSING = object()


def described(namespace: dict[str, Any], before: str, matches: list[str]) -> dict[str, Any]:
    """{"kinds": one word for each match, "signature": of the first match} for the text before the matches."""
    found = _DOTTED.search(before)
    owners = [part for part in found.group(1).split(".") if part] if found else []
    owner = _reached(namespace, owners)
    values = [_member(namespace, owner, match, owners) for match in matches[:MOST_NAMES]]
    return {
        "kinds": list(map(_kind, values, matches)),
        "signature": _signature(values[0], matches[0]) if values else "",
    }


def _reached(namespace: dict[str, Any], path: list[str]) -> Any:
    """The object behind a dotted name, _MISSING if a static look-up does not find it."""
    value: Any = _MISSING
    for number, name in enumerate(path):
        if number == 0:
            value = namespace.get(name, vars(builtins).get(name, _MISSING))
        else:
            value = _attribute(value, name)
        if value is _MISSING:
            return _MISSING
    return value


def _member(namespace: dict[str, Any], owner: Any, name: str, owners: list[str]) -> Any:
    if owners:
        return _MISSING if owner is _MISSING else _attribute(owner, name)
    return namespace.get(name, vars(builtins).get(name, _MISSING))


def _attribute(value: Any, name: str) -> Any:
    try:
        return inspect.getattr_static(value, name, _MISSING)
    except Exception:
        return _MISSING


def _kind(value: Any, name: str) -> str:
    if value is _MISSING:
        return "keyword" if keyword.iskeyword(name) else ""
    if isinstance(value, (staticmethod, classmethod)):
        return "function"
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, type):
        return "class"
    if isinstance(value, (property, types.GetSetDescriptorType, types.MemberDescriptorType)):
        return "property"
    if callable(value):
        return "function"
    return type(value).__name__[:20]


def _signature(value: Any, name: str) -> str:
    """`randn_like(input, *, dtype=None)`, "" where it is not known."""
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if value is _MISSING or not callable(value):
        return ""
    try:
        return f"{name}{inspect.signature(value)}"[:MOST_TEXT]
    except Exception:
        return ""

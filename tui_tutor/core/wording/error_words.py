"""Words for an error that depend on the line it happened on, or on what was probably meant."""

from __future__ import annotations

import builtins
import difflib
import keyword
import re
from typing import Final

_WORD: Final = re.compile(r"[^\W\d]\w*")


def unknown_name(found: re.Match[str], line: str) -> str:
    """A name near to it that Python or the line knows, else what to do."""
    name = found["name"]
    known = [*dir(builtins), *keyword.kwlist]
    others = [word for word in _WORD.findall(line) if word != name]
    close = difflib.get_close_matches(name, [*known, *others], n=1, cutoff=0.75)
    if close:
        return f"Nothing is called {{name}} here. Did you mean {close[0]}?"
    return "Nothing is called {name} yet: run the cell that makes it, or check how it is written."


def not_callable(found: re.Match[str], line: str) -> str:
    """What the brackets were probably meant for."""
    kind = found["kind"]
    if kind == "module":
        return "A module itself cannot be called: write module.function(...)."
    if kind in ("list", "tuple", "dict", "str") and re.search(r"\w\(", line):
        return "Round brackets call a function; square brackets [ ] take an item of a {kind}."
    if kind in ("int", "float") and re.search(r"[\d)]\s*\(", line):
        return "A number stands before a bracket: for multiplication write * between them."
    return "Brackets after a name call it, but this is a {kind}; perhaps a function's name was given a value."


def not_subscriptable(found: re.Match[str], _line: str) -> str:
    """What the value before the square brackets is."""
    kind = found["kind"]
    if kind == "NoneType":
        return "The value before [ ] is None: the step that should have made it returned nothing."
    if kind in ("function", "method", "builtin_function_or_method", "type"):
        return "Square brackets after a function's name: to call it, use round brackets ( )."
    return "A {kind} has no items, so [ ] does not work on it."


def unsupported_operand(found: re.Match[str], _line: str) -> str:
    """Why the two kinds do not calculate with each other."""
    left, right = found["left"], found["right"]
    if "NoneType" in (left, right):
        return "One of the values is None: a function without return, or a step that gave nothing."
    if "str" in (left, right) and ({left, right} & {"int", "float"}):
        return "A text and a number do not go together in {operator}: str(...) or float(...) converts one."
    if {left, right} == {"list", "int"} or {left, right} == {"list", "float"}:
        return "A list does not calculate with a number: go through its items, or use an array."
    return "{operator} does not work between a {left} and a {right}: look at what both names hold."


def missing_attribute(found: re.Match[str], _line: str) -> str:
    """A method near to it, or what the value really is."""
    kind, name = found["kind"], found["name"]
    if kind == "NoneType":
        return "The value before .{name} is None: the step that should have made it returned nothing."
    known = _attributes_of(kind)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"A {{kind}} has no .{{name}}. Did you mean .{close[0]}?"
    if kind in ("list", "tuple") and name in ("shape", "mean", "sum", "reshape", "size", "dtype"):
        return "A {kind} is no array: numpy.array(...) or torch.tensor(...) makes one of it."
    return "A {kind} has no .{name}: check the spelling, and that the value is of the kind you think."


def _attributes_of(kind: str) -> list[str]:
    known = getattr(builtins, kind, None)
    return [name for name in dir(known) if not name.startswith("_")] if isinstance(known, type) else []


def missing_colon(_found: re.Match[str], line: str) -> str:
    """The word that needs the colon."""
    word = line.partition(" ")[0].rstrip(":(") or "the line"
    return f"A line that begins with {word} ends in a colon (:)."


def bad_syntax(_found: re.Match[str], line: str) -> str:
    """The commonest slip the line shows."""
    first = line.partition(" ")[0]
    if first in ("for", "while", "if", "elif", "else", "def", "class", "try", "with") and ":" not in line:
        return f"A line that begins with {first} ends in a colon (:)."
    if line.startswith("print ") and "(" not in line:
        return "print is a function: print(...) with brackets."
    if line.count("(") > line.count(")") or line.count("[") > line.count("]"):
        return "A bracket is opened on this line and not closed."
    if "++" in line or "--" in line:
        return "Python has no ++ or --: write += 1 or -= 1."
    if "&&" in line or "||" in line:
        return "Python writes and, or instead of && and ||."
    if first == "else" and "if" in line:
        return "Python writes else if as one word: elif."
    return "Python cannot read this: look for a missing bracket, quote, comma or colon, also one line up."


def misplaced_assignment(_found: re.Match[str], line: str) -> str:
    """Whether = was meant as ==."""
    if re.match(r"(if|elif|while|assert|return)\b", line):
        return "One = gives a name a value; to compare two values write ==."
    return "Only a name can stand to the left of = ; to compare two values write ==."


def missing_module(found: re.Match[str], _line: str) -> str:
    """A package that is missing, or a part of one."""
    name = found["name"]
    if "." in name:
        return "There is no {name}: check the part after the last dot."
    return "The package {name} is not installed for this course, or its name is written differently."


def missing_key(found: re.Match[str], line: str) -> str:
    """A column or a key."""
    if ".loc" in line or ".columns" in line or "df[" in line:
        return "There is no row or column {key}: list(df.columns) shows what there is."
    return "The dictionary has no key {key}; .get({key}) gives None instead of failing."

"""What an error usually means at that line, in plain words, from a table of our own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.wording.error_words import (
    bad_syntax,
    misplaced_assignment,
    missing_attribute,
    missing_colon,
    missing_key,
    missing_module,
    not_callable,
    not_subscriptable,
    unknown_name,
    unsupported_operand,
)

MAX_MESSAGE: Final = 1000
MAX_MEANING: Final = 240
Words = str | Callable[[re.Match[str], str], str]


@dataclass(frozen=True, slots=True)
class _Rule:
    """An error whose message fits gets these words; groups of the pattern may stand in them."""

    pattern: re.Pattern[str]
    words: Words


def meaning_of(name: str, message: str, source_line: str) -> str:
    """One short sentence, or ""; `name` as Python prints it, `source_line` the line that failed."""
    bare = name.rpartition(".")[2]
    text = safe_line(message, limit=MAX_MESSAGE)
    line = safe_line(source_line, limit=MAX_MESSAGE).strip()
    for rule in _rules_of(bare):
        found = rule.pattern.search(text)
        if found:
            words = rule.words if isinstance(rule.words, str) else rule.words(found, line)
            if words:
                return safe_line(_filled(words, found), limit=MAX_MEANING)
    return ""


def _filled(words: str, found: re.Match[str]) -> str:
    for group, value in found.groupdict().items():
        words = words.replace("{" + group + "}", (value or "")[:60])
    return words


# --- the table --------------------------------------------------------------------------------------

_TABLE: Final[tuple[tuple[str, str, Words], ...]] = (
    (
        "NameError",
        r"free variable '(?P<name>\w+)'",
        "{name} has no value yet at the moment this function uses it.",
    ),
    ("NameError", r"name '(?P<name>\w+)' is not defined", unknown_name),
    (
        "UnboundLocalError",
        r"variable '(?P<name>\w+)'",
        "{name} gets a value somewhere in this function, so it is the function's own; here it has none yet.",
    ),
    (
        "TypeError",
        r"(?P<name>[\w.]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (?P<rest>.+)",
        "{name} needs a value for {rest}, which the call does not give.",
    ),
    (
        "TypeError",
        r"(?P<name>[\w.]+)\(\) takes (?P<takes>.+?) positional arguments? but (?P<given>\d+) w(?:as|ere)",
        "{name} takes {takes} and was given {given}; a method counts self as one.",
    ),
    ("TypeError", r"(?P<name>[\w.]+)\(\) takes no arguments", "{name} takes nothing between its brackets."),
    (
        "TypeError",
        r"(?P<name>[\w.]+)\(\) got an unexpected keyword argument '(?P<word>\w+)'",
        "{name} knows no argument called {word}: check its spelling.",
    ),
    (
        "TypeError",
        r"(?P<name>[\w.]+)\(\) got multiple values for argument '(?P<word>\w+)'",
        "{word} is given twice: once by its place and once by its name.",
    ),
    (
        "TypeError",
        r"can only concatenate (?P<left>\w+) \(not \"(?P<right>\w+)\"\) to",
        "A {left} can only be joined to another {left}; this is a {right}.",
    ),
    (
        "TypeError",
        r"must be str, not (?P<right>\w+)",
        "A text is needed here: str(...) makes one of a {right}.",
    ),
    (
        "TypeError",
        r"unsupported operand type\(s\) for (?P<operator>.+?): '(?P<left>[\w.]+)' and '(?P<right>[\w.]+)'",
        unsupported_operand,
    ),
    (
        "TypeError",
        r"'(?P<operator>[<>=]+)' not supported between .* of '(?P<left>[\w.]+)' and '(?P<right>[\w.]+)'",
        "A {left} and a {right} cannot be put in order with {operator}: turn one into the kind of the other.",
    ),
    (
        "TypeError",
        r"bad operand type for unary (?P<operator>.): '(?P<kind>[\w.]+)'",
        "A {kind} has no sign to change.",
    ),
    ("TypeError", r"'(?P<kind>[\w.]+)' object is not callable", not_callable),
    ("TypeError", r"'(?P<kind>[\w.]+)' object is not subscriptable", not_subscriptable),
    (
        "TypeError",
        r"'(?P<kind>[\w.]+)' object does not support item assignment",
        "A {kind} cannot be changed in place: make a new one, or use a list.",
    ),
    (
        "TypeError",
        r"(?:cannot unpack non-iterable|object of type) '?NoneType",
        "The value is None: a function without return gives None.",
    ),
    (
        "TypeError",
        r"'(?P<kind>int|float)' object is not iterable",
        "A loop needs several values, this is one number: range(...) counts up to it.",
    ),
    (
        "TypeError",
        r"'NoneType' object is not iterable",
        "The value to go through is None: its function returned nothing.",
    ),
    (
        "TypeError",
        r"'(?P<kind>[\w.]+)' object is not iterable",
        "A {kind} cannot be gone through item by item.",
    ),
    (
        "TypeError",
        r"(?P<kind>\w+) indices must be integers(?: or slices)?, not '?(?P<wrong>\w+)",
        "Items of a {kind} are numbered: between [ ] stands a whole number, not a {wrong}.",
    ),
    (
        "TypeError",
        r"unhashable type: '(?P<kind>\w+)'",
        "A {kind} can change, so it cannot be a key or be in a set; a tuple can.",
    ),
    (
        "TypeError",
        r"cannot be interpreted as an integer",
        "A whole number is needed here: int(...) makes one, // divides to one.",
    ),
    ("TypeError", r"has no len\(\)", "Only something with items has a length; a single number has none."),
    (
        "TypeError",
        r"can't convert (?P<device>cuda\S*|mps\S*) device type tensor to numpy",
        "The tensor lies on another device: .cpu() brings it back first.",
    ),
    (
        "ValueError",
        r"invalid literal for int\(\) with base 10: '(?P<text>.*[.,].*)'",
        "int(...) reads whole numbers only; float(...) reads {text}.",
    ),
    (
        "ValueError",
        r"invalid literal for int\(\) with base \d+: (?P<text>.+)",
        "{text} is not written as a whole number.",
    ),
    (
        "ValueError",
        r"could not convert string to float: (?P<text>.+)",
        "{text} is not written as a number with a decimal point.",
    ),
    (
        "ValueError",
        r"too many values to unpack \(expected (?P<count>\d+)",
        "There are more values at the right than the {count} names at the left of = .",
    ),
    (
        "ValueError",
        r"not enough values to unpack \(expected (?P<count>\d+), got (?P<got>\d+)",
        "There are {count} names at the left of = and only {got} values at the right.",
    ),
    (
        "ValueError",
        r"is not in list|substring not found",
        "What is looked for is not there; test with in before.",
    ),
    (
        "ValueError",
        r"list\.remove\(x\): x not in list",
        "The list does not hold that item; test with in before.",
    ),
    (
        "ValueError",
        r"math domain error|expected a (?:positive|nonnegative) input",
        "This function has no value there, such as the root or logarithm of a negative number.",
    ),
    (
        "ValueError",
        r"operands could not be broadcast together with shapes? (?P<shapes>.+)",
        "The shapes {shapes} do not go together: from the right, sizes must be equal or 1.",
    ),
    (
        "ValueError",
        r"cannot reshape array of size (?P<size>\d+) into shape (?P<shape>.+)",
        "{size} values do not fill the shape {shape}: its sizes multiplied must give {size}.",
    ),
    (
        "ValueError",
        r"matmul: Input operand 1 has a mismatch",
        "For @ the columns of the left must be as many as the rows of the right.",
    ),
    (
        "ValueError",
        r"truth value of an array|truth value of a (?:Series|DataFrame)",
        "A whole array is neither true nor false: .any() or .all() makes one answer of it.",
    ),
    (
        "ValueError",
        r"inhomogeneous shape",
        "The rows have different lengths, so they do not make an array.",
    ),
    (
        "ValueError",
        r"only one element tensors can be converted",
        "A number can only be made of a tensor with one element: .mean() or an index first.",
    ),
    (
        "ValueError",
        r"x and y must have same first dimension|must be the same size",
        "x and y need equally many values.",
    ),
    (
        "IndexError",
        r"(?P<kind>\w+) index out of range",
        "There is no item at this place: counting starts at 0, so the last is len(...) - 1.",
    ),
    ("IndexError", r"pop from empty list", "The list is empty, there is nothing left to take."),
    (
        "IndexError",
        r"index (?P<index>-?\d+) is out of bounds for \w+ (?P<axis>\d+) with size (?P<size>\d+)",
        "Along axis {axis} there are {size} places, 0 and up; {index} is beyond them.",
    ),
    (
        "IndexError",
        r"too many indices",
        "There are more indices between [ ] than the value has dimensions: look at its .shape.",
    ),
    ("KeyError", r"(?P<key>.+)", missing_key),
    (
        "AttributeError",
        r"partially initialized module '(?P<name>\w+)'",
        "A file of yours is called {name}.py and hides the package {name}: give it another name.",
    ),
    (
        "AttributeError",
        r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'",
        "The module {module} has no {name}: check the spelling, or whether it lies in a part of it.",
    ),
    ("AttributeError", r"'(?P<kind>[\w.]+)' object has no attribute '(?P<name>\w+)'", missing_attribute),
    ("SyntaxError", r"expected ':'", missing_colon),
    (
        "SyntaxError",
        r"'(?P<bracket>[(\[{])' was never closed",
        "The bracket {bracket} is opened and never closed.",
    ),
    (
        "SyntaxError",
        r"unmatched '(?P<bracket>[)\]}])'",
        "The bracket {bracket} closes nothing: one is too many, or its partner is missing.",
    ),
    (
        "SyntaxError",
        r"does not match opening parenthesis '(?P<bracket>.)'",
        "The bracket {bracket} is closed by one of another kind.",
    ),
    (
        "SyntaxError",
        r"unterminated (?:triple-quoted )?(?:f-)?string|EOL while scanning",
        "A quote is opened and not closed on this line.",
    ),
    (
        "SyntaxError",
        r"cannot assign to|Maybe you meant '=='|invalid syntax\. Maybe you meant '=='",
        misplaced_assignment,
    ),
    (
        "SyntaxError",
        r"Missing parentheses in call to 'print'",
        "print is a function: print(...) with brackets.",
    ),
    (
        "SyntaxError",
        r"Perhaps you forgot a comma",
        "Between two values a comma is missing, or an operator such as *.",
    ),
    (
        "SyntaxError",
        r"'return' outside function",
        "return only has a meaning inside a function: is the line indented under its def?",
    ),
    (
        "SyntaxError",
        r"'(?P<word>break|continue)'? (?:outside|not properly in) loop",
        "{word} only has a meaning inside a loop: is the line indented under it?",
    ),
    ("SyntaxError", r"'await' outside", "await needs a function that begins with async def."),
    (
        "SyntaxError",
        r"invalid (?:non-printable )?character",
        "A sign on this line is not Python's: quotes or blanks pasted from a text often are not.",
    ),
    (
        "SyntaxError",
        r"invalid decimal literal|leading zeros",
        "A number cannot be written this way: names begin with a letter, numbers have no leading 0.",
    ),
    (
        "SyntaxError",
        r"positional argument follows keyword argument",
        "Values with a name come last: f(1, size=2).",
    ),
    (
        "SyntaxError",
        r"f-string",
        "Between the braces of an f-string stands a Python expression: look at quotes and braces there.",
    ),
    (
        "SyntaxError",
        r"unexpected EOF|incomplete input",
        "The code ends too early: a bracket, a quote or a block is not finished.",
    ),
    ("SyntaxError", r"invalid syntax", bad_syntax),
    (
        "IndentationError",
        r"expected an indented block after (?P<what>'?[\w ]+'?)",
        "What belongs to the {what} stands below it, four blanks further in.",
    ),
    (
        "IndentationError",
        r"expected an indented block",
        "After a colon the next line stands four blanks further in.",
    ),
    (
        "IndentationError",
        r"unexpected indent",
        "This line stands further in than the one above without a reason.",
    ),
    (
        "IndentationError",
        r"unindent does not match",
        "This line stands between two levels: line it up with one above.",
    ),
    ("TabError", r"", "Tabs and blanks are mixed in the indent: use blanks only."),
    ("ZeroDivisionError", r"", "Something is divided by 0: look at what the value below the line can be."),
    ("ModuleNotFoundError", r"No module named '(?P<name>[\w.]+)'", missing_module),
    (
        "ImportError",
        r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'",
        "{module} has no {name}: check the spelling, or it lies elsewhere in another version.",
    ),
    ("ImportError", r"attempted relative import", "A leading dot in an import works only inside a package."),
    (
        "FileNotFoundError",
        r": '(?P<path>[^']*)'",
        "There is no file {path} in the folder the code runs in: check name, folder and capitals.",
    ),
    ("FileNotFoundError", r"", "A file is not where the code looks for it: check name, folder and capitals."),
    ("FileExistsError", r"", "A file or folder of that name is there already."),
    ("IsADirectoryError", r"", "This is a folder, and a file is needed."),
    ("NotADirectoryError", r"", "A part of the path is a file, not a folder."),
    ("PermissionError", r"", "This file may not be read or written from here."),
    ("RecursionError", r"", "A function calls itself without end: it needs a case in which it does not."),
    ("MemoryError", r"", "There is not enough memory: is a size or a loop much larger than meant?"),
    ("OutOfMemoryError", r"", "There is not enough memory on the device: use a smaller batch."),
    ("KeyboardInterrupt", r"", "The run was stopped."),
    (
        "UnicodeDecodeError",
        r"'(?P<codec>[\w-]+)' codec",
        "The file is not text written in {codec}: give open(...) its encoding, or read it as bytes.",
    ),
    (
        "UnicodeEncodeError",
        r"'(?P<codec>[\w-]+)' codec",
        '{codec} has no such sign: write with encoding="utf-8".',
    ),
    ("AssertionError", r"", "What stands after assert is not true here."),
    ("StopIteration", r"", "The iterator has no further items: next(..., default) gives a value instead."),
    ("OverflowError", r"", "The number is too large for this kind of number."),
    (
        "NotImplementedError",
        r"",
        "This part is meant to be written by you, or is not there for this kind of value.",
    ),
    ("EOFError", r"", "The program asked for input and there was none."),
    (
        "JSONDecodeError",
        r"",
        "The text is not JSON: keys and texts stand in double quotes, and nothing is left over.",
    ),
    ("TimeoutError", r"", "It took longer than allowed."),
    ("ConnectionError", r"", "The network cannot be reached from here; a course may not have asked for it."),
    ("URLError", r"", "The network cannot be reached from here; a course may not have asked for it."),
    (
        "RuntimeError",
        r"a Tensor with (?P<count>\d+) elements cannot be converted to Scalar",
        "A number can only be made of a tensor with one element, and this has {count}: .mean() first?",
    ),
    (
        "RuntimeError",
        r"mat1 and mat2 shapes cannot be multiplied \((?P<left>\d+x\d+) and (?P<right>\d+x\d+)\)",
        "The inner sizes of a matrix product must agree; {left} and {right} do not: look at in_features.",
    ),
    (
        "RuntimeError",
        r"The size of tensor a \((?P<left>\d+)\) must match the size of tensor b \((?P<right>\d+)\)",
        "The shapes do not go together: {left} against {right}; from the right, sizes must be equal or 1.",
    ),
    (
        "RuntimeError",
        r"shape '(?P<shape>\[[^\]]*\])' is invalid for input of size (?P<size>\d+)",
        "{size} values do not fill the shape {shape}: its sizes multiplied must give {size}.",
    ),
    (
        "RuntimeError",
        r"element 0 of tensors does not require grad",
        "Nothing here depends on a tensor with requires_grad=True: was it detached, or made under no_grad?",
    ),
    (
        "RuntimeError",
        r"grad can be implicitly created only for scalar outputs",
        "backward() starts from one number: take .mean() or .sum() of the loss first.",
    ),
    (
        "RuntimeError",
        r"[Tt]rying to backward through the graph a second time",
        "backward() ran on this graph already: compute the loss anew in each step.",
    ),
    (
        "RuntimeError",
        r"modified by an inplace operation|in-place operation",
        "A tensor that the gradient still needs was changed in place: write x = x + y instead of x += y.",
    ),
    (
        "RuntimeError",
        r"Can't call numpy\(\) on Tensor that requires grad",
        "The tensor carries gradients: .detach() takes it out of the graph first.",
    ),
    (
        "RuntimeError",
        r"expected scalar type (?P<left>\w+) but found (?P<right>\w+)|must have the same dtype",
        "Two tensors hold different kinds of numbers: .float() or .long() makes them alike.",
    ),
    (
        "RuntimeError",
        r"Expected all tensors to be on the same device",
        "One tensor lies on another device: .to(device) brings both together.",
    ),
    (
        "RuntimeError",
        r"Sizes of tensors must match except in dimension (?P<axis>\d+)",
        "To join tensors along dimension {axis}, all their other sizes must be equal.",
    ),
    (
        "RuntimeError",
        r"stack expects each tensor to be equal size",
        "torch.stack needs tensors of one shape.",
    ),
    (
        "RuntimeError",
        r"[Bb]oolean value of Tensor with more than one value",
        "A whole tensor is neither true nor false: .any() or .all() makes one answer of it.",
    ),
    (
        "RuntimeError",
        r"dictionary changed size during iteration|Set changed size",
        "It is changed while it is gone through: go through list(...) of it.",
    ),
    (
        "RuntimeError",
        r"CUDA out of memory|out of memory",
        "There is not enough memory on the device: use a smaller batch.",
    ),
    ("LinAlgError", r"[Ss]ingular", "The matrix has no inverse: some of its rows depend on others."),
)


@lru_cache
def _rules_of(name: str) -> tuple[_Rule, ...]:
    """Compiled when first needed: a run without errors pays nothing."""
    return tuple(_Rule(re.compile(pattern), words) for error, pattern, words in _TABLE if error == name)

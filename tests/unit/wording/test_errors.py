"""What errors mean, tried on the errors Python really raises."""

from __future__ import annotations

import pytest

from tui_tutor.core.wording.errors import _TABLE, MAX_MEANING, meaning_of

RAISED: list[tuple[str, str]] = [
    ("lenght([1])", "Nothing is called lenght"),
    ("pritn(1)", "Did you mean print?"),
    ("def f():\n    print(x)\n    x = 1\nf()", "x gets a value somewhere in this function"),
    ("def f(a, b): pass\nf(1)", "f needs a value for 'b'"),
    ("def f(a): pass\nf(1, 2)", "f takes 1 and was given 2"),
    ("def f(): pass\nf(x=1)", "f knows no argument called x"),
    ("def f(a): pass\nf(1, a=2)", "a is given twice"),
    ("1 + 'a'", "A text and a number do not go together in +"),
    ("'a' + 1", "A str can only be joined to another str; this is a int."),
    ("None + 1", "One of the values is None"),
    ("[1] - 1", "A list does not calculate with a number"),
    ("{} - {}", "- does not work between a dict and a dict"),
    ("1 < 'a'", "cannot be put in order with <"),
    ("-'a'", "A str has no sign to change."),
    ("x = [1]\nx(0)", "square brackets [ ] take an item of a list"),
    ("2(3)", "for multiplication write *"),
    ("import math\nmath(1)", "A module itself cannot be called"),
    ("None[0]", "The value before [ ] is None"),
    ("len[0]", "to call it, use round brackets"),
    ("3[0]", "A int has no items"),
    ("'ab'[0] = 'c'", "A str cannot be changed in place"),
    ("for i in 3: pass", "range(...) counts up to it"),
    ("for i in None: pass", "The value to go through is None"),
    ("[1]['a']", "Items of a list are numbered"),
    ("{[1]: 2}", "A list can change, so it cannot be a key"),
    ("range(1.5)", "A whole number is needed here"),
    ("len(3)", "a single number has none"),
    ("int('1.5')", "float(...) reads 1.5"),
    ("int('a')", "'a' is not written as a whole number."),
    ("float('a')", "'a' is not written as a number"),
    ("a, b = 1, 2, 3", "more values at the right than the 2 names"),
    ("a, b, c = 1, 2", "3 names at the left of = and only 2 values"),
    ("a, b = None", "The value is None"),
    ("[1].index(2)", "What is looked for is not there"),
    ("import math\nmath.sqrt(-1)", "the root or logarithm of a negative number"),
    ("[1][5]", "counting starts at 0"),
    ("[].pop()", "The list is empty"),
    ("{'a': 1}['b']", "The dictionary has no key 'b'"),
    ("None.shape", "The value before .shape is None"),
    ("[1].apend(2)", "Did you mean .append?"),
    ("[1].shape", "A list is no array"),
    ("import math\nmath.squareroot(2)", "The module math has no squareroot"),
    ("for i in range(3)\n    pass", "ends in a colon"),
    ("if x = 3:\n    pass", "to compare two values write =="),
    ("print('a", "A quote is opened and not closed"),
    ("x = (1, 2", "The bracket ( is opened and never closed."),
    ("x = 1)", "The bracket ) closes nothing"),
    ("x = (1]", "is closed by one of another kind"),
    ("x = [1 2]", "a comma is missing"),
    ("print 1", "print is a function"),
    ("return 1", "only has a meaning inside a function"),
    ("break", "break only has a meaning inside a loop"),
    ("f(a=1, 2)", "Values with a name come last"),
    ("3 = x", "Only a name can stand to the left"),
    ("x = “a”", "A sign on this line is not Python's"),
    ("x = 012", "numbers have no leading 0"),
    ("if x:\npass", "four blanks further in"),
    ("x = 1\n  y = 2", "further in than the one above"),
    ("if 1:\n    x = 1\n  y = 2", "between two levels"),
    ("if 1:\n\tx = 1\n        y = 2", "Tabs and blanks are mixed"),
    ("1 / 0", "divided by 0"),
    ("import nonexistent_package", "The package nonexistent_package is not installed"),
    ("from math import squareroot", "math has no squareroot"),
    ("open('nowhere.txt')", "There is no file nowhere.txt"),
    ("open('/')", "This is a folder"),
    ("def f(): f()\nf()", "calls itself without end"),
    ("raise MemoryError", "not enough memory"),
    ("raise KeyboardInterrupt", "The run was stopped."),
    ("b'\\xff'.decode('utf-8')", "The file is not text written in utf-8"),
    ("assert 1 == 2", "not true here"),
    ("next(iter([]))", "no further items"),
    ("import math\nmath.exp(1000)", "too large for this kind of number"),
    ("import json\njson.loads('{')", "The text is not JSON"),
    ("d = {1: 2}\nfor k in d: d[k + 1] = 0", "changed while it is gone through"),
    ("raise NotImplementedError", "meant to be written by you"),
]

TORCH: list[tuple[str, str]] = [
    ("import torch\ntorch.zeros(2, 3) @ torch.zeros(2, 3)", "2x3 and 2x3 do not"),
    ("import torch\ntorch.zeros(2) + torch.zeros(3)", "2 against 3"),
    ("import torch\ntorch.zeros(6).view(4, 2)", "6 values do not fill the shape [4, 2]"),
    (
        "import torch\ntorch.zeros(2).sum().backward()",
        "Nothing here depends on a tensor with requires_grad=True",
    ),
    (
        "import torch\n(torch.zeros(2, requires_grad=True) * 2).backward()",
        "backward() starts from one number",
    ),
    (
        "import torch\nx = torch.ones(1, requires_grad=True)\ny = (x * x).sum()\ny.backward()\ny.backward()",
        "backward() ran on this graph already",
    ),
    ("import torch\ntorch.zeros(2, requires_grad=True).numpy()", "carries gradients"),
    ("import torch\nbool(torch.zeros(2))", "neither true nor false"),
    ("import torch\ntorch.zeros(2).item()", "one element"),
    ("import torch\ntorch.zeros(2)[5]", "there are 2 places"),
    ("import numpy as np\nnp.zeros(2) + np.zeros(3)", "do not go together"),
    ("import numpy as np\nnp.zeros(6).reshape(4, 2)", "6 values do not fill the shape (4,2)"),
    ("import numpy as np\nnp.zeros((2, 3)) @ np.zeros((2, 3))", "as many as the rows of the right"),
    ("import numpy as np\nbool(np.zeros(2))", "neither true nor false"),
    ("import numpy as np\nnp.zeros(2)[0, 0]", "more indices between [ ]"),
    ("import numpy as np\nnp.array([[1], [1, 2]])", "The rows have different lengths"),
    ("import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))", "no inverse"),
]


def meaning_when_run(source: str) -> str:
    """What is said of the error this source really ends in."""
    try:
        exec(compile(source, "<cell>", "exec"), {})
    except SyntaxError as problem:
        line = source.splitlines()[(problem.lineno or 1) - 1]
        return meaning_of(type(problem).__name__, problem.msg, line)
    except BaseException as problem:  # noqa: BLE001 - whatever a learner's code may end in
        return meaning_of(type(problem).__name__, str(problem), source.splitlines()[-1])
    return ""


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize(("source", "words"), RAISED)
def test_a_common_error_is_said_in_plain_words(source: str, words: str) -> None:
    assert words in meaning_when_run(source)


@pytest.mark.torch
@pytest.mark.parametrize(("source", "words"), TORCH)
def test_errors_of_arrays_and_gradients_are_said_too(source: str, words: str) -> None:
    assert words in meaning_when_run(source)


@pytest.mark.parametrize("name", ["OddError", "", "ValueError", "__main__.Mine"])
def test_nothing_is_said_where_nothing_is_known(name: str) -> None:
    assert meaning_of(name, "something never seen", "x = 1") == ""


def test_every_sentence_is_short_and_calm() -> None:
    for _, _, words in _TABLE:
        if isinstance(words, str):
            assert words.endswith((".", "?"))
            assert "!" not in words
            assert len(words) < MAX_MEANING // 2


def test_a_message_of_any_size_says_something_bounded_and_safe() -> None:
    told = meaning_of("KeyError", "'\x1b[2J" + "a" * 100_000 + "'", "x" * 100_000)
    assert told.isprintable()
    assert len(told) <= MAX_MEANING

"""What a source must and must not use."""

from __future__ import annotations

import pytest

from tui_tutor.core.course import AstCheck
from tui_tutor.core.grading.syntax import broken_rule


def must(word: str, source: str) -> bool:
    return broken_rule(AstCheck(kind="ast", must=(word,)), source) == ""


@pytest.mark.parametrize(
    ("word", "source"),
    [
        ("for", "for i in x: pass"),
        ("while", "while x: pass"),
        ("if", "y = 1 if x else 2"),
        ("try", "try: pass\nexcept E: pass"),
        ("def", "async def f(): pass"),
        ("lambda", "f = lambda: 1"),
        ("comprehension", "{k: v for k, v in x}"),
        ("recursion", "def f(n): return n and f(n - 1)"),
        ("recursion", "def f(n): return g(n)\ndef g(n): return f(n)"),
        ("recursion", "class T:\n    def walk(self): self.walk()"),
        ("call sum", "sum(x)"),
        ("call append", "x.append(1)"),
        ("call torch.exp", "import torch as t\nt.exp(1)"),
        ("call torch.exp", "from torch import exp as e\ne(1)"),
        ("import numpy", "import numpy.linalg as la"),
        ("import torch.nn", "from torch import nn"),
        ("name np.random", "np.random.rand()"),
        ("name numpy.random", "import numpy as np\nnp.random.rand()"),
        ("call sum", "%matplotlib inline\nsum(x)"),
        ("call sum", "%%time\nsum(x)"),
        ("call sum", "files = !ls\nsum(x)"),
        ("call sum", "sum?\nif x:\n    !ls\nsum(x)"),
    ],
)
def test_a_word_is_found(word: str, source: str) -> None:
    assert must(word, source)


@pytest.mark.parametrize(
    ("word", "source"),
    [
        ("for", "[i for i in x]"),
        ("for", "# for i in x\n'for'"),
        ("recursion", "def f(): pass\nf()"),
        ("call sum", "sum"),
        ("call torch.exp", "exp(1)"),
        ("import numpy", "import numpyro"),
        ("name np.random", "np.randomise()"),
    ],
)
def test_a_word_is_not_seen_where_it_is_not(word: str, source: str) -> None:
    assert not must(word, source)


@pytest.mark.parametrize(
    ("rule", "source", "sentence"),
    [
        ({"must": ["for"]}, "x = 1", "expected a for loop, found none"),
        ({"must_not": ["for"]}, "x = 1\nfor i in x: pass", "expected no for loop, found it in line 2"),
        ({"must_not": ["call sum"]}, "sum(x)", "expected no call of sum, found it in line 1"),
        ({"must": ["for"]}, "x = (", "line 1 cannot be read as Python: '(' was never closed"),
        ({"must_not": ["for"]}, "\0", None),
        ({"must_not": ["for"]}, "(" * 5000, None),
    ],
)
def test_a_broken_rule_is_said(rule: dict[str, list[str]], source: str, sentence: str | None) -> None:
    told = broken_rule(AstCheck.model_validate({"kind": "ast", **rule}), source)
    assert told == sentence if sentence else told

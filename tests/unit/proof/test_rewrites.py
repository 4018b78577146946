"""A rewrite does what the solution does, whatever it is given."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.proof.programs import PROGRAMS
from tui_tutor.core.course import AstCheck
from tui_tutor.core.grading.syntax import broken_rule
from tui_tutor.proof.rewrites import Rewrite, rewrites_of

KEPT = frozenset({"f"})


@cache
def rewrites(name: str) -> tuple[Rewrite, ...]:
    return rewrites_of(PROGRAMS[name], kept=KEPT, most=200)


def outcome(source: str, calls: list[tuple[list[int], int]]) -> list[object]:
    """What each call gives or raises, and what it makes of its arguments."""
    names: dict[str, object] = {"__name__": "answer"}
    exec(source, names)
    function = names["f"]
    assert isinstance(function, Callable)  # type: ignore[arg-type]
    seen: list[object] = []
    for xs, k in deepcopy(calls):
        try:
            seen.append((function(xs, k), xs))
        except (TypeError, ValueError, LookupError, ArithmeticError, NameError) as problem:
            seen.append((type(problem), xs))
    return seen


CALLS = st.lists(
    st.tuples(st.lists(st.integers(-9, 9), max_size=6), st.integers(-9, 9)), min_size=1, max_size=4
)


@pytest.mark.parametrize("name", PROGRAMS)
@settings(max_examples=15, deadline=None)
@given(calls=CALLS)
def test_every_rewrite_computes_the_same(name: str, calls: list[tuple[list[int], int]]):
    expected = outcome(PROGRAMS[name], calls)
    for rewrite in rewrites(name):
        assert outcome(rewrite.source, calls) == expected, rewrite.source


@pytest.mark.parametrize("name", PROGRAMS)
def test_rewrites_differ_from_the_solution_and_from_each_other(name: str):
    sources = [PROGRAMS[name], *(rewrite.source for rewrite in rewrites(name))]
    assert len(set(sources)) == len(sources) > 1


WORDS = ("for", "while", "if", "def", "lambda", "comprehension", "call append", "name total", "name out")


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_ast_check_changes_its_mind_only_about_words_named_as_changed(name: str):
    for word in WORDS:
        check = AstCheck(kind="ast", says="has it", must=(word,))
        before = broken_rule(check, PROGRAMS[name])
        for rewrite in rewrites(name):
            if word not in rewrite.changes:
                assert bool(broken_rule(check, rewrite.source)) == bool(before), (word, rewrite)


def rewritten(source: str, kept: str = "") -> set[str]:
    return {rewrite.source for rewrite in rewrites_of(source, kept=frozenset(kept.split()), most=200)}


def in_function(*lines: str) -> str:
    return "\n".join(["def f(xs, k):", *(f"    {line}" for line in lines)])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["total = k", "return total"], ["total_2 = k", "return total_2"]),
        (
            ["out = []", "for x in xs:", "    out.append(x)", "return out"],
            ["out = [x for x in xs]", "return out"],
        ),
        (
            ["return {x for x in xs if x}"],
            [
                "collected = set()",
                "for x in xs:",
                "    if x:",
                "        collected.add(x)",
                "return collected",
            ],
        ),
        (["a = 1", "b = k", "return a, b"], ["b = k", "a = 1", "return a, b"]),
        (["if k:", "    return xs", "return k"], ["return xs if k else k"]),
        (["if k:", "    return xs", "else:", "    return k"], ["return xs if k else k"]),
        (["return xs if k else k"], ["if k:", "    return xs", "return k"]),
        (
            ["if k:", "    a = 1", "else:", "    a = 2", "return a"],
            ["if not k:", "    a = 2", "else:", "    a = 1", "return a"],
        ),
        (["n = 0", "n += 1", "return n"], ["n = 0", "n = n + 1", "return n"]),
        (["n = 0", "n = n + 1", "return n"], ["n = 0", "n += 1", "return n"]),
        (["return k + 1"], ["result = k + 1", "return result"]),
        (["return len(xs) > 0"], ["return 0 < len(xs)"]),
        (["return not k in xs"], ["return k not in xs"]),
        (["return range(k)"], ["return range(0, k)"]),
        (["g = lambda x: x + k", "return g"], ["def g(x):", "    return x + k", "return g"]),
        (["return k"], ['"""Said in words."""', "return k"]),
    ],
)
def test_an_answer_may_also_be_written_so(before: list[str], after: list[str]):
    assert in_function(*after) in rewritten(in_function(*before))


@pytest.mark.parametrize(
    ("source", "never"),
    [
        (in_function("k += 1", "return k"), "k = k + 1"),
        (in_function("a = xs", "a += [1]", "return a"), "a = a + [1]"),
        (in_function("return not k == xs"), "k != xs"),
        (in_function("return k < xs"), "xs > k"),
        (in_function("out = []", "for x in xs:", "    out.append(x)", "return out, x"), "[x for x in xs]"),
        (in_function("out = []", "for x in xs:", "    out.append(len(out))", "return out"), "[len(out)"),
        (in_function("a = 1", "b = a", "return b"), "b = a\n    a = 1"),
        (in_function("a = g()", "b = h()", "return b"), "b = h()\n    a = g()"),
        (in_function("total = k", "return locals()"), "total_2"),
        (in_function("total = k", "return f'{total=}'"), "total_2"),
        ("def f(total):\n    total = total + 1\n    return total", "total_2"),
        ("total = total + 1\ny = total", "total_2"),
        ("if c:\n    total = 1\ny = total", "total_2"),
        ("def g():\n    return total\ng()\ntotal = 1", "total_2"),
        ("def g():\n    global total\n    total = 2\ntotal = 1", "total_2"),
        ("class A:\n    total = 1\ntotal = 2", "total_2"),
        ("out = []\nfor x in xs:\n    out.append(g(x))", "[g(x) for x in xs]"),
        ("x = 1\ny = [x for x in z]", "for x in z:\n"),
        ("range = g\nr = range(3)", "range(0, 3)"),
        ("x = y\nx += 1", "x = x + 1"),
    ],
)
def test_what_could_change_the_outcome_is_not_written(source: str, never: str):
    assert not [each for each in rewritten(source) if never in each]


def test_names_that_others_read_are_kept():
    source = "total = 1\nother = 2\nprint(total, other)"
    assert any("total_2" in each for each in rewritten(source))
    assert not any("total_2" in each for each in rewritten(source, kept="total"))


def test_a_function_s_variables_are_its_own_whatever_others_read():
    source = in_function("total = k", "return total")
    assert in_function("total_2 = k", "return total_2") in rewritten(source, kept="total")


def test_a_loop_variable_that_another_cell_reads_is_left_behind():
    source = "out = []\nfor x in xs:\n    out.append(x)"
    assert any("[x for x in xs]" in each for each in rewritten(source, kept="out"))
    assert not any("[x for x in xs]" in each for each in rewritten(source, kept="out x"))


def test_a_new_name_is_one_that_nothing_in_sight_uses():
    assert any("total_2_2 = 1" in each for each in rewritten("total = 1\nprint(total)", kept="total_2"))


def test_one_rewrite_of_each_kind_comes_first():
    some = rewrites_of(PROGRAMS["filter"] + PROGRAMS["while"].replace("f(", "g("), kept=KEPT, most=4)
    assert [rewrite.what for rewrite in some] == [
        "the variables of `f` have other names",
        "a loop that fills `out` is a comprehension",
        "the update of `steps` in line 12 is written otherwise",
        "comments and blank lines",
    ]


@pytest.mark.parametrize("source", ["", "def f(:", "x = \0", "x = '\ud800'", "%time\nx = 1", "(" * 500])
def test_what_does_not_parse_has_no_rewrites(source: str):
    assert rewrites_of(source) == ()

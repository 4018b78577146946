"""Each mutant is one small fault in a program that still compiles."""

from __future__ import annotations

import ast
import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.proof.programs import PROGRAMS
from tui_tutor.proof.mutants import Example, Mutant, free_lines, mutants_of


def faults(source: str, **options: object) -> list[str]:
    return [mutant.what for mutant in mutants_of(source, most=500, **options)]  # type: ignore[arg-type]


def lines_of(source: str, operator: str) -> list[str]:
    """The changed line of each mutant of a family."""
    changed = []
    for mutant in mutants_of(source, most=500):
        if mutant.operator == operator:
            lines = difflib.ndiff(source.splitlines(), mutant.source.splitlines())
            changed.append("; ".join(line[2:].strip() for line in lines if line.startswith("+ ")))
    return changed


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_mutant_compiles_and_is_a_program_of_its_own(name: str):
    solution = PROGRAMS[name]
    mutants = mutants_of(solution, most=500)
    dumps = [ast.dump(ast.parse(mutant.source)) for mutant in mutants]
    for mutant in mutants:
        compile(mutant.source, "mutant", "exec")
    assert mutants
    assert len({ast.dump(ast.parse(solution)), *dumps}) == len(mutants) + 1


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_mutant_names_the_line_where_it_differs(name: str):
    solution = PROGRAMS[name]
    before = solution.split("\n")
    for mutant in mutants_of(solution, most=500):
        after = mutant.source.split("\n")
        first = next(
            number for number, (one, other) in enumerate(zip(before, after, strict=False), 1) if one != other
        )
        assert mutant.line <= first, mutant
        assert before[: mutant.line - 1] == after[: mutant.line - 1], mutant


TABLE = [
    ("x = a + b", ["x = a - b", "x = a * b"], "operator"),
    ("x = a - b + c", ["x = a + b + c", "x = a - b - c", "x = (a - b) * c"], "operator"),
    (
        "x = (a + b) * c",
        ["x = (a - b) * c", "x = (a * b) * c", "x = (a + b) + c", "x = (a + b) / c"],
        "operator",
    ),
    ("x = a * b ** c", ["x = a + b ** c", "x = a / b ** c", "x = a * (b * c)"], "operator"),
    ("x = -a", ["x = a"], "operator"),
    ("x = 'a' + b", [], "operator"),
    ("x = é + b", ["x = é - b", "x = é * b"], "operator"),
    ("n += k", ["n -= k", "n *= k"], "operator"),
    ("x = a < b", ["x = a <= b", "x = a >= b"], "comparison"),
    ("x = a is not b", ["x = a is b"], "comparison"),
    ("x = a in b", ["x = a not in b"], "comparison"),
    (
        "x = 0 < a <= 9",
        ["x = 0 <= a <= 9", "x = 0 >= a <= 9", "x = 0 < a < 9", "x = 0 < a > 9"],
        "comparison",
    ),
    ("x = a and b and c", ["x = a or b or c"], "condition"),
    ("if a and b: x = y", ["if not (a and b): x = y", "if a or b: x = y"], "condition"),
    ("while f(x): pass", ["while not f(x): pass"], "condition"),
    ("x = 3", ["x = 4", "x = 2", "x = -3"], "constant"),
    ("x = 0.5", ["x = 1.5", "x = -0.5"], "constant"),
    ("x = True", ["x = False"], "constant"),
    ("x = 'a'", ['x = ""'], "constant"),
    ("x = 0 ** k", ["x = 1 ** k", "x = (-1) ** k"], "constant"),
    ("x = sorted(ys)", ["x = ys"], "call"),
    ("x = np.exp(a * 2)", ["x = (a * 2)"], "call"),
    ("s = t()\nx = s.strip()", ["x = s"], "call"),
    ("x = f(a, b)", ["x = f(b, a)"], "arguments"),
    ("x = f(a, k=1, j=2)", ["x = f(a, j=2)", "x = f(a, k=1)"], "arguments"),
    ("x = f(k=1, j=2)", ["x = f(j=2)", "x = f(k=1)"], "arguments"),
    ("for i in range(n): f(i)", ["for i in range(n - 1): f(i)", "for i in range(n + 1): f(i)"], "loop"),
    ("for i in x:\n    if i: break", ["if i: continue"], "loop"),
    ("x = y[a:b]", ["x = y[:b]", "x = y[a:]"], "slice"),
    ("x = y[::-1]", ["x = y[:]"], "slice"),
    ("def f():\n    return 1 + a", ["return None"], "return"),
    ("x.append(y)", ["pass"], "deletion"),
    ("x[0] = y", ["pass"], "deletion"),
    ("n += k", ["pass"], "deletion"),
    ("x = f(y)", ["x = None"], "assignment"),
]


@pytest.mark.parametrize(("source", "expected", "operator"), TABLE)
def test_an_operator_writes_exactly_these(source: str, expected: list[str], operator: str):
    assert sorted(lines_of(source, operator)) == sorted(expected)


def test_a_whole_function_has_exactly_these_mutants():
    assert mutants_of("def area(w, h):\n    return w * h\n") == (
        Mutant("def area(w, h):\n    return None\n", 2, "`return` gives None", "return"),
        Mutant("def area(w, h):\n    return w + h\n", 2, "`*` became `+`", "operator"),
        Mutant("def area(w, h):\n    return w / h\n", 2, "`*` became `/`", "operator"),
    )


def test_a_difference_is_shown_with_the_lines_around_it():
    solution = "def area(w, h):\n    return w * h\n"
    assert mutants_of(solution)[1].diff(solution) == (
        "--- solution\n+++ mutant\n@@ -1,2 +1,2 @@\n def area(w, h):\n-    return w * h\n+    return w + h"
    )


@pytest.mark.parametrize(
    ("source", "never"),
    [
        ("def f(x):\n    return x + 0", "`+` became `-`"),
        ("def f(x):\n    return x * 1", "`*` became `/`"),
        ("def f(x):\n    return x ** 1", "`**` became `*`"),
        ("def f(x, y):\n    return max(x, y)", "`x` and `y` changed places"),
        ("x = math.hypot(a, b)", "`a` and `b` changed places"),
        ("x = f(a, a)", "`a` and `a` changed places"),
        ("x = 2 + 2", "`+` became `*`"),
        ("for x in xs:\n    if x > best:\n        best = x", "`>` became `>=`"),
        ("def f(a, b):\n    return a if a < b else b", "`<` became `<=`"),
        ("def f(a, b):\n    if a < b:\n        return a\n    return b", "`<` became `<=`"),
        ("def f(x):\n    return -x if x < 0 else x", "`<` became `<=`"),
        ("def f(x):\n    return x if x > 0 else 0", "`>` became `>=`"),
        ("def f(x):\n    return x[0] if x and x[0] > k else k", "`>` became `>=`"),
        ("x = [y for y in z if y % 2 == 0]", "`2` became `-2`"),
        ("x = 1 if y % 2 else 0", "`2` became `-2`"),
        ("if a == b:\n    f()\nelif a < b:\n    g()", "`<` became `<=`"),
        ("for a in x:\n    if a == b:\n        break\n    if b < a:\n        g()", "`<` became `<=`"),
        ("if x[i] > x[j]:\n    x[i], x[j] = x[j], x[i]", "`>` became `>=`"),
        ("def f(x):\n    return x\n    return 7", "`7` became `8`"),
        ("def f(x):\n    unread = 7\n    return x", "`7` became `8`"),
        ("x = sorted(xs, reverse=False)", "`reverse=False` left out"),
        ("x = sum(list(xs))", "`list(xs)` became `xs`"),
        ("x = y[0:n]", "`0:n` became `:n`"),
        ("while True:\n    break", "`break` became `continue`"),
        ("while i < 9:\n    i += 1", "`i += 1` left out"),
        ("if __name__ == '__main__':\n    f(7)", "`7` became `8`"),
        ("def f(x: 7) -> 7:\n    '''doc'''\n    return x", "`7` became `8`"),
        ("assert x == 7", "`7` became `8`"),
        ("random.seed(7)", "`7` became `8`"),
        ("@cache(7)\ndef f(): return g()", "`7` became `8`"),
        ("print('total', x)", "`'total'` became `\"\"`"),
        ("raise ValueError('why')", "`'why'` became `\"\"`"),
        ("plt.title('why')", "`'why'` became `\"\"`"),
        ("x = f'{y:7}'", "`7` became `8`"),
    ],
)
def test_what_changes_nothing_a_check_could_see_is_no_fault(source: str, never: str):
    assert never not in faults(source)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("if a == b:\n    f()\nif a < b:\n    g()", "`<` became `<=`"),
        ("if x > best:\n    best, place = x, i", "`>` became `>=`"),
        ("if len(x) > len(y):\n    x = y", "`>` became `>=`"),
        ("x = y % 2 == 1", "`2` became `-2`"),
        ("def f(x):\n    return x + 1", "`+` became `-`"),
        ("def f(a, b):\n    return math.pow(a, b)", "`a` and `b` changed places"),
        ("def f(n):\n    while n:\n        k = n\n        n -= 1\n    return k", "`1` became `2`"),
    ],
)
def test_what_only_looks_like_no_fault_is_one(source: str, fault: str):
    assert fault in faults(source)


def test_a_text_that_is_all_that_is_printed_is_mutated():
    assert "`'hello'` became `\"\"`" in faults("print('hello')")


def test_a_module_name_is_read_by_somebody_unless_the_names_that_are_read_are_known():
    source = "x = 7\ny = 1"
    assert "`7` became `8`" in faults(source)
    assert faults(source, kept=frozenset({"y"})) == ["`y` became None", "`1` became `2`", "`1` became `0`"]


def test_the_fields_of_f_strings_are_mutated_where_they_stand():
    assert lines_of("x = f'{a + b:>4} is it'", "operator") == [
        "x = f'{a - b:>4} is it'",
        "x = f'{a * b:>4} is it'",
    ]


EXAMPLES = (Example("f", ([1, 2],), {"k": 3}, 6), Example("f", ([],), {"k": 1}, [0.5, "a"]))


def test_answers_that_know_the_examples_by_heart_are_mutants():
    solution = 'def f(xs, k):\n    """Doc."""\n    return sum(xs) + k\n'
    found = [mutant for mutant in mutants_of(solution, examples=EXAMPLES) if mutant.operator == "example"]
    answers = []
    for mutant in found:
        names: dict[str, object] = {}
        exec(mutant.source, names)
        answers.append([names["f"]([1, 2], k=3), names["f"]([], k=1), names["f"]([5], 5)])  # type: ignore[operator]
    last = [0.5, "a"]
    assert answers == [[6, 6, 6], [last, last, last], [6, last, last]]


def test_one_example_needs_no_table():
    found = mutants_of("def f(x): return x + 1\n", examples=[Example("f", (1,), {}, 2)])
    assert [mutant.source for mutant in found if mutant.operator == "example"] == [
        "def f(x): \n    return 2\n"
    ]


def test_an_example_of_another_function_or_of_other_parameters_is_no_table():
    solution = "def f(x):\n    return x\n"
    odd = [Example("g", (1,), {}, 1), Example("f", (1, 2), {}, 1), Example("f", (), {"z": 1}, 2)]
    assert [each.what for each in mutants_of(solution, examples=odd) if each.operator == "example"] == [
        "always returns what an example wants: `1`",
        "always returns what an example wants: `2`",
    ]


def test_free_lines_are_whole_statements_and_headers():
    source = (
        "a = 1  # free\nb = f(\n    2,  # free\n)\nfor i in range(\n    3):  # free\n    c = 4\n"
        "d = '''# free\n'''  \ne = '# free'\ng = 5  # not free\nh = 6  # why # free\n"
    )
    assert free_lines(source) == {1, 2, 3, 4, 5, 6, 12}


def test_nothing_is_planted_in_free_lines():
    source = "a = 1  # free\nb = f(\n    2,  # free\n    3,\n)\nc = 4\n"
    assert {mutant.line for mutant in mutants_of(source)} == {6}


@pytest.mark.parametrize("name", PROGRAMS)
def test_free_lines_stay_as_they_are_in_every_mutant(name: str):
    lines = PROGRAMS[name].splitlines()
    for place, line in enumerate(lines):
        if not line.endswith(("'''", "(", ":")) and "#" not in line:
            marked = [*lines[:place], f"{line}  # free", *lines[place + 1 :]]
            solution = "\n".join(marked)
            for mutant in mutants_of(solution):
                assert marked[place] in mutant.source.splitlines(), mutant


@pytest.mark.parametrize(
    "source", ["", "def f(:", "x = \0", "x = '\ud800'", "x = !ls\ny = 1", "(" * 500, "x = ____("]
)
def test_what_does_not_parse_has_no_mutants(source: str):
    assert mutants_of(source) == ()


def test_lines_that_speak_to_ipython_stay_as_they_are():
    assert [mutant.source for mutant in mutants_of("%time\nif x:\n    !ls {y}\n    z = f(y)")] == [
        "%time\nif not x:\n    !ls {y}\n    z = f(y)",
        "%time\nif x:\n    !ls {y}\n    z = y",
    ]


def test_line_ends_of_windows_are_read_as_lines():
    assert [mutant.line for mutant in mutants_of("a = b\r\nx = c + d\r\n")] == [1, 2, 2, 2]


def test_too_many_mutants_are_chosen_so_that_every_family_and_every_line_has_one():
    solution = "\n".join(PROGRAMS[name] for name in ("sum", "filter", "slices", "sorted", "breaks"))
    everything = mutants_of(solution, most=1000)
    some = mutants_of(solution, most=40)
    assert len(some) == 40 < len(everything)
    assert {each.operator for each in some} == {each.operator for each in everything}
    assert {each.line for each in some} == {each.line for each in everything}
    assert set(some) <= set(everything)


@given(st.integers(0, 30), st.lists(st.sampled_from(sorted(PROGRAMS)), min_size=1, max_size=3))
def test_no_more_than_asked_for_and_always_the_same(most: int, names: list[str]):
    solution = "\n".join(PROGRAMS[name] for name in names)
    mutants = mutants_of(solution, most=most)
    assert len(mutants) <= most
    assert mutants == mutants_of(solution, most=most)

"""A name is taught before it is used: what makes the rule speak, and what it must leave alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.unit.linting.examples import a_code, a_lesson, a_quiz, an_exercise, an_md, files_of
from tui_tutor.core.linting.python_names import free_names
from tui_tutor.core.parsing import check_course

VIZ = '[[cell]]\nkind = "viz"\nplot = "line"\ny = "{}"\nalt = "a"\n'


def too_early(lessons: str | Mapping[str, str], *, course: str = "", **files: bytes) -> list[str]:
    """The names that are used too early in a course, in order."""
    found = check_course(files_of(lessons, course=course, **files))
    assert [item.as_text() for item in found if item.severity == "error"] == []
    names = (re.match(r"`(\w+)`", item.message) for item in found if item.code == "use-before-teaching")
    return [name[1] for name in names if name]


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (a_code("x = np.zeros(3)"), ["np"]),
        (a_code("print(later)") + a_code("later = 1"), ["later"]),
        (a_code("def f():\n    return missing"), ["missing"]),
        (a_code("print(f'{missing:.2f}')"), ["missing"]),
        (a_code("class A(Base):\n    size = width"), ["Base", "width"]),
        (a_code("print(missing)") + a_code("print(missing)"), ["missing"]),  # once is enough
        (an_exercise("y = total * 2", starter="y = 0"), ["total"]),
        (an_exercise("y = 1", check="y == wanted"), ["wanted"]),
        (VIZ.format("[loss, 2]"), ["loss"]),
        (a_quiz("What?", form="predict", program="'print(n + 1)'", stdout="'2'"), ["n"]),
        (a_quiz("What does `softmax(xs)` add up to?"), ["softmax"]),
        (a_quiz("What does `step` return?") + a_code("def step():\n    return 1"), ["step"]),
        (an_exercise("y = 1", task="Call `normalise` on it.") + a_code("normalise = abs"), ["normalise"]),
        (a_code("files = !ls") + a_code("print(files, names)"), ["names"]),
    ],
)
def test_a_name_that_comes_from_nowhere_is_found(cells: str, names: list[str]) -> None:
    assert too_early(cells) == names


@pytest.mark.parametrize(
    "cells",
    [
        a_code("import numpy as np\nx = np.zeros(3)"),
        a_code("import os.path\nprint(os.path.sep)"),
        a_code("x = 1") + a_code("print(x)"),
        a_code("x = 1") + "hidden = true\n" + a_code("print(x)"),
        a_code("def f():\n    return later") + a_code("later = 1\nf()"),
        a_code("print(len([n for n in range(3)]), (lambda a: a)(1), __name__, _)"),
        a_code("for i, (a, b) in enumerate([(1, 2)]):\n    print(i, a, b)"),
        a_code("try:\n    pass\nexcept OSError as error:\n    print(error)"),
        a_code("with open('a') as file:\n    print(file)"),
        a_code("match 1:\n    case int(n) | [n, *_] | {'a': n, **rest}:\n        print(n)"),
        a_code("if (n := 1) > 0:\n    print(n)"),
        a_code(
            "def f(a, /, b, *args, c=1, **kwargs):\n    global g\n    g = a, b, args, c, kwargs\nprint(g)"
        ),
        a_code("from math import *\nprint(sqrt(2))") + a_code("print(cos(1))"),
        a_code("exec('x = 1')\nprint(x)"),
        a_code("%matplotlib inline\nfiles = !ls\nprint(files)\nprint?"),
        a_code("%%time\nx = 1\nprint(x)"),
        a_code("%%bash\nls $HOME"),
        a_code("print(missing)") + 'expect = "error"\n',
        a_code("print missing") + 'language = "sql"\n',
        an_md("NumPy is known as `np`.") + a_code("print(np)"),
        an_exercise("def area(w, h):\n    return w * h", starter="def area(w, h):\n    return w + heigth"),
        an_exercise("y = 1", starter="import math\ny = ___"),
        an_exercise("import math\ny = math.pi", check="abs(y - math.pi) < 1"),
        an_exercise("y = 1", task="Write `area(width, height)` and set `y`.", starter="def area(width): ..."),
        VIZ.format("[loss]") + a_code("loss = 1"),
        a_quiz("What?", form="predict", program="'n = 1\\nprint(n)'".replace("\\n", "; "), stdout="'1'"),
        a_quiz("Which key is it, `F5` or `Enter`?"),
        a_quiz("What does `git` do with `train.py`, and `--lr`?"),
        a_quiz("What is `log(x)` of `ε` if `p(z)` is `exp(z)`?"),
        a_quiz("Which of the two calls `foo()` or `my_function()`?"),
        a_quiz("Let `twice(x)` be 2x. What is `twice(3)`?"),
        a_quiz("What is `{{m}}` + 1?") + '[cell.params]\ndraw = ["m = rng.randint(1, 4)"]\n',
        a_quiz('Is `True` larger than `len("a")`?'),
        a_quiz("Which word comes first in `not a program at all`?"),
    ],
)
def test_a_name_that_is_taught_or_no_name_is_left_alone(cells: str) -> None:
    assert too_early(cells) == []


def lesson(cells: str, *requires: str) -> str:
    """A lesson that requires others."""
    listed = ", ".join(f'"{name}"' for name in requires)
    return a_lesson(cells, header=f"requires = [{listed}]")


def test_what_a_required_lesson_teaches_is_known_however_far_away() -> None:
    taught = {"one": lesson(an_md("A `kernel_name` is a name.")), "two": lesson(an_md("x"), "one")}
    using = a_code("print(kernel_name)")
    assert too_early({**taught, "three": lesson(using, "two")}) == []
    assert too_early({**taught, "three": lesson(using, "one")}) == []
    assert too_early({**taught, "three": lesson(using)}) == ["kernel_name"]


def test_the_lesson_that_teaches_a_name_is_named() -> None:
    lessons = {"one": lesson(a_code("zeta = 1")), "two": lesson(a_code("print(zeta)"))}
    (found,) = [item for item in check_course(files_of(lessons)) if item.code == "use-before-teaching"]
    assert found.help.endswith("add the lesson that does to `requires`: one")
    assert (found.span.file, found.source_line[found.span.column - 1 :]) == ("lessons/two.toml", "zeta)")


def test_lessons_that_require_each_other_are_no_trouble() -> None:
    lessons = {"one": lesson(a_code("print(zeta)"), "two"), "two": lesson(a_code("zeta = 1"), "one")}
    found = {item.code for item in check_course(files_of(lessons))}
    assert "requires-cycle" in found
    assert "use-before-teaching" not in found


def test_setup_files_and_texts_of_other_files_teach() -> None:
    course = '[kernel]\nsetup = "cells/setup.py"\n'
    header = 'setup = "cells/own.py"'
    using = a_lesson(a_code("print(alpha, beta)"), header=header)
    files = {"cells/setup.py": b"alpha = 1\n", "cells/own.py": b"beta = 1\n"}
    assert too_early({"one": using}, course=course, **files) == []
    assert too_early({"one": a_lesson(a_code("print(beta)"))}, course=course, **files) == ["beta"]


def test_other_kernels_speak_other_languages() -> None:
    assert too_early(a_code("print(alpha)"), course='[kernel]\nname = "ir"\n') == []


@pytest.mark.slow
def test_a_chain_of_a_thousand_lessons_is_followed_without_recursion() -> None:
    lessons = {"l0": lesson(a_code("alpha = 1"))}
    lessons |= {f"l{n}": lesson(an_md("x"), f"l{n - 1}") for n in range(1, 1000)}
    lessons["last"] = lesson(a_code("print(alpha, omega)"), "l999")
    assert too_early(lessons) == ["omega"]


def test_what_is_bound_anywhere_in_a_program_is_not_free() -> None:
    names = free_names("def f(a=one):\n    return two\nthree = 3\nfour: int\nprint(three, four)")
    assert (names.at_once, names.later) == ({"one": (1, 9)}, {"two": (2, 12)})
    assert free_names("a b c") == free_names("") == free_names("\0")


@pytest.mark.parametrize("source", ["(" * 5000, "a." * 50_000 + "b", "-" * 30_000 + "x", "\ud800"])
def test_no_program_breaks_the_reader(source: str) -> None:
    assert free_names(source).is_open is False

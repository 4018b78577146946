"""Probes in a real process, with learners who cheat."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

import tui_tutor.kernels
from tests.faults.cheats import KINDS
from tui_tutor.core.course import Check
from tui_tutor.core.grading.judging import RunSummary, judge, verdict_of
from tui_tutor.core.grading.probing import probe_request

CHILD = Path(__file__).with_name("kernel_child.py")
KERNELS = Path(tui_tutor.kernels.__file__).parent
CHECK: TypeAdapter[Check] = TypeAdapter(Check)

pytestmark = pytest.mark.slow


def a_check(kind: str, **fields: Any) -> Check:
    return CHECK.validate_python({"kind": kind, **fields})


def reports_of(source: str, requests: list[Any], limit_s: float = 60.0) -> list[Any]:
    asked = {"folder": str(KERNELS), "source": source, "requests": requests, "limit_s": limit_s}
    child = subprocess.run(
        [sys.executable, str(CHILD)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    reports = json.loads(child.stdout.splitlines()[-1])
    assert isinstance(reports, list)
    return reports


def lines_of(source: str, *checks: Check, limit_s: float = 60.0) -> list[tuple[str, ...] | None]:
    """For each check the lines of its failure, None where it passes."""
    reports = reports_of(source, [probe_request(check, seed=1) for check in checks], limit_s)
    run = RunSummary("ok", source=source)
    failures = [judge(check, report, run) for check, report in zip(checks, reports, strict=True)]
    return [None if failure is None else failure.lines for failure in failures]


SQUARE = (
    a_check("call", function="square", args=[3], returns=9),
    a_check("value", expr="square(3)", equals=9),
    a_check("value", expr="square(4)", equals_py="4 * 4"),
    a_check("close", expr="square(0.1)", to=0.01),
    a_check("code", code="assert square(3) == 9, 'not 9'"),
    a_check("code", code="assert 8 < square(3) < 10\nassert square(2) in (4, 5)\nassert not square(2) != 4"),
    a_check("property", given=["n = rng.randint(2, 9)"], holds="square(n) == n * n"),
    a_check("property", given=["n = rng.randint(2, 9)"], holds="abs(square(n) - n * n) < 1e-9"),
    a_check("raises", expr="square('a')", error="TypeError"),
)

HONEST = "def square(n):\n    return n * n\n"

CHEATS = {
    name: KINDS[name]
    for name in (
        "print the report",
        "leave with status 0",
        "SystemExit",
        "KeyboardInterrupt",
        "atexit",
        "patch AssertionError",
        "patch builtins",
        "patch builtins while called",
        "shadow builtins",
        "overwrite the checker",
        "equal to everything",
        "an int that lies",
        "a class that names itself int",
        "a repr without end",
        "recursion",
        "patch json",
        "trace and profile",
        "patch operator, copy and random",
        "reach into the caller's names",
        "rewrite the caller's report",
        "a metaclass that answers for int",
        "a list of liars",
        "truth by force",
    )
} | {"patch len": "import builtins\nbuiltins.len = lambda *a, **k: 9\ndef square(n): return 0\n"}


def test_an_honest_answer_passes_every_check() -> None:
    assert lines_of(HONEST, *SQUARE) == [None] * len(SQUARE)


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_cheat_passes_no_check(cheat: str) -> None:
    told = lines_of(CHEATS[cheat], *SQUARE, limit_s=5.0)  # of each check: some never end
    passed = [check for check, lines in zip(SQUARE, told, strict=True) if lines is None]
    # Who raises TypeError for a text has passed that check honestly.
    assert passed in ([], [SQUARE[-1]])


def test_a_copy_that_never_ends_is_ended_at_its_limit() -> None:
    check = a_check("value", expr="square(3)", equals=9)
    source = "def square(n):\n    while True: pass\n"
    (report,) = reports_of(source, [probe_request(check, seed=1)], limit_s=0.5)
    failure = judge(check, report, RunSummary("ok"))
    assert failure is not None
    assert failure.lines == ("it did not end within its time limit",)


def test_a_copy_leaves_the_kernel_as_it_was() -> None:
    checks = [
        a_check("code", code="items.append(4)\nassert len(items) == 4"),
        a_check("call", function="grow", args_py="(items,)", returns=4),
        a_check("value", expr="items", equals=[1, 2, 3]),
    ]
    source = "items = [1, 2, 3]\ndef grow(l):\n    l.append(0)\n    return len(l)\n"
    assert lines_of(source, *checks) == [None, None, None]


def test_what_a_call_changes_in_its_arguments_stays_out_of_the_expectation() -> None:
    source = "base = [1]\ndef f(l):\n    l.clear()\n    base.clear()\n    return []\n"
    assert lines_of(source, a_check("call", function="f", args_py="(base,)", returns_py="base")) == [
        ("f([1]): expected [1], found []",)
    ]


WORDS: list[tuple[str, Check, tuple[str, ...] | None]] = [
    ("x = 3", a_check("value", expr="x", equals=3), None),
    ("x = 3.0", a_check("value", expr="x", equals=3), ("expected 3 (int), found 3.0 (float)",)),
    ("x = True", a_check("value", expr="x", equals=1), ("expected 1 (int), found True (bool)",)),
    ("x = -0.0", a_check("value", expr="x", equals=0.0), None),
    ("x = float('nan')", a_check("value", expr="x", equals_py="float('nan')"), None),
    (
        "x = (1, 2)",
        a_check("value", expr="x", equals=[1, 2]),
        ("expected [1, 2] (list), found (1, 2) (tuple)",),
    ),
    ("x = {2, 1}", a_check("value", expr="x", equals_py="{1, 2}"), None),
    ("x = {'b': 1, 'a': 2}", a_check("value", expr="x", equals={"a": 2, "b": 1}), None),
    ("x = 10**6000", a_check("value", expr="x", equals_py="10**6000"), None),
    (
        "x = 10**6000",
        a_check("value", expr="x", equals_py="-10**6000"),
        ("expected a negative number of about 6,000 digits, found a number of about 6,000 digits",),
    ),
    ("x = [1]; x.append(x)", a_check("value", expr="x", equals=[1]), ("expected [1], found [1, ...]",)),
    (
        "x = (n for n in [1])",
        a_check("value", expr="x", equals=[1]),
        ("expected [1], found a generator, which cannot be compared",),
    ),
    ("x = '\\ud800'", a_check("value", expr="x", equals="a"), ("expected 'a', found '\\ud800'",)),
    (
        "",
        a_check("value", expr="x", equals=1),
        ("name 'x' is not defined, so there is nothing to check yet",),
    ),
    ("", a_check("call", function="f", returns=1), ("there is no f yet",)),
    ("f = 3", a_check("call", function="f", returns=1), ("f is 3, which is no function",)),
    (
        "def f(): pass",
        a_check("call", function="f", args=[1], returns=1),
        ("f(1) does not fit: f() takes 0 positional arguments but 1 was given",),
    ),
    (
        "def f(): pass",
        a_check("call", function="f", returns=1),
        ("f(): expected 1, found None", "a function without return gives None"),
    ),
    (
        "def f(): return 1 / 0",
        a_check("call", function="f", returns=1),
        ("f() raised ZeroDivisionError: division by zero",),
    ),
    (
        "class ValueError(Exception): pass\ndef f(): raise ValueError",
        a_check("raises", expr="f()", error="ValueError"),
        ("expected ValueError, found ValueError",),
    ),
    (
        "class Empty(Exception): pass\ndef f(): raise Empty",
        a_check("raises", expr="f()", error="Empty"),
        None,
    ),
    ("def f(): raise KeyError(1)", a_check("raises", expr="f()", error="LookupError"), None),
    (
        "def f(): pass",
        a_check("raises", expr="f()", error="LookupError"),
        ("expected LookupError, but f() raised nothing",),
    ),
    (
        "def f(n): return n",
        a_check("property", given=["n = rng.randint(5, 5)"], holds="f(n) < 5"),
        ("it does not hold for n = 5",),
    ),
    (
        "def f(n): return 1 / n",
        a_check("property", given=["n = rng.randint(0, 0)"], holds="f(n) < 5"),
        ("for n = 0: ZeroDivisionError: division by zero",),
    ),
    ("x = 3", a_check("code", code="assert x == 4"), ("this does not hold: x == 4",)),
    ("x = 3", a_check("code", code="assert x == 4, f'x is {x}, not 4'"), ("x is 3, not 4",)),
    (
        "x = 3",
        a_check("code", code="assert 1 < x < 5 and (lambda n: n == 3)(x) and [n for n in [x] if n == 3]"),
        None,
    ),
    (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    y: int\n",
        a_check("code", code="assert P(1, 2) == P(1, 2) and P(1, 2) != P(2, 1)"),
        None,
    ),
    (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    y: int\np = P(1, 2)",
        a_check("value", expr="p", equals_py="P(1, 3)"),
        ("expected P(x=1, y=3), found P(x=1, y=2)",),
    ),
    ("import math\nx = math.pi", a_check("close", expr="x", to=3.14, rtol=0.01), None),
    (
        "x = [[1, 2], [3, 4]]",
        a_check("close", expr="x", to=[[1, 2], [3, 5]]),
        ("expected 5, found 4 at [1, 1]",),
    ),
    (
        "x = [1, 2]",
        a_check("close", expr="x", to=[[1, 2], [3, 5]]),
        ("expected shape (2, 2), found shape (2,)",),
    ),
]


def test_failures_say_what_was_expected_and_what_was_found() -> None:
    told = [lines_of(source, check)[0] for source, check, _ in WORDS]
    assert told == [lines for _, _, lines in WORDS]


@pytest.mark.torch
@pytest.mark.parametrize("count", [200_000, 250_000])
def test_large_arrays_are_compared_in_full(count: int):
    made = f"np.random.default_rng(1).normal(size={count})"
    source = f"import numpy as np\na = {made}\nb = a.copy()\nb[-1] = 0.5"
    same, other = (a_check("value", expr=name, equals_py=made) for name in "ab")
    told = lines_of(source, same, other)
    assert told[0] is None
    assert told[1] is not None
    assert told[1][0].endswith(f"found 0.5 at [{count - 1}]")


@pytest.mark.torch
def test_a_report_is_bounded():
    source = "import numpy as np\na = [np.random.normal(size=200_000) for _ in range(5)]"
    (report,) = reports_of(source, [probe_request(a_check("value", expr="a", equals=0), seed=1)])
    assert report["error"]["name"] == "TooLarge"


ARRAYS: list[tuple[str, str, tuple[str, ...] | None]] = [
    ("torch.full((1, 32), -2.0)", "torch.full((1, 32), -2.0)", None),
    (
        "torch.full((1, 32), -1.0)",
        "torch.full((1, 32), -2.0)",
        ("expected -2.0, found -1.0 in all 32 places",),
    ),
    ("torch.full((32,), -2.0)", "torch.full((1, 32), -2.0)", ("expected shape (1, 32), found shape (32,)",)),
    ("torch.zeros(2).double()", "torch.zeros(2)", ("expected dtype float32, found float64",)),
    ("np.zeros(2, dtype='float32')", "torch.zeros(2)", ("expected a torch.Tensor, found a numpy.ndarray",)),
    ("[0.0, 0.0]", "torch.zeros(2)", ("expected a torch.Tensor, found a list",)),
    ("torch.zeros(2, requires_grad=True)", "torch.zeros(2)", None),
    ("torch.nn.Parameter(torch.zeros(2))", "torch.zeros(2)", None),
    ("np.array([1.0, np.nan, np.inf])", "np.array([1.0, np.nan, np.inf])", None),
    ("np.float64(0.5)", "0.5", None),
    ("0.5", "torch.tensor(0.5)", None),
    (
        "torch.arange(5.0)",
        "torch.tensor([9.0, 8.0, 7.0, 6.0, 4.0])",
        (
            "expected 9.0, found 0.0 at [0]",
            "expected 8.0, found 1.0 at [1]",
            "expected 7.0, found 2.0 at [2], and in 1 more of 5 places",
        ),
    ),
    ("torch.zeros(3, 0)", "torch.zeros(3, 0)", None),
    ("torch.zeros(2000, 2000)", "torch.zeros(1)", ("expected numbers, found a very large torch.Tensor",)),
]


@pytest.mark.torch
def test_arrays_are_compared_by_shape_then_dtype_then_values() -> None:
    patched = "torch.Tensor.tolist = lambda self: [0.0]\ntorch.Tensor.__eq__ = lambda *a: True\n"
    source = "import numpy as np, torch\n" + patched
    checks = [a_check("close", expr=expr, to_py=to) for expr, to, _ in ARRAYS]
    assert lines_of(source, *checks) == [lines for _, _, lines in ARRAYS]


@pytest.mark.torch
def test_the_seed_lessons_checks_catch_its_wrong_sample() -> None:
    source = (
        "import torch\n"
        "def reparameterise(mu, log_var):\n    return mu + torch.exp(0.5 * log_var) * torch.randn_like(mu)\n"
        "mu = torch.full((1, 32), 3.0)\nlogvar = torch.zeros(1, 32)\nz = reparameterise(mu, logvar)\n"
    )
    checks = [
        a_check(
            "code", id="mu-moved", code="assert torch.is_tensor(mu) and mu.abs().max() > 0, 'still zero'"
        ),
        a_check(
            "close",
            id="logvar",
            says="logvar is -2.0 everywhere",
            expr="logvar",
            to_py="torch.full((1, 32), -2.0)",
        ),
        a_check(
            "property",
            id="variance",
            given=["Z = reparameterise(mu.expand(200, -1), logvar.expand(200, -1))"],
            holds="0.12 <= (Z - mu).var().item() <= 0.15",
            times=20,
        ),
    ]
    reports = reports_of(source, [probe_request(check, seed=1) for check in checks])
    verdict = verdict_of(checks, reports, RunSummary("ok", source=source))
    assert verdict.failure is not None
    assert (verdict.passed, verdict.total, verdict.failure.check_id) == (1, 3, "logvar")
    assert verdict.failure.lines == ("expected -2.0, found 0.0 in all 32 places",)

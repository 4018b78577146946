"""What a check asks the kernel, as data; the other half is `judging`.

Requests: {"probe": "value", "expr", "expected_py"?} · {"probe": "call", "function", "args_py", "kwargs_py",
"expected_py"?} · {"probe": "raises", "expr"} · {"probe": "property", "given", "holds", "times", "seed"} ·
{"probe": "plot", "holds", "series"} · {"probe": "code", "code"} · {"probe": "derive", "exprs"}.
Reports: see `kernels.inside_checks`; {"error": {"name", "message"}} where nothing could be said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from tui_tutor.core.course import (
    AstCheck,
    CallCheck,
    Check,
    CloseCheck,
    CodeCheck,
    FileCheck,
    PlotCheck,
    PropertyCheck,
    QuizCell,
    RaisesCheck,
    StatusCheck,
    StdoutCheck,
    ValueCheck,
)
from tui_tutor.core.grading.canonical import Form, as_expression, kind_of
from tui_tutor.core.grading.differing import numbers_of
from tui_tutor.core.grading.quizzes import derived_expressions

Request = dict[str, Any]


def probe_request(check: Check, *, seed: int, series: Sequence[Mapping[str, Any]] = ()) -> Request | None:
    """What to ask the kernel; None for a check that needs no kernel.

    `series`: what the plot of `check.viz` shows, [{"x", "y", "label"}]; `seed` is for properties.
    """
    match check:
        case ValueCheck():
            return {"probe": "value", "expr": check.expr, "expected_py": check.equals_py}
        case CloseCheck():
            return {"probe": "value", "expr": check.expr, "expected_py": check.to_py}
        case CallCheck():
            return _call_request(check)
        case RaisesCheck():
            return {"probe": "raises", "expr": check.expr} if check.expr else None
        case PropertyCheck():
            given = list(check.given)
            return {
                "probe": "property",
                "given": given,
                "holds": check.holds,
                "times": check.times,
                "seed": seed,
            }
        case PlotCheck():
            return {"probe": "plot", "holds": check.holds, "series": [dict(one) for one in series]}
        case CodeCheck():
            return {"probe": "code", "code": check.code}
        case StdoutCheck() | AstCheck() | FileCheck() | StatusCheck():
            return None
        case _:
            assert_never(check)


def _call_request(check: CallCheck) -> Request:
    return {
        "probe": "call",
        "function": check.function,
        "args_py": check.args_py or as_expression(tuple(check.args)),
        "kwargs_py": as_expression(check.kwargs),
        "expected_py": check.returns_py,
    }


def files_needed(checks: Sequence[Check]) -> tuple[str, ...]:
    """The workspace files whose texts `RunSummary.files` must hold."""
    return tuple(dict.fromkeys(check.path for check in checks if isinstance(check, FileCheck)))


def derive_request(quiz: QuizCell) -> Request | None:
    """What to ask before this question can be graded; None if nothing."""
    expressions = list(derived_expressions(quiz))
    return {"probe": "derive", "exprs": expressions} if expressions else None


def derived_from(report: Mapping[str, Any]) -> dict[str, object]:
    """`grade_quiz`'s `derived` from the report of `derive_request`: numbers by expression."""
    values = report.get("values")
    if not isinstance(values, Mapping):
        return {}
    found = {str(expression): _number(form) for expression, form in values.items()}
    return {expression: number for expression, number in found.items() if number is not None}


def _number(form: object) -> float | int | None:
    if not isinstance(form, Mapping) or kind_of(form) == "bool":
        return None
    return _single(form)


def _single(form: Form) -> float | int | None:
    numbers = numbers_of(form)
    if numbers is None or len(numbers.values) != 1:
        return None
    value = numbers.values[0]
    return None if isinstance(value, complex) else value

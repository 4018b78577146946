"""Reports and runs into verdicts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tui_tutor.core.course import Check
from tui_tutor.core.grading.canonical import as_expression, canonical_toml
from tui_tutor.core.grading.differing import Closeness, value_mismatch
from tui_tutor.core.grading.judging import (
    SAID_NOTHING,
    RunSummary,
    judge,
    report_from_interpreter,
    verdict_of,
)
from tui_tutor.core.grading.probing import derived_from, files_needed, probe_request
from tui_tutor.core.grading.verdict import Failure

CHECK: TypeAdapter[Check] = TypeAdapter(Check)
RAN = RunSummary("ok")

TOML = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
FORMS = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=4), st.just([1]), st.floats(allow_nan=False)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["k", "t", "v", "items", "fields", "shape", "values", "dtype"]), inner
        ),
        st.fixed_dictionaries(
            {"k": st.sampled_from(["seq", "map", "array", "object", "int", "set"]), "items": inner}
        ),
    ),
    max_leaves=8,
)


def a_check(kind: str, **fields: Any) -> Check:
    return CHECK.validate_python({"kind": kind, **fields})


def a_value(value: object) -> dict[str, Any]:
    return {"actual": canonical_toml(value)}


@given(TOML)
def test_a_value_equals_itself(value: object) -> None:
    assert value_mismatch(canonical_toml(value), canonical_toml(value)) is None


@given(TOML)
def test_a_toml_value_survives_as_an_expression(value: object) -> None:
    again = eval(as_expression(value))
    assert value_mismatch(canonical_toml(value), canonical_toml(again)) is None


@given(TOML, TOML)
def test_what_python_calls_different_never_passes(left: object, right: object) -> None:
    if left != right:
        same = value_mismatch(canonical_toml(left), canonical_toml(right)) is None
        assert not same or "nan" in repr(left)


@given(FORMS, st.sampled_from(["value", "close", "call", "property", "code", "raises"]))
def test_a_made_up_report_neither_passes_nor_breaks_anything(form: Any, kind: str) -> None:
    fields: dict[str, dict[str, Any]] = {
        "value": {"expr": "x", "equals": {"a": [1.5]}},
        "close": {"expr": "x", "to": [0.123]},
        "call": {"function": "f", "returns": {"a": [1.5]}},
        "property": {"holds": "x"},
        "code": {"code": "x"},
        "raises": {"expr": "x", "error": "KeyError"},
    }
    for report in ({"actual": form}, {"error": form}, {"raised": form}, {"example": form}, {"passed": form}):
        failure = judge(a_check(kind, **fields[kind]), report, RAN)
        assert failure is not None
        assert 1 <= len(failure.lines) <= 3


@pytest.mark.parametrize(
    "report", [None, {}, {"passed": 1}, {"passed": "true"}, {"passed": True, "error": {}}]
)
@pytest.mark.parametrize("kind", ["code", "property", "plot"])
def test_only_a_plain_true_passes(report: Any, kind: str) -> None:
    fields = {"code": {"code": "x"}, "property": {"holds": "x"}, "plot": {"viz": "v", "holds": "x"}}[kind]
    assert judge(a_check(kind, **fields), report, RAN) is not None


def test_a_check_that_said_nothing_has_failed() -> None:
    verdict = verdict_of([a_check("value", expr="x", equals=1)], [], RAN)
    assert verdict.failure == Failure("x has the right value", (SAID_NOTHING,))


def test_an_answer_that_does_not_run_fails_before_all_checks() -> None:
    run = RunSummary("error", error_name="NameError", error_message="name 'x' is not defined")
    verdict = verdict_of([a_check("stdout", text="")], [None], run)
    assert (verdict.score, verdict.passed, verdict.total) == (0.0, 0, 1)
    assert verdict.failure == Failure("the code runs to its end", ("NameError: name 'x' is not defined",))


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        ("timeout", "it did not end within its time limit"),
        ("interrupted", "it was stopped before its end"),
        ("died", "the program that ran it ended"),
    ],
)
def test_an_end_before_its_time_is_named(outcome: Any, line: str) -> None:
    assert verdict_of(
        [a_check("raises", error="ValueError")], [None], RunSummary(outcome)
    ).failure == Failure("the code runs to its end", (line,))


@pytest.mark.parametrize(
    ("error", "raised", "passes"),
    [
        ("ZeroDivisionError", "ZeroDivisionError", True),
        ("ArithmeticError", "ZeroDivisionError", True),
        ("ValueError", "ZeroDivisionError", False),
        ("MyError", "MyError", True),
    ],
)
def test_the_answer_itself_may_have_to_raise(error: str, raised: str, passes: bool) -> None:
    run = RunSummary("error", error_name=raised, error_message="m")
    assert verdict_of([a_check("raises", error=error)], [None], run).correct is passes


def test_names_come_before_shapes_before_values_before_style() -> None:
    close = {"k": "array", "t": "torch.Tensor", "dtype": "torch.float32", "shape": [1], "values": [0.0]}
    checks = [
        a_check("ast", id="style", must=["for"]),
        a_check("value", id="value", expr="x", equals=1),
        a_check("close", id="shape", expr="y", to=[1, 2]),
        a_check("value", id="name", expr="z", equals=1),
    ]
    lost = {"error": {"name": "NameError", "names": ["NameError"], "message": "name 'z' is not defined"}}
    reports = [None, a_value(2), {"actual": close}, lost]
    found = []
    while checks:
        failure = verdict_of(checks, reports, RAN).failure
        assert failure is not None
        place = [check.id for check in checks].index(failure.check_id)
        found.append(failure.check_id)
        del checks[place], reports[place]
    assert found == ["name", "shape", "value", "style"]


def test_all_passing_checks_are_counted_and_only_the_first_failing_one_is_shown() -> None:
    checks = [
        a_check("value", expr="a", equals=1),
        a_check("value", expr="b", equals=1, hint="b is a + 1"),
        a_check("stdout", text="x"),
    ]
    verdict = verdict_of(checks, [a_value(1), a_value(2), None], RAN)
    assert (verdict.correct, verdict.passed, verdict.total) == (False, 1, 3)
    assert verdict.failure == Failure("b has the right value", ("expected 1, found 2",), hint="b is a + 1")


def test_no_line_lets_a_control_character_through() -> None:
    failure = judge(a_check("value", expr="x", equals="a"), a_value("\x1b[2J\u202e" + "b" * 500), RAN)
    assert failure is not None
    assert all(line.isprintable() and len(line) <= 200 for line in failure.lines)


def test_the_note_of_a_shallow_copy_is_passed_on() -> None:
    verdict = verdict_of([a_check("code", code="x")], [{"passed": True, "note": "a shallow copy"}], RAN)
    assert (verdict.correct, verdict.note) == (True, "a shallow copy")


@pytest.mark.parametrize(
    ("fields", "text", "line"),
    [
        ({"exists": True}, "", None),
        ({"exists": True}, None, "there is no file out.txt yet"),
        ({"exists": False}, None, None),
        ({"exists": False}, "", "expected no file out.txt, found one"),
        ({"contains": "loss"}, "the loss", None),
        ({"contains": "loss"}, "the gain", "expected the text 'loss' in it, found none"),
        ({"matches": r"loss \d+"}, "the loss 12", None),
        ({"matches": r"(x+x+)+y"}, "x" * 100_000, "expected text like (x+x+)+y in it, found none"),
        (
            {"matches": r"(a)\1"},
            "aa",
            "the check could not look into the file: "
            "look-around, back-references and atomic groups are not possible here",
        ),
    ],
)
def test_files_are_looked_at(fields: dict[str, Any], text: str | None, line: str | None) -> None:
    failure = judge(
        a_check("file", path="out.txt", **fields), None, RunSummary("ok", files={"out.txt": text})
    )
    assert (failure.lines if failure else None) == ((line,) if line else None)


def test_a_commands_status_is_judged_even_if_it_is_not_zero() -> None:
    run = RunSummary("error", exit_status=2)
    assert verdict_of([a_check("status", **{"is": 2})], [None], run).correct
    assert verdict_of([a_check("status")], [None], run).failure == Failure(
        "the command ends with status 0", ("expected status 0, found status 2",)
    )


@pytest.mark.parametrize(
    ("status", "output", "lines"),
    [
        (0, "anything", None),
        (1, "Traceback ...\nAssertionError: no file", ("no file",)),
        (1, "ValueError: bad", ("it raised ValueError: bad",)),
        (3, "", ("it raised Error: the check ended with status 3",)),
    ],
)
def test_a_fresh_interpreter_reports_by_its_status(status: int, output: str, lines: Any) -> None:
    failure = judge(a_check("code", code="x"), report_from_interpreter(status, output), RAN)
    assert (failure.lines if failure else None) == lines


def test_checks_say_what_they_need() -> None:
    checks = [a_check("file", path="a", exists=True), a_check("plot", viz="v", holds="x"), a_check("ast")]
    assert files_needed(checks) == ("a",)
    assert [probe_request(check, seed=1, series=[{"x": [1]}]) for check in checks] == [
        None,
        {"probe": "plot", "holds": "x", "series": [{"x": [1]}]},
        None,
    ]


def test_derived_keys_are_finite_single_numbers() -> None:
    forms = {
        "a": canonical_toml(3),
        "b": canonical_toml(0.5),
        "c": canonical_toml(True),
        "d": canonical_toml("3"),
        "e": {"k": "array", "t": "torch.Tensor", "dtype": "torch.float32", "shape": [], "values": [2.5]},
        "f": canonical_toml([1, 2]),
    }
    assert derived_from({"values": forms}) == {"a": 3, "b": 0.5, "e": 2.5}


def test_a_call_is_near_where_a_value_must_be_equal() -> None:
    left, right = canonical_toml({"a": [0.3]}), canonical_toml({"a": [0.1 + 0.2]})
    assert value_mismatch(left, right, Closeness(1e-6, 1e-8)) is None
    assert value_mismatch(left, right) is not None

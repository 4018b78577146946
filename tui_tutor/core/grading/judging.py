"""The judging half of every check: the kernel's report and the run -> the first failure, in plain words."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, assert_never, get_args

from tui_tutor.core.course import (
    AstCheck,
    CallCheck,
    Check,
    CloseCheck,
    CodeCheck,
    FileCheck,
    PlotCheck,
    PropertyCheck,
    RaisesCheck,
    StatusCheck,
    StdoutCheck,
    ValueCheck,
)
from tui_tutor.core.execution import Outcome
from tui_tutor.core.grading.canonical import Form, canonical_toml, kind_of, words_of
from tui_tutor.core.grading.comparing import same_output
from tui_tutor.core.grading.differing import (
    MAX_LINES,
    Closeness,
    Mismatch,
    Stage,
    close_mismatch,
    value_mismatch,
)
from tui_tutor.core.grading.patterns import PatternRefusedError, occurs_in
from tui_tutor.core.grading.syntax import broken_rule
from tui_tutor.core.grading.verdict import Failure, Verdict
from tui_tutor.core.safe_text import safe_line

Report = Mapping[str, Any]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
MAX_LINE: Final = 200
SAID_NOTHING: Final = "the check said nothing, so it does not count as passed"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What running the answer gave. `files`: texts of the files that checks name, None if absent.

    `error_line` (from 1) is for runs whose error is shown nowhere else.
    """

    outcome: Outcome
    stdout: str = ""
    error_name: str = ""
    error_message: str = ""
    source: str = ""
    exit_status: int | None = None
    files: Mapping[str, str | None] = field(default_factory=dict)
    error_line: int | None = None


def _stage_of(check: Check) -> Stage:
    if isinstance(check, StatusCheck) or (isinstance(check, RaisesCheck) and not check.expr):
        return "runs"
    return "style" if isinstance(check, AstCheck) else "values"


def judge(check: Check, report: Report | None, run: RunSummary) -> Failure | None:
    """None if the check passes. `report` is the kernel's, None for a check that asks it nothing."""
    mismatch = mismatch_of(check, report, run)
    return None if mismatch is None else _failure(check, mismatch)


def _failure(check: Check, mismatch: Mismatch) -> Failure:
    lines = tuple(safe_line(line, limit=MAX_LINE) for line in mismatch.lines[:MAX_LINES])
    return Failure(check.says or _default_says(check), lines, hint=check.hint, check_id=check.id or "")


def _default_says(check: Check) -> str:
    match check:
        case ValueCheck() | CloseCheck():
            return f"{check.expr} has the right value"
        case CallCheck():
            return f"{check.function} returns the right value"
        case StdoutCheck():
            return "the output is as expected"
        case RaisesCheck():
            return f"{check.expr or 'the code'} raises {check.error}"
        case AstCheck():
            return "the code is written as asked"
        case PlotCheck():
            return "the plot shows what is asked"
        case FileCheck():
            return f"the file {check.path} is as asked"
        case StatusCheck():
            return f"the command ends with status {check.expected}"
        case PropertyCheck():
            return f"{check.holds} holds"
        case CodeCheck():
            return "the answer does what is asked"
        case _:
            assert_never(check)


def mismatch_of(check: Check, report: Report | None, run: RunSummary) -> Mismatch | None:
    """How the answer misses a check, with the stage it fails at; None if it passes."""
    match check:
        case StdoutCheck():
            difference = same_output(check.text, run.stdout, tolerance=check.tolerance)
            return Mismatch("values", difference.sentences()) if difference else None
        case AstCheck():
            sentence = broken_rule(check, run.source)
            return Mismatch("style", (sentence,)) if sentence else None
        case FileCheck():
            return _judge_file(check, run)
        case StatusCheck():
            return _judge_status(check, run)
        case RaisesCheck() if not check.expr:
            return _judge_raised(check.error, _run_error(run), "the code")
        case _:
            return _judge_reported(check, report)


_Reported = ValueCheck | CloseCheck | CallCheck | RaisesCheck | PropertyCheck | PlotCheck | CodeCheck


def _judge_reported(check: _Reported, report: Report | None) -> Mismatch | None:
    if report is None:
        return Mismatch("values", (SAID_NOTHING,))
    if "author_error" in report:
        return _broken_check(report)
    match check:
        case ValueCheck():
            return _judge_value(check, report)
        case CloseCheck():
            return _judge_close(check, report)
        case CallCheck():
            return _judge_call(check, report)
        case RaisesCheck():
            return _judge_raises(check, report)
        case PropertyCheck():
            return _judge_property(report)
        case PlotCheck() | CodeCheck():
            return _judge_passed(report)
        case _:
            assert_never(check)


# --- runs -------------------------------------------------------------------------------------------


def run_failure(checks: Sequence[Check], run: RunSummary) -> Failure | None:
    """Why the answer did not run to its end, where no check is about just that."""
    says = "the code runs to its end"
    match run.outcome:
        case "ok":
            return None
        case "timeout":
            return Failure(says, ("it did not end within its time limit",))
        case "interrupted":
            return Failure(says, ("it was stopped before its end",))
        case "died":
            return Failure(says, ("the program that ran it ended",))
        case "error":
            if any(_stage_of(check) == "runs" for check in checks):
                return None
            return Failure(says, (_run_words(run),))
        case _:
            assert_never(run.outcome)


def _run_words(run: RunSummary) -> str:
    if run.error_name:
        place = f" in line {run.error_line}" if run.error_line else ""
        return safe_line(f"{run.error_name}{place}: {run.error_message}".rstrip(": "), limit=MAX_LINE)
    return f"it ended with status {run.exit_status}" if run.exit_status is not None else "it failed"


def _run_error(run: RunSummary) -> Report | None:
    if run.outcome != "error":
        return None
    return {"name": run.error_name, "names": _lineage(run.error_name), "message": run.error_message}


def _lineage(name: str) -> list[str]:
    """A builtin error's classes, by name; for others the name alone."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, BaseException):
        return [base.__name__ for base in kind.__mro__]
    return [name]


def _judge_status(check: StatusCheck, run: RunSummary) -> Mismatch | None:
    if run.exit_status == check.expected:
        return None
    found = "no status" if run.exit_status is None else f"status {run.exit_status}"
    return Mismatch("runs", (f"expected status {check.expected}, found {found}",))


# --- files ------------------------------------------------------------------------------------------


def _judge_file(check: FileCheck, run: RunSummary) -> Mismatch | None:
    text = run.files.get(check.path)
    if check.exists is False:
        return None if text is None else Mismatch("values", (f"expected no file {check.path}, found one",))
    if text is None:
        return Mismatch("names", (f"there is no file {check.path} yet",))
    if check.contains is not None and check.contains not in text:
        return Mismatch("values", (f"expected the text {check.contains!r} in it, found none",))
    if check.matches is not None:
        return _judge_pattern(check.matches, text)
    return None


def _judge_pattern(pattern: str, text: str) -> Mismatch | None:
    try:
        found = occurs_in(pattern, text)
    except PatternRefusedError as problem:
        return Mismatch("values", (f"the check could not look into the file: {problem}",))
    return None if found else Mismatch("values", (f"expected text like {pattern} in it, found none",))


# --- values -----------------------------------------------------------------------------------------


def _form(report: Report, name: str) -> Form | None:
    form = report.get(name)
    return form if isinstance(form, Mapping) else None


def _judge_value(check: ValueCheck, report: Report) -> Mismatch | None:
    actual = _form(report, "actual")
    if actual is None:
        return _failed(report)
    expected = _form(report, "expected") if check.equals_py else canonical_toml(check.equals)
    return _broken_check(report) if expected is None else value_mismatch(expected, actual)


def _judge_close(check: CloseCheck, report: Report) -> Mismatch | None:
    actual = _form(report, "actual")
    if actual is None:
        return _failed(report)
    expected = _form(report, "expected") if check.to_py else canonical_toml(check.to)
    if expected is None:
        return _broken_check(report)
    closeness = Closeness(check.rtol, check.atol)
    return close_mismatch(expected, actual, closeness, is_typed=bool(check.to_py))


def _judge_call(check: CallCheck, report: Report) -> Mismatch | None:
    if "missing" in report:
        return Mismatch("names", (f"there is no {check.function} yet",))
    value = _form(report, "not_callable")
    if value is not None:
        return Mismatch("names", (f"{check.function} is {words_of(value)}, which is no function",))
    call = _call_words(check, report)
    actual = _form(report, "actual")
    if actual is None:
        return _failed_call(call, report)
    expected = _form(report, "expected") if check.returns_py else canonical_toml(check.returns)
    if expected is None:
        return _broken_check(report)
    mismatch = value_mismatch(expected, actual, Closeness(check.rtol, check.atol))
    return None if mismatch is None else _of_call(call, mismatch, expected, actual)


def _of_call(call: str, mismatch: Mismatch, expected: Form, actual: Form) -> Mismatch:
    lines = (f"{call}: {mismatch.lines[0]}", *mismatch.lines[1:])
    if kind_of(actual) == "none" and kind_of(expected) != "none":
        lines = (*lines, "a function without return gives None")
    return Mismatch(mismatch.stage, lines)


def _call_words(check: CallCheck, report: Report) -> str:
    call = report.get("call")
    if not isinstance(call, Mapping):
        return check.function
    args = [words_of(form, limit=30) for form in call.get("args", ()) if isinstance(form, Mapping)]
    args += [f"{name}={words_of(form, limit=30)}" for name, form in call.get("kwargs", ())]
    words = f"{check.function}({', '.join(args)})"
    return words if len(words) <= 80 else f"{words[:78]}…)"


def _failed_call(call: str, report: Report) -> Mismatch:
    error = report.get("error")
    if not isinstance(error, Mapping) or _is_ours(error):
        return _failed(report)
    if error.get("is_misfit"):
        return Mismatch("names", (f"{call} does not fit: {error.get('message', '')}",))
    return Mismatch("values", (f"{call} raised {_error_words(error)}",))


# --- errors -----------------------------------------------------------------------------------------

# What the kernel's plumbing says of a copy that could not answer.
_OURS: Final = {
    "Timeout": "it did not end within its time limit",
    "OutOfTime": "it did not end within its time limit",
    "TooLarge": "the value is too large to be compared",
    "Died": "the code ended the copy it was checked in",
    "Missing": "this kernel cannot check answers",
}


def _is_ours(error: Mapping[str, Any]) -> bool:
    return error.get("name") in _OURS and "names" not in error


def _error_words(error: Mapping[str, Any]) -> str:
    return f"{error.get('name', 'an error')}: {error.get('message', '')}".rstrip(": ")


def _failed(report: Report) -> Mismatch:
    """The answer's value could not be had at all."""
    error = report.get("error")
    if not isinstance(error, Mapping):
        return Mismatch("values", (SAID_NOTHING,))
    name = str(error.get("name", ""))
    if name in _OURS and ("names" not in error or name == "OutOfTime"):
        return Mismatch("values", (_OURS[name],))
    if name == "NameError":
        return Mismatch("names", (f"{error.get('message', '')}, so there is nothing to check yet",))
    return Mismatch("values", (f"it raised {_error_words(error)}",))


def _broken_check(report: Report) -> Mismatch:
    """The author's own part failed: it may need a name that the answer was to make."""
    error = report.get("author_error")
    if not isinstance(error, Mapping):
        return Mismatch("values", (SAID_NOTHING,))
    if error.get("name") == "NameError":
        return Mismatch("names", (f"{error.get('message', '')}, and the check needs it",))
    return Mismatch("values", (f"the check itself failed: {_error_words(error)}",))


def _judge_raises(check: RaisesCheck, report: Report) -> Mismatch | None:
    raised = report.get("raised")
    if not isinstance(raised, Mapping) and "error" in report:
        return _failed(report)
    return _judge_raised(check.error, raised if isinstance(raised, Mapping) else None, check.expr)


def _judge_raised(error: str, raised: Report | None, what: str) -> Mismatch | None:
    if raised is None:
        return Mismatch("values", (f"expected {error}, but {safe_line(what, limit=60)} raised nothing",))
    names = raised.get("names")
    if isinstance(names, Sequence) and any(_is_error(error, str(name)) for name in names):
        return None
    return Mismatch("values", (f"expected {error}, found {_error_words(raised)}",))


def _is_error(wanted: str, name: str) -> bool:
    """Whether a class's full name is the one meant; a class of the learner's cannot pose as a builtin."""
    if name == wanted:
        return True
    return not hasattr(builtins, wanted) and name.endswith("." + wanted)


# --- judged inside ----------------------------------------------------------------------------------


def _judge_passed(report: Report) -> Mismatch | None:
    if report.get("passed") is True and "error" not in report:
        return None
    error = report.get("error")
    if not isinstance(error, Mapping):
        return Mismatch("values", ("it does not hold yet",) if "passed" in report else (SAID_NOTHING,))
    if "AssertionError" not in error.get("names", (error.get("name"),)):
        return _failed(report)
    if error.get("message"):
        return Mismatch("values", tuple(str(error["message"]).splitlines()))
    line = str(error.get("line", "")).removeprefix("assert ")
    return Mismatch("values", (f"this does not hold: {line}",) if line else ("it does not hold yet",))


def _judge_property(report: Report) -> Mismatch | None:
    if report.get("passed") is True and "error" not in report:
        return None
    if report.get("passed") is not False:
        return _failed(report)
    drawn = [pair for pair in report.get("example", ()) if isinstance(pair, list) and len(pair) == 2]
    words = ", ".join(f"{name} = {words_of(form, limit=40)}" for name, form in drawn)
    where = f"for {words}" if words else "once it was tried"
    error = report.get("error")
    if not isinstance(error, Mapping):
        return Mismatch("values", (f"it does not hold {where}",))
    stage: Stage = "names" if error.get("name") == "NameError" else "values"
    return Mismatch(stage, (f"{where}: {_error_words(error)}",))


# --- verdict ----------------------------------------------------------------------------------------


def verdict_of(checks: Sequence[Check], reports: Sequence[Report | None], run: RunSummary) -> Verdict:
    """The verdict of all checks; `reports` in the order of `checks`, missing ones have failed.

    What is shown first: runs, names, shapes, values, style; else in the author's order.
    """
    failed = run_failure(checks, run)
    if failed is not None:
        return Verdict(False, 0.0, 0, len(checks), failed)
    padded = (*reports, *[None] * len(checks))[: len(checks)]
    mismatches = [mismatch_of(check, report, run) for check, report in zip(checks, padded, strict=True)]
    passed = mismatches.count(None)
    failures = [(check, mismatch) for check, mismatch in zip(checks, mismatches, strict=True) if mismatch]
    first = min(failures, key=lambda pair: STAGES.index(pair[1].stage), default=None)
    score = passed / len(checks) if checks else 1.0
    failure = None if first is None else _failure(*first)
    return Verdict(failure is None, score, passed, len(checks), failure, note=_note_of(padded))


def _note_of(reports: Sequence[Report | None]) -> str:
    notes = [report["note"] for report in reports if report and isinstance(report.get("note"), str)]
    return safe_line(notes[0], limit=MAX_LINE) if notes else ""


def report_from_interpreter(status: int, output: str) -> Report:
    """The report of a `code` check that ran in a fresh interpreter: its status and what it printed."""
    if status == 0:
        return {"passed": True}
    lines = [line for line in output.strip().splitlines() if line.strip()]
    name, _, message = (lines[-1] if lines else "").partition(":")
    if not name.replace(".", "").isidentifier():
        name, message = "Error", f"the check ended with status {status}"
    return {"error": {"name": name, "names": _lineage(name), "message": message.strip()}}

"""One verdict on a cell from its three runs: what differs between them, and what any of them found wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.course import Cell, CodeCell, Lesson, ShellCell
from tui_tutor.core.grading.comparing import same_output
from tui_tutor.proof.reports import CellReport, ExerciseReport, LessonReport, Outcome, Problem

_GRAVITY: Final[Sequence[Outcome]] = ("died", "timeout", "error", "unstable", "ok", "skipped")
_RUN_WORDS: Final = {0: "in the whole course", 1: "alone", 2: "alone, once more"}
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{6,}")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
ALONE_HELP: Final = "a lesson must work alone: bind what it needs in the lesson, or in its setup"


@dataclass(frozen=True, slots=True)
class ProvenCell:
    """One cell over all runs; `recorded` is its report in the whole course."""

    cell: Cell
    outcome: Outcome
    recorded: CellReport
    solution_passes: bool
    runs: int
    exercise: ExerciseReport | None
    problems: tuple[Problem, ...]

    @property
    def cell_is_unstable(self) -> bool:
        """Whether the author says that its output is not the same each time."""
        return isinstance(self.cell, CodeCell | ShellCell) and self.cell.unstable


def proven_cells(lesson: Lesson, runs: Mapping[int, LessonReport]) -> tuple[ProvenCell, ...]:
    """What to say of each cell of a lesson, in order."""
    exercises = {one.cell: one for report in runs.values() for one in report.exercises}
    by_run = {run: {one.cell: one for one in report.cells} for run, report in runs.items()}
    return tuple(
        _proven(cell, {run: found[cell.id] for run, found in by_run.items()}, exercises.get(cell.id))
        for cell in lesson.cells
        if all(cell.id in found for found in by_run.values())
    )


def _proven(cell: Cell, runs: Mapping[int, CellReport], exercise: ExerciseReport | None) -> ProvenCell:
    problems = tuple(_said_once(runs))
    outcome = min((one.outcome for one in runs.values()), key=_GRAVITY.index)
    passes = all(one.outcome == "ok" for one in runs.values())
    if not problems and (unstable := _differing(cell, runs)):
        problems, outcome = (unstable,), "unstable"
    return ProvenCell(cell, outcome, runs[min(runs)], passes, len(runs), exercise, problems)


def _said_once(runs: Mapping[int, CellReport]) -> Iterator[Problem]:
    """Each problem once, and where it was found if not in every run that could find it."""
    seen: dict[tuple[str, tuple[str | int, ...], str], list[int]] = {}
    first: dict[tuple[str, tuple[str | int, ...], str], Problem] = {}
    for run, report in sorted(runs.items()):
        for problem in report.problems:
            key = (problem.code, problem.at, "" if problem.at in ((), ("output",)) else problem.message)
            seen.setdefault(key, []).append(run)
            first.setdefault(key, problem)
    for key, problem in first.items():
        yield _placed(problem, seen[key], runs)


def _placed(problem: Problem, found_in: Sequence[int], runs: Mapping[int, CellReport]) -> Problem:
    examined = problem.code in _OF_EXAMINATION
    if examined or len(found_in) == len(runs):
        return problem
    words = "; ".join(_RUN_WORDS[run] for run in found_in if run != 2) or _RUN_WORDS[2]
    help = problem.help if 0 in found_in else ALONE_HELP
    return Problem(
        problem.code,
        problem.cell,
        f"{problem.message} ({words})",
        help or "",
        problem.severity,
        problem.at,
    )


_OF_EXAMINATION: Final = {
    "starter-passes",
    "starter-dies",
    "wrong-passes",
    "wrong-elsewhere",
    "right-fails",
    "hint-solves",
    "rewrite-fails",
    "mutant-survives",
    "mutation-score",
    "mutants-untried",
}


def _differing(cell: Cell, runs: Mapping[int, CellReport]) -> Problem | None:
    """What a cell prints must be the same each time, unless it says that it is not or what may differ."""
    if not isinstance(cell, CodeCell | ShellCell) or cell.unstable or cell.output is not None:
        return None
    texts = {run: one.text for run, one in sorted(runs.items()) if one.text is not None}
    if len(texts) < len(runs):
        return None
    (first, wanted), *others = texts.items()
    for run, text in others:
        literal = wanted.replace("...", "\u2026")  # here nothing stands for any text
        difference = same_output(literal, text.replace("...", "\u2026"), tolerance=cell.tolerance)
        if difference is not None:
            here, there = _first_lines(wanted, text)
            message = (
                f"its output is not always the same: {here!r} {_RUN_WORDS[first]}, "
                f"{there!r} {_RUN_WORDS[run]}{_reason(here, there)}"
            )
            help = (
                "seed what is random, sort what has no order, give `output` with ..., or say unstable = true"
            )
            return Problem("output-unstable", cell.id, message, help)
    return None


def _first_lines(left: str, right: str) -> tuple[str, str]:
    """The first lines that differ, shortened around their first difference."""
    for one, other in zip(_padded(left, right), _padded(right, left), strict=True):
        if one.rstrip() != other.rstrip():
            start = next(
                (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                min(len(one), len(other)),
            )
            return _around(one, start), _around(other, start)
    return _around(left, 0), _around(right, 0)


def _padded(text: str, other: str) -> list[str]:
    lines = text.split("\n")
    return lines + [""] * max(0, other.count("\n") - text.count("\n"))


def _around(line: str, start: int) -> str:
    begin = max(0, start - 20)
    return (
        ("\u2026" if begin else "") + line[begin : begin + 50] + ("\u2026" if len(line) > begin + 50 else "")
    )


def _reason(left: str, right: str) -> str:
    if _ADDRESS.sub("", left) == _ADDRESS.sub("", right):
        return " (a memory address)"
    if _NUMBER.sub("", left) == _NUMBER.sub("", right):
        return " (a number: a time, or chance without a seed)"
    if sorted(left) == sorted(right):
        return " (an order: sets have none)"
    return ""

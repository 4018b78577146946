"""What running a lesson showed, as values that a cache on this machine can keep as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from tui_tutor.core.diagnostic import Severity

Outcome = Literal["ok", "error", "timeout", "died", "unstable", "skipped"]


def percent(part: float) -> str:
    """Rounded down: 99.6 % is not all."""
    return f"{int(100 * part + 1e-9)} %"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as its author says; `at` is the place inside the cell, such as ("wrong", 0)."""

    code: str
    cell: str
    message: str
    help: str = ""
    severity: Severity = "error"
    at: tuple[str | int, ...] = ()
    overlay: str = ""  # the level or language it was found at; "" for the base


@dataclass(frozen=True, slots=True)
class CellReport:
    """One cell in one run. `entry` goes into the lock; `text` is what a learner would see."""

    cell: str
    kind: str
    outcome: Outcome
    ms: float = 0.0
    entry: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of several samples did what they should, and the others in words."""

    ok: int = 0
    total: int = 0
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that every check lets pass; `line` counts from 1 in the solution, `diff` is a unified one."""

    line: int
    what: str
    diff: str


@dataclass(frozen=True, slots=True)
class Retold:
    """An exercise under one overlay: its own starter and hints, tried where the base's were."""

    overlay: str
    starter_fails: bool
    solution_passes: bool
    hints: Tally = Tally()


@dataclass(frozen=True, slots=True)
class ExerciseReport:
    """What the attempts on one exercise showed. `told`: what a learner is told for each wrong sample."""

    cell: str
    starter_fails: bool | None = None
    told: tuple[tuple[str, ...], ...] = ()
    wrong: Tally = Tally()
    right: Tally = Tally()
    rewrites: Tally = Tally()
    hints: Tally = Tally()
    killed: int = 0
    mutants: int = 0
    free: int = 0
    survivors: tuple[Survivor, ...] = ()
    note: str = ""
    problems: tuple[Problem, ...] = ()
    retold: tuple[Retold, ...] = ()

    @property
    def score(self) -> float:
        """The part of the mutants that a check caught; 1 where there are none."""
        return self.killed / self.mutants if self.mutants else 1.0


@dataclass(frozen=True, slots=True)
class LessonReport:
    """One run of one lesson."""

    cells: tuple[CellReport, ...] = ()
    exercises: tuple[ExerciseReport, ...] = ()


def as_json(report: LessonReport) -> dict[str, Any]:
    """What `lesson_report_from` reads back."""
    return asdict(report)


def lesson_report_from(value: Mapping[str, Any]) -> LessonReport:
    """The report that `as_json` gave; KeyError or TypeError where it is something else."""
    cells = tuple(CellReport(**{**cell, "problems": _problems(cell["problems"])}) for cell in value["cells"])
    return LessonReport(cells, tuple(_exercise(one) for one in value["exercises"]))


def _problems(values: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    return tuple(Problem(**{**value, "at": tuple(value["at"])}) for value in values)


def _exercise(value: Mapping[str, Any]) -> ExerciseReport:
    tallies = {name: _tally(value[name]) for name in ("wrong", "right", "rewrites", "hints")}
    return ExerciseReport(
        **{
            **value,
            **tallies,
            "told": tuple(tuple(lines) for lines in value["told"]),
            "survivors": tuple(Survivor(**one) for one in value["survivors"]),
            "problems": _problems(value["problems"]),
            "retold": tuple(_retold(one) for one in value.get("retold", ())),
        }
    )


def _retold(value: Mapping[str, Any]) -> Retold:
    return Retold(**{**value, "hints": _tally(value["hints"])})


def _tally(value: Mapping[str, Any]) -> Tally:
    return Tally(value["ok"], value["total"], tuple(value["failed"]))

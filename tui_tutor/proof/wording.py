"""The report of a proof in words: a line for each lesson and exercise, and the summary for a README."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tui_tutor.core.course import ExerciseCell
from tui_tutor.proof.comparing import ProvenCell
from tui_tutor.proof.reports import ExerciseReport, Retold, Tally, percent

Proven = Mapping[str, Sequence[ProvenCell]]


def lesson_lines(lesson: str, cells: Sequence[ProvenCell]) -> Iterator[str]:
    """One line for the lesson, and one for each exercise."""
    ran = [one for one in cells if one.outcome != "skipped"]
    unstable = sum(one.cell_is_unstable for one in cells)
    bad = sum(any(problem.severity == "error" for problem in one.problems) for one in cells)
    words = [f"{len(ran)} of {len(cells)} cells run"]
    words += [f"{unstable} unstable"] if unstable else []
    words += [f"{bad} not as expected" if bad else "all as expected"]
    yield f"{'✘' if bad else '✔'} {lesson}  {' · '.join(words)}"
    for one in cells:
        if one.exercise is not None:
            yield f"    ex {one.cell.id}  {exercise_words(one)}"


def exercise_words(proven: ProvenCell) -> str:
    """`solution ✔ 3/3 · starter fails · wrong 1/1 · rewrites 4/4 · mutants 14/15 killed (93 %)`."""
    exercise = proven.exercise
    assert exercise is not None
    if not isinstance(proven.cell, ExerciseCell) or not proven.cell.check:
        return "nothing is checked"
    passed = "✔" if proven.solution_passes else "✘"
    words = [f"solution {passed} {proven.runs if proven.solution_passes else 0}/{proven.runs}"]
    words.append("starter fails" if exercise.starter_fails else "starter passes ✘")
    words += [f"{one.overlay} {'✔' if _is_sound(one) else '✘'}" for one in exercise.retold]
    names = (("wrong", exercise.wrong), ("right", exercise.right), ("rewrites", exercise.rewrites))
    words += [f"{name} {tally.ok}/{tally.total}" for name, tally in names if tally.total]
    if exercise.mutants:
        words.append(f"mutants {exercise.killed}/{exercise.mutants} killed ({percent(exercise.score)})")
    words += [exercise.note] if exercise.note else []
    return " · ".join(words)


def _is_sound(one: Retold) -> bool:
    return one.starter_fails and one.solution_passes and one.hints.ok == one.hints.total


def survivor_lines(lesson: str, cells: Sequence[ProvenCell]) -> Iterator[str]:
    """Every mutant that no check caught, as a difference from the solution."""
    for one in cells:
        for survivor in one.exercise.survivors if one.exercise is not None else ():
            yield f"survivor  {lesson}/{one.cell.id} line {survivor.line}: {survivor.what}"
            yield from (f"    {line}" for line in survivor.diff.splitlines()[2:])


def summary(proven: Proven, *, version: str, on: date) -> str:
    """One line that an instructor can put in a README."""
    cells = [one for found in proven.values() for one in found]
    ran = sum(one.outcome != "skipped" for one in cells)
    runs = max((one.runs for one in cells), default=0)
    exercises = [one.exercise for one in cells if one.exercise is not None]
    words = [f"{ran} cells run {runs} times"]
    if exercises:
        words.append(f"{len(exercises)} exercise{'s' if len(exercises) > 1 else ''}")
    words += _shares(exercises)
    return f"Verified {on.isoformat()} by tui-tutor {version}: {', '.join(words)}."


def _shares(exercises: Sequence[ExerciseReport]) -> list[str]:
    killed, mutants = sum(one.killed for one in exercises), sum(one.mutants for one in exercises)
    rewrites = added(one.rewrites for one in exercises)
    words = [f"{killed}/{mutants} mutants caught ({percent(killed / mutants)})"] if mutants else []
    return [*words, *([f"{rewrites.ok}/{rewrites.total} rewrites accepted"] if rewrites.total else [])]


def added(tallies: Iterable[Tally]) -> Tally:
    """Several tallies as one."""
    found = list(tallies)
    failed = tuple(words for one in found for words in one.failed)
    return Tally(sum(one.ok for one in found), sum(one.total for one in found), failed)


# --- JSON -------------------------------------------------------------------------------------------


def cells_as_json(proven: Proven) -> list[dict[str, Any]]:
    """`cells` of `verify --json`."""
    return [
        {
            "lesson": lesson,
            "cell": one.cell.id,
            "kind": one.cell.kind,
            "outcome": one.outcome,
            "ms": round(one.recorded.ms, 1),
        }
        for lesson, cells in proven.items()
        for one in cells
    ]


def exercises_as_json(proven: Proven) -> list[dict[str, Any]]:
    """`exercises` of `verify --json`; `starter`: it fails, as it should."""
    return [
        {"lesson": lesson, "cell": one.cell.id, **_exercise(one, one.exercise)}
        for lesson, cells in proven.items()
        for one in cells
        if one.exercise is not None
    ]


def _exercise(proven: ProvenCell, exercise: ExerciseReport) -> dict[str, Any]:
    survivors = [{"line": one.line, "what": one.what, "diff": one.diff} for one in exercise.survivors]
    return {
        "solution": proven.solution_passes,
        "starter": bool(exercise.starter_fails),
        "wrong": _tally(exercise.wrong),
        "right": _tally(exercise.right),
        "rewrites": _tally(exercise.rewrites),
        "mutants": {
            "killed": exercise.killed,
            "total": exercise.mutants,
            "free": exercise.free,
            "survivors": survivors,
        },
        "told": {
            one.overlay: {
                "starter": one.starter_fails,
                "solution": one.solution_passes,
                "hints": _tally(one.hints),
            }
            for one in exercise.retold
        },
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {"ok": tally.ok, "total": tally.total, "failed": tally.total - tally.ok}

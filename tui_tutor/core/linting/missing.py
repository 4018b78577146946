"""Warnings for what a course can do without and its learners cannot: objectives, feedback, alt texts ..."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell, Option
from tui_tutor.core.linting.doubt import Doubt, Path

_FREE: Final = re.compile(r"#\s*free\s*$")


def doubts_of_course(raw: Mapping[str, Any]) -> Iterator[Doubt]:
    """What course.toml leaves open."""
    if "license" not in raw:
        help = 'say how others may use it: license = "CC-BY-4.0"'
        yield Doubt("license-missing", "the course has no license", (), help)
    for index, asset in enumerate(raw.get("asset", ()) if isinstance(raw.get("asset"), list) else ()):
        if isinstance(asset, dict) and "license" not in asset:
            message = f"{asset.get('path', 'the asset')} has no license"
            yield Doubt("license-missing", message, ("asset", index), "say whose it is: license and source")


def doubts_of_lesson(raw: Mapping[str, Any]) -> Iterator[Doubt]:
    """What a lesson's header leaves open."""
    if raw.get("draft") is True:
        yield Doubt(
            "draft-lesson", "the lesson is a draft and cannot be opened", ("draft",), "write its cells"
        )
    for name, help in _WANTED_OF_LESSON.items():
        if name not in raw:
            yield Doubt(f"{name}-missing", f"the lesson has no `{name}`", (), help)


_WANTED_OF_LESSON: Final = {
    "objective": "say what the learner can do afterwards, beginning with a verb",
    "bloom": "one of remember, understand, apply, analyse, evaluate, create",
    "minutes": "say how long it takes: minutes = 15",
}


def doubts_of_cell(cell: Cell, path: Path) -> Iterator[Doubt]:
    """What a cell leaves open."""
    if cell.params is not None:
        help = "write the values into the question until parameters are drawn"
        yield Doubt("params-not-drawn", "parameters are read but not drawn yet", path, help)
    match cell:
        case models.VizCell() if not cell.alt:
            help = "say in words what the plot shows: learners who cannot see it read this"
            yield Doubt("alt-missing", "the plot has no `alt`", path, help)
        case models.ExerciseCell():
            yield from _doubts_of_exercise(cell, path)
        case models.ShellCell():
            yield from _silent_checks(cell.check, path)
        case models.QuizBase():
            yield from _doubts_of_quiz(cell, path)
        case _:
            pass


def _doubts_of_exercise(cell: models.ExerciseCell, path: Path) -> Iterator[Doubt]:
    has_solution = cell.solution or any(file.solution for file in cell.file)
    if not has_solution:
        help = "give one: `verify` proves with it that the exercise can be solved"
        yield Doubt("solution-missing", "the exercise has no `solution`", path, help)
    if not cell.check:
        help = "without a [[cell.check]] any answer passes"
        yield Doubt("check-missing", "the exercise has no check", path, help)
    if not cell.explain:
        yield _no_explanation(path)
    if _is_mostly_free(cell.solution):
        message = "more than half of the solution's lines are free"
        help = "lines that end in `# free` are not proven; mark only those that may be anything"
        yield Doubt("half-free", message, (*path, "solution"), help)
    yield from _silent_checks(cell.check, path)


def _is_mostly_free(solution: str) -> bool:
    lines = [line for line in solution.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return 2 * sum(bool(_FREE.search(line)) for line in lines) > len(lines)


def _silent_checks(checks: Sequence[models.Check], path: Path) -> Iterator[Doubt]:
    for index, check in enumerate(checks):
        if not check.says:
            help = "say in plain words what is checked: learners read it"
            yield Doubt("says-missing", "the check has no `says`", (*path, "check", index), help)


def _doubts_of_quiz(cell: models.QuizBase, path: Path) -> Iterator[Doubt]:
    if not cell.explain and not isinstance(cell, models.ReflectQuiz):
        yield _no_explanation(path)
    if isinstance(cell, models.ChoiceQuiz):
        yield from _silent_options(cell.option, path)
    if isinstance(cell, models.ClozeQuiz):
        for index, blank in enumerate(cell.blank):
            if isinstance(blank, models.ChoiceBlank):
                yield from _silent_options(blank.option, (*path, "blank", index))


def _silent_options(options: Sequence[Option], path: Path) -> Iterator[Doubt]:
    for index, option in enumerate(options):
        if not option.feedback:
            help = "say why it is right or wrong: that is where learners learn"
            yield Doubt("feedback-missing", "the option has no `feedback`", (*path, "option", index), help)


def _no_explanation(path: Path) -> Doubt:
    return Doubt("explain-missing", "the cell has no `explain`", path, "say why the answer is right")

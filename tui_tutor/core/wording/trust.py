"""What a learner should know before code of a course runs for the first time."""

from __future__ import annotations

from collections import Counter

from tui_tutor.core.confinement import Confinement
from tui_tutor.core.course import ExerciseCell, OrderQuiz, ShellCell
from tui_tutor.core.ports import OpenCourse
from tui_tutor.core.study.state import is_runnable

MOST_READ = 60
MOST_NAMED = 20


def counts(opened: OpenCourse) -> str:
    """`12 cells of code, 3 shell commands` of the whole course; a very long one is not read through."""
    if len(opened.course.lessons) > MOST_READ:
        return f"code of {len(opened.course.lessons)} lessons"
    kinds: Counter[str] = Counter()
    for lesson_id in opened.course.lessons:
        lesson = opened.lesson(lesson_id).lesson
        for cell in lesson.cells if lesson is not None else ():
            if isinstance(cell, ShellCell) or (isinstance(cell, ExerciseCell) and cell.language == "sh"):
                kinds["command"] += 1
            elif is_runnable(cell) or (isinstance(cell, OrderQuiz) and cell.check):
                kinds["cell of code"] += 1
    cells, commands = kinds["cell of code"], kinds["command"]
    return f"{cells} {'cell' if cells == 1 else 'cells'} of code, {commands} shell {_plural(commands)}"


def signature(opened: OpenCourse) -> str:
    """Who signed a course, if its files are still those that were signed; only installed ones can be."""
    origin = opened.entry.origin
    if origin is None or not origin.signer:
        return "not signed"
    if origin.tree_hash != opened.source_hash():
        return "not signed as it is now: files changed since it was installed"
    return f"signed by {origin.signer}"


def _plural(count: int) -> str:
    return "command" if count == 1 else "commands"


def trust_facts(opened: OpenCourse, confinement: Confinement | None = None) -> tuple[tuple[str, str], ...]:
    """(label, text) pairs: the course, its makers and place, what it runs and asks for, what is doubtful."""
    course, trust = opened.course, opened.trust()
    facts = [
        ("course", f"{course.title} {course.version}"),
        ("made by", ", ".join(course.authors) or "nobody is named"),
        ("from", opened.entry.origin.source if opened.entry.origin else opened.entry.path),
        ("runs", counts(opened)),
    ]
    facts.append(("key", signature(opened)))
    if course.kernel.packages:
        facts.append(("needs", ", ".join(course.kernel.packages)))
    asks = "asks for it" if course.permissions.network else "does not ask for it"
    closes = (confinement or Confinement()).closes_network
    facts.append(("network", asks if closes else f"{asks}; nothing here keeps it from that"))
    if trust.answer == "changed":
        number = len(trust.changed)
        files = "file" if number == 1 else "files"
        facts.append(("changed", f"This course changed since you trusted it: {number} {files}."))
        facts += [("changed", name) for name in trust.changed[:MOST_NAMED]]
        facts += [("changed", f"and {number - MOST_NAMED} more")] if number > MOST_NAMED else []
    facts += [("!", warning) for warning in trust.warnings]
    confined = confinement or Confinement()
    if warning := confined.warning():
        facts.append(("!", warning))
    else:
        facts.append(("", confined.sentence))
    return tuple(facts)

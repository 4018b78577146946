"""Solution regions and what nbgrader says of a cell -> starter, solution and tests of an exercise.

Sources: nbgrader.readthedocs.io, "Creating and grading assignments"; jupyterbook.org, "Hide or remove
content"; otter-grader.readthedocs.io, "Otter Assign".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tui_tutor.formats.ipynb_reading import NotebookCell

Role = Literal["answer", "tests", "text", "solution", ""]
_BEGIN: Final = re.compile(
    r"([ \t]*)#+[ \t]*(BEGIN[ \t]+)?SOLUTION(?:[ \t]+NO[ \t]+PROMPT)?[ \t:=#-]*", re.IGNORECASE
)
_END: Final = re.compile(r"[ \t]*#+[ \t]*END[ \t]+SOLUTION[ \t:=#-]*", re.IGNORECASE)
# Otter's mark behind a line: `x = 3  # SOLUTION`.
_LINE: Final = re.compile(r"([ \t]*)(\S[^\n]*?)[ \t]*#[ \t]*SOLUTION([ \t]+NO[ \t]+PROMPT)?[ \t]*")
_ASSIGNED: Final = re.compile(r"([A-Za-z_][\w.]*(?:[ \t]*,[ \t]*[A-Za-z_][\w.]*)*[ \t]*)=(?!=)")
_TEST_MARK: Final = re.compile(
    r"^[ \t]*#+[ \t]*(?:BEGIN|END)[ \t]+HIDDEN[ \t]+TESTS?[^\n]*\n?", re.MULTILINE | re.IGNORECASE
)
_STUB: Final = re.compile(
    r"^[ \t]*(?:raise NotImplementedError\(\)|#* ?YOUR (?:CODE|ANSWER) HERE|\.\.\.)[ \t]*\n?", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the learner starts from, and the author's answer ("" if the notebook has none).

    `inside` is what stood between the marks alone.
    """

    starter: str
    solution: str = ""
    inside: str = ""


def role_of(cell: NotebookCell) -> Role:
    """What a cell is in an assignment; "" for an ordinary one."""
    grader = cell.mapping("nbgrader")
    is_code = cell.type == "code"
    if grader.get("task") is True or (grader.get("solution") is True and not is_code):
        return "text"
    if grader.get("solution") is True:
        return "answer"
    if grader.get("grade") is True and is_code:
        return "tests"
    if is_code and "solution" in cell.tags:
        return "solution"
    return ""


def points_of(cell: NotebookCell) -> str:
    """`2 points`, as nbgrader gives them; "" if it gives none."""
    points = cell.mapping("nbgrader").get("points")
    if not isinstance(points, int | float) or isinstance(points, bool) or not 0 < points < 1_000_000:
        return ""
    return f"{points:g} point{'' if points == 1 else 's'}"


def grade_id(metadata: Mapping[str, Any]) -> str:
    """The name nbgrader keeps a cell under, "" if it has none."""
    grader = metadata.get("nbgrader")
    name = grader.get("grade_id") if isinstance(grader, dict) else ""
    return name if isinstance(name, str) else ""


def answer_of(source: str) -> Answer | None:
    """Starter and solution of a source with solution regions; None if it has none."""
    starter: list[str] = []
    solution: list[str] = []
    inside: list[str] = []
    is_inside = found = False
    for line in source.split("\n"):
        begin = _BEGIN.fullmatch(line)
        if is_inside:
            is_inside = _END.fullmatch(line) is None
            solution += [line] if is_inside else []
            inside += [line] if is_inside else []
        elif begin:
            is_inside = found = True
            starter += _stub(begin[1], is_nbgrader=bool(begin[2]))
        elif marked := _LINE.fullmatch(line):
            found = True
            solution.append(marked[1] + marked[2])
            starter += [] if marked[3] else [_open_line(marked[1], marked[2])]
        else:
            starter.append(line)
            solution.append(line)
    return Answer("\n".join(starter), "\n".join(solution), "\n".join(inside)) if found else None


def answer_in(source: str) -> Answer:
    """The same of a cell that is known to be one: without a region all of it is what is handed out."""
    return answer_of(source) or Answer(source)


def without_stub(text: str) -> str:
    """A text without the lines that only tell a learner to write here."""
    return _STUB.sub("", text).strip()


def tests_of(source: str) -> str:
    """The tests of an autograder cell without the marks around hidden ones."""
    return _TEST_MARK.sub("", source)


def _stub(indent: str, *, is_nbgrader: bool) -> list[str]:
    lines = ("# YOUR CODE HERE", "raise NotImplementedError()") if is_nbgrader else ("...",)
    return [indent + line for line in lines]


def _open_line(indent: str, code: str) -> str:
    assigned = _ASSIGNED.match(code)
    return f"{indent}{assigned[1]}= ..." if assigned else f"{indent}..."

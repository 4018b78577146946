"""The cells of a notebook -> the cells of a lesson, one after the other."""

from __future__ import annotations

import ast
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any, Final

from tui_tutor.core.course import CodeCell, ShellCell
from tui_tutor.core.parsing.python_source import statements_mistake
from tui_tutor.formats import notebook_carried as carried
from tui_tutor.formats.ids import numbered
from tui_tutor.formats.imported import Lost
from tui_tutor.formats.ipynb_exercises import (
    Answer,
    answer_in,
    answer_of,
    grade_id,
    points_of,
    role_of,
    tests_of,
    without_stub,
)
from tui_tutor.formats.ipynb_outputs import Budget, Recorded, recorded_output
from tui_tutor.formats.ipynb_reading import Notebook, NotebookCell
from tui_tutor.formats.ipynb_source import SourcePart, parts_of
from tui_tutor.formats.ipynb_text import Surroundings, fenced, first_heading, lesson_text
from tui_tutor.formats.ipynb_titles import heading_text

Table = dict[str, Any]
_HIDING: Final = frozenset({"hide-cell", "remove-cell", "hide_cell", "remove_cell"})
_INPUT_HIDING: Final = frozenset({"hide-input", "remove-input", "hide_input", "remove_input"})
_OUTPUT_HIDING: Final = frozenset({"remove-output", "remove_output"})
# These tell of the machine that ran the notebook, not of the code.
_ACCIDENTS: Final = frozenset({"KeyboardInterrupt", "ModuleNotFoundError", "ImportError"})
_TASK: Final = "Complete the code, then check it."


@dataclass
class LessonMaker:
    """Makes the cells of one lesson; `names` are all words of the notebook's programs."""

    notebook: Notebook
    path: str  # of the notebook, before each place in the report; "" for a single one
    around: Surroundings
    budget: Budget
    language: str = "python"
    names: frozenset[str] = frozenset()
    cells: list[Table] = field(default_factory=list)
    recorded: dict[str, Table] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _before: NotebookCell | None = None

    @property
    def lost(self) -> list[Lost]:
        """What has no home, so far."""
        return self.around.lost

    def make(self) -> None:
        """Read every cell."""
        for cell in self.notebook.cells:
            if not self._add_own(cell):
                self._add(cell)
            self._before = cell

    def _where(self, cell: NotebookCell) -> str:
        return f"{self.path}, cell {cell.number}" if self.path else f"cell {cell.number}"

    def _lose(self, cell: NotebookCell, what: str, why: str) -> None:
        self.lost.append(Lost(self._where(cell), what, why))

    # --- notebooks that we wrote --------------------------------------------------------------------

    def _add_own(self, cell: NotebookCell) -> bool:
        table = carried.carried_cell(cell)
        if table is None:
            return self._add_part(cell)
        wanted = table.get("id")
        if not isinstance(wanted, str) or wanted in self._taken:
            table["id"] = self._id(cell, str(table["kind"]), cell.source)
        self._taken.add(table["id"])
        from tui_tutor.formats.notebook_edits import field_of

        self._compare(cell, table, field_of(cell, table))
        self.cells.append(table)
        if table["kind"] in ("code", "sh"):
            self._record(cell, table)
        return True

    def _add_part(self, cell: NotebookCell) -> bool:
        part = carried.carried_part(cell)
        if path := carried.carried_setup(cell):
            self.around.files.keep(path, cell.source.encode("utf-8", "replace"))
            return True
        if part == "prelude":
            return not carried.is_edited(cell)
        cell_id, name = carried.carried_field(cell)
        table = next((one for one in self.cells if part and one["id"] == cell_id), None)
        if table is None:
            return False
        self._compare(cell, table, name)
        return True

    def _compare(self, cell: NotebookCell, table: Table, name: str) -> None:
        """What runs is what the notebook shows: a table that says something else does not count."""
        from tui_tutor.formats.notebook_edits import is_changed

        if is_changed(cell, table, name):
            self._take_edit(cell, table, name)

    def _take_edit(self, cell: NotebookCell, table: Table, name: str) -> None:
        """What was changed in Jupyter is taken where it is one text of the cell."""
        match name:
            case "text" | "task":
                table[name] = lesson_text(cell, self._where(cell), self.around)
            case "source":
                table[name] = cell.source
            case "solution":
                table[name] = answer_in(cell.source).solution or cell.source
            case "run":
                parts = parts_of(cell.source, frozenset())
                table[name] = parts[0].text
            case _:
                self._lose(cell, "an edit", f"`{table['id']}` is kept as it was: it is not one text")

    # --- by type ------------------------------------------------------------------------------------

    def _add(self, cell: NotebookCell) -> None:
        if not cell.source.strip():
            self._lose(cell, f"{cell.type} cell", "it is empty")
            return
        match cell.type:
            case "markdown":
                self._add_markdown(cell)
            case "heading":
                self._append(cell, "md", text=heading_text(cell))
            case "raw":
                self._add_raw(cell)
            case "code":
                self._add_code(cell)

    def _append(self, cell: NotebookCell, kind: str, number: int = 0, /, **values: Any) -> Table:
        """Add a cell; `number` counts those that came of the same notebook cell before it."""
        text = next((value for value in values.values() if isinstance(value, str)), "")
        table = {"kind": kind, "id": self._id(cell, kind, text, number), **values}
        if cell.tags & _HIDING:
            table["hidden"] = True
        self.cells.append(table)
        return table

    def _id(self, cell: NotebookCell, kind: str, text: str, number: int = 0) -> str:
        """The notebook's own name for the cell, else one that hangs on its text alone."""
        own = slug(grade_id(cell.metadata)) or slug(cell.id)
        wanted = own or f"{kind}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
        return numbered(wanted, self._taken, number + 1)

    def _add_markdown(self, cell: NotebookCell) -> None:
        text = lesson_text(cell, self._where(cell), self.around)
        if role_of(cell) == "text":
            self._add_reflection(cell, text)
        else:
            self._append(cell, "md", text=text)

    def _add_reflection(self, cell: NotebookCell, text: str) -> None:
        """An answer in words, graded by a person there: a question to reflect on here."""
        answer = answer_of(text)
        question = without_stub(answer.starter if answer else text)
        question = question or self._take_task(cell) or "Write down your answer."
        more = {"explain": answer.inside} if answer and answer.inside.strip() else {}
        self._append(cell, "quiz", form="reflect", question=question, **more)
        if points := points_of(cell):
            self._lose(cell, points, "what is graded by hand has no points here")

    def _add_raw(self, cell: NotebookCell) -> None:
        kind = cell.metadata.get("raw_mimetype") or cell.metadata.get("format") or ""
        if kind == "text/markdown":
            self._append(cell, "md", text=cell.source)
            return
        self._append(cell, "md", text=fenced(cell.source))
        self._lose(cell, f"raw cell {kind}".strip(), "it is kept as text")

    # --- code ---------------------------------------------------------------------------------------

    def _add_code(self, cell: NotebookCell) -> None:
        if cell.tags & _INPUT_HIDING:
            self._lose(cell, "hidden input", "the source of a cell is always shown")
        if "skip-execution" in cell.tags:
            self._append(cell, "md", text=fenced(cell.source, self.language))
            self._lose(cell, "code that is not run", "it is kept as text")
            return
        role = role_of(cell)
        answer = answer_of(cell.source) if role in ("", "answer") else None
        if role == "tests" and self._add_tests(cell):
            return
        if role in ("answer", "solution") or answer is not None:
            if self.language == "python":
                self._add_exercise(cell, answer or self._whole_answer(cell))
                return
            self._lose(
                cell, "an exercise", "exercises can be in Python or sh; it is kept as code, with its answer"
            )
        self._add_program(cell)

    def _add_program(self, cell: NotebookCell) -> None:
        is_python = self.language == "python"
        parts = parts_of(cell.source, self.names) if is_python else (SourcePart("code", cell.source),)
        output = self._output(cell)
        for number, part in enumerate(parts):
            table = self._append_part(cell, part, number)
            if part.note:
                self._lose(cell, "a cell magic", part.note)
            if number == len(parts) - 1 and part.kind != "md":
                if self._is_failing(cell, output):
                    table["expect"] = "error"
                self._keep_output(table, output, cell)
        if len(parts) > 1 and output.events:
            self._lose(
                cell, "where its output belongs", "the cell became several; all of it stands with the last"
            )

    def _append_part(self, cell: NotebookCell, part: SourcePart, number: int) -> Table:
        if part.kind == "md":
            return self._append(cell, "md", number, text=part.text)
        if part.kind == "sh":
            shell = {"shell": "bash"} if part.shell == "bash" else {}
            return self._append(cell, "sh", number, run=part.text, **shell)
        table = self._append(cell, "code", number, source=part.text)
        if self.language != "python":
            table["language"] = self.language
        return table

    @staticmethod
    def _is_failing(cell: NotebookCell, output: Recorded) -> bool:
        return "raises-exception" in cell.tags or bool(output.error and output.error not in _ACCIDENTS)

    # --- exercises ----------------------------------------------------------------------------------

    def _whole_answer(self, cell: NotebookCell) -> Answer:
        """A cell that is all solution (a tag), or one handed out without it (nbgrader's release)."""
        return Answer("", cell.source) if role_of(cell) == "solution" else answer_in(cell.source)

    def _add_exercise(self, cell: NotebookCell, answer: Answer) -> None:
        starter = answer.starter
        if role_of(cell) == "solution" and (given := self._take_exercise()):
            starter = given
            self._lose(cell, "solution cell", "it is the solution of the exercise before it")
        task = self._take_task(cell) or _TASK
        values = {"starter": starter, "solution": answer.solution}
        self._append(cell, "ex", task=task, **{name: text for name, text in values.items() if text.strip()})
        if cell.outputs:
            self._lose(cell, "its output", "an exercise shows what the learner's answer prints")

    def _take_exercise(self) -> str:
        """The source of the code cell just before, where the notebook says that it is an exercise."""
        before = self._before
        if before is None or "exercise" not in before.tags or not self.cells:
            return ""
        last = self.cells[-1]
        if last["kind"] != "code" or last["source"] != before.source:
            return ""
        self.cells.pop()
        self.recorded.pop(last["id"], None)
        return str(last["source"])

    def _take_task(self, cell: NotebookCell) -> str:
        """The text just before an exercise is its task, unless it is only a heading."""
        last = self.cells[-1] if self.cells else {}
        text = str(last.get("text", ""))
        is_title = "\n" not in text.strip() and first_heading(text) != ""
        if last.get("kind") != "md" or last.get("hidden") or is_title:
            return ""
        self.cells.pop()
        self._lose(cell, "the text before it", "it is the task of the exercise now")
        return text

    def _add_tests(self, cell: NotebookCell) -> bool:
        """An autograder cell is a check of the exercise before it; False where it cannot be one."""
        exercise = next((one for one in reversed(self.cells) if one["kind"] == "ex"), None)
        code = tests_of(cell.source)
        if exercise is None or not code.strip():
            return False
        if statements_mistake(code, allow_magics=False) is not None:
            self._lose(cell, "autograder tests", "they are not plain Python; they are kept as a code cell")
            return False
        number = len(exercise.get("check", ())) + 1
        says = _first_line(code) or "the tests pass"
        if points := points_of(cell):
            says += f" ({points})"
        check = {"kind": "code", "id": f"tests-{number}", "says": says, "code": code}
        exercise.setdefault("check", []).append(check)
        self._lose(cell, "autograder tests", f"they are a check of exercise {exercise['id']} now")
        return True

    # --- outputs ------------------------------------------------------------------------------------

    def _output(self, cell: NotebookCell) -> Recorded:
        if not cell.outputs:
            return Recorded()
        output = recorded_output(cell, self.budget)
        for what, why in output.lost:
            self._lose(cell, what, why)
        if not cell.tags & _OUTPUT_HIDING:
            return output
        self._lose(cell, "its output", "the notebook says that it is not to be shown")
        return Recorded(error=output.error)

    def _record(self, cell: NotebookCell, table: Table) -> None:
        self._keep_output(table, self._output(cell), cell)

    def _keep_output(self, table: Table, output: Recorded, cell: NotebookCell) -> None:
        if not output.events:
            return
        from tui_tutor.core.study.recording import source_hash

        model = CodeCell if table["kind"] == "code" else ShellCell
        self.recorded[table["id"]] = {
            "source_hash": source_hash(model.model_construct(**table)),
            "outcome": "error" if output.error else "ok",
            "k": cell.count,
            "ms": 0.0,
            "output": list(output.events),
        }


def _first_line(code: str) -> str:
    """What a program says of itself in the first line of its docstring."""
    words = (ast.get_docstring(ast.parse(code)) or "").strip().split("\n")[0]
    return words.rstrip(".")[:200]


def slug(text: str) -> str:
    """A text as an id of the course format, "" if nothing of it can be one."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:56].strip("-")

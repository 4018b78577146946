"""What waits for a line: a program's question, an output to be guessed. Each opens the editor once."""

from __future__ import annotations

from tui_tutor.core.execution import InputAsked
from tui_tutor.core.study import Study
from tui_tutor.tui.screens.editing_desk import EditingDesk
from tui_tutor.tui.screens.lesson_face import LessonFace
from tui_tutor.tui.widgets.editor import Task


class Prompts:
    """Puts questions of the study on the desk, unless the learner is writing elsewhere."""

    def __init__(self, face: LessonFace, desk: EditingDesk) -> None:
        self._face = face
        self._desk = desk
        self._shown: InputAsked | None = None  # the question for which the editor was opened
        self._is_opening = False

    def show(self, study: Study) -> None:
        """Open the editor for what asks now, close it for what asks no more."""
        prompt = study.state(study.running).prompt if study.running else None
        editor = self._desk.editor
        purpose = editor.task_of_edit.purpose if editor else ""
        if (purpose == "input" and prompt is None) or (purpose == "guess" and not study.asks_guess):
            self._desk.close(keep=False)
        if study.asks_guess and purpose != "guess" and not self._is_opening:
            self._ask_guess(study.asks_guess)
        if prompt is not None and prompt is not self._shown:
            self._shown = prompt
            self._ask_input(study.running, prompt)

    def _ask_guess(self, cell_id: str) -> None:
        """Open the line for a guess. What was open is kept, and that is an event which leads here again."""
        self._is_opening = True
        try:
            self._face.page.focus_cell(cell_id)
            self._desk.open("", Task(cell_id, "guess", is_single_line=True))
        finally:
            self._is_opening = False

    def _ask_input(self, cell_id: str, prompt: InputAsked) -> None:
        """Open the line; but whoever is writing elsewhere is only told of it."""
        task = self._desk.editor.task_of_edit if self._desk.editor else None
        wanted = (cell_id, "input", prompt.is_secret)
        if task is not None and (task.cell_id, task.purpose, task.is_secret) == wanted:
            return
        if task is None or task.cell_id == cell_id:
            self.edit_input(cell_id, prompt)
        else:
            self._face.say(f"{self._face.what_runs()} waits for a line: Enter there gives it.")

    def edit_input(self, cell_id: str, prompt: InputAsked) -> None:
        """Open the line that a program waits for."""
        self._desk.close()
        self._face.page.focus_cell(cell_id)
        task = Task(cell_id, "input", is_single_line=True, is_secret=prompt.is_secret)
        self._desk.open("", task)
        self._face.page.follow(cell_id)

"""Working in the focused cell: entering it, running, checking, beginning anew."""

from __future__ import annotations

from dataclasses import replace

from tui_tutor.core.course import ChoiceQuiz, ExerciseCell, QuizBase, ReflectQuiz, VizCell
from tui_tutor.core.study.events import CellReset, CheckRequested, InterruptRequested, RunRequested
from tui_tutor.core.study.state import SCRATCH, is_runnable
from tui_tutor.tui.screens.answering import Answers
from tui_tutor.tui.screens.cell_moves import CellMoves
from tui_tutor.tui.screens.editing_desk import EditingDesk
from tui_tutor.tui.screens.lesson_face import LessonFace
from tui_tutor.tui.screens.plot_inspector import PlotInspector
from tui_tutor.tui.screens.prompting import Prompts
from tui_tutor.tui.widgets.cell_ui import CellUi


class CellWork:
    """What a key means depends on the kind of the cell: this says which part does it."""

    def __init__(
        self,
        face: LessonFace,
        *,
        desk: EditingDesk,
        answers: Answers,
        prompts: Prompts,
        inspector: PlotInspector,
        moves: CellMoves,
    ) -> None:
        self._face = face
        self._desk = desk
        self._answers = answers
        self._prompts = prompts
        self._inspector = inspector
        self._moves = moves

    def enter(self) -> None:
        """Edit code, answer a question, look closer at a plot; elsewhere go on."""
        face, cell = self._face, self._face.cell
        state = face.study.state(cell.id)
        face.read_notice()
        if state.prompt is not None:
            self._prompts.edit_input(cell.id, state.prompt)
        elif isinstance(cell, ChoiceQuiz):
            self._answers.give_chosen(cell)
        elif isinstance(cell, QuizBase) and state.is_closed and not isinstance(cell, ReflectQuiz):
            face.say("This question is answered. r asks it again.")
        elif isinstance(cell, QuizBase):
            self._desk.edit_answer(cell)
        elif is_runnable(cell):
            self._desk.edit_source(cell)
        elif not (isinstance(cell, VizCell) and self._inspector.open(cell)):
            self._moves.go_after_typing(1)

    def open_scratch(self) -> None:
        """A cell to try things in, at the end of the lesson."""
        self._face.page.show_extra(SCRATCH)
        self._face.page.focus_cell(SCRATCH.id)
        self._desk.edit_source(SCRATCH)

    # --- running --------------------------------------------------------------------------------

    def run(self) -> None:
        """Run the cell; where a line is written for somebody, give it."""
        face, editor = self._face, self._desk.editor
        self._desk.keep()
        if editor is not None and editor.task_of_edit.purpose != "source":
            self._desk.submit()
        elif not is_runnable(face.cell):
            face.say("There is nothing to run in this cell.")
        else:
            face.ask(RunRequested(face.cell.id, face.now()))

    def run_and_go_on(self) -> None:
        self.run()
        if self._face.study.running or self._face.study.queue:
            self._moves.go(1)

    def check(self) -> None:
        """Check an exercise; a question is answered."""
        cell = self._face.cell
        if isinstance(cell, ChoiceQuiz):
            self._answers.give_chosen(cell)
        elif isinstance(cell, QuizBase):
            self.enter()
        else:
            self._face.ask(CheckRequested(cell.id, self._face.now()))

    def stop_or_copy(self) -> None:
        """Ctrl+C: copy what is selected, else interrupt what runs."""
        editor, face = self._desk.editor, self._face
        if editor is not None and editor.selected_text:
            editor.action_copy()
        elif face.study.running or face.study.restoring is not None:
            face.dispatch(InterruptRequested(face.now()))
        else:
            face.say("Ctrl+Q quits; Ctrl+C stops a cell that runs.")

    # --- its files ------------------------------------------------------------------------------

    def go_to_next_file(self) -> None:
        """Show the next file of an exercise; where one is edited, edit that one."""
        cell = self._face.cell
        count = len(cell.file) if isinstance(cell, ExerciseCell) else 0
        if count < 2:
            self._face.say("This cell has no other file.")
        else:
            self.go_to_file((self._face.page.ui_of(cell.id).file + 1) % count)

    def go_to_file(self, number: int) -> None:
        """Show this file of the focused exercise; the editor moves to it."""
        page, cell, is_editing = self._face.page, self._face.cell, self._desk.editor is not None
        self._desk.close()
        self._face.unsay()
        page.set_ui(cell.id, replace(page.ui_of(cell.id), file=number))
        page.reveal_target(f"file {number}")
        if is_editing:
            self._desk.edit_source(cell)

    # --- what stands in it ----------------------------------------------------------------------

    def reset(self) -> None:
        """The cell as the author wrote it."""
        face = self._face
        self._desk.close(keep=False)
        face.page.set_ui(face.cell.id, CellUi(file=face.page.ui_of(face.cell.id).file))
        face.dispatch(CellReset(face.cell.id, face.now()))

    def fold_traceback(self) -> None:
        """Unfold the traceback, or fold it."""
        page, cell = self._face.page, self._face.cell
        ui = page.ui_of(cell.id)
        if self._face.study.state(cell.id).transcript.error is None:
            self._face.say("There is no traceback here.")
            return
        page.set_ui(cell.id, replace(ui, is_unfolded=not ui.is_unfolded))
        page.focus_cell(cell.id)

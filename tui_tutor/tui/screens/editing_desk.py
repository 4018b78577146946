"""The desk where a learner writes: the editor over its rows in a cell, and what becomes of the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from textual import events
from textual.timer import Timer
from textual.widgets.text_area import Selection

from tui_tutor.core.course import Cell, ExerciseCell, PredictQuiz, QuizBase, QuizCell, ReflectQuiz
from tui_tutor.core.study.events import CellEntered, InputGiven, OutputGuessed, SourceEdited
from tui_tutor.tui.screens.answering import Answers
from tui_tutor.tui.screens.completing import Completing
from tui_tutor.tui.screens.lesson_face import LessonFace
from tui_tutor.tui.widgets.drawing import look_of
from tui_tutor.tui.widgets.editor import Editor, Task
from tui_tutor.tui.widgets.folding import word_breaks

SAVE_AFTER_S: Final = 1.0


class EditingDesk:
    """Owns the editor, of which at most one is open, its completions, and the timer that keeps drafts."""

    def __init__(self, face: LessonFace, answers: Answers) -> None:
        self._face = face
        self._answers = answers
        self._saver: Timer | None = None
        self.editor: Editor | None = None
        self.completing = Completing(face, lambda: self.editor)

    # --- opening and closing --------------------------------------------------------------------

    def edit_source(self, cell: Cell) -> None:
        """Open a cell's source, or the chosen one of its files."""
        state, ui = self._face.study.state(cell.id), self._face.page.ui_of(cell.id)
        if isinstance(cell, ExerciseCell) and cell.file:
            file = ui.file_of(cell)
            language = "python" if file.path.endswith(".py") else ""
            self.open(state.files.get(file.path, ""), Task(cell.id, "source", file.path), language)
            return
        self.open(state.source, Task(cell.id, "source"), getattr(cell, "language", "sh"))

    def edit_answer(self, cell: QuizCell) -> None:
        """Open a question's answer, the last one if there was one."""
        is_long = isinstance(cell, PredictQuiz | ReflectQuiz)
        self.open(self._answers.typed(cell), Task(cell.id, "answer", is_single_line=not is_long))
        if self.editor is not None:
            self.editor.move_cursor(self.editor.document.end)

    def open(self, text: str, task: Task, language: str = "") -> None:
        """Open the editor in a cell; what was open is closed and kept."""
        self.close()
        face, page = self._face, self._face.page
        ui = page.ui_of(task.cell_id)
        self.editor = Editor(text, task, language=language, theme=look_of(page).theme)
        if task.is_single_line:
            self.editor.set_reactive(Editor.selection, Selection.cursor((0, len(text))))
        self.editor.moved = face.draw_footer
        page.set_ui(task.cell_id, replace(ui, slot=task.purpose, slot_rows=self._rows_of(text)))
        page.focus_cell(task.cell_id)
        # Right from the first layout on: lines that wrap elsewhere for a moment would lead the cursor astray.
        self._lay(self.editor)
        page.mount(self.editor)
        self.editor.focus(scroll_visible=False)
        face.call_after_refresh(self.place)
        face.call_after_refresh(self.follow_cursor)
        face.draw()

    def close(self, *, keep: bool = True) -> None:
        """Close the editor; unless told otherwise, keep what was typed."""
        if self.editor is None:
            return
        if keep:
            self.keep()
        task, page = self.editor.task_of_edit, self._face.page
        self.completing.close()
        page.cover_header(is_needed=False)
        self.editor.remove()
        self.editor = None
        page.set_ui(task.cell_id, replace(page.ui_of(task.cell_id), slot=None, slot_rows=0))
        page.focus()
        self._face.draw()

    def leave(self) -> None:
        """Esc in the editor; the run that waited for a guess is given up."""
        is_guess = self.editor is not None and self.editor.task_of_edit.purpose == "guess"
        self.close(keep=not is_guess)
        if is_guess:
            self._face.dispatch(CellEntered(self._face.cell.id, self._face.now()))

    # --- typing ---------------------------------------------------------------------------------

    def after_typing(self, act: Callable[[], None]) -> None:
        """Do it when the editor has taken in all that was typed before."""
        if self.editor is None:
            act()
        else:
            self.editor.call_later(act)

    def take_ahead(self, event: events.Key | events.Paste) -> bool:
        """Hand on what was typed right behind Enter, before the editor was there: it is no command."""
        if self.editor is None or event is self.editor.seen_key:
            return False  # a key the editor has seen bubbles: it has no use for it
        self.editor.take_ahead(event)
        return True

    def hear(self, message: Editor.Said) -> None:
        """What the editor says it was asked for."""
        match message:
            case Editor.Left():
                self.leave()
            case Editor.Submitted():
                self.submit()
            case Editor.CompletionWished():
                self.completing.wish(is_asked=message.is_asked)
            case Editor.DocumentWished():
                self.completing.show_document()
            case Editor.PopupMoved():
                self.completing.move(message.count)
            case Editor.PopupTaken():
                self.completing.take()
            case Editor.PopupClosed():
                self.completing.close()

    def edited(self) -> None:
        """The text has changed: make room for it, and keep it soon."""
        self._face.unsay()
        if self.editor is None:
            return
        self.fit()
        if self.editor.task_of_edit.purpose == "source":
            if self._saver is not None:
                self._saver.stop()
            self._saver = self._face.set_timer(SAVE_AFTER_S, self.keep)

    def keep(self) -> None:
        """What was typed goes into the log; an answer only when it is given."""
        if self._saver is not None:
            self._saver.stop()
            self._saver = None
        editor = self.editor
        if editor is not None and editor.task_of_edit.purpose == "source":
            task = editor.task_of_edit
            self._face.dispatch(SourceEdited(task.cell_id, editor.text, self._face.now(), path=task.path))

    # --- its place over the page ----------------------------------------------------------------

    def place(self) -> None:
        """Keep the editor over its rows, out of sight while none of them is in view."""
        if self.editor is not None and self.editor.is_mounted:
            self._lay(self.editor)
            self.completing.place()

    def _lay(self, editor: Editor) -> None:
        page = self._face.page
        region = page.slot_region()
        rows = page.ui_of(editor.task_of_edit.cell_id).slot_rows
        editor.styles.width, editor.styles.height = page.slot_width, max(rows, 1)
        if region is None:
            # Out of sight, not hidden: a hidden widget loses the focus, and with it what is typed.
            editor.styles.offset = (0, -1 - max(rows, 1))
            return
        hidden = page.hidden_slot_rows()
        page.cover_header(is_needed=hidden > 0)
        editor.styles.offset = (region.x, region.y - hidden)

    def fit(self) -> None:
        """Make room for the editor's rows, of which there may be others in a window of another width."""
        if self.editor is None:
            return
        page, cell_id = self._face.page, self.editor.task_of_edit.cell_id
        ui, rows = page.ui_of(cell_id), self._rows_of(self.editor.text)
        if ui.slot_rows != rows:
            page.set_ui(cell_id, replace(ui, slot_rows=rows))
            self._face.call_after_refresh(self.follow_cursor)

    def _rows_of(self, text: str) -> int:
        """Rows that a text takes in the editor; it need not be laid out yet."""
        width = self._face.page.text_width
        return sum(1 + len(word_breaks(line, width)) for line in text.split("\n"))

    def follow_cursor(self) -> None:
        if self.editor is not None:
            self._face.page.reveal_slot_row(self.editor.cursor_row)
            self._face.draw_footer()

    # --- handing in -----------------------------------------------------------------------------

    def submit(self) -> None:
        """Enter, or F5: give the line, the guess or the answer to whoever waits for it."""
        if self.editor is None:
            return
        task, text, face = self.editor.task_of_edit, self.editor.text, self._face
        if task.purpose == "input":
            self.close(keep=False)
            face.dispatch(InputGiven(text, face.now(), is_shown=True))
        elif task.purpose == "guess":
            self.close(keep=False)
            face.ask(OutputGuessed(task.cell_id, text, face.now()))
        elif task.purpose == "answer":
            self._submit_answer(task.cell_id, text)

    def _submit_answer(self, cell_id: str, text: str) -> None:
        cell = self._face.study.cell(cell_id)
        assert isinstance(cell, QuizBase)
        answer = self._answers.read(cell, text)
        if answer is not None:
            self.close(keep=False)
            self._face.ask(answer)

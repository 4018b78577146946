"""Answers to questions: options chosen one by one, or a text that is read as an answer."""

from __future__ import annotations

from dataclasses import replace

from tui_tutor.core.course import ChoiceQuiz, QuizCell
from tui_tutor.core.grading.quizzes import parse_typed, typed_of
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import Shown, shown
from tui_tutor.core.study.events import QuizAnswered
from tui_tutor.tui.screens.lesson_face import LessonFace
from tui_tutor.tui.widgets.quiz_cell import multiple


class Answers:
    """Turns what the learner chose or typed into answers of the study."""

    def __init__(self, face: LessonFace) -> None:
        self._face = face

    def _shown(self, cell: QuizCell) -> Shown:
        return shown(cell, seed=self._face.study.question_seed(cell.id))

    # --- choosing -------------------------------------------------------------------------------

    def choose(self, number: int) -> None:
        """The option with this number, chosen or given up."""
        cell = self._face.cell
        if not isinstance(cell, ChoiceQuiz):
            return
        items = self._shown(cell).items
        if number <= len(items):
            self.toggle(items[number - 1].key)

    def toggle(self, key: str) -> None:
        """The option with this key, chosen or given up."""
        face, cell = self._face, self._face.cell
        if not isinstance(cell, ChoiceQuiz) or face.study.state(cell.id).is_closed:
            return
        ui = face.page.ui_of(cell.id)
        if multiple(cell):
            chosen = ui.chosen ^ {key}
        else:
            chosen = frozenset() if key in ui.chosen else frozenset({key})
        face.read_notice()
        if face.study.state(cell.id).verdict is not None:
            self._again(cell.id)
        face.page.set_ui(cell.id, replace(ui, chosen=chosen))
        face.draw()

    def _again(self, cell_id: str) -> None:
        """A new try: the marks of the last one make room for what is chosen now."""
        face = self._face
        face.performer.study = face.study.changed(cell_id, verdict=None)
        face.page.show(face.study)

    def give_chosen(self, cell: ChoiceQuiz) -> None:
        """Answer with the options that are chosen."""
        face = self._face
        ui = face.page.ui_of(cell.id)
        answer = tuple(item.key for item in self._shown(cell).items if item.key in ui.chosen)
        if not answer:
            face.say("Choose with the number keys first; Enter answers.")
            return
        face.page.set_ui(cell.id, replace(ui, chosen=frozenset()))
        face.ask(QuizAnswered(cell.id, answer, face.now()))

    # --- typing ---------------------------------------------------------------------------------

    def typed(self, cell: QuizCell) -> str:
        """The last answer as a learner would type it, "" before the first."""
        answer = self._face.study.state(cell.id).answer
        return typed_of(cell, self._shown(cell), answer) if answer else ""

    def read(self, cell: QuizCell, text: str) -> QuizAnswered | None:
        """The answer that a text is; None, and why is said, where it is none."""
        answer = parse_typed(cell, self._shown(cell), text)
        if isinstance(answer, Rejected):
            self._face.say(answer.sentence)
            return None
        return QuizAnswered(cell.id, answer, self._face.now())

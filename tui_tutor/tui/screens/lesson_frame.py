"""What stands round a lesson's page: the rows above it, the course at its left, the footer."""

from __future__ import annotations

from tui_tutor.core.wording.levels import reading_words
from tui_tutor.tui.screens.course_lessons import CourseLessons
from tui_tutor.tui.screens.editing_desk import EditingDesk
from tui_tutor.tui.screens.lesson_face import LessonFace
from tui_tutor.tui.screens.lesson_header import aside, header_rows, next_words
from tui_tutor.tui.screens.lesson_keys import footer_keys, footer_states
from tui_tutor.tui.widgets.editor import Editor
from tui_tutor.tui.widgets.footer import Footer
from tui_tutor.tui.widgets.page import Page, Sheetful


class LessonFrame:
    """Draws the study round the page. `said` is said by the face alone, before what the study notes."""

    def __init__(self, face: LessonFace, desk: EditingDesk) -> None:
        self._face = face
        self._desk = desk
        self._lessons = CourseLessons(face.session)
        self.footer = Footer(is_saving=face.session.adapters.store.is_saving)
        self.aside = Page(self._build_aside, x0=0, margin=1, id="aside")
        self.said = ""

    def draw(self, width: int, *, is_wide: bool) -> None:
        """All of it, in a window of this width; the course only where it is shown."""
        page = self._face.page
        opened = self._face.session.opened
        told = reading_words(opened.offer, opened.overlay)
        page.header = header_rows(self._face.study, page.size.width or width, told)
        self.draw_footer(width)
        if is_wide:
            self.aside.rebuild()

    def course_changed(self) -> None:
        """The course has other lessons, or they have other titles."""
        self._lessons.forget()

    def draw_footer(self, width: int) -> None:
        study, cell, editor = self._face.study, self._face.cell, self._desk.editor
        keys = footer_keys(study, cell, editor, self._face.page.ui_of(cell.id))
        self.footer.show(self.states(editor, width), keys)
        self.footer.say(self.said or self._noted())

    def states(self, editor: Editor | None, width: int) -> tuple[str, ...]:
        """What the kernel does and how it is confined, from long to short."""
        words = self._face.session.adapters.confinement().words
        return footer_states(self._face.study, editor, width, words)

    def _noted(self) -> str:
        study = self._face.study
        if study.notice is None:
            return ""
        noted = f"{study.notice.text} {study.notice.help}".strip()
        if noted == f"Lesson {study.number} is done.":
            return f"{noted} {next_words(study, self._lessons.at(study))}"
        return noted

    def _build_aside(self, width: int, chosen: str) -> Sheetful:
        del chosen
        study = self._face.study
        return aside(study, self._lessons.at(study), self._face.cell.id, width)

"""What the kernel knows of the name at the editor's cursor: completions in a popup, documentation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from textual.timer import Timer

from tui_tutor.core.execution import Completions
from tui_tutor.core.prose.lines import cells_in
from tui_tutor.tui.screens.lesson_face import LessonFace
from tui_tutor.tui.widgets.code_text import is_prose
from tui_tutor.tui.widgets.completion import CompletionPopup, worth_offering
from tui_tutor.tui.widgets.editor import Editor

COMPLETE_AFTER_S: Final = 0.08
AT_ONCE_S: Final = 0.001
SHORTEST_WORD: Final = 2  # of which completions are offered unasked


class Completing:
    """Owns the popup over the page. `editor_of()` is the editor that is open now, if one is."""

    def __init__(self, face: LessonFace, editor_of: Callable[[], Editor | None]) -> None:
        self._face = face
        self._editor_of = editor_of
        self._popup: CompletionPopup | None = None
        self._timer: Timer | None = None

    def wish(self, *, is_asked: bool) -> None:
        """Complete soon; the last wish counts."""
        if self._timer is not None:
            self._timer.stop()
        delay = AT_ONCE_S if is_asked else COMPLETE_AFTER_S
        self._timer = self._face.set_timer(delay, partial(self._begin, is_asked=is_asked))

    def _begin(self, *, is_asked: bool) -> None:
        self._face.run_worker(self._complete(is_asked=is_asked), group="completion", exclusive=True)

    async def _complete(self, *, is_asked: bool) -> None:
        editor = self._editor_of()
        if editor is None or not self._is_kernel_free:
            return
        text, at = editor.text, editor.cursor_at
        if not is_asked and is_prose(text, editor.language or "", *editor.cursor_location):
            self.close()
            return
        completions = worth_offering(await self._face.session.kernel.complete(text, at), text, at)
        if self._editor_of() is not editor or editor.text != text:
            return
        typed = text[completions.start : at]
        is_short = len(typed) < SHORTEST_WORD and text[completions.start - 1 : completions.start] != "."
        if completions.matches and (is_asked or not is_short):
            self._open(editor, completions, typed)
        else:
            self.close()

    @property
    def _is_kernel_free(self) -> bool:
        study = self._face.study
        return self._face.session.is_started and not study.running and study.restoring is None

    # --- the popup ------------------------------------------------------------------------------

    def _open(self, editor: Editor, completions: Completions, typed: str) -> None:
        editor.has_popup, editor.has_chosen = True, False
        if self._popup is not None:
            self._popup.show(completions, typed)
        else:
            self._popup = CompletionPopup(completions, typed)
            self._face.page.mount(self._popup)
        self._face.call_after_refresh(self.place)
        self._face.draw_footer()

    def place(self) -> None:
        """Under the word; above it near the bottom; never over the cursor's line."""
        popup, editor, page = self._popup, self._editor_of(), self._face.page
        if popup is None or editor is None:
            return
        region = page.slot_region()
        if region is None:
            return
        cursor = editor.wrapped_document.location_to_offset(editor.cursor_location)
        row = region.y - page.hidden_slot_rows() + cursor.y
        column = region.x + 1 + cursor.x - cells_in(popup.typed) - 2
        below = page.size.height - row - 1
        top = row + 1 if below >= popup.rows else row - popup.rows
        column = max(0, min(column, page.size.width - popup.columns - 1))
        popup.styles.offset = (column, max(0, top))
        popup.styles.width = popup.columns
        popup.styles.height = popup.rows

    def close(self) -> None:
        if self._popup is None:
            return
        self._popup.remove()
        self._popup = None
        editor = self._editor_of()
        if editor is not None:
            editor.has_popup = False
        self._face.draw_footer()

    def move(self, count: int) -> None:
        """Choose another match."""
        if self._popup is not None:
            self._popup.move(count)

    def take(self) -> None:
        """Write the chosen match."""
        popup, editor = self._popup, self._editor_of()
        if popup is None or editor is None:
            return
        completions, match = popup.completions, popup.chosen
        self.close()
        editor.replace_range(completions, match)

    # --- documentation --------------------------------------------------------------------------

    def show_document(self) -> None:
        """Documentation of the name, on a sheet."""
        self._face.run_worker(self._document(), group="document", exclusive=True)

    async def _document(self) -> None:
        editor = self._editor_of()
        if editor is None or not self._is_kernel_free:
            self._face.say("The kernel is busy; documentation comes when it is idle.")
            return
        text = await self._face.session.kernel.document(editor.text, editor.cursor_at)
        if not text:
            self._face.say("The kernel knows nothing of this name yet.")
            return
        from tui_tutor.tui.screens.reading import ReadingSheet

        await self._face.app.push_screen_wait(ReadingSheet.of_text("Documentation", text))

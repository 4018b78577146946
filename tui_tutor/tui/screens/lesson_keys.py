"""The footer of a lesson: what the kernel does at the left, the keys that work now at the right."""

from __future__ import annotations

from typing import Final

from tui_tutor.core.confinement import Confinement
from tui_tutor.core.course import Cell, ChoiceQuiz, ExerciseCell, QuizBase, VizCell
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.study import Study
from tui_tutor.core.study.state import is_runnable, uses_shell
from tui_tutor.core.wording.restoring import restoring_words
from tui_tutor.tui.widgets.cell_ui import CellUi
from tui_tutor.tui.widgets.editor import Editor
from tui_tutor.tui.widgets.footer import MOST_KEYS, Keys

KERNEL_WORDS: Final = {
    "absent": "no kernel yet",
    "starting": "kernel starting",
    "idle": "kernel idle",
    "busy": "kernel busy",
    "dead": "kernel stopped",
    "missing": "recorded only",
}
LINE_WORDS: Final = {
    "input": "the program waits for a line",
    "answer": "answering",
    "guess": "guessing",
    "source": "editing",
}
_ENDING: Final = (("?", "help"), ("Ctrl+P", "palette"))


def footer_states(
    study: Study, editor: Editor | None, width: int, sandbox: str = Confinement().words
) -> tuple[str, ...]:
    """From long to short, so that the longest that fits is shown; `sandbox`: how code is confined."""
    if editor is not None and editor.task_of_edit.is_single_line:
        return (LINE_WORDS[editor.task_of_edit.purpose],)
    if editor is not None:
        row, column = editor.cursor_location
        place = f"ln {row + 1}, col {column + 1}"
        name = safe_line(editor.task_of_edit.path.rpartition("/")[2])
        named = (f"editing {name}  {place}", f"editing {name}") if name else ()
        return (*named, f"editing  {place}", "editing")
    if study.restoring is not None:
        words = restoring_words(study.restoring)
        return (words, words.rpartition(" ")[0])
    in_shell = study.running and uses_shell(study.cell(study.running))
    kernel = "shell busy" if in_shell else KERNEL_WORDS[study.kernel]
    longer = (f"{kernel} · {sandbox}", _shortest(kernel, sandbox))
    if width >= 120 and study.info is not None and study.info.version:
        return (f"{kernel} · {study.info.language} {study.info.version} · {sandbox}", *longer)
    return longer


def _shortest(kernel: str, sandbox: str) -> str:
    """What most wants to be seen where there is room for one: the sandbox, unless the kernel has news."""
    return sandbox if kernel in (KERNEL_WORDS["absent"], KERNEL_WORDS["idle"]) else kernel


def footer_keys(study: Study, cell: Cell, editor: Editor | None, ui: CellUi) -> Keys:
    """At most seven keys, the most useful here first."""
    if editor is not None:
        return _editor_keys(editor, cell)
    if ui.cursor is not None:
        return (("←→↑↓", "points"), ("+ -", "zoom"), ("0", "whole"), ("Esc", "leave"))
    if study.unsaved:
        return (("Esc", "try to save again"), *_ENDING)
    running = (("F9", "stop"),) if study.running else ()
    if study.restoring is not None:
        # Fewer keys than else, so that there is room for how far it is.
        return (("F9", "skip"), *_cell_keys(study, cell)[: 2 if is_runnable(cell) else 1], *_ENDING)
    missing = (("i", "install"),) if study.kernel == "missing" else ()
    dead = (("F8", "new kernel"),) if study.kernel == "dead" else ()
    keys = (*running, *missing, *dead, *_cell_keys(study, cell), *_ENDING)
    return keys if len(keys) <= MOST_KEYS else (*keys[: MOST_KEYS - 2], *_ENDING)


def _editor_keys(editor: Editor, cell: Cell) -> Keys:
    if editor.has_popup:
        return (("Tab", "accept"), ("↑↓", "choose"), ("Esc", "close"))
    match editor.task_of_edit.purpose:
        case "source" if _has_files(cell):
            return (("F6", "next file"), ("F5", "run"), ("F9", "stop"), ("Esc", "leave"))
        case "source":
            return (("Tab", "complete"), ("F5", "run"), ("F9", "stop"), ("Esc", "leave"))
        case "answer" if editor.task_of_edit.is_single_line:
            return (("Enter", "answer"), ("Esc", "leave"))
        case "answer":
            return (("F5", "answer"), ("Esc", "leave"))
        case "input":
            return (("Enter", "send"), ("F9", "stop"), ("Esc", "leave"))
        case _:
            return (("Enter", "guess and run"), ("Esc", "leave"))


def _has_files(cell: Cell) -> bool:
    return isinstance(cell, ExerciseCell) and len(cell.file) > 1


def _cell_keys(study: Study, cell: Cell) -> Keys:
    state = study.state(cell.id)
    following = ("Ctrl+↓", "next")
    if isinstance(cell, ChoiceQuiz) and not state.is_closed:
        return (("1-9", "choose"), ("Enter", "answer"), ("h", "hint"), following)
    if isinstance(cell, QuizBase) and not state.is_closed:
        return (("Enter", "answer"), ("h", "hint"), following)
    if state.prompt is not None:
        return (("Enter", "give the line"), following)
    if state.is_busy:
        return (following, ("Ctrl+↑", "back"))
    if isinstance(cell, ExerciseCell):
        files = (("f", "next file"),) if _has_files(cell) else ()
        return (("Enter", "edit"), *files, ("F5", "run"), ("c", "check"), ("h", "hint"))
    if is_runnable(cell):
        return (("F5", "run"), ("Enter", "edit"), following)
    if isinstance(cell, VizCell) and state.plot is not None and not state.plot.images:
        return (("Enter", "points"), following, ("Ctrl+↑", "back"))
    return (following, ("Ctrl+↑", "back"))

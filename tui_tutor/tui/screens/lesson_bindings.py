"""The keys of a lesson. What each does is `action_...` of its screen."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding, BindingType

LESSON_BINDINGS: Final[list[BindingType]] = [
    Binding("f5,ctrl+r", "run", "Run the cell", show=False),
    Binding("shift+f5", "run_on", "Run the cell and go on", show=False),
    Binding("f9", "interrupt", "Interrupt what runs", show=False),
    Binding("f8", "restart", "Restart the kernel", show=False),
    Binding("ctrl+c", "stop_or_copy", show=False),
    Binding("ctrl+down", "cell(1)", "Next cell", show=False),
    Binding("ctrl+up", "cell(-1)", "Previous cell", show=False),
    Binding("ctrl+pagedown", "lesson(1)", "Next lesson", show=False),
    Binding("ctrl+pageup", "lesson(-1)", "Previous lesson", show=False),
    Binding("j", "cell(1)", show=False),
    Binding("k", "cell(-1)", show=False),
    Binding("n", "lesson(1)", show=False),
    Binding("p", "lesson(-1)", show=False),
    Binding("down", "scroll(1)", show=False),
    Binding("up", "scroll(-1)", show=False),
    Binding("pagedown,space", "page(1)", show=False),
    Binding("pageup", "page(-1)", show=False),
    Binding("home", "top", show=False),
    Binding("end", "bottom", show=False),
    Binding("enter", "enter", "Edit, answer or look closer", show=False),
    Binding("c", "check", "Check the answer", show=False),
    Binding("h", "hint", "Next hint", show=False),
    Binding("s", "solution", "Solution, after an attempt", show=False),
    Binding("f,f6", "file", "Next file of the exercise", show=False),
    Binding("r", "reset", "The cell as the author wrote it", show=False),
    Binding("a", "run_above", "Run all code above", show=False),
    Binding("x", "scratch", "A scratch cell", show=False),
    Binding("v", "output", "The whole output", show=False),
    Binding("t", "traceback", "The traceback", show=False),
    Binding("i", "install", "Install what the course needs", show=False),
    Binding("u", "links", "Links of the cell", show=False),
    Binding("o", "outline", "Outline of the course", show=False),
    Binding("l", "level", "Level and language", show=False),
    Binding("e", "results", "Results in the course", show=False),
    Binding("slash", "search", "Search the course", show=False),
    Binding("escape", "back", "Back", show=False),
    Binding("ctrl+l", "redraw", "Draw the screen anew", show=False),
    *[Binding(str(n), f"choose({n})", show=False) for n in range(1, 10)],
]

"""The commands that only look: points, outline, search, results, help; and setup, which installs."""

from __future__ import annotations

from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.describing import table
from tui_tutor.plain import surroundings
from tui_tutor.plain.commands import HELP, Command
from tui_tutor.plain.lesson import PlainLesson
from tui_tutor.plain.showing import viz_lines


class LookCommands:
    """Says what surrounds the cell where the learner is."""

    def __init__(self, lesson: PlainLesson) -> None:
        self._lesson = lesson

    def commands(self) -> dict[str, Command]:
        return {
            "points": self._points,
            "outline": self._outline,
            "search": self._search,
            "results": self._results,
            "setup": self._setup,
            "help": self._help,
        }

    async def _points(self, _: str) -> None:
        lesson, cell = self._lesson, self._lesson.cell
        state = lesson.study.state(cell.id)
        if not isinstance(cell, VizCell):
            lesson.say(f"{lesson.label(cell)} is not a plot.")
        elif state.plot is None:
            lesson.say(*viz_lines(cell, state))
        else:
            lesson.say(*table(cell, state.plot))

    async def _outline(self, _: str) -> None:
        self._lesson.say(*surroundings.outline(self._lesson.session, self._lesson.study))

    async def _search(self, text: str) -> None:
        self._lesson.say(*surroundings.found(self._lesson.session.opened, text))

    async def _results(self, _: str) -> None:
        self._lesson.say(*surroundings.results(self._lesson.session, self._lesson.study))

    async def _setup(self, _: str) -> None:
        async for line in surroundings.setting_up(self._lesson.session.opened):
            self._lesson.say(line)

    async def _help(self, _: str) -> None:
        self._lesson.say(HELP, 'Any clear start of a word will do: "n" is next.')
        self._lesson.say(self._lesson.session.adapters.confinement().sentence)

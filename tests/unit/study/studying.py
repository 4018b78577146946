"""A lesson studied without a world: events in, effects noted, records committed at once or refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.builders import NOON, a_code, a_course, a_lesson, a_quiz, a_shell, a_viz, an_exercise
from tui_tutor.core.course import Cell, Lesson
from tui_tutor.core.execution import Finished, Outcome, RunEvent, Started, StreamText
from tui_tutor.core.ports import Record
from tui_tutor.core.study import Effect, Event, Study, begin, update
from tui_tutor.core.study.events import Remember, RunReported, RunRequested, Stored
from tui_tutor.core.study.state import Trust


def at(seconds: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=seconds)


def a_study(
    cells: Sequence[Cell] | None = None, *, lesson: Lesson | None = None, trust: Trust = "trusted"
) -> Study:
    """A lesson nobody has touched; its code may run unless `trust` says otherwise."""
    return begin(a_course(), lesson or a_lesson(cells), number=1, trust=trust)


def after(study: Study, *events: Event) -> Study:
    """The study after these events, whatever they order."""
    for event in events:
        study, _ = update(study, event)
    return study


def effects_of(study: Study, event: Event) -> tuple[Effect, ...]:
    """What an event orders."""
    return update(study, event)[1]


def run_of(
    cell_id: str, *said: RunEvent, outcome: Outcome = "ok", count: int | None = 1, ms: float = 12.0
) -> RunReported:
    """A whole run: started, what it said, finished."""
    end = Finished(outcome, count, ms)
    return RunReported(cell_id, (Started(count), *said, end), NOON)


def has_run(study: Study, cell_id: str, *said: RunEvent, outcome: Outcome = "ok", count: int = 1) -> Study:
    """The study after a run of a cell."""
    return after(study, RunRequested(cell_id, NOON), run_of(cell_id, *said, outcome=outcome, count=count))


def printed(text: str) -> StreamText:
    return StreamText("stdout", text)


def remembered(effects: Iterable[Effect]) -> tuple[Record, ...]:
    """All records that are to be committed."""
    return tuple(record for effect in effects if isinstance(effect, Remember) for record in effect.records)


@dataclass
class Notebook:
    """Studies with a log that commits at once, as the performer does; `effects`: what else is ordered."""

    study: Study
    log: list[Record] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    def take(self, *events: Event) -> None:
        for event in events:
            self.study, effects = update(self.study, event)
            for effect in effects:
                if isinstance(effect, Remember):
                    self.log += effect.records
                    self.take(Stored(effect.records, event.at))
                else:
                    self.effects.append(effect)


def every_kind() -> tuple[Cell, ...]:
    """Two code cells, a plot, an exercise, a question and a command."""
    return (
        a_code("a = 1", id="one"),
        a_code("b = a", id="two"),
        a_viz(),
        an_exercise(hints=("Twice one.", "2")),
        a_quiz(2, hints=("Not the first.",)),
        a_shell(),
    )

"""What the disk refuses is stored later, and the log has all in the order in which it was done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOON, a_code, a_lesson, a_text_quiz
from tests.tui.lesson_stage import StudiedCourse
from tests.tui.stage import a_shelved
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Record, TrustState
from tui_tutor.core.study.events import (
    CellReset,
    Event,
    LessonClosed,
    LessonOpened,
    QuizAnswered,
    SaveRetried,
    SourceEdited,
)
from tui_tutor.session.course_session import Adapters, CourseSession
from tui_tutor.session.opening import open_study
from tui_tutor.session.performing import Performer
from tui_tutor.store.opening import MEMORY
from tui_tutor.store.sqlite import SqliteStore

CELLS = (a_text_quiz(id="ask"), a_text_quiz(id="again"), a_code("x = 1", id="code"))
LESSONS = (a_lesson(CELLS), a_lesson(CELLS, id="second"))
COURSE = a_shelved("a-course", LESSONS)


class Disk(SqliteStore):
    """A log on a disk that is full now and then; it remembers what it was asked to keep."""

    def __init__(self) -> None:
        super().__init__(MEMORY)
        self.is_full = False
        self.made: list[Record] = []

    def append(self, records: Sequence[Record]) -> None:
        known = {id(record) for record in self.made}
        self.made += [record for record in records if id(record) not in known]
        if self.is_full:
            raise TutorError("The disk is full.")
        super().append(records)

    @property
    def log(self) -> list[Record]:
        rows = self._connection.execute("select kind, course, lesson, cell, at, data from event order by id")
        return [record for row in rows if (record := self._record(row)) is not None]


@dataclass
class TickingClock:
    """A second later each time it is asked; by turns it jumps back a day."""

    ticks: int = 0

    def now(self) -> datetime:
        self.ticks += 1
        return NOON + timedelta(seconds=self.ticks, days=-(self.ticks // 7 % 2))

    def monotonic_s(self) -> float:
        return float(self.ticks)


def no_kernel(_: object) -> Any:
    raise TutorError("There is no kernel here.")


@dataclass
class Learner:
    """Goes through two lessons; `performer` is the one that is open."""

    disk: Disk = field(default_factory=Disk)

    def __post_init__(self) -> None:
        self.adapters = Adapters(TickingClock(), self.disk, make_kernel=no_kernel, make_shell=no_kernel)
        course = StudiedCourse(COURSE.entry, COURSE.lessons, state=TrustState("trusted", "0"))
        self.session = CourseSession(course, self.adapters)
        self.open("first")

    def open(self, lesson: str) -> None:
        study = open_study(self.session.opened, lesson, self.disk)
        self.performer = Performer(study, self.session, on_change=lambda _: None, ask_trust=lambda: None)
        self.performer.dispatch(LessonOpened(self.adapters.clock.now()))

    async def leave(self) -> None:
        self.performer.dispatch(LessonClosed(self.adapters.clock.now()))
        await self.performer.close()

    async def do(self, act: str, cell: str, text: str) -> None:
        at = self.adapters.clock.now()
        events: dict[str, Event] = {
            "answer": QuizAnswered(cell, (text,), at) if cell != "code" else SaveRetried(at),
            "reset": CellReset(cell, at),
            "edit": SourceEdited("code", text, at),
            "retry": SaveRetried(at),
        }
        if act in ("first", "second"):
            await self.leave()
            self.open(act)
        elif act in ("full", "free"):
            self.disk.is_full = act == "full"
        else:
            self.performer.dispatch(events[act])


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["answer"] * 4 + ["reset", "edit", "retry", "full", "full", "free", "first", "second"]
        ),
        st.sampled_from(["ask", "again", "code"]),
        st.sampled_from(["one", "two", "kernel", "three"]),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(ACTS)
def test_the_log_has_all_in_the_order_in_which_it_was_done(acts):
    async def go() -> Disk:
        learner = Learner()
        for act in acts:
            await learner.do(*act)
        learner.disk.is_full = False
        await learner.leave()
        return learner.disk

    disk = asyncio.run(go())
    assert disk.log == disk.made


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(ACTS)
def test_what_is_seen_after_it_is_what_is_found_tomorrow(acts):
    async def go() -> tuple[Any, Any]:
        learner = Learner()
        for act in acts:
            await learner.do(*act)
        learner.disk.is_full = False
        learner.performer.dispatch(SaveRetried(learner.adapters.clock.now()))
        study = learner.performer.study
        found = open_study(learner.session.opened, study.lesson.id, learner.disk)
        return _seen(study), _seen(found)

    seen, found = asyncio.run(go())
    assert seen == found


def _seen(study: Any) -> dict[str, Any]:
    return {
        cell: (state.source, state.answer, state.verdict, state.attempts, state.is_done, state.is_closed)
        for cell, state in study.cells.items()
    }


def test_what_was_refused_in_a_lesson_that_was_left_is_stored_in_the_next():
    async def go() -> Learner:
        learner = Learner()
        learner.disk.is_full = True
        await learner.do("answer", "ask", "one")
        await learner.do("second", "", "")
        learner.disk.is_full = False
        await learner.do("answer", "ask", "two")
        return learner

    learner = asyncio.run(go())
    answers = [(record.lesson, record.data["answer"]) for record in learner.disk.attempts("a-course")]
    assert answers == [("first", ["one"]), ("second", ["two"])]
    assert learner.performer.study.state("ask").answer == ("two",)


def test_what_waits_when_all_is_closed_is_tried_a_last_time_and_told_if_it_is_lost():
    async def go() -> Learner:
        learner = Learner()
        learner.disk.is_full = True
        await learner.do("answer", "ask", "one")
        await learner.leave()
        return learner

    learner = asyncio.run(go())
    assert learner.adapters.store_unsaved() == (
        "3 records of what you did could not be saved. The disk is full."
    )
    learner.disk.is_full = False
    assert learner.adapters.store_unsaved() == ""
    assert [record.data["answer"] for record in learner.disk.attempts("a-course")] == [["one"]]

"""Taking in a lesson that its author has saved: the kernel is kept, or made anew and what ran replayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.ports import Json
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import (
    CheckRequested,
    EvaluatePlots,
    NoticeRead,
    RestartRequested,
    RunRequested,
)
from tui_tutor.core.study.recording import with_recorded
from tui_tutor.core.study.revising import Revision, revise
from tui_tutor.core.study.state import uses_shell
from tui_tutor.session.performing import Performer

NEW_KERNEL: Final = "new kernel"


@dataclass(frozen=True, slots=True)
class Edition:
    """What the author saved: a lesson with its course and the course's lock."""

    course: Course
    lesson: Lesson
    number: int
    lock: Mapping[str, Json]
    is_code_changed: bool = False  # a file that cells may import has changed


async def take_edition(performer: Performer, edition: Edition) -> Revision:
    """Go on with the lesson as saved. What runs ends first where it cannot go on under its name.

    A run whose source was changed is stopped. Returns when replaying has begun; it goes on by itself,
    and an interrupt stops it as it stops any run.
    """
    if performer.study.restoring is not None:
        await performer.stop()  # it runs what the lesson was before
    revision, was_running = _revised(performer.study, edition), ""
    if revision.kernel != "kept":
        was_running = performer.study.running
        await performer.stop()
    elif not revision.holds_ids:
        await performer.settle()
    revision = _revised(performer.study, edition, was_running)
    performer.take(with_recorded(revision.study, edition.lock))
    if revision.kernel == "kept":
        _draw_again(performer, revision)
    else:
        await _renew(performer, revision)
    return revision


def _revised(study: Study, edition: Edition, was_running: str = "") -> Revision:
    return revise(
        study,
        edition.course,
        edition.lesson,
        edition.number,
        is_code_changed=edition.is_code_changed,
        was_running=was_running,
    )


def _draw_again(performer: Performer, revision: Revision) -> None:
    if revision.plots and performer.session.is_started and not performer.study.running:
        performer.order(EvaluatePlots(revision.plots))


async def _renew(performer: Performer, revision: Revision) -> None:
    if revision.kernel == "replaced":
        await performer.end_kernel()
        performer.take(_without_kernel(performer.study))
    elif performer.session.is_started:
        performer.dispatch(RestartRequested(performer.now()))
        await performer.settle()
        performer.dispatch(NoticeRead(performer.now()))
    for cell_id, why in revision.replay:
        wish = CheckRequested if why == "check" else RunRequested
        performer.dispatch(wish(cell_id, performer.now()))


def _without_kernel(study: Study) -> Study:
    """No kernel yet: what the old one printed is old."""
    cells = {
        cell_id: replace(state, stale=NEW_KERNEL, count=None) if state.count is not None else state
        for cell_id, state in study.cells.items()
        if not uses_shell(study.cell(cell_id))
    }
    return replace(
        study, kernel="absent", info=None, last_run="", cells=MappingProxyType({**study.cells, **cells})
    )

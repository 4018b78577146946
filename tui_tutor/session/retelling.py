"""Choosing level and language of a course: remembered for each course, changed while a lesson is played."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.levels import Reading
from tui_tutor.core.ports import EventStore, OpenCourse
from tui_tutor.core.study.retelling import retold
from tui_tutor.session.performing import Performer

_LEVEL: Final = "level:"
_LANGUAGE: Final = "language:"


def reading_of(opened: OpenCourse, store: EventStore) -> Reading:
    """What the learner chose for a course, as far as it is still offered."""
    course_id = opened.course.id
    return opened.offer.chosen(store.setting(_LEVEL + course_id), store.setting(_LANGUAGE + course_id))


def tell_as_chosen(opened: OpenCourse, store: EventStore) -> None:
    """Give the course as the learner chose it before."""
    course_id = opened.course.id
    if store.setting(_LEVEL + course_id) or store.setting(_LANGUAGE + course_id):
        opened.lay_over(opened.offer.overlay(reading_of(opened, store)))


def choose(opened: OpenCourse, store: EventStore, *, level: str = "", language: str = "") -> Reading:
    """Give the course at this level and in this language from now on, and remember it; "" changes nothing.

    TutorError names what there is where one is not offered (exit code 2), or says that it is not kept.
    """
    offer, before = opened.offer, reading_of(opened, store)
    _require(level, offer.levels, opened.course.title, "at the level")
    _require(language, offer.languages, opened.course.title, "in the language")
    reading = Reading(level or before.level, language or before.language)
    opened.lay_over(offer.overlay(reading))
    for name, value, is_wished in (
        (_LEVEL, reading.level, bool(level)),
        (_LANGUAGE, reading.language, bool(language)),
    ):
        if is_wished:
            store.set_setting(name + opened.course.id, value)
    return reading


def _require(wanted: str, there: Sequence[str], title: str, how: str) -> None:
    if wanted and wanted not in there:
        raise TutorError(
            f"{title} is not told {how} {wanted}.", help=f"There is {', '.join(there)}.", exit_code=2
        )


def retell(performer: Performer) -> bool:
    """Go on with the lesson as the course gives it now; False where it cannot be read so."""
    opened, study = performer.session.opened, performer.study
    lesson = opened.lesson(study.lesson.id).lesson
    if lesson is None or not lesson.cells:
        return False
    if lesson is study.lesson:
        return True
    performer.take(retold(study, opened.course, lesson))
    return True

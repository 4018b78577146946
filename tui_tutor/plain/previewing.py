"""Preview in lines: what the author saved is read again when a command is given, or Enter pressed."""

from __future__ import annotations

import asyncio
from typing import Final

from tui_tutor.core.ports import PreviewedCourse
from tui_tutor.core.wording.previewing import outdated, reloaded
from tui_tutor.plain.lesson import PlainLesson
from tui_tutor.plain.player import BeforeCommand
from tui_tutor.session.revising import Edition, take_edition

LOOK_AGAIN_S: Final = 0.1


def follow_author(previewed: PreviewedCourse) -> BeforeCommand:
    """What happens before each command of a preview."""

    async def follow(lesson: PlainLesson) -> None:
        if not await previewed.look():
            return
        while not (previewed.is_checked or previewed.problem):
            await asyncio.sleep(LOOK_AGAIN_S)
            await previewed.look()
        if previewed.problem:
            lesson.say(previewed.problem)
        else:
            await _take(previewed, lesson)

    return follow


async def _take(previewed: PreviewedCourse, lesson: PlainLesson) -> None:
    lesson_id = lesson.study.lesson.id
    found = [item.diagnostic for item in previewed.diagnostics]
    lesson.say(*(diagnostic.as_text() for diagnostic in found))
    if lesson_id not in previewed.course.lessons:
        lesson.say("This lesson is not in the course now; this is its last form.")
        return
    saved = previewed.lesson(lesson_id).lesson
    if saved is None or not saved.cells:
        lesson.say("This lesson has no cells now; this is its last form.")
        return
    number = previewed.course.lessons.index(lesson_id) + 1
    edition = Edition(previewed.course, saved, number, previewed.lock(), previewed.is_code_changed)
    revision = await take_edition(lesson.performer, edition)
    await lesson.performer.settle()
    lesson.say_in_commands(reloaded(found, revision))
    if previewed.is_outdated(lesson_id):
        lesson.say(outdated(previewed.saved_diagnostics(lesson_id)))

"""Questions whose answer is a program: a real kernel runs it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.adapters.kernels import real_kernel
from tests.builders import a_lesson
from tests.tui.lesson_stage import StudiedCourse
from tests.tui.stage import StoppedClock, a_shelved
from tests.unit.grading.quizzes import a_quiz
from tests.unit.study.studying import a_study
from tui_tutor.core.errors import TutorError
from tui_tutor.core.grading.orders import line_key
from tui_tutor.core.grading.verdict import Verdict
from tui_tutor.core.study.events import GradeAnswer
from tui_tutor.session.checking import graded_question
from tui_tutor.session.course_session import Adapters, CourseSession
from tui_tutor.store.sqlite import MEMORY, SqliteStore

pytestmark = pytest.mark.slow


def a_session(folder: Path) -> CourseSession:
    shelved = a_shelved("a-course", (a_lesson(),))
    course = StudiedCourse(shelved.entry, shelved.lessons)
    adapters = Adapters(
        StoppedClock(),
        SqliteStore(MEMORY),
        make_kernel=lambda _: real_kernel(folder),
        make_shell=lambda _: pytest.fail("nothing here needs a shell"),
    )
    return CourseSession(course, adapters)


def graded(folder: Path, *lines: str) -> Verdict:
    """The verdict on a program put together from these lines."""
    check = {"kind": "stdout", "text": "1", "says": "it prints 1"}
    quiz = a_quiz("order", items=lines, check=[check])

    async def go() -> Verdict:
        session = a_session(folder)
        answer = tuple(line_key(quiz, line) for line in lines)
        try:
            return await graded_question(a_study([quiz]), GradeAnswer("q", answer), session)
        finally:
            await session.close()

    return asyncio.run(go())


def test_lines_that_print_what_is_asked_for_are_right(tmp_path: Path):
    assert graded(tmp_path, "x = 1", "print(x)").correct


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("x = 1", "y = = x"), "SyntaxError in line 2: invalid syntax"),
        (("x = 1", "  y = x"), "IndentationError in line 2: unexpected indent"),
        (("x = 1", "x()"), "TypeError in line 2: 'int' object is not callable"),
    ],
)
def test_lines_that_do_not_run_are_told_the_line_and_no_made_up_file(
    lines: tuple[str, ...], said: str, tmp_path: Path
):
    verdict = graded(tmp_path, *lines)
    assert (verdict.correct, verdict.messages[:2]) == (False, ("the code runs to its end", said))


def test_a_setup_that_fails_is_told_the_line_and_no_made_up_file(tmp_path: Path):
    async def go() -> None:
        session = a_session(tmp_path)
        try:
            await session.run_setup("course", "x = 1\ny = = x")
        finally:
            await session.close()

    with pytest.raises(TutorError, match=r"failed: SyntaxError in line 2: invalid syntax\Z"):
        asyncio.run(go())

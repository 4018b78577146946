"""Level and language on the screen: chosen with a key, seen at once, and nothing of the learner's is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.builders import a_code, a_course_folder, a_lesson, a_markdown, a_quiz, an_exercise
from tests.tui.lesson_stage import FOREVER, Desk, ScriptedKernel, a_kept_store
from tests.tui.previewing import an_author, save
from tests.tui.replaying import StoppedClock
from tui_tutor.core.course import Cell
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import OpenCourse
from tui_tutor.session.course_session import Adapters, CourseSession
from tui_tutor.session.opening import open_study
from tui_tutor.shelf.environment import Environments
from tui_tutor.shelf.installed import Library
from tui_tutor.store.sqlite import SqliteStore
from tui_tutor.tui.app import TutorApp
from tui_tutor.tui.screens.lesson import LessonScreen

CELLS: tuple[Cell, ...] = (
    a_markdown("Slow words.", id="words"),
    a_code("a = 1", id="one"),
    an_exercise(starter="x = ..."),
    a_quiz(2, question="Which is it?"),
)
ADVANCED = """title = "Quick"
[[cell]]
id = "words"
text = "Terse."
[[cell]]
after = "words"
text = "Ahead."
[[cell]]
id = "ex-1"
starter = "pass"
"""
GERMAN = 'title = "Langsam"\n[[cell]]\nid = "quiz-1"\nquestion = "Was ist es?"\n'


def a_folder(parent: Path, **overlays: str) -> Path:
    told = {f"lessons/first.{tag.replace('__', '.')}.toml": text for tag, text in overlays.items()}
    lesson = a_lesson(CELLS, title="Slow", minutes=5)
    return a_course_folder(parent, lessons=[lesson], files=told, level="beginner")


@asynccontextmanager
async def a_learner(
    folder: Path, store: SqliteStore, kernel: ScriptedKernel | None = None
) -> AsyncIterator[Desk]:
    """The first lesson of a course that lies in a folder."""
    kernel, data = kernel or ScriptedKernel(), folder.parent / "data"
    adapters = Adapters(StoppedClock(), store, make_kernel=lambda _: kernel, make_shell=lambda _: kernel)
    sessions: dict[str, CourseSession] = {}

    def open_lesson(opened: OpenCourse, lesson_id: str, cell_id: str = "") -> LessonScreen:
        session = sessions.setdefault(opened.entry.ref, CourseSession(opened, adapters))
        study = open_study(opened, lesson_id, store, granted="once")
        return LessonScreen(opened.entry.ref, study, session, cell_id=cell_id)

    app = TutorApp(
        shelf=Library(None, data, environments=Environments(data / "environments")),
        store=store,
        clock=adapters.clock,
        open_lesson=open_lesson,
        start=(f"{folder}/", "first"),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        desk = Desk(app, pilot, kernel, store)
        await desk.sees("lesson 1 / 1")
        yield desk


def play(folder: Path, script: Callable[[Desk], Awaitable[None]], **given: object) -> None:
    async def run() -> None:
        async with a_learner(folder, given.pop("store", None) or a_kept_store(), **given) as desk:  # type: ignore[arg-type]
            await script(desk)

    asyncio.run(run())


def test_the_lesson_goes_on_in_the_words_that_were_taken(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.sees("beginner · 5 min", "Slow words.")
        await desk.press("l")
        await desk.sees("How this course is told", "advanced")
        await desk.press("j", "enter")
        await desk.sees(
            "Quick", "advanced · 5 min", "Terse.", "Ahead.", "Now advanced. What you did is kept."
        )

    play(a_folder(tmp_path, advanced=ADVANCED), script)


def test_escape_changes_nothing(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.press("l", "j", "escape")
        await desk.sees("beginner · 5 min", "Slow words.")

    play(a_folder(tmp_path, advanced=ADVANCED), script)


def test_a_course_of_one_level_says_so_and_shows_none(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        assert "beginner" not in desk.seen
        await desk.press("l")
        await desk.sees("This course has one level and one language.")

    play(a_folder(tmp_path), script)


@pytest.mark.slow
def test_language_and_level_are_chosen_apart(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.press("l", "j", "j", "j", "enter")
        await desk.sees("Langsam", "beginner · de")
        await desk.press("l", "j", "enter")
        await desk.sees("Langsam", "advanced · de", "Ahead.")

    play(a_folder(tmp_path, advanced=ADVANCED, de=GERMAN), script)


def test_the_focus_stays_at_its_cell_and_the_kernel_keeps_its_names(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.press("j", "f5")
        await desk.sees("In  [1]")
        await desk.press("l", "j", "enter")
        await desk.sees("Ahead.", "In  [1]", "ran")
        assert desk.screen.cell.id == "one"
        assert desk.kernel.ran == ["a = 1"]

    play(a_folder(tmp_path, advanced=ADVANCED), script)


def test_a_run_goes_on_while_the_words_change(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.press("j", "f5")
        await desk.sees("running")
        await desk.press("l", "j", "enter")
        await desk.sees("Ahead.", "running")
        await desk.press("f9")
        await desk.sees("stopped by you")

    play(a_folder(tmp_path, advanced=ADVANCED), script, kernel=ScriptedKernel({"a = 1": (FOREVER,)}))


@pytest.mark.slow
def test_what_was_typed_stays_and_what_was_not_begins_with_the_other_starter(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.press("l", "j", "enter")
        await desk.sees("pass")
        await desk.press("j", "j", "enter", *"y=9", "escape", "l", "k", "enter")
        await desk.sees("Slow words.", "y=9")

    play(a_folder(tmp_path, advanced=ADVANCED), script)


@pytest.mark.slow
def test_an_answer_stays_an_answer_in_another_language(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.press("j", "j", "j", "2", "enter")
        await desk.sees("right")
        await desk.press("l", "j", "enter")
        await desk.sees("Was ist es?", "✓ right")
        assert "changed" not in desk.seen

    play(a_folder(tmp_path, de=GERMAN), script)


def test_it_is_remembered_for_the_course(tmp_path: Path) -> None:
    folder, store = a_folder(tmp_path, advanced=ADVANCED), a_kept_store()

    async def choose(desk: Desk) -> None:
        await desk.press("l", "j", "enter")
        await desk.sees("Ahead.")

    async def look(desk: Desk) -> None:
        await desk.sees("Quick", "advanced", "Ahead.")

    async def both() -> None:
        for script in (choose, look):
            async with a_learner(folder, store) as desk:
                await script(desk)

    asyncio.run(both())
    assert store.setting("level:a-course") == "advanced"


def test_a_choice_that_cannot_be_kept_is_taken_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = a_kept_store()

    def full(name: str, value: str) -> None:
        raise TutorError("Not saved: the disk is full.")

    monkeypatch.setattr(store, "set_setting", full)

    async def script(desk: Desk) -> None:
        await desk.press("l", "j", "enter")
        await desk.sees("Ahead.", "Not saved: the disk is full.")

    play(a_folder(tmp_path, advanced=ADVANCED), script, store=store)


# --- the outline ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_outline_changes_it_too_and_the_lesson_below_follows(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.press("o")
        await desk.sees("l level", "beginner")
        await desk.press("l", "j", "enter")
        await desk.sees("Quick", "advanced")
        await desk.press("escape")
        await desk.sees("Quick", "Ahead.")
        await desk.press("o", "l", "k", "enter")
        await desk.sees("Slow", "beginner ·")

    play(a_folder(tmp_path, advanced=ADVANCED), script)


@pytest.mark.slow
def test_a_lesson_that_is_done_is_done_at_every_level(tmp_path: Path) -> None:
    folder = a_course_folder(
        tmp_path,
        cells=[a_markdown("Slow words.", id="words"), a_code("a = 1", id="one")],
        files={"lessons/first.advanced.toml": '[[cell]]\nafter = "words"\ntext = "Ahead."\n'},
    )

    async def script(desk: Desk) -> None:
        await desk.press("j", "f5")
        await desk.sees("Lesson 1 is done.")
        await desk.press("l", "j", "enter")
        await desk.sees("Ahead.")
        await desk.press("o")
        await desk.sees("2/2")

    play(folder, script)


# --- previews ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_author_sees_a_level_and_what_is_saved_of_it(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, advanced=ADVANCED)

    async def script() -> None:
        async with an_author(folder) as author:
            await author.press("l", "j", "enter")
            await author.sees("Terse.")
            save(folder, {"lessons/first.advanced.toml": ADVANCED.replace("Terse.", "Terser still.")})
            await author.sees("Terser still.")
            save(folder, {"lessons/first.advanced.toml": ADVANCED.replace("text", "txt")})
            await author.sees("older", "Terser still.", "txt")

    asyncio.run(script())

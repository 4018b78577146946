"""A build as it goes: figures by lesson, a stop that keeps what came, and an outcome that can be read."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from tests.tui.studio_stage import (
    BEGUN,
    EMPTY,
    LESSONS,
    NEWS,
    OUTLINED,
    WRITTEN,
    Author,
    ReplayDesk,
    at_the_studio,
)
from tui_tutor.core.studio_desk import DeskNews, DeskOutcome, OnDeskNews


async def build(author: Author) -> None:
    await author.press("b")
    await author.sees("Build 3 lessons?")
    await author.press("enter")
    await author.sees("log")


def row_with(seen: str, words: str) -> str:
    return next(row for row in seen.split("\n") if words in row)


def test_each_lesson_says_who_works_on_it_and_the_head_what_is_proven_and_spent():
    async def act() -> str:
        async with at_the_studio(ReplayDesk(OUTLINED, NEWS, holds=Event())) as author:
            await build(author)
            return await author.sees("50 %")

    seen = asyncio.run(act())
    assert "$0.40 of $5.00 · 7 cells proven" in seen
    assert row_with(seen, "Why lines form").split() == ["✓", "1", "Why", "lines", "form", "done"]
    assert row_with(seen, "Simulate a practice").endswith("writing: the plan · writer, 40 tokens")
    assert row_with(seen, "Plan for the peak").endswith("waiting")
    assert "about 1 min 00 s left" in seen


@pytest.mark.parametrize("key", ["f9", "escape", "ctrl+c"])
def test_a_build_is_stopped_and_what_came_is_kept(key: str):
    desk = ReplayDesk(OUTLINED, NEWS, holds=Event())

    async def act() -> str:
        async with at_the_studio(desk) as author:
            await build(author)
            await author.press(key)
            return await author.sees("Stopped.")

    seen = asyncio.run(act())
    assert desk.was_stopped
    assert "What came is kept: build again and it goes on there." in seen


def test_a_stopped_build_goes_on_when_it_is_built_again():
    desk = ReplayDesk(OUTLINED, NEWS, holds=Event())

    async def act() -> None:
        async with at_the_studio(desk) as author:
            await build(author)
            await author.press("f9")
            await author.sees("Stopped.")
            await author.press("b")
            await author.until(lambda: len(desk.asked_for("build")) == 2)

    asyncio.run(act())


def test_a_published_course_is_said_so_and_enter_goes_to_its_cells():
    async def act() -> tuple[str, str]:
        async with at_the_studio(ReplayDesk(OUTLINED, NEWS, after=WRITTEN)) as author:
            await author.press("b")
            await author.sees("Build 3 lessons?")
            await author.press("enter")
            seen = await author.sees("✓ done")
            await author.press("enter")
            return seen, await author.sees("Review")

    built, review = asyncio.run(act())
    assert "The course is in waiting-lines." in built
    assert "2 of 5 seen" in review


@pytest.mark.slow
def test_what_stopped_a_course_is_read_in_full():
    lines = ("lines/wait: mutants survive: " + "3 of 9, " * 12, *(f"finding {n}" for n in range(30)))
    desk = ReplayDesk(OUTLINED, NEWS, outcome=DeskOutcome(False, lines))

    async def act() -> tuple[str, str]:
        async with at_the_studio(desk) as author:
            await author.press("b")
            await author.sees("Build 3 lessons?")
            await author.press("enter")
            first = await author.sees("✗ not yet")
            await author.press("end")
            return first, await author.sees("finding 29")

    first, last = asyncio.run(act())
    assert " ".join(first.replace("▐", "").split()).count("3 of 9") == 12
    assert "b again" in last


def test_a_second_build_in_the_folder_is_refused_in_a_sentence():
    async def act() -> str:
        desk = ReplayDesk(OUTLINED, refusal="Another build is at work in this folder; nothing was changed.")
        async with at_the_studio(desk) as author:
            await author.press("b")
            await author.sees("Build 3 lessons?")
            await author.press("enter")
            return await author.sees("✗ not yet")

    assert "Another build is at work in this folder; nothing was changed." in asyncio.run(act())


def test_quitting_while_it_builds_is_asked_about_and_stops_it():
    desk = ReplayDesk(OUTLINED, NEWS, holds=Event())

    async def act() -> tuple[str, int | None]:
        async with at_the_studio(desk) as author:
            await build(author)
            await author.press("ctrl+q")
            asked = await author.sees("Quit?")
            await author.press("enter")
            await author.until(lambda: author.app.return_code is not None)
            return asked, author.app.return_code

    asked, code = asyncio.run(act())
    assert "The build is not finished. Enter quits all the same; Esc goes back." in asked
    assert (code, desk.was_stopped) == (0, True)


def test_a_storm_of_news_does_not_hold_the_keys_up():
    storm = [DeskNews("writing", "lines", f"part {n}", "writer", n) for n in range(20_000)]

    async def act() -> str:
        async with at_the_studio(ReplayDesk(OUTLINED, storm, holds=Event())) as author:
            await build(author)
            await author.press("f9")
            return await author.sees("Stopped.")

    asyncio.run(act())


def test_hostile_news_is_shown_harmless():
    evil = DeskNews("wri\x1b[2Jting", LESSONS[0].id, "a\n\x1b]0;t\x07b\u202e", "age\x9bnt", 3)

    async def act() -> str:
        async with at_the_studio(ReplayDesk(OUTLINED, [evil], holds=Event())) as author:
            await build(author)
            return await author.sees("3 tokens")

    seen = asyncio.run(act())
    assert not {letter for letter in seen if not letter.isprintable()} - {"\n"}


def test_an_outline_that_is_made_while_a_sheet_is_open_is_shown_all_the_same():
    desk = ReplayDesk(BEGUN, NEWS[:1], holds=Event(), after=OUTLINED)

    async def act() -> str:
        async with at_the_studio(desk) as author:
            await author.press("b", "enter")
            await author.sees("log")
            await author.press("question_mark")
            await author.sees("Keys")
            assert desk.holds is not None
            desk.holds.set()
            return await author.sees("The outline is made.")

    assert "Simulate a practice" in asyncio.run(act())


def test_a_disk_that_refuses_is_a_sentence():
    class Full(ReplayDesk):
        async def build(self, on_news: OnDeskNews) -> DeskOutcome:
            raise OSError(28, "No space left on device", "/course/\x1b.toml")

    async def act() -> str:
        async with at_the_studio(Full(OUTLINED)) as author:
            await author.press("b", "enter")
            return await author.sees("✗ not yet")

    seen = asyncio.run(act())
    assert "The disk refused: no space left on device (/course/␛.toml)." in " ".join(seen.split())


@pytest.mark.slow
@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40), (200, 60)])
def test_every_page_fits_every_window_in_ascii(size: tuple[int, int]):
    async def act() -> str:
        seen = ""
        for state in (EMPTY, BEGUN, OUTLINED, WRITTEN):
            async with at_the_studio(ReplayDesk(state), size=size, first="", is_ascii=True) as author:
                await author.pilot.pause(0.05)
                seen += author.seen + "\n"
        desk = ReplayDesk(OUTLINED, NEWS, holds=Event())
        async with at_the_studio(desk, size=size, is_ascii=True) as author:
            await author.press("b", "enter")
            return seen + await author.sees("$0.40")

    seen = asyncio.run(act())
    assert seen.isascii()
    assert max(map(len, seen.split("\n"))) <= size[0]

"""The outline's page: what there is, what going on costs, and an editor that loses nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.tui.studio_stage import BEGUN, OUTLINED, WRITTEN, Author, ReplayDesk, at_the_studio


async def outline_of_written(author: Author) -> None:
    """From the review to the outline."""
    await author.sees("Review")
    await author.press("o")
    await author.sees("lesson 1")


def test_lessons_stand_with_their_minutes_levels_and_states_and_the_price():
    async def act() -> str:
        async with at_the_studio(ReplayDesk(OUTLINED)) as author:
            return await author.sees("about $1.20 for what is not written")

    rows = asyncio.run(act()).split("\n")
    assert "spent $0.06 of $5.00" in rows[0]
    assert "3 lessons · 35 min" in rows[1]
    assert rows[4].split() == ["▌○", "1", "Why", "lines", "form", "9", "understand", "not", "written"]


def test_a_lesson_that_is_left_says_why():
    async def act() -> str:
        async with at_the_studio(ReplayDesk(WRITTEN), first="Review") as author:
            await outline_of_written(author)
            await author.press("end")
            return await author.sees("lesson 3  Judge")

    seen = asyncio.run(act())
    assert ("✗  3" in seen, "left for you" in seen, "the exercise never held" in seen) == (True, True, True)


def test_nothing_is_built_without_a_question_that_names_the_price():
    async def act() -> tuple[str, ReplayDesk]:
        async with at_the_studio(ReplayDesk(OUTLINED)) as author:
            await author.press("b")
            asked = await author.sees("Build 3 lessons?")
            await author.press("escape")
            await author.sees("e edit")
            return asked, author.desk

    asked, desk = asyncio.run(act())
    assert "About $1.20; spent $0.06 of $5.00, which is never exceeded." in asked
    assert desk.asked_for("build") == []


def test_an_outline_is_made_after_a_question_and_then_it_is_the_author_s_turn():
    async def act() -> tuple[str, ReplayDesk]:
        async with at_the_studio(ReplayDesk(BEGUN, after=OUTLINED)) as author:
            await author.press("b")
            await author.sees("Have an outline made?")
            await author.press("enter")
            return await author.sees("The outline is made."), author.desk

    seen, desk = asyncio.run(act())
    assert "Simulate a practice" in seen
    assert (desk.asked_for("make_outline"), desk.asked_for("build")) == ([()], [])


# --- editing ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_changed_outline_is_kept_and_shown():
    async def act() -> tuple[str, ReplayDesk]:
        async with at_the_studio(ReplayDesk(OUTLINED)) as author:
            await author.press("e")
            await author.sees("$EDITOR instead.")
            await author.type("# mine\n")
            await author.press("f5")
            return await author.sees("The outline is kept."), author.desk

    seen, desk = asyncio.run(act())
    assert desk.asked_for("set_outline") == [('# mine\nid = "waiting-lines"\ntitle = "Waiting lines"\n',)]
    assert "Why lines form" in seen


def test_mistakes_in_an_outline_are_sentences_its_line_is_gone_to_and_the_text_stays():
    desk = ReplayDesk(OUTLINED, refusal="The outline cannot be used: title: too short (line 2).")

    async def act() -> str:
        async with at_the_studio(desk) as author:
            await author.press("e")
            await author.sees("The outline")
            await author.type("x")
            await author.press("f5")
            await author.sees("line 2 of 3")
            return author.seen

    seen = asyncio.run(act())
    assert "✗ not kept The outline cannot be used: title: too short (line 2)." in seen
    assert 'xid = "waiting-lines"' in seen


@pytest.mark.slow
def test_a_changed_text_is_not_left_without_a_question():
    async def act() -> tuple[str, str]:
        async with at_the_studio(ReplayDesk(OUTLINED)) as author:
            await author.press("e")
            await author.sees("The outline")
            await author.type("mine ")
            await author.press("escape")
            asked = await author.sees("Leave without keeping it?")
            await author.press("escape")
            await author.sees("F5 keep it")
            return asked, author.seen

    asked, seen = asyncio.run(act())
    assert "What you changed is not kept." in asked
    assert 'mine id = "waiting-lines"' in seen


def test_a_text_that_is_as_it_was_is_left_at_once():
    async def act() -> ReplayDesk:
        async with at_the_studio(ReplayDesk(OUTLINED)) as author:
            await author.press("e")
            await author.sees("The outline")
            await author.press("escape")
            await author.sees("b build")
            return author.desk

    assert asyncio.run(act()).asked_for("set_outline") == []


def test_a_long_outline_is_scrolled_in_the_editor():
    text = "\n".join(f"# line {n}" for n in range(200))

    async def act() -> str:
        async with at_the_studio(ReplayDesk(OUTLINED, text=text)) as author:
            await author.press("e")
            await author.sees("# line 1")
            await author.press("ctrl+end")
            return await author.sees("# line 199")

    assert "line 200 of 200" in asyncio.run(act())


def test_hostile_titles_and_notes_are_shown_harmless():
    evil = replace(OUTLINED.lessons[0], title="T\x1b]0;x\x07\u202e", objective="O\x9b1m\ttab", note="\x1b[2J")
    state = replace(OUTLINED, lessons=(evil,), title="\x1b[31mred", folder="a\nb\x1bc", notes=("n\x1b",))

    async def act() -> str:
        async with at_the_studio(ReplayDesk(state)) as author:
            await author.press("b")
            return await author.sees("Build 1 lesson?")

    seen = asyncio.run(act())
    assert not {letter for letter in seen if not letter.isprintable()} - {"\n"}


def test_what_goes_wrong_while_the_state_is_read_is_a_sentence():
    class Broken(ReplayDesk):
        def outline_text(self) -> str:
            self._hear("outline_text")
            return ""

    async def act() -> str:
        async with at_the_studio(Broken(OUTLINED, refusal="outline.toml cannot be read.")) as author:
            await author.press("e")
            return await author.sees("outline.toml cannot be read.")

    assert "Why lines form" in asyncio.run(act())

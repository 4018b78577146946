"""The brief as a form: what was typed stays, industries are found, mistakes are said in sentences."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.tui.studio_stage import EMPTY, Author, ReplayDesk, at_the_studio
from tui_tutor.core.studio_desk import BriefForm
from tui_tutor.tui.screens.studio_brief import StudioBriefScreen
from tui_tutor.tui.studio_form import FIELDS, form_of, next_choice, shown_fields, values_of


def row_of(seen: str, label: str) -> str:
    """The row of a field."""
    return next(row[11:].rstrip() for row in seen.split("\n") if row[1:].startswith(label))


async def go_to(author: Author, name: str) -> None:
    while author.chosen != name:
        await author.press("tab")


# --- filling it in ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_brief_that_was_filled_in_is_begun_with_and_the_outline_comes_next():
    async def act() -> tuple[ReplayDesk, str]:
        async with at_the_studio() as author:
            await author.type("Hash tables")
            await author.press("tab", "right", "tab", "right")  # advanced, and for beginners
            await go_to(author, "must")
            await author.type("a table\na plot")
            await author.press("f5")
            return author.desk, await author.sees("b has it made")

    desk, seen = asyncio.run(act())
    wanted = BriefForm(
        topic="Hash tables", level="advanced", levels=("beginner",), must=("a table", "a plot")
    )
    assert desk.asked_for("begin") == [(wanted,)]
    assert "about $0.08; spent $0.00 of $5.00" in seen


@pytest.mark.slow
def test_the_arrows_leave_a_field_at_its_first_and_its_last_row():
    async def act() -> list[str]:
        async with at_the_studio() as author:
            await go_to(author, "must")
            await author.type("one\ntwo")
            places = []
            for key in ("up", "up", "down", "down", "down"):
                await author.press(key)
                places.append(author.chosen)
            return places

    assert asyncio.run(act()) == ["must", "language", "must", "must_not", "sources"]


@pytest.mark.slow
def test_a_field_of_lines_grows_with_them():
    async def act() -> str:
        async with at_the_studio() as author:
            await go_to(author, "must_not")
            await author.type("one\ntwo\nthree")
            await go_to(author, "sources")
            return author.seen

    rows = asyncio.run(act()).split("\n")
    first = next(n for n, row in enumerate(rows) if row[1:].startswith("must not"))
    assert [row[11:].strip() for row in rows[first : first + 3]] == ["one", "two", "three"]


def test_letters_in_a_field_are_text_and_no_commands():
    async def act() -> tuple[str, bool]:
        async with at_the_studio() as author:
            await author.type("q?jkl")
            return author.seen, author.app.is_running

    seen, is_running = asyncio.run(act())
    assert (row_of(seen, "topic"), is_running) == ("q?jkl", True)


def test_a_local_server_has_an_address_and_a_model_and_no_preset():
    values = {**values_of(BriefForm()), "provider": "local"}
    names = [field.name for field in shown_fields(values)]
    assert ("base_url" in names, "model" in names, "preset" in names) == (True, True, False)


def test_a_course_is_not_told_once_more_at_its_own_level():
    values = {**values_of(BriefForm()), "level": "beginner"}
    field = next(one for one in FIELDS if one.name == "levels")
    taken = []
    for _ in range(4):
        values["levels"] = next_choice(field, values, 1)
        taken.append(form_of(values).levels)
    assert taken == [("intermediate",), ("advanced",), ("intermediate", "advanced"), ()]


def test_packages_stand_in_a_line_with_commas_or_blanks_between():
    values = {**values_of(BriefForm()), "packages": " numpy,pandas  scipy "}
    assert form_of(values).packages == ("numpy", "pandas", "scipy")


# --- industries -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_industries_are_found_while_one_types_and_enter_takes_one():
    async def act() -> tuple[str, str]:
        async with at_the_studio() as author:
            await go_to(author, "industry")
            await author.type("hosp")
            await author.sees("6221  General Medical")
            await author.press("down", "down", "enter")
            return await author.sees("Hospitals"), author.desk.asked_for("industries")[-1][0]

    seen, asked = asyncio.run(act())
    assert row_of(seen, "industry").startswith("6221 ")
    assert row_of(seen, "industry").endswith("General Medical and Surgical Hospitals")
    assert asked == "hosp"


def test_hostile_titles_of_industries_are_shown_harmless():
    class Evil(ReplayDesk):
        def industries(self, text: str) -> list[tuple[str, str]]:
            return [("1111", "Oil\x1b[31m\n\u202eseeds")]

    async def act() -> str:
        async with at_the_studio(Evil()) as author:
            await go_to(author, "industry")
            await author.type("o")
            return await author.sees("Oil")

    seen = asyncio.run(act())
    assert ("\x1b" in seen, "\u202e" in seen) == (False, False)


# --- mistakes ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mistake", "field"),
    [
        ("budget: 'x' is no number.", "budget"),
        ("topic: it is empty.", "topic"),
        ("The source notes.md does not exist.", "sources"),
        ("must not: it should be text.", "must_not"),
        ("Nothing can be written there.", "topic"),  # where one was
    ],
)
def test_a_mistake_is_said_at_the_top_its_field_is_gone_to_and_nothing_typed_is_lost(mistake, field):
    async def act() -> tuple[str, str]:
        async with at_the_studio(ReplayDesk(refusal=mistake)) as author:
            await author.type("Hash tables")
            await author.press("f5")
            seen = await author.sees("not yet")
            return seen, author.chosen

    seen, chosen = asyncio.run(act())
    assert f"✗ not yet {mistake} Do something else." in seen
    assert (row_of(seen, "topic"), chosen) == ("Hash tables", field)


def test_what_is_mended_can_be_typed_at_once_and_takes_the_mistake_away():
    async def act() -> str:
        async with at_the_studio(ReplayDesk(refusal="budget: '' is no number.")) as author:
            await author.press("f5")
            await author.sees("not yet")
            await author.type("0")
            return author.seen

    seen = asyncio.run(act())
    assert ("not yet" in seen, row_of(seen, "budget")) == (False, "50")


def test_a_brief_that_was_typed_is_not_left_without_a_question():
    async def act() -> tuple[str, bool, str]:
        async with at_the_studio() as author:
            await author.type("Hash")
            await author.press("ctrl+q")
            asked = await author.sees("Quit?")
            await author.press("escape")
            seen = await author.sees("F5 go on")
            return asked, author.app.is_running, row_of(seen, "topic")

    asked, is_running, topic = asyncio.run(act())
    assert "The brief is not finished. Enter quits all the same; Esc goes back." in asked
    assert (is_running, topic) == (True, "Hash")


@pytest.mark.slow
def test_a_brief_that_is_not_finished_is_kept_and_is_there_again():
    async def act() -> BriefForm:
        async with at_the_studio() as author:
            await author.type("Hash")
            await author.press("tab", "right")
            await author.until(lambda: bool(author.desk.asked_for("keep_form")))
            await author.until(lambda: author.desk.asked_for("keep_form")[-1][0].level == "advanced")
            return author.desk.asked_for("keep_form")[-1][0]

    async def again(form: BriefForm) -> str:
        async with at_the_studio(ReplayDesk(replace(EMPTY, form=form))) as author:
            return await author.sees("What you typed here before is back.")

    form = asyncio.run(act())
    assert form == BriefForm(topic="Hash", level="advanced")
    assert row_of(asyncio.run(again(form)), "topic") == "Hash"


def test_nothing_is_kept_of_a_brief_that_nobody_touched():
    async def act() -> list[object]:
        async with at_the_studio() as author:
            screen = author.app.screen
            assert isinstance(screen, StudioBriefScreen)
            screen._keep_half()
            await author.pilot.pause()
            return author.desk.asked_for("keep_form")

    assert asyncio.run(act()) == []


def test_an_empty_brief_is_left_at_once():
    async def act() -> int | None:
        async with at_the_studio() as author:
            await author.press("ctrl+q")
            await author.pilot.pause()
            return author.app.return_code

    assert asyncio.run(act()) == 0


def test_a_paste_of_several_lines_stays_in_one_where_there_is_only_one():
    from textual import events

    async def act() -> str:
        async with at_the_studio() as author:
            author.app.screen.focused.post_message(events.Paste("Hash\ntables"))  # type: ignore[union-attr]
            return await author.sees("Hash tables")

    assert row_of(asyncio.run(act()), "topic") == "Hash tables"


def test_the_editor_follows_another_theme():
    async def act() -> str:
        async with at_the_studio() as author:
            await author.press("ctrl+p")
            await author.sees("Commands")
            await author.type("light")
            await author.sees("Theme: light")
            await author.press("enter")
            await author.sees("F5 go on")
            return author.app.screen.focused.theme  # type: ignore[union-attr]

    assert asyncio.run(act()) == "tutor-editor-tutor-light"

"""The author's turn, cell by cell: marks, edits that are kept when they hold, notes, locks."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from threading import Event

import pytest

from tests.tui.studio_stage import CELLS, CODE, PROSE, WRITTEN, Author, ReplayDesk, at_the_studio
from tui_tutor.core.studio_desk import DeskCell, DeskNews

PROVING = (DeskNews("proving", "lines", "In [2]", fraction=0.4, seconds_left=12),)


def a_review(
    desk: ReplayDesk | None = None, size: tuple[int, int] = (80, 24)
) -> AbstractAsyncContextManager[Author]:
    return at_the_studio(desk or ReplayDesk(WRITTEN), size=size, first="arrivals")


async def choose(author: Author, count: int) -> None:
    await author.press(*["j"] * count)


def row_with(seen: str, words: str) -> str:
    return next(row for row in seen.split("\n") if words in row)


def test_cells_stand_under_their_lessons_with_mark_and_proof_and_the_chosen_one_s_text_below():
    async def act() -> str:
        async with a_review() as author:
            await choose(author, 2)
            return await author.sees('id = "wait"')

    seen = asyncio.run(act())
    assert "2 of 5 seen · 1 locked · published" in seen
    mark = row_with(seen, "The mean wait").partition("⊘")[2]
    assert mark.split() == ["locked", "solved", "3/3,", "mutants", "7/7"]
    assert "In  [-]" in seen  # a hidden cell
    assert seen.index("Why lines form") < seen.index("Simulate a practice") < seen.index('id = "wait"')


def test_accepting_a_cell_marks_it_and_goes_on_to_the_next():
    async def act() -> tuple[ReplayDesk, str]:
        async with a_review() as author:
            await author.press("a")
            await author.sees("3 of 5 seen")
            return author.desk, author.chosen

    desk, chosen = asyncio.run(act())
    assert (desk.asked_for("mark"), chosen) == ([("lines", "md-1", "accepted")], "lines/arrivals")


@pytest.mark.parametrize(
    ("cell", "key", "mark"), [(1, "a", ""), (2, "l", ""), (0, "l", "locked"), (1, "l", "locked")]
)
def test_a_mark_is_taken_back_by_the_same_key(cell: int, key: str, mark: str):
    async def act() -> ReplayDesk:
        async with a_review() as author:
            await choose(author, cell)
            await author.press(key)
            await author.until(lambda: author.desk.asked_for("mark") != [])
            return author.desk

    assert asyncio.run(act()).asked_for("mark") == [("lines", CELLS[cell].id, mark)]


def test_what_a_mark_is_refused_for_is_said():
    async def act() -> str:
        async with a_review(ReplayDesk(WRITTEN, refusal="The disk is full.")) as author:
            await author.press("l")
            return await author.sees("The disk is full.")

    assert "1 locked" in asyncio.run(act())


# --- editing ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_edited_cell_is_proven_with_progress_and_kept():
    desk = ReplayDesk(WRITTEN, PROVING, holds=Event())

    async def act() -> tuple[str, str]:
        async with a_review(desk) as author:
            await choose(author, 1)
            await author.press("e")
            await author.sees("F5 keep it")
            await author.type("# mine\n")
            await author.press("f5")
            working = await author.sees("40 %  about 12 s left")
            assert desk.holds is not None
            desk.holds.set()
            return working, await author.sees("arrivals is kept, proven and locked.")

    working, _ = asyncio.run(act())
    assert "proving: In [2]" in working
    assert desk.asked_for("save_cell") == [("lines", "arrivals", f"# mine\n{CODE}")]


def test_a_text_that_does_not_hold_stays_in_the_editor_with_a_sentence():
    desk = ReplayDesk(WRITTEN, refusal="NameError: x. The cell is as it was.")

    async def act() -> str:
        async with a_review(desk) as author:
            await author.press("e")
            await author.sees("F5 keep it")
            await author.type("mine ")
            await author.press("f5")
            return await author.sees("not kept")

    seen = asyncio.run(act())
    assert "✗ not kept NameError: x. The cell is as it was. Do something else." in seen
    assert "mine [[cell]]" in seen


@pytest.mark.slow
def test_a_proof_is_stopped_and_the_text_is_still_there():
    desk = ReplayDesk(WRITTEN, PROVING, holds=Event())

    async def act() -> str:
        async with a_review(desk) as author:
            await author.press("e")
            await author.sees("F5 keep it")
            await author.type("mine ")
            await author.press("f5")
            await author.sees("40 %")
            await author.press("f9")
            await author.sees("Stopped. Nothing was changed; your text is still here.")
            await author.type("and ")
            return await author.sees("mine and [[cell]]")

    asyncio.run(act())
    assert desk.was_stopped


# --- made anew --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_cell_is_made_anew_with_a_note():
    async def act() -> ReplayDesk:
        async with a_review() as author:
            await author.press("g")
            await author.sees("made anew")
            await author.type("shorter, with a table")
            await author.press("enter")
            await author.sees("md-1 is made anew and proven.")
            return author.desk

    assert asyncio.run(act()).asked_for("regenerate") == [("lines", "md-1", "shorter, with a table")]


@pytest.mark.slow
def test_a_note_stays_where_the_new_cell_does_not_hold():
    desk = ReplayDesk(WRITTEN, refusal="None of 3 new versions held: NameError.")

    async def act() -> str:
        async with a_review(desk) as author:
            await author.press("g")
            await author.sees("made anew")
            await author.type("shorter")
            await author.press("enter")
            return await author.sees("None of 3 new versions held")

    seen = asyncio.run(act())
    assert ("✗ not kept" in seen, "           shorter" in seen) == (True, True)


@pytest.mark.slow
def test_a_locked_cell_is_not_made_anew():
    async def act() -> tuple[str, ReplayDesk]:
        async with a_review() as author:
            await choose(author, 2)
            await author.press("g")
            return await author.sees("It is locked and stays as it is."), author.desk

    _, desk = asyncio.run(act())
    assert desk.asked_for("regenerate") == []


def test_making_anew_is_stopped_with_esc():
    desk = ReplayDesk(WRITTEN, PROVING, holds=Event())

    async def act() -> str:
        async with a_review(desk) as author:
            await author.press("g")
            await author.sees("made anew")
            await author.press("enter")
            await author.sees("40 %")
            await author.press("escape")
            return await author.sees("Stopped. The cell is as it was.")

    asyncio.run(act())
    assert desk.was_stopped


# --- looking, going, playing ------------------------------------------------------------------------


def test_a_whole_cell_is_read_in_a_sheet():
    long = DeskCell("lines", "md-1", 1, "md", "", PROSE + "\n" * 30 + "# the end\n", "ran", "")

    async def act() -> str:
        async with a_review(ReplayDesk(WRITTEN, shown=[long, *CELLS[1:]])) as author:
            await author.press("enter")
            await author.sees("PgDn PgUp page")
            await author.press("pagedown", "pagedown", "pagedown")
            return await author.sees("# the end")

    asyncio.run(act())


def test_n_and_b_go_from_lesson_to_lesson():
    async def act() -> list[str]:
        async with a_review() as author:
            places = []
            for key in ("n", "j", "b", "b", "b"):
                await author.press(key)
                places.append(author.chosen)
            return places

    assert asyncio.run(act()) == [
        "simulate/setup",
        "simulate/day",
        "simulate/setup",
        "lines/md-1",
        "lines/md-1",
    ]


def test_the_outline_is_one_key_away_and_back():
    async def act() -> None:
        async with a_review() as author:
            await author.press("o")
            await author.sees("left for you")
            await author.press("r")
            await author.sees("2 of 5 seen")

    asyncio.run(act())


def test_a_course_without_written_cells_says_what_to_do():
    async def act() -> str:
        async with at_the_studio(ReplayDesk(WRITTEN, shown=()), first="No cell") as author:
            await author.press("a", "l", "e", "g", "enter", "n", "b")
            return author.seen

    assert "No cell is written yet. o shows the outline; b builds it there." in asyncio.run(act())


def test_on_a_wide_window_the_cell_stands_beside():
    async def act() -> str:
        long = replace(CELLS[2], title="A title that is longer than the list is wide, and then some more")
        async with a_review(ReplayDesk(WRITTEN, shown=[*CELLS[:2], long]), (120, 40)) as author:
            return author.seen

    rows = asyncio.run(act()).split("\n")
    assert next(row for row in rows if "A title" in row).partition("│")[0].rstrip().endswith("⊘ locked")
    assert "│ md  [1]   md-1" in rows[0]
    assert "│ [[cell]]" in rows[3]


def test_hostile_cells_are_shown_harmless():
    evil = DeskCell(
        "l\x1b", "i\x07", 1, "md\x1b", "t\u202e", 'text = "\x1b[2J\x9b"\n\x00\r\u2066', "p\x1b", ""
    )

    async def act() -> str:
        async with at_the_studio(ReplayDesk(WRITTEN, shown=[evil]), first="0 of 1 seen") as author:
            await author.press("enter")
            await author.sees("PgDn PgUp page")
            sheet = author.seen
            await author.press("escape", "e")
            await author.sees("F5 keep it")
            return sheet + author.seen

    seen = asyncio.run(act())
    assert not {letter for letter in seen if not letter.isprintable()} - {"\n"}


def test_the_keys_stand_on_a_sheet_and_on_the_palette():
    async def act() -> tuple[str, str]:
        async with a_review() as author:
            await author.press("question_mark")
            keys = await author.sees("accept, lock")
            await author.press("escape", "ctrl+p")
            return keys, await author.sees("Have the cell made anew, with a note")

    keys, _ = asyncio.run(act())
    assert "A locked cell is never overwritten." in keys

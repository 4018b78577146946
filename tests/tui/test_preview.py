"""The preview on the screen: it follows what is saved and loses nothing of what was played."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tui.lesson_stage import FOREVER, ScriptedKernel
from tests.tui.previewing import LESSON, TWO_CODES, Author, a_folder, an_author, save, save_course
from tui_tutor.core.execution import StreamText


def play(folder: Path, script: Callable[[Author], Awaitable[None]], **given: Any) -> None:
    async def run() -> None:
        async with an_author(folder, **given) as author:
            await script(author)

    asyncio.run(run())


# --- following --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_saved_is_seen(tmp_path: Path) -> None:
    async def script(author: Author) -> None:
        author.save(TWO_CODES.replace("Some words.", "Other words."))
        await author.sees("Other words.", "Reloaded: no mistakes.")

    play(a_folder(tmp_path), script)


@pytest.mark.slow
def test_nothing_runs_again_when_only_words_changed(tmp_path: Path) -> None:
    async def script(author: Author) -> None:
        await author.press("j", "f5")
        await author.sees("In  [1]")
        author.save(TWO_CODES.replace("Some words.", "Other words.").replace("y = 1", "y = 2"))
        await author.sees("Other words.", "y = 2", "In  [1]")
        assert author.kernel.ran == ["x = 1"]

    play(a_folder(tmp_path), script)


@pytest.mark.slow
def test_what_ran_runs_again_in_a_new_kernel_when_its_source_changed(tmp_path: Path) -> None:
    kernel = ScriptedKernel({"x = 2": (StreamText("stdout", "two\n"),)})

    async def script(author: Author) -> None:
        await author.press("j", "f5", "j", "f5")
        await author.sees("In  [2]")
        author.save(TWO_CODES.replace("x = 1", "x = 2"))
        await author.sees("two", "In  [2]", "The kernel is new: 2 cells run again; F9 stops them.")
        assert author.kernel.ran == ["x = 1", "y = 1", "x = 2", "y = 1"]

    play(a_folder(tmp_path), script, kernel=kernel)


@pytest.mark.slow
def test_a_run_whose_source_changed_is_stopped_and_begun_anew(tmp_path: Path) -> None:
    kernel = ScriptedKernel({"x = 1": (FOREVER,), "x = 2": (StreamText("stdout", "two\n"),)})

    async def script(author: Author) -> None:
        await author.press("j", "f5")
        await author.sees("running")
        author.save(TWO_CODES.replace("x = 1", "x = 2"))
        await author.sees("two")
        assert author.kernel.ran == ["x = 1", "x = 2"]

    play(a_folder(tmp_path), script, kernel=kernel)


@pytest.mark.slow
def test_a_run_goes_on_when_only_words_changed(tmp_path: Path) -> None:
    kernel = ScriptedKernel({"x = 1": (FOREVER,)})

    async def script(author: Author) -> None:
        await author.press("j", "f5")
        await author.sees("running")
        author.save(TWO_CODES.replace("Some words.", "Other words."))
        await author.sees("Other words.", "running")
        await author.press("f9")
        await author.sees("stopped by you")
        assert author.kernel.ran == ["x = 1"]

    play(a_folder(tmp_path), script, kernel=kernel)


@pytest.mark.slow
def test_f9_stops_what_runs_again(tmp_path: Path) -> None:
    kernel = ScriptedKernel({"x = 2": (FOREVER,)})

    async def script(author: Author) -> None:
        await author.press("j", "f5", "j", "f5")
        await author.sees("In  [2]")
        author.save(TWO_CODES.replace("x = 1", "x = 2"))
        await author.sees("running")
        await author.press("f9")
        await author.sees("stopped by you")
        assert author.kernel.ran == ["x = 1", "y = 1", "x = 2"]

    play(a_folder(tmp_path), script, kernel=kernel)


# --- staying where one is ---------------------------------------------------------------------------

LONG = LESSON + "".join(f'\n[[cell]]\nkind = "md"\ntext = "Words of cell {n}."\n' for n in range(1, 41))


@pytest.mark.slow
def test_the_focused_cell_stays_in_its_row_when_cells_come_above_it(tmp_path: Path) -> None:
    async def script(author: Author) -> None:
        await author.press(*["j"] * 20)
        row = row_of(author, "Words of cell 21.")
        assert author.seen.splitlines()[row].startswith("▌")
        more = '\n[[cell]]\nkind = "md"\ntext = "A new first cell."\n'
        author.save(LONG.replace("\n[[cell]]", more + "\n[[cell]]", 1))
        await author.sees("Reloaded", "▌md  [22]  Words of cell 21.")
        assert row_of(author, "Words of cell 21.") == row

    play(a_folder(tmp_path, {"one": LONG}), script)


def row_of(author: Author, text: str) -> int:
    return next(n for n, line in enumerate(author.seen.splitlines()) if text in line)


@pytest.mark.slow
def test_what_is_typed_stays_open_while_words_change_elsewhere(tmp_path: Path) -> None:
    async def script(author: Author) -> None:
        await author.press("j", "enter", "end")
        await author.type("23")
        author.save(TWO_CODES.replace("Some words.", "Other words."))
        await author.sees("Other words.", "Esc leave", "x = 123")
        await author.type("4")
        await author.sees("x = 1234")

    play(a_folder(tmp_path), script)


@pytest.mark.slow
def test_the_editor_closes_when_the_author_wrote_other_source_there(tmp_path: Path) -> None:
    async def script(author: Author) -> None:
        await author.press("j", "enter", "end")
        author.save(TWO_CODES.replace("x = 1", "x = 77"))
        await author.sees("x = 77")
        assert "Esc leave" not in author.seen

    play(a_folder(tmp_path), script)


# --- mistakes ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_broken_lesson_stays_in_its_last_good_form_and_says_so(tmp_path: Path) -> None:
    async def script(author: Author) -> None:
        author.save(TWO_CODES.replace("Some words.", "Other words.").replace("source", "sauce"))
        await author.sees(
            "Some words.",
            "! older   What you saved has 4 errors; this is the last form without.",
            "lessons/one.toml:",
        )
        author.save(TWO_CODES.replace("Some words.", "Mended words."))
        await author.sees("Mended words.")
        assert "older" not in author.seen
        assert "lessons/one.toml:" not in author.seen

    play(a_folder(tmp_path), script)


@pytest.mark.slow
def test_half_a_file_is_no_catastrophe(tmp_path: Path) -> None:
    async def script(author: Author) -> None:
        author.save(TWO_CODES[:-8])
        await author.sees("Some words.", "toml-syntax")
        author.save(TWO_CODES)
        await author.sees("Reloaded: no mistakes.")

    play(a_folder(tmp_path), script)


@pytest.mark.slow
def test_the_newest_mistake_stands_first(tmp_path: Path) -> None:
    silent = TWO_CODES.replace('bloom = "apply"\n', "")

    async def script(author: Author) -> None:
        await author.sees("bloom-missing")
        author.save(silent + '\n[[cell]]\nkind = "viz"\nplot = "line"\ny = "x"\n')
        await author.sees("alt-missing")
        mistakes = [line for line in author.seen.splitlines() if "! warning" in line]
        assert len(mistakes) == 2
        assert "alt-missing" in mistakes[0]

    play(a_folder(tmp_path, {"one": silent}), script)


def test_f4_goes_to_the_cell_of_each_mistake_in_turn(tmp_path: Path) -> None:
    picture = '\n[[cell]]\nkind = "viz"\nid = "p{0}"\nplot = "line"\ny = "x"\n'
    text = TWO_CODES + picture.format(1) + '\n[[cell]]\nkind = "md"\ntext = "Between."\n' + picture.format(2)

    async def script(author: Author) -> None:
        await author.press("f4")
        await author.sees("▌viz [4]")
        await author.press("f4")
        await author.sees("▌viz [6]")
        await author.press("f4")
        await author.sees("▌viz [4]")
        await author.press("shift+f4")
        await author.sees("▌viz [6]")

    play(a_folder(tmp_path, {"one": text}), script)


def test_f4_opens_the_lesson_that_a_mistake_is_in(tmp_path: Path) -> None:
    broken = TWO_CODES + '\n[[cell]]\nkind = "viz"\nid = "p"\nplot = "line"\ny = "x"\n'

    async def script(author: Author) -> None:
        await author.press("f4")
        await author.sees("lesson 2 / 2", "▌viz [4]")

    play(a_folder(tmp_path, {"one": TWO_CODES, "two": broken}), script)


def test_d_hides_and_shows_the_pane(tmp_path: Path) -> None:
    async def script(author: Author) -> None:
        await author.sees(" check ")
        await author.press("d")
        assert " check " not in author.seen
        await author.press("d")
        await author.sees(" check ")

    play(a_folder(tmp_path, {"one": TWO_CODES.replace('bloom = "apply"\n', "")}), script)


@pytest.mark.slow
def test_a_hostile_mistake_draws_no_escape(tmp_path: Path) -> None:
    async def script(author: Author) -> None:
        author.save(TWO_CODES + '\n"\\u001b[31mred\\u202e" = 1\n')
        await author.sees("older")
        assert "\x1b" not in author.seen
        assert "\u202e" not in author.seen

    play(a_folder(tmp_path), script)


# --- the course -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_lessons_come_go_and_change_places(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, {"one": TWO_CODES, "two": TWO_CODES.replace("One", "Two")})

    async def script(author: Author) -> None:
        await author.sees("lesson 1 / 2 · One")
        save_course(folder, "two", "one")
        await author.sees("lesson 2 / 2 · One")
        save_course(folder, "two")
        await author.sees("lesson 1 / 1 · Two")

    play(folder, script)


@pytest.mark.slow
def test_a_course_that_is_broken_at_the_start_is_waited_for(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    save(folder, {"course.toml": "title = \n"})

    async def script(author: Author) -> None:
        await author.sees("waiting", "course.toml:1:", "toml-syntax")
        save_course(folder, "one")
        await author.sees("lesson 1 / 1 · One")

    play(folder, script, first="Preview")


@pytest.mark.slow
def test_a_lesson_that_is_broken_at_the_start_is_waited_for(tmp_path: Path) -> None:
    async def script(author: Author) -> None:
        await author.sees("lessons/one.toml:")
        author.save(TWO_CODES)
        await author.sees("lesson 1 / 1 · One")

    play(a_folder(tmp_path, {"one": TWO_CODES.replace("source", "sauce")}), script, first="Preview")


@pytest.mark.slow
def test_a_broken_course_file_leaves_the_lesson_as_it_was(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)

    async def script(author: Author) -> None:
        save(folder, {"course.toml": "title = \n"})
        await author.sees("course.toml:1:", "Some words.")
        save_course(folder, "one")
        await author.sees("Reloaded: no mistakes.")

    play(folder, script)


@pytest.mark.slow
def test_a_folder_that_disappears_is_told_and_taken_up_when_it_is_back(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    away = folder.with_name("away")

    async def script(author: Author) -> None:
        folder.rename(away)
        await author.sees("The folder is not there now; this is its last form.", "Some words.")
        away.rename(folder)
        author.save(TWO_CODES.replace("Some words.", "Other words."))
        await author.sees("Other words.")

    play(folder, script)


@pytest.mark.slow
def test_another_environment_ends_the_kernel_and_runs_again(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)

    async def script(author: Author) -> None:
        await author.press("j", "f5")
        await author.sees("In  [1]")
        save_course(folder, "one", more='[kernel]\nenv = { A = "1" }\n')
        await author.sees("In  [2]", "The kernel is new: 1 cell runs again; F9 stops it.")
        assert author.kernel.ran == ["x = 1", "x = 1"]

    play(folder, script)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 18)])
def test_the_pane_leaves_most_of_the_window_to_the_lesson(tmp_path: Path, size: tuple[int, int]) -> None:
    many = LESSON + '\n[[cell]]\nkind = "viz"\nplot = "line"\ny = "x"\n' * 30

    async def script(author: Author) -> None:
        await author.sees(" check ")
        lines = author.seen.splitlines()
        pane = next(n for n, line in enumerate(lines) if line.strip().startswith("▔"))
        assert len(lines) - 1 - pane <= size[1] // 3
        assert lines[0].strip().startswith(("lesson", "Mine"))

    play(a_folder(tmp_path, {"one": many}), script, size=size)


# --- anything ---------------------------------------------------------------------------------------

PARTS = (
    'kind = "md"\ntext = "Words {n}."\n',
    'kind = "code"\nsource = "x = {n}"\n',
    'kind = "code"\nid = "c{n}"\nask_first = true\nsource = "y = {m}"\n',
    'kind = "code"\nhidden = true\nsource = "h = {m}"\n',
    'kind = "viz"\nid = "v{n}"\nplot = "line"\ny = "x{m}"\n',
    'kind = "ex"\nid = "e{n}"\ntask = "T"\nstarter = "s = {m}"\nsolution = "s = 5"\n',
    'kind = "quiz"\nid = "q{n}"\nform = "text"\nquestion = "Q{m}?"\naccept = ["a"]\n',
    'kind = "sh"\nrun = "echo {n}"\n',
)
KEYS = [
    "j",
    "j",
    "k",
    "f5",
    "f5",
    "shift+f5",
    "f9",
    "f8",
    "enter",
    "escape",
    "1",
    "c",
    "r",
    "a",
    "x",
    "d",
    "f4",
    "n",
    "p",
    "pagedown",
    "b",
    "backspace",
    "o",
    "ctrl+c",
    "escape",
]


def any_lesson(chance: random.Random) -> str:
    """A few cells, some with ids that others had; sometimes cut off in the middle."""
    text, taken = LESSON, set()
    for _ in range(chance.randint(1, 8)):
        part = chance.choice(PARTS).format(n=chance.randint(1, 3), m=chance.randint(1, 3))
        name = re.search('id = "(..)"', part)
        if name is None or name[1] not in taken:
            taken.add(name[1] if name else "")
            text += f"\n[[cell]]\n{part}"
    return text[: chance.randint(10, len(text))] if chance.random() < 0.15 else text


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_any_saves_between_any_keys_never_break_the_preview(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    kernel = ScriptedKernel({"x = 1": (FOREVER,), "y = 2": (StreamText("stdout", "two\n"),)})

    async def script(author: Author) -> None:
        for _ in range(50):
            if chance.random() < 0.3:
                author.save(any_lesson(chance), chance.choice(["one", "two"]))
                await author.pilot.pause(chance.choice([0, 0.1, 0.8]))
            else:
                await author.pilot.press(chance.choice(KEYS))
        author.save(TWO_CODES, "one")
        author.save(TWO_CODES, "two")
        await author.pilot.pause(1)
        assert author.app._exception is None

    play(a_folder(tmp_path, {"one": TWO_CODES, "two": TWO_CODES}), script, kernel=kernel)

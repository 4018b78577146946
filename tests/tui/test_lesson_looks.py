"""How a lesson looks: where lines break, what is said and for how long, and what is never shown."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.app import App

from tests.builders import a_code, a_lesson, a_markdown, a_quiz
from tests.tui.lesson_stage import FOREVER, ScriptedKernel, a_desk
from tui_tutor.core.course import Callout, Option
from tui_tutor.core.execution import Completions, InputAsked, StreamText
from tui_tutor.tui.widgets.completion import worth_offering
from tui_tutor.tui.widgets.editor import Editor, Task
from tui_tutor.tui.widgets.folding import word_breaks
from tui_tutor.tui.widgets.footer import footer_spans


def out(text: str) -> StreamText:
    return StreamText("stdout", text)


def rows(seen: str) -> list[str]:
    return seen.split("\n")


# --- where lines break ------------------------------------------------------------------------------

LONG = "total = first_long_name + second_long_name  # 漢字かな混じり文 and so on until the end of it"


@pytest.mark.parametrize("text", [LONG, "x" * 90, "    " + "y" * 50 + " z", "漢" * 40, "", "short"])
@pytest.mark.parametrize("width", [17, 30])
def test_code_breaks_where_the_editor_breaks_it(text: str, width: int):
    async def breaks() -> list[int]:
        app = App[None]()
        async with app.run_test(size=(80, 24)):
            editor = Editor(text, Task("cell", "source"), language="", theme="tutor-dark")
            await app.mount(editor)
            editor.wrapped_document.wrap(width)
            return list(editor.wrapped_document.get_offsets(0))

    assert word_breaks(text, width) == asyncio.run(breaks())


def test_entering_the_editor_moves_nothing():
    source = "print('one')\n" + LONG + "\nprint('three')"

    async def act() -> tuple[str, str]:
        async with a_desk(a_code(source), a_markdown("below")) as desk:
            before = desk.seen
            await desk.press("enter")
            await desk.sees("editing")
            return before, desk.seen

    before, after = asyncio.run(act())
    assert [row[11:78].rstrip() for row in rows(after)[5:-1]] == [
        row[11:78].rstrip() for row in rows(before)[5:-1]
    ]


@pytest.mark.slow
def test_an_editor_taller_than_the_view_leaves_the_header_in_sight():
    async def act() -> str:
        async with a_desk(a_code("\n".join(f"line_{n}" for n in range(40)))) as desk:
            await desk.press("enter", *["down"] * 39)
            await desk.sees("line_39", "ln 40")
            return desk.seen

    seen = rows(asyncio.run(act()))
    assert [row[:10] for row in seen[:2]] == [" lesson 1 ", " ─────────"]


def test_notes_stand_whole_and_beside_their_lines():
    notes = (
        Callout(line=3, text="The third line, of which there is so much to say that it takes two rows."),
    )
    cell = a_code("a = 1\nb = 2\nc = 3", callout=notes)

    async def act() -> str:
        async with a_desk(cell) as desk:
            return desk.seen

    seen = asyncio.run(act())
    assert "▌line 3    c = 3" in seen
    assert "▌line 3    The third line, of which there is so much to say that it takes two" in seen
    assert "▌          rows." in seen


# --- asking and answering ---------------------------------------------------------------------------


@pytest.mark.slow
def test_what_a_program_asks_and_is_given_stays_in_the_output():
    kernel = ScriptedKernel({"ask": (InputAsked("who? "), out("hi\n"))})

    async def act() -> str:
        async with a_desk(a_code("ask"), kernel=kernel) as desk:
            await desk.press("f5")
            await desk.sees("▌asks      who?", "▌input")
            await desk.type("Ada")
            await desk.press("enter")
            await desk.sees("✓ ran")
            return desk.seen

    assert "out [1]   who? Ada" in asyncio.run(act())


@pytest.mark.slow
def test_a_secret_is_never_shown():
    kernel = ScriptedKernel({"ask": (InputAsked("password: ", is_secret=True), out("in\n"))})

    async def act() -> tuple[str, str]:
        async with a_desk(a_code("ask"), kernel=kernel) as desk:
            await desk.press("f5")
            await desk.sees("password:")
            await desk.type("xyzzy")
            await desk.sees("*****")
            typed = desk.seen
            await desk.press("enter")
            await desk.sees("✓ ran")
            return typed, desk.seen

    assert all("xyzzy" not in seen for seen in asyncio.run(act()))
    assert kernel.given == ["xyzzy"]


def test_a_program_that_asks_can_be_left_and_answered_later():
    kernel = ScriptedKernel({"ask": (InputAsked("who? "),)})

    async def act() -> str:
        async with a_desk(a_code("ask"), a_markdown("elsewhere"), kernel=kernel) as desk:
            await desk.press("f5")
            await desk.sees("Enter send")
            await desk.press("ctrl+down")
            await desk.sees("Enter gives the line it waits for", "▌md  [2]")
            await desk.press("ctrl+up", "enter")
            await desk.sees("Enter send")
            return desk.seen

    assert "▌asks      who?" in asyncio.run(act())


def test_whoever_writes_elsewhere_is_only_told_that_a_program_asks():
    kernel = ScriptedKernel({"ask": (FOREVER, InputAsked("who? "))})

    async def act() -> str:
        async with a_desk(a_code("ask", id="one"), a_code("b = 2", id="two"), kernel=kernel) as desk:
            await desk.press("f5")
            await desk.sees("… running")
            await desk.press("ctrl+down", "enter")
            await desk.sees("editing")
            kernel._wake.set()
            await desk.sees("In [1] waits for a line")
            await desk.type("z")
            await desk.sees("zb = 2")
            return desk.seen

    assert "asks      who?" in asyncio.run(act())


def test_a_line_that_is_written_says_who_waits_for_it():
    async def act() -> str:
        async with a_desk(a_code("ask"), kernel=ScriptedKernel({"ask": (InputAsked("who? "),)})) as desk:
            await desk.press("f5")
            await desk.sees("Enter send")
            return rows(desk.seen)[-1]

    assert asyncio.run(act()).startswith(" the program waits for a line  ")


def test_a_scratch_cell_says_what_it_is():
    async def act() -> str:
        async with a_desk(a_code()) as desk:
            await desk.press("x")
            await desk.sees("▌scratch   Yours to try things in; it counts for nothing.")
            return desk.seen

    assert rows(asyncio.run(act()))[3].startswith(" In  [ ]   print(1)")


# --- what is said -----------------------------------------------------------------------------------


def test_a_notice_ends_with_the_next_wish():
    async def act() -> tuple[str, str]:
        async with a_desk(a_quiz(), a_code()) as desk:
            await desk.press("h")
            await desk.sees("There is no hint here.")
            said = desk.seen
            await desk.press("ctrl+down")
            return said, desk.seen

    said, after = asyncio.run(act())
    assert ["There is no hint here." in seen for seen in (said, after)] == [True, False]


def test_the_end_of_a_lesson_names_the_next():
    first = a_lesson((a_code(),), id="first", title="First")
    second = a_lesson((a_code(),), id="second", title="The second one", minutes=15)

    async def act() -> str:
        async with a_desk(lessons=[first, second]) as desk:
            await desk.press("f5")
            await desk.sees("Lesson 1 is done.")
            return rows(desk.seen)[-1]

    assert asyncio.run(act()).startswith(" Lesson 1 is done. Next: The second one, 15 min (n)")


def test_leaving_what_runs_takes_a_second_wish():
    lessons = [a_lesson((a_code(),), id="first", title="First"), a_lesson((a_code(),), id="second")]

    async def act() -> str:
        async with a_desk(lessons=lessons, kernel=ScriptedKernel({"print(1)": (FOREVER,)})) as desk:
            await desk.press("f5")
            await desk.sees("… running")
            await desk.press("n")
            await desk.sees("In [1] is still running.", "lesson 1 / 2")
            await desk.press("n")
            await desk.sees("lesson 2 / 2")
            return desk.seen

    assert "is still running" not in asyncio.run(act())


def test_no_key_overtakes_one_that_was_pressed_before_it():
    kernel = ScriptedKernel()

    async def act() -> None:
        cells = (a_code("one", id="one"), a_code("two", id="two"), a_code("three", id="three"))
        async with a_desk(*cells, kernel=kernel) as desk:
            for key in ("j", "j", "f5"):
                desk.app.post_message(events.Key(key, key if len(key) == 1 else None))
            await desk.sees("✓ ran")

    asyncio.run(act())
    assert kernel.ran == ["three"]


def test_a_long_notice_gives_its_first_sentences():
    async def act() -> str:
        async with a_desk(a_code()) as desk:
            desk.screen.say("This course needs a thing. " + "It can be had, says everybody. " * 3)
            await desk.pilot.pause()
            return rows(desk.seen)[-1]

    assert asyncio.run(act()).startswith(" This course needs a thing. It can be had, says everybody.  ")


def test_the_footer_keeps_the_first_keys_and_the_last():
    keys = [("F5", "run"), ("Enter", "edit"), ("?", "help"), ("Ctrl+P", "palette")]
    spans = footer_spans(("kernel idle",), keys, 44)
    assert (
        "".join(span.text for span in spans) == "                 F5 run  Enter edit  Ctrl+P palette  "[-44:]
    )


def test_choosing_an_option_moves_no_text():
    async def act() -> tuple[str, str]:
        long = "An option of so many words that it has to be broken somewhere before the right end"
        options = (Option(id="option-1", text=long, correct=True), Option(id="option-2", text="Another"))
        async with a_desk(a_quiz(option=options)) as desk:
            before = desk.seen
            await desk.press("1")
            await desk.sees("chosen")
            return before, desk.seen

    before, after = asyncio.run(act())
    assert after.replace("▸", " ").replace("chosen", "").replace(" ", "") == before.replace(" ", "")


# --- completions ------------------------------------------------------------------------------------


def test_completions_go_on_from_what_is_typed():
    found = Completions((".rand", ".randn", "._C"), 5, 10, kinds=("function", "function", "module"))
    assert worth_offering(found, "torch.rand", 10) == Completions(("randn",), 6, 10, kinds=("function",))


def test_magics_are_offered_only_to_those_who_began_one():
    found = Completions(("%time", "time"), 0, 2, kinds=("magic", "module"))
    assert worth_offering(found, "ti", 2).matches == ("time",)
    assert worth_offering(Completions(("%time",), 0, 3), "%ti", 3).matches == ("%time",)

"""A lesson on the screen: keys, and what is seen."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual import events

from tests.builders import (
    a_cloze,
    a_code,
    a_course,
    a_lesson,
    a_markdown,
    a_quiz,
    a_shell,
    a_text_quiz,
    a_viz,
    an_exercise,
)
from tests.tui.lesson_stage import FOREVER, Desk, ScriptedKernel, a_desk
from tests.unit.test_safe_text import forbidden
from tui_tutor.core.confinement import Confinement
from tui_tutor.core.course import ExerciseCell
from tui_tutor.core.execution import ErrorRaised, InputAsked, StreamText
from tui_tutor.core.study import begin
from tui_tutor.store.sqlite import MEMORY, SqliteStore
from tui_tutor.tui.screens.lesson_keys import footer_states

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


def on_stage(journey):
    """A journey is a coroutine; a test is none."""

    def test(*args, **fields):
        asyncio.run(journey(*args, **fields))

    test.__name__, test.__doc__ = journey.__name__, journey.__doc__
    test.__signature__ = __import__("inspect").signature(journey)
    return test


def out(text: str) -> StreamText:
    return StreamText("stdout", text)


# --- what stands in the footer ----------------------------------------------------------------------


@SIZES
@on_stage
async def test_where_nothing_is_saved_the_footer_says_so_after_every_key(size):
    async with a_desk(a_quiz(), a_code(), store=SqliteStore(MEMORY), size=size) as desk:
        for key in ("ctrl+down", "ctrl+up", "ctrl+down", "enter"):
            await desk.press(key)
            assert desk.seen.splitlines()[-1].startswith(" not saved")


# --- what an author changed --------------------------------------------------------------------------


@pytest.mark.slow
@SIZES
@on_stage
async def test_a_changed_question_says_so_shows_no_old_mark_and_takes_an_answer(size):
    store = SqliteStore(MEMORY)
    async with a_desk(a_quiz(2, shuffle=False), store=store, size=size) as desk:
        await desk.press("2", "enter")
        await desk.sees("✓ right", "Feedback 2.")
    async with a_desk(a_quiz(3, shuffle=False), store=store, size=size) as desk:
        await desk.sees("~ stale  the question changed", "Your answer to an older wording was right.")
        assert "Feedback" not in desk.seen
        await desk.press("2", "enter")
        await desk.sees("✗ not yet", "your answer")
        assert "older wording" not in desk.seen


# --- the view ---------------------------------------------------------------------------------------


@on_stage
async def test_typing_brings_the_editor_back_that_was_scrolled_out_of_view():
    async with a_desk(a_code("first"), *[a_markdown(f"prose {n}", id=f"m{n}") for n in range(30)]) as desk:
        await desk.press("enter")
        await desk.sees("editing")
        desk.screen.page.scroll_to_end()
        await desk.sees("prose 29")
        await desk.type("x")
        await desk.sees("xfirst")


@on_stage
async def test_what_a_cell_prints_above_the_view_is_brought_into_view_by_the_run_that_was_asked_for():
    kernel = ScriptedKernel({"print(1)": (out("one\n"),)})
    async with a_desk(
        a_code(), *[a_markdown(f"prose {n}", id=f"m{n}") for n in range(30)], kernel=kernel
    ) as desk:
        desk.screen.page.scroll_to_end()
        await desk.sees("prose 29")
        await desk.press("f5")
        await desk.sees("out [1]   one")


# --- running ----------------------------------------------------------------------------------------


@SIZES
@on_stage
async def test_f5_runs_the_cell_and_its_output_is_seen(size):
    kernel = ScriptedKernel({"print(1)": (out("one\n"),)})
    async with a_desk(a_markdown(), a_code(), kernel=kernel, size=size) as desk:
        await desk.press("ctrl+down", "f5")
        await desk.sees("In  [1]", "out [1]   one", "✓ ran  12 ms")
        assert desk.kept("ran")[0]["output"] == "one"


@on_stage
async def test_pressing_run_many_times_runs_once_more_at_most():
    kernel = ScriptedKernel({"print(1)": (FOREVER,)})
    async with a_desk(a_code(), kernel=kernel) as desk:
        await desk.press(*["f5"] * 6)
        await desk.sees("… running")
        await desk.press("f9")
        await desk.sees("stopped by you")
        assert kernel.ran == ["print(1)"]


@on_stage
async def test_an_interrupt_is_f9_or_ctrl_c():
    kernel = ScriptedKernel({"print(1)": (FOREVER,)})
    async with a_desk(a_code(), kernel=kernel) as desk:
        for key in ("f9", "ctrl+c"):
            await desk.press("f5")
            await desk.sees("… running")
            await desk.press(key)
            await desk.sees("✗ stopped by you")


@on_stage
async def test_shift_f5_runs_and_goes_on():
    kernel = ScriptedKernel()
    async with a_desk(a_code("1", id="one"), a_code("2", id="two"), kernel=kernel) as desk:
        await desk.press("shift+f5", "shift+f5")
        await desk.sees("In  [1]", "In  [2]")
        assert kernel.ran == ["1", "2"]


@on_stage
async def test_an_error_is_said_in_words_and_its_traceback_unfolds():
    error = ErrorRaised(
        "NameError", "name 'y' is not defined", ("Traceback (most recent call last)", "deep inside"), 1
    )
    async with a_desk(a_code("y"), kernel=ScriptedKernel({"y": (error,)})) as desk:
        await desk.press("f5")
        await desk.sees("NameError in line 1", "name 'y' is not defined", "means", "✗ failed", "t unfolds")
        assert "deep inside" not in desk.seen
        await desk.press("t")
        await desk.sees("deep inside")


@pytest.mark.slow
@on_stage
async def test_ten_thousand_lines_stay_bounded_and_v_shows_them():
    flood = tuple(
        out("".join(f"line {n}\n" for n in range(start, start + 1000))) for start in range(0, 10_000, 1000)
    )
    async with a_desk(a_code("flood"), kernel=ScriptedKernel({"flood": flood})) as desk:
        await desk.press("f5")
        await desk.sees("line 9999")
        await desk.press("v")
        await desk.sees("Esc close", " 10 000 lines", " line 0 ")
        await desk.press("escape")
        await desk.sees("F5 run")


@on_stage
async def test_input_is_typed_where_it_is_asked_for():
    kernel = ScriptedKernel({"ask": (InputAsked("who? "), out("hi\n"))})
    async with a_desk(a_code("ask"), kernel=kernel) as desk:
        await desk.press("f5")
        await desk.sees("who?", "Enter send")
        await desk.type("Ada")
        await desk.press("enter")
        await desk.sees("hi", "✓ ran")
        assert kernel.given == ["Ada"]


@on_stage
async def test_f8_gives_a_new_kernel_and_old_output_is_stale():
    async with a_desk(a_code(), kernel=ScriptedKernel({"print(1)": (out("one\n"),)})) as desk:
        await desk.press("f5")
        await desk.sees("In  [1]")
        await desk.press("f8")
        await desk.sees("In  [ ]", "~ stale  new kernel")


# --- editing ----------------------------------------------------------------------------------------


@pytest.mark.slow
@on_stage
async def test_esc_leaves_the_editor_and_keeps_the_edit():
    async with a_desk(a_code("x = 1"), a_markdown()) as desk:
        await desk.press("enter")
        await desk.sees("editing")
        await desk.type("ab")
        await desk.press("escape")
        await desk.sees("abx = 1", "F5 run")
        assert desk.kept("edited") == [{"source": "abx = 1"}]


@on_stage
async def test_what_is_typed_right_behind_enter_is_text():
    async with a_desk(a_code("x = 1"), a_markdown()) as desk:
        for key in ("enter", "n", "q", "h", "r"):
            desk.app.post_message(events.Key(key, "\r" if key == "enter" else key))
        await desk.sees("nqhrx = 1")


@on_stage
async def test_a_paste_of_three_hundred_lines_is_kept_and_its_end_is_in_view():
    async with a_desk(a_code("x = 1"), a_markdown()) as desk:
        await desk.press("enter")
        await desk.sees("editing")
        desk.app.post_message(events.Paste("".join(f"y{n} = {n}\n" for n in range(300))))
        await desk.sees("y299 = 299", "ln 301, col 1")
        await desk.press("escape")
        await desk.sees("F5 run")
        assert desk.kept("edited")[0]["source"].count("\n") == 300


@on_stage
async def test_an_edited_cell_runs_as_it_stands():
    kernel = ScriptedKernel()
    async with a_desk(a_code("x = 1"), kernel=kernel) as desk:
        await desk.press("enter")
        await desk.type("ab")
        await desk.press("f5")
        await desk.sees("✓ ran")
        assert kernel.ran == ["abx = 1"]


@on_stage
async def test_a_scratch_cell_is_the_learners_own():
    kernel = ScriptedKernel({"1+1": (out("2\n"),)})
    async with a_desk(a_markdown(), kernel=kernel) as desk:
        await desk.press("x")
        await desk.type("1+1")
        await desk.press("f5")
        await desk.sees("out [1]   2")


@on_stage
async def test_r_gives_the_authors_text_again():
    async with a_desk(a_code("x = 1")) as desk:
        await desk.press("enter")
        await desk.type("ab")
        await desk.press("escape", "r")
        await desk.sees("▌In  [ ]   x = 1")


# --- checking and answering -------------------------------------------------------------------------

WRONG = {"passed": False, "error": {"name": "AssertionError", "message": "x is still 1"}}


def checked(**fields):
    """An exercise whose check is code: its report is all there is to say."""
    return an_exercise(check=({"kind": "code", "says": "x is 2", "code": "assert x == 2"},), **fields)


@on_stage
async def test_a_failing_check_says_what_is_meant_and_hints_come_one_by_one():
    kernel = ScriptedKernel(reports=lambda request: WRONG)
    async with a_desk(checked(hints=("Twice one.", "It is 2.")), kernel=kernel) as desk:
        await desk.press("c")
        await desk.sees("✗ not yet", "x is 2", "0 of 1 pass")
        await desk.press("h")
        await desk.sees("hint 1    Twice one.")
        await desk.press("h")
        await desk.sees("hint 2    It is 2.")
        await desk.press("h")
        await desk.sees("That was the last hint.")


@on_stage
async def test_the_solution_comes_after_an_attempt():
    kernel = ScriptedKernel(reports=lambda request: WRONG)
    async with a_desk(checked(), kernel=kernel) as desk:
        await desk.press("s")
        await desk.sees("Try once first")
        await desk.press("c")
        await desk.sees("✗ not yet")
        await desk.press("s")
        await desk.sees("+ x = 2")


@on_stage
async def test_a_passing_check_does_the_exercise():
    async with a_desk(checked()) as desk:
        await desk.press("c")
        await desk.sees("✓ 1 of 1 pass")
        assert desk.kept("attempted")[0]["correct"] is True


@on_stage
async def test_a_choice_is_chosen_and_answered_and_kept_before_it_is_shown():
    async with a_desk(a_quiz(2, shuffle=False), a_markdown()) as desk:
        await desk.press("enter")
        await desk.sees("Choose with the number keys first")
        await desk.press("1")
        await desk.sees("▸ 1  Option 1", "chosen")
        await desk.press("enter")
        await desk.sees("✗ 1  Option 1", "Feedback 1.", "✗ not yet")
        await desk.press("2", "enter")
        await desk.sees("✓ 2  Option 2", "✓ right", "That one.")
        assert [a.data["correct"] for a in desk.store.attempts("a-course")] == [False, True]


@pytest.mark.slow
@on_stage
async def test_nonsense_keys_in_a_question_answer_nothing():
    async with a_desk(a_quiz(2)) as desk:
        await desk.press(
            *"9870cjkzyw+-", "tab", "f2", "f12", "left", "right", "delete", "backspace", "ctrl+g"
        )
        assert desk.store.attempts("a-course") == ()


@pytest.mark.slow
@on_stage
async def test_a_typed_answer_is_graded():
    async with a_desk(a_text_quiz()) as desk:
        await desk.press("enter")
        await desk.sees("Enter answer")
        await desk.type("kernal")
        await desk.press("enter")
        await desk.sees("✗ not yet")
        await desk.press("enter")
        await desk.press(*["backspace"] * 6)
        await desk.type("kernel")
        await desk.press("enter")
        await desk.sees("✓ right")


@pytest.mark.slow
@on_stage
async def test_an_answer_that_is_none_is_refused_in_a_sentence_and_the_text_stays():
    async with a_desk(a_text_quiz()) as desk:
        await desk.press("enter", "enter")
        assert desk.store.attempts("a-course") == ()
        await desk.press("escape")
        await desk.sees("not answered")


# --- plots ------------------------------------------------------------------------------------------


def a_line(*ys: float) -> dict[str, object]:
    return {"kind": "line", "series": [{"x": list(range(len(ys))), "y": list(ys)}], "total": len(ys)}


@pytest.mark.slow
@on_stage
async def test_a_plot_is_drawn_after_a_run_and_its_points_are_told():
    kernel = ScriptedKernel(plots=[a_line(1, 2, 5)])
    async with a_desk(a_code(), a_viz(caption="Squares"), kernel=kernel) as desk:
        await desk.sees("nothing to draw yet")
        await desk.press("f5")
        await desk.sees("drawn after In [1]")
        await desk.press("ctrl+down", "enter")
        await desk.sees("point ", "Esc leave")
        await desk.sees("x 1, y 2 · point 2 of 3")
        await desk.press("right")
        await desk.sees("x 2, y 5 · point 3 of 3")
        await desk.press("plus", "minus", "0", "escape")
        await desk.sees("Enter points")


@on_stage
async def test_nothing_to_look_at_is_said():
    async with a_desk(a_viz()) as desk:
        await desk.press("enter")
        await desk.sees("There is nothing to look at yet")


# --- trust ------------------------------------------------------------------------------------------


@on_stage
async def test_trust_is_asked_before_anything_runs():
    kernel = ScriptedKernel()
    async with a_desk(a_code(), kernel=kernel, trust="unknown") as desk:
        await desk.press("f5")
        await desk.sees("Run code from this course?")
        assert (kernel.ran, kernel.is_started) == ([], False)
        await desk.press("3")
        await desk.sees("Read only")
        assert (kernel.ran, kernel.is_started) == ([], False)
        await desk.press("f5")
        await desk.sees("Run code from this course?")
        await desk.press("2")
        await desk.sees("✓ ran")
        assert kernel.ran == ["print(1)"]


@on_stage
async def test_leaving_the_trust_question_runs_nothing():
    kernel = ScriptedKernel()
    async with a_desk(a_code(), kernel=kernel, trust="unknown") as desk:
        await desk.press("f5")
        await desk.sees("Run code from this course?")
        await desk.press("escape")
        await desk.sees("Read only")
        assert kernel.ran == []


# --- moving -----------------------------------------------------------------------------------------


def two_lessons():
    return (
        a_lesson((a_markdown("One."),), title="First"),
        a_lesson((a_markdown("Two."),), id="second", title="Second"),
    )


@on_stage
async def test_lessons_follow_each_other():
    async with a_desk(lessons=two_lessons()) as desk:
        await desk.press("p")
        await desk.sees("This is the first lesson.")
        await desk.press("n")
        await desk.sees("lesson 2 / 2", "Two.")
        await desk.press("n")
        await desk.sees("This is the last lesson.")
        await desk.press("ctrl+pageup")
        await desk.sees("lesson 1 / 2", "One.")


@pytest.mark.slow
@on_stage
async def test_search_goes_to_the_cell():
    cells = (a_markdown(), a_code("needle = 1"), a_markdown("end", id="md-2"))
    async with a_desk(*cells) as desk:
        await desk.press("slash")
        await desk.type("needle")
        await desk.sees("needle")
        await desk.press("enter")
        await desk.sees("lesson 1 / 1")
        await desk.sees("▌In  [ ]   needle = 1")


@pytest.mark.slow
@on_stage
async def test_a_lesson_resumes_at_the_same_cell_with_the_same_text():
    store, cells = SqliteStore(MEMORY), (a_markdown(), a_code("x = 1"), a_quiz(2, shuffle=False))
    async with a_desk(*cells, store=store) as desk:
        await desk.press("ctrl+down", "enter")
        await desk.type("ab")
        await desk.press("escape", "ctrl+down", "1", "enter")
        await desk.sees("✗ not yet")
        await desk.press("ctrl+up")
    async with a_desk(*cells, store=store) as desk:
        await desk.sees("▌In  [ ]   abx = 1", "✗ 1  Option 1")


@on_stage
async def test_esc_goes_back_to_the_library_and_keeps_everything():
    async with a_desk(a_code("x = 1")) as desk:
        await desk.press("enter")
        await desk.type("ab")
        await desk.press("escape", "escape")
        await desk.sees("TUI Tutor")
        assert desk.kept("edited") == [{"source": "abx = 1"}]


# --- windows ----------------------------------------------------------------------------------------


@pytest.mark.slow
@on_stage
async def test_the_window_may_change_at_any_moment():
    async with a_desk(
        a_markdown("word " * 60), a_code("x = 1"), a_viz(), an_exercise(), a_quiz(2), a_shell()
    ) as desk:
        await desk.press("ctrl+down", "enter")
        await desk.type("ab")
        for width, height in ((120, 40), (60, 20), (30, 8), (10, 3), (1, 1), (200, 60), (80, 24)):
            await desk.pilot.resize_terminal(width, height)
            await desk.pilot.pause()
        await desk.sees("abx = 1", "editing")
        assert desk.app._exception is None


@on_stage
async def test_a_wide_window_shows_the_course_at_the_left():
    async with a_desk(a_markdown("One."), lessons=two_lessons(), size=(120, 40)) as desk:
        await desk.sees("Second")


# --- blanks -----------------------------------------------------------------------------------------


@on_stage
async def test_a_blank_looks_the_same_in_a_sentence_in_code_and_in_a_program():
    question = "Say {{1}}: `f({{1}})` or\n\n```python\nx = f({{2}})\n```"
    async with a_desk(a_cloze(question, ["a", "b"])) as desk:
        await desk.sees("Say [1 ____]: f([1 ____]) or", "x = f([2 ____])")


# --- an exercise with several files -----------------------------------------------------------------


def files(*texts: str) -> list[dict[str, str]]:
    return [{"path": f"lib/{name}.py", "starter": text} for name, text in zip("abc", texts, strict=False)]


def an_exercise_of(*texts: str) -> ExerciseCell:
    return an_exercise(starter="", solution="", run="import lib.a", file=files(*texts))


@pytest.mark.slow
@SIZES
@on_stage
async def test_every_file_of_an_exercise_can_be_edited(size):
    async with a_desk(an_exercise_of("one = 1\n", "two = 2\n"), size=size) as desk:
        await desk.sees("▸ lib/a.py", "  lib/b.py", "one = 1")
        await desk.press("f")
        await desk.sees("  lib/a.py", "▸ lib/b.py", "two = 2")
        await desk.press("enter")
        await desk.sees("editing b.py  ln 1", "F6 next file")
        await desk.type("# ")
        await desk.press("f6")
        await desk.sees("editing a.py", "▸ lib/a.py")
        await desk.type("#1 ")
        await desk.press("escape")
        kept = desk.screen.study.state("ex-1").files
        assert kept == {"lib/a.py": "#1 one = 1\n", "lib/b.py": "# two = 2\n"}


@pytest.mark.slow
@on_stage
async def test_a_click_on_a_name_chooses_the_file_and_moves_the_editor_to_it():
    async with a_desk(a_markdown(), an_exercise_of("one = 1", "two = 2", "three = 3")) as desk:
        await desk.sees("▸ lib/a.py")
        await desk.pilot.click(offset=(15, row_of(desk, "lib/c.py")))
        await desk.sees("▸ lib/c.py", "three = 3")
        await desk.press("enter")
        await desk.type("x")
        await desk.pilot.click(offset=(15, row_of(desk, "lib/b.py")))
        await desk.sees("▸ lib/b.py", "editing b.py")
        assert desk.screen.study.state("ex-1").files["lib/c.py"] == "xthree = 3"


def row_of(desk: Desk, text: str) -> int:
    return next(y for y, line in enumerate(desk.seen.splitlines()) if text in line)


@on_stage
async def test_the_next_file_comes_into_view_from_the_end_of_a_long_one():
    long = "\n".join(f"x = {n}" for n in range(60))
    async with a_desk(a_markdown(), an_exercise_of(long, "short = 1"), a_markdown(id="end")) as desk:
        await desk.press("j", "enter", "ctrl+end", "f6")
        await desk.sees("short = 1", "▸ lib/b.py")


@on_stage
async def test_a_cell_without_other_files_says_so():
    async with a_desk(an_exercise(), a_code()) as desk:
        await desk.press("f")
        await desk.sees("This cell has no other file.")
        await desk.press("enter", "f6")
        await desk.sees("This cell has no other file.", "editing")


@pytest.mark.slow
@on_stage
async def test_the_next_file_is_on_the_palette_and_in_the_help():
    async with a_desk(an_exercise_of("one = 1", "two = 2")) as desk:
        await desk.press("question_mark")
        await desk.sees("f  F6", "next file")
        await desk.press("escape", "ctrl+p")
        await desk.type("next file")
        await desk.press("enter")
        await desk.sees("▸ lib/b.py")


# --- hostile text -----------------------------------------------------------------------------------

HOSTILE = "[bold red]not bold[/] \u202egnp.exe \x9b2J {x!r} $foo"


@pytest.mark.slow
@on_stage
async def test_hostile_course_text_is_drawn_as_stand_ins():
    cells = (
        a_markdown(HOSTILE),
        a_code(f"print({HOSTILE!r})"),
        an_exercise(task=HOSTILE, hints=(HOSTILE,)),
        a_text_quiz(question=HOSTILE),
        a_shell(f"echo {HOSTILE}"),
    )
    kernel = ScriptedKernel({f"print({HOSTILE!r})": (out(HOSTILE + "\x1b[2J\x1b]0;owned\x07\n"),)})
    async with a_desk(*cells, kernel=kernel, size=(80, 60)) as desk:
        await desk.press("ctrl+down", "f5", "ctrl+down", "h")
        await desk.sees("✓ ran", "[bold red]not bold[/]", "hint 1")
        assert desk.seen.count("[bold red]not bold[/]") >= 5
        assert not [char for char in desk.seen if forbidden(char) and char != "\n"]


@pytest.mark.slow
@on_stage
async def test_any_keys_in_any_order_never_break_the_lesson():
    named = "f5 f6 enter escape ctrl+down ctrl+up f8 f9 tab space pagedown home end up down left right plus"
    keys = [*named.split(), "ctrl+c", *"jkch12xavtrsf"]
    cells = (
        a_markdown(),
        a_code(),
        a_viz(),
        an_exercise(hints=("h",)),
        a_quiz(2),
        a_text_quiz(id="quiz-2"),
        a_shell(),
    )
    async with a_desk(*cells, kernel=ScriptedKernel(plots=[a_line(1, 2)] * 50)) as desk:
        for n in range(90):
            await desk.pilot.press(keys[(n * n * 7 + n * 13) % len(keys)])
        assert desk.app._exception is None


@pytest.mark.slow
@on_stage
async def test_a_cell_that_is_run_from_its_editor_asks_for_a_guess_first():
    async with a_desk(a_code("x = 1", ask_first=True)) as desk:
        await desk.press("enter", "end")
        await desk.type("2")
        await desk.press("f5")
        await desk.sees("guess and run")
        await desk.press("enter")
        await desk.sees("In  [1]")
        assert desk.kernel.ran == ["x = 12"]


# --- the sandbox --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "kernel", "words"),
    [
        ("full", "absent", "sandbox full"),
        ("files only", "absent", "sandbox files only"),
        ("limits only", "idle", "sandbox limits only"),
        ("none", "idle", "no sandbox"),
        ("none", "busy", "kernel busy"),
        ("files only", "dead", "kernel stopped"),
    ],
)
def test_the_sandbox_is_seen_where_there_is_room_for_one_word(level, kernel, words):
    study = replace(begin(a_course(), a_lesson([a_markdown()]), number=1), kernel=kernel)
    assert footer_states(study, None, 80, Confinement(level).words)[-1] == words

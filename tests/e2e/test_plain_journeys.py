"""Whole journeys in plain mode, through pipes and at a terminal, with real kernels and a real log."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.builders import (
    a_code,
    a_course_folder,
    a_lesson,
    a_markdown,
    a_quiz,
    a_shell,
    a_text_quiz,
    a_viz,
    an_exercise,
)
from tests.e2e.playing import COMMAND, Player, said_until, tell
from tui_tutor.core.course import KernelSettings

pytestmark = pytest.mark.slow


def a_folder(parent: Path, *cells: object, **fields: object) -> Path:
    return a_course_folder(parent, lessons=(a_lesson(cells or None, title="First"),), **fields)  # type: ignore[arg-type]


def steps(said: str) -> list[str]:
    """What was said after each prompt."""
    return said.split("\n> ")


# --- the lesson of the specification ----------------------------------------------------------------

TRICK = """next
run
next
next
edit
mu = torch.full((1, 32), 2.0)
logvar = torch.full((1, 32), -1.0)
z = reparameterise(mu, logvar)
.
check
hint
edit
mu = torch.full((1, 32), 2.0)
logvar = torch.full((1, 32), -2.0)
z = reparameterise(mu, logvar)
.
check
next
answer It carries all the randomness and has no parameters
answer 9
"""


@pytest.mark.torch
def test_the_reparameterisation_lesson_to_its_recorded_answer(player: Player) -> None:
    said = steps(player.learn("vae", *TRICK.splitlines(), lesson="reparameterisation"))
    assert said[0].startswith(
        "lesson 3 / 6 · Reparameterisation trick · 15 min · Bloom's apply\n"
        "objective: Trace gradients through sampling\n\nmd [1]\n"
    )
    lines = said[2].splitlines()
    assert lines[:4] == ["run", "In [1] [2] running", "out [1]", "torch.Size([1, 32]) -0.01793839782476425"]
    assert lines[4].startswith("ran in ")
    assert "this run" in said[3]
    assert said[6].splitlines()[:4] == [
        "check",
        "not yet: 1 of 3 checks pass",
        "logvar is -2.0 everywhere",
        "expected -2.0, found -1.0 in all 32 places",
    ]
    assert said[7].splitlines()[1] == "hint 1 of 2: σ = exp(logvar / 2)"
    assert said[9].splitlines()[1] == "right: 3 of 3 checks pass"
    options = dict(line.strip().split(" ", 1) for line in said[10].splitlines() if line[:2] == "  ")
    place = next(n for n, text in options.items() if text.startswith("It carries all"))
    later = steps(player.learn("vae", f"answer {place}", lesson="reparameterisation"))
    assert later[0].splitlines()[3:5] == [
        "Restoring your last visit: 2 cells run again. Ctrl+C skips it.",
        "? [5] check your understanding",
    ]
    assert "right: So gradients flow through μ and σ." in later[1].splitlines()
    kept = [(a["cell"], a["correct"]) for a in player.attempts()]
    assert kept == [("variance", False), ("variance", True), ("role-of-epsilon", True)]


@pytest.mark.torch
def test_the_training_runs_in_a_shell(player: Player) -> None:
    said = player.learn("vae", *["next"] * 5, "run", lesson="reparameterisation")
    run = steps(said)[6].splitlines()
    assert run[:2] == ["run", "sh [6] running"]
    assert [line.split("·")[0] for line in run[2:5]] == ["Epoch 1/3 ", "Epoch 2/3 ", "Epoch 3/3 "]
    assert any(line.startswith("ran in ") for line in run)


# --- running ----------------------------------------------------------------------------------------


def test_a_run_says_its_count_when_it_has_begun(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_code("print('hi')\n7"))
    first, second = steps(player.learn(folder, "run", "r"))[1:3]
    assert first.splitlines()[:4] == ["run", "In [1] [1] running", "out [1]", "hi"]
    assert second.splitlines()[1:3] == ["In [2] [1] running", "out [2]"]


def test_a_failing_run_is_said_in_words(player: Player, tmp_path: Path) -> None:
    said = player.learn(a_folder(tmp_path, a_code("x = 1\nprint(y)")), "run")
    assert "NameError in line 2\nname 'y' is not defined\n" in said
    assert "\nfailed after " in said
    assert "what it usually means: " in said


def test_a_program_that_asks_gets_the_next_line(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_code("name = input('name? ')\nprint('hello', name)"), a_markdown())
    said = steps(player.learn(folder, "run", "next", "next"))
    assert "name? next\nhello next\n" in said[1]
    assert said[2].startswith("next\n\nmd [2]\n")


def test_the_end_of_input_stops_a_program_that_asks(player: Player, tmp_path: Path) -> None:
    said = player.learn(a_folder(tmp_path, a_code("input()")), "run")
    assert "stopped by you" in said


def test_a_prompt_steers_no_terminal(player: Player, tmp_path: Path) -> None:
    said = player.learn(a_folder(tmp_path, a_code(r"input('\x1b]0;owned\x07\x1b[2J? ')")), "run", "x")
    assert "␛]0;owned␇␛[2J? x" in said


def test_colours_of_programs_are_left_out(player: Player, tmp_path: Path) -> None:
    folder = a_folder(
        tmp_path, a_code(r"print('\x1b[31mred\x1b[0m \x1b]52;c;aa\x07end')"), a_shell("printf '\\033[2Jx'")
    )
    said = player.learn(folder, "run", "next", "run")
    assert "\nred end\n" in said


def test_every_line_of_a_flood_is_printed_or_counted(player: Player, tmp_path: Path) -> None:
    said = player.learn(a_folder(tmp_path, a_code("for n in range(60000): print(n)")), "run", "next")
    counted = sum(map(int, re.findall(r"^\((\d+) lines? not shown\)$", said, re.M)))
    assert len(re.findall(r"^\d+$", said, re.M)) + counted == 60_000
    assert "59999\nran in" in said


# --- trust ------------------------------------------------------------------------------------------


def a_hostile_course(parent: Path) -> Path:
    """Leaves a mark wherever anything of it is executed or imported."""
    mark = "import pathlib; pathlib.Path('executed').touch()\n"  # in its workspace: elsewhere it may not
    names = (
        "sitecustomize",
        "usercustomize",
        "torch",
        "numpy",
        "random",
        "IPython",
        "ipykernel_launcher",
        "json",
    )
    return a_folder(
        parent,
        a_code(mark),
        a_viz(y="__import__('pathlib').Path('executed').touch()"),
        an_exercise(starter=mark),
        a_shell("touch executed"),
        files={f"{name}.py": mark for name in names} | {f"files/{name}.py": mark for name in names},
        kernel=KernelSettings(packages=("numpy",), env={"PYTHONPATH": "."}),
    )


def test_nothing_of_a_course_runs_before_a_yes(player: Player, tmp_path: Path) -> None:
    folder = a_hostile_course(tmp_path)
    commands = [
        "run",
        "next",
        "points",
        "next",
        "check",
        "solution",
        "next",
        "run",
        "restart",
        "outline",
        "results",
    ]
    said = player.learn(folder, *commands, trust=False)
    assert "This course has not been trusted" in said
    assert [*tmp_path.rglob("executed")] == []
    player.learn(folder, "run")
    assert [*tmp_path.rglob("executed")] != []


def test_a_yes_at_the_terminal_runs_and_lasts(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_code("print('it', 'runs')"))
    with player.on_a_terminal("learn", str(folder), "--plain") as terminal:
        terminal.wait_for("> ")
        terminal.type("run\r")
        terminal.wait_for("1, 2 or 3: ")
        terminal.type("1\r")
        terminal.wait_for("it runs")
        terminal.type("quit\r")
        assert terminal.wait_for_end() == 0
        assert b"\x1b" not in terminal.sent
    assert "it runs" in player.learn(folder, "run", trust=False)


# --- stopping ---------------------------------------------------------------------------------------


def test_ctrl_c_stops_a_run_and_the_lesson_goes_on(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_code("print('begun', flush=True)\nwhile True: pass"))
    with player.on_a_terminal("learn", str(folder), "--plain", "--trust", "once") as terminal:
        terminal.wait_for("> ")
        terminal.type("run\r")
        terminal.wait_for("out [1]")
        terminal.press("ctrl+c")
        terminal.wait_for("stopped by you")
        terminal.type("quit\r")
        assert terminal.wait_for_end() == 0
        assert terminal.echoes()


def test_ctrl_c_while_a_program_asks_leaves_the_next_line_a_command(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_code("input('name? ')"))
    with player.on_a_terminal("learn", str(folder), "--plain", "--trust", "once") as terminal:
        terminal.wait_for("> ")
        terminal.type("run\r")
        terminal.wait_for("out [1]")
        terminal.wait_for("\nname? ")
        terminal.press("ctrl+c")
        terminal.wait_for("stopped by you")
        terminal.type("quit\r")
        assert terminal.wait_for_end() == 0


def test_ctrl_c_at_the_prompt_leaves_with_130_and_the_terminal_as_it_was(
    player: Player, tmp_path: Path
) -> None:
    with player.on_a_terminal("learn", str(a_folder(tmp_path)), "--plain") as terminal:
        terminal.wait_for("> ")
        terminal.press("ctrl+c")
        assert terminal.wait_for_end() == 130
        assert terminal.echoes()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_kernel_too_and_is_told_to_the_caller(
    player: Player, tmp_path: Path, number: signal.Signals
) -> None:
    folder = a_folder(tmp_path, a_code("while True: pass"))
    process = player.start("learn", str(folder), "--plain", "--trust", "once")
    tell(process, "run")
    said_until(process, "running\n")
    process.send_signal(number)
    assert process.wait(20) == 128 + number


def test_ctrl_c_before_the_kernel_has_begun_stops_the_run_too(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_code("while True: pass"))
    with player.on_a_terminal("learn", str(folder), "--plain", "--trust", "once") as terminal:
        terminal.wait_for("> ")
        terminal.type("run\r")
        # What is echoed may not be read yet; a kernel that starts shows that the run was asked for.
        terminal.wait(player.starts_a_kernel)
        terminal.press("ctrl+c")
        terminal.wait_for("stopped by you")
        terminal.type("quit\r")
        assert terminal.wait_for_end() == 0


# --- whatever is typed ------------------------------------------------------------------------------


def test_nonsense_changes_nothing(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_quiz(2), a_code(), an_exercise())
    words = (
        "answer,answer 9,answer 1 2 3 9,answer x,check,run,edit,points,go,go 99,go nowhere,search,hint,ÄÖ🙂"
    )
    nonsense = ["", "   ", "xyzzy", "re", *words.split(","), "\x1b[A\x1b[2J", "solution", "a" * 5000]
    said = player.learn(folder, *nonsense)
    assert player.attempts() == []
    assert '"xyzzy" is not a command here; "help" lists them.' in said
    assert '"re" could be reset, restart, results.' in said
    assert "[1] has nothing to run." in said


def test_input_that_ends_in_an_edit_changes_nothing(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_code("print('old')"))
    assert "Not changed: the input ended before the dot." in player.learn(folder, "edit", "half of it")
    assert "print('old')" in player.learn(folder)


def test_edit_takes_the_name_of_one_of_several_files(player: Player, tmp_path: Path) -> None:
    files = [{"path": f"lib/{name}.py", "starter": f"{name} = 0"} for name in "ab"]
    exercise = an_exercise(starter="", solution="", run="import lib.b", file=files)
    folder = a_folder(tmp_path, exercise, a_markdown())
    lines = ("edit", "edit b.py", "b = 1", ".", "edit lib/a.py", "a = 2", ".", "next", "back")
    asked, whole, other, *_, shown = steps(player.learn(folder, *lines))[1:-1]
    assert 'Which file? Such as "edit lib/a.py". There are: lib/a.py, lib/b.py.' in asked
    assert ("Type the whole lib/b.py;" in whole, "Type the whole lib/a.py;" in other) == (True, True)
    assert "file lib/a.py:\na = 2\nfile lib/b.py:\nb = 1" in shown


def test_keys_of_the_screen_are_named_as_commands(player: Player, tmp_path: Path) -> None:
    said = player.learn(
        a_folder(tmp_path, a_quiz(1, shuffle=False), an_exercise()), "answer 1", "answer 2", "next", "s"
    )
    assert 'This question is answered. "reset" asks it again.' in said
    assert 'Try once first; then "solution" shows the solution.' in said


def test_search_and_outline_speak_of_what_is_shown(player: Player, tmp_path: Path) -> None:
    lessons = (
        a_lesson((a_quiz(1, shuffle=False),), title="First"),
        a_lesson((a_markdown("The **elbow** of `f`."),), id="second", title="Second"),
        a_lesson(id="third", title="Third"),
    )
    folder = a_course_folder(tmp_path, lessons=lessons)
    said = steps(player.learn(folder, "answer 1", "outline", "search elbow", "results"))
    assert said[2].splitlines()[2:5] == ["  1 First: done", "  2 Second: next", "  3 Third: open"]
    assert said[3].splitlines()[1] == "lesson 2, md [1]: The elbow of f."
    assert said[4].splitlines()[-1] == "1 answer, 1 of them right"


# --- tomorrow ---------------------------------------------------------------------------------------


def test_tomorrow_everything_is_as_it_was_left(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_markdown(), a_code(), an_exercise(hints=("Twice one.",)), a_text_quiz())
    player.learn(
        folder, "next", "edit", "print('mine')", ".", "run", "next", "edit", "x = 3", ".", "check", "hint"
    )
    said = steps(player.learn(folder, "back", "next", "next", "answer kernel", "outline"))
    assert "x = 3" in said[0]
    assert "hint 1 of 1: Twice one." in said[0]
    assert "print('mine')\nout [ ]\nmine\nran in" in said[1]
    assert "(from your last visit)" in said[1]
    assert said[4].splitlines()[1] == "right"
    assert [(a["cell"], a["correct"]) for a in player.attempts()] == [("ex-1", False), ("quiz-1", True)]


def test_a_changed_question_says_so_and_takes_an_answer(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_text_quiz(), an_exercise())
    player.learn(folder, "answer kernel", "next", "check")
    a_folder(tmp_path, a_text_quiz(("core",)), an_exercise(task="Make x two, please."))
    said = steps(player.learn(folder, "back", "answer core", "outline"))
    older = "stale: the task changed\nYour answer to an older wording passed 0 of 1 checks."
    assert older in said[0]
    assert "stale: the question changed\nYour answer to an older wording was right." in said[1]
    assert said[2].splitlines()[1] == "right"
    assert [a["correct"] for a in player.attempts()] == [True, False, True]


def test_kill_loses_no_answer_that_was_acknowledged(player: Player, tmp_path: Path) -> None:
    folder = a_folder(
        tmp_path, a_quiz(1, shuffle=False), a_text_quiz(id="quiz-2"), a_code("while True: pass")
    )
    process = player.start("learn", str(folder), "--plain", "--trust", "once")
    tell(process, "answer 2", "answer 1", "next", "answer shell", "next", "run")
    said_until(process, "running\n")
    process.kill()
    process.wait(20)
    kept = [(a["cell"], a["correct"]) for a in player.attempts()]
    assert kept == [("quiz-1", False), ("quiz-1", True), ("quiz-2", False)]
    assert player.learn(folder).splitlines()[2].startswith("In [ ] [3]")


def test_two_at_once_lose_nothing(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_text_quiz())
    both = [player.start("learn", str(folder), "--plain") for _ in range(2)]
    for process in both:
        tell(process, *["answer wrong"] * 20)
    for process in both:
        said, _ = process.communicate(timeout=60)
        assert (process.returncode, said.count("> answer wrong\nnot yet")) == (0, 20)
    assert len(player.attempts()) == 40


# --- a world that refuses ---------------------------------------------------------------------------


def test_a_data_folder_that_cannot_be_written_is_said_and_the_lesson_goes_on(
    player: Player, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    course = a_folder(tmp_path, a_quiz(1, shuffle=False), a_code("print(6 * 7)"))
    lines = ["answer 1", "next", "edit", "print(6 * 7)", ".", "run", "go 1"]
    done = player.run(
        "learn", str(course), "--plain", "--trust", "once", lines=lines,
        TUI_TUTOR_DATA=str(tmp_path / "file" / "data"),
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.startswith("Nothing you do is saved: ")
    assert "\nright" in done.stdout
    assert "\nKept until you leave.\n" in done.stdout
    assert "\n42\n" in done.stdout
    assert "go 1\nNot saved: nothing you do in this lesson is kept.\nlesson 1 / 1" in done.stdout


def test_a_run_that_is_refused_says_why_and_nothing_of_a_run(player: Player, tmp_path: Path) -> None:
    folder = a_course_folder(tmp_path, cells=[a_code()], kernel={"packages": ["no-such-package-here>=1"]})
    said = player.learn(folder, "run")
    assert "This course needs no-such-package-here>=1" in said
    assert "running" not in said
    assert "\nidle" not in said


def test_a_course_with_errors_ends_with_4(player: Player, tmp_path: Path) -> None:
    folder = a_course_folder(tmp_path, lessons={"first": 'title = "T"\n[[cell]]\nkind = "mdd"\n'})
    done = player.run("learn", str(folder), "--plain")
    assert (done.returncode, done.stdout) == (4, "")
    assert "first" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_course_that_is_not_there_is_one_sentence(player: Player) -> None:
    done = player.run("learn", "no-such-course", "--plain")
    assert done.returncode == 1
    assert "no-such-course" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_who_leaves_ends_it_quietly(player: Player, tmp_path: Path) -> None:
    process = player.start("learn", str(a_folder(tmp_path)), "--plain")
    assert process.stdout is not None
    assert process.stdin is not None
    process.stdout.close()
    with pytest.raises((BrokenPipeError, OSError)):  # noqa: PT012 - the pipe breaks at one of the writes
        for _ in range(2000):
            process.stdin.write("help\n" * 50)
            process.stdin.flush()
    assert process.wait(20) in (0, 1, 141, -signal.SIGPIPE)


def test_plain_mode_is_chosen_where_no_screen_can_be(player: Player, tmp_path: Path) -> None:
    folder = str(a_folder(tmp_path))
    done = player.run("learn", folder)
    assert done.stdout.startswith("lesson 1 / 1 · First\n")
    with player.on_a_terminal("learn", folder, TERM="dumb") as terminal:
        terminal.wait_for("lesson 1 / 1")
        terminal.type("quit\r")
        assert terminal.wait_for_end() == 0
        assert b"\x1b" not in terminal.sent


def test_output_that_holds_only_ascii_gets_question_marks(player: Player, tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "learn", str(a_folder(tmp_path)), "--plain"],
        input=b"quit\n",
        capture_output=True,
        env={**player.environ, "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.startswith(b"lesson 1 / 1 ? First\n")


@pytest.mark.parametrize("lesson", ["1", "2", "3"])
def test_every_lesson_of_the_first_course_is_walked_through(player: Player, lesson: str) -> None:
    said = player.learn("start-here", *["run", "Ada", "next"] * 15, lesson=lesson)
    assert "end of the lesson" in said
    assert "Traceback" not in said


def test_an_error_is_told_once(player: Player, tmp_path: Path) -> None:
    said = player.learn(a_folder(tmp_path, a_code("1 / 0")), "run")
    assert said.count("ZeroDivisionError in line 1") == 1


def test_a_secret_is_not_shown_while_it_is_typed(player: Player, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_code("import getpass\nprint(len(getpass.getpass('pw? ')))"))
    with player.on_a_terminal("learn", str(folder), "--plain", "--trust", "once") as terminal:
        terminal.wait_for("> ")
        terminal.type("run\n")
        terminal.wait_for("pw? ")
        terminal.wait(lambda: not terminal.echoes(), what="a silent terminal")
        terminal.type("swordfish\n")
        terminal.wait_for("ran in")
        terminal.type("quit\n")
        assert terminal.wait_for_end() == 0
        assert ("swordfish" in terminal.text(), "9" in terminal.text(), terminal.echoes()) == (
            False,
            True,
            True,
        )


def test_a_rule_is_no_drawing(player: Player, tmp_path: Path) -> None:
    assert "\n---\n" in player.learn(a_folder(tmp_path, a_markdown("above\n\n---\n\nbelow")))


# --- levels -----------------------------------------------------------------------------------------

TOLD = {"lessons/first.advanced.toml": '[[cell]]\nid = "ex-1"\ntask = "Two."\nstarter = "pass"\n'}


def test_a_course_is_read_at_another_level_from_the_middle_of_a_lesson_on(player: Player, tmp_path: Path):
    folder = a_folder(tmp_path, an_exercise(), level="beginner", files=TOLD)
    said = player.learn(folder, "level", "level advanced", "edit", "x = 2", ".", "check", "level beginner")
    assert "level: beginner (now), advanced" in said
    told = said.partition("> level advanced\n")[2]
    assert "Now advanced. What you did is kept.\nlesson 1 / 1 · First · advanced" in told
    assert "Two." in told
    assert "pass" in told
    assert "1 of 1" in told
    back = told.partition("> level beginner\n")[2]
    assert "Make x two." in back
    assert "x = 2" in back


def test_a_level_is_remembered_and_an_option_chooses_another(player: Player, tmp_path: Path):
    folder = a_folder(tmp_path, an_exercise(), level="beginner", files=TOLD)
    heads = [
        player.run("learn", str(folder), "--plain", *option).stdout.partition("\n")[0]
        for option in (("--level", "advanced"), (), ("--level", "beginner"), ())
    ]
    assert [head.removeprefix("lesson 1 / 1 · First · ") for head in heads] == [
        *("advanced", "advanced", "beginner", "beginner"),
    ]


def test_a_level_or_language_that_there_is_not_is_refused(player: Player, tmp_path: Path):
    folder = a_folder(tmp_path, an_exercise(), level="beginner", files=TOLD)
    for option in (("--level", "expert"), ("--language", "de")):
        done = player.run("learn", str(folder), "--plain", *option)
        assert (done.returncode, "is not told" in done.stderr, done.stdout) == (2, True, "")

"""`tui-tutor preview` as an author uses it: real kernels, real files, and nothing left behind."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.pty_driver import PtyDriver
from tests.e2e.playing import Player, said_until, tell, words_of
from tests.tui.previewing import LESSON, TWO_CODES, a_folder, save

pytestmark = pytest.mark.slow

COUNTS = f"""{LESSON}
[[cell]]
kind = "code"
id = "a"
source = "x = 1"
[[cell]]
kind = "code"
id = "b"
source = "print('x is', x)"
"""


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def previews_in(scratch: Path) -> list[Path]:
    """Scratch folders of previews."""
    return sorted(scratch.glob("tui-tutor-preview-*"))


def course(player: Player, text: str = COUNTS) -> Path:
    return a_folder(player.data.parent, {"one": text})


def leave(terminal: PtyDriver) -> int:
    """Quit with Ctrl+Q; a run that goes on is stopped."""
    terminal.press("ctrl+q")
    terminal.settle(0.2, 2)
    if not terminal.has_ended() and "Quit?" in terminal.text():
        terminal.type("q")
    return terminal.wait_for_end()


def run_both(terminal: PtyDriver) -> None:
    """Run the first cell and go on, then the second."""
    terminal.wait_for("x = 1")
    terminal.press("f5")
    terminal.wait_for("In  [1]")
    terminal.press("ctrl+down", "f5")
    terminal.wait_for("In  [2]")


# --- the full screen --------------------------------------------------------------------------------


def test_what_ran_is_replayed_in_a_new_kernel_and_nothing_is_left_behind(
    player: Player, scratch: Path
) -> None:
    folder = course(player)
    before = {path: path.read_bytes() for path in folder.rglob("*.toml")}
    with player.on_a_terminal("preview", str(folder)) as terminal:
        run_both(terminal)
        terminal.wait_for("x is 1")
        save(folder, {"lessons/one.toml": COUNTS.replace("x = 1", "x = 22")})
        terminal.wait_for("x is 22")
        save(folder, {"lessons/one.toml": COUNTS})
        terminal.wait_for("x is 1 ")
        assert leave(terminal) == 0
    assert previews_in(scratch) == []
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert not player.data.exists()


def test_a_file_of_the_course_that_changed_is_there_for_the_next_run(player: Player) -> None:
    folder = course(player, COUNTS.replace("x = 1", "x = open('n.txt').read()"))
    save(folder, {"files/n.txt": "one"})
    with player.on_a_terminal("preview", str(folder)) as terminal:
        terminal.wait_for("open(")
        terminal.press("f5")
        terminal.wait_for("In  [1]")
        save(folder, {"files/n.txt": "another"})
        terminal.wait_for("Reloaded")
        terminal.press("f5")
        terminal.wait_for("In  [2]")
        terminal.press("ctrl+down", "f5")
        terminal.wait_for("x is another")
        assert leave(terminal) == 0


def test_code_in_files_that_changed_makes_a_new_kernel(player: Player) -> None:
    imported = "import sys; sys.path.insert(0, '.'); from mine import x"
    folder = course(player, COUNTS.replace("x = 1", imported))
    save(folder, {"files/mine.py": "x = 1\n"})
    with player.on_a_terminal("preview", str(folder)) as terminal:
        terminal.wait_for("import x")
        terminal.press("f5")
        terminal.wait_for("In  [1]")
        terminal.press("ctrl+down", "f5")
        terminal.wait_for("x is 1")
        save(folder, {"files/mine.py": "x = 4321\n"})
        terminal.wait_for("x is 4321")
        assert leave(terminal) == 0


def test_a_storm_of_saves_ends_in_the_last_one(player: Player) -> None:
    folder = course(player)
    with player.on_a_terminal("preview", str(folder)) as terminal:
        run_both(terminal)
        for number in range(60):
            (folder / "lessons/one.toml").write_text(COUNTS.replace("x = 1", f"x = {1000 + number}"), "utf-8")
            time.sleep(0.02)  # an editor that saves without end
        terminal.wait_for("x is 1059")
        assert leave(terminal) == 0


def test_a_loop_without_end_is_stopped_by_a_save(player: Player) -> None:
    folder = course(player, COUNTS.replace("x = 1", "while True: pass"))
    with player.on_a_terminal("preview", str(folder)) as terminal:
        terminal.wait_for("while True")
        terminal.press("f5")
        terminal.wait_for("running")
        save(folder, {"lessons/one.toml": COUNTS.replace("x = 1", "x = 5")})
        terminal.wait_for("✓ ran")
        assert leave(terminal) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_preview_that_is_ended_leaves_no_process_and_no_folder(
    player: Player, scratch: Path, number: signal.Signals
) -> None:
    with player.on_a_terminal("preview", str(course(player))) as terminal:
        run_both(terminal)
        terminal.signal(number)
        terminal.wait_for_end()
    assert_gone(player, scratch)
    assert previews_in(scratch) == []


def test_a_killed_preview_leaves_no_process_and_the_next_one_sweeps_its_folder(
    player: Player, scratch: Path
) -> None:
    folder = course(player)
    with player.on_a_terminal("preview", str(folder)) as terminal:
        run_both(terminal)
        app = next(p for p in player.processes() if p.parent() and p.parent() in player.processes())
        for process in [*player.processes()]:
            if "preview" in words_of(process) and process.pid != app.ppid():
                process.kill()
        terminal.wait_for_end()
    assert_gone(player, scratch)
    assert player.run("preview", str(folder), "--plain", lines=["quit"]).returncode == 0
    assert previews_in(scratch) == []


def assert_gone(player: Player, scratch: Path) -> None:
    """No process of the preview is left; kernels end a moment after their parent."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        left = [*player.processes(), *processes_in(scratch)]
        if not left:
            return
        time.sleep(0.05)
    raise AssertionError([words_of(process) for process in left])


def processes_in(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(str(folder)):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_two_previews_of_one_folder_do_not_disturb_each_other(player: Player, scratch: Path) -> None:
    folder = str(course(player))
    with (
        player.on_a_terminal("preview", folder) as first,
        player.on_a_terminal("preview", folder) as second,
    ):
        run_both(first)
        run_both(second)
        assert len(previews_in(scratch)) == 2
        assert leave(first) == 0
        second.press("f5")
        second.wait_for("In  [3]")
        assert leave(second) == 0


# --- plain mode -------------------------------------------------------------------------------------


def test_a_plain_preview_reads_again_when_a_command_is_given(player: Player) -> None:
    folder = course(player)
    process = player.start("preview", str(folder), "--plain")
    said_until(process, "> ")
    tell(process, "run")
    said_until(process, "> ")
    save(folder, {"lessons/one.toml": COUNTS.replace("x = 1", "x = 2").replace('bloom = "apply"\n', "")})
    tell(process, "next")
    said = said_until(process, "print('x is', x)")
    assert "warning[bloom-missing]: the lesson has no `bloom`" in said
    assert "Reloaded: 1 warning. The kernel is new: 1 cell runs again; Ctrl+C stops it." in said
    tell(process, "run", "quit")
    assert process.stdout is not None
    assert "x is 2" in process.stdout.read()
    assert process.wait(20) == 0


def test_a_plain_preview_of_a_broken_lesson_names_its_mistakes(player: Player) -> None:
    folder = course(player, TWO_CODES.replace("source", "sauce"))
    done = player.run("preview", str(folder), "--plain")
    assert done.returncode == 4
    assert "error[unknown-key]: `sauce` is not a key here" in done.stdout
    assert "Traceback" not in done.stderr


# --- what cannot be previewed -----------------------------------------------------------------------


def test_what_is_no_course_is_told(player: Player) -> None:
    player.data.parent.joinpath("empty").mkdir()
    for arguments, said in (
        (
            ("nowhere",),
            "tui-tutor: There is no folder nowhere.\n  tui-tutor new nowhere makes a course there.\n",
        ),
        (("empty",), "tui-tutor: empty is not a course: it has no course.toml.\n"),
    ):
        done = player.run("preview", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(said)


def test_a_lesson_that_is_not_there_is_told_with_those_that_are(player: Player) -> None:
    done = player.run("preview", str(course(player)), "nine", "--plain")
    assert (done.returncode, "There are: 1 one." in done.stderr) == (1, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told(player: Player) -> None:
    folder = course(player)
    folder.chmod(0)
    try:
        assert player.run("preview", str(folder)).returncode == 1
    finally:
        folder.chmod(0o700)

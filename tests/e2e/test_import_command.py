"""`tui-tutor import` as an author sees it: the course is whole or not there, and what was lost is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.formats.notebooks import PNG, a_markdown, a_notebook, a_program, printed, shown
from tui_tutor.core.parsing import parse_course, parse_lesson
from tui_tutor.core.study import begin
from tui_tutor.core.study.recording import with_recorded
from tui_tutor.core.wording.proofs import proves
from tui_tutor.shelf.folder import read_course_files, take_snapshot

pytestmark = pytest.mark.slow  # each starts the program anew

ROOT = Path(__file__).parents[2]


def run_import(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TUI_TUTOR_DATA": str(cwd / "data")}
    command = [sys.executable, "-m", "tui_tutor", "import", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, env=environment, timeout=60
    )


def a_file(folder: Path, data: bytes, name: str = "intro.ipynb") -> str:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return name


def test_a_notebook_becomes_a_course_folder_and_the_report_says_what_was_lost(tmp_path: Path) -> None:
    data = a_notebook(a_markdown("# Hi\n\n<b>you</b>"), a_program("import numpy\nprint(1)", printed("1\n")))
    done = run_import(a_file(tmp_path, data), "-o", "course", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == (
        "ipynb: 1 markdown, 1 code in, 1 md, 1 code out\n  cell 1: HTML: b: a terminal shows it as text\n"
    )
    assert done.stderr.splitlines()[1:] == [
        "Its code imports numpy: name under `packages` what learners need."
    ]
    made = {str(path.relative_to(tmp_path / "course")) for path in (tmp_path / "course").rglob("*.*")}
    assert made == {"course.toml", "course.lock.json", "lessons/intro.toml"}


def test_the_imported_outputs_are_shown_as_recorded(tmp_path: Path) -> None:
    code = a_program("print(1)", printed("1\n"), shown(image_png=PNG), count=3, id="p")
    run_import(a_file(tmp_path, a_notebook(code)), "-o", "course", cwd=tmp_path)
    files = read_course_files(tmp_path / "course")
    course = parse_course(files).value
    assert course is not None
    lesson = parse_lesson(course, "intro", files).value
    assert lesson is not None
    lock = json.loads(files["course.lock.json"])
    state = with_recorded(begin(course, lesson, number=1), lock).state("p")
    assert lock["origin"] == "import"
    assert not proves(lock, take_snapshot(tmp_path / "course").tree_hash)  # nobody ran it
    assert (state.is_recorded, state.is_imported) == (True, True)
    assert state.transcript.text().startswith("1\n")


@pytest.mark.slow
def test_the_player_says_that_the_imported_notebook_recorded_an_output(tmp_path: Path) -> None:
    code = a_program("print(1)", printed("1\n"))
    run_import(a_file(tmp_path, a_notebook(code)), "-o", "course", cwd=tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TUI_TUTOR_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-m", "tui_tutor", "learn", "./course", "--plain"]
    done = subprocess.run(
        command, input="quit\n", capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
    )
    assert "print(1)\nrecorded, by the imported notebook:\n1\n" in done.stdout


def test_the_report_as_json_goes_to_standard_output_alone(tmp_path: Path) -> None:
    done = run_import(a_file(tmp_path, a_notebook(a_markdown("x"))), "-o", "course", "--json", cwd=tmp_path)
    assert json.loads(done.stdout) == {
        "ok": True,
        "format": "ipynb",
        "in": {"markdown": 1},
        "out": {"md": 1},
        "lost": [],
    }


def test_a_folder_that_is_not_empty_is_left_as_it_was(tmp_path: Path) -> None:
    a_file(tmp_path, b"mine", "course/notes.txt")
    done = run_import(a_file(tmp_path, a_notebook(a_markdown("x"))), "-o", "course", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("tui-tutor: course is not empty; it is as it was.")
    assert [path.name for path in (tmp_path / "course").iterdir()] == ["notes.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "course").mkdir()
    done = run_import(a_file(tmp_path, a_notebook(a_markdown("x"))), "-o", "course", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "course" / "course.toml").is_file()


@pytest.mark.parametrize(
    ("source", "data", "said"),
    [
        ("no.ipynb", None, "no.ipynb cannot be read: no such file or directory. Nothing was written."),
        ("a.ipynb", b"{", "a.ipynb is no notebook: it is not JSON ("),
        ("a.xyz", b"what", "Nothing in a.xyz is of a format that can be imported."),
        (".", None, "There is no file in ."),
    ],
)
def test_what_cannot_be_imported_leaves_nothing_behind(
    tmp_path: Path, source: str, data: bytes | None, said: str
) -> None:
    if data is not None:
        a_file(tmp_path, data, source)
    before = {path.name for path in tmp_path.iterdir()}
    done = run_import(source, "-o", "course", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"tui-tutor: {said}")
    assert {path.name for path in tmp_path.iterdir()} - {"data"} == before


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    done = run_import(a_file(tmp_path, a_notebook(a_markdown("x"))), "-o", "/proc/course", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("tui-tutor: /proc/course cannot be written: ")


def test_links_and_hidden_files_beside_notebooks_are_left_out(tmp_path: Path) -> None:
    a_file(tmp_path, a_notebook(a_markdown("x")), "in/n.ipynb")
    a_file(tmp_path, b"secret", "secret.txt")
    a_file(tmp_path, b"hidden", "in/.git/config")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "in" / "up").symlink_to(tmp_path)
    run_import("in", "-o", "course", cwd=tmp_path)
    assert not (tmp_path / "course" / "files").exists()


def test_a_named_pipe_is_no_file_to_wait_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "n.ipynb")
    done = run_import("n.ipynb", "-o", "course", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("tui-tutor: n.ipynb is no file.")


def test_what_a_notebook_writes_steers_no_terminal(tmp_path: Path) -> None:
    evil = a_markdown("x", attachments={"\x1b]0;owned\x07": {"text/plain": "y"}})
    done = run_import(a_file(tmp_path, a_notebook(evil)), "-o", "course", cwd=tmp_path)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    many = a_notebook(*(a_program(f"x{number} = '{'y' * 2_000}'") for number in range(15_000)))
    a_file(tmp_path, many)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tui_tutor", "import", "intro.ipynb", "-o", "course"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
    while process.poll() is None and not list(tmp_path.glob(".*.part")):
        pass
    process.send_signal(signal.SIGINT)
    process.wait(30)
    assert [path.name for path in tmp_path.iterdir()] == ["intro.ipynb"]
    assert process.returncode in (130, -signal.SIGINT)  # to a shell both are 130

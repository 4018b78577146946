"""A valid course all of whose texts attack the terminal, shown by every command: nothing gets through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.builders import a_code, a_course_folder, a_lesson, a_markdown, a_quiz, a_shell, an_exercise
from tests.e2e.playing import Player

ATTACK = "\x1b]0;pwn\x07\x1b[2J\x9b31m\x9d0;x\x9c\u202eX\u2066\x00\x7f\r\x08"
NAME = "\x1b]0;pwn\x07\x9b31m\u202e"  # of files and folders
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\udc80-\udcff]")
LINES = "next run next run next 1 hint next check hint solution next outline results search X help quit"

COMMANDS: dict[str, Sequence[str]] = {
    "check": ("check", "COURSE"),
    "check --strict": ("check", "COURSE", "--strict"),
    "check --json": ("check", "COURSE", "--json"),
    "check --fix": ("check", "COURSE", "--fix", "--dry-run"),
    "list": ("list",),
    "list --json": ("list", "--json"),
    "learn": ("learn", "COURSE", "--plain", "--trust", "once"),
    "learn, not trusted": ("learn", "COURSE", "--plain"),
    "learn, no such course": ("learn", NAME),
    "learn, no such option": ("learn", "--" + NAME),
    "no such command": (NAME,),
    "setup": ("setup", "COURSE"),
    "setup, no such course": ("setup", NAME),
    "verify": ("verify", "COURSE"),
    "verify, no such folder": ("verify", NAME),
    "verify, no number": ("verify", "COURSE", "--jobs", NAME),
    "install again": ("install", "COURSE"),
    "install --replace": ("install", "COURSE", "--replace"),
    "install --json": ("install", "COURSE", "--replace", "--json"),
    "install, no such folder": ("install", NAME),
    "update": ("update", "hostile"),
    "update, no such course": ("update", NAME),
    "remove, no such course": ("remove", NAME, "--yes"),
    "pack": ("pack", "COURSE", "-o", "packed.zip"),
    "pack --json": ("pack", "COURSE", "-o", "packed.zip", "--json"),
    "import": ("import", "FILE", "-o", "imported"),
    "export to md": ("export", "COURSE", "--to", "md", "-o", f"pages{NAME}"),
    "export to ipynb": ("export", "COURSE", "--to", "ipynb", "-o", f"books{NAME}"),
    "export, no such form": ("export", "COURSE", "--to", NAME, "-o", "x"),
    "key": ("key", "show", NAME),
    "new": ("new", NAME),
    "preview": ("preview", "COURSE", "--plain"),
    "results": ("results",),
    "results of a course": ("results", "COURSE"),
    "results --json": ("results", "--json"),
    "doctor": ("doctor",),
    "attach": ("attach", "--list", "--json"),
    "attach, no number": ("attach", NAME),
    "schema": ("schema", NAME),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in a folder with such a name, installed too; learners of it have answered."""
    home = tmp_path_factory.mktemp("hostile")
    text = f"x {ATTACK} [link{ATTACK}](http://a@b/{ATTACK})"
    lesson = a_lesson(
        [
            a_markdown(text),
            a_code(f"print({ATTACK!r})\nraise ValueError({ATTACK!r})"),
            a_shell(f"printf '%b' {ATTACK!a}"),
            a_quiz(question=text, hints=(ATTACK,), explain=text),
            an_exercise(task=text, hints=(ATTACK,)),
        ],
        title=f"L{ATTACK}",
    )
    folder = a_course_folder(
        home,
        lessons=(lesson,),
        name=f"course{NAME}",
        id="hostile",
        title=f"T{ATTACK}",
        authors=(f"A{ATTACK}",),
        summary=f"S{ATTACK}",
        files={f"files/{NAME}": b"x", f"{NAME}.py~": b""},
    )
    (folder / f"link{NAME}").symlink_to("/etc/passwd")
    player = Player(home / "data")
    installed = player.run("install", str(folder))
    assert installed.returncode == 0, installed.stderr
    learned = player.run("learn", "hostile", "--plain", "--trust", "once", lines=LINES.split())
    assert learned.stdout.count("␛]0;pwn␇") > 9, learned.stdout
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_prints_what_steers_a_terminal(name: str, hostile: Path) -> None:
    places = {"COURSE": str(hostile), "FILE": str(hostile / "lessons/first.toml")}
    words = [places.get(word, word) for word in COMMANDS[name]]
    done = Player(hostile.parent / "data").run(*words, lines=LINES.split())
    said = done.stdout + done.stderr
    assert "Traceback (most recent call last):\n  File" not in said
    assert STEERING.findall(said.replace("\r\x1b[K", "")) == []

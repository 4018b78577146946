"""`install`, `update`, `remove` and `list` as they are typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import a_code, a_course_folder, a_lesson, a_quiz, a_record
from tui_tutor.store.sqlite import SqliteStore

pytestmark = pytest.mark.slow


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TUI_TUTOR_DATA": str(tmp_path / "data"), "NO_COLOR": "1", "TERM": "dumb"}
    return subprocess.run(
        [sys.executable, "-m", "tui_tutor", *words], env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def a_course(tmp_path: Path, version: str = "1.0.0", second: str = "two") -> Path:
    for path in tmp_path.glob("mine/lessons/*"):
        path.unlink()
    lessons = [a_lesson([a_quiz(id="why")], id="one", title="One")]
    if second != "two":
        lessons = [a_lesson([a_code()], id="one", title="One")]
    lessons.append(
        a_lesson([a_code("y"), *([a_quiz(id="why")] if second != "two" else [])], id="two", title="Two")
    )
    return a_course_folder(tmp_path, name="mine", title="Mine", version=version, lessons=lessons)


def test_a_course_comes_is_listed_grows_and_goes(tmp_path: Path):
    course = a_course(tmp_path)
    installed = run(tmp_path, "install", str(course))
    assert (installed.returncode, installed.stdout) == (
        0,
        "Installed Mine 1.0.0.\n  Not signed.\n  tui-tutor learn mine opens it.\n",
    )
    rows = json.loads(run(tmp_path, "list", "--json").stdout)["courses"]
    [row] = [row for row in rows if row["id"] == "mine"]
    assert (row["origin"], row["signer"], row["version"]) == (str(course), "", "1.0.0")
    store = SqliteStore(tmp_path / "data" / "progress.db")
    store.append([a_record("attempted", "why", course="mine", lesson="one", correct=True, form="choice")])
    store.close()
    a_course(tmp_path, "1.1.0", second="two with why")
    dry = run(tmp_path, "update", "mine", "--dry-run")
    assert "  moved    one/why -> two/why  your work goes with it\n" in dry.stdout
    assert dry.stdout.endswith("Nothing was changed: this was a dry run.\n")
    told = json.loads(run(tmp_path, "update", "mine", "--json").stdout)
    assert (told["after"], told["is_done"], told["cells"]["moved"]) == (
        "1.1.0",
        True,
        [{"from": "one/why", "to": "two/why", "worked": True}],
    )
    assert run(tmp_path, "update", "mine").stdout == "Mine 1.1.0 is the newest there is.\n"
    [found] = json.loads(run(tmp_path, "results", "mine", "--json").stdout)["courses"]
    assert [(one["id"], one["cells_done"]) for one in found["lesson"]] == [("one", 0), ("two", 1)]
    assert [(one["lesson"], one["cell"]) for one in found["attempts"]] == [("two", "why")]
    removed = run(tmp_path, "remove", "mine", "--yes")
    assert removed.returncode == 0
    assert json.loads(run(tmp_path, "results", "mine", "--json").stdout)["courses"][0]["id"] == "mine"
    assert run(tmp_path, "results", "never-there").returncode == 1
    [after] = json.loads(run(tmp_path, "results", "--json").stdout)["courses"]
    assert [(one["lesson"], one["cell"]) for one in after["attempts"]] == [("two", "why")]


def test_a_course_with_errors_ends_with_4_and_a_hostile_archive_with_1(tmp_path: Path):
    broken = a_course_folder(tmp_path, name="broken", lessons={"one": "title = 1"})
    (tmp_path / "evil.zip").write_bytes(b"PK\x03\x04 nothing of use")
    assert run(tmp_path, "install", str(broken)).returncode == 4
    assert run(tmp_path, "install", str(tmp_path / "evil.zip")).returncode == 1
    assert os.listdir(tmp_path / "data" / "courses") == [".lock"]


def test_a_list_without_anybody_to_ask_says_how_to_name_one(tmp_path: Path):
    (tmp_path / "courses.toml").write_text(
        'format = 1\n[[course]]\nid = "mine"\ntitle = "Mine"\nversion = "1.0"\npath = "mine"\n'
    )
    a_course(tmp_path)
    asked = run(tmp_path, "install", f"{tmp_path}/courses.toml")
    assert asked.returncode == 1
    assert f"tui-tutor install '{tmp_path}/courses.toml#mine'" in asked.stderr
    assert run(tmp_path, "install", f"{tmp_path}/courses.toml#mine").returncode == 0


def test_removing_asks_and_shipped_courses_stay(tmp_path: Path):
    run(tmp_path, "install", str(a_course(tmp_path)))
    assert run(tmp_path, "remove", "mine").returncode == 1
    assert (tmp_path / "data" / "courses" / "mine").is_dir()
    assert "ships with TUI Tutor" in run(tmp_path, "remove", "start-here", "--yes").stderr

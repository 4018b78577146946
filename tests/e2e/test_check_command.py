"""`tui-tutor check` and `schema` as an author's terminal, script or editor sees them."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.parsing_examples import a_course

ROOT = Path(__file__).parents[2]


def tui_tutor(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tui_tutor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)


def written(folder: Path, **changed: bytes) -> Path:
    """A course on disk; `lessons__two` stands for lessons/two.toml."""
    names = {f"{name.replace('__', '/')}.toml": data for name, data in changed.items()}
    for name, data in {**a_course(), **names}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_a_course_with_errors_ends_with_4_and_shows_each_with_its_caret(tmp_path: Path) -> None:
    folder = written(tmp_path / "tour", lessons__two=b'title = "T"\nminuts = 1\n[[cell]]\nkind = "mdd"\n')
    done = tui_tutor("check", str(folder))
    assert done.returncode == 4
    assert done.stdout.startswith(
        "lessons/later.toml:6:1: warning[draft-lesson]: the lesson is a draft and cannot be opened\n"
    )
    assert "\n2 | minuts = 1\n  | ^^^^^^\n  = help: did you mean `minutes`?\n" in done.stdout
    assert done.stderr == "2 errors, 4 warnings in 2 files\n"


@pytest.mark.parametrize("option", ["-v", "-V", "--version"])
def test_the_version_is_printed(option: str) -> None:
    assert tui_tutor(option).stdout.startswith("tui-tutor ")


def test_warnings_end_with_0_and_with_4_when_strict(tmp_path: Path) -> None:
    folder = written(tmp_path)
    assert tui_tutor("check", str(folder)).returncode == 0
    strict = tui_tutor("check", str(folder), "--strict")
    assert strict.returncode == 4
    assert "error[draft-lesson]" in strict.stdout
    assert strict.stderr == "1 error in 1 file\n"


def test_a_course_without_mistakes_says_so_on_stderr_alone(tmp_path: Path) -> None:
    course = a_course()["course.toml"].replace(b', "later"]', b"]")
    folder = written(tmp_path, course=course)
    (folder / "lessons/later.toml").unlink()
    done = tui_tutor("check", str(folder), "--strict")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no mistakes found\n")


def test_json_goes_to_stdout_in_its_stable_shape(tmp_path: Path) -> None:
    folder = written(tmp_path, lessons__two=b"title =\n")
    done = tui_tutor("check", str(folder), "--json")
    shape = json.loads(done.stdout)
    assert done.returncode == 4
    assert done.stderr == ""
    assert shape["ok"] is False
    assert shape["diagnostics"][1] == {
        "code": "toml-syntax",
        "severity": "error",
        "file": "lessons/two.toml",
        "line": 1,
        "column": 8,
        "message": "this is not TOML: invalid value",
        "help": "texts stand in quotes; longer ones between ''' and '''",
    }


def test_json_of_a_course_with_warnings_only_is_ok(tmp_path: Path) -> None:
    shape = json.loads(tui_tutor("check", str(written(tmp_path)), "--json").stdout)
    assert shape["ok"] is True
    assert [item["severity"] for item in shape["diagnostics"]] == ["warning"]


@pytest.mark.parametrize("name", ["empty", "nowhere", "a-file"])
def test_what_is_no_course_ends_with_1_and_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a-file").write_text("x")
    done = tui_tutor("check", str(tmp_path / name))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("tui-tutor: ")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("name", "code"), [("course.toml", 4), ("notes.toml", 1)])
def test_too_large_a_course_ends_with_4_and_any_other_large_folder_with_1(
    tmp_path: Path, name: str, code: int
) -> None:
    for number in range(2001):
        (tmp_path / f"{number}.txt").touch()
    (tmp_path / name).write_bytes(a_course()["course.toml"])
    done = tui_tutor("check", str(tmp_path))
    assert (done.returncode, done.stdout) == (code, "")
    assert "too large" in done.stderr if code == 4 else "is not a course" in done.stderr


def test_a_folder_checked_from_inside_is_called_by_its_name(tmp_path: Path) -> None:
    course = a_course()["course.toml"].replace(b'id = "tour"\n', b"")
    folder = written(tmp_path / "my-tour", course=course)
    done = tui_tutor("check", ".", cwd=folder)
    assert "the course has no `id`; my-tour is used" in done.stdout


def test_links_devices_and_what_lies_outside_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.toml"
    secret.write_text('title = "do not read me"\n')
    folder = written(tmp_path / "tour")
    (folder / "lessons/two.toml").unlink()
    (folder / "lessons/two.toml").symlink_to(secret)
    os.mkfifo(folder / "cells/pipe.py")
    done = tui_tutor("check", str(folder))
    assert done.returncode == 4
    assert "warning[file-skipped]" in done.stdout
    assert "error[lesson-missing]" in done.stdout
    assert "do not read me" not in done.stdout


def test_hostile_text_of_a_course_reaches_the_terminal_as_stand_ins(tmp_path: Path) -> None:
    lesson = 'title = "T"\nbloom = "\\u001b[2J\\u202e"\n"\\u0007" = 1\n[[cell]]\nkind = "md"\ntext = "x"\n'
    done = tui_tutor("check", str(written(tmp_path, lessons__two=lesson.encode())))
    assert done.returncode == 4
    assert not set(done.stdout) & {"\x1b", "\x07", "\u202e"}


@pytest.mark.parametrize("kind", ["course", "lesson"])
def test_the_schema_is_draft_2020_12_and_complete_in_itself(kind: str) -> None:
    done = tui_tutor("schema", kind)
    schema = json.loads(done.stdout)
    assert done.returncode == 0
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    text = done.stdout
    assert '"discriminator"' not in text
    assert '"null"' not in text
    assert '"setup_source"' not in text
    references = {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}
    assert references <= schema["$defs"].keys()


def test_the_schema_of_a_lesson_knows_texts_in_files_of_their_own() -> None:
    schema = json.loads(tui_tutor("schema").stdout)
    markdown = schema["$defs"]["MarkdownCell"]
    assert {"text", "text_file"} <= markdown["properties"].keys()
    assert markdown["required"] == ["kind"]
    assert {"oneOf": [{"required": ["text"]}, {"required": ["text_file"]}]} in markdown["allOf"]


def test_check_and_schema_load_nothing_heavy(tmp_path: Path) -> None:
    folder = written(tmp_path)
    code = (
        "import sys\nfrom tui_tutor.cli.main import main\n"
        f"sys.argv = ['tui-tutor', 'check', {str(folder)!r}]\n"
        "try:\n    main()\nfinally:\n"
        "    heavy = {'textual', 'torch', 'numpy', 'jupyter_client', 'zmq', 'plotext', 'markdown_it'}\n"
        "    print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.endswith("[]\n")


def test_closed_streams_are_empty_ones(tmp_path):
    folder = written(tmp_path / "course")
    command = f"{shlex.quote(sys.executable)} -m tui_tutor learn {shlex.quote(str(folder))} <&- >&- 2>&-"
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "TUI_TUTOR_DATA": str(tmp_path / "data")}
    assert subprocess.run(["/bin/sh", "-c", command], check=False, env=environ).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_is_full_is_one_sentence():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tui_tutor", "schema"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=ROOT,
        )
    said = "tui-tutor: The output could not be written: the disk is full.\n"
    assert (done.returncode, done.stderr) == (1, said)


# --- fix --------------------------------------------------------------------------------------------

MISSPELT = (
    b'title = "T"\nminuts = 1\nbloom = "remember"\nobjective = "Recall"\n[[cell]]\nkind = "md"\ntext = "x"\n'
)


def test_fix_shows_a_diff_writes_the_file_and_says_what_is_left(tmp_path: Path) -> None:
    folder = written(tmp_path / "tour", lessons__two=MISSPELT)
    (folder / "lessons/two.toml").chmod(0o640)
    done = tui_tutor("check", str(folder), "--fix")
    assert done.returncode == 0
    assert "--- a/lessons/two.toml\n+++ b/lessons/two.toml\n" in done.stdout
    assert "\n-minuts = 1\n+minutes = 1\n" in done.stdout
    assert "warning[draft-lesson]" in done.stdout
    assert done.stderr.startswith("1 fix in 1 file\n")
    assert (folder / "lessons/two.toml").read_bytes() == MISSPELT.replace(b"minuts", b"minutes")
    assert (folder / "lessons/two.toml").stat().st_mode & 0o777 == 0o640
    assert sorted(entry.name for entry in (folder / "lessons").iterdir() if entry.name.startswith(".")) == []


def test_fix_a_second_time_finds_nothing(tmp_path: Path) -> None:
    folder = written(tmp_path / "tour", lessons__two=MISSPELT)
    tui_tutor("check", str(folder), "--fix")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.toml")}
    done = tui_tutor("check", str(folder), "--fix")
    assert done.stderr.startswith("nothing to mend\n")
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.toml")} == before


def test_fix_as_json_lists_what_was_mended(tmp_path: Path) -> None:
    folder = written(tmp_path / "tour", lessons__two=MISSPELT)
    done = tui_tutor("check", str(folder), "--fix", "--json")
    shape = json.loads(done.stdout)
    assert done.stderr == ""
    assert shape["ok"] is True
    assert shape["fixed"] == [
        {
            "file": "lessons/two.toml",
            "line": 2,
            "code": "unknown-key",
            "message": "`minuts` is now `minutes`",
        }
    ]
    assert "unknown-key" not in {item["code"] for item in shape["diagnostics"]}


def test_a_dry_run_writes_nothing_and_goes_with_fix_only(tmp_path: Path) -> None:
    folder = written(tmp_path / "tour", lessons__two=MISSPELT)
    done = tui_tutor("check", str(folder), "--fix", "--dry-run")
    assert "\n+minutes = 1\n" in done.stdout
    assert done.stderr.startswith("1 fix in 1 file; nothing was written\n")
    assert (folder / "lessons/two.toml").read_bytes() == MISSPELT
    assert tui_tutor("check", str(folder), "--dry-run").returncode == 2


def test_hostile_text_in_a_diff_reaches_the_terminal_as_stand_ins(tmp_path: Path) -> None:
    lesson = MISSPELT + "# \u202e\x9b31m\n".encode()
    done = tui_tutor("check", str(written(tmp_path / "tour", lessons__two=lesson)), "--fix")
    assert "+minutes" in done.stdout
    assert not set(done.stdout) & {"\x1b", "\x9b", "\u202e"}


@pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may write everywhere")
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "tour", lessons__two=MISSPELT)
    (folder / "lessons/two.toml").chmod(0o400)
    done = tui_tutor("check", str(folder), "--fix")
    assert done.returncode == 1
    assert "lessons/two.toml cannot be written: permission denied" in done.stderr
    assert (folder / "lessons/two.toml").read_bytes() == MISSPELT

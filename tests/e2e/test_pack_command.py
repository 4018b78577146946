"""`tui-tutor pack` and `key` as an instructor's terminal or script sees them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.adapters.test_archive import a_folder
from tests.adapters.test_environment import a_wheel
from tests.zips import COURSE
from tui_tutor.shelf.archive import unpack

pytestmark = pytest.mark.slow  # each starts the program anew

ROOT = Path(__file__).parents[2]
DRAFT = b'title = "Later"\nminutes = 1\nbloom = "remember"\nobjective = "Name two"\ndraft = true\n'


def tui_tutor(cwd: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TUI_TUTOR_DATA": str(cwd / "data"), **variables}
    command = [sys.executable, "-m", "tui_tutor", *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
    )


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "data")


def test_a_course_is_packed_into_a_file_named_after_it_and_said_to_be_unverified(tmp_path: Path) -> None:
    a_folder(tmp_path / "tour")
    done = tui_tutor(tmp_path, "pack", "tour")
    assert done.returncode == 0
    assert (
        done.stdout == "tour 1.0.0 is packed into tour-1.0.0.zip: 2 files, 0.00 MB, not signed, unverified.\n"
    )
    assert done.stderr == ("warning: the course was never verified: run `tui-tutor verify`, then pack.\n")
    assert unpack(tmp_path / "tour-1.0.0.zip", tmp_path / "courses").course_id == "tour"


def test_packing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    a_folder(tmp_path / "tour")
    for name in ("one.zip", "two.zip"):
        assert tui_tutor(tmp_path, "pack", "tour", "-o", name).returncode == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_course_with_errors_is_not_packed(tmp_path: Path) -> None:
    a_folder(tmp_path / "tour", **{"lessons/one.toml": b'title = "One"\nminuts = 1\n'})
    done = tui_tutor(tmp_path, "pack", "tour", "-o", "tour.zip")
    assert (done.returncode, done.stdout) == (4, "")
    assert "error[unknown-key]" in done.stderr
    assert "nothing was packed" in done.stderr
    assert listed(tmp_path) == ["tour"]


def test_a_lesson_that_needs_what_does_not_travel_is_an_error(tmp_path: Path) -> None:
    lesson = COURSE["lessons/one.toml"] + b'[[cell]]\nkind = "code"\nsource_file = "cells/.hidden.py"\n'
    a_folder(tmp_path / "tour", **{"lessons/one.toml": lesson, "cells/.hidden.py": b"x = 1\n"})
    done = tui_tutor(tmp_path, "pack", "tour")
    assert done.returncode == 4
    assert listed(tmp_path) == ["tour"]


def test_drafts_are_packed_only_when_said_so(tmp_path: Path) -> None:
    course = COURSE["course.toml"].replace(b'["one"]', b'["one", "later"]')
    a_folder(tmp_path / "tour", **{"course.toml": course, "lessons/later.toml": DRAFT})
    refused = tui_tutor(tmp_path, "pack", "tour", "-o", "tour.zip")
    assert (refused.returncode, listed(tmp_path)) == (4, ["tour"])
    assert "Not written yet: later. Nothing was packed." in refused.stderr
    assert tui_tutor(tmp_path, "pack", "tour", "-o", "tour.zip", "--drafts").returncode == 0


def test_a_course_without_an_id_is_not_packed(tmp_path: Path) -> None:
    a_folder(tmp_path / "tour", **{"course.toml": COURSE["course.toml"].replace(b'id = "tour"\n', b"")})
    done = tui_tutor(tmp_path, "pack", "tour")
    assert done.returncode == 4
    assert 'Add `id = "tour"`' in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["nowhere"], 1, "cannot be opened: no such file"),
        (["data"], 1, "is not a course"),
        (["tour", "-o", "tour/x.zip"], 1, "lies in the course"),
        (["tour", "-o", "none/x.zip"], 1, "There is no folder"),
        (["tour", "-o", "tour"], 1, "exists and is not a file"),
        (["tour", "--sign", "none.pem"], 1, "cannot be read: no such file"),
        (["tour", "--platform", "linux_x86_64"], 2, "add --wheels"),
        (["tour", "--wheels", "--python", "two"], 1, "There is no Python version 'two'"),
    ],
)
def test_what_cannot_be_packed_is_told_in_a_sentence(
    tmp_path: Path, arguments: list[str], code: int, told: str
) -> None:
    (tmp_path / "data").mkdir()
    course = COURSE["course.toml"] + b'[kernel]\npackages = ["tinypackage"]\n'
    a_folder(tmp_path / "tour", **{"course.toml": course})
    done = tui_tutor(tmp_path, "pack", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert listed(tmp_path) == ["tour"]


def test_what_stays_behind_is_named(tmp_path: Path) -> None:
    more = {"files/x.txt": b"", **{f"files/{n}.txt~": b"" for n in range(12)}}
    a_folder(tmp_path / "tour", **{".git/HEAD": b"", "evil\x1b[2J~": b""}, **more)
    done = tui_tutor(tmp_path, "pack", "tour")
    assert "left out: .git/\n" in done.stderr
    assert "left out: evil␛[2J~\n" in done.stderr
    assert "left out: 4 more\n" in done.stderr


def test_a_program_gets_json(tmp_path: Path) -> None:
    a_folder(tmp_path / "tour", **{".gitignore": b""})
    done = tui_tutor(tmp_path, "pack", "tour", "-o", "tour.zip", "--json")
    assert json.loads(done.stdout) == {
        "id": "tour",
        "version": "1.0.0",
        "path": "tour.zip",
        "bytes": (tmp_path / "tour.zip").stat().st_size,
        "files": 2,
        "wheels": [],
        "lock": "missing",
        "signed_by": None,
        "left_out": [".gitignore"],
    }


def test_a_key_is_made_shown_and_signs(tmp_path: Path) -> None:
    a_folder(tmp_path / "tour")
    made = tui_tutor(tmp_path, "key", "new", "my.key")
    fingerprint = made.stdout.removeprefix("my.key: ").strip()
    assert tui_tutor(tmp_path, "key", "show", "my.key").stdout == f"{fingerprint}\n"
    done = tui_tutor(tmp_path, "pack", "tour", "-o", "tour.zip", "--sign", "my.key")
    assert f"signed by {fingerprint}" in done.stdout
    signer = unpack(tmp_path / "tour.zip", tmp_path / "courses").signer
    assert signer is not None
    assert signer.key_id == fingerprint


def test_a_passphrase_is_not_asked_for_without_a_terminal(tmp_path: Path) -> None:
    from tui_tutor.shelf.archive.signing import make_key

    a_folder(tmp_path / "tour")
    make_key(tmp_path / "my.key", "secret")
    done = tui_tutor(tmp_path, "pack", "tour", "--sign", "my.key")
    assert done.returncode == 1
    assert "there is no terminal to ask for it" in done.stderr
    assert listed(tmp_path) == ["my.key", "tour"]


@pytest.mark.slow
def test_a_course_with_its_wheels_is_handed_out_installed_and_set_up_without_a_network(
    tmp_path: Path,
) -> None:
    course = COURSE["course.toml"] + b'[kernel]\npackages = ["tinypackage"]\n'
    a_folder(tmp_path / "tour", **{"course.toml": course})
    for name, version in (("tinypackage", "1.0"), ("ipykernel", "7.1")):
        a_wheel(tmp_path / "index", name, version)
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "index")}
    packed = tui_tutor(tmp_path, "pack", "tour", "-o", "tour.zip", "--wheels", **index)
    assert packed.returncode == 0, packed.stderr
    with zipfile.ZipFile(tmp_path / "tour.zip") as archive:
        assert [name for name in archive.namelist() if name.startswith("wheels/")] == [
            "wheels/ipykernel-7.1-py3-none-any.whl",
            "wheels/tinypackage-1.0-py3-none-any.whl",
        ]
    assert listed(tmp_path) == ["index", "tour", "tour.zip"]

    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    assert tui_tutor(tmp_path, "install", "tour.zip", **nowhere).returncode == 0
    done = tui_tutor(tmp_path, "setup", "tour", **nowhere)
    assert done.returncode == 0, done.stderr
    python = Path(done.stdout.removeprefix("Ready: ").strip()) / "bin" / "python"
    program = "import tinypackage; print(tinypackage.version)"
    assert subprocess.check_output([python, "-c", program], text=True) == "1.0\n"


@pytest.mark.slow
def test_wheels_that_cannot_be_had_leave_no_archive(tmp_path: Path) -> None:
    course = COURSE["course.toml"] + b'[kernel]\npackages = ["tinypackage"]\n'
    a_folder(tmp_path / "tour", **{"course.toml": course})
    (tmp_path / "index").mkdir()
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "index")}
    done = tui_tutor(tmp_path, "pack", "tour", "-o", "tour.zip", "--wheels", **index)
    assert (done.returncode, done.stdout) == (3, "")
    assert "There is no ready-built tinypackage" in done.stderr
    assert listed(tmp_path) == ["index", "tour"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_pack_that_is_stopped_while_wheels_are_fetched_leaves_no_archive(tmp_path: Path, number: int) -> None:
    course = COURSE["course.toml"] + b'[kernel]\npackages = ["tinypackage"]\n'
    a_folder(tmp_path / "tour", **{"course.toml": course})
    with socket.create_server(("127.0.0.1", 0)) as silent:  # an index that never answers
        index = {"PIP_INDEX_URL": f"http://127.0.0.1:{silent.getsockname()[1]}/simple"}
        environment = {
            **os.environ,
            **index,
            "PYTHONPATH": str(ROOT),
            "TUI_TUTOR_DATA": str(tmp_path / "data"),
        }
        command = [sys.executable, "-m", "tui_tutor", "pack", "tour", "-o", "tour.zip", "--wheels"]
        with subprocess.Popen(
            command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
        ) as process:
            asked, _ = silent.accept()
            process.send_signal(number)
            _, told = process.communicate()
            asked.close()
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert "Stopped. Nothing was written.\n" in told
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    tui_tutor(tmp_path, "pack", "tour", "-o", "tour.zip", "--wheels", **index)
    assert listed(tmp_path) == ["tour"]


def test_a_course_without_packages_needs_no_wheels_and_says_so(tmp_path: Path) -> None:
    a_folder(tmp_path / "tour")
    done = tui_tutor(tmp_path, "pack", "tour", "--wheels")
    assert done.returncode == 0
    assert "The course needs no packages" in done.stderr

"""Whether code of a course may run: asked for each content at each place."""

from __future__ import annotations

import grp
import os
import pwd
import random
from pathlib import Path

import pytest

from tests.builders import a_course_folder, a_lesson, write_files
from tui_tutor.core.ports import TrustState
from tui_tutor.plain.surroundings import trust_question
from tui_tutor.shelf.installed import Library
from tui_tutor.shelf.opened import FolderCourse


def a_library(tmp_path: Path) -> Library:
    return Library(tmp_path / "shipped", tmp_path / "data")


def open_course(tmp_path: Path) -> FolderCourse:
    return a_library(tmp_path).open(str(tmp_path / "mine" / "a-course"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"files/train.py": "print(1)", "cells/setup.py": "x = 1", "files/data.bin": bytes(range(256))}
    return a_course_folder(tmp_path / "mine", files=files)


# --- answers ----------------------------------------------------------------------------------------


def test_a_strangers_course_is_not_trusted(tmp_path: Path, folder: Path):
    course = open_course(tmp_path)
    assert course.trust() == TrustState("unknown", course.source_hash())


def test_a_lasting_yes_holds_for_later_processes(tmp_path: Path, folder: Path):
    open_course(tmp_path).grant_trust(is_lasting=True)
    assert open_course(tmp_path).trust().answer == "trusted"


def test_a_yes_for_once_ends_with_the_process(tmp_path: Path, folder: Path):
    library = a_library(tmp_path)
    library.open(str(folder)).grant_trust(is_lasting=False)
    assert library.open(str(folder)).trust().answer == "trusted"
    assert open_course(tmp_path).trust().answer == "unknown"


def test_the_same_content_elsewhere_is_another_question(tmp_path: Path, folder: Path):
    open_course(tmp_path).grant_trust(is_lasting=True)
    folder.rename(tmp_path / "moved")
    assert a_library(tmp_path).open(str(tmp_path / "moved")).trust().answer == "unknown"


def test_shipped_courses_are_trusted(tmp_path: Path):
    a_course_folder(tmp_path / "shipped")
    assert a_library(tmp_path).open("a-course").trust().answer == "trusted"


def test_a_shipped_course_that_others_may_change_is_asked_about(tmp_path: Path):
    a_course_folder(tmp_path / "shipped").chmod(0o777)
    assert a_library(tmp_path).open("a-course").trust().answer == "unknown"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_shipped_course_is_trusted_as_the_program_is_whoever_owns_both(tmp_path: Path):
    os.chown(a_course_folder(tmp_path / "shipped"), 65534, -1)
    assert a_library(tmp_path).open("a-course").trust().answer == "trusted"


def test_the_answer_is_private_whatever_the_umask(tmp_path: Path, folder: Path):
    before = os.umask(0)
    try:
        open_course(tmp_path).grant_trust(is_lasting=True)
    finally:
        os.umask(before)
    data = tmp_path / "data"
    assert {oct(path.stat().st_mode & 0o777) for path in data.rglob("*") if path.is_file()} == {"0o600"}
    assert {oct(path.stat().st_mode & 0o777) for path in (data, *data.rglob("*")) if path.is_dir()} == {
        "0o700"
    }


def test_an_answer_that_cannot_be_kept_still_holds_now(tmp_path: Path, folder: Path):
    from tui_tutor.core.errors import TutorError

    write_files(tmp_path, {"data": "a file where a folder is needed"})
    course = open_course(tmp_path)
    with pytest.raises(TutorError, match="holds until you quit"):
        course.grant_trust(is_lasting=True)
    assert course.trust().answer == "trusted"


@pytest.mark.parametrize("page", ["", "[]", "{}", '{"path": "/elsewhere", "hashes": []}', '{"hashes": 7}'])
def test_a_damaged_answer_is_no_answer(tmp_path: Path, folder: Path, page: str):
    open_course(tmp_path).grant_trust(is_lasting=True)
    [answer] = (tmp_path / "data" / "trust").iterdir()
    answer.write_text(page)
    assert open_course(tmp_path).trust().answer == "unknown"


# --- changes ----------------------------------------------------------------------------------------


def test_any_changed_byte_asks_again_and_names_the_file(tmp_path: Path, folder: Path):
    open_course(tmp_path).grant_trust(is_lasting=True)
    rng = random.Random(7)
    names = ["course.toml", "lessons/first.toml", "files/train.py", "cells/setup.py", "files/data.bin"]
    for name in names * 4:
        path = folder / name
        before = path.read_bytes()
        position = len(before) - 1 if name.endswith(".toml") else rng.randrange(len(before))
        changed = b" " if name.endswith(".toml") else bytes([before[position] ^ 1])
        path.write_bytes(before[:position] + changed + before[position + 1 :])
        state = open_course(tmp_path).trust()
        assert (state.answer, state.changed) == ("changed", (name,))
        path.write_bytes(before)
        assert open_course(tmp_path).trust().answer == "trusted"


def test_added_removed_and_renamed_files_ask_again(tmp_path: Path, folder: Path):
    open_course(tmp_path).grant_trust(is_lasting=True)
    (folder / "files" / "train.py").rename(folder / "files" / "other.py")
    write_files(folder, {"cells/new.py": ""})
    assert open_course(tmp_path).trust().changed == ("cells/new.py", "files/other.py", "files/train.py")


def test_the_lock_and_dot_folders_do_not_ask_again(tmp_path: Path, folder: Path):
    open_course(tmp_path).grant_trust(is_lasting=True)
    write_files(folder, {"course.lock.json": "{}", ".git/HEAD": "x", "cells/.cache/x": "x"})
    assert open_course(tmp_path).trust().answer == "trusted"


def test_bytes_moved_from_one_file_to_the_next_are_a_change(tmp_path: Path, folder: Path):
    write_files(folder, {"files/a": "12", "files/b": "3"})
    open_course(tmp_path).grant_trust(is_lasting=True)
    write_files(folder, {"files/a": "1", "files/b": "23"})
    assert open_course(tmp_path).trust().answer == "changed"


def test_going_back_to_a_trusted_content_asks_nothing(tmp_path: Path, folder: Path):
    for text in ("print(1)", "print(2)"):
        write_files(folder, {"files/train.py": text})
        open_course(tmp_path).grant_trust(is_lasting=True)
    write_files(folder, {"files/train.py": "print(1)"})
    assert open_course(tmp_path).trust().answer == "trusted"


def test_a_lesson_read_from_untrusted_bytes_stays_untrusted_when_good_bytes_come_back(
    tmp_path: Path, folder: Path
):
    open_course(tmp_path).grant_trust(is_lasting=True)
    lesson = folder / "lessons" / "first.toml"
    good = lesson.read_bytes()
    lesson.write_bytes(good.replace(b"Some prose.", b"Evil prose."))
    course = open_course(tmp_path)
    course.lesson("first")
    lesson.write_bytes(good)
    state = course.trust()
    assert (state.answer, state.changed) == ("changed", ("lessons/first.toml",))


def test_code_swapped_at_any_moment_is_never_trusted(tmp_path: Path, folder: Path):
    open_course(tmp_path).grant_trust(is_lasting=True)
    lesson = folder / "lessons" / "first.toml"
    good = lesson.read_bytes()
    evil = good.replace(b"Some prose.", b"Evil prose.")
    for moment in range(5):
        course = open_course(tmp_path)
        for number in range(4):
            if number == moment:
                lesson.write_bytes(evil)
            if number % 2:
                course.trust()
            else:
                course.lesson("first")
        is_evil = "Evil" in repr(course.lesson("first").lesson)
        assert not (is_evil and course.trust().answer == "trusted")
        lesson.write_bytes(good)


def test_what_is_copied_into_the_workspace_is_what_was_hashed(tmp_path: Path, folder: Path):
    course = open_course(tmp_path)
    assert course.trust().answer == "unknown"
    course.grant_trust(is_lasting=True)
    write_files(folder, {"files/train.py": "print('swapped')"})
    workspace = course.workspace()
    workspace.prepare()
    assert workspace.read_text("train.py") == "print(1)"
    assert course.trust().answer == "changed"


def test_plain_mode_names_the_files_that_changed(tmp_path: Path, folder: Path):
    open_course(tmp_path).grant_trust(is_lasting=True)
    (folder / "files" / "train.py").write_text("print(2)")
    (folder / "files" / "new\nname").write_text("")
    told = trust_question(open_course(tmp_path))
    assert [line for line in told if "changed" in line] == [
        "  changed: This course changed since you trusted it: 2 files.",
        "  changed: files/new name",
        "  changed: files/train.py",
    ]


def test_no_text_of_a_course_can_add_a_line_to_the_question(tmp_path: Path):
    lines = "Ada\n  network: does not ask for it\r\n  sandbox full: all is well"
    a_course_folder(tmp_path / "mine", title=lines, authors=(lines,))
    told = trust_question(open_course(tmp_path))
    assert [line for line in told if "\n" in line] == []
    assert sum(line.startswith("  network: ") for line in told) == 1


# --- whose folder it is -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (0o755, ()),
        (0o700, ()),
        (0o775, ()),  # a group of one's own
        (0o777, ("Others may write in the folder.",)),
        (0o757, ("Others may write in the folder.",)),
    ],
)
def test_a_folder_that_others_may_write_is_told(
    tmp_path: Path, folder: Path, mode: int, said: tuple[str, ...]
):
    folder.chmod(mode)
    assert open_course(tmp_path).trust().warnings == said


def test_a_file_that_others_may_write_is_told(tmp_path: Path, folder: Path):
    (folder / "files" / "train.py").chmod(0o666)
    assert open_course(tmp_path).trust().warnings == ("Others may write to files in the folder.",)


def test_files_and_folders_below_that_a_group_may_write_are_told(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    told = ("Others may write to files in the folder.",)
    (folder / "lessons").chmod(0o777)
    assert open_course(tmp_path).trust().warnings == told
    (folder / "lessons").chmod(0o755)
    (folder / "files" / "train.py").chmod(0o664)
    assert open_course(tmp_path).trust().warnings == ()
    first_group_of_all = grp.struct_group(("users", "x", os.getegid(), []))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: pwd.struct_passwd(("me", "x", 1234, 100, "", "", "")))
    monkeypatch.setattr(grp, "getgrgid", lambda _: first_group_of_all)
    assert open_course(tmp_path).trust().warnings == told


def test_a_folder_above_that_others_may_write_is_told(tmp_path: Path, folder: Path):
    folder.parent.chmod(0o777)
    assert open_course(tmp_path).trust().warnings == (
        "Others may replace the folder: one above it is writable by them.",
    )
    folder.parent.chmod(0o1777)  # sticky: only its owner may rename the course
    assert open_course(tmp_path).trust().warnings == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_folder_of_another_user_is_told(tmp_path: Path, folder: Path):
    os.chown(folder / "files" / "train.py", 65534, -1)
    assert open_course(tmp_path).trust().warnings == (
        "Files in the folder belong to another user of this computer.",
    )
    os.chown(folder, 65534, -1)
    assert open_course(tmp_path).trust().warnings == ("The folder belongs to another user of this computer.",)
    os.chown(folder, 0, 65534)
    os.chown(folder / "files" / "train.py", 0, -1)
    folder.chmod(0o775)
    assert open_course(tmp_path).trust().warnings == ("Others may write in the folder.",)


def test_nothing_of_an_untrusted_course_is_run_or_imported(tmp_path: Path):
    import subprocess
    import sys

    files = dict.fromkeys(("cells/setup.py", "sitecustomize.py", "tomli.py"), "open('/tmp/made', 'w')")
    kernel = {"setup": "cells/setup.py", "packages": ["click"]}
    folder = a_course_folder(tmp_path / "mine", lessons=[a_lesson()], files=files, kernel=kernel)
    program = f"""
import sys
seen = []
sys.addaudithook(lambda event, args: seen.append((event, args)) if event in
    ("subprocess.Popen", "os.exec", "os.system", "os.posix_spawn", "os.fork") else None)
from pathlib import Path
from tui_tutor.shelf.installed import Library
library = Library(None, Path({str(tmp_path / "data")!r}), extra=[Path({str(folder)!r})])
library.entries()
course = library.open({str(folder)!r})
course.lesson("first"), course.trust(), course.packages(), course.lock(), course.asset("cells/setup.py")
files = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
print(seen, [file for file in files if file.startswith({str(folder)!r})])
"""
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    assert subprocess.check_output([sys.executable, "-c", program], cwd=root, env=environment) == b"[] []\n"

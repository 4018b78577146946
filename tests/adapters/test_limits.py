"""What is within a limit is taken, and one more is refused or shortened and said to be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import a_course_folder, write_files
from tui_tutor.core import output
from tui_tutor.core.document import MAX_DEPTH, MAX_FILE_BYTES, Document, parse_toml
from tui_tutor.core.errors import TutorError
from tui_tutor.core.execution import StreamText
from tui_tutor.core.output import Transcript
from tui_tutor.core.parsing import check_course
from tui_tutor.core.parsing.findings import MAX_FINDINGS
from tui_tutor.core.prose import prose
from tui_tutor.core.prose.reading import LONGEST_TEXT
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.archive.limits import LIMITS as ARCHIVE
from tui_tutor.shelf.archive.names import problem_with
from tui_tutor.shelf.folder import LIMITS, Limits, take_snapshot

SMALL = Limits(course_bytes=3_000, lesson_bytes=2_000, lock_bytes=1_000, files=5, entries=9, depth=3)


def is_taken(folder: Path, limits: Limits = SMALL) -> bool:
    try:
        take_snapshot(folder, limits)
    except TutorError as refusal:
        return "too large" not in refusal.message
    return True


def some_files(count: int) -> dict[str, str]:
    return {f"files/{number}": "" for number in range(count)}


def test_files_are_counted(tmp_path: Path):
    assert is_taken(write_files(tmp_path / "a", some_files(SMALL.files)))
    assert not is_taken(write_files(tmp_path / "b", some_files(SMALL.files + 1)))


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("/etc/passwd")])
def test_folders_and_links_are_counted_too(make: Callable[[Path], object], tmp_path: Path):
    for name, count in (("a", SMALL.entries), ("b", SMALL.entries + 1)):
        (tmp_path / name).mkdir()
        for number in range(count):
            make(tmp_path / name / str(number))
    assert (is_taken(tmp_path / "a"), is_taken(tmp_path / "b")) == (True, False)


def test_bytes_are_counted_over_all_files(tmp_path: Path):
    half = bytes(SMALL.course_bytes // 2)
    assert is_taken(write_files(tmp_path / "a", {"x": half, "y": half}))
    assert not is_taken(write_files(tmp_path / "b", {"x": half, "y": half, "z": b"1"}))


def test_of_a_file_that_is_too_large_no_more_is_read_than_shows_it(tmp_path: Path):
    folder = write_files(tmp_path / "a", {"x.toml": bytes(2_900), "course.lock.json": b""})
    assert len(take_snapshot(folder, SMALL).files["x.toml"]) == SMALL.lesson_bytes + 1


def test_folders_are_read_to_their_depth(tmp_path: Path):
    folder = write_files(tmp_path / "a", {"1/2/x": "", "1/2/3/x": ""})
    assert sorted(take_snapshot(folder, SMALL).files) == ["1/2/x"]


@pytest.mark.parametrize(("more", "code"), [(0, None), (1, "file-too-large")])
def test_a_lesson_has_its_bytes(more: int, code: str | None, tmp_path: Path):
    assert LIMITS.lesson_bytes == MAX_FILE_BYTES
    text = 'title = "T"\n[[cell]]\nkind = "md"\ntext = "x"\n#'
    text += "y" * (MAX_FILE_BYTES - len(text) + more)
    folder = a_course_folder(tmp_path, lessons={"first": text})
    found = [one.code for one in check_course(take_snapshot(folder).files) if one.severity == "error"]
    assert found == ([code] if code else [])


@pytest.mark.parametrize("form", ["lists", "tables", "dotted", "headers"])
def test_toml_has_its_depth(form: str):
    def nested(depth: int) -> bytes:
        names = ".".join(["a"] * (depth - 1))
        return {
            "lists": f"a = {'[' * (depth - 1)}{']' * (depth - 1)}",
            "tables": f"a = {'{a = ' * (depth - 1)}1{'}' * (depth - 1)}",
            "dotted": f"{names}.a = 1",
            "headers": f"[{names}]\na = 1",
        }[form].encode()

    assert isinstance(parse_toml(nested(MAX_DEPTH), "x.toml"), Document)
    refused = parse_toml(nested(MAX_DEPTH + 1), "x.toml")
    assert not isinstance(refused, Document)


@pytest.mark.parametrize(("more", "waits"), [(-1, False), (0, True)])
def test_after_so_many_mistakes_the_other_lessons_wait_and_that_is_said(more: int, waits: bool):
    cells = "[[cell]]\nkind = 'md'\ntext = 'x'\nnonsense = 1\n" * (MAX_FINDINGS // 2)
    files = {"lessons/a.toml": cells, "lessons/b.toml": cells, "lessons/c.toml": "title = 1"}
    head = "format = 1\nid = 'x'\ntitle = 'T'\nversion = '1.0.0'\nlessons = ['a', 'b', 'c']"
    files["lessons/a.toml"] = "title = 'T'\n" + cells
    files["lessons/b.toml"] = "title = 'T'\n" + cells.removeprefix(
        cells[: len(cells) * -more // (MAX_FINDINGS // 2)]
    )
    found = check_course({name: text.encode() for name, text in {**files, "course.toml": head}.items()})
    said = [one.code for one in found if one.span.file == "lessons/c.toml" and one.severity == "error"]
    assert ("more-to-check" in said, "wrong-type" in said) == (waits, not waits)


def test_a_line_of_output_has_its_length():
    def shown(length: int) -> str:
        return Transcript().after(StreamText("stdout", "x" * length + "\n")).text()

    assert shown(output.MAX_LINE).strip() == "x" * output.MAX_LINE
    assert shown(output.MAX_LINE + 1).strip() != "x" * (output.MAX_LINE + 1)
    assert len(shown(output.MAX_LINE * 9)) < output.MAX_LINE + 100


@pytest.mark.parametrize(("more", "dropped"), [(0, 0), (1, 1)])
def test_lines_of_output_are_counted(more: int, dropped: int):
    text = "".join(f"{number}\n" for number in range(output.MAX_LINES + more))
    assert Transcript().after(StreamText("stdout", text)).dropped == dropped


@pytest.mark.parametrize("more", [0, 1, 50])
def test_outputs_of_a_run_are_counted(more: int):
    transcript = Transcript()
    for number in range(output.MAX_PARTS + more):
        transcript = transcript.after(StreamText(("stdout", "stderr")[number % 2], "x\n"))
    assert len(transcript.parts) <= output.MAX_PARTS + 1


@pytest.mark.parametrize(("more", "is_cut"), [(0, False), (1, True)])
def test_a_text_has_its_length(more: int, is_cut: bool):
    lines = prose("x " * ((LONGEST_TEXT + more) // 2) + "y" * ((LONGEST_TEXT + more) % 2), width=70)
    assert (lines[-1].text == "…") is is_cut


@pytest.mark.parametrize(("more", "is_cut"), [(0, False), (1, True)])
def test_a_line_for_a_person_has_its_length(more: int, is_cut: bool):
    assert safe_line("x" * (500 + more)).endswith("…") is is_cut


@pytest.mark.parametrize(("more", "is_refused"), [(0, False), (1, True)])
def test_a_name_in_an_archive_has_its_length(more: int, is_refused: bool):
    name = "tour/" + "ü" * 100
    name += "x" * (ARCHIVE.name_bytes - len(name.encode()) + more)
    assert ("longer" in (problem_with(name) or "")) is is_refused

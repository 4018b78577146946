"""Sources are read within the brief's folder, within limits, and kept as they were."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.builders import write_files
from tui_tutor.core.errors import TutorError
from tui_tutor.studio.grounding import ingesting
from tui_tutor.studio.grounding.ingesting import ingest, keep, kept


def refused(paths: list[str], root: Path) -> str:
    """What is said when sources cannot be read."""
    with pytest.raises(TutorError) as raised:
        ingest(paths, root)
    assert raised.value.help
    return raised.value.message


def test_files_are_read_as_the_bytes_they_are(tmp_path: Path):
    content = "\ufeff# Größe\r\n\r\nText.\r\n".encode()
    write_files(tmp_path, {"notes.md": content})
    (source,) = ingest(["notes.md"], tmp_path)
    assert (source.file, source.origin, source.content) == ("notes.md", "notes.md", content)


def test_a_folder_gives_all_that_can_be_read_in_it_in_order(tmp_path: Path):
    files = {"in/b.md": "B.", "in/a.txt": "A.", "in/sub/c.py": "c = 1", "in/.env": "X=1", "in/x.png": b"\x89"}
    write_files(tmp_path, files)
    assert [source.file for source in ingest(["in"], tmp_path)] == ["in/a.txt", "in/b.md", "in/sub/c.py"]


def test_a_file_named_twice_is_read_once(tmp_path: Path):
    write_files(tmp_path, {"in/a.md": "A."})
    assert len(ingest(["in/a.md", "in", "./in/a.md"], tmp_path)) == 1


def test_names_are_made_fit_for_links_and_stay_different(tmp_path: Path):
    write_files(tmp_path, {"a b.md": "A.", "a(b.md": "B.", "größe.md": "C."})
    files = [source.file for source in ingest(["a b.md", "a(b.md", "größe.md"], tmp_path)]
    assert files == ["a-b.md", "a-b-2.md", "gr-e.md"]


def test_a_notebook_is_read_as_its_words_and_code_without_outputs(tmp_path: Path):
    cells = [
        {"cell_type": "markdown", "source": ["# Means\n", "One number."]},
        {"cell_type": "code", "source": "print(1)", "outputs": [{"text": "secret"}]},
    ]
    write_files(tmp_path, {"lab.ipynb": json.dumps({"cells": cells})})
    (source,) = ingest(["lab.ipynb"], tmp_path)
    assert (source.file, source.text) == ("lab.ipynb.txt", "# Means\nOne number.\n\nprint(1)")
    assert source.origin_sha256 != source.sha256


def test_what_lies_outside_the_folder_is_refused(tmp_path: Path):
    root = write_files(tmp_path / "brief", {"notes.md": "A."})
    write_files(tmp_path, {"other.md": "Secret."})
    for path in ("../other.md", str(tmp_path / "other.md"), "..", "/etc/passwd"):
        assert "outside the brief's folder" in refused([path], root)


def test_a_link_that_leads_out_is_refused_and_left_out_of_folders(tmp_path: Path):
    root = write_files(tmp_path / "brief", {"in/notes.md": "A."})
    write_files(tmp_path, {"other.md": "Secret.", "more/x.md": "Secret."})
    (root / "in/link.md").symlink_to(tmp_path / "other.md")
    (root / "in/more").symlink_to(tmp_path / "more")
    assert "outside the brief's folder" in refused(["in/link.md"], root)
    assert [source.file for source in ingest(["in"], root)] == ["in/notes.md"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.docx", b"PK", "kind"),
        ("a.md", b"", "empty"),
        ("a.md", b" \n", "empty"),
        ("a.md", b"\xff\xfeA\x00", "UTF-8"),
        ("a.txt", b"A\x00B", "zero bytes"),
        ("a.ipynb", b"{", "notebook"),
        ("a.ipynb", b"[]", "notebook"),
        ("a.ipynb", b'{"cells": [1]}', "notebook"),
        ("a.ipynb", b'{"cells": []}', "No text"),
        ("a.ipynb", b"[" * 100_000, "notebook"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes, said: str):
    write_files(tmp_path, {name: content})
    assert said in refused([name], tmp_path)


def test_what_is_not_there_is_refused(tmp_path: Path):
    assert "does not exist" in refused(["gone.md"], tmp_path)
    (tmp_path / "round").symlink_to("round")
    assert "does not exist" in refused(["round"], tmp_path)
    (tmp_path / "bare").mkdir()
    assert "No source was found" in refused(["bare"], tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_at_once(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.md")
    assert "not a file" in refused(["pipe.md"], tmp_path)


def test_too_many_and_too_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_files(tmp_path, {f"in/{n}.md": "Some words." for n in range(4)})
    monkeypatch.setattr(ingesting, "MOST_FILES", 3)
    assert "4 source files" in refused(["in"], tmp_path)
    monkeypatch.setattr(ingesting, "MOST_FILES", 9)
    monkeypatch.setattr(ingesting, "MOST_BYTES", 30)
    assert "30 bytes together" in refused(["in"], tmp_path)
    monkeypatch.setattr(ingesting, "MOST_FILE_BYTES", 5)
    assert "more than 5 bytes" in refused(["in/0.md"], tmp_path)


def test_a_pdf_without_its_reader_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_files(tmp_path, {"a.pdf": b"%PDF-1.4"})
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(TutorError) as raised:
        ingest(["a.pdf"], tmp_path)
    assert ("pip install pypdf" in raised.value.help, raised.value.exit_code) == (True, 3)


# --- kept -------------------------------------------------------------------------------------------


def test_what_is_kept_is_what_was_read(tmp_path: Path):
    write_files(tmp_path, {"in/a.md": "A word.", "in/b.md": "Another."})
    sources = ingest(["in"], tmp_path)
    keep(sources, tmp_path / "kept")
    assert kept(tmp_path / "kept") == sources
    assert kept(tmp_path / "nothing") == ()


@pytest.mark.parametrize("damage", ["change", "remove", "index", "escape"])
def test_a_kept_source_that_is_not_what_it_was_is_refused(tmp_path: Path, damage: str):
    write_files(tmp_path, {"a.md": "A word."})
    (source,) = ingest(["a.md"], tmp_path)
    folder = tmp_path / "kept"
    keep((source,), folder)
    match damage:
        case "change":
            (folder / source.sha256).write_text("Another word.")
        case "remove":
            (folder / source.sha256).unlink()
        case "index":
            (folder / "index.json").write_text("[{")
        case _:
            index = (folder / "index.json").read_text().replace(source.sha256, "../a.md")
            (folder / "index.json").write_text(index)
    with pytest.raises(TutorError, match="damaged"):
        kept(folder)


def test_whoever_lost_a_kept_source_is_not_told_to_throw_away_what_was_paid_for(tmp_path: Path):
    write_files(tmp_path, {"notes.md": b"Names live as long as the process.\n"})
    keep(ingest(["notes.md"], tmp_path), tmp_path / ".studio")
    (tmp_path / ".studio" / "index.json").write_text("x")
    with pytest.raises(TutorError, match="gone or damaged") as raised:
        kept(tmp_path / ".studio")
    assert "Remove" not in raised.value.help

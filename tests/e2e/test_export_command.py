"""`tui-tutor export` writes notebooks that run by themselves, and refuses what it cannot do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest

from tests.builders import (
    a_code,
    a_course_folder,
    a_lesson,
    a_shell,
    a_viz,
    an_exercise,
    write_files,
)
from tui_tutor.core.course import ExerciseFile

ROOT = Path(__file__).parents[2]


# The other levels of the second lesson of start-here.
LEFT_OUT = (
    "Left out, for there is no place for them: lessons/what-the-kernel-knows.advanced.toml, "
    "lessons/what-the-kernel-knows.intermediate.toml.\n"
)

pytestmark = pytest.mark.slow  # each starts the program anew


def run_export(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TUI_TUTOR_DATA": str(cwd / "data")}
    command = [sys.executable, "-m", "tui_tutor", "export", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, env=environment, timeout=60
    )


def outputs_of(notebook: Path) -> list[str]:
    """What each cell of a notebook prints when all of it is run from top to bottom."""
    book = nbformat.read(notebook, as_version=4)
    nbformat.validate(book)
    place = {"metadata": {"path": str(notebook.parent)}}
    nbclient.NotebookClient(book, timeout=60, resources=place).execute()
    said = [cell.get("outputs", ()) for cell in book.cells]
    texts = ["".join(str(one.get("text", one.get("ename", ""))) for one in outputs) for outputs in said]
    return [text for text in texts if text]


def test_a_course_is_written_as_a_folder_of_notebooks(tmp_path: Path) -> None:
    done = run_export("start-here", "--to", "ipynb", "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"out: 3 lessons written.\n{LEFT_OUT}")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "1-first-steps.ipynb",
        "2-what-the-kernel-knows.ipynb",
        "3-your-place.ipynb",
    ]


def test_one_lesson_is_written_as_one_file(tmp_path: Path) -> None:
    done = run_export("start-here", "2", "--to", "ipynb", "-o", "two.ipynb", cwd=tmp_path)
    assert done.stderr == f"two.ipynb: 1 lesson written.\n{LEFT_OUT}"
    own = json.loads((tmp_path / "two.ipynb").read_bytes())["metadata"]["tui_tutor"]
    assert own["lesson"] == "what-the-kernel-knows"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no-such", "--to", "ipynb", "-o", "out"), "There is no course 'no-such' in the library."),
        (("start-here", "9", "--to", "ipynb", "-o", "out"), "The course has no lesson '9'."),
        (("start-here", "--to", "pdf", "-o", "out"), "pdf is no format that can be written."),
        (
            ("start-here", "--to", "ipynb", "-o", "a.ipynb"),
            "The course has 3 lessons, and a.ipynb is one file.",
        ),
        (("start-here", "--to", "ipynb", "-o", "full"), "full is not empty; it is as it was."),
        (
            ("start-here", "1", "--to", "ipynb", "-o", "old.ipynb"),
            "There is a file at old.ipynb; it is as it was.",
        ),
    ],
)
def test_what_cannot_be_written_is_said_and_changes_nothing(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    write_files(tmp_path, {"full/mine.txt": "mine", "old.ipynb": "mine"})
    done = run_export(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"tui-tutor: {said}\n")
    kept = {path.name for path in tmp_path.rglob("*") if path.is_file() and "data" not in path.parts}
    assert kept == {"mine.txt", "old.ipynb"}


def test_a_course_with_errors_is_not_written(tmp_path: Path) -> None:
    folder = a_course_folder(tmp_path)
    (folder / "lessons" / "first.toml").write_text("title = ")
    done = run_export(f"{folder}/", "--to", "ipynb", "-o", "out", cwd=tmp_path)
    assert done.returncode == 4
    assert done.stderr.startswith(
        "tui-tutor: The course has errors, so nothing was written: lessons/first.toml:1:"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_notebook_runs_from_top_to_bottom_as_its_lesson_does(tmp_path: Path) -> None:
    cells = [
        a_code("print('seed')", id="seed", hidden=True),
        a_viz(id="early", y="later", caption="Too early"),
        a_code("later = [1, 2]\nprint(later)", id="later"),
        a_code("1 / 0", id="fails", expect="error"),
        a_shell("python -c 'import sys; print(sys.version_info[0])'", id="python"),
        a_shell("exit 3", id="status", expect="error"),
        a_shell("cat; echo end", id="input", stdin="typed\n"),
        an_exercise(id="answer", starter="raise NotImplementedError()", solution="x = 2\nprint(x)"),
        an_exercise(
            id="file",
            starter="",
            solution="",
            check=(),
            file=(ExerciseFile(path="pack age/it.py", solution="print('it''s')\nprint(3)"),),
            run="python 'pack age/it.py'",
        ),
        a_code("import tutor\ntutor.plot('early', y=[1])\nprint('live')", id="live"),
    ]
    folder = a_course_folder(tmp_path, lessons=[a_lesson(cells)])
    done = run_export(f"{folder}/", "--to", "ipynb", "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "out: 1 lesson written.\n")
    assert outputs_of(tmp_path / "out" / "first.ipynb") == [
        "seed\n",
        "Not drawn yet: name 'later' is not defined.\n",
        "[1, 2]\n",
        "ZeroDivisionError",
        "3\n",
        "CalledProcessError",
        "typed\nend\n",
        "2\n",
        "its\n3\n",
        "live\n",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["start-here"])
def test_a_shipped_course_runs_as_notebooks(tmp_path: Path, name: str) -> None:
    run_export(name, "--to", "ipynb", "-o", "out", cwd=tmp_path)
    for notebook in sorted((tmp_path / "out").glob("*.ipynb")):
        assert not [text for text in outputs_of(notebook) if text.startswith("Not drawn")]


@pytest.mark.slow
@pytest.mark.torch
def test_a_shipped_course_with_torch_runs_as_notebooks(tmp_path: Path) -> None:
    run_export("vae", "--to", "ipynb", "-o", "out", cwd=tmp_path)
    for notebook in sorted((tmp_path / "out").glob("*.ipynb")):
        assert not [text for text in outputs_of(notebook) if text.startswith("Not drawn:")]

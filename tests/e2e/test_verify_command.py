"""`verify` runs a course once, says what is not as its author says, and writes the lock only when all is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_code, a_course, a_course_folder, a_lesson, a_shell, a_viz, an_exercise
from tui_tutor.core.course import Cell, NumberQuiz, PredictQuiz, RightSample, WrongSample
from tui_tutor.core.study import begin
from tui_tutor.core.study.recording import with_recorded

pytestmark = pytest.mark.slow

CHECK = ({"kind": "value", "id": "two", "says": "x is 2", "expr": "x", "equals": 2},)


def verified(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tui_tutor", "verify", str(folder), *options]
    environ = {"PATH": "/usr/bin:/bin", "TUI_TUTOR_DATA": str(folder.parent / "data"), "LANG": "C.UTF-8"}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environ, timeout=60)


def report_on(folder: Path) -> dict[str, Any]:
    return json.loads(verified(folder, "--json").stdout)


def codes(tmp_path: Path, *cells: Cell) -> list[str]:
    """The diagnostics' codes for a course of these cells."""
    folder = a_course_folder(tmp_path, lessons=[a_lesson(cells)])
    report = report_on(folder)
    assert report["ok"] is not bool(report["diagnostics"])
    assert (folder / "course.lock.json").exists() is report["ok"]
    return [one["code"] for one in report["diagnostics"]]


def a_predicted(stdout: str) -> PredictQuiz:
    return PredictQuiz(
        kind="quiz", id="p", form="predict", question="What?", program="print(6 * 7)", stdout=stdout
    )


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (a_code("1 / 0"), "run-outcome"),
        (a_code("x = 1", expect="error"), "run-outcome"),
        (a_code("import time; time.sleep(60)", timeout_s=0.5), "run-timeout"),
        (a_code("import os; os._exit(3)"), "run-died"),
        (a_code("print(1)", output="2"), "output-differs"),
        (a_shell("exit 3"), "run-outcome"),
        (a_shell("true", check=({"kind": "file", "path": "made.txt", "exists": True},)), "check-fails"),
        (a_viz(y="nobody"), "plot-missing"),
        (an_exercise(solution="x = 3"), "solution-fails"),
        (a_predicted("41"), "key-differs"),
        (
            NumberQuiz(kind="quiz", id="n", form="number", question="?", value_py="nobody + 1"),
            "key-underivable",
        ),
        (an_exercise(check=CHECK, wrong=(WrongSample(source="x = 2", caught_by="two"),)), "wrong-passes"),
        (an_exercise(check=CHECK, right=(RightSample(source="x = 5"),)), "right-fails"),
    ],
)
def test_what_is_not_as_the_author_says_is_named(tmp_path: Path, cell: Cell, code: str):
    assert codes(tmp_path, cell) == [code]


def test_a_wrong_sample_must_be_caught_by_the_check_it_names(tmp_path: Path):
    checks = (*CHECK, {"kind": "ast", "id": "loop", "must": ["for"]})
    sample = WrongSample(source="x = 3", caught_by="loop")
    solution = "for x in (1, 2):\n    pass"
    assert codes(tmp_path, an_exercise(check=checks, wrong=(sample,), solution=solution)) == [
        "wrong-elsewhere"
    ]


def test_a_plot_that_fails_is_named(tmp_path: Path):
    cells = (a_code("ys = 'text'"), a_viz())
    assert codes(tmp_path, *cells) == ["plot-error"]


def test_a_sound_course_ends_with_0_and_its_lock_shows_every_output_as_recorded(tmp_path: Path):
    lesson = a_lesson([a_code("ys = [1, 2]\nprint('hello')"), a_viz(), an_exercise(), a_predicted("42")])
    folder = a_course_folder(tmp_path, lessons=[lesson])
    done = verified(folder)
    assert done.returncode == 0
    assert done.stdout.endswith(" s: all as expected; the lock is written.\n")
    lock = json.loads((folder / "course.lock.json").read_text("utf-8"))
    study = with_recorded(begin(a_course((lesson.id,)), lesson, number=1), lock)
    code, viz = study.state("code-1"), study.state("viz-1")
    assert (code.is_recorded, code.transcript.text()) == (True, "hello")
    assert viz.plot is not None
    assert (viz.is_recorded, viz.plot.series[0].y) == (True, (1, 2))


def test_a_run_that_asks_is_not_answered_and_nothing_of_the_learners_is_touched(tmp_path: Path):
    folder = a_course_folder(tmp_path, cells=[a_code("input('?')", expect="error")])
    assert verified(folder).returncode == 0
    assert not (tmp_path / "data" / "progress.db").exists()


def test_every_code_stands_in_the_documentation():
    root = Path(__file__).parents[2]
    source = (root / "tui_tutor/proof/running.py").read_text("utf-8")
    said = set(re.findall(r"_problem\(\s*\"([a-z-]+)\"", source)) | {"run-timeout", "run-died"}
    documented = re.findall(r"^\| `([a-z-]+)` \|", (root / "docs/verify.md").read_text("utf-8"), re.M)
    assert said == set(documented)


def test_a_course_with_errors_is_not_run(tmp_path: Path):
    folder = a_course_folder(tmp_path, cells=[a_code("open('ran.txt', 'w')")])
    (folder / "course.toml").write_text("format = 1\n", "utf-8")
    done = verified(folder)
    assert (done.returncode, "nothing was run" in done.stderr) == (4, True)

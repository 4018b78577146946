"""`studio demo` builds a whole course of recorded answers: proven here, published, the same each time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tui_tutor.cli import studio
from tui_tutor.cli.studio_demo import TRANSCRIPT, begin_demo
from tui_tutor.core.errors import TutorError
from tui_tutor.studio.recorded import RecordedModel
from tui_tutor.studio.steps import read_step

pytestmark = pytest.mark.slow

SHIPPED = Path(studio.__file__).parents[1] / "studio" / "demo" / TRANSCRIPT
# What may differ between two builds: when and how fast each ran, and on what.
_OF_THE_RUN = frozenset({"ms", "at", "seconds", "QUALITY.md", "QUALITY.json"})


def run(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command_for(*words), env=environment(data), capture_output=True, text=True, timeout=600, check=False
    )


def command_for(*words: str) -> list[str]:
    return [sys.executable, "-m", "tui_tutor", *words]


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "TUI_TUTOR_DATA": str(data), "NO_COLOR": "1"}


def published(folder: Path) -> dict[str, Any]:
    """The course's files; of those with times in them, what is left without."""
    files: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name.startswith("."):
            continue
        data = path.read_bytes()
        if name.endswith(".json"):
            files[name] = timeless(json.loads(data))
        elif name != "QUALITY.md":  # the same as QUALITY.json, in words
            files[name] = data
    return files


def timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: timeless(one) for key, one in value.items() if key not in _OF_THE_RUN}
    return [timeless(one) for one in value] if isinstance(value, list) else value


@pytest.fixture
def own_demo(demo: Path, tmp_path: Path) -> Path:
    """A copy of the finished demo, to be written into."""
    shutil.copytree(demo, tmp_path / "own")
    return tmp_path / "own"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished demo."""
    there = tmp_path_factory.mktemp("demo")
    done = run(there / "data", "studio", "demo", "-o", str(there / "course"))
    assert done.returncode == 0, done.stdout + done.stderr
    return there / "course"


def test_the_demo_publishes_a_course_whose_every_lesson_is_proven(demo):
    quality = json.loads((demo / "QUALITY.json").read_text())
    assert quality["publishable"]
    proof = quality["proof"]
    assert proof["agreed"] == proof["questions"] > 0
    assert proof["solved"] == proof["exercises"] > 0
    assert proof["killed"] == proof["mutants"] > 0
    assert (demo / "course.lock.json").is_file()


def test_what_the_demo_was_to_cost_was_told_to_30_percent(demo):
    quality = json.loads((demo / "QUALITY.json").read_text())
    told, was = quality["money"]["estimated_usd"], quality["money"]["spent_usd"]
    assert abs(was - told) <= 0.3 * told


def test_a_build_after_a_replay_still_says_that_it_was_one(own_demo, tmp_path):
    before = json.loads((own_demo / "QUALITY.json").read_text())
    done = run(tmp_path / "data", "studio", "build", str(own_demo))
    assert done.returncode == 0, done.stdout + done.stderr
    after = json.loads((own_demo / "QUALITY.json").read_text())
    assert after["money"] == before["money"]
    assert after["unchecked"] == before["unchecked"]


def test_the_demos_course_passes_check_and_verify_of_its_own(own_demo, tmp_path):
    checked = run(tmp_path, "check", "--strict", str(own_demo))
    assert checked.returncode == 0, checked.stdout
    verified = run(tmp_path, "verify", str(own_demo))
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_the_proof_that_is_published_is_that_of_all_of_its_files(demo, tmp_path):
    packed = run(tmp_path / "data", "pack", str(demo), "-o", str(tmp_path / "course.tutor"))
    assert packed.returncode == 0, packed.stderr
    assert "changed since it was verified" not in packed.stderr


def test_every_recorded_answer_is_used(demo):
    lines = [json.loads(line)["key"] for line in SHIPPED.read_text().splitlines()]
    assert steps_of(demo) == set(lines)
    assert len(lines) == len(set(lines))


def steps_of(folder: Path) -> set[str]:
    return {read_step(path).key for path in (folder / ".studio" / "steps").glob("*.json")}


def test_two_demos_are_the_same_but_for_their_times(demo, tmp_path):
    done = run(tmp_path / "data", "studio", "demo", "-o", str(tmp_path / "again"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert published(tmp_path / "again") == published(demo)


@pytest.mark.timeout(600)  # five builds one after the other
def test_a_demo_that_is_killed_again_and_again_ends_as_the_same_course(demo, tmp_path):
    folder = tmp_path / "killed"
    finished: list[tuple[set[str], int]] = []  # answers on the disk, and lines of the ledger, at each kill
    for answers in (3, 12, 21, 30):
        kill_after(folder, tmp_path / "data", answers)
        assert not (folder / "QUALITY.md").exists()
        finished.append((steps_of(folder), len(asked_in(folder))))
    done = run(tmp_path / "data", "studio", "demo", "-o", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert course_in(folder) == course_in(demo)
    for known, line in finished:
        assert known.isdisjoint(asked_in(folder)[line:])


def course_in(folder: Path) -> dict[str, Any]:
    """Without its report: a call that the kill cut off counts there with the most that it can have cost."""
    return {name: data for name, data in published(folder).items() if not name.startswith("QUALITY")}


def kill_after(folder: Path, data: Path, answers: int) -> None:
    """Kill a demo, and all that it runs, once so many answers are on the disk."""
    building = subprocess.Popen(
        command_for("studio", "demo", "-o", str(folder)),
        env=environment(data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    steps = folder / ".studio" / "steps"
    while len(list(steps.glob("*.json"))) < answers:
        assert building.poll() is None, "it ended before it was killed"
        time.sleep(0.02)
    os.killpg(building.pid, signal.SIGKILL)
    building.wait()


def asked_in(folder: Path) -> list[str]:
    """The calls that were made, in their order, as the ledger holds them."""
    lines = (folder / ".studio" / "ledger.jsonl").read_text().splitlines()
    return [values["key"] for line in lines if "reserved" in (values := json.loads(line))]


def test_a_call_that_was_not_recorded_is_an_error_that_names_its_agent(tmp_path):
    lines = [line for line in SHIPPED.read_text().splitlines() if '"architect: outline"' not in line]
    (tmp_path / "cut.jsonl").write_text("\n".join(lines))
    there, _ = begin_demo(tmp_path / "course")
    with (
        studio._workshop(there, transcript=RecordedModel.of(tmp_path / "cut.jsonl")) as workshop,
        pytest.raises(TutorError, match="no answer for the call of architect: outline about the course"),
    ):
        studio._run(workshop, workshop.outline)

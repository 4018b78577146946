"""The workflow that the guide for instructors offers does what it says, step by step."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.playing import ROOT

pytestmark = pytest.mark.slow

WORKFLOW = ROOT / "docs/examples/verify-course.yml"
LOCK = "my-course/course.lock.json"
FETCHES = "pip install"


def steps() -> list[tuple[str, str]]:
    """(name, script) of every step that runs something, without the line that fetches what is here."""
    yaml = pytest.importorskip("yaml")
    job = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["verify"]
    ran = [(step["name"], step["run"]) for step in job["steps"] if "run" in step]
    fetching = [script for _, script in ran if FETCHES in script]
    assert len(fetching) == 1
    return [(name, re.sub(rf".*{FETCHES}.*\n", "", script)) for name, script in ran]


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose course was verified before it was committed."""
    folder = tmp_path_factory.mktemp("verified")
    assert run(folder, 'tui-tutor new "$COURSE" && tui-tutor verify "$COURSE"').returncode == 0
    return folder


@pytest.fixture
def repository(verified: Path, tmp_path: Path) -> Path:
    """That repository as the service has it: a fresh copy, with nothing of the author's machine."""
    shutil.copytree(verified / "my-course", tmp_path / "my-course")
    return tmp_path


def run(repository: Path, script: str) -> subprocess.CompletedProcess[str]:
    """As the service runs a step: bash that ends at the first failure."""
    programs = repository / "bin"
    programs.mkdir(exist_ok=True)
    for name, line in (("tui-tutor", '-m tui_tutor "$@"'), ("python", '"$@"')):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {line}\n', "utf-8")
        (programs / name).chmod(0o755)
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=repository,
        env={
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "COURSE": "./my-course",
            "RUNNER_TEMP": str(repository),
            "TUI_TUTOR_DATA": str(repository / "data"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )


def first_that_fails(repository: Path) -> tuple[str, str]:
    """The name of the step that ends the job, and the last line it said; ("", "") if all is well."""
    for name, script in steps():
        done = run(repository, script)
        if done.returncode:
            return name, done.stdout.strip().splitlines()[-1]
    return "", ""


def test_a_course_that_was_verified_passes_and_is_packed(repository: Path) -> None:
    lock = (repository / LOCK).read_bytes()
    assert first_that_fails(repository) == ("", "")
    assert (repository / "course.zip").exists()
    assert (repository / LOCK).read_bytes() == lock


def test_a_course_that_was_changed_and_not_verified_again_fails(repository: Path) -> None:
    with (repository / "my-course/course.toml").open("a", encoding="utf-8") as file:
        file.write("# another thought\n")
    assert first_that_fails(repository) == (
        "The lock is that of these files",
        "The lock is stale: run tui-tutor verify and commit course.lock.json.",
    )


def test_a_lock_that_claims_what_was_not_found_fails(repository: Path) -> None:
    lock = json.loads((repository / LOCK).read_text("utf-8"))
    lock["lessons"]["the-mean"]["cells"]["mean"]["proof"]["mutants"]["killed"] += 1
    (repository / LOCK).write_text(json.dumps(lock), "utf-8")
    assert first_that_fails(repository) == (
        "The lock says what was found here",
        "The lock says something else: run tui-tutor verify and commit course.lock.json.",
    )

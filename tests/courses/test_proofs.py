"""What the locks of the shipped courses claim is what a proof finds here and now."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.courses.shipped import COURSES, NAMES, course_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # whole courses, three times
PROVEN = [
    pytest.param(name, marks=pytest.mark.torch) if course_of(name).kernel.packages else name for name in NAMES
]


def claims_of(lock: Mapping[str, Any]) -> dict[str, Any]:
    """What a lock says that no machine may change: not times, versions, outputs of what is random."""
    cells = {
        f"{lesson}/{cell}": {key: entry.get(key) for key in ("source_hash", "outcome", "proof", "k")}
        for lesson, facts in lock["lessons"].items()
        for cell, entry in facts["cells"].items()
    }
    return {"files": lock["files"], "cells": cells}


@pytest.mark.parametrize("name", PROVEN)
def test_a_shipped_lock_claims_what_verify_finds(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(COURSES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    lock = folder / "course.lock.json"
    shipped = json.loads(lock.read_text("utf-8"))
    lock.unlink()
    done = subprocess.run(
        [sys.executable, "-m", "tui_tutor", "verify", str(folder)],
        env={**os.environ, "TUI_TUTOR_DATA": str(tmp_path / "data"), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1][:16]) == (0, "All as expected "), done.stdout
    assert claims_of(json.loads(lock.read_text("utf-8"))) == claims_of(shipped)

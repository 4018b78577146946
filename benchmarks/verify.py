"""How long `tui-tutor verify` takes for courses/vae, against one plain run of the course."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

from benchmarks.generated import TUTOR, environ
from benchmarks.measuring import Figure, elapsed_ms

COURSE: Final = Path(__file__).parents[1] / "courses" / "vae"
MUTANT_S: Final = 0.02  # what a mutant may cost
WANTED = {
    "verify, less 20 ms a mutant": "≤ 4 x",
    "verify when nothing changed": "≤ 2 s",
}


def measure() -> list[Figure]:
    """Once each: a run takes long, and the machine's mood is the same for all."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "vae"
        shutil.copytree(COURSE, folder)
        plain = elapsed_ms(lambda: asyncio.run(_plain_run(folder, Path(scratch)))) / 1000
        first, report = _verify(folder)
        again = min(_verify(folder)[0] for _ in range(3))
    mutants = sum(one["mutants"]["total"] for one in report["exercises"])
    less = first - MUTANT_S * mutants
    return [
        ("one plain run", plain, "s", "", None),
        ("verify with nothing known", first, "s", f"one plain run, {plain:.1f} s", first / plain),
        ("verify, less 20 ms a mutant", less, "s", f"one plain run, {plain:.1f} s", less / plain),
        ("verify when nothing changed", again, "s", "", None),
        ("mutants tried", mutants, "", "", None),
    ]


def _verify(folder: Path) -> tuple[float, Any]:
    command = [str(TUTOR), "verify", str(folder), "--json"]
    env = {"PATH": "/usr/bin:/bin", **environ(folder.parent / "data")}
    said: list[str] = []

    def run() -> None:
        done = subprocess.run(command, check=True, capture_output=True, env=env, text=True)
        said.append(done.stdout)

    return elapsed_ms(run) / 1000, json.loads(said[-1])


async def _plain_run(folder: Path, scratch: Path) -> None:
    """Every cell once, in order, in one kernel."""
    from tui_tutor.cli.stages import FolderStages
    from tui_tutor.proof.running import Plan, run_lesson
    from tui_tutor.shelf.environment import Environments

    stages = FolderStages(folder, scratch, Environments(scratch / "environments"))
    stage = stages.open(0)
    try:
        opened = stage.session.opened
        read = [opened.lesson(lesson_id).lesson for lesson_id in opened.course.lessons]
        lessons = tuple(lesson for lesson in read if lesson is not None and lesson.cells)
        for number, lesson in enumerate(lessons, 1):
            await run_lesson(stage, lesson, Plan(number, lessons))
    finally:
        await stage.close()

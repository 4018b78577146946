"""studio.trials.Trials over `verify`: the same runs, confined as a learner's."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tui_tutor.core.course import Course
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.studio.trials import Tell, Trial

_PROGRAM_TIMEOUT_S = 20.0
_PRINTER_LESSON = 'title = "One"\n\n[[cell]]\nkind = "md"\ntext = "What a program prints."\n'


class FolderTrials:
    """Proves courses in folders, one at a time: a proof uses every core by itself.

    What is known of a lesson that has not changed is kept in `memory`.
    """

    def __init__(self, scratch: Path, memory: Path) -> None:
        self._scratch, self._memory = scratch, memory
        self._turn = asyncio.Lock()
        self._number = 0

    async def prove(self, folder: Path, tell: Tell) -> Trial:
        """Run every cell three times and examine every exercise. TutorError where nothing can run."""
        from tui_tutor.cli.verify import CourseProof
        from tui_tutor.proof.proving import Step

        def show(step: Step) -> None:
            tell(step.done / max(step.total, 1.0), step.what)

        async with self._turn:
            self._number += 1
            place = self._scratch / f"proof-{self._number}"
            place.mkdir()
            course = CourseProof(str(folder), place, memory=self._memory / folder.name)
            proven = course.proven(await course.prove(jobs=_cores(), is_fresh=False, on_step=show))
            return Trial(proven, json.loads(course.lock_text(proven, datetime.now(UTC))))

    async def printed(self, program: str, course: Course) -> tuple[bool, str]:
        """Whether a program ended well in a fresh interpreter with a course's packages; what it printed."""
        from tui_tutor.cli.places import data_folder
        from tui_tutor.cli.stages import FolderStages
        from tui_tutor.shelf.environment import Environments

        async with self._turn:
            folder = self._scratch / "printer"
            for name, text in _printer(course).items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text)
            environments = Environments(data_folder() / "environments")
            stage = FolderStages(folder, self._scratch, environments).open(0)
            try:
                stage.session.workspace.prepare()
                status, text = await stage.session.shell.run_python(program, timeout_s=_PROGRAM_TIMEOUT_S)
            finally:
                await stage.close()
            return status == 0, text.rstrip("\n")

    def lacking(self, course: Course) -> Sequence[str]:
        """The packages that are installed neither beside us nor in the course's own environment."""
        from tui_tutor.cli.places import data_folder
        from tui_tutor.shelf.environment import Environments

        need = Environments(data_folder() / "environments").need(course)
        return need.missing if need.python is None else ()


def _printer(course: Course) -> dict[str, str]:
    """A course of one empty lesson in the other one's name: an environment hangs on name and packages."""
    head = {"format": 1, "id": course.id, "title": "Printer", "version": "1.0.0", "lessons": ["one"]}
    kernel = {"packages": list(course.kernel.packages)}
    return {"course.toml": toml_text({**head, "kernel": kernel}), "lessons/one.toml": _PRINTER_LESSON}


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

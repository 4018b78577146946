"""`tui-tutor verify DIR`: run a course three times, prove its exercises, and write the lock."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui_tutor.cli.confined import require_sandbox_option
from tui_tutor.cli.scratch import scratch_folder
from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_json, safe_text

if TYPE_CHECKING:
    from datetime import datetime

    from tui_tutor.cli.stages import FolderStages
    from tui_tutor.core.course import Lesson
    from tui_tutor.core.diagnostic import Diagnostic
    from tui_tutor.proof.comparing import ProvenCell
    from tui_tutor.proof.proving import Found, Step
    from tui_tutor.shelf.opened import FolderCourse
    from tui_tutor.shelf.proofs import ProofMemory

    Proven = Mapping[str, Sequence[ProvenCell]]


_MOST_MS = 3_600_000.0


@click.command("verify", epilog="Example: tui-tutor verify courses/start-here")
@click.argument("folder", metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 256),
    default=None,
    help="Run so much side by side; as many as there are cores by default.",
)
@click.option(
    "--fresh", is_flag=True, help="Run everything, also what has not changed since it last ran here."
)
@click.option("--network", is_flag=True, help="Let its cells reach the network, if the course asks for it.")
@require_sandbox_option
@click.pass_context
def command(
    ctx: click.Context, folder: str, *, as_json: bool, jobs: int | None, fresh: bool, network: bool
) -> None:
    """Run every cell of the course in DIR three times and prove its exercises; write the lock.

    This runs the course's code. Exit code 4 if something does not behave as the author says.
    """
    began = time.monotonic()
    with scratch_folder() as scratch:
        course = CourseProof(folder, scratch, as_json=as_json, network=network)
        found = _proven_or_stopped(course, jobs=jobs or _cores(), is_fresh=fresh)
        proven = course.proven(found)
        problems = course.diagnostics(proven)
        errors = [one for one in problems if one.severity == "error"]
        refusal = course.write_lock(proven) if not errors else None
    seconds = time.monotonic() - began
    if as_json:
        click.echo(safe_json(_as_json(proven, problems, seconds)))
    else:
        _say(proven, problems, seconds, found, is_written=refusal is None)
    if refusal is not None:
        raise refusal
    ctx.exit(4 if errors else 0)


def _proven_or_stopped(course: CourseProof, *, jobs: int, is_fresh: bool) -> Found:
    try:
        return asyncio.run(course.prove(jobs=jobs, is_fresh=is_fresh))
    except KeyboardInterrupt:
        click.echo("\nStopped. The lock is as it was; lessons that were done are remembered.", err=True)
        raise click.exceptions.Abort from None


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class CourseProof:
    """The course under proof: what was read when it began is what is proven."""

    def __init__(
        self,
        folder: str,
        scratch: Path,
        *,
        as_json: bool = False,
        network: bool = False,
        memory: Path | None = None,
    ) -> None:
        from tui_tutor.cli.places import data_folder
        from tui_tutor.cli.stages import FolderStages
        from tui_tutor.core.parsing.retelling import retellings
        from tui_tutor.shelf.environment import Environments

        self.path, self._memory_folder = Path(folder), memory
        self._refuse_broken(as_json=as_json)
        environments = Environments(data_folder() / "environments")
        self.stages: FolderStages = FolderStages(self.path, scratch, environments, network=network)
        self.opened: FolderCourse = self.stages.open_course(scratch / "read")
        self._refuse_lacking()
        self._tell_of_network(is_allowed=network)
        self.hashes = self._hashes()
        read = ((one, self.opened.lesson(one).lesson) for one in self.opened.course.lessons)
        self.lessons: tuple[Lesson, ...] = tuple(lesson for _, lesson in read if lesson and lesson.cells)
        files = self.opened.files()
        self.retold = {one.id: dict(retellings(self.opened.course, one, files)) for one in self.lessons}

    def _refuse_broken(self, *, as_json: bool) -> None:
        from tui_tutor.cli.check import diagnose
        from tui_tutor.core.diagnostic import errors_in

        errors = errors_in(diagnose(self.path))
        if errors and as_json:
            click.echo(safe_json(_as_json({}, errors, 0.0)))
        for error in errors:
            click.echo(safe_text(error.as_text()), err=True)
        if errors:
            count = f"{len(errors)} error{'s' if len(errors) > 1 else ''}"
            raise TutorError(f"{count}: nothing was run.", help="Mend them, then verify.", exit_code=4)

    def _refuse_lacking(self) -> None:
        need = self.opened.packages()
        if need.python is None and self.opened.course.kernel.name == "python3":
            help = f"`tui-tutor setup {self.path}` installs what is missing; then verify."
            raise TutorError(f"This course needs {', '.join(need.missing)}.", help=help, exit_code=3)

    def _tell_of_network(self, *, is_allowed: bool) -> None:
        is_asked = self.opened.course.permissions.network
        if is_asked and not is_allowed:
            click.echo("The course asks for the network; it runs without: --network allows it.", err=True)
        if is_allowed and not is_asked:
            click.echo(
                "The course does not ask for the network (`[permissions] network = true`): it runs without.",
                err=True,
            )

    def _hashes(self) -> dict[str, str]:
        from tui_tutor.shelf.folder import take_snapshot

        return dict(take_snapshot(self.path).hashes)

    async def prove(
        self, *, jobs: int, is_fresh: bool, on_step: Callable[[Step], None] | None = None
    ) -> Found:
        """Run what has to be run."""
        from tui_tutor.cli.stages import surroundings
        from tui_tutor.proof.fingerprints import Fingerprints
        from tui_tutor.proof.proving import Prover

        course = self.opened.course
        files, around = self.opened.files(), surroundings(self.opened)
        prints = Fingerprints(course, self.lessons, files, around, self.retold)
        numbers = {lesson_id: number for number, lesson_id in enumerate(course.lessons, 1)}
        prover = Prover(
            self.lessons,
            numbers,
            self.stages,
            self._memory(),
            prints,
            jobs=jobs,
            on_step=on_step or _progress(),
            is_fresh=is_fresh,
            expected_ms=_recorded_ms(self.opened.lock()),
            retold=self.retold,
        )
        return await prover.prove()

    def _memory(self) -> ProofMemory:
        from tui_tutor.cli.places import data_folder
        from tui_tutor.shelf.proofs import ProofMemory

        if self._memory_folder is not None:
            return ProofMemory(self._memory_folder)
        return ProofMemory.of_course(data_folder(), self.opened.course.id, self.path)

    def proven(self, found: Found) -> Proven:
        """What to say of every cell, by lesson."""
        from tui_tutor.proof.comparing import proven_cells

        return {lesson.id: proven_cells(lesson, found.reports[lesson.id]) for lesson in self.lessons}

    def diagnostics(self, proven: Proven) -> list[Diagnostic]:
        """Every problem with its place, in the course's order."""
        from tui_tutor.proof.placing import Places

        places = Places(self.opened)
        return [
            places.diagnostic(lesson, problem)
            for lesson in self.lessons
            for one in proven[lesson.id]
            for problem in one.problems
        ]

    def write_lock(self, proven: Proven) -> TutorError | None:
        """Put the proof beside the course, unless that has changed meanwhile; why it was not."""
        try:
            self._write_lock(proven)
        except TutorError as refusal:  # told after the report
            return refusal
        return None

    def _write_lock(self, proven: Proven) -> None:
        from datetime import UTC, datetime

        from tui_tutor.core.lock import LOCK_FILE
        from tui_tutor.shelf.writing import write_atomically

        if self._hashes() != self.hashes:
            raise TutorError(
                "The course changed while it was verified; the lock is as it was.",
                help="Verify it again: what has not changed is not run again.",
            )
        now = datetime.now(UTC)
        text = self.lock_text(proven, now)
        self._memory().note_verified(self.opened.source_hash(), now.date().isoformat())
        place = self.path.resolve() / LOCK_FILE
        try:
            write_atomically(place, text)
            place.chmod(0o644)
        except OSError as error:
            reason = os.strerror(error.errno or 0).lower()
            message = f"Everything is as expected, but {LOCK_FILE} cannot be written: {reason}."
            raise TutorError(message, help="Make the folder writable, then verify again.") from error

    def lock_text(self, proven: Proven, at: datetime) -> bytes:
        """The proof as it travels with the course. TutorError where it is larger than the player reads."""
        import platform

        from tui_tutor.cli.stages import versions_of
        from tui_tutor.core.lock import lock_text
        from tui_tutor.proof.lock import lock_of
        from tui_tutor.shelf.folder import LIMITS

        python, packages = platform.python_version(), versions_of(self.opened)
        lock = lock_of(proven, hashes=self.hashes, python=python, packages=packages, at=at)
        text = lock_text(lock).encode()
        if len(text) > LIMITS.lock_bytes:
            raise TutorError(
                f"Everything is as expected, but the lock would have {len(text):,} bytes: it is as it was.",
                help=f"Print and plot less: the player reads {LIMITS.lock_bytes:,} bytes at most.",
            )
        return text


def _recorded_ms(lock: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """How long each cell took when the lock was written: for the bar alone, since a lock is a claim."""
    from tui_tutor.core.study.recording import recorded_cells

    lessons = lock.get("lessons")
    return {
        (str(lesson), cell): float(entry["ms"])
        for lesson in (lessons if isinstance(lessons, Mapping) else ())
        for cell, entry in recorded_cells(lock, lesson).items()
        if isinstance(entry.get("ms"), int | float) and 0 <= entry["ms"] <= _MOST_MS
    }


# --- progress ---------------------------------------------------------------------------------------


def _progress() -> Callable[[Step], None]:
    """A bar on a terminal; without one a line for each tenth."""
    began, tenth = time.monotonic(), 0
    is_terminal = sys.stderr.isatty()

    def show(step: Step) -> None:
        nonlocal tenth
        if is_terminal:
            click.echo(_bar(step, time.monotonic() - began), nl=False, err=True)
        elif (reached := int(10 * step.done / max(step.total, 1) + 1e-9)) > tenth:
            tenth = reached
            click.echo(f"{10 * int(tenth)} %", err=True)

    return show


def _bar(step: Step, seconds: float) -> str:
    if step.done >= step.total:
        return f"\r{'':79}\r\x1b[K"  # blanks too: a cell of a lesson that runs this knows no escapes
    filled = int(20 * step.done / step.total)
    is_known = step.done > 0.05 * step.total
    left = f"about {seconds / step.done * (step.total - step.done):.0f} s left" if is_known else ""
    words = f"{'▰' * filled}{'▱' * (20 - filled)} {int(100 * step.done / step.total):3} %  {left}"
    return f"\r{words:<46.46} {safe_text(step.what):<32.32}\x1b[K"


# --- reporting --------------------------------------------------------------------------------------


def _as_json(proven: Proven, problems: Sequence[Diagnostic], seconds: float) -> dict[str, Any]:
    from tui_tutor.proof.wording import cells_as_json, exercises_as_json

    return {
        "ok": not any(one.severity == "error" for one in problems),
        "seconds": round(seconds, 2),
        "cells": cells_as_json(proven),
        "exercises": exercises_as_json(proven),
        "diagnostics": [problem.as_json() for problem in problems],
    }


def _say(
    proven: Proven, problems: Sequence[Diagnostic], seconds: float, found: Found, *, is_written: bool
) -> None:
    from datetime import date

    from tui_tutor import __version__
    from tui_tutor.proof.wording import lesson_lines, summary, survivor_lines

    for lesson, cells in proven.items():
        for line in (*lesson_lines(lesson, cells), *survivor_lines(lesson, cells)):
            click.echo(safe_text(line))
    for problem in problems:
        if problem.code != "mutant-survives":  # shown with its difference above
            click.echo(safe_text(problem.as_text()))
    errors = sum(one.severity == "error" for one in problems)
    again = (
        f"; {found.remembered} of {found.remembered + found.ran} runs of lessons were known"
        if found.remembered
        else ""
    )
    if errors:
        click.echo(safe_text(f"{errors} not as expected ({seconds:.1f} s{again}); the lock is as it was."))
    else:
        click.echo(safe_text(summary(proven, version=__version__, on=date.today())))
        end = "; the lock is written." if is_written else "."
        click.echo(safe_text(f"All as expected ({seconds:.1f} s{again}){end}"))

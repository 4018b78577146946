"""`tui-tutor verify DIR`: run a course once, in order, and write what it printed into its lock."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_json, safe_text

if TYPE_CHECKING:
    from tui_tutor.core.diagnostic import Diagnostic
    from tui_tutor.core.ports import OpenCourse
    from tui_tutor.proof.running import CellReport


@click.command("verify", epilog="Example: tui-tutor verify courses/start-here")
@click.argument("folder", metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def command(ctx: click.Context, folder: str, as_json: bool) -> None:
    """Run every cell of the course in DIR once, in one kernel, and record outputs and plots in its lock.

    This runs the course's code. Exit code 4 if something does not behave as the author says.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tui-tutor-") as scratch:
        opened = _opened(folder, Path(scratch))
        reports = asyncio.run(_run(opened, is_quiet=as_json))
    problems = [report.problem for report in reports if report.problem is not None]
    if not problems:
        _write_lock(Path(folder), opened, reports)
    seconds = time.monotonic() - began
    if as_json:
        click.echo(safe_json(_as_json(reports, problems, seconds)))
    else:
        _say(reports, problems, seconds)
    ctx.exit(4 if problems else 0)


def _opened(folder: str, scratch: Path) -> OpenCourse:
    """The course, with a scratch data folder: a proof touches nothing of the learner's."""
    from tui_tutor.cli.places import data_folder
    from tui_tutor.core.diagnostic import errors_in
    from tui_tutor.core.parsing import check_course
    from tui_tutor.shelf.environment import Environments
    from tui_tutor.shelf.folder import read_course_files
    from tui_tutor.shelf.installed import Library

    path = Path(folder)
    files = read_course_files(path)
    errors = errors_in(check_course(files, folder_name=path.resolve().name))
    if errors:
        for error in errors:
            click.echo(error.as_text(), err=True)
        raise TutorError(
            f"{len(errors)} errors: nothing was run.", help="Mend them, then verify.", exit_code=4
        )
    environments = Environments(data_folder() / "environments")
    return Library(None, scratch, environments=environments).open(str(path.resolve()) + "/")


async def _run(opened: OpenCourse, *, is_quiet: bool) -> list[CellReport]:
    from tui_tutor.cli.wiring import SystemClock, make_kernel, make_shell
    from tui_tutor.proof.running import memory_store, run_course
    from tui_tutor.session.course_session import Adapters, CourseSession

    adapters = Adapters(SystemClock(), memory_store(), make_kernel, make_shell)
    session = CourseSession(opened, adapters)
    total = _cell_count(opened)
    reports: list[CellReport] = []
    began = time.monotonic()
    try:
        async for report in run_course(session):
            reports.append(report)
            if not is_quiet:
                _progress(len(reports), total, f"{report.lesson} {report.cell}", time.monotonic() - began)
    finally:
        await session.close()
    return reports


def _cell_count(opened: OpenCourse) -> int:
    lessons = (opened.lesson(lesson_id).lesson for lesson_id in opened.course.lessons)
    return sum(len(lesson.cells) for lesson in lessons if lesson is not None)


def _progress(done: int, total: int, what: str, seconds: float) -> None:
    """A bar on a terminal; without one a line for each tenth."""
    left = seconds / done * (total - done) if done else 0
    if sys.stderr.isatty():
        filled = round(30 * done / max(total, 1))
        bar = "▰" * filled + "▱" * (30 - filled)
        line = f"\r{bar} {done} of {total}  {left:.0f} s left  {safe_text(what):<30.30}"
        click.echo(line if done < total else "\r" + " " * 79 + "\r", nl=False, err=True)
    elif done * 10 // max(total, 1) != (done - 1) * 10 // max(total, 1):
        click.echo(f"{100 * done // max(total, 1)} %", err=True)


def _write_lock(folder: Path, opened: OpenCourse, reports: list[CellReport]) -> None:
    import platform
    from datetime import UTC, datetime

    from tui_tutor.core.lock import LOCK_FILE, lock_text
    from tui_tutor.proof.lock import lock_of
    from tui_tutor.shelf.folder import take_snapshot
    from tui_tutor.shelf.writing import write_atomically

    lock = lock_of(
        reports,
        hashes=take_snapshot(folder).hashes,
        python=platform.python_version(),
        packages=_versions(opened),
        at=datetime.now(UTC),
    )
    write_atomically(folder.resolve() / LOCK_FILE, lock_text(lock).encode())
    (folder / LOCK_FILE).chmod(0o644)


def _versions(opened: OpenCourse) -> dict[str, str]:
    """The versions of the packages that the course names, as they ran here."""
    from importlib.metadata import PackageNotFoundError, version

    from packaging.requirements import Requirement

    versions: dict[str, str] = {}
    for text in opened.course.kernel.packages:
        name = Requirement(text).name
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


# --- reporting --------------------------------------------------------------------------------------


def _as_json(reports: list[CellReport], problems: list[Diagnostic], seconds: float) -> dict[str, Any]:
    cells = [
        {"lesson": r.lesson, "cell": r.cell, "kind": r.kind, "outcome": r.outcome, "ms": round(r.ms, 1)}
        for r in reports
    ]
    exercises = [_exercise(report) for report in reports if report.kind == "ex"]
    return {
        "ok": not problems,
        "seconds": round(seconds, 2),
        "cells": cells,
        "exercises": exercises,
        "diagnostics": [problem.as_json() for problem in problems],
    }


def _exercise(report: CellReport) -> dict[str, Any]:
    """Only what this form of `verify` proves: that the solution passes, and what wrong samples are told."""
    told = report.entry.get("wrong", [])
    wrong = {"ok": sum(bool(one) for one in told), "total": len(told), "failed": sum(not one for one in told)}
    return {"lesson": report.lesson, "cell": report.cell, "solution": report.outcome == "ok", "wrong": wrong}


def _say(reports: list[CellReport], problems: list[Diagnostic], seconds: float) -> None:
    for problem in problems:
        click.echo(problem.as_text())
    ran = sum(report.outcome != "skipped" for report in reports)
    words = "all as expected; the lock is written" if not problems else f"{len(problems)} not as expected"
    click.echo(f"{ran} of {len(reports)} cells ran in {seconds:.1f} s: {words}.")

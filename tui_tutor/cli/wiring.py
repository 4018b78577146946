"""Builds the adapters and hands them on as ports: the one place that knows them all."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tui_tutor.cli.places import data_folder, shipped_courses
from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line

if TYPE_CHECKING:
    from tui_tutor.core.confinement import Confinement
    from tui_tutor.core.ports import Kernel, OpenCourse, PackageNeed, Shelf, Shell
    from tui_tutor.kernels.sandbox.confining import Sandbox
    from tui_tutor.session.course_session import Adapters
    from tui_tutor.store.sqlite import SqliteStore


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic()


def make_store(data: Path | None = None) -> SqliteStore:
    """The learner's store; one that says `notice` where nothing can be saved."""
    from tui_tutor.store.sqlite import open_store

    data = data or data_folder()
    store = open_store(data / "progress.db")
    finish_updates(store, data)
    if not store.setting("seed"):
        try:
            store.set_setting("seed", str(secrets.randbelow(2**31)))
        except TutorError as error:
            store.notice = store.notice or f"{error.message} {error.help}".strip()
    return store


def finish_updates(store: SqliteStore, data: Path) -> None:
    """Tell the log what updates moved that were cut off between the new version and the log."""
    if not store.is_saving or not any((data / "courses").glob("*/.tui-tutor/moves.json")):
        return
    from tui_tutor.core.ports import Record
    from tui_tutor.shelf.installing import Installer
    from tui_tutor.shelf.updating import finished, unfinished

    for course_id, moves in unfinished(data):
        try:
            store.append_update(Record("moved", course_id, "", "", SystemClock().now(), moves))
        except TutorError as error:
            store.notice = store.notice or f"{error.message} {error.help}".strip()
        else:
            finished(Installer(shipped_courses(), data), course_id)


def make_shelf(data: Path | None = None) -> Shelf:
    """The library: shipped courses, installed ones, folders by path."""
    from tui_tutor.shelf.installed import Library

    return Library(shipped_courses(), data or writable_data())


def writable_data() -> Path:
    """The data folder; where it cannot be written a folder for this time, so that courses run all the same.

    The store says then that nothing is saved.
    """
    return _writable_instead(data_folder())


@lru_cache(maxsize=8)
def _writable_instead(data: Path) -> Path:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return _folder_for_this_time()
    return data if os.access(data, os.W_OK | os.X_OK) else _folder_for_this_time()


def _folder_for_this_time() -> Path:
    import atexit
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="tui-tutor-data-"))
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def make_adapters(store: SqliteStore) -> Adapters:
    """What a course session runs on. Kernels are started later, and only when asked for."""
    from tui_tutor.session.course_session import Adapters

    return Adapters(SystemClock(), store, make_kernel, make_shell, confinement, _open_address)


def _open_address(address: str) -> bool:
    from tui_tutor.cli.browser import open_address

    return open_address(address)


def end_saving(adapters: Adapters) -> None:
    """Try a last time to store what could not be, say what is lost, and close the store."""
    if lost := adapters.store_unsaved():
        sys.stderr.write(f"{safe_line(lost)}\n")
    adapters.store.close()


def make_kernel(opened: OpenCourse, *, under: Mapping[str, str] | None = None) -> Kernel:
    """A kernel for a course, not yet started. TutorError (exit code 3) if its packages are missing.

    `under`: variables of its environment that the course may set otherwise.
    """
    from tui_tutor.kernels.environment import course_environment, modules_to_warm
    from tui_tutor.kernels.jupyter import JupyterKernel

    settings = opened.course.kernel
    need = opened.packages()
    if need.python is None and settings.name == "python3":
        raise packages_missing(need)
    return JupyterKernel(
        need.python or "",
        cwd=opened.workspace().path,
        kernel_name=settings.name,
        preload=modules_to_warm(settings.packages),
        env={**(under or {}), **course_environment(settings.env)},
        sandbox=make_sandbox(opened, need.python),
    )


def make_sandbox(opened: OpenCourse, python: str | None) -> Sandbox:
    """What confines the code of a course; with network if the course asks and the learner has agreed."""
    from tui_tutor.kernels.sandbox.confining import Sandbox
    from tui_tutor.kernels.sandbox.layers import probe

    workspace = opened.workspace().path
    return Sandbox(
        probe(),
        workspace=workspace,
        cache=str(_cache_of(Path(workspace))),
        pythons=[python] if python else [],
        hidden=[str(data_folder())],
        network=opened.course.permissions.network and opened.trust().network,
    )


def _cache_of(workspace: Path) -> Path:
    """Beside all workspaces a folder for what libraries find out; one for each course, as they are."""
    return workspace.parent.with_name("caches") / workspace.name


def confinement() -> Confinement:
    """How far code of courses is confined on this machine."""
    from tui_tutor.kernels.sandbox.layers import probe

    return probe().confinement


def packages_missing(need: PackageNeed) -> TutorError:
    """`This course needs torch 2.6 or newer.`, and how to get it."""
    size = f", about {need.size_mb:.0f} MB to download" if need.size_mb else ""
    return TutorError(
        f"This course needs {', '.join(need.missing)}{size}.",
        help="i installs it; Enter reads on with recorded outputs.",
        exit_code=3,
    )


def make_shell(opened: OpenCourse, *, under: Mapping[str, str] | None = None) -> Shell:
    """A shell in the course's workspace; `python` there is the interpreter that runs the cells."""
    from tui_tutor.kernels.environment import course_environment
    from tui_tutor.kernels.shell import ShellRunner

    python = opened.packages().python or sys.executable
    env = {**(under or {}), **course_environment(opened.course.kernel.env)}
    return ShellRunner(
        cwd=opened.workspace().path, env=env, python=python, sandbox=make_sandbox(opened, python)
    )

"""Where a proof runs: each stage has a data folder of its own, so nothing of the learner's is touched."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tui_tutor.cli.scratch import remove_scratch
from tui_tutor.cli.wiring import SystemClock, make_kernel, make_shell
from tui_tutor.core.ports import OpenCourse
from tui_tutor.proof.stages import ForgetfulStore
from tui_tutor.session.course_session import Adapters, CourseSession
from tui_tutor.shelf.environment import Environments
from tui_tutor.shelf.installed import Library
from tui_tutor.shelf.opened import FolderCourse


@dataclass(frozen=True)
class FolderStages:
    """Opens stages for the course at `path`, in folders under `scratch`.

    `network`: who runs the proof agreed to what the course asks for, for the bytes it has now.
    """

    path: Path
    scratch: Path
    environments: Environments
    network: bool = False

    def open_course(self, data: Path) -> FolderCourse:
        """The course, with its workspace in this data folder."""
        opened = Library(None, data, environments=self.environments).open(f"{self.path.resolve()}/")
        if self.network and opened.course.permissions.network:
            opened.grant_trust(is_lasting=False, network=True)
        return opened

    def open(self, seed: int) -> FolderStage:
        """A new stage, nothing started yet."""
        return FolderStage(self, seed, Path(tempfile.mkdtemp(prefix=f"run-{seed}-", dir=self.scratch)))


class FolderStage:
    """One workspace and one kernel at a time; a fork server with this hash seed makes new ones quick."""

    def __init__(self, stages: FolderStages, seed: int, data: Path) -> None:
        self._stages, self._data = stages, data
        # A course that sets the variable itself has chosen one order for all.
        under = {"PYTHONHASHSEED": str(seed)}
        self._adapters = Adapters(
            SystemClock(),
            ForgetfulStore(),
            partial(make_kernel, under=under),
            partial(make_shell, under=under),
        )
        self.session = CourseSession(stages.open_course(data), self._adapters)

    async def clear(self) -> None:
        """An empty kernel and a workspace that nothing has run in."""
        workspace = Path(self.session.workspace.path)
        self._empty(workspace)
        if self.session.is_started:
            self.session.workspace.prepare()
            await self.session.restart_kernel()
            self._empty(workspace)  # what the old kernel wrote as it ended
            self.session.is_dead = False
        if workspace.exists():
            self.session.workspace.prepare()

    def _empty(self, workspace: Path) -> None:
        """The folder itself stays: it is the working folder of a living kernel."""
        shutil.rmtree(self._data / "manifests", ignore_errors=True)
        for place in workspace.iterdir() if workspace.exists() else ():
            if place.is_dir() and not place.is_symlink():
                remove_scratch(place)
            else:
                place.unlink(missing_ok=True)

    @asynccontextmanager
    async def copied(self) -> AsyncIterator[CourseSession]:
        """A session over a copy of the workspace as it is now, thrown away at the end."""
        self.session.prepare_workspace()
        data = Path(tempfile.mkdtemp(prefix="copy-", dir=self._stages.scratch))
        try:
            shutil.copytree(self._data, data, symlinks=True, dirs_exist_ok=True)
            session = CourseSession(self._stages.open_course(data), self._adapters)
            try:
                yield session
            finally:
                await session.close()
        finally:
            remove_scratch(data)

    async def close(self) -> None:
        """End all that runs, and remove the workspace."""
        try:
            await self.session.close()
        finally:
            remove_scratch(self._data)


def surroundings(opened: OpenCourse) -> str:
    """What of this machine a run depends on: our version, the interpreter, and what is installed for it."""
    import platform
    import sys

    from tui_tutor import __version__

    python = opened.packages().python or ""
    told = [__version__, opened.course.kernel.name, python, platform.platform()]
    told += ["with the network"] if opened.trust().network else []
    return "\n".join([*told, sys.version, *sorted(_installed(python))])


def _installed(python: str) -> set[str]:
    """Name and version of every distribution, from the names of their metadata folders."""
    import sys

    if not python or Path(python) == Path(sys.executable):
        places = [Path(place) for place in sys.path if place]
    else:
        places = list(Path(python).parent.parent.glob("lib/python*/site-packages"))
    found: set[str] = set()
    for place in places:
        with suppress(OSError):
            found |= {one.name for one in place.iterdir() if one.suffix in (".dist-info", ".egg-info")}
    return found


def versions_of(opened: OpenCourse) -> dict[str, str]:
    """The versions of the packages that the course names, as they ran here."""
    import sys
    from importlib.metadata import distributions

    from packaging.requirements import Requirement

    python = opened.packages().python or sys.executable
    own = Path(python) == Path(sys.executable)
    folders = [str(place) for place in Path(python).parent.parent.glob("lib/python*/site-packages")]
    places = sys.path if own else folders
    versions: dict[str, str] = {}
    for text in opened.course.kernel.packages:
        name = Requirement(text).name
        with suppress(Exception):  # damaged metadata: what cannot be read is not there
            found = next((one.version for one in distributions(name=name, path=list(places))), None)
            if found is not None:
                versions[name] = found
    return versions

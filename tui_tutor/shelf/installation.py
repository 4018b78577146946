"""Installing a course's packages: built beside, switched to when whole, nothing left behind otherwise."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Progress
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.pip import (
    KEPT,
    OTHER_PYTHONS_SINCE,
    SAFETY,
    Command,
    Follower,
    looks,
    pip_version,
    refusal,
)
from tui_tutor.shelf.writing import is_alive, make_private_folder, reason_of

_SPARE_MB: Final = 200  # what pip unpacks meanwhile, and room to breathe


@dataclass
class Installation:
    """One environment to be made at `link`, a symbolic link that is switched when all is there.

    Only wheels are taken: building a package from source would run a stranger's code before trust.
    """

    link: Path
    requirements: Sequence[str]
    constraints: Sequence[str] = ()
    pip_options: Sequence[str] = ()
    expected_mb: float = 1.0  # to be fetched
    is_size_known: bool = False
    disk_mb: float = 0
    python: str = sys.executable
    wheels: Path | None = None  # a folder of wheels that came with the course: no network is needed then
    _command: Command = field(init=False)

    def __post_init__(self) -> None:
        self._command = Command(self.link.parent)

    async def run(self) -> AsyncGenerator[Progress, None]:
        """Yield how far it is; the last one has fraction 1. TutorError if it cannot be done."""
        self._check_place()
        self._sweep()
        folder = self.link.with_name(f"{self.link.name}.{os.getpid()}-{secrets.token_hex(4)}")
        is_done = False
        try:
            yield Progress("making an environment", 0.0)
            await self._make(folder)
            async with aclosing(self._install(folder)) as steps:
                async for progress in steps:
                    yield progress
            self._switch(folder)
            is_done = True
        except OSError as error:
            reason = reason_of(error)
            raise TutorError(f"The packages could not be installed: {reason}.", help=KEPT) from error
        finally:
            if not is_done:
                shutil.rmtree(folder, ignore_errors=True)
        self._drop_older(folder)
        yield Progress("ready", 1.0, 0.0)

    # --- before -------------------------------------------------------------------------------------

    def _check_place(self) -> None:
        try:
            make_private_folder(self.link.parent)
            free_mb = shutil.disk_usage(self.link.parent).free / 1e6
        except OSError as error:
            raise TutorError(
                f"The packages have no place: {reason_of(error)}.",
                help="Set TUI_TUTOR_DATA to a folder you may write to.",
            ) from error
        needed = self.disk_mb + _SPARE_MB
        if free_mb < needed:
            raise TutorError(
                f"The packages need about {needed:.0f} MB; {free_mb:.0f} MB are free. Nothing was installed.",
                help="Free some space, or set TUI_TUTOR_DATA to a folder on another disk.",
                exit_code=3,
            )

    def _sweep(self) -> None:
        """Remove what a killed installation of this environment left."""
        for folder in self.link.parent.glob(f"{self.link.name}.*-*"):
            owner = folder.name.removeprefix(f"{self.link.name}.").partition("-")[0]
            if owner.isdigit() and not is_alive(int(owner)) and folder.resolve() != self.link.resolve():
                shutil.rmtree(folder, ignore_errors=True)

    # --- work ---------------------------------------------------------------------------------------

    async def _make(self, folder: Path) -> None:
        own_pip = pip_version() >= OTHER_PYTHONS_SINCE
        command = [self.python, "-m", "venv", *(["--without-pip"] if own_pip else []), str(folder)]
        async with aclosing(self._command.lines(command)) as lines:
            async for _ in lines:
                pass
        if self._command.status != 0:
            raise _no_environment(self._command.printed)

    async def _install(self, folder: Path) -> AsyncGenerator[Progress, None]:
        follower = Follower(self.expected_mb, self.is_size_known, time.monotonic())
        yield follower.told()
        constraints = folder / "constraints.txt"
        constraints.write_text("".join(f"{line}\n" for line in self.constraints), "utf-8")
        sources = [("finding packages", tuple(self.pip_options))]
        if self.wheels is not None:
            own = ("--no-index", f"--find-links={self.wheels}")
            sources = [
                ("unpacking what came with the course", own),
                ("fetching what did not come with the course", sources[0][1]),
            ]
        for what, options in sources:
            follower.what = what
            yield follower.told()
            async with aclosing(
                self._command.lines(self._pip_command(folder, constraints, options))
            ) as lines:
                async for line in lines:
                    if (progress := follower.follow(line)) is not None:
                        yield progress
            if self._command.status == 0 or not _is_lacking(self._command.printed):
                break
        if self._command.status != 0:
            raise refusal(self._command.printed)

    def _pip_command(self, folder: Path, constraints: Path, sources: Sequence[str]) -> list[str]:
        python = str(folder / "bin" / "python")
        own = [self.python, "-P", "-m", "pip", "--python", python]
        start = own if pip_version() >= OTHER_PYTHONS_SINCE else [python, "-P", "-m", "pip"]
        wanted = ["--constraint", str(constraints), *sources, *self.requirements]
        return [*start, "install", *SAFETY, *looks(), "--no-warn-script-location", *wanted]

    # --- after --------------------------------------------------------------------------------------

    def _switch(self, folder: Path) -> None:
        """Point the link at the new environment in one step; scripts inside name the real folder."""
        scratch = self.link.with_name(f".{folder.name}")
        scratch.symlink_to(folder.name)
        os.replace(scratch, self.link)

    def _drop_older(self, folder: Path) -> None:
        for other in self.link.parent.glob(f"{self.link.name}.*-*"):
            if other.name != folder.name and not other.is_symlink():
                shutil.rmtree(other, ignore_errors=True)


def _is_lacking(printed: Sequence[str]) -> bool:
    """Whether pip failed because no wheel fits, so that another source may have one."""
    return any("No matching distribution found" in line for line in printed)


def _no_environment(printed: Sequence[str]) -> TutorError:
    told = "\n".join(printed)
    if "ensurepip" in told or "No module named venv" in told:
        help = "On Debian and Ubuntu: apt install python3-venv. Then try again."
        return TutorError("Python's venv module is missing.", help=help, exit_code=3)
    if "No space left" in told:
        return TutorError("The disk is full. Nothing was installed.", help=KEPT)
    last = safe_line(printed[-1] if printed else "Python said nothing.")
    return TutorError(f"No environment could be made: {last}", help=KEPT, exit_code=3)

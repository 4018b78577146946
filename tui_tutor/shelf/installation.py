"""Installing a course's packages: built beside, switched to when whole, nothing left behind otherwise."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import signal
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Progress
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.writing import make_private_folder

_FOUND: Final = 0.05  # of the whole, when downloads begin
_FETCHED: Final = 0.8  # when they are done
_SPARE_MB: Final = 200  # what pip unpacks meanwhile, and room to breathe
_LINES_KEPT: Final = 200
_RAW_PROGRESS: Final = re.compile(r"Progress (\d+) of (\d+)")
_DOWNLOADING: Final = re.compile(r"Downloading (\S+?)-(\d\S*?)-\S+ \(([\d.]+) ([kMG]?B)\)")
_MEGABYTES: Final = {"B": 1e-6, "kB": 1e-3, "MB": 1.0, "GB": 1e3}
_NO_NETWORK: Final = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "Failed to establish a new connection",
    "Network is unreachable",
    "Connection refused",
    "Could not connect",
    "Read timed out",
    "ConnectTimeoutError",
    "NewConnectionError",
    "NameResolutionError",
)

WHEELS_PLACE: Final = ".wheels"
"""Of a course's folder: wheels that came with it. A dot folder, so no part of what is parsed and trusted."""

_KEPT: Final = "What was there before is kept. Try again when that is mended."


@dataclass
class _Follower:
    """pip's lines -> how far it is. Fractions never go back; time left is told only of a known size."""

    expected_mb: float
    is_size_known: bool
    started: float
    done_mb: float = 0.0
    current_mb: float = 0.0
    what: str = "finding packages"
    fraction: float = _FOUND

    def follow(self, line: str) -> Progress | None:
        """The progress that a line of pip's tells of, None if none."""
        if match := _DOWNLOADING.search(line):
            self.done_mb += self.current_mb
            self.current_mb = 0.0
            size = float(match[3]) * _MEGABYTES[match[4]]
            self.what = f"downloading {match[1]} {match[2]} ({size:.1f} MB)"
        elif match := _RAW_PROGRESS.search(line):
            self.current_mb = int(match[1]) / 1e6
        elif line.startswith("Installing collected packages"):
            self.what, self.fraction = "unpacking", max(self.fraction, _FETCHED)
        elif not line.startswith(("Collecting", "Processing")):
            return None
        return self.told()

    def told(self) -> Progress:
        """How far it is now."""
        part = min(1.0, (self.done_mb + self.current_mb) / self.expected_mb)
        if self.what != "unpacking":
            self.fraction = max(self.fraction, _FOUND + (_FETCHED - _FOUND) * part)
        elapsed = time.monotonic() - self.started
        is_telling = self.is_size_known and self.fraction > 2 * _FOUND
        left = elapsed * (1 - self.fraction) / self.fraction if is_telling else None
        return Progress(safe_line(self.what), round(self.fraction, 4), left)


_OTHER_PYTHONS_SINCE: Final = (22, 3)  # `--python`, which spares the new environment a pip of its own
_RAW_BARS_SINCE: Final = (24, 1)  # `--progress-bar=raw`, which says how far a download is


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
    _printed: list[str] = field(default_factory=list)
    _status: int | None = None

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
            reason = os.strerror(error.errno or 0).lower()
            raise TutorError(f"The packages could not be installed: {reason}.", help=_KEPT) from error
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
                f"The packages have no place: {os.strerror(error.errno or 0).lower()}.",
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
            if owner.isdigit() and not _is_alive(int(owner)) and folder.resolve() != self.link.resolve():
                shutil.rmtree(folder, ignore_errors=True)

    # --- work ---------------------------------------------------------------------------------------

    async def _make(self, folder: Path) -> None:
        own_pip = _pip_version() >= _OTHER_PYTHONS_SINCE
        command = [self.python, "-m", "venv", *(["--without-pip"] if own_pip else []), str(folder)]
        async with aclosing(self._lines(command)) as lines:
            async for _ in lines:
                pass
        if self._status != 0:
            raise _no_environment(self._printed)

    async def _install(self, folder: Path) -> AsyncGenerator[Progress, None]:
        follower = _Follower(self.expected_mb, self.is_size_known, time.monotonic())
        yield follower.told()
        constraints = folder / "constraints.txt"
        constraints.write_text("".join(f"{line}\n" for line in self.constraints), "utf-8")
        async with aclosing(self._lines(self._pip_command(folder, constraints))) as lines:
            async for line in lines:
                if (progress := follower.follow(line)) is not None:
                    yield progress
        if self._status != 0:
            raise _refusal(self._printed)

    def _pip_command(self, folder: Path, constraints: Path) -> list[str]:
        python = str(folder / "bin" / "python")
        own_version = _pip_version()
        own = [self.python, "-P", "-m", "pip", "--python", python]
        start = own if own_version >= _OTHER_PYTHONS_SINCE else [python, "-P", "-m", "pip"]
        safety = ["--only-binary=:all:", "--no-input", "--retries=2", "--timeout=15"]
        looks = [
            f"--progress-bar={'raw' if own_version >= _RAW_BARS_SINCE else 'off'}",
            "--no-color",
            "--disable-pip-version-check",
            "--no-warn-script-location",
        ]
        wanted = ["--constraint", str(constraints), *self.pip_options, *self.requirements]
        return [*start, "install", *safety, *looks, *wanted]

    async def _lines(self, command: Sequence[str]) -> AsyncGenerator[str, None]:
        """Run a command to its end and yield what it prints; it and all it started end with us."""
        self._printed.clear()
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.link.parent,  # ours: nothing of a course lies where Python looks for modules
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
            limit=1_000_000,
        )
        try:
            assert process.stdout is not None
            async for raw in process.stdout:
                line = raw.decode("utf-8", "replace").rstrip()
                self._printed.append(line)
                del self._printed[:-_LINES_KEPT]
                yield line
            await process.wait()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
            self._status = process.returncode

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


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _pip_version() -> tuple[int, int]:
    """Our own pip's version; (0, 0) if there is none, and then the new environment brings its own."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        major, minor = version("pip").split(".")[:2]
        return int(major), int(minor)
    except (PackageNotFoundError, ValueError):
        return 0, 0


def _no_environment(printed: Sequence[str]) -> TutorError:
    told = "\n".join(printed)
    if "ensurepip" in told or "No module named venv" in told:
        help = "On Debian and Ubuntu: apt install python3-venv. Then try again."
        return TutorError("Python's venv module is missing.", help=help, exit_code=3)
    if "No space left" in told:
        return TutorError("The disk is full. Nothing was installed.", help=_KEPT)
    last = safe_line(printed[-1] if printed else "Python said nothing.")
    return TutorError(f"No environment could be made: {last}", help=_KEPT, exit_code=3)


def _refusal(printed: Sequence[str]) -> TutorError:
    """Why pip failed, as a sentence."""
    told = "\n".join(printed)
    if any(sign in told for sign in _NO_NETWORK):
        message = "The packages could not be fetched: there is no network, or it does not answer."
        return TutorError(message, help=_KEPT, exit_code=3)
    if "No space left" in told:
        return TutorError("The disk is full. Nothing was installed.", help=_KEPT)
    if match := re.search(r"No matching distribution found for (.+)", told):
        version = ".".join(str(part) for part in sys.version_info[:2])
        message = f"There is no ready-built {safe_line(match[1].rstrip('.'))} for Python {version} here."
        return TutorError(
            message, help="What was there before is kept. Tell the course's author.", exit_code=3
        )
    errors = [line for line in printed if line.startswith(("ERROR", "option "))]
    errors = errors or [line for line in printed if line.strip()] or ["pip said nothing"]
    return TutorError(f"The packages could not be installed: {safe_line(errors[0])}", help=_KEPT, exit_code=3)

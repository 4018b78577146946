"""pip as a child process: what it is asked, how far it says it is, why it failed."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Progress
from tui_tutor.core.safe_text import safe_line

_FOUND: Final = 0.05  # of the whole, when downloads begin
_FETCHED: Final = 0.8  # when they are done
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

KEPT: Final = "What was there before is kept. Try again when that is mended."
OTHER_PYTHONS_SINCE: Final = (22, 3)  # `--python`, which spares the new environment a pip of its own
_RAW_BARS_SINCE: Final = (24, 1)  # `--progress-bar=raw`, which says how far a download is

# Only wheels are taken: building a package from source would run a stranger's code before trust.
SAFETY: Final = ("--only-binary=:all:", "--no-input", "--retries=2", "--timeout=15")


def looks() -> list[str]:
    """Options that make pip say how far it is, and nothing it need not."""
    bar = "raw" if pip_version() >= _RAW_BARS_SINCE else "off"
    return [f"--progress-bar={bar}", "--no-color", "--disable-pip-version-check"]


@dataclass
class Follower:
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


@dataclass
class Command:
    """A command run to its end in a folder of ours; what it printed last, and its exit status."""

    cwd: Path  # nothing of a course lies where Python looks for modules
    printed: list[str] = field(default_factory=list)
    status: int | None = None

    async def lines(self, command: Sequence[str]) -> AsyncGenerator[str, None]:
        """Run a command to its end and yield what it prints; it and all it started end with us."""
        self.printed.clear()
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
            limit=1_000_000,
        )
        try:
            assert process.stdout is not None
            async for raw in process.stdout:
                line = raw.decode("utf-8", "replace").rstrip()
                self.printed.append(line)
                del self.printed[:-_LINES_KEPT]
                yield line
            await process.wait()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
            self.status = process.returncode


def pip_version() -> tuple[int, int]:
    """Our own pip's version; (0, 0) if there is none, and then the new environment brings its own."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        major, minor = version("pip").split(".")[:2]
        return int(major), int(minor)
    except (PackageNotFoundError, ValueError):
        return 0, 0


def refusal(printed: Sequence[str]) -> TutorError:
    """Why pip failed, as a sentence."""
    told = "\n".join(printed)
    if any(sign in told for sign in _NO_NETWORK):
        message = "The packages could not be fetched: there is no network, or it does not answer."
        return TutorError(message, help=KEPT, exit_code=3)
    if "No space left" in told:
        return TutorError("The disk is full. Nothing was installed.", help=KEPT)
    if match := re.search(r"No matching distribution found for (.+)", told):
        version = ".".join(str(part) for part in sys.version_info[:2])
        message = f"There is no ready-built {safe_line(match[1].rstrip('.'))} for Python {version} here."
        return TutorError(
            message, help="What was there before is kept. Tell the course's author.", exit_code=3
        )
    errors = [line for line in printed if line.startswith(("ERROR", "option "))]
    errors = errors or [line for line in printed if line.strip()] or ["pip said nothing"]
    return TutorError(f"The packages could not be installed: {safe_line(errors[0])}", help=KEPT, exit_code=3)

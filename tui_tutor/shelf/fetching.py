"""Fetching wheels to travel with a course, for computers without a network."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Progress
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.pip import SAFETY, Command, Follower, looks, pip_version, refusal
from tui_tutor.shelf.writing import reason_of, scratch_name, sweep

_TAG: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,60}")
_SCRATCH: Final = ".tui-tutor-wheels-"
_VERSION: Final = re.compile(r"3\.\d{1,2}")

# pip takes tags word for word: a wheel for an older system is found only when that is named too.
_MANYLINUX: Final = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17", "manylinux2014",
                     "manylinux_2_12", "manylinux2010", "manylinux_2_5", "manylinux1", "linux")  # fmt: skip
_SYSTEMS: Final = {
    "linux_x86_64": tuple(f"{tag}_x86_64" for tag in _MANYLINUX),
    "linux_aarch64": tuple(f"{tag}_aarch64" for tag in _MANYLINUX),
}


@dataclass(frozen=True, slots=True)
class Target:
    """A system that wheels are wanted for: a platform tag or `linux_x86_64`, `linux_aarch64`; `3.12`.

    None is that of this computer.
    """

    platform: str | None = None
    python: str | None = None

    def options(self) -> list[str]:
        """As pip takes it; TutorError for what is no tag or version."""
        if self.platform is not None and not _TAG.fullmatch(self.platform):
            raise _not_known(
                "platform", self.platform, "linux_x86_64, linux_aarch64 or a wheel's platform tag"
            )
        if self.python is not None and not _VERSION.fullmatch(self.python):
            raise _not_known("Python version", self.python, "3.12 or the like")
        tags = _SYSTEMS.get(self.platform or "", (self.platform,) if self.platform else ())
        options = [f"--platform={tag}" for tag in tags]
        if self.platform is not None or self.python is not None:
            version = self.python or f"{sys.version_info[0]}.{sys.version_info[1]}"
            options += [f"--python-version={version}", "--implementation=cp"]
        return options


def _not_known(what: str, told: str, wanted: str) -> TutorError:
    return TutorError(
        f"There is no {what} {safe_line(told)!r}.", help=f"Say {wanted}. Nothing was written.", exit_code=1
    )


@contextmanager
def folder_for_wheels(beside: Path) -> Iterator[Path]:
    """A folder in `beside`, where the disk has room for an archive too, that is gone at the end."""
    folder = beside.resolve() / scratch_name(_SCRATCH)
    try:
        sweep(folder.parent, _SCRATCH)
        folder.mkdir(mode=0o700)
    except OSError as error:
        reason = reason_of(error)
        raise TutorError(f"The wheels have no place: {reason}.", help="Name another one with -o.") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Fetching:
    """Wheels of `requirements` and of all that these need, fetched into `folder`."""

    folder: Path
    requirements: Sequence[str]
    constraints: Sequence[str] = ()
    pip_options: Sequence[str] = ()
    expected_mb: float = 1.0  # for one target
    targets: Sequence[Target] = ()

    async def run(self) -> AsyncGenerator[Progress, None]:
        """Yield how far it is; TutorError if a wheel cannot be had."""
        if pip_version() == (0, 0):
            help = "Install it: python -m ensurepip, or your system's package."
            raise TutorError("pip is missing, and wheels are fetched with it.", help=help, exit_code=3)
        targets = tuple(self.targets) or (Target(),)
        wanted = [one.options() for one in targets]
        constraints = self.folder / "constraints.txt"
        try:
            constraints.write_text("".join(f"{line}\n" for line in self.constraints), "utf-8")
            for number, options in enumerate(wanted):
                async with aclosing(self._fetch(constraints, options)) as steps:
                    async for one in steps:
                        part = (number + (one.fraction or 0.0)) / len(wanted)
                        yield Progress(
                            one.what, round(part, 4), one.seconds_left if len(wanted) == 1 else None
                        )
        except OSError as error:
            reason = reason_of(error)
            raise TutorError(
                f"The wheels could not be fetched: {reason}.", help="Nothing was written."
            ) from error
        finally:
            constraints.unlink(missing_ok=True)

    async def _fetch(self, constraints: Path, options: Sequence[str]) -> AsyncGenerator[Progress, None]:
        command = Command(self.folder)
        follower = Follower(self.expected_mb, False, time.monotonic())
        yield follower.told()
        start = [sys.executable, "-P", "-m", "pip", "download", *SAFETY, *looks()]
        wanted = ["--dest", str(self.folder), "--constraint", str(constraints), *self.pip_options]
        async with aclosing(command.lines([*start, *wanted, *options, *self.requirements])) as lines:
            async for line in lines:
                if (progress := follower.follow(line)) is not None:
                    yield progress
        if command.status != 0:
            error = refusal(command.printed)
            what = error.message.replace("be installed", "be fetched").replace(
                f"for Python {sys.version_info[0]}.{sys.version_info[1]} here", "for " + _told(options)
            )
            raise TutorError(what, help="Nothing was written.", exit_code=error.exit_code)


def _told(options: Sequence[str]) -> str:
    """The system that wheels were wanted for, in words."""
    named = [option.partition("=")[2] for option in options if option.startswith("--platform")]
    version = [option.partition("=")[2] for option in options if option.startswith("--python-version")]
    python = version[0] if version else f"{sys.version_info[0]}.{sys.version_info[1]}"
    return f"Python {python} on {named[0]}" if named else f"Python {python} here"

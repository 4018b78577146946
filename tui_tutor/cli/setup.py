"""`tui-tutor setup COURSE`: a course's packages, into an environment of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import Final, TextIO

import click

from tui_tutor.core.ports import OpenCourse, PackageNeed, Progress
from tui_tutor.core.safe_text import safe_line, safe_text

_STEPS: Final = 20
_ERASE: Final = "\r\x1b[K"


@click.command(epilog="Example: tui-tutor setup vae")
@click.argument("course")
def command(course: str) -> None:
    """Install the packages a course needs, into an environment of its own."""
    from tui_tutor.cli.places import data_folder
    from tui_tutor.cli.wiring import make_shelf

    opened = make_shelf(data_folder()).open(course)
    need = opened.packages()
    if need.python is not None:
        click.echo("Nothing to install: this course has what it needs.")
        return
    click.echo(safe_text(plan(need)), err=True)
    try:
        asyncio.run(_set_up(opened))
    except KeyboardInterrupt:
        click.echo("\nStopped. Nothing was changed.", err=True)
        raise click.exceptions.Abort from None
    click.echo(safe_text(f"Ready: {need.environment}"))


def plan(need: PackageNeed) -> str:
    """What will be fetched and where it goes, in one sentence."""
    size = f", about {need.size_mb:.0f} MB" if need.size_mb else ""
    source = f" from {safe_line(need.index)}" if need.index else ""
    return (
        f"Installing {safe_line(', '.join(need.missing))}{source}{size}, into {safe_line(need.environment)}"
    )


async def _set_up(opened: OpenCourse) -> None:
    drawing = ProgressDrawing(sys.stderr)
    try:
        async for progress in opened.set_up():
            drawing.draw(progress)
    finally:
        drawing.finish()


@dataclass
class ProgressDrawing:
    """Progress as one line redrawn on a terminal, else as a line for each new tenth or step."""

    stream: TextIO
    _last: tuple[str, int | None] = ("", None)

    def draw(self, progress: Progress) -> None:
        """Show how far it is."""
        if self._is_terminal():
            self.stream.write(_ERASE + _cut(_bar(progress, self._glyphs())))
        else:
            tenth = None if progress.fraction is None else int(progress.fraction * 10)
            if (progress.what, tenth) == self._last:
                return
            self._last = (progress.what, tenth)
            percent = "" if progress.fraction is None else f"{progress.fraction:4.0%}  "
            self.stream.write(f"{percent}{safe_line(progress.what)}\n")
        self.stream.flush()

    def finish(self) -> None:
        """Leave the terminal's line clean."""
        if self._is_terminal():
            self.stream.write(_ERASE)
            self.stream.flush()

    def _is_terminal(self) -> bool:
        return self.stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"

    def _glyphs(self) -> str:
        return "▰▱" if "utf" in (self.stream.encoding or "").lower() else "#-"


def _bar(progress: Progress, glyphs: str) -> str:
    what = safe_line(progress.what)
    if progress.fraction is None:
        return f"  {what}"
    full = round(progress.fraction * _STEPS)
    left = "" if progress.seconds_left is None else f"  {_duration(progress.seconds_left)} left"
    bar = glyphs[0] * full + glyphs[1] * (_STEPS - full)
    return f"  {bar} {progress.fraction:4.0%}  {what}{left}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:02.0f} s"


def _cut(line: str) -> str:
    import shutil

    # A line that wraps could not be erased by itself.
    return line[: max(20, shutil.get_terminal_size().columns - 1)]

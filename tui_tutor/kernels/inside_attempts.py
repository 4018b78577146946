"""Inside the kernel: whole answers tried in forked copies of it, several at a time; the kernel never changes.

Handed over by path, standard library only. A copy runs what is hidden before the cell, then the answer, in a
scratch copy of the working folder; then it is asked what a check asks. See `ports.Kernel.attempt`.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from typing import Any

Report = dict[str, Any]
MOST_TEXT = 200_000  # characters of standard output that are kept
MOST_FILE = 1_000_000  # bytes of one file that a check names
MOST_COPIED = 64 << 20  # bytes of a working folder that is copied for each answer
SLACK_S = 2.0
LOOK_S = 0.05  # how often copies are looked at whose pipe says nothing


class CannotCopy(Exception):
    """There is no room for a copy of the working folder, or something in it cannot be read."""


class Copies:
    """Tries answers, `at_once` at a time; the others are the modules beside this one."""

    def __init__(self, kernel: Any, probes: Any, checks: Any, plots: Any, sparing: Any) -> None:
        self.kernel, self.probes, self.checks = kernel, probes, checks
        self.plots, self.sparing = plots, sparing

    def run(self, sources: list[str], question: Report, at_once: int) -> list[Report]:
        """One report for each source, in their order; every copy has ended when this returns."""
        reports: list[Report] = [{} for _ in sources]
        waiting, living = list(enumerate(sources)), {}  # type: ignore[var-annotated]
        try:
            while waiting or living:
                while waiting and len(living) < at_once:
                    place, source = waiting.pop(0)
                    child = Child(self, source, question)
                    living[child.reader] = (place, child)
                left = max(0.0, min(child.end for _, child in living.values()) - time.monotonic())
                ready = select.select(list(living), [], [], min(left, LOOK_S))[0]
                for reader, (place, child) in list(living.items()):
                    if child.listen() if reader in ready else child.is_over():
                        del living[reader]
                        reports[place] = child.ended()
        finally:
            for _, child in living.values():
                child.ended()
        return reports

    def limit_s(self, question: Report) -> float:
        """All that one answer may take."""
        probes = len(question["probes"]) * question["probe_limit_s"]
        return (1 + len(question["before"])) * question["run_limit_s"] + probes + SLACK_S  # type: ignore[no-any-return]

    # --- in the copy --------------------------------------------------------------------------------

    def attempt(self, source: str, question: Report, folder: str | None) -> Report:
        """Run the answer here, in the copy, and ask; what it printed is bounded."""
        began = time.monotonic()
        if folder is not None:
            os.chdir(folder)
        said = sys.stdout = Printed()
        sys.stderr = Printed()
        self._quiet()
        if question.get("is_sparing"):
            self.sparing.spare(os.getcwd())
        outcome, error = "ok", None
        for text in (*question["before"], source):
            outcome, error = self._run(text, question["run_limit_s"])
            if outcome != "ok":
                break
        text = said.getvalue()
        report: Report = {"outcome": outcome, "stdout": text, "run_ms": 1000 * (time.monotonic() - began)}
        if error is not None:
            report["error"] = {"name": type(error).__name__, "message": self.probes.text_of(error)}
        report["files"] = {path: text_of_file(path) for path in question["files"]}
        report["reports"] = self._asked(question) if outcome in ("ok", "error") else []
        return {**report, "ms": 1000 * (time.monotonic() - began)}

    def _quiet(self) -> None:
        """Nothing is shown or sent, and no traceback is drawn."""
        shell = self.kernel.shell
        nothing = lambda *_, **__: None  # noqa: E731
        shell.display_trap.hook = nothing
        shell.showtraceback = shell.showsyntaxerror = shell.showindentationerror = nothing
        shell.display_pub.publish = nothing
        shell._showtraceback = nothing

    def _run(self, source: str, limit_s: float) -> tuple[str, Any]:
        began = time.monotonic()
        try:
            with self.probes.time_limit(limit_s):
                result = self._run_cell(source)
        except self.probes.OutOfTime:
            return "timeout", None
        except BaseException as problem:
            return "error", problem
        error = result.error_before_exec or result.error_in_exec
        if isinstance(error, self.probes.OutOfTime) or time.monotonic() - began >= limit_s:
            return "timeout", None
        return ("ok", None) if error is None else ("error", error)

    def _run_cell(self, source: str) -> Any:
        shell = self.kernel.shell
        options = {"store_history": False, "silent": True}
        transformed = shell.transform_cell(source)
        # The copy stands inside the kernel's running loop, which is nobody's here.
        asyncio._set_running_loop(None)
        if not shell.should_run_async(source, transformed_cell=transformed):
            return shell.run_cell(source, **options)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(shell.run_cell_async(source, **options, transformed_cell=transformed))

    def _asked(self, question: Report) -> list[Report]:
        reports: list[Report] = []
        for request in question["probes"]:
            asked = self._with_series(request)
            reports.append(self._probe(asked, question["probe_limit_s"], is_brief=question["is_brief"]))
            if question["is_brief"] and ("error" in reports[-1] or reports[-1].get("passed") is False):
                break
        return reports

    def _probe(self, request: Report, limit_s: float, *, is_brief: bool) -> Report:
        namespace = self.kernel.shell.user_ns
        work = lambda: self.checks.run_probe(request, namespace, self.kernel.shell)  # noqa: E731
        if is_brief:
            return self.probes.in_place(work, limit_s)  # type: ignore[no-any-return]
        return self.probes.in_copy(work, limit_s, lambda: None)  # type: ignore[no-any-return]

    def _with_series(self, request: Report) -> Report:
        """A check of a plot looks at what the plot would show after this answer."""
        if not request.get("viz"):
            return request
        plot = self.plots.evaluate(request["viz"], self.kernel.shell.user_ns)
        found = [
            *plot.get("series", ()),
            *(s for one in plot.get("layers", ()) for s in one.get("series", ())),
        ]
        series = [
            {"x": numbers(s.get("x")), "y": numbers(s.get("y")), "label": s.get("name", "")} for s in found
        ]
        return {**request, "series": series}


class Child:
    """One copy of the kernel that tries one answer."""

    def __init__(self, copies: Copies, source: str, question: Report) -> None:
        self.probes = copies.probes
        self.folder = scratch_copy() if question["copies_folder"] else None
        self.end = time.monotonic() + copies.limit_s(question)
        self.said, self.status = bytearray(), -1
        work = lambda: copies.attempt(source, question, self.folder)  # noqa: E731
        self.pid, self.reader, self.token = self.probes.begin_copy(work, copies.kernel._fall_silent)

    def listen(self) -> bool:
        """Take what it has said; whether that was all."""
        data = os.read(self.reader, 1 << 16)
        self.said += data
        return not data or len(self.said) > self.probes.MAXIMUM

    def is_over(self) -> bool:
        """Whether it is late, or has ended though something that it left behind holds the pipe open."""
        if time.monotonic() >= self.end:
            return True
        if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        while select.select([self.reader], [], [], 0)[0] and not self.listen():
            pass
        return True

    def ended(self) -> Report:
        """End it, clear up, and give its report."""
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)
        is_late = time.monotonic() >= self.end
        os.close(self.reader)
        self.probes._end(self.pid)
        if self.folder is not None:
            shutil.rmtree(os.path.dirname(self.folder), ignore_errors=True)
        if self.said[:32] == self.token and len(self.said) <= self.probes.MAXIMUM:
            with contextlib.suppress(Exception):
                report = self.probes.DECODE(self.said[32:].decode("ascii"), 0)[0]
                if "outcome" in report:
                    return report  # type: ignore[no-any-return]
        return {
            "outcome": "timeout" if is_late else "died",
            "stdout": "",
            "reports": [],
            "files": {},
            "ms": 0.0,
        }


class Printed(io.StringIO):
    """Standard output whose first part is kept; the rest is swallowed, so that a flood does no harm."""

    size = 0

    def write(self, text: str) -> int:
        """Keep it if there is room."""
        room = MOST_TEXT - self.size
        if room > 0:
            super().write(text[:room])
            self.size += len(text)
        return len(text)


def numbers(values: Any) -> list[Any]:
    """A series from plot JSON, where a NaN is None."""
    return [float("nan") if value is None else value for value in values or ()]


def text_of_file(path: str) -> str | None:
    """The text of a file of the working folder that is no link, None if there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            return file.read(MOST_FILE).decode("utf-8", "replace")
    except OSError:
        return None


def scratch_copy() -> str | None:
    """A copy of the working folder in a folder of its own; None where that holds too much to be copied."""
    size = 0
    for folder, _, names in os.walk("."):
        for name in names:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(folder, name)).st_size
        if size > MOST_COPIED:
            return None
    try:  # beside the working folder: who removes the one removes the other
        parent = tempfile.mkdtemp(prefix=".tui-tutor-try-", dir=os.path.dirname(os.getcwd()))
    except OSError:  # confined code may write only in it, and to what is temporary
        parent = tempfile.mkdtemp(prefix=".tui-tutor-try-")
    copy = os.path.join(parent, os.path.basename(os.getcwd()) or "workspace")
    try:
        shutil.copytree(".", copy, symlinks=True)
    except OSError as error:
        shutil.rmtree(parent, ignore_errors=True)
        raise CannotCopy("the working folder cannot be copied: is there room for it?") from error
    return copy

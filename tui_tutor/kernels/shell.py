"""ports.Shell: commands in the workspace, each in a fresh process on a pseudo-terminal."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shlex
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from tui_tutor.core.errors import TutorError
from tui_tutor.core.execution import Finished, InputAsked, Outcome, RunEvent, Started, StreamText
from tui_tutor.kernels.ending import reason_of
from tui_tutor.kernels.environment import clean_environment
from tui_tutor.kernels.merging import TextMerger
from tui_tutor.kernels.terminal import TerminalCommand
from tui_tutor.kernels.waiting import waits_for_input

if TYPE_CHECKING:
    from tui_tutor.kernels.sandbox.confining import Sandbox

_KILL_AFTER_S: Final = 2.0
_QUIET_S: Final = 0.3  # of silence, before a command is asked whether it waits for input
_PYTHON_OUTPUT_LIMIT: Final = 1_000_000
_INTERPRETER: Final = Path(__file__).with_name("inside_interpreter.py")
_LEFT: Final = "What it left running in the background was ended."


def _end_of(report: str) -> tuple[int, str] | None:
    """Exit status and last line, as an interpreter would give them; None if it is no report."""
    try:
        told = json.loads(report)
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    error = told.get("error") or told.get("author_error")
    if not isinstance(error, dict):
        return (0, "") if told.get("passed") is True else None
    said = error.get("message") or str(error.get("line", "")).removeprefix("assert ")
    return 1, f"\n{error.get('name', 'Error')}: {' '.join(str(said).split())}\n"


class ShellRunner:
    """Runs commands in `cwd`; the first `python` on their PATH is `python`.

    A `sandbox` confines each of them, and is closed with the shell.
    """

    def __init__(
        self,
        cwd: str,
        env: Mapping[str, str] | None = None,
        *,
        python: str = sys.executable,
        prefix: Sequence[str] = (),
        sandbox: Sandbox | None = None,
    ) -> None:
        self._cwd, self._prefix, self._sandbox = cwd, tuple(prefix), sandbox
        self._env = clean_environment(env)
        self._python, self._is_prepared = Path(python), False
        self._shim: Path | None = None
        self._size = (80, 24)
        self._runs: list[_ShellRun] = []

    async def run(
        self,
        script: str,
        *,
        shell: Literal["sh", "bash"] = "sh",
        is_tty: bool = False,
        stdin: str = "",
        timeout_s: float,
    ) -> AsyncIterator[RunEvent]:
        """Run a script; with `stdin` it reads that and then the end, without it what is typed."""
        run = _ShellRun(self._start(script, shell, is_tty, stdin), timeout_s, can_ask=not stdin)
        self._runs.append(run)
        try:
            async for event in run.events():
                yield event
        finally:
            self._runs.remove(run)
            await run.command.close()

    def _prepare(self) -> None:
        """Make `python` the course's interpreter, by its folder or, where it has another name, by a link."""
        scratch = None
        if self._sandbox is not None:
            self._env |= self._sandbox.environment()
            scratch = self._sandbox.scratch.path
            self._prefix = self._sandbox.command()
        folder = self._python.parent
        if not (folder / "python").exists():
            folder = self._shim = Path(tempfile.mkdtemp(prefix="tui-tutor-bin-", dir=scratch))
            (folder / "python").symlink_to(self._python)
        self._env["PATH"] = os.pathsep.join([str(folder), self._env.get("PATH", os.defpath)])
        if (folder.parent / "pyvenv.cfg").exists():
            self._env["VIRTUAL_ENV"] = str(folder.parent)
        self._is_prepared = True

    def _start(self, script: str, shell: str, is_tty: bool, stdin: str) -> TerminalCommand:
        if not self._is_prepared:
            self._prepare()
        path = "/bin/sh" if shell == "sh" else shutil.which(shell, path=self._env.get("PATH"))
        if path is None:
            raise TutorError(f"This cell needs {shell}, which is not installed here.", exit_code=3)
        env = dict(self._env) if not is_tty else {**self._env, "TERM": "xterm-256color"}
        if not is_tty:
            env |= {"PAGER": "cat", "GIT_PAGER": "cat"}
        try:
            command = TerminalCommand(
                [path, "-c", script], cwd=self._cwd, env=env, stdin=stdin, prefix=self._prefix
            )
        except (OSError, ValueError) as error:
            raise TutorError(
                f"The command could not be started: {error}.", help=f"Is {self._cwd} still there?"
            ) from error
        command.resize(*self._size)
        return command

    async def run_python(self, source: str, *, timeout_s: float) -> tuple[int, str]:
        """Run a check's source in a fresh interpreter in the workspace: 0 if it holds, and what was said.

        What the workspace's modules do there counts for nothing: only a report behind a token does.
        """
        texts: list[str] = []
        status, token = 1, secrets.token_hex(16)
        command = f"python -I {shlex.quote(str(_INTERPRETER))}"
        async for event in self.run(command, stdin=token + source, timeout_s=timeout_s):
            if isinstance(event, StreamText):
                texts.append(event.text)
            elif isinstance(event, Finished):
                status = 1 if event.exit_status is None else event.exit_status
                texts.append(event.reason if event.outcome == "timeout" else "")
        said, is_told, report = "".join(texts).rpartition(token)
        if is_told and (end := _end_of(report)) is not None:
            return end[0], (said.removesuffix("\n") + end[1])[-_PYTHON_OUTPUT_LIMIT:]
        return status or 1, "".join(texts)[-_PYTHON_OUTPUT_LIMIT:]

    async def answer_input(self, text: str) -> None:
        """Type a line at the running command."""
        for run in self._runs:
            run.answer(text)

    async def resize(self, columns: int, rows: int) -> None:
        """Tell commands how wide their terminal is."""
        self._size = (max(1, columns), max(1, rows))
        for run in self._runs:
            run.command.resize(*self._size)

    async def interrupt(self) -> None:
        """Ctrl+C, then after two seconds the end of the whole group."""
        for run in self._runs:
            run.interrupt()

    async def close(self) -> None:
        """End what runs and all it started."""
        for run in self._runs:
            run.command.order(signal.SIGKILL)
        while self._runs and any(not run.command.is_over for run in self._runs):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        if self._shim is not None:
            shutil.rmtree(self._shim, ignore_errors=True)
            self._shim, self._is_prepared = None, False
        if self._sandbox is not None:
            self._sandbox.close()
            self._is_prepared = False


class _ShellRun:
    """One command from its start to Finished."""

    def __init__(self, command: TerminalCommand, timeout_s: float, *, can_ask: bool) -> None:
        self.command, self._timeout_s, self._can_ask = command, timeout_s, can_ask
        self._began = self._heard_at = time.monotonic()
        self._deadline = self._began + timeout_s
        self._kill_at: float | None = None
        self._is_late = self._is_interrupted = self._is_asking = False
        self._asked_at = 0.0
        self._merger = TextMerger()

    def interrupt(self) -> None:
        """Ask it to stop; a second call kills it."""
        self.command.order(signal.SIGINT if self._kill_at is None else signal.SIGKILL)
        self._is_interrupted = True
        self._kill_at = self._kill_at or time.monotonic() + _KILL_AFTER_S
        self.command.changed.set()

    def answer(self, text: str) -> None:
        """Type a line; the time limit counts again."""
        if self._is_asking:
            self._is_asking = False
            self._deadline += time.monotonic() - self._asked_at
        self._heard_at = time.monotonic()
        self.command.type(text + "\n")

    async def events(self) -> AsyncIterator[RunEvent]:
        """What it says, then Finished."""
        yield Started()
        while not self.command.is_over:
            await self._wait()
            now = time.monotonic()
            if text := self.command.take():
                self._merger.add("stdout", text)
                self._heard_at, self._is_asking = now, False
            for event in self._merger.due(now):
                yield event
            self._keep_time(now)
            if self._begins_to_ask(now):
                yield InputAsked(is_secret=self.command.hides_input)
        if text := self.command.take():
            self._merger.add("stdout", text)
        for event in self._merger.rest(time.monotonic()):
            yield event
        yield self._finished()

    async def _wait(self) -> None:
        now = time.monotonic()
        times = [now + _QUIET_S if self._can_ask else now + 5, self._kill_at or self._deadline]
        if (due := self._merger.due_at()) is not None:
            times.append(due)
        try:
            async with asyncio.timeout(max(0.0, min(times) - now)):
                await self.command.changed.wait()
        except TimeoutError:
            pass

    def _keep_time(self, now: float) -> None:
        if self._kill_at is not None:
            if now >= self._kill_at:
                self.command.order(signal.SIGKILL)
                self._kill_at = now + _KILL_AFTER_S
        elif now >= self._deadline and not self._is_asking:
            self._is_late = True
            self._kill_at = now + _KILL_AFTER_S
            self.command.order(signal.SIGINT)

    def _begins_to_ask(self, now: float) -> bool:
        if not self._can_ask or self._is_asking or now - self._heard_at < _QUIET_S:
            return False
        self._is_asking = waits_for_input(self.command.session_pid, self.command.name)
        self._asked_at = now
        return self._is_asking

    def _finished(self) -> Finished:
        code = self.command.code or 0
        outcome: Outcome = "ok" if code == 0 else "error"
        reason = _LEFT if self.command.left else ""
        if self._is_late:
            outcome, reason = "timeout", f"It was stopped after {self._timeout_s:g} s."
        elif self._is_interrupted and code != 0:
            outcome = "interrupted"
        elif code < 0:
            reason = f"The command ended early: {reason_of(code)}."
        status = code if code >= 0 else 128 - code
        return Finished(outcome, None, 1000 * (time.monotonic() - self._began), status, reason)

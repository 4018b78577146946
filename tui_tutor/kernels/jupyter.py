"""ports.Kernel over jupyter_client and ipykernel; light to import: jupyter_client comes in a thread."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.execution import Completions, KernelInfo, RunEvent
from tui_tutor.kernels.ending import reason_of
from tui_tutor.kernels.environment import clean_environment
from tui_tutor.kernels.run_folder import RunFolder
from tui_tutor.kernels.servers import ForkServers

if TYPE_CHECKING:
    from tui_tutor.core.ports import Report
    from tui_tutor.kernels.conversation import Conversation
    from tui_tutor.kernels.launching import Plan
    from tui_tutor.kernels.sandbox.confining import Sandbox

_KILL_WITHIN_S: Final = 2.0
_ASK_S: Final = 2.0
_FACTS_S: Final = 0.5
_STOPPING_S: Final = 1.0  # what a run may take to end after its first interrupt before a second one kills it
_MOST_MATCHES: Final = 500
_ATTEMPT_SLACK_S: Final = 5.0
_NAME_WITHIN: Final = 1000  # characters before the cursor in which a dotted name is looked for


class JupyterKernel:
    """One kernel for one open course. Every method is used on one event loop, `start` on its main thread.

    `preload` names modules that the fork server imports before the first cell asks for them: names of our own
    choice (`environment.modules_to_warm`), never the course's. `prefix` is an argument list put before every
    interpreter; a `sandbox` brings its own, and is closed with the kernel.
    """

    def __init__(
        self,
        python: str,
        *,
        cwd: str,
        kernel_name: str = "python3",
        preload: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
        sandbox: Sandbox | None = None,
        may_fork: bool = True,
    ) -> None:
        self._python, self._kernel_name, self._cwd = python, kernel_name, cwd
        self._prefix, self._extra = tuple(prefix), dict(env or {})
        self._servers = ForkServers(
            python,
            env=self._extra,
            preload=preload,
            prefix=self._prefix,
            may_fork=may_fork and kernel_name == "python3",
        )
        self._sandbox = sandbox
        self._private: Mapping[str, str] = {}
        self._folder: RunFolder | None = None
        self._lives = 0
        self._talk: Conversation | None = None
        self._info = KernelInfo()
        self._starting = asyncio.Lock()
        self._wanted = asyncio.Event()  # something waits for a kernel, so `preload` must not
        self._changed = asyncio.Event()
        self._is_running = False
        self._signalling = asyncio.Lock()  # an interrupt is on its way
        self._interrupted_at = -_KILL_WITHIN_S
        self._is_closed = False

    # --- life -------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Begin what needs no event loop, so that `start` is quicker. On the main thread."""
        self._servers.prepare(self._run_folder().log)

    def _run_folder(self) -> RunFolder:
        """The folder of the sockets; with it the sandbox is known, which has to let it in."""
        if self._folder is None:
            if self._sandbox is not None:
                self._private = self._sandbox.environment()
            self._folder = RunFolder()
            if self._sandbox is not None:
                self._prefix = self._sandbox.command(str(self._folder.path))
                self._servers.confine(self._prefix, self._private)
        return self._folder

    async def start(self) -> KernelInfo:
        """Start (or wait for) an empty kernel; waits for `preload`, unless something wants to run."""
        async with self._starting:
            if self._talk is None or self._talk.life.process.poll() is not None:
                await self._begin()
            return self._info

    async def _begin(self) -> None:
        if self._is_closed:
            raise TutorError("The kernel is closed.")
        began = time.monotonic()
        if self._talk is not None:
            await self._end_life()
        self._servers.start(self._run_folder().log)
        # Its import takes a quarter of a second, which the interface uses to draw.
        launching = await asyncio.to_thread(import_module, "tui_tutor.kernels.launching")
        conversation = await asyncio.to_thread(import_module, "tui_tutor.kernels.conversation")
        life = await self._launch(launching)
        self._talk = conversation.Conversation(life)
        self._changed.set()
        self._info = KernelInfo(
            life.language, life.version, self._python, 1000 * (time.monotonic() - began), self._servers.notes
        )

    async def _launch(self, launching: Any) -> Any:
        while True:
            assert self._folder is not None
            link = await self._servers.link(self._wanted, self._folder.log)
            self._lives += 1
            folder = self._folder.path / str(self._lives)
            folder.mkdir(mode=0o700)
            try:
                return await launching.launch(self._plan(launching), folder, link)
            except (ConnectionError, TimeoutError, OSError, TutorError) as error:
                shutil.rmtree(folder, ignore_errors=True)
                if link is None:
                    raise self._refusal(error) from error
                await self._servers.forget()

    def _plan(self, launching: Any) -> Plan:
        assert self._folder is not None
        return launching.Plan(  # type: ignore[no-any-return]
            self._python, self._kernel_name, self._environment(), self._cwd, self._folder.log, self._prefix
        )

    def _environment(self) -> dict[str, str]:
        assert self._folder is not None
        private = {
            name: str(self._folder.path)
            for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")
        }
        return {**clean_environment(self._extra), **self._private, **private}

    def _refusal(self, error: Exception) -> TutorError:
        if isinstance(error, TutorError) and error.help:
            return error
        said = self._folder.log_tail() if self._folder is not None else ""
        if re.search(r"No module named '?(ipykernel|IPython|zmq|traitlets|tornado|jupyter)", said):
            return TutorError(
                f"{self._python} cannot run cells: it lacks the package ipykernel.",
                help="Install it there (pip install ipykernel), then open the course again.",
                exit_code=3,
            )
        return TutorError(
            f"The kernel did not start. {said}".strip(),
            help="Recorded outputs can still be read.",
            exit_code=3,
        )

    # --- running ------------------------------------------------------------------------------------------

    async def _ready_talk(self) -> Conversation:
        self._wanted.set()
        try:
            await self.start()
        finally:
            self._wanted.clear()
        assert self._talk is not None
        return self._talk

    async def run(
        self, source: str, *, timeout_s: float, is_silent: bool = False, allow_input: bool = True
    ) -> AsyncIterator[RunEvent]:
        """Run source and yield what it says, Finished at last. Starts a kernel if none lives."""
        from tui_tutor.kernels.running import Run

        talk = await self._ready_talk()
        async with self._signalling:  # else it would stop this run instead of the one it was meant for
            pass
        self._is_running, self._interrupted_at = True, -_KILL_WITHIN_S
        run = self._run = Run(talk, timeout_s=timeout_s, is_silent=is_silent, interrupt=self._soft_interrupt)
        try:
            async for event in run.events(source, allow_input=allow_input):
                yield event
        finally:
            self._is_running = False
            if not run.is_over:
                talk.abandon()
                await self._soft_interrupt()

    async def answer_input(self, text: str) -> None:
        """Give the waiting program a line."""
        if self._talk is not None and self._is_running:
            self._run.resume_clock()
            self._talk.answer(text)

    async def interrupt(self) -> None:
        """Stop what runs; a second call within two seconds kills the kernel, unless the first was enough."""
        talk = self._talk
        if talk is None or not self._is_running or talk.has_replied.is_set():
            return
        now, run = time.monotonic(), self._run
        is_second = now - self._interrupted_at < _KILL_WITHIN_S
        self._interrupted_at = now
        run.is_interrupted = True
        if not is_second:
            await self._soft_interrupt()
        elif not await _happens(talk.has_replied) and run is self._run and self._is_running:
            run.is_killed = True
            talk.life.process.kill()

    async def _soft_interrupt(self) -> None:
        async with self._signalling:
            talk = self._talk
            if talk is None or talk.life.process.poll() is not None:
                return
            await talk.life.manager.interrupt_kernel()
            # ipykernel 7 notices the interrupt of an `await` only when its loop wakes: any request does.
            await asyncio.sleep(0.02)
            if talk is self._talk and talk.life.process.poll() is None:
                talk.wake()

    async def restart(self) -> KernelInfo:
        """A new, empty kernel; the old one and all it started are gone."""
        async with self._starting:
            await self._begin()
            return self._info

    async def died(self) -> str:
        """Return when the kernel has ended unasked and no run has told so: a plain reason."""
        while True:
            self._changed.clear()
            if self._talk is not None:
                life = self._talk.life
                changed = asyncio.create_task(self._changed.wait())
                either: list[asyncio.Future[Any]] = [life.process.ended, changed]
                try:
                    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    changed.cancel()
                if life.process.ended.done() and not life.is_told and not self._is_running:
                    life.is_told = True
                    return reason_of(life.process.ended.result())
            if not self._changed.is_set():
                await self._changed.wait()

    # --- questions ------------------------------------------------------------------------------------------

    async def probe(self, requests: Sequence[Report], *, timeout_s: float) -> tuple[Report, ...]:
        """One report for each request; `timeout_s` is the limit of each."""
        content = {"requests": [dict(request) for request in requests], "limit_s": timeout_s}
        reports = await self._evaluate("tui_tutor_probe_request", content, timeout_s * len(requests))
        if reports is None or len(reports) != len(requests):
            return tuple({"error": {"name": "NoAnswer", "message": self._silence()}} for _ in requests)
        return tuple(reports)

    async def plot(self, request: Report, *, timeout_s: float = 5.0) -> Report:
        """A viz cell's plot JSON, {"missing": [names]} or {"error": sentence}."""
        content = {"request": dict(request), "limit_s": timeout_s}
        reports = await self._evaluate("tui_tutor_plot_request", content, timeout_s)
        return reports[0] if reports else {"error": self._silence()}

    async def attempt(
        self, sources: Sequence[str], question: Report, *, at_once: int = 1
    ) -> tuple[Report, ...]:
        """One report for each answer, tried in a forked copy of its own; see the port."""
        content = {"sources": list(sources), "question": dict(question), "at_once": max(1, at_once)}
        each_s = (1 + len(question["before"])) * question["run_limit_s"] + _ATTEMPT_SLACK_S
        limit_s = len(sources) * (each_s + len(question["probes"]) * question["probe_limit_s"])
        reports = await self._evaluate("tui_tutor_attempt_request", content, limit_s)
        if reports is None or len(reports) != len(sources):
            return tuple({"cannot": self._silence()} for _ in sources)
        return tuple(reports)

    def _silence(self) -> str:
        return "the kernel runs something else" if self._is_running else "the kernel did not answer"

    async def _evaluate(self, kind: str, content: Mapping[str, Any], limit_s: float) -> list[Report] | None:
        if self._is_running or self._kernel_name != "python3":
            return None
        try:
            talk = await self._ready_talk()
            reply = await talk.ask(kind, content, limit_s + 3)
            if reply is None:
                await self._soft_interrupt()
                return None
            reports = [json.loads(text) for text in reply["reports"]]
        except (TutorError, ValueError, KeyError, TypeError):
            return None
        return [report if isinstance(report, dict) else {} for report in reports]

    async def complete(self, source: str, cursor: int) -> Completions:
        """Completions at a character offset; none while busy or before the first start."""
        reply = await self._ask_idle("complete_request", {"code": source, "cursor_pos": cursor})
        matches, start, end = reply.get("matches"), reply.get("cursor_start"), reply.get("cursor_end")
        if not (isinstance(matches, list) and isinstance(start, int) and isinstance(end, int)):
            return Completions(start=cursor, end=cursor)
        found = [str(match) for match in matches[:_MOST_MATCHES]]
        if source[start : start + 1] == "." and all(match.startswith(".") for match in found):
            found, start = [match[1:] for match in found], start + 1  # IPython completes from the dot on
        facts = await self._facts_of(source[:start], found)
        kinds, signature = facts.get("kinds", ()), facts.get("signature", "")
        return Completions(tuple(found), start, end, str(signature), tuple(str(kind) for kind in kinds))

    async def _facts_of(self, before: str, matches: Sequence[str]) -> Report:
        """What the matches are: kinds and the first one's signature; {} where this kernel cannot say."""
        if not matches:
            return {}
        content = {"before": before[-_NAME_WITHIN:], "matches": list(matches), "limit_s": _FACTS_S}
        reports = await self._evaluate("tui_tutor_names_request", content, _FACTS_S)
        return reports[0] if reports and "error" not in reports[0] else {}

    async def document(self, source: str, cursor: int) -> str:
        """Documentation of the name at a character offset; "" if none."""
        content = {"code": source, "cursor_pos": cursor, "detail_level": 0}
        reply = await self._ask_idle("inspect_request", content)
        data = reply.get("data")
        text = data.get("text/plain", "") if isinstance(data, dict) else ""
        return str(text)[:100_000]

    async def _ask_idle(self, kind: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._is_running or self._talk is None or self._talk.life.process.poll() is not None:
            return {}
        return await self._talk.ask(kind, content, _ASK_S) or {}

    # --- end --------------------------------------------------------------------------------------------

    async def _end_life(self) -> None:
        if self._talk is not None:
            talk, self._talk = self._talk, None
            talk.life.is_told = True
            talk.close()
            await talk.life.end()

    async def close(self) -> None:
        """End the kernel and all it started, and remove its folder. Safe to call twice."""
        self._is_closed = True
        self._wanted.set()  # a start that waits for `preload` goes on at once
        async with self._starting:
            await self._end_life()
            await self._servers.stop()
            if self._folder is not None:
                self._folder.remove()
                self._folder = None
            if self._sandbox is not None:
                self._sandbox.close()


async def _happens(event: asyncio.Event) -> bool:
    """Whether it is set soon."""
    try:
        async with asyncio.timeout(_STOPPING_S):
            return await event.wait()
    except TimeoutError:
        return False

"""What runs inside the kernel's process: ipykernel with bounded output, probes, plots and module `tutor`.

Standard library and ipykernel only: it is handed over by path to interpreters that know nothing of us, run
as a script (a plain kernel) or imported by the fork server. The evaluators lie beside it.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import signal
import sys
import time
import types
import warnings
from collections.abc import Iterator
from typing import Any

import zmq
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets import Type

HERE = os.path.dirname(os.path.abspath(__file__))
PLOT_MIME = "application/vnd.tui-tutor.plot+json"
LIVE_S = 0.033


def load(name: str) -> Any:
    """A module of this folder, which never is on sys.path; None if it is not there."""
    path, known = os.path.join(HERE, name + ".py"), "_tui_tutor_" + name
    if not os.path.exists(path):
        return None
    spec = importlib.util.spec_from_file_location(known, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[known] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


streams, probes = load("inside_streams"), load("inside_probes")
checks, plots, names = load("inside_checks"), load("inside_plots"), load("inside_names")
attempts, sparing = load("inside_attempts"), load("inside_sparing")


class Shell(ZMQInteractiveShell):  # type: ignore[misc]
    """IPython's shell without its memory of all output, which would grow for ever."""

    def _tee(self, channel: str) -> Any:
        return contextlib.nullcontext()


class Kernel(IPythonKernel):  # type: ignore[misc]
    """An IPython kernel that answers two more requests on its shell channel."""

    shell_class = Type(Shell)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.streams = sys.stdout, sys.stderr
        self.shell_handlers["tui_tutor_probe_request"] = self.probe_request
        self.shell_handlers["tui_tutor_plot_request"] = self.plot_request
        self.shell_handlers["tui_tutor_names_request"] = self.names_request
        self.shell_handlers["tui_tutor_attempt_request"] = self.attempt_request
        self.master = os.getpid()
        self.threads: Any = None
        self.shell.ask_exit = self.refuse_exit
        warnings.filterwarnings("ignore", "To exit: use", UserWarning)
        self.live = LivePlots(self.shell)
        sys.modules["tutor"] = self.live.module

    @contextlib.contextmanager
    def _cancel_on_sigint(self, future: Any) -> Iterator[None]:
        """As inherited; then wakes the loop, which else notices the interrupt of an `await` when it ends."""
        loop = asyncio.get_running_loop()
        with super()._cancel_on_sigint(future):
            inherited: Any = signal.getsignal(signal.SIGINT)

            def cancel(*arguments: Any) -> None:
                inherited(*arguments)
                loop.call_soon_threadsafe(lambda: None)

            signal.signal(signal.SIGINT, cancel)
            yield

    def _input_request(self, *arguments: Any, **options: Any) -> Any:
        """As inherited, once the text before the prompt has left."""
        self.iopub_thread.settle()
        return super()._input_request(*arguments, **options)

    @staticmethod
    def refuse_exit() -> None:
        """`exit()` ends the cell, as it would end a script, and keeps the names."""
        raise SystemExit

    async def do_execute(self, *arguments: Any, **options: Any) -> Any:
        """As inherited; a child that a cell forked ends here instead of playing kernel.

        From the first run on, code imports modules of the workspace, after all that is installed: never
        before, for what lies there may be of a course that nobody has agreed to run.
        """
        if "" not in sys.path:
            sys.path.append("")
        try:
            return await super().do_execute(*arguments, **options)
        finally:
            self._mend_streams()
            if os.getpid() != self.master:
                os._exit(0)

    def _mend_streams(self) -> None:
        """A stream that a cell put in place of ours and that cannot be flushed would break the kernel."""
        try:
            sys.stdout.flush(), sys.stderr.flush()
        except Exception:
            sys.stdout, sys.stderr = self.streams

    async def probe_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """Evaluate each request in a copy of the names."""
        content = parent["content"]
        reports = [self._probe(request, content["limit_s"]) for request in content["requests"]]
        self._reply(stream, "tui_tutor_probe_reply", reports, parent, ident)

    def _probe(self, request: dict[str, Any], limit_s: float) -> dict[str, Any]:
        try:
            if checks is None:
                return probes.failure("Missing", "this kernel cannot check")  # type: ignore[no-any-return]
            if hasattr(os, "fork") and not self.threads.has_strangers():
                work = lambda: checks.run_probe(request, self.shell.user_ns, self.shell)  # noqa: E731
                return probes.in_copy(work, limit_s, self._fall_silent)  # type: ignore[no-any-return]
            work = lambda: checks.run_probe(request, dict(self.shell.user_ns), self.shell)  # noqa: E731
            return {"note": probes.NOTE, **probes.in_place(work, limit_s)}
        except BaseException as error:
            return probes.failure(type(error).__name__, probes.text_of(error))  # type: ignore[no-any-return]

    def _fall_silent(self) -> None:
        self.silenced, self.iopub_thread.socket = self.iopub_thread.socket, None

    async def plot_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """Evaluate a viz cell's expressions."""
        content = parent["content"]
        with muted(), probes.random_state():
            report = self._plot(content["request"], content["limit_s"])
        self._reply(stream, "tui_tutor_plot_reply", [report], parent, ident)

    def _plot(self, request: dict[str, Any], limit_s: float) -> dict[str, Any]:
        try:
            with probes.time_limit(limit_s):
                return probes.copied(plots.evaluate(request, self.shell.user_ns))  # type: ignore[no-any-return]
        except NameError as error:
            return {"missing": [error.name or ""]}
        except probes.OutOfTime:
            return {"error": f"it did not finish within {limit_s:g} s"}
        except BaseException as error:  # a GeneratorExit that got out would end the kernel's own loop
            return {"error": f"{type(error).__name__}: {probes.text_of(error)}"}

    async def attempt_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """Try whole answers in copies of the kernel."""
        content = parent["content"]
        self._reply(stream, "tui_tutor_attempt_reply", self._attempts(content), parent, ident)

    def _attempts(self, content: dict[str, Any]) -> list[Any]:
        sources = content["sources"]
        if checks is None or not hasattr(os, "fork"):
            return [{"cannot": "this kernel cannot be copied"} for _ in sources]
        if self.threads.has_strangers():
            return [{"cannot": "native threads are alive in the kernel"} for _ in sources]
        try:
            copies = attempts.Copies(self, probes, checks, plots, sparing)
            return copies.run(sources, content["question"], content["at_once"])  # type: ignore[no-any-return]
        except attempts.CannotCopy as error:
            return [{"cannot": str(error)} for _ in sources]
        except BaseException as error:
            return [{"cannot": f"{type(error).__name__}: {probes.text_of(error)}"} for _ in sources]

    async def names_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """Say what completions are."""
        content = parent["content"]
        try:
            with muted(), probes.time_limit(content["limit_s"]):
                report = names.described(self.shell.user_ns, content["before"], content["matches"])
        except BaseException as error:
            report = {"error": f"{type(error).__name__}: {probes.text_of(error)}"}
        self._reply(stream, "tui_tutor_names_reply", [report], parent, ident)

    def _reply(self, stream: Any, kind: str, reports: list[Any], parent: Any, ident: Any) -> None:
        # As text: lone surrogates and NaN pass through ASCII JSON, but not through the session's packer.
        content = {"reports": [probes.as_text(report) for report in reports]}
        self.session.send(stream, kind, content, parent, ident)


class muted:
    """Nothing that the main thread prints is seen."""

    def __enter__(self) -> None:
        self.kept = sys.stdout, sys.stderr
        self.streams = [one for one in self.kept if isinstance(one, streams.Stream)]
        for one in self.streams:
            one.is_muted = True

    def __exit__(self, *_: object) -> None:
        sys.stdout, sys.stderr = self.kept
        for one in self.streams:
            one.is_muted = False


class LivePlots:
    """Module `tutor`: plots sent from a running cell, at most 30 a second, the last one always."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.waiting: dict[str, dict[str, Any]] = {}
        self.sent_at: dict[str, float] = {}
        self.module = types.ModuleType("tutor", "Talk to the lesson: `tutor.plot`.")
        self.module.plot = self.plot  # type: ignore[attr-defined]
        shell.events.register("post_execute", self.send_waiting)

    def plot(self, viz_id: str, **data: Any) -> None:
        """Draw data (x=..., y=... and what else a viz cell takes) in the viz cell with this id, now."""
        viz_id = str(viz_id)
        self.waiting[viz_id] = data
        if time.monotonic() - self.sent_at.get(viz_id, 0.0) >= LIVE_S:
            self._send(viz_id)

    def send_waiting(self) -> None:
        """Send what was held back."""
        for viz_id in list(self.waiting):
            self._send(viz_id)

    def _send(self, viz_id: str) -> None:
        data = self.waiting.pop(viz_id)
        if plots is None:
            return
        bundle = {PLOT_MIME: {"viz": viz_id, "data": plots.live(data, viz_id)}}
        self.shell.display_pub.publish(bundle)
        self.sent_at[viz_id] = time.monotonic()


class Application(IPKernelApp):  # type: ignore[misc]
    """ipykernel's application with our kernel, our streams and no parent watch of its own.

    It reads no configuration: older versions of IPython look for that in the working folder, which a course
    fills, and a cell could write into its profile what would run in the next kernel.
    """

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """There is none."""

    def _run_startup_files(self) -> None:
        """There are none, and none that an environment variable names."""

    def init_iopub(self, context: Any) -> None:
        """An iopub socket that refuses instead of dropping, behind a bounded queue."""
        self.iopub_socket = context.socket(zmq.XPUB)
        self.iopub_socket.linger = 1000
        self.iopub_socket.sndhwm = streams.SEND_LIMIT
        self.iopub_socket.setsockopt(zmq.XPUB_NODROP, 1)
        self.iopub_port: int = self._bind_socket(self.iopub_socket, self.iopub_port)
        self.configure_tornado_logger()
        self.iopub_thread = streams.Publisher(self.iopub_socket, self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_poller(self) -> None:
        """The kernel dies with its parent at once, by the system's own means."""
        if not sys.platform.startswith("linux"):
            super().init_poller()

    def init_kernel(self) -> None:
        """Remember which threads are ours before a learner's code can start some."""
        super().init_kernel()
        # Sending without a copy starts a thread of pyzmq, and native threads rule out forked checks.
        self.session.copy_threshold = sys.maxsize
        self.kernel.threads = probes.ThreadCount()


def warm_up() -> None:
    """Draw one traceback, so that no kernel is the first to look all modules up (0.5 s with torch)."""
    from IPython.core import ultratb

    try:
        raise LookupError
    except LookupError:
        with contextlib.suppress(Exception):
            ultratb.AutoFormattedTB(mode="Context").structured_traceback(*sys.exc_info())


def launch(argv: list[str]) -> None:
    """Be a kernel until it ends."""
    sys.argv = ["ipykernel_launcher", *argv]
    app = Application.instance(kernel_class=Kernel, outstream_class=streams.Stream.__module__ + ".Stream")
    app.initialize(argv)
    app.start()


def run_forked(job: dict[str, Any]) -> None:
    """In a child of the fork server: take the job's environment and folder, then be its kernel."""
    os.environ.clear()
    os.environ.update(job["env"])
    time.tzset()
    if job["cwd"]:
        os.chdir(job["cwd"])
    # `random` seeds itself anew after a fork; the generators of NumPy and torch do not, and would give every
    # kernel of this server the same numbers, which fresh processes do not get.
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()
    if (torch := sys.modules.get("torch")) is not None and hasattr(torch, "default_generator"):
        torch.default_generator.seed()
        if (count := job["env"].get("OMP_NUM_THREADS", "")).isdigit():
            torch.set_num_threads(int(count))  # libgomp has read the variable already
    launch(job["argv"])


def main() -> None:
    """A plain kernel: end with the process that started it."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    launch(sys.argv[1:])


if __name__ == "__main__":
    main()

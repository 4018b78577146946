"""Starting one kernel: a stock AsyncKernelManager in a private folder, and our own handshake.

Imported late: jupyter_client takes a quarter of a second. Source of the handshake: jupyter_client's
`wait_for_ready` ends with 0.2 s of listening for silence, and a client that connects before the sockets exist
is tried again only after 100 ms.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from queue import Empty
from typing import Any, Final, Protocol

import zmq
from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.provisioning import KernelProvisionerFactory
from traitlets import Any as AnyTrait

from tui_tutor.core.errors import TutorError
from tui_tutor.kernels.fork_link import ForkLink
from tui_tutor.kernels.forking import ForkProvisioner
from tui_tutor.kernels.guarding import can_guard

INSIDE: Final = Path(__file__).with_name("inside.py")
PROVISIONERS: Final = {
    "tui-tutor-fork": "tui_tutor.kernels.forking:ForkProvisioner",
    "tui-tutor-guard": "tui_tutor.kernels.guarding:GuardProvisioner",
}
OPTIONS: Final = ("--HistoryManager.enabled=False", "--IPCompleter.use_jedi=False", "--log-level=CRITICAL")
# debugpy is never used in a lesson: 37 ms, 9 MB.
_NO_DEBUGGER: Final = (
    "import sys, runpy; sys.modules['debugpy'] = None; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
)
# Other people's kernels that are Python modules: nothing of the working folder may run as they start.
_AS_MODULE: Final = """\
import sys
sys.path[:] = [folder for folder in sys.path if folder]
import runpy
try:
    from IPython.core.application import BaseIPythonApplication
    from IPython.core.shellapp import InteractiveShellApp
    BaseIPythonApplication.load_config_file = lambda *_, **__: None
    InteractiveShellApp._run_startup_files = lambda _: None
except ImportError:
    pass
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
_RECEIVE_LIMIT: Final = 16  # messages that wait in our own queue
_CHANNELS: Final = ("shell", "iopub", "stdin", "control", "hb")


class Process(Protocol):
    """A kernel's process: forked, guarded or plain."""

    pid: int
    ended: asyncio.Future[int]

    def poll(self) -> int | None: ...

    def kill(self) -> None: ...


class PlainProcess:
    """A kernel that jupyter_client started as a command where no guard can; it leads a session of its own."""

    def __init__(self, process: Any) -> None:
        self.popen, self.pid = process, process.pid
        loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[int] = loop.create_future()
        try:
            self._pidfd = os.pidfd_open(self.pid)
            loop.add_reader(self._pidfd, self._note_end)
        except (OSError, AttributeError):  # not Linux
            self._pidfd = -1
            self._watch = loop.create_task(self._ask_again())

    def _note_end(self) -> None:
        if self._pidfd >= 0:
            asyncio.get_running_loop().remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = -1
        self.kill()  # the group may outlive its leader, which is not reaped yet
        if not self.ended.done():
            self.ended.set_result(self.popen.wait())

    async def _ask_again(self) -> None:
        while self.popen.poll() is None:  # noqa: ASYNC110 - nothing tells of the end here
            await asyncio.sleep(0.05)
        self._note_end()

    def poll(self) -> int | None:
        """The exit code, None while it lives."""
        return self.ended.result() if self.ended.done() else None

    def kill(self) -> None:
        """Kill the whole group."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except OSError:
            pass


class _Specs(KernelSpecManager):  # type: ignore[misc]
    """One kernel specification, fixed in code."""

    spec: KernelSpec

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return self.spec


class _Manager(AsyncKernelManager):  # type: ignore[misc]
    """A stock manager that carries the server its provisioner forks from, or what stands before a guard."""

    fork_link = AnyTrait()
    prefix = AnyTrait(())


@dataclass(slots=True)
class Life:
    """One kernel from its start to its end. `is_told`: its end is expected, or somebody knows of it."""

    manager: Any
    client: AsyncKernelClient
    process: Process
    folder: Path
    is_told: bool = False
    language: str = "python"
    version: str = ""

    async def end(self) -> None:
        """Kill it and all it started, and remove its folder."""
        self.is_told = True
        if self.process.poll() is None:
            self.process.kill()
            await asyncio.wait([self.process.ended], timeout=5)
        self.client.stop_channels()
        self.manager.provisioner.process = None
        await self.manager.cleanup_resources()
        for path in self.folder.iterdir():
            path.unlink(missing_ok=True)
        self.folder.rmdir()


@dataclass(frozen=True, slots=True)
class Plan:
    """What all kernels of one course have in common."""

    python: str
    kernel_name: str
    env: Mapping[str, str]
    cwd: str
    log: int
    prefix: Sequence[str] = ()


async def launch(plan: Plan, folder: Path, link: ForkLink | None) -> Life:
    """Start a kernel and shake hands; TutorError if it does not come."""
    manager = _manager(plan, folder, link)
    await manager.start_kernel(stdout=plan.log, stderr=plan.log, env=dict(plan.env), cwd=plan.cwd)
    process = manager.provisioner.process
    if not isinstance(manager.provisioner, ForkProvisioner):
        process = PlainProcess(process)
    client = manager.client(context=manager.context)
    life = Life(manager, client, process, folder)
    try:
        await _listening(manager, process)
        client.start_channels(hb=False)
        await _ready(life)
    except BaseException:
        await life.end()
        raise
    return life


def _manager(plan: Plan, folder: Path, link: ForkLink | None) -> Any:
    factory = KernelProvisionerFactory.instance()
    for name, target in PROVISIONERS.items():  # here, since a checkout is not installed
        factory.provisioners.setdefault(name, EntryPoint(name, target, factory.GROUP_NAME))
    specs = _Specs()
    specs.spec = _spec(plan)
    _provision(specs.spec, plan, "tui-tutor-fork" if link is not None else "tui-tutor-guard")
    manager = _Manager(
        transport="ipc",
        kernel_spec_manager=specs,
        connection_file=str(folder / "c"),
        fork_link=link,
        prefix=plan.prefix,
    )
    manager.ip = str(folder / "k")
    manager.context.setsockopt(zmq.RCVHWM, _RECEIVE_LIMIT)
    return manager


def _provision(spec: KernelSpec, plan: Plan, provisioner: str) -> None:
    """Say who starts the kernel; a kernel that brings a provisioner of its own keeps it."""
    own = spec.metadata.get("kernel_provisioner", {}).get("provisioner_name", "local-provisioner")
    if own == "local-provisioner" and can_guard():
        spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": provisioner}}
    else:
        spec.argv = [*plan.prefix, *spec.argv]


def _spec(plan: Plan) -> KernelSpec:
    if plan.kernel_name != "python3":
        try:
            spec = KernelSpecManager().get_kernel_spec(plan.kernel_name)
        except NoSuchKernel:
            raise TutorError(
                f"This course needs the Jupyter kernel {plan.kernel_name}, which is not installed here.",
                help="Install it, then open the course again; until then recorded outputs are shown.",
                exit_code=3,
            ) from None
        spec.argv = _without_folder(spec.argv)
        return spec
    argv = [plan.python, "-P", "-c", _NO_DEBUGGER, str(INSIDE), "-f", "{connection_file}", *OPTIONS]
    return KernelSpec(argv=argv, language="python", display_name="Python")


def _without_folder(argv: list[str]) -> list[str]:
    """A command that starts a module (`python -m NAME ...`), made to read nothing of its working folder."""
    place = next((n for n, word in enumerate(argv[1:], 1) if not word.startswith("-") or word == "-m"), 0)
    if not place or argv[place] != "-m" or len(argv) <= place + 1:
        return argv
    return [*argv[:place], "-c", _AS_MODULE, *argv[place + 1 :]]


async def _listening(manager: Any, process: Process) -> None:
    paths = [f"{manager.ip}-{getattr(manager, name + '_port')}" for name in _CHANNELS]
    await _until(lambda: all(map(os.path.exists, paths)), process)


async def _until(condition: Callable[[], bool], process: Process, limit_s: float = 30) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        if process.ended.done() or time.monotonic() > end:
            raise TutorError("The kernel did not start.", exit_code=3)
        await asyncio.sleep(0.001)


async def _ready(life: Life, limit_s: float = 30) -> None:
    """An idle status for our own request proves that both channels are connected."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end and not life.process.ended.done():
        request = life.client.kernel_info()
        if await _hears_idle(life.client, request):
            try:
                reply = await life.client.get_shell_msg(timeout=2)
            except Empty:  # it has much to do, or what came was for nobody
                continue
            language = reply["content"].get("language_info", {})
            life.language, life.version = language.get("name", ""), language.get("version", "")
            return
    raise TutorError("The kernel does not answer.", exit_code=3)


async def _hears_idle(client: AsyncKernelClient, request: str) -> bool:
    try:
        while True:
            message = await client.get_iopub_msg(timeout=0.05)
            is_ours = message["parent_header"].get("msg_id") == request
            if is_ours and message["content"].get("execution_state") == "idle":
                return True
    except Empty:
        return False

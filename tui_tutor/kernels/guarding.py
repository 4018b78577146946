"""Our end of a guard: kernels that are commands, of which nothing survives the application. Linux."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jupyter_client.connect import KernelConnectionInfo

from tui_tutor.kernels.forking import ForkProvisioner

GUARD: Final = Path(__file__).with_name("kernelguard.py")
_SIGNAL_S: Final = 0.05


def can_guard() -> bool:
    """Whether this system lets a process inherit the orphans of its descendants."""
    return sys.platform == "linux"


class Guarded:
    """A command under its guard: what jupyter_client needs of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, control: socket.socket, guard: subprocess.Popen[bytes]) -> None:
        self._control, self._guard, self.pid = control, guard, guard.pid
        self.returncode: int | None = None
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[int] = self._loop.create_future()
        control.setblocking(False)
        self._loop.add_reader(control, self._hear)

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        prefix: Sequence[str],
        env: Mapping[str, str],
        cwd: str | None,
        log: int,
    ) -> Guarded:
        """Start a command. OSError if its guard cannot be started."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                guard = subprocess.Popen(
                    [*prefix, sys.executable, "-I", "-S", str(GUARD), *command],
                    stdin=theirs.fileno(),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    env=dict(env),
                    cwd=cwd,
                )
            except BaseException:
                ours.close()
                raise
        return cls(ours, guard)

    def _hear(self) -> None:
        try:
            said = self._control.recv(100)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        self._loop.remove_reader(self._control)
        self._control.close()
        self._guard.wait()  # it leaves right after its answer
        self.returncode = int(said) if said else -signal.SIGKILL
        if not self.ended.done():
            self.ended.set_result(self.returncode)

    def poll(self) -> int | None:
        """The exit code, None while it or anything it started lives."""
        if self.returncode is None and select.select([self._control], [], [], 0)[0]:
            self._hear()
        return self.returncode

    async def wait(self) -> int:
        """The exit code, when there is one."""
        return await asyncio.shield(self.ended)

    def send_signal(self, signum: int) -> None:
        """Signal the command's whole group, by way of the guard."""
        if self.returncode is None:
            try:
                os.kill(self.pid, signal.SIGCONT)  # whoever stopped the guard must not keep us from it
                self._control.send(bytes([signum]))
            except OSError:
                pass  # it ends just now

    async def signal_arrived(self) -> None:
        """Its guard does not tell; it takes no longer than this."""
        await asyncio.sleep(_SIGNAL_S)

    def kill(self) -> None:
        """Kill the command and all it started."""
        self.send_signal(signal.SIGKILL)

    terminate = kill


class GuardProvisioner(ForkProvisioner):
    """Starts a kernel's command under a guard. The manager carries a sandbox's command as `prefix`."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """As a local process would be started; the log is its output."""
        self.process = Guarded.start(
            cmd, prefix=self.parent.prefix, env=kwargs["env"], cwd=kwargs.get("cwd"), log=kwargs["stdout"]
        )
        self.pid, self.pgid = self.process.pid, None
        return self.connection_info

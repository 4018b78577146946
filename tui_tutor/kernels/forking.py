"""The provisioner that lets jupyter_client's own manager get its kernels from our fork server."""

from __future__ import annotations

from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from tui_tutor.kernels.fork_link import ForkLink


class ForkProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Only launching, waiting and signalling differ from a local process.

    The manager carries the server as `fork_link`.
    """

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork instead of starting a command; everything from `-f` on is the kernel's own."""
        link: ForkLink = self.parent.fork_link
        argv = cmd[cmd.index("-f") :]
        self.process: Any = await link.fork(
            argv, env=kwargs["env"], cwd=kwargs.get("cwd"), log=kwargs["stdout"]
        )
        self.pid, self.pgid = self.process.pid, None
        return self.connection_info

    async def wait(self) -> int | None:
        """The exit code, told by a pidfd instead of by asking every 100 ms."""
        process: Any = self.process
        if process is None:
            return 0
        code: int = await process.wait()
        self.process = None
        return code

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel's group, by way of the server; returns when it has the signal."""
        if self.process:
            process = self.process
            process.send_signal(signum)
            await process.signal_arrived()

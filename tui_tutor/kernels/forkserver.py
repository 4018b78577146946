"""The fork server: a warm Python process that forks ready-made kernels. Standard library only; Linux.

Run by path (`python -P forkserver.py`) with one end of a SEQPACKET pair as standard input, so that it also
works inside a sandbox. It has no event loop, no zmq context and no thread: nothing that a fork would tear.
Requests and answers are JSON with file descriptors beside them:

    {"do": "fork", "id", "argv", "env", "cwd"} + log    -> {"id", "pid"} + pidfd; the child becomes a kernel
    {"do": "split", "id", "preload": [names]} + socket  -> {"id", "pid"} + pidfd; the child is such a server
    {"do": "signal", "pid", "signum"}                   -> {"signalled": pid}; to the whole process group
    (at start) {"ready": pid, "threads", "failed"}, (at a child's end) {"gone": pid, "code"}

When the other side of the pair closes, everything below the server is killed. As a child subreaper it also
inherits what a kernel left behind in sessions of its own.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from typing import Any

# What a kernel imports up to its first traceback; a name that a version lacks is skipped.
WARM = [
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.iostream",
    "ipykernel.displayhook",
    "ipykernel.zmqshell",
    "ipykernel.subshell_manager",
    "ipykernel.debugger",
    "ipykernel.comm.comm",
    "ipykernel.comm.manager",
    "IPython.core.completerlib",
    "IPython.core.magics",
    "IPython.core.pylabtools",
    "IPython.core.debugger",
    "IPython.core.debugger_backport",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.ultratb",
    "IPython.core.tbtools",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "pdb",
    "faulthandler",
    "stack_data",
    "executing",
    "pure_eval",
    "asttokens",
    "tornado.locks",
    "tornado.platform.asyncio",
    "tornado.queues",
    "zmq.eventloop.zmqstream",
    "pygments.formatters.terminal256",
    "pygments.styles",
    "unicodedata",
]

MAXIMUM = 1 << 18  # bytes of one message
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(HERE)
descendants: Any = importlib.import_module("descendants")
sys.path.remove(HERE)
Job = dict[str, Any]


class Server:
    """One server on one control socket."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.children: set[int] = set()
        self.wake, self.wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def warm_up(self, names: list[str], wanted: list[str]) -> None:
        """Import modules, tell how it went, and listen to children from now on."""
        failed = {}
        for name in [*names, *wanted]:
            if self.is_forsaken():
                sys.exit()
            try:
                importlib.import_module(name)
            except Exception as error:  # noqa: BLE001 - whatever a package's import may raise
                if name in wanted:
                    failed[name] = f"{type(error).__name__}: {error}"
        importlib.import_module("_tui_tutor_inside").warm_up()
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        # Keep the collector from touching, and so copying, what the kernels share.
        gc.collect()
        gc.freeze()
        threads = len(os.listdir("/proc/self/task"))
        send(self.control, {"ready": os.getpid(), "threads": threads, "failed": failed})

    def is_forsaken(self) -> bool:
        """Whether the other side has gone: nobody needs what takes seconds to import."""
        line = select.poll()
        line.register(self.control, 0)
        return bool(line.poll(0))

    def loop(self) -> tuple[Job, list[int]] | None:
        """Answer until the other side goes (None); in a child, what it should become."""
        while True:
            waiting: list[Any] = [self.control, self.wake]
            readable, _, _ = select.select(waiting, [], [])
            if self.wake in readable:
                self._reap()
            if self.control not in readable:
                continue
            request, descriptors = receive(self.control)
            if request is None:
                self._end()
                return None
            if request["do"] in ("fork", "split") and self._fork(request):
                return request, descriptors
            if request["do"] == "signal":
                self._signal(request)
            for descriptor in descriptors:
                os.close(descriptor)

    def _signal(self, request: Job) -> None:
        if request["pid"] in self.children:
            # Only here is it certain that the number is still this child's: not yet reaped.
            descendants.signal_group(request["pid"], request["signum"])
        send(self.control, {"signalled": request["pid"]})

    def _fork(self, request: Job) -> bool:
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            for descriptor in (self.control.detach(), self.wake, self.wake_write):
                os.close(descriptor)
            os.setsid()
            descendants.die_with_parent(server)
            return True
        self.children.add(pid)
        pidfd = os.pidfd_open(pid)
        send(self.control, {"pid": pid, "id": request["id"]}, [pidfd])
        os.close(pidfd)
        return False

    def _reap(self) -> None:
        try:
            os.read(self.wake, 65536)
        except BlockingIOError:
            pass
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self.children:
                self._bury(pid, os.waitstatus_to_exitcode(status))

    def _bury(self, pid: int, code: int) -> None:
        try:
            os.killpg(pid, signal.SIGKILL)  # the group may outlive its leader
        except OSError:
            pass
        self.children.discard(pid)
        descendants.kill_strays(self.children)
        send(self.control, {"gone": pid, "code": code})

    def _end(self) -> None:
        for pid in self.children:
            descendants.signal_group(pid, signal.SIGKILL)
        descendants.kill_strays(set())


def send(to: socket.socket, message: Job, descriptors: list[int] | None = None) -> None:
    """Send one message; if the application is gone the next read says so."""
    try:
        socket.send_fds(to, [json.dumps(message).encode()], descriptors or [])
    except OSError:
        pass


def receive(source: socket.socket) -> tuple[Job | None, list[int]]:
    """One message and its descriptors; None at the end."""
    try:
        data, descriptors, _, _ = socket.recv_fds(source, MAXIMUM, 4, socket.MSG_CMSG_CLOEXEC)
    except ConnectionResetError:
        return None, []
    return (json.loads(data) if data else None), descriptors


def take_output(log: int) -> None:
    """Make a log file this process's output and forget the server's signal habits."""
    for target in (1, 2):
        os.dup2(log, target)
    os.close(log)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def serve(control: int, names: list[str], preload: list[str]) -> tuple[Job, list[int]] | None:
    """Be a server; in a forked child, return what to become (the server's frames are gone then)."""
    descendants.adopt_orphans()
    server = Server(socket.socket(fileno=control))
    server.warm_up(names, preload)
    return server.loop()


def main() -> None:
    """Serve on standard input; in a child, become that kernel or that server."""
    control = os.dup(0)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # never used in a lesson: 37 ms, 9 MB
    sys.path.append(HERE)
    inside = sys.modules["_tui_tutor_inside"] = importlib.import_module("inside")
    sys.path.remove(HERE)
    names = WARM
    preload: list[str] = []
    while (turn := serve(control, names, preload)) is not None:
        job, descriptors = turn
        if job["do"] == "fork":
            take_output(descriptors[0])
            del turn, descriptors
            inside.run_forked(job)
            return
        control, names, preload = descriptors[0], [], job["preload"]


if __name__ == "__main__":
    main()

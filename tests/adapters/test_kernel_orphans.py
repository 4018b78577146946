"""After any end of the application nothing runs on, not even in a session of its own."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest

from tests.adapters.kernels import end_of, events_of, gone, in_kernel, interrupted, processes_named, text_of
from tui_tutor.kernels.fork_link import SERVER
from tui_tutor.kernels.guarding import GUARD
from tui_tutor.kernels.jupyter import JupyterKernel
from tui_tutor.kernels.run_folder import RunFolder

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

DAEMON = "import subprocess; p = subprocess.Popen(['sleep', '{0}'], start_new_session=True)"
APP = """
import asyncio, sys
from tui_tutor.kernels.fork_link import SERVER
from tui_tutor.kernels.jupyter import JupyterKernel
from tui_tutor.kernels.shell import ShellRunner
async def main(folder, mark, way):
    name = "python3" if way == "forked" else way
    kernel = JupyterKernel(sys.executable, cwd=folder, kernel_name=name, may_fork=way == "forked")
    shell = ShellRunner(folder)
    start = "import os, subprocess as s; start = lambda *first: s.Popen([*first, 'sleep', '%s']).pid; "
    start += "os.system('setsid -f sleep %s'); print(os.getpid(), start(), start('setsid'))"
    start = start.replace("%s", mark)
    async for event in kernel.run(start, timeout_s=60):
        print(getattr(event, "text", ""), end="", flush=True)
    async def spin():
        async for event in kernel.run("import re; re.match('(a+)+$', 'a' * 60 + 'b')", timeout_s=600): pass
    spinning = asyncio.create_task(spin())
    async for event in shell.run("setsid sleep %s & echo $$ $!; sleep %s" % (mark, mark), timeout_s=60):
        print(getattr(event, "text", ""), end="", flush=True)
asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("way", ["forked", "python3", "other"])
def test_a_killed_application_leaves_no_process(
    signum: signal.Signals, way: str, tmp_path: Path, other_kernel: str
):
    mark = f"9{int(signum):02}{len(way)}7{os.getpid()}"
    app = subprocess.Popen([sys.executable, "-c", APP, str(tmp_path), mark, way], stdout=subprocess.PIPE)
    assert app.stdout is not None
    pids = [int(word) for _ in range(2) for word in app.stdout.readline().split()]
    app.send_signal(signum)
    app.wait()
    app.stdout.close()
    assert len(pids) == 5
    assert [pid for pid in (*pids, *processes_named(mark)) if not asyncio.run(gone(pid))] == []


@pytest.mark.parametrize("act", ["close", "restart", "die"])
@pytest.mark.parametrize("way", ["forked", "python3", "other"])
def test_an_ended_kernel_leaves_no_process(act: str, way: str, tmp_path: Path, other_kernel: str):
    mark = f"98{len(act)}55{len(way)}{os.getpid()}"
    name = other_kernel if way == "other" else "python3"

    async def go(kernel: JupyterKernel) -> bool:
        events = await events_of(kernel, DAEMON.format(mark) + "; print(p.pid)")
        daemon = int(text_of(events))
        if act == "die":
            await events_of(kernel, "import os; os._exit(1)")
        else:
            await getattr(kernel, act)()
        return await gone(daemon)

    assert in_kernel(tmp_path, go, kernel_name=name, may_fork=way == "forked")
    assert processes_named(mark) == []


def test_a_guard_that_was_stopped_or_killed_leaves_no_kernel(tmp_path: Path):
    async def go(kernel: JupyterKernel, signum: signal.Signals) -> int:
        pid, guard = text_of(await events_of(kernel, "import os; print(os.getpid(), os.getppid())")).split()
        os.kill(int(guard), signum)
        await kernel.close()
        return int(pid)

    for signum in (signal.SIGSTOP, signal.SIGKILL):
        kernel = in_kernel(tmp_path, partial(go, signum=signum), may_fork=False)
        assert asyncio.run(gone(kernel))


@pytest.mark.parametrize(("signum", "reason"), [(signal.SIGTERM, "SIGTERM"), (signal.SIGUSR1, "SIGUSR1")])
def test_a_signal_for_the_guard_is_the_kernels(signum: signal.Signals, reason: str, tmp_path: Path):
    async def go(kernel: JupyterKernel) -> str:
        guard = int(text_of(await events_of(kernel, "import os; print(os.getppid())")))
        told = asyncio.create_task(kernel.died())
        await asyncio.sleep(0)
        os.kill(guard, signum)
        return await asyncio.wait_for(told, 10)

    assert reason in in_kernel(tmp_path, go, may_fork=False)


def test_where_the_fork_server_fails_kernels_stand_under_a_guard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tui_tutor.kernels.fork_link.SERVER", tmp_path / "nowhere.py")

    async def go(kernel: JupyterKernel) -> tuple[bool, bool]:
        notes = (await kernel.start()).notes
        parent = int(text_of(await events_of(kernel, "import os; print(os.getppid())")))
        return notes != (), parent in processes_named(str(GUARD), parent=os.getpid())

    assert in_kernel(tmp_path, go) == (True, True)


@pytest.mark.parametrize("source", ["while True: pass", "import time; time.sleep(600)"])
def test_the_interrupt_of_a_guarded_kernel_spares_its_guard(source: str, tmp_path: Path, other_kernel: str):
    async def go(kernel: JupyterKernel) -> tuple[str, str, str]:
        source_of_parent = "import os; print(os.getppid())"
        before = text_of(await events_of(kernel, source_of_parent))
        end = end_of(await interrupted(kernel, f"print('on')\n{source}"))
        return end.outcome, before, text_of(await events_of(kernel, source_of_parent))

    outcome, before, after = in_kernel(tmp_path, go, kernel_name=other_kernel)
    assert (outcome, before) == ("interrupted", after)


def test_a_kernel_runs_and_ends_where_no_guard_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tui_tutor.kernels.launching.can_guard", lambda: False)

    async def go(kernel: JupyterKernel) -> tuple[int, int]:
        pid, parent = text_of(await events_of(kernel, "import os; print(os.getpid(), os.getppid())")).split()
        return int(pid), int(parent)

    kernel, parent = in_kernel(tmp_path, go, may_fork=False)
    assert parent == os.getpid()
    assert asyncio.run(gone(kernel))


@pytest.mark.parametrize("wait_s", [0, 0.05, 0.3])
def test_a_kernel_closed_while_it_starts_leaves_no_process(wait_s: float, tmp_path: Path):
    async def go(kernel: JupyterKernel) -> None:
        starting = asyncio.create_task(kernel.start())
        await asyncio.sleep(wait_s)
        await kernel.close()
        await asyncio.wait([starting])

    in_kernel(tmp_path, go, preload=("unittest.mock",))
    assert processes_named(str(SERVER), parent=os.getpid()) == []


def test_a_start_given_up_while_a_server_imports_modules_ends_in_silence(tmp_path: Path):
    source = f"import signal\nopen({str(tmp_path / 'began')!r}, 'w').close()\nsignal.pause()"
    (tmp_path / "endless.py").write_text(source)
    said: list[str] = []

    async def act(kernel: JupyterKernel) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context["message"]))
        starting = asyncio.create_task(kernel.start())
        while not (tmp_path / "began").exists():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        starting.cancel()
        await asyncio.wait([starting])
        await kernel.close()
        gc.collect()
        await asyncio.sleep(0)

    in_kernel(tmp_path, act, preload=("endless",), env={"PYTHONPATH": str(tmp_path)})
    assert said == []


def test_a_closed_kernel_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    runtime = Path(tempfile.mkdtemp(prefix="r"))  # pytest's own folder is too long for a socket
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    seen = []

    async def go(kernel: JupyterKernel) -> None:
        await kernel.start()
        seen.extend(runtime.iterdir())
        assert [path.stat().st_mode & 0o777 for path in seen] == [0o700]

    in_kernel(tmp_path, go)
    assert len(seen) == 1
    assert list(runtime.iterdir()) == []
    runtime.rmdir()


def test_what_a_killed_application_left_is_swept_away_and_what_is_used_is_not(
    monkeypatch: pytest.MonkeyPatch,
):
    with tempfile.TemporaryDirectory(prefix="r") as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        used, left = RunFolder(), RunFolder()
        os.close(left.log)
        new = RunFolder()
        assert (used.path.exists(), left.path.exists(), new.path.exists()) == (True, False, True)
        used.remove()
        new.remove()


def test_a_lost_server_is_replaced(tmp_path: Path):
    async def go(kernel: JupyterKernel) -> str:
        await events_of(kernel, "1")
        (server,) = processes_named(str(SERVER), parent=os.getpid())
        os.kill(server, signal.SIGKILL)
        await asyncio.wait_for(kernel.died(), 10)
        return text_of(await events_of(kernel, "print('again')"))

    assert in_kernel(tmp_path, go) == "again\n"

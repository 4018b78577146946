"""After any end of the application nothing runs on, not even in a session of its own."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.adapters.kernels import events_of, gone, in_kernel, processes_named, text_of
from tui_tutor.kernels.fork_link import SERVER
from tui_tutor.kernels.jupyter import JupyterKernel
from tui_tutor.kernels.run_folder import RunFolder

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

DAEMON = "import subprocess; p = subprocess.Popen(['sleep', '{0}'], start_new_session=True)"
APP = """
import asyncio, sys
from tui_tutor.kernels.fork_link import SERVER
from tui_tutor.kernels.jupyter import JupyterKernel
from tui_tutor.kernels.shell import ShellRunner
async def main(folder, mark, may_fork):
    kernel = JupyterKernel(sys.executable, cwd=folder, may_fork=may_fork == "forked")
    shell = ShellRunner(folder)
    start = "import os, subprocess; p = subprocess.Popen(['sleep', '%s'], start_new_session=%s)"
    start %= mark, may_fork == "forked"
    async for event in kernel.run(start + "; print(os.getpid(), p.pid)", timeout_s=60):
        print(getattr(event, "text", ""), end="", flush=True)
    async def spin():
        async for event in kernel.run("import re; re.match('(a+)+$', 'a' * 60 + 'b')", timeout_s=600): pass
    spinning = asyncio.create_task(spin())
    async for event in shell.run("setsid sleep %s & echo $$ $!; sleep %s" % (mark, mark), timeout_s=60):
        print(getattr(event, "text", ""), end="", flush=True)
asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("way", ["forked", "plain"])
def test_a_killed_application_leaves_no_process(signum: signal.Signals, way: str, tmp_path: Path):
    mark = f"9{int(signum):02}{len(way)}7"
    app = subprocess.Popen([sys.executable, "-c", APP, str(tmp_path), mark, way], stdout=subprocess.PIPE)
    assert app.stdout is not None
    pids = [int(word) for _ in range(2) for word in app.stdout.readline().split()]
    app.send_signal(signum)
    app.wait()
    app.stdout.close()
    left = [pid for pid in pids if not asyncio.run(gone(pid))]
    if way == "plain":  # without the server a group is all that can be reached, and only while we live
        left = [pid for pid in left if pid != pids[1]]
        subprocess.run(["kill", "-9", str(pids[1])], check=False)
    assert left == []


@pytest.mark.parametrize("act", ["close", "restart", "die"])
def test_an_ended_kernel_leaves_no_process(act: str, tmp_path: Path):
    mark = f"98{len(act)}55"

    async def go(kernel: JupyterKernel) -> bool:
        events = await events_of(kernel, DAEMON.format(mark) + "; print(p.pid)")
        daemon = int(text_of(events))
        if act == "die":
            await events_of(kernel, "import os; os._exit(1)")
        else:
            await getattr(kernel, act)()
        return await gone(daemon)

    assert in_kernel(tmp_path, go)
    assert processes_named(mark) == []


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

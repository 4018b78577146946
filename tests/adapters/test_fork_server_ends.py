"""The fork server and its kernels end with whoever asked for them, at any moment."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

import tui_tutor.kernels
from tests.adapters.kernels import events_of, text_of
from tui_tutor.kernels import servers
from tui_tutor.kernels.jupyter import JupyterKernel

FOLDER = Path(tui_tutor.kernels.__file__).parent
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the fork server is Linux's"),
]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A fork server at a path of its own, by which its processes are known."""
    for file in FOLDER.glob("*.py"):
        shutil.copy(file, tmp_path)
    return tmp_path / "forkserver.py"


@contextmanager
def server(program: Path) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        started = subprocess.Popen([sys.executable, "-P", str(program)], stdin=theirs.fileno())
        theirs.close()
        try:
            yield started, ours
        finally:
            started.kill()
            started.wait()


def ask_for_a_kernel(line: socket.socket) -> None:
    log = os.open(os.devnull, os.O_RDWR)
    request = {"do": "fork", "id": 1, "argv": ["kernel"], "env": {}, "cwd": "/"}
    socket.send_fds(line, [json.dumps(request).encode()], [log])
    os.close(log)


def test_a_server_whose_application_goes_while_it_warms_up_ends(program: Path) -> None:
    with server(program) as (started, line):
        line.close()
        assert started.wait(timeout=20) == 0


def test_a_kernel_whose_server_is_killed_as_it_is_forked_ends(program: Path) -> None:
    """A parent that died before the child asked to die with it sends no signal any more."""
    chance = random.Random(1)
    for _ in range(25):
        with server(program) as (started, line):
            line.recv(1 << 18)  # it is ready
            ask_for_a_kernel(line)
            time.sleep(chance.random() * 0.004)  # any moment will do: that is the point
            started.kill()
    orphans = [one for one in psutil.process_iter(["cmdline"]) if str(program) in (one.info["cmdline"] or ())]
    _, alive = psutil.wait_procs(orphans, timeout=5)
    for process in alive:
        process.kill()
    assert alive == []


HANGS_AS_A_SERVER = f"""#!/bin/sh
case "$*" in *forkserver.py) exec sleep 1000;; esac
exec {sys.executable} "$@"
"""


def test_a_server_that_never_gets_ready_is_done_without(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(servers, "_READY_S", 0.5)
    python = tmp_path / "python"
    python.write_text(HANGS_AS_A_SERVER)
    python.chmod(0o755)

    async def go() -> tuple[str, tuple[str, ...]]:
        kernel = JupyterKernel(str(python), cwd=str(tmp_path))
        try:
            return text_of(await events_of(kernel, "print(6 * 7)")), (await kernel.start()).notes
        finally:
            await kernel.close()

    said, notes = asyncio.run(go())
    assert said == "42\n"
    assert notes == ("kernels start more slowly: the fork server does not work here",)

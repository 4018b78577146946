"""A real SSH line to this machine: it is cut, or falls silent, and another one goes on with the session."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.pty_driver import PtyDriver
from tests.builders import a_code, a_course_folder, a_lesson, a_text_quiz
from tests.e2e.playing import ROOT, Player
from tests.e2e.test_attach import begin_long_run, let_it_finish, no_session_is_left
from tests.e2e.test_screen_journey import leave

pytestmark = pytest.mark.slow

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or ""
NOISY_RUN = """
import time
from pathlib import Path
print('be' + 'gun')
while not Path('go').exists():
    print('noise ' * 200)
print('fini' + 'shed')
Path('done').touch()
"""


@dataclass(frozen=True)
class Line:
    """Logs in to this machine as whoever runs the tests."""

    folder: Path
    port: int
    data: Path

    def on_a_terminal(
        self, *arguments: str, width: int = 80, height: int = 24
    ) -> AbstractContextManager[PtyDriver]:
        """`tui-tutor` with these arguments at the other end."""
        command = [
            "env", f"PYTHONPATH={ROOT}", f"TUI_TUTOR_DATA={self.data}", "LANG=C.UTF-8",
            sys.executable, "-m", "tui_tutor", *arguments,
        ]  # fmt: skip
        ssh = ["ssh", "-tt", "-F", "none", "-i", str(self.folder / "key"), "-p", str(self.port)]
        for option in ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"):
            ssh += ["-o", option]
        return PtyDriver([*ssh, "127.0.0.1", shlex.join(command)], width=width, height=height)


@pytest.fixture
def line(player: Player, tmp_path: Path) -> Iterator[Line]:
    if not SSHD or not shutil.which("ssh"):
        pytest.skip("there is no sshd and ssh here")
    if os.getuid() != 0 or not Path("/run/sshd").is_dir():
        pytest.skip("sshd gives terminals to logins only where root starts it, with a folder /run/sshd")
    folder = tmp_path / "ssh"
    folder.mkdir(mode=0o700)
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "Port": port, "ListenAddress": "127.0.0.1", "HostKey": folder / "host", "PidFile": "none",
        "AuthorizedKeysFile": folder / "key.pub", "StrictModes": "no", "UsePAM": "no",
        "PasswordAuthentication": "no", "PermitRootLogin": "yes",
    }  # fmt: skip
    (folder / "conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    server = subprocess.Popen([SSHD, "-D", "-e", "-f", folder / "conf"], stderr=subprocess.PIPE)
    try:
        _wait_for_server(port, server)
        yield Line(folder, port, player.data)
    finally:
        server.terminate()
        server.wait(10)


def _wait_for_server(port: int, server: subprocess.Popen[bytes]) -> None:
    while True:
        if server.poll() is not None:
            assert server.stderr is not None
            pytest.skip(f"sshd does not start: {server.stderr.read().decode().strip()}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return


def a_folder(parent: Path, run: str) -> str:
    return str(a_course_folder(parent, lessons=(a_lesson((a_text_quiz(), a_code(run)), title="First"),)))


QUIET_RUN = NOISY_RUN.replace("print('noise ' * 200)", "time.sleep(0.02)")


def test_a_line_that_is_cut_leaves_the_run_alive_and_a_new_one_goes_back(
    player: Player, line: Line, tmp_path: Path
) -> None:
    with line.on_a_terminal("learn", a_folder(tmp_path, QUIET_RUN), "--trust", "once") as terminal:
        begin_long_run(terminal)
        os.kill(terminal.pid, signal.SIGKILL)
        terminal.wait_for_end()
    let_it_finish(player)
    with line.on_a_terminal("attach", width=132, height=40) as terminal:
        terminal.wait_for("finished")
        terminal.wait_for("✓ ran")
        assert leave(terminal) == 0
        assert terminal.modes_left_on() == set()
    assert no_session_is_left(player)


def test_a_silent_line_keeps_neither_the_run_nor_a_new_line_waiting(
    player: Player, line: Line, tmp_path: Path
) -> None:
    with line.on_a_terminal("learn", a_folder(tmp_path, NOISY_RUN), "--trust", "once") as silent:
        silent.wait_for("What runs the code?")
        silent.press("ctrl+down", "f5")
        silent.wait_for("F9 stop")
        os.kill(silent.pid, signal.SIGSTOP)
        with line.on_a_terminal("attach", width=60, height=20) as terminal:
            terminal.wait_for("F9 stop")
            let_it_finish(player)
            terminal.wait_for("finished")
            assert leave(terminal) == 0
            assert terminal.modes_left_on() == set()
        os.kill(silent.pid, signal.SIGCONT)
        silent.wait_for("This session goes on in another terminal.")
        assert silent.wait_for_end() == 0
        assert silent.modes_left_on() == set()
    assert (next((player.data / "workspaces").iterdir()) / "done").exists()
    assert no_session_is_left(player)

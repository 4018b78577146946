"""What `tui-tutor doctor` says of sessions that run, and of machines that end them."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.e2e.playing import Player
from tests.e2e.test_attach import SSH, a_folder
from tui_tutor.cli.logout import ends_all_at_logout

# --- sessions ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_doctor_lists_running_sessions_and_clears_what_dead_ones_left(player: Player, tmp_path: Path) -> None:
    assert "sessions none" in player.run("doctor").stdout
    folder = str(a_folder(tmp_path))
    for _ in range(2):
        with player.on_a_terminal("learn", folder, **SSH) as terminal:
            terminal.wait(lambda: "What runs the code?" in terminal.text() or "> " in terminal.text())
            if "A session is still running" in terminal.text():
                terminal.type("n\r")
            terminal.wait_for("What runs the code?")
            terminal.hang_up()
            terminal.wait_for_end()
    found = json.loads(player.run("doctor", "--json").stdout)["sessions"]
    assert [(session["shows"], session["runs"]) for session in found] == [("A course, first", "")] * 2
    said = player.run("doctor").stdout
    assert "sessions 2" in said
    assert f"{found[0]['session']} " in said
    os.kill(found[0]["session"], signal.SIGKILL)
    [left] = json.loads(player.run("doctor", "--json").stdout)["sessions"]
    assert left["session"] == found[1]["session"]
    os.kill(left["session"], signal.SIGTERM)


# --- machines that end all at logout ----------------------------------------------------------------

LOGIN = "0::/user.slice/user-1000.slice/session-4.scope\n"
OWN = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-u1.scope\n"


def a_machine(root: Path, cgroup: str = LOGIN, **files: str) -> Path:
    (root / "run/systemd/system").mkdir(parents=True)
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(cgroup)
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_conf", ".conf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "is_ended"),
    [
        ({}, False),
        ({"etc__systemd__logind_conf": "[Login]\n#KillUserProcesses=no\n"}, False),
        ({"etc__systemd__logind_conf": "[Login]\n#KillUserProcesses=yes\n"}, True),
        ({"etc__systemd__logind_conf": "[Login]\nKillUserProcesses = yes\n"}, True),
        ({"etc__systemd__logind_conf": "KillUserProcesses=yes\nKillExcludeUsers=root ada\n"}, False),
        ({"etc__systemd__logind_conf": "KillUserProcesses=yes\nKillOnlyUsers=bob\n"}, False),
        (
            {
                "etc__systemd__logind_conf": "KillUserProcesses=no\n",
                "usr__lib__systemd__logind_conf.d__10-a_conf": "KillUserProcesses=yes\n",
            },
            True,
        ),
        (
            {
                "etc__systemd__logind_conf.d__10-a_conf": "KillUserProcesses=no\n",
                "usr__lib__systemd__logind_conf.d__10-a_conf": "KillUserProcesses=yes\n",
            },
            False,
        ),
    ],
)
def test_logind_is_read_as_its_manual_says(files: dict[str, str], is_ended: bool, tmp_path: Path) -> None:
    assert ends_all_at_logout(a_machine(tmp_path, **files), user="ada") is is_ended


def test_what_the_users_own_manager_started_is_not_ended(tmp_path: Path) -> None:
    root = a_machine(tmp_path, OWN, etc__systemd__logind_conf="KillUserProcesses=yes\n")
    assert not ends_all_at_logout(root, user="ada")


def test_without_systemd_nothing_is_said(tmp_path: Path) -> None:
    assert not ends_all_at_logout(tmp_path, user="ada")

"""`verify` lets a course reach the network only if it asks and whoever verifies it says so."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import a_code, a_course_folder
from tests.e2e.playing import Player
from tui_tutor.core.course import Permissions
from tui_tutor.kernels.sandbox.layers import probe

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not probe().bubblewrap and probe().landlock_abi < 4, reason="nothing here closes the network"
    ),
]
ASKED = "The course asks for the network; it runs without: --network allows it."
UNASKED = "The course does not ask for the network (`[permissions] network = true`): it runs without."


@pytest.fixture
def port() -> Iterator[int]:
    """Of a server on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("asks", "options", "reaches", "said"),
    [
        (True, ("--network",), True, ""),
        (True, (), False, ASKED),
        (False, ("--network",), False, UNASKED),
        (False, (), False, ""),
    ],
)
def test_the_network_is_there_only_if_the_course_asks_and_its_author_agrees(
    asks: bool, options: tuple[str, ...], reaches: bool, said: str, player: Player, tmp_path: Path, port: int
):
    cell = a_code(f"import socket; socket.create_connection(('127.0.0.1', {port}), 5).close()")
    folder = a_course_folder(tmp_path, cells=[cell], permissions=Permissions(network=asks))
    done = player.run("verify", str(folder), "--json", *options)
    notes = [line for line in done.stderr.splitlines() if "network" in line]
    assert (json.loads(done.stdout)["ok"], notes) == (reaches, [said] if said else [])


def test_what_ran_without_the_network_is_not_believed_with_it(player: Player, tmp_path: Path, port: int):
    source = f"import socket; print(socket.socket().connect_ex(('127.0.0.1', {port})) == 0)"
    cell = a_code(source, output="True")
    folder = a_course_folder(tmp_path, cells=[cell], permissions=Permissions(network=True))
    outcomes = [player.run("verify", str(folder), *options).returncode for options in ((), ("--network",))]
    assert outcomes == [4, 0]

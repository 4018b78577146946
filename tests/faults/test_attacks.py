"""Every attack of the matrix, in every level that this machine has: what succeeds is what the level names.

An attack that fails here without any sandbox (a port that is taken, a system that forbids it) proves nothing,
and is left out of the comparison.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults import attacks
from tui_tutor.kernels.environment import clean_environment
from tui_tutor.kernels.sandbox.confining import Sandbox
from tui_tutor.kernels.sandbox.layers import Layers, probe

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the matrix is about Linux"),
]

FILES, NETWORK = "reading and changing your files", "the network"
OTHERS = "other programs of yours and their sockets"
SIGNALS, PERMISSIONS = "signals to your other programs, abstract sockets", "the permissions of your files"
LIVING = """\
import signal, sys
signal.signal(signal.SIGUSR1, lambda *_: None)
print("ready", flush=True)
sys.stdin.read()
"""
# Which words of a level's list an attack is covered by, where it succeeds.
WORDS = {
    "read_a_key": (FILES,),
    "read_the_record": (FILES,),
    "list_the_home": (FILES,),
    "write_a_start_file": (FILES,),
    "empty_a_file": (FILES, "emptying files that can be found"),
    "remove_a_file": (FILES,),
    "change_permissions": (FILES, PERMISSIONS),
    "write_in_the_temporary_folder": (FILES,),
    "read_shared_memory": (FILES, "shared memory in /dev/shm"),
    "connect_by_tcp": (NETWORK, "TCP"),
    "send_by_udp": (NETWORK, "UDP"),
    "connect_to_a_path": (OTHERS, "sockets of your other programs that have a path"),
    "connect_to_an_abstract_name": (OTHERS, SIGNALS),
    "signal_another": (OTHERS, SIGNALS),
    "trace_another": (OTHERS,),
    "read_the_environment_of_another": (OTHERS,),
    "read_a_secret_variable": (),
    "write_300_mb": (),
    "take_6_gb": (),
    "fork_300_times": ("the number of processes, because you are root",),
    "make_a_user_namespace": ("new user namespaces",),
}


def levels() -> Iterator[Any]:
    """Every combination of layers that works here, the old forms of each too."""
    here = probe()
    full = [Layers(here.bubblewrap, here.options, abi) for abi in {here.landlock_abi, 0}]
    full += [Layers(here.bubblewrap, frozenset(), here.landlock_abi)]
    found = full if here.bubblewrap else []
    found += [Layers(landlock_abi=abi) for abi in range(1, here.landlock_abi + 1)]
    for one in [*found, Layers()]:
        yield pytest.param(one, id=f"{one.confinement.level}: {', '.join(one.confinement.layers)}")
    if not here.bubblewrap:
        why = pytest.mark.skip(reason="bubblewrap is not installed, or may not make namespaces")
        yield pytest.param(None, id="full", marks=why)


@dataclass
class Victims:
    """What is attacked: a home, a record, listeners, a process of the same user."""

    home: Path
    data: Path
    facts: dict[str, Any]
    listeners: dict[str, socket.socket]
    victim: subprocess.Popen[bytes]

    def restore(self) -> None:
        """As it was before any attack."""
        (self.home / ".bashrc").write_text("# mine\n")
        (self.home / ".bashrc").chmod(0o600)
        (self.home / "letter").write_text("Dear all")
        (self.home / "photo").write_text("smile")
        Path(self.facts["temporary"]).unlink(missing_ok=True)

    def judged(self, said: dict[str, bool]) -> set[str]:
        """The attacks that have succeeded: said so, and seen from outside where that can be seen."""
        kept = self.home / ".bashrc"
        seen = {
            "write_a_start_file": "evil" in kept.read_text(),
            "change_permissions": kept.stat().st_mode & 0o777 == 0o777,
            "empty_a_file": not (self.home / "letter").read_text(),
            "remove_a_file": not (self.home / "photo").exists(),
            "write_in_the_temporary_folder": Path(self.facts["temporary"]).exists(),
            "send_by_udp": bool(select.select([self.listeners["udp"]], [], [], 0.1)[0]),
        }
        if seen["send_by_udp"]:
            self.listeners["udp"].recv(100)
        return {name for name, has_succeeded in {**said, **seen}.items() if has_succeeded}


@pytest.fixture
def victims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Victims]:
    secret, mark = uuid.uuid4().hex, uuid.uuid4().hex[:8]
    home, data = tmp_path / "home", tmp_path / "home/.local/share/tui-tutor"
    for folder in (home / ".ssh", data):
        folder.mkdir(parents=True)
    (home / ".ssh/id_ed25519").write_text(secret)
    (data / "progress.db").write_text(f"answers {secret}")
    shared = Path(f"/dev/shm/{mark}")
    shared.write_text(secret)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    with contextlib.ExitStack() as stack:
        sockets: dict[str, socket.socket] = {}
        place = tempfile.mkdtemp(prefix="v-", dir="/tmp")
        for name, family, kind, address in (
            ("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("path", socket.AF_UNIX, socket.SOCK_STREAM, f"{place}/agent"),
            ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{mark}"),
        ):
            one = sockets[name] = stack.enter_context(socket.socket(family, kind))
            one.bind(address)
            if kind == socket.SOCK_STREAM:
                one.listen(100)
        victim = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", LIVING],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"TOKEN": secret},
        )
        assert victim.stdout is not None
        victim.stdout.readline()
        facts = {
            "secret": secret,
            "home": str(home),
            "key": str(home / ".ssh/id_ed25519"),
            "record": str(data / "progress.db"),
            "temporary": f"{tempfile.gettempdir()}/{mark}",
            "shared": str(shared),
            "tcp": sockets["tcp"].getsockname()[1],
            "udp": sockets["udp"].getsockname()[1],
            "socket": f"{place}/agent",
            "abstract": mark,
            "victim": victim.pid,
        }
        try:
            yield Victims(home, data, facts, sockets, victim)
        finally:
            victim.kill()
            victim.wait()
            shared.unlink()
            Path(facts["temporary"]).unlink(missing_ok=True)
            Path(facts["socket"]).unlink()
            Path(place).rmdir()


def attacked(victims: Victims, layers: Layers | None, workspace: Path) -> set[str]:
    """The names of the attacks that succeed in a level; None: without any."""
    workspace.mkdir(exist_ok=True)
    program = workspace / "attacks.py"
    program.write_bytes(Path(attacks.__file__).read_bytes())
    victims.restore()
    sandbox, prefix, private = None, (), dict(os.environ)
    if layers is not None:
        sandbox = Sandbox(
            layers, workspace=str(workspace), pythons=[sys.executable], hidden=[str(victims.data)]
        )
        prefix, private = sandbox.command(), {**clean_environment(), **sandbox.environment()}
    try:
        done = subprocess.run(
            [*prefix, sys.executable, "-I", "-S", str(program), json.dumps(victims.facts)],
            cwd=workspace,
            env=private,
            stdout=subprocess.PIPE,
            start_new_session=True,
            timeout=120,
            check=True,
        )
    finally:
        if sandbox is not None:
            sandbox.close()
    return victims.judged(json.loads(done.stdout))


@pytest.mark.parametrize("layers", list(levels()))
def test_what_a_level_does_not_cover_is_exactly_what_attacks_show(
    victims: Victims, layers: Layers, tmp_path: Path
):
    possible = attacked(victims, None, tmp_path / "free")
    succeeded = attacked(victims, layers, tmp_path / "w") & possible
    uncovered = set(layers.confinement.uncovered)
    unnamed = {name for name in succeeded if not uncovered & set(WORDS[name])}
    shown = {word for name in succeeded for word in WORDS[name]}
    unproven = {word for name in set(WORDS) - possible for word in WORDS[name]}
    assert (unnamed, uncovered - shown - unproven) == (set(), set())


def test_the_matrix_is_about_attacks_that_succeed_without_a_sandbox(victims: Victims, tmp_path: Path):
    possible = attacked(victims, None, tmp_path / "free")
    system = {"trace_another", "make_a_user_namespace", "fork_300_times", "take_6_gb"}  # may forbid them
    assert set(WORDS) - possible <= system
    assert victims.victim.poll() is None

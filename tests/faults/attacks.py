"""What code of a hostile course would try, as a program: standard library only, run inside every level.

`python -I -S attacks.py FACTS` prints {name of the attack: whether it seemed to succeed}; FACTS is JSON with
what is to be attacked. What can be judged from outside is judged there.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import mmap
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PTRACE_ATTACH, PTRACE_DETACH, CLONE_NEWUSER = 16, 17, 0x10000000
FACTS: dict[str, Any] = {}


def read_a_key() -> bool:
    return Path(FACTS["key"]).read_text() == FACTS["secret"]


def read_the_record() -> bool:
    return FACTS["secret"] in Path(FACTS["record"]).read_text()


def list_the_home() -> bool:
    return ".bashrc" in os.listdir(FACTS["home"])


def write_a_start_file() -> bool:
    with open(f"{FACTS['home']}/.bashrc", "a") as file:
        file.write("evil\n")
    return True


def empty_a_file() -> bool:
    os.truncate(f"{FACTS['home']}/letter", 0)
    return True


def remove_a_file() -> bool:
    os.unlink(f"{FACTS['home']}/photo")
    return True


def change_permissions() -> bool:
    os.chmod(f"{FACTS['home']}/.bashrc", 0o777)
    return True


def write_in_the_temporary_folder() -> bool:
    Path(FACTS["temporary"]).write_text("evil")
    return True


def read_shared_memory() -> bool:
    return Path(FACTS["shared"]).read_text() == FACTS["secret"]


def connect_by_tcp() -> bool:
    with socket.socket() as one:
        one.settimeout(2)
        return one.connect_ex(("127.0.0.1", FACTS["tcp"])) == 0


def send_by_udp() -> bool:
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.sendto(b"evil", ("127.0.0.1", FACTS["udp"]))
    return True


def connect_to_a_path() -> bool:
    with socket.socket(socket.AF_UNIX) as one:
        return one.connect_ex(FACTS["socket"]) == 0


def connect_to_an_abstract_name() -> bool:
    with socket.socket(socket.AF_UNIX) as one:
        return one.connect_ex(f"\0{FACTS['abstract']}") == 0


def signal_another() -> bool:
    os.kill(FACTS["victim"], signal.SIGUSR1)
    return True


def trace_another() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if libc.ptrace(PTRACE_ATTACH, FACTS["victim"], None, None) != 0:
        return False
    os.waitpid(FACTS["victim"], 0x40000000)
    libc.ptrace(PTRACE_DETACH, FACTS["victim"], None, None)
    return True


def read_the_environment_of_another() -> bool:
    return FACTS["secret"].encode() in Path(f"/proc/{FACTS['victim']}/environ").read_bytes()


def read_a_secret_variable() -> bool:
    return FACTS["secret"] in "".join(os.environ.values())


def write_300_mb() -> bool:
    with open("large", "wb") as file:
        file.seek(300 << 20)
        file.write(b"x")
    return True


def take_6_gb() -> bool:
    mmap.mmap(-1, 6 << 30).close()
    return True


def fork_300_times() -> bool:
    waiting, release = os.pipe()
    children = []
    try:
        for _ in range(300):
            if (child := os.fork()) == 0:
                os.close(release)
                os.read(waiting, 1)
                os._exit(0)
            children.append(child)
    finally:
        os.close(release)
        for child in children:
            os.waitpid(child, 0)
    return True


def make_a_user_namespace() -> bool:
    return ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) == 0


ATTACKS: tuple[Callable[[], bool], ...] = (
    *(read_a_key, read_the_record, list_the_home, write_a_start_file, empty_a_file, remove_a_file),
    *(change_permissions, write_in_the_temporary_folder, read_shared_memory),
    *(connect_by_tcp, send_by_udp, connect_to_a_path, connect_to_an_abstract_name),
    *(signal_another, trace_another, read_the_environment_of_another, read_a_secret_variable),
    *(write_300_mb, take_6_gb, fork_300_times, make_a_user_namespace),
)


def tried(attack: Callable[[], bool]) -> bool:
    """Whether it succeeds, in a process of its own."""
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        has_succeeded = False
        with contextlib.suppress(OSError, MemoryError, ValueError):
            has_succeeded = attack()
        os._exit(0 if has_succeeded else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


if __name__ == "__main__":
    FACTS.update(json.loads(sys.argv[1]))
    print(json.dumps({attack.__name__: tried(attack) for attack in ATTACKS}))

"""Confined kernels and shells: what a course needs works inside, in every level that this machine has."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import stat
import sys
from collections.abc import Awaitable, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import pytest
from click.testing import CliRunner

from tests.adapters.kernels import end_of, error_of, events_of, text_of
from tests.builders import a_course_folder
from tui_tutor.cli.main import group
from tui_tutor.cli.wiring import make_sandbox
from tui_tutor.core.course import Permissions
from tui_tutor.core.errors import TutorError
from tui_tutor.core.execution import InputAsked
from tui_tutor.core.ports import OpenCourse
from tui_tutor.kernels.environment import course_environment, modules_to_warm
from tui_tutor.kernels.jupyter import JupyterKernel
from tui_tutor.kernels.sandbox import readable
from tui_tutor.kernels.sandbox.bubblewrap import Places, command_of
from tui_tutor.kernels.sandbox.confining import Sandbox
from tui_tutor.kernels.sandbox.layers import Layers, probe
from tui_tutor.kernels.sandbox.limits import threads_of_user
from tui_tutor.kernels.shell import ShellRunner
from tui_tutor.shelf.installed import Library

T = TypeVar("T")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")


def levels() -> Iterator[Any]:
    here = probe()
    for level, layers, exists in (
        ("full", here, bool(here.bubblewrap)),
        ("files only", Layers(landlock_abi=here.landlock_abi), bool(here.landlock_abi)),
        ("limits only", Layers(), here.has_limits),
    ):
        why = pytest.mark.skipif(not exists, reason=f"this machine has no level `{level}`")
        yield pytest.param(layers, id=level, marks=why)


every_level = pytest.mark.parametrize("layers", list(levels()))


def sandbox(layers: Layers, workspace: Path, **options: Any) -> Sandbox:
    return Sandbox(layers, workspace=str(workspace), pythons=[sys.executable], **options)


def in_kernel(
    layers: Layers, folder: Path, act: Callable[[JupyterKernel], Awaitable[T]], **options: Any
) -> T:
    async def go() -> T:
        kernel = JupyterKernel(sys.executable, cwd=str(folder), sandbox=sandbox(layers, folder), **options)
        try:
            return await act(kernel)
        finally:
            await kernel.close()

    return asyncio.run(go())


def in_shell(layers: Layers, folder: Path, act: Callable[[ShellRunner], Awaitable[T]]) -> T:
    async def go() -> T:
        shell = ShellRunner(str(folder), sandbox=sandbox(layers, folder))
        try:
            return await act(shell)
        finally:
            await shell.close()

    return asyncio.run(go())


def said_by(layers: Layers, folder: Path, source: str, **options: Any) -> str:
    """What a cell prints, and its error."""

    async def act(kernel: JupyterKernel) -> str:
        events = await events_of(kernel, source, timeout_s=100)
        return text_of(events) if end_of(events).outcome == "ok" else str(error_of(events))

    return in_kernel(layers, folder, act, **options)


# --- what has to work ---------------------------------------------------------------------------------

WORKING = {
    "files": "import os; open('a', 'w').close(); os.mkdir('b'); os.rename('a', 'b/a'); print(1)",
    "temporary files": "import tempfile; print(type(tempfile.TemporaryFile()).__name__)",
    "a home": "import pathlib; p = pathlib.Path.home() / '.cache'; p.mkdir(); print(p.is_dir())",
    "programs": "import subprocess; print(subprocess.check_output(['sh', '-c', 'echo 1 | cat']))",
    "another Python": (
        "import subprocess, sys; print(subprocess.run([sys.executable, '-c', 'import json; print(1)'],"
        " capture_output=True, text=True).stdout)"
    ),
    "multiprocessing": (
        "import multiprocessing as m\n"
        "with m.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, 2]))"
    ),
    "shared memory": (
        "from multiprocessing.shared_memory import SharedMemory as S; s = S(create=True, size=9)\n"
        "print(s.size > 8); s.close(); s.unlink()"
    ),
    "threads": "import threading; t = threading.Thread(target=print, args=('in',)); t.start(); t.join()",
    "sockets of its own": "import socket; a, b = socket.socketpair(); a.send(b'x'); print(b.recv(1))",
    "processors": "import os; print(os.cpu_count() > 0)",
    "names of users": "import getpass; print(len(getpass.getuser()) > 0)",
}


@pytest.mark.slow
@every_level
@pytest.mark.parametrize("may_fork", [True, False], ids=["forked", "plain"])
def test_what_lessons_do_works_inside(layers: Layers, may_fork: bool, tmp_path: Path):
    async def act(kernel: JupyterKernel) -> dict[str, str]:
        outcomes = {}
        for name, source in WORKING.items():
            events = await events_of(kernel, source, timeout_s=60)
            is_well = end_of(events).outcome == "ok" and text_of(events).strip() not in ("", "False")
            outcomes[name] = "ok" if is_well else str(events)
        return outcomes

    found = in_kernel(layers, tmp_path, act, may_fork=may_fork)
    assert {name: text for name, text in found.items() if text != "ok"} == {}


@pytest.mark.slow
@pytest.mark.torch
@every_level
def test_torch_works_inside(layers: Layers, tmp_path: Path):
    source = """\
import torch
model = torch.nn.Linear(100, 100)
optimiser = torch.optim.Adam(model.parameters())
loss = model(torch.ones(9, 100)).pow(2).mean(); loss.backward(); optimiser.step()
data = torch.utils.data.DataLoader(torch.arange(8.0), batch_size=2, num_workers=2)
print(len(list(data)), (torch.ones(900, 900) @ torch.ones(900, 900))[0, 0].item())
"""
    assert said_by(layers, tmp_path, source, preload=modules_to_warm(["torch"])) == "4 900.0\n"


@pytest.mark.slow
@every_level
@pytest.mark.skipif(find_spec("matplotlib") is None, reason="matplotlib is not installed")
def test_matplotlib_works_inside(layers: Layers, tmp_path: Path):
    source = "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.savefig('a.png'); print('drawn')"
    assert said_by(layers, tmp_path, source, preload=modules_to_warm(["matplotlib"])) == "drawn\n"


@pytest.mark.slow
@every_level
def test_an_interrupt_reaches_inside(layers: Layers, tmp_path: Path):
    async def act(kernel: JupyterKernel) -> str:
        await kernel.start()
        outcome = ""
        async for event in kernel.run("print(1, flush=True)\nwhile True: pass", timeout_s=60):
            if "1" in getattr(event, "text", ""):  # the line may come in two pieces
                await kernel.interrupt()
            outcome = getattr(event, "outcome", outcome)
        return outcome

    assert in_kernel(layers, tmp_path, act) == "interrupted"


@pytest.mark.slow
@every_level
@pytest.mark.parametrize("may_fork", [True, False], ids=["forked", "plain"])
def test_who_holds_the_interpreter_is_killed_and_the_next_cell_has_a_new_kernel(
    layers: Layers, may_fork: bool, tmp_path: Path
):
    source = (
        "import os, time\n"
        "print(1, flush=True)\n"
        "while not os.path.exists('seen'): time.sleep(0.01)\n"  # while it holds, nothing can be sent
        "open('held', 'w').close(); sum(range(10**13))"
    )

    async def act(kernel: JupyterKernel) -> tuple[str, str]:
        await kernel.start()
        outcome = ""
        async for event in kernel.run(source, timeout_s=60):
            if "1" in getattr(event, "text", ""):  # the line may come in two pieces
                (tmp_path / "seen").touch()
                while not (tmp_path / "held").exists():  # noqa: ASYNC110 - nothing tells of it
                    await asyncio.sleep(0.01)
                await asyncio.sleep(0.3)  # nothing can tell that it holds now: that is what holding means
                await kernel.interrupt()
                await kernel.interrupt()
            outcome = getattr(event, "outcome", outcome)
        return outcome, text_of(await events_of(kernel, "print('again')"))

    assert in_kernel(layers, tmp_path, act, may_fork=may_fork) == ("died", "again\n")


# --- shells ---------------------------------------------------------------------------------------------


async def shell_said(shell: ShellRunner, script: str, **options: Any) -> str:
    return text_of([event async for event in shell.run(script, timeout_s=60, **options)])


@pytest.mark.slow
@every_level
def test_commands_work_inside(layers: Layers, tmp_path: Path):
    async def act(shell: ShellRunner) -> list[str]:
        return [
            await shell_said(
                shell, "echo $((1 + 2)) > a; cat a; sleep 0 & wait; echo $HOME > ~/b; cat ~/b | wc -l"
            ),
            await shell_said(shell, "python -c 'print(6 * 7)'"),
            await shell_said(shell, "test -t 1 && stty size < /dev/tty", is_tty=True),
            await shell_said(shell, "cat", stdin="given"),
        ]

    assert in_shell(layers, tmp_path, act) == ["3\n1\n", "42\n", "24 80\n", "given"]


@pytest.mark.slow
@on_linux
@every_level
def test_a_command_that_waits_for_a_line_is_noticed(layers: Layers, tmp_path: Path):
    async def act(shell: ShellRunner) -> str:
        said = ""
        async for event in shell.run("read name; echo hello $name", timeout_s=20):
            said += getattr(event, "text", "")
            if isinstance(event, InputAsked):
                await shell.answer_input("Ada")
        return said

    assert "hello Ada" in in_shell(layers, tmp_path, act)


A_SHELL_INSIDE = """
import asyncio
from tui_tutor.core.execution import Finished, InputAsked
from tui_tutor.kernels.shell import ShellRunner

async def said(shell, script, **options):
    texts = []
    async for event in shell.run(script, timeout_s=20, **options):
        texts.append(getattr(event, "text", ""))
        if isinstance(event, InputAsked):
            await shell.answer_input("Ada")
        if isinstance(event, Finished):
            texts.append(f"[{event.outcome} {event.exit_status}]")
    return "".join(texts)

async def every():
    shell = ShellRunner(".")
    print(await said(shell, "echo one; echo two >&2; exit 3"), flush=True)
    print(await said(shell, "cat", stdin="given\\n"))
    print((await said(shell, "read name; echo hello $name")).removeprefix("Ada\\n"))  # a terminal's echo
    await shell.close()

asyncio.run(every())
"""


@pytest.mark.slow
@on_linux
@every_level
def test_a_tutor_inside_runs_shell_cells_too_with_or_without_terminals(layers: Layers, tmp_path: Path):
    """As `tui-tutor verify` does in a shell cell: by Landlock alone no terminal can be opened there."""

    async def act(shell: ShellRunner) -> str:
        return await shell_said(shell, "python -", stdin=A_SHELL_INSIDE)

    assert in_shell(layers, tmp_path, act).splitlines() == [
        "one", "two", "[error 3]", "given", "[ok 0]", "hello Ada", "[ok 0]",
    ]  # fmt: skip


# --- nothing stays --------------------------------------------------------------------------------------


@pytest.mark.slow
@on_linux
@every_level
def test_no_daemon_survives_its_cell_or_its_kernel(layers: Layers, tmp_path: Path):
    mark = f"survivor-{os.getpid()}"
    daemon = (
        "import os, time, signal\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        for number in (signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)\n"
        f"        os.execlp('sleep', '{mark}', '77')\n"
        "    os._exit(0)\n"
        "os.wait(); print('left')"
    )

    async def in_cell(kernel: JupyterKernel) -> str:
        said = text_of(await events_of(kernel, daemon))
        async with asyncio.timeout(10):
            while not processes(mark):  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
        return said

    async def in_command(shell: ShellRunner) -> str:
        return await shell_said(shell, f'python -c "{daemon}"')

    assert in_kernel(layers, tmp_path, in_cell) == "left\n"
    assert "left" in in_shell(layers, tmp_path, in_command)
    assert processes(mark) == []


def processes(mark: str) -> list[int]:
    """Living processes whose command line names the mark."""
    found = []
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if name.isdigit() and Path(f"/proc/{name}/cmdline").read_bytes().startswith(mark.encode()):
                found.append(int(name))
    return found


@pytest.mark.slow
@every_level
def test_the_private_folder_is_the_learners_alone_and_goes_with_kernel_and_shell(
    layers: Layers, tmp_path: Path
):
    async def go() -> tuple[int, str, bool, bool]:
        kernel = JupyterKernel(sys.executable, cwd=str(tmp_path), sandbox=sandbox(layers, tmp_path))
        own = sandbox(layers, tmp_path)
        shell = ShellRunner(str(tmp_path), sandbox=own)
        await kernel.start()
        await shell_said(shell, "echo hello > ~/seen-by-both")
        said = text_of(
            await events_of(kernel, "import os; print(open(os.environ['HOME'] + '/seen-by-both').read())")
        )
        place = own.scratch.path
        mode = stat.S_IMODE(place.stat().st_mode)
        await kernel.close()
        is_there = place.exists()
        await shell.close()
        return mode, said.strip(), is_there, place.exists()

    assert asyncio.run(go()) == (0o700, "hello", True, False)


# --- what is let in -------------------------------------------------------------------------------------


def test_a_course_sets_no_variable_that_changes_programs():
    asked = {
        **dict.fromkeys(
            ["LD_PRELOAD", "PYTHONPATH", "PYTHONSTARTUP", "PATH", "HOME", "BASH_ENV", "TMPDIR"], "/x"
        ),
        **dict.fromkeys(["JUPYTER_PATH", "IPYTHONDIR", "GIT_SSH_COMMAND", "XDG_CONFIG_HOME", "a=b", ""], "x"),
        "SPEED": "9",
        "PYTHONHASHSEED": "0",
        "NUL": "a\0b",
    }
    assert course_environment(asked) == {"SPEED": "9", "PYTHONHASHSEED": "0"}


@on_linux
def test_what_is_hidden_is_empty_even_inside_something_readable(tmp_path: Path):
    outer, hidden = tmp_path / "outer", tmp_path / "outer/home"
    inner = hidden / "python"
    inner.mkdir(parents=True)
    places = Places((str(outer), str(inner)), (), (str(hidden),), str(tmp_path))
    command = command_of(Layers("/usr/bin/bwrap"), places, network=False)
    after = command[command.index("/tmp") + 1 :]
    assert after == [
        *("--ro-bind", str(outer), str(outer)),
        *("--tmpfs", str(hidden)),
        *("--ro-bind", str(inner), str(inner)),
        *("--remount-ro", "/"),
    ]


def test_the_network_namespace_is_left_out_only_where_the_network_is_allowed(tmp_path: Path):
    places = Places((), (), (), str(tmp_path))
    assert "--unshare-net" in command_of(Layers("bwrap"), places, network=False)
    assert "--unshare-net" not in command_of(Layers("bwrap"), places, network=True)


def test_an_interpreter_in_the_home_lets_in_its_own_folder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    python = tmp_path / ".pyenv/versions/3.11/bin/python3"
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3").symlink_to(python)
    monkeypatch.setenv("HOME", str(tmp_path))
    found = readable.interpreters([str(tmp_path / "bin/python3")])
    assert str(tmp_path) not in found
    assert {str(tmp_path / "bin"), str(tmp_path / ".pyenv/versions/3.11")} <= set(found)


def test_another_home_in_the_environment_lets_the_real_one_in_for_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home = tmp_path / "real"
    (home / "bin").mkdir(parents=True)
    (home / "bin/python").symlink_to("/usr/bin/env")
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: pwd.struct_passwd(("me", "x", 1, 1, "", str(home), "")))
    assert str(home) not in readable.interpreters([str(home / "bin/python")])
    assert str(home) in sandbox(Layers(), tmp_path / "w")._hidden


def test_what_packages_of_a_course_say_of_other_folders_lets_nothing_in(tmp_path: Path):
    keys, prefix = tmp_path / ".ssh", tmp_path / "environments/evil"
    packages = prefix / "lib/python3.11/site-packages"
    for folder in (keys / "bin", packages, prefix / "bin"):
        folder.mkdir(parents=True)
    (prefix / "bin/python").symlink_to("/usr/bin/env")
    (packages / "evil.pth").write_text(f"{keys}\n")
    (prefix / "pyvenv.cfg").write_text(f"home = {keys / 'bin'}\n")
    found = readable.interpreters([str(prefix / "bin/python")])
    assert [one for one in found if one.startswith(str(keys))] == []


KEEPS = """\
import os, pathlib
place = pathlib.Path(os.environ["MPLCONFIGDIR"])
print(sorted(p.name for p in place.iterdir()))
(place / "fonts.json").write_text("{}")
"""


@pytest.mark.slow
@every_level
def test_what_a_library_finds_out_is_kept_for_the_next_session_of_its_course_alone(
    layers: Layers, tmp_path: Path
):
    def said(course: str) -> str:
        workspace = tmp_path / "workspaces" / course
        confined = sandbox(layers, workspace, cache=str(tmp_path / "caches" / course))

        async def go() -> str:
            kernel = JupyterKernel(sys.executable, cwd=str(workspace), sandbox=confined)
            try:
                return text_of(await events_of(kernel, KEEPS, timeout_s=100))
            finally:
                await kernel.close()

        return asyncio.run(go())

    assert [said("one"), said("one"), said("two")] == ["[]\n", "['fonts.json']\n", "[]\n"]
    assert stat.S_IMODE((tmp_path / "caches/one").stat().st_mode) == 0o700


@pytest.mark.slow
@on_linux
@every_level
def test_a_start_that_cannot_be_confined_does_not_run(layers: Layers, tmp_path: Path):
    import subprocess

    own = sandbox(layers, tmp_path)
    command = list(own.command())
    command[command.index("limit:RLIMIT_CORE=0")] = "limit:RLIMIT_NOTHING=0"
    done = subprocess.run([*command, "touch", "ran"], cwd=tmp_path, capture_output=True, check=False)
    own.close()
    assert (done.returncode != 0, (tmp_path / "ran").exists()) == (True, False)


@on_linux
def test_the_users_threads_are_counted():
    assert threads_of_user() >= len(os.listdir("/proc/self/task"))


# --- the network ------------------------------------------------------------------------------------------


def opened(tmp_path: Path) -> OpenCourse:
    return Library(None, tmp_path / "data").open(str(tmp_path / "mine/a-course"))


@pytest.mark.parametrize(
    ("asks", "agrees", "reaches"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_course_reaches_the_network_only_if_it_asks_and_the_learner_agrees(
    tmp_path: Path, asks: bool, agrees: bool, reaches: bool
):
    a_course_folder(tmp_path / "mine", permissions=Permissions(network=asks))
    opened(tmp_path).grant_trust(is_lasting=True, network=agrees)
    assert make_sandbox(opened(tmp_path), None).network is reaches


def test_a_changed_byte_takes_the_network_away_until_the_learner_agrees_again(tmp_path: Path):
    folder = a_course_folder(tmp_path / "mine", permissions=Permissions(network=True))
    opened(tmp_path).grant_trust(is_lasting=True, network=True)
    (folder / "notes.txt").write_text("new")
    assert not opened(tmp_path).trust().network
    opened(tmp_path).grant_trust(is_lasting=True)
    assert not opened(tmp_path).trust().network
    (folder / "notes.txt").unlink()
    assert opened(tmp_path).trust().network


def test_a_yes_for_once_without_the_network_counts_before_an_older_one_with_it(tmp_path: Path):
    a_course_folder(tmp_path / "mine", permissions=Permissions(network=True))
    course = opened(tmp_path)
    course.grant_trust(is_lasting=True, network=True)
    course.grant_trust(is_lasting=False)
    assert not course.trust().network


# --- what is required -------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("learn", "start-here"), ("verify", "x"), ("preview", "x")])
def test_where_less_is_there_than_required_nothing_starts(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    probe.cache_clear()
    try:
        done = CliRunner().invoke(group, [*words, "--require-sandbox"])
    finally:
        probe.cache_clear()
    assert isinstance(done.exception, TutorError)
    assert done.exception.exit_code == 3
    assert "bubblewrap (bwrap) is not installed" in done.exception.message


def test_every_level_is_one_of_the_page_on_safety():
    page = Path(__file__).parents[2].joinpath("docs/safety.md").read_text()
    rows = {
        row[1].strip(" `"): row[3] for row in (line.split("|") for line in page.splitlines()) if len(row) == 5
    }
    for layers in (Layers("bwrap", frozenset({"--disable-userns"}), 7), Layers(landlock_abi=7), Layers()):
        said = [words for words in layers.confinement.uncovered if "you are root" not in words]
        assert all(words in rows[layers.confinement.level] for words in said)

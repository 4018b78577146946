"""Shell commands on a real pseudo-terminal."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.adapters.kernels import end_of, lock_of, processes_named, text_of
from tui_tutor.core.errors import TutorError
from tui_tutor.core.execution import Finished, InputAsked, RunEvent, Started, StreamText
from tui_tutor.kernels.replay import ReplayShell
from tui_tutor.kernels.shell import ShellRunner

pytestmark = pytest.mark.slow
T = TypeVar("T")


async def events_of(runner: Any, script: str, *, timeout_s: float = 20, **options: Any) -> list[RunEvent]:
    return [event async for event in runner.run(script, timeout_s=timeout_s, **options)]


def in_shell(folder: Path, act: Callable[[ShellRunner], Awaitable[T]], **options: Any) -> T:
    async def go() -> T:
        shell = ShellRunner(str(folder), **options)
        try:
            return await act(shell)
        finally:
            await shell.close()

    return asyncio.run(go())


def run(folder: Path, script: str, **options: Any) -> list[RunEvent]:
    return in_shell(folder, lambda runner: events_of(runner, script, **options))


async def acted(shell: ShellRunner, script: str, act: Callable[[], Awaitable[None]], **options: Any) -> Any:
    """Run a script that prints when it is under way, and act then."""
    events, is_done = [], False
    async for event in shell.run(script, timeout_s=30, **options):
        events.append(event)
        if isinstance(event, StreamText) and not is_done:
            is_done = True
            await act()
    return events


def test_a_command_says_what_it_printed_and_its_status(tmp_path: Path):
    events = run(tmp_path, "echo one; pwd; exit 3")
    assert (events[0], text_of(events)) == (Started(None), f"one\n{tmp_path}\n")
    assert (end_of(events).outcome, end_of(events).exit_status) == ("error", 3)


def test_a_replayed_command_says_what_was_recorded():
    said: list[RunEvent] = [Started(), StreamText("stdout", "one\n"), Finished("error", None, 2.0, 3)]
    shell = ReplayShell(lock_of("sh", "echo one", said))
    assert asyncio.run(events_of(shell, "echo one")) == said
    assert end_of(asyncio.run(events_of(shell, "echo two"))).outcome == "error"


def test_both_streams_come_as_one_in_their_order(tmp_path: Path):
    assert text_of(run(tmp_path, "echo a; echo b >&2; echo c")) == "a\nb\nc\n"


def test_python_is_the_course_s(tmp_path: Path):
    events = run(tmp_path, "python -c 'import sys; print(sys.executable)'")
    assert text_of(events) == f"{Path(sys.executable).parent / 'python'}\n"


def test_an_interpreter_of_another_name_is_python_too(tmp_path: Path):
    other = tmp_path / "bin" / "python9"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\necho nine\n")
    other.chmod(0o755)
    events = in_shell(tmp_path, lambda shell: events_of(shell, "python"), python=str(other))
    assert text_of(events) == "nine\n"


def test_the_terminal_is_dumb_unless_it_is_asked_for(tmp_path: Path):
    assert text_of(run(tmp_path, "echo $TERM; test -t 1 && echo tty")) == "dumb\ntty\n"
    assert text_of(run(tmp_path, "echo $TERM", is_tty=True)) == "xterm-256color\n"


def test_a_command_reads_its_stdin_to_the_end(tmp_path: Path):
    assert text_of(run(tmp_path, "cat; echo end", stdin="a\nb")) == "a\nbend\n"


def test_bash_is_bash(tmp_path: Path):
    assert text_of(run(tmp_path, "[[ a == a ]] && echo yes", shell="bash")) == "yes\n"


@pytest.mark.parametrize("script", ["read x; echo got $x", 'python -c \'print("got", input("? "))\''])
def test_a_command_that_waits_for_a_line_is_answered(script: str, tmp_path: Path):
    async def act(shell: ShellRunner) -> list[RunEvent]:
        events = []
        async for event in shell.run(script, timeout_s=20):
            events.append(event)
            if isinstance(event, InputAsked):
                await shell.answer_input("it")
        return events

    events = in_shell(tmp_path, act)
    assert sum(isinstance(event, InputAsked) for event in events) == 1
    assert text_of(events).endswith("got it\n")


@pytest.mark.parametrize("script", ["echo on; sleep 600", "yes on"])
def test_where_no_terminal_can_be_opened_a_command_runs_on_pipes_and_can_be_stopped(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refused() -> tuple[int, int]:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "openpty", refused)
    events = in_shell(tmp_path, lambda shell: acted(shell, script, shell.interrupt))
    assert (text_of(events)[:3], end_of(events).outcome) == ("on\n", "interrupted")
    assert text_of(run(tmp_path, "test -t 0 || echo none")) == "none\n"


def test_bytes_cut_in_a_character_are_joined_and_bad_ones_replaced(tmp_path: Path):
    assert text_of(run(tmp_path, r"printf '\303'; sleep 0.1; printf '\251\377x'")) == "é\ufffdx"


def test_a_flood_arrives_whole_though_it_is_read_slowly(tmp_path: Path):
    async def act(shell: ShellRunner) -> str:
        texts = []
        async for event in shell.run("seq 300000", timeout_s=60):
            if isinstance(event, StreamText):
                texts.append(event.text)
                assert len(event.text) < 1_000_000
                await asyncio.sleep(0.02)
        return "".join(texts)

    assert in_shell(tmp_path, act) == "".join(f"{n}\n" for n in range(1, 300_001))


@pytest.mark.parametrize("script", ["echo on; sleep 600", "yes on", "echo on; sleep 600 | sleep 600"])
def test_an_interrupted_command_ends(script: str, tmp_path: Path):
    events = in_shell(tmp_path, lambda shell: acted(shell, script, shell.interrupt))
    assert (end_of(events).outcome, end_of(events).exit_status) == ("interrupted", 130)


def test_a_command_interrupted_while_it_starts_another_ends_too(tmp_path: Path):
    async def interrupted() -> int | None:
        shell = ShellRunner(str(tmp_path))
        events = await acted(shell, "echo on; sleep 600", shell.interrupt)
        await shell.close()
        return end_of(events).exit_status

    async def go() -> list[int | None]:
        return await asyncio.gather(*(interrupted() for _ in range(24)))

    assert asyncio.run(go()) == [130] * 24


def test_a_command_that_ignores_the_interrupt_is_killed(tmp_path: Path):
    script = "trap '' INT; echo on; while true; do sleep 1; done"
    events = in_shell(tmp_path, lambda shell: acted(shell, script, shell.interrupt))
    assert (end_of(events).outcome, end_of(events).exit_status) == ("interrupted", 137)


def test_a_command_beyond_its_time_is_stopped(tmp_path: Path):
    end = end_of(run(tmp_path, "echo on; sleep 600", timeout_s=0.3))
    assert (end.outcome, end.reason) == ("timeout", "It was stopped after 0.3 s.")


def test_what_stays_in_the_background_is_ended_and_said(tmp_path: Path):
    events = run(tmp_path, "sleep 98761 & setsid sleep 98761 & (setsid sleep 98761 &) ; sleep 0.2; echo done")
    assert (text_of(events), end_of(events).outcome) == ("done\n", "ok")
    assert "background" in end_of(events).reason
    assert processes_named("98761") == []


def test_a_closed_shell_leaves_nothing(tmp_path: Path):
    async def act(shell: ShellRunner) -> Any:
        return await acted(shell, "setsid sleep 98762 & echo on; sleep 98762", shell.close)

    assert end_of(in_shell(tmp_path, act)).exit_status == 137
    assert processes_named("98762") == []


def test_a_resize_reaches_the_command(tmp_path: Path):
    async def act(shell: ShellRunner) -> list[RunEvent]:
        await shell.resize(100, 30)
        script = "trap 'stty size; exit' WINCH; stty size; while true; do sleep 0.02; done"
        return await acted(shell, script, lambda: shell.resize(70, 20))

    assert text_of(in_shell(tmp_path, act)) == "30 100\n20 70\n"


def test_python_source_runs_fresh_and_its_status_is_given(tmp_path: Path):
    (tmp_path / "mine.py").write_text("x = 7")

    async def act(shell: ShellRunner) -> tuple[int, str]:
        return await shell.run_python("import mine\nprint(mine.x)\nassert False, 'no'", timeout_s=20)

    status, text = in_shell(tmp_path, act)
    assert status == 1
    assert text.startswith("7\n")
    assert "AssertionError: no" in text


def test_long_python_source_runs(tmp_path: Path):
    source = "x = '" + "a" * 300_000 + "'\nprint(len(x))"
    assert in_shell(tmp_path, lambda shell: shell.run_python(source, timeout_s=20)) == (0, "300000\n")


def test_python_that_does_not_end_is_stopped(tmp_path: Path):
    status, text = in_shell(tmp_path, lambda shell: shell.run_python("while True: pass", timeout_s=0.5))
    assert status != 0
    assert "stopped after 0.5 s" in text


def test_a_workspace_that_is_gone_is_named(tmp_path: Path):
    with pytest.raises(TutorError, match="could not be started"):
        run(tmp_path / "gone", "true")


def test_secrets_of_our_environment_stay_here(tmp_path: Path, monkeypatch: Any):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    assert text_of(run(tmp_path, "echo [$SECRET_TOKEN] $OMP_NUM_THREADS")) == "[] 1\n"

"""What a run tells: text, results, errors, input, displays, plots, ends."""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.kernels import end_of, error_of, events_of, in_kernel, interrupted, lines_of, text_of
from tui_tutor.core.errors import TutorError
from tui_tutor.core.execution import (
    Displayed,
    InputAsked,
    LivePlotted,
    OutputCleared,
    RunEvent,
    Started,
    StreamText,
)
from tui_tutor.kernels.jupyter import JupyterKernel

pytestmark = pytest.mark.slow


def run(folder: Path, *sources: str, may_fork: bool = True, **options: Any) -> list[RunEvent]:
    """The events of the last source."""

    async def act(kernel: JupyterKernel) -> list[RunEvent]:
        for source in sources[:-1]:
            await events_of(kernel, source)
        return await events_of(kernel, sources[-1], **options)

    return in_kernel(folder, act, may_fork=may_fork)


def test_a_result_is_displayed_as_a_result(tmp_path: Path):
    assert run(tmp_path, "6 * 7")[1] == Displayed({"text/plain": "42"}, is_result=True)


def test_names_live_on_between_runs_and_the_count_rises(tmp_path: Path):
    events = run(tmp_path, "x = 1", "x")
    assert events[:2] == [Started(2), Displayed({"text/plain": "1"}, is_result=True)]


def test_streams_keep_their_order_and_their_names(tmp_path: Path):
    source = "import sys\nprint('a'); print('b', file=sys.stderr); print('c')"
    texts = [event for event in run(tmp_path, source) if isinstance(event, StreamText)]
    joined = [(name, "".join(t.text for t in group)) for name, group in groupby(texts, lambda t: t.stream)]
    assert joined == [("stdout", "a\n"), ("stderr", "b\n"), ("stdout", "c\n")]


def test_an_error_names_its_line_in_the_cell(tmp_path: Path):
    error = error_of(run(tmp_path, "def f():\n    return 1 / 0", "x = 1\n\nf()"))
    assert (error.name, error.message, error.line) == ("ZeroDivisionError", "division by zero", 3)


@pytest.mark.parametrize("is_silent", [False, True])
def test_a_syntax_error_names_its_line_and_no_made_up_file(is_silent: bool, tmp_path: Path):
    error = error_of(run(tmp_path, "x = 1\ny = = 2", is_silent=is_silent))
    assert (error.name, error.message, error.line) == ("SyntaxError", "invalid syntax", 2)


def test_an_endless_recursion_gives_a_short_traceback(tmp_path: Path):
    error = error_of(run(tmp_path, "def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nf(1)"))
    assert error.name == "RecursionError"
    assert len(error.traceback) <= 12


def test_exit_ends_the_cell_and_keeps_the_names(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> tuple[str, list[RunEvent]]:
        events = await events_of(kernel, "x = 5\nexit()\nx = 6")
        return error_of(events).name, await events_of(kernel, "x")

    name, after = in_kernel(tmp_path, act)
    assert name == "SystemExit"
    assert after[:2] == [Started(2), Displayed({"text/plain": "5"}, is_result=True)]


def test_input_is_asked_for_after_the_text_before_it(tmp_path: Path):
    source = "import getpass\nprint('hello')\nname = input('name? ')\nprint(getpass.getpass('word? ') + name)"
    events = run(tmp_path, source, answers=("Ada", "x"))
    asked = [n for n, event in enumerate(events) if isinstance(event, InputAsked)]
    assert [events[n] for n in asked] == [InputAsked("name? "), InputAsked("word? ", is_secret=True)]
    assert text_of(events[: asked[0]]) == "hello\n"
    assert text_of(events).endswith("xAda\n")


def test_input_is_refused_where_nobody_can_answer(tmp_path: Path):
    assert error_of(run(tmp_path, "input()", allow_input=False)).name == "StdinNotImplementedError"


def test_displays_can_be_cleared_and_updated(tmp_path: Path):
    source = (
        "from IPython.display import clear_output\n"
        "h = display('a', display_id='d')\nh.update('b')\nclear_output(wait=True)"
    )
    events = run(tmp_path, source)
    assert events[1:-1] == [
        Displayed({"text/plain": "'a'"}, display_id="d"),
        Displayed({"text/plain": "'b'"}, display_id="d", is_update=True),
        OutputCleared(wait=True),
    ]


def test_a_running_cell_plots_live_and_its_last_plot_arrives(tmp_path: Path):
    events = run(tmp_path, "import tutor\nfor n in range(500): tutor.plot('loss', x=[0, 1], y=[n, n])")
    plots = [event for event in events if isinstance(event, LivePlotted)]
    assert plots[-1].viz_id == "loss"
    assert plots[-1].data["series"][0]["y"] == [499, 499]
    assert len(plots) < 100


def test_what_child_processes_print_is_seen(tmp_path: Path):
    source = "import os, subprocess\nos.system('echo one')\nsubprocess.run(['echo', 'two'])\nprint(end='')"
    assert text_of(run(tmp_path, source)) == "one\ntwo\n"


def test_a_forked_child_speaks_and_does_not_play_kernel(tmp_path: Path):
    source = "import os\nif os.fork() == 0:\n    print('child')\nelse:\n    os.wait(); print('parent')"
    events = run(tmp_path, source, "print('next')")
    assert (text_of(events), end_of(events).execution_count) == ("next\n", 2)
    assert sorted(text_of(run(tmp_path, source)).split()) == ["child", "parent"]


def test_text_of_threads_is_told_by_the_run_in_which_it_comes(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> list[RunEvent]:
        source = "import threading\ngo = threading.Event()\ndef f():\n    go.wait(); print('late')\n"
        await events_of(kernel, source + "t = threading.Thread(target=f); t.start()")
        return await events_of(kernel, "go.set(); t.join()")

    events = in_kernel(tmp_path, act)
    assert (events[0], text_of(events)) == (Started(2), "late\n")


def test_a_cell_runs_in_the_workspace_with_little_of_our_environment(tmp_path: Path, monkeypatch: Any):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    source = (
        "import os\nprint(os.getcwd()); print(os.environ.get('SECRET_TOKEN'), os.environ['OMP_NUM_THREADS'])"
    )
    assert text_of(run(tmp_path, source)) == f"{tmp_path}\nNone 1\n"


@pytest.mark.parametrize("may_fork", [True, False], ids=["forked", "plain"])
def test_code_imports_modules_of_the_workspace_but_never_in_place_of_installed_ones(
    may_fork: bool, tmp_path: Path
):
    (tmp_path / "rain.py").write_text("days = 7")
    (tmp_path / "fractions.py").write_text("print('not me')")
    events = run(
        tmp_path, "import rain, fractions\nprint(rain.days, fractions.Fraction(1, 2))", may_fork=may_fork
    )
    assert text_of(events) == "7 1/2\n"


def test_a_course_can_set_its_own_environment(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> str:
        return text_of(await events_of(kernel, "import os; print(os.environ['OMP_NUM_THREADS'])"))

    assert in_kernel(tmp_path, act, env={"OMP_NUM_THREADS": "2"}) == "2\n"


HOSTILE = (
    *(
        "torch",
        "random",
        "json",
        "zmq",
        "inside",
        "descendants",
        "IPython",
        "ipykernel",
        "ipykernel_launcher",
    ),
    *(
        "sitecustomize",
        "usercustomize",
        "runpy",
        "ctags",
        "profile_default/startup/00-first",
        "startup/00-first",
    ),
    *("ipython_config", "ipython_kernel_config", "jupyter_config", "jupyter_kernel_config"),
)


@pytest.mark.parametrize("way", ["forked", "plain", "other"])
def test_nothing_of_the_workspace_runs_when_a_kernel_starts(
    way: str, tmp_path: Path, other_kernel: str, monkeypatch: pytest.MonkeyPatch
):
    for name in HOSTILE:
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"open('ran', 'a').write({name!r} + ' ')\nc = get_config()")
    (tmp_path / "ipython_config.json").write_text(
        '{"InteractiveShellApp": {"exec_lines": ["open(\'ran\', \'a\')"]}}'
    )
    (tmp_path / ".pdbrc").write_text("!open('ran', 'a').write('.pdbrc')")
    (tmp_path / "pyvenv.cfg").write_text("home = /nowhere")
    monkeypatch.chdir(tmp_path)

    async def act(kernel: JupyterKernel) -> tuple[str, bool]:
        return text_of(await events_of(kernel, "print('on')")), (tmp_path / "ran").exists()

    name = other_kernel if way == "other" else "python3"
    options = {"may_fork": way == "forked", "kernel_name": name, "preload": ("random",)}
    assert in_kernel(tmp_path, act, **options) == ("on\n", False)


@pytest.mark.parametrize("way", ["forked", "plain", "other"])
def test_a_kernel_reads_no_configuration_that_another_wrote(way: str, tmp_path: Path, other_kernel: str):
    files = ("ipython_config.py", "ipython_kernel_config.py", "startup/00-first.py")
    source = (
        "import os, pathlib\nfolder = pathlib.Path(os.environ['IPYTHONDIR'], 'profile_default')\n"
        f'for name in {files}:\n    (folder / name).write_text(\'open("ran", "a").write(__file__)\')'
    )

    async def act(kernel: JupyterKernel) -> tuple[str, bool]:
        written = end_of(await events_of(kernel, source)).outcome
        await kernel.restart()
        return written, (tmp_path / "ran").exists()

    name = other_kernel if way == "other" else "python3"
    assert in_kernel(tmp_path, act, may_fork=way == "forked", kernel_name=name) == ("ok", False)


WATCH = """
import sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if path is None:
            open('sought', 'a').write(name + ' ')
sys.meta_path.insert(0, Watch())
"""


@pytest.mark.parametrize("may_fork", [True, False], ids=["forked", "plain"])
def test_what_we_ask_a_kernel_imports_nothing_that_a_learner_could_have_put_there(
    may_fork: bool, tmp_path: Path
):
    probes = [
        {"probe": "value", "expr": "[1, 2.5, 'x', {1: 2}]", "expected_py": "nowhere"},
        {"probe": "code", "code": "assert 1 == 2"},
        {"probe": "call", "function": "f", "args": [1], "returns": 2},
        {"probe": "property", "given": ["n = rng.randint(2, 9)"], "holds": "f(n) == n"},
    ]

    async def act(kernel: JupyterKernel) -> bool:
        await events_of(kernel, "def f(n): return n\n" + WATCH)
        await kernel.probe(probes, timeout_s=10)
        for value in ("[1, 2]", "nowhere", "1 / 0"):
            await kernel.plot({"kind": "line", "viz": "v", "y": [value], "limit": 10})
        await kernel.complete("f", 1)
        await events_of(kernel, "import tutor; tutor.plot('v', x=[1], y=[2])")
        return (tmp_path / "sought").exists()

    assert in_kernel(tmp_path, act, may_fork=may_fork) is False


@pytest.mark.parametrize(
    "source",
    [
        "import time\nprint('on')\nwhile True: time.sleep(1)",
        "print('on')\nwhile True: pass",
        "import asyncio\nprint('on')\nawait asyncio.sleep(600)",
        "while True: print('on')",
        "import sys\nwhile True: sys.stdout.write('on' * 10_000); sys.stdout.flush()",
    ],
)
@pytest.mark.parametrize("may_fork", [True, False], ids=["forked", "plain"])
def test_an_interrupted_run_ends_and_the_names_stay(source: str, may_fork: bool, tmp_path: Path):
    async def act(kernel: JupyterKernel) -> tuple[str, list[RunEvent]]:
        await events_of(kernel, "kept = 1")
        events = await interrupted(kernel, source)
        return end_of(events).outcome, await events_of(kernel, "kept")

    outcome, after = in_kernel(tmp_path, act, may_fork=may_fork)
    assert outcome == "interrupted"
    assert after[:2] == [Started(3), Displayed({"text/plain": "1"}, is_result=True)]


@pytest.mark.parametrize(
    "source",
    [
        "import time\nprint('on')\nwhile True: time.sleep(1)",
        "import asyncio\nprint('on')\nawait asyncio.sleep(600)",
        "while True: print('on')",
        "import time\nprint('on')\ntry: time.sleep(9)\nexcept KeyboardInterrupt: time.sleep(0.1); raise",
    ],
)
def test_a_second_interrupt_right_behind_one_that_was_enough_changes_nothing(source: str, tmp_path: Path):
    async def act(kernel: JupyterKernel) -> tuple[list[str], list[RunEvent]]:
        await events_of(kernel, "kept = 1")
        outcomes = [end_of(await interrupted(kernel, source, times=3)).outcome for _ in range(5)]
        return outcomes, await events_of(kernel, "kept")

    outcomes, after = in_kernel(tmp_path, act)
    assert outcomes == ["interrupted"] * 5
    assert after[1:2] == [Displayed({"text/plain": "1"}, is_result=True)]


def test_an_interrupt_does_not_reach_the_next_run(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> list[str]:
        outcomes = []
        for _ in range(20):
            async for event in kernel.run("print('on')", timeout_s=30):
                if isinstance(event, StreamText):
                    stops = [asyncio.create_task(kernel.interrupt()) for _ in range(3)]
                    await asyncio.sleep(0)  # they mean this run
            outcomes.append(end_of(await events_of(kernel, "import time; time.sleep(0.05)")).outcome)
            await asyncio.gather(*stops)
        return outcomes

    assert in_kernel(tmp_path, act) == ["ok"] * 20


@pytest.mark.parametrize("late_s", [0.3, 0.45, 0.5, 0.55, 0.7])
def test_the_run_whose_interrupt_ends_the_kernel_is_the_one_that_tells_it(late_s: float, tmp_path: Path):
    source = (
        f"import time\nprint('on')\ntry: time.sleep(9)\nexcept KeyboardInterrupt: time.sleep({late_s}); raise"
    )

    async def act(kernel: JupyterKernel) -> list[tuple[str, str]]:
        found = []
        for _ in range(3):
            await events_of(kernel, "kept = 1")
            outcome = end_of(await interrupted(kernel, source, times=2)).outcome
            found.append((outcome, end_of(await events_of(kernel, "kept")).outcome))
        return found

    for pair in in_kernel(tmp_path, act):
        assert pair in (("interrupted", "ok"), ("died", "error"))


STUBBORN = "import time\nprint('on')\nwhile True:\n    try: time.sleep(9)\n    except KeyboardInterrupt: pass"


def test_a_second_interrupt_ends_the_kernel(tmp_path: Path):
    events = in_kernel(tmp_path, lambda kernel: interrupted(kernel, STUBBORN, times=2))
    assert end_of(events).outcome == "died"
    assert "names are gone" in end_of(events).reason


def test_a_run_beyond_its_time_is_stopped_and_the_names_stay(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> tuple[Any, list[RunEvent]]:
        events = await events_of(kernel, "kept = 1\nwhile True: pass", timeout_s=0.3)
        return end_of(events), await events_of(kernel, "kept")

    end, after = in_kernel(tmp_path, act)
    assert (end.outcome, end.reason) == ("timeout", "It was stopped after 0.3 s.")
    assert end_of(after).outcome == "ok"


def test_a_run_that_ignores_its_time_loses_its_kernel(tmp_path: Path):
    end = end_of(run(tmp_path, STUBBORN, timeout_s=0.3))
    assert end.outcome == "timeout"
    assert "names are gone" in end.reason


def test_waiting_for_input_does_not_use_up_the_time(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> list[RunEvent]:
        events = []
        async for event in kernel.run("print(input())", timeout_s=0.5):
            events.append(event)
            if isinstance(event, InputAsked):
                await asyncio.sleep(0.8)  # longer than the limit
                await kernel.answer_input("here")
        return events

    events = in_kernel(tmp_path, act)
    assert (end_of(events).outcome, text_of(events)) == ("ok", "here\n")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "out of memory"),
        ("import os; os._exit(3)", "exit status 3"),
        ("import os; os.abort()", "SIGABRT"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    ],
)
@pytest.mark.parametrize("may_fork", [True, False], ids=["forked", "plain"])
def test_a_kernel_that_dies_says_why_and_the_next_run_has_a_new_one(
    source: str, reason: str, may_fork: bool, tmp_path: Path
):
    async def act(kernel: JupyterKernel) -> tuple[Any, list[RunEvent]]:
        return end_of(await events_of(kernel, source)), await events_of(kernel, "1")

    end, after = in_kernel(tmp_path, act, may_fork=may_fork)
    assert end.outcome == "died"
    assert reason in end.reason
    assert after[0] == Started(1)


def test_what_was_flushed_before_a_crash_is_seen(tmp_path: Path):
    source = "import os, time\nprint('last words', flush=True)\ntime.sleep(0.1)\nos.abort()"
    assert text_of(run(tmp_path, source)) == "last words\n"


@pytest.mark.parametrize("may_fork", [True, False], ids=["forked", "plain"])
def test_the_death_of_an_idle_kernel_is_told(may_fork: bool, tmp_path: Path):
    async def act(kernel: JupyterKernel) -> str:
        events = await events_of(kernel, "import os; print(os.getpid())")
        told = asyncio.create_task(kernel.died())
        await asyncio.sleep(0)
        os.kill(int(text_of(events)), 9)
        return await asyncio.wait_for(told, 10)

    assert "SIGKILL" in in_kernel(tmp_path, act, may_fork=may_fork)


def test_a_restart_is_no_death(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> bool:
        await kernel.start()
        told = asyncio.create_task(kernel.died())
        await kernel.restart()
        await events_of(kernel, "1")
        is_told = told.done()
        told.cancel()
        return is_told

    assert in_kernel(tmp_path, act) is False


@pytest.mark.parametrize(
    "source",
    [
        "import sys; sys.stdout = None",
        "import sys; sys.stdout = sys.stderr = object()",
        "import os; os.close(1); os.close(2)",
        "import sys; sys.stdout.close()",
        "import sys; sys.stdout.write = None",
        "raise SystemExit(3)",
        "import builtins; builtins.print = None; del builtins.print\nfrom builtins import *",
        "import gc; gc.freeze(); gc.disable()",
        "class E(Exception):\n    def __str__(self): raise self\nraise E",
        "import threading, sys\nthreading.Thread(target=sys.exit).start()",
        "import os\nif os.fork() == 0: raise SystemExit",
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)",
    ],
)
def test_a_kernel_survives_what_a_cell_does_to_it(source: str, tmp_path: Path):
    events = run(tmp_path, source, "6 * 7")
    assert events[1:2] == [Displayed({"text/plain": "42"}, is_result=True)]
    assert (end_of(events).outcome, end_of(events).execution_count) == ("ok", 2)


def test_a_flood_arrives_whole_when_it_is_read(tmp_path: Path):
    events = run(tmp_path, "for n in range(300_000): print(n)")
    assert text_of(events) == "".join(f"{n}\n" for n in range(300_000))


@pytest.mark.parametrize("flush", ["", ", flush=True", ", file=(sys.stdout, sys.stderr)[n % 2]"])
def test_every_line_of_an_unread_flood_is_shown_or_counted(flush: str, tmp_path: Path):
    source = f"import sys\nfor n in range(400_000): print('line', n, '.' * 40{flush})\nprint('end')"

    async def act(kernel: JupyterKernel) -> list[RunEvent]:
        events = []
        async for event in kernel.run(source, timeout_s=100):
            events.append(event)
            if len(events) == 3:
                await asyncio.sleep(4)  # a reader that does not read is the point
        return events

    events = in_kernel(tmp_path, act)
    shown, dropped = lines_of(events)
    assert shown + dropped == 400_001
    assert dropped > 0
    assert end_of(events).outcome == "ok"
    assert text_of(events).startswith("line 0 ")
    assert text_of(events).endswith("end\n")


def test_a_kernel_whose_program_lacks_ipykernel_is_refused_in_words(tmp_path: Path):
    folder = tmp_path / "empty"
    os.system(f"{sys.executable} -m venv --without-pip {folder}")
    kernel = JupyterKernel(str(folder / "bin" / "python"), cwd=str(tmp_path))
    with pytest.raises(TutorError, match="lacks the package ipykernel") as caught:
        asyncio.run(kernel.start())
    assert caught.value.exit_code == 3
    asyncio.run(kernel.close())


def test_a_kernelspec_that_is_not_installed_is_named(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> None:
        await kernel.start()

    with pytest.raises(TutorError, match=r"julia-1\.10") as caught:
        in_kernel(tmp_path, act, kernel_name="julia-1.10")
    assert caught.value.exit_code == 3


def test_documentation_is_plain_text(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> str:
        await kernel.start()
        return await kernel.document("len", 3)

    assert "Return the number of items" in in_kernel(tmp_path, act)


def test_nothing_is_completed_while_a_cell_runs(tmp_path: Path):
    async def act(kernel: JupyterKernel) -> tuple[str, ...]:
        found: tuple[str, ...] = ("not asked",)
        async for event in kernel.run("print('on'); import time; time.sleep(0.2)", timeout_s=9):
            if isinstance(event, StreamText):
                found = (await kernel.complete("impo", 4)).matches
        return found

    assert in_kernel(tmp_path, act) == ()


def test_a_reply_of_any_size_leaves_no_thread_behind_that_would_rule_out_forked_checks(tmp_path: Path):
    request = {"kind": "scatter", "x": "", "y": ["ys"], "limit": 20_000}

    async def act(kernel: JupyterKernel) -> tuple[int, str]:
        await events_of(kernel, "ys = [n / 7 for n in range(20_000)]")
        plotted = await kernel.plot(request)
        (report,) = await kernel.probe([{"probe": "code", "code": "assert len(ys) == 20_000"}], timeout_s=10)
        return len(plotted["series"][0]["y"]), report.get("note", "")

    assert in_kernel(tmp_path, act) == (20_000, "")

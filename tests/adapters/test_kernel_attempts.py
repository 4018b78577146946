"""An answer is tried in a copy of the kernel and of its folder, and nothing of it is left behind."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.kernels import events_of, in_kernel, text_of
from tui_tutor.kernels.replay import ReplayKernel

pytestmark = pytest.mark.slow

X = {"probe": "value", "expr": "x", "expected_py": ""}


def a_question(*probes: Any, **fields: Any) -> dict[str, Any]:
    given = {"before": [], "files": [], "run_limit_s": 5.0, "probe_limit_s": 5.0, "is_brief": False}
    return {**given, "probes": list(probes), "copies_folder": True, **fields}


def tried(
    folder: Path, sources: list[str], question: dict[str, Any], *, setup: str = "", **options: Any
) -> Any:
    """The reports, and what the kernel prints afterwards for `dir()` and its folder."""

    async def act(kernel: Any) -> Any:
        await events_of(kernel, setup or "pass")
        reports = await kernel.attempt(sources, question, **options)
        look = "import os; print(sorted(n for n in globals() if n in 'axh'), sorted(os.listdir('.')))"
        return reports, text_of(await events_of(kernel, look)).strip()

    return in_kernel(folder, act)


def test_each_answer_gets_a_report_in_order_and_the_kernel_is_as_it_was(tmp_path: Path):
    sources = ["x = 1\nprint('one')", "x = 2\nopen('made.txt', 'w').write('two')"]
    reports, left = tried(tmp_path, sources, a_question(X, files=["made.txt"]), at_once=2)
    assert [one["outcome"] for one in reports] == ["ok", "ok"]
    assert [one["stdout"] for one in reports] == ["one\n", ""]
    assert [one["files"] for one in reports] == [{"made.txt": None}, {"made.txt": "two"}]
    assert [one["reports"][0]["actual"]["v"] for one in reports] == ["1", "2"]
    assert left == "[] []"


def test_an_answer_sees_the_names_the_files_and_what_runs_before_it(tmp_path: Path):
    (tmp_path / "data.txt").write_text("7", "utf-8")
    question = a_question(X, before=["h = 2"])
    (report,), left = tried(tmp_path, ["x = a * h * int(open('data.txt').read())"], question, setup="a = 3")
    assert report["reports"][0]["actual"]["v"] == "42"
    assert left == "['a'] ['data.txt']"


ENDS = {
    "1 / 0": ("error", {"name": "ZeroDivisionError", "message": "division by zero"}),
    "raise SystemExit(3)": ("error", {"name": "SystemExit", "message": "3"}),
    "exit()": ("error", {"name": "SystemExit", "message": ""}),
    "input('?')": ("error", {"name": "EOFError"}),
    "while True: pass": ("timeout", {}),
    "while True:\n    try:\n        while True: pass\n    except BaseException: pass": ("timeout", {}),
    "import os; os._exit(3)": ("died", {}),
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": ("died", {}),
    "import asyncio\nawait asyncio.sleep(0.01)\nx = 1": ("ok", {}),
    "%time x = 1": ("ok", {}),
}


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    question = a_question(X, run_limit_s=0.7, probe_limit_s=0.5)
    reports, _ = tried(tmp_path_factory.mktemp("ends"), list(ENDS), question, at_once=3)
    return dict(zip(ENDS, reports, strict=True))


@pytest.mark.parametrize("source", ENDS)
def test_whatever_an_answer_does_it_has_an_outcome(ends: dict[str, Any], source: str):
    outcome, error = ENDS[source]
    assert ends[source]["outcome"] == outcome
    assert {name: ends[source]["error"][name] for name in error} == error


def test_what_an_answer_leaves_running_is_ended_and_not_waited_for(tmp_path: Path):
    source = "import os, time\nif os.fork() == 0:\n    time.sleep(50)\nx = 1"
    (report,), left = tried(tmp_path, [source], a_question(X, run_limit_s=60))
    assert report["reports"][0]["actual"]["v"] == "1"
    assert left == "[] []"


def test_a_flood_of_output_is_bounded(tmp_path: Path):
    (report,), _ = tried(tmp_path, ["for _ in range(10**5): print('x' * 100)"], a_question())
    assert (report["outcome"], len(report["stdout"])) == ("ok", 200_000)


def test_a_brief_question_ends_at_the_first_probe_that_fails(tmp_path: Path):
    fails = {"probe": "code", "code": "assert False"}
    (report,), _ = tried(tmp_path, ["x = 1"], a_question(fails, X, X, is_brief=True))
    assert len(report["reports"]) == 1


def test_probes_do_not_see_what_an_earlier_one_did(tmp_path: Path):
    question = a_question(
        {"probe": "code", "code": "xs.append(1)"}, {"probe": "code", "code": "assert xs == []"}
    )
    (report,), _ = tried(tmp_path, ["xs = []"], question)
    assert report["reports"] == [{"passed": True}, {"passed": True}]


def test_a_check_of_a_plot_sees_what_it_would_show_after_the_answer(tmp_path: Path):
    viz = {
        "kind": "line",
        "viz": "v",
        "data": "",
        "x": "",
        "y": ["ys"],
        "names": [],
        "layers": [],
        "limit": 100,
    }
    probe = {"probe": "plot", "holds": "series[0]['y'] == [3, 4]", "series": [], "viz": viz}
    reports, _ = tried(tmp_path, ["ys = [3, 4]", "ys = [5]"], a_question(probe))
    assert [one["reports"] for one in reports] == [[{"passed": True}], [{"passed": False}]]


DESTROYS = {
    "rmtree": "import shutil; shutil.rmtree(home, ignore_errors=True)",
    "rmtree of here": "import os, shutil; os.chdir(home); shutil.rmtree('.', ignore_errors=True)",
    "remove": "import os; os.remove(home + '/precious')",
    "unlink": "from pathlib import Path; Path(home, 'precious').unlink()",
    "rename": "import os; os.rename(home, home + '2')",
    "truncate": "import os; os.truncate(home + '/precious', 0)",
    "overwrite": "open(home + '/precious', 'w').close()",
    "relative to a descriptor": "import os; os.unlink('precious', dir_fd=os.open(home, os.O_RDONLY))",
}


def test_a_sparing_question_lets_nothing_outside_the_folder_be_destroyed(tmp_path: Path):
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    (home / "precious").write_text("kept", "utf-8")
    setup = f"home = {str(home)!r}"
    reports, _ = tried(work, list(DESTROYS.values()), a_question(is_sparing=True), setup=setup)
    assert {name: one.get("error", {}).get("name") for name, one in zip(DESTROYS, reports, strict=True)} == (
        dict.fromkeys(DESTROYS, "PermissionError")
    )
    assert (home / "precious").read_text("utf-8") == "kept"


def test_a_sparing_question_lets_an_answer_use_its_folder_and_what_it_made_itself(tmp_path: Path):
    (tmp_path / "old").write_text("1", "utf-8")
    source = """
import os, pathlib, shutil, tempfile
os.remove("old")
pathlib.Path("new").write_text("1"); pathlib.Path("new").write_text("2")
folder = tempfile.mkdtemp()
pathlib.Path(folder, "a", "b").mkdir(parents=True)
pathlib.Path(folder, "a", "c").write_text("1")
os.replace(folder + "/a/c", folder + "/d"); os.remove(folder + "/d")
shutil.rmtree(folder)
with tempfile.TemporaryDirectory() as other, tempfile.NamedTemporaryFile() as file:
    shutil.copy(file.name, other)
"""
    (report,), _ = tried(tmp_path, [source], a_question(is_sparing=True))
    assert (report["outcome"], report.get("error")) == ("ok", None)


def test_links_are_not_followed_when_a_file_is_read(tmp_path: Path):
    source = "import os; os.symlink('/etc/hostname', 'link')"
    (report,), _ = tried(tmp_path, [source], a_question(files=["link"]))
    assert report["files"] == {"link": None}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="native threads are counted in /proc")
def test_a_kernel_with_native_threads_is_not_copied(tmp_path: Path):
    setup = "import _thread, time; _thread.start_new_thread(time.sleep, (30,))"
    (report,), _ = tried(tmp_path, ["x = 1"], a_question(X), setup=setup)
    assert report.keys() == {"cannot"}


def test_nothing_can_be_tried_on_a_recording():
    (report,) = asyncio.run(ReplayKernel({}).attempt(["x = 1"], a_question(X)))
    assert report.keys() == {"cannot"}

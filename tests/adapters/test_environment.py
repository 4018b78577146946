"""Which Python runs a course's cells, and environments made for it, on real interpreters and a real pip."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import zipfile
from base64 import urlsafe_b64encode
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.builders import a_course
from tui_tutor.core.course import Course
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import PackageNeed, Progress
from tui_tutor.shelf import environment, installation, pip
from tui_tutor.shelf.environment import Environments, proven_versions


def a_wheel(folder: Path, name: str = "tinypackage", version: str = "1.0") -> Path:
    """A package of one module, as pip takes it."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [
        f"{path},sha256={urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}"
        for path, text in files.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in files.items():
            archive.writestr(member, text)
    return path


def some_environments(tmp_path: Path) -> Environments:
    options = ("--no-index", f"--find-links={tmp_path / 'wheels'}", "--no-cache-dir")
    return Environments(tmp_path / "environments", always=(), pip_options=options)


def needing(*packages: str) -> Course:
    return a_course(kernel={"packages": packages})


def set_up(
    environments: Environments, course: Course, lock: dict[str, object] | None = None
) -> list[Progress]:
    async def collect() -> list[Progress]:
        return [progress async for progress in environments.set_up(course, lock or {})]

    return asyncio.run(collect())


def left_in(environments: Environments) -> list[str]:
    return sorted(path.name for path in environments.folder.iterdir())


# --- what is missing --------------------------------------------------------------------------------


def test_a_course_without_packages_runs_in_our_own_interpreter(tmp_path: Path):
    environments = Environments(tmp_path)
    course = a_course()
    assert environments.need(course) == PackageNeed(
        sys.executable, environment=str(environments.path_for(course))
    )


@pytest.mark.parametrize("packages", [("click>=8",), ("Click",), ("nowhere; python_version < '3'",)])
def test_our_own_interpreter_is_taken_when_it_satisfies(tmp_path: Path, packages: tuple[str, ...]):
    assert Environments(tmp_path).need(needing(*packages)).python == sys.executable


@pytest.mark.parametrize(
    "lacking", ["nowhere-to-be-found>=1", "click>=99", "not a requirement!", "click @ file:///x"]
)
def test_what_is_missing_is_named_as_the_course_wrote_it(tmp_path: Path, lacking: str):
    need = Environments(tmp_path).need(needing("pydantic", lacking))
    if "@" not in lacking:
        assert (need.python, need.missing) == (None, (lacking,))


def test_the_size_is_told_where_it_is_known_and_not_guessed_where_it_is_not(tmp_path: Path):
    environments = Environments(tmp_path)
    assert environments.need(needing("torch>=99")).size_mb == 220
    assert environments.need(needing("torch>=99", "nowhere-to-be-found")).size_mb is None


def test_the_versions_of_the_proof_are_taken_where_they_satisfy_the_course():
    lock = {"packages": {"Torch": "2.13.0+cpu", "numpy": "1.0", "click": "8.1", "broken": "x"}}
    assert proven_versions(("torch>=2.6", "numpy>=1.26", "ipykernel"), lock) == ("torch==2.13.0",)


# --- installing -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_packages_are_installed_and_the_course_then_runs_in_its_own_environment(tmp_path: Path):
    a_wheel(tmp_path / "wheels", version="1.0")
    a_wheel(tmp_path / "wheels", version="2.0")
    environments, course = some_environments(tmp_path), needing("tinypackage>=1")
    told = set_up(environments, course, {"packages": {"tinypackage": "1.0"}})
    need = environments.need(course)
    assert (told[0].fraction, told[-1]) == (0.0, Progress("ready", 1.0, 0.0))
    assert need.python == str(environments.path_for(course) / "bin" / "python")
    program = [need.python, "-c", "import tinypackage; print(tinypackage.version)"]
    assert subprocess.check_output(program, text=True) == "1.0\n"
    assert environments.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
def test_setting_up_again_replaces_the_environment_in_one_step(tmp_path: Path):
    a_wheel(tmp_path / "wheels")
    environments, course = some_environments(tmp_path), needing("tinypackage")
    set_up(environments, course)
    first = environments.path_for(course).resolve()
    set_up(environments, course)
    assert left_in(environments) == sorted(
        [environments.path_for(course).name, environments.path_for(course).resolve().name]
    )
    assert environments.path_for(course).resolve() != first


@pytest.mark.slow
def test_a_failed_installation_keeps_what_was_there(tmp_path: Path):
    wheel = a_wheel(tmp_path / "wheels")
    environments, course = some_environments(tmp_path), needing("tinypackage")
    set_up(environments, course)
    before = left_in(environments)
    wheel.unlink()
    with pytest.raises(TutorError, match="There is no ready-built tinypackage"):
        set_up(environments, course)
    assert left_in(environments) == before
    assert environments.need(course).python is not None


@pytest.mark.slow
def test_without_a_network_a_sentence_says_so(tmp_path: Path):
    options = ("--index-url=http://127.0.0.1:9/simple", "--retries=1", "--no-cache-dir")
    environments = Environments(tmp_path / "environments", always=(), pip_options=options)
    with pytest.raises(TutorError, match="there is no network") as told:
        set_up(environments, needing("tinypackage"))
    assert told.value.exit_code == 3
    assert left_in(environments) == []


@pytest.mark.slow
def test_stopping_half_way_leaves_nothing_behind(tmp_path: Path):
    a_wheel(tmp_path / "wheels")
    environments = some_environments(tmp_path)

    async def stop_at_the_second_step() -> None:
        async with aclosing(environments.set_up(needing("tinypackage"), {})) as steps:
            await anext(steps)
            await anext(steps)

    asyncio.run(stop_at_the_second_step())
    assert left_in(environments) == []


_KILLED = """
import asyncio, sys
from pathlib import Path
from tests.adapters.test_environment import needing, some_environments
async def work():
    async for progress in some_environments(Path(sys.argv[1])).set_up(needing("tinypackage"), {}):
        print(progress.what, flush=True)
asyncio.run(work())
"""


def _installing_process(tmp_path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _KILLED, str(tmp_path)]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root)
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["making an environment\n", "finding packages\n"]
    return process


@pytest.mark.slow
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path):
    a_wheel(tmp_path / "wheels")
    process = _installing_process(tmp_path)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert left_in(some_environments(tmp_path)) == []


@pytest.mark.slow
def test_what_a_killed_installation_left_is_swept_by_the_next(tmp_path: Path):
    a_wheel(tmp_path / "wheels")
    process = _installing_process(tmp_path)
    process.kill()
    process.communicate()
    environments, course = some_environments(tmp_path), needing("tinypackage")
    assert len(left_in(environments)) == 1
    set_up(environments, course)
    assert left_in(environments) == sorted(
        [environments.path_for(course).name, environments.path_for(course).resolve().name]
    )


# --- what is refused before anything starts ---------------------------------------------------------


@pytest.mark.parametrize("package", ["evil @ https://example.org/evil.whl", "--index-url=x", "a b c"])
def test_a_course_can_ask_for_packages_by_name_only(tmp_path: Path, package: str):
    with pytest.raises(TutorError, match="The course asks for a package"):
        set_up(some_environments(tmp_path), needing(package))
    assert not (tmp_path / "environments").exists()


def test_too_little_disk_space_is_told_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    full = os.statvfs(tmp_path)
    usage = type("Usage", (), {"free": 5_000_000, "total": full.f_blocks, "used": 0})
    monkeypatch.setattr(installation.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(TutorError, match="need about 950 MB; 5 MB are free"):
        set_up(some_environments(tmp_path), needing("torch>=99"))


def test_a_place_that_cannot_be_written_is_told_in_words(tmp_path: Path):
    (tmp_path / "environments").write_text("a file where a folder is needed")
    with pytest.raises(TutorError, match="The packages have no place"):
        set_up(some_environments(tmp_path), needing("tinypackage"))


def test_a_missing_venv_module_is_told_with_its_cure():
    told = installation._no_environment(["Error: ensurepip is not available"])
    assert (told.message, told.exit_code) == ("Python's venv module is missing.", 3)
    assert "apt install python3-venv" in told.help


def test_the_bytes_fetched_become_a_part_of_the_whole():
    follower = pip.Follower(expected_mb=100, is_size_known=False, started=0.0)
    lines = [
        "Collecting torch",
        "Downloading torch-2.13.0-cp311-x.whl (80.0 MB)",
        "Progress 40000000 of 80000000",
    ]
    lines += [
        "Downloading numpy-2.0-cp311-x.whl (20.0 MB)",
        "Installing collected packages: numpy, torch",
        "noise",
    ]
    assert [follower.follow(line) for line in lines] == [
        Progress("finding packages", 0.05),
        Progress("downloading torch 2.13.0 (80.0 MB)", 0.05),
        Progress("downloading torch 2.13.0 (80.0 MB)", 0.35),
        Progress("downloading numpy 2.0 (20.0 MB)", 0.35),
        Progress("unpacking", 0.8),
        None,
    ]


def test_metadata_is_read_and_nothing_is_imported(tmp_path: Path):
    program = "import sys; from pathlib import Path; from tests.builders import a_course; "
    program += "from tui_tutor.shelf.environment import Environments; "
    program += (
        "Environments(Path('.')).need(a_course(kernel={'packages': ['torch', 'numpy', 'ipykernel']})); "
    )
    program += "print({'torch', 'numpy', 'ipykernel'} & set(sys.modules))"
    root = Path(__file__).parents[2]
    assert subprocess.check_output([sys.executable, "-c", program], text=True, cwd=root) == "set()\n"


def test_an_environment_is_another_one_for_other_packages(tmp_path: Path):
    environments = Environments(tmp_path)
    assert environments.path_for(needing("a")) != environments.path_for(needing("b"))
    assert environment.interpreter_in(environments.path_for(needing("a"))) is None

"""Wheels that travel with a course: fetched for a system, and installed where there is no network."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.adapters.test_environment import a_wheel, left_in, needing
from tests.zips import COURSE
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Progress
from tui_tutor.shelf.environment import Environments
from tui_tutor.shelf.fetching import Target
from tui_tutor.shelf.installed import Library

NO_NETWORK = ("--index-url=http://127.0.0.1:9/simple", "--retries=1", "--no-cache-dir")


def an_index(folder: Path, *names: str) -> tuple[str, ...]:
    """pip's options for a folder of wheels instead of an index."""
    for name in names:
        a_wheel(folder, name)
    return ("--no-index", f"--find-links={folder}", "--no-cache-dir")


def fetched(
    environments: Environments, folder: Path, *packages: str, targets: tuple[Target, ...] = ()
) -> list[str]:
    folder.mkdir()

    async def collect() -> list[Progress]:
        steps = environments.fetch_wheels(needing(*packages), {}, folder, targets)
        return [progress async for progress in steps]

    asyncio.run(collect())
    return sorted(path.name for path in folder.iterdir())


def set_up(environments: Environments, wheels: Path | None, *packages: str) -> list[str]:
    async def collect() -> list[str]:
        return [one.what async for one in environments.set_up(needing(*packages), {}, wheels)]

    return asyncio.run(collect())


@pytest.mark.slow
def test_what_setup_installs_is_fetched_with_what_a_kernel_needs(tmp_path: Path):
    options = an_index(tmp_path / "index", "tinypackage", "tinykernel", "unwanted")
    environments = Environments(tmp_path, always=("tinykernel",), pip_options=options)
    assert fetched(environments, tmp_path / "wheels", "tinypackage") == [
        "tinykernel-1.0-py3-none-any.whl",
        "tinypackage-1.0-py3-none-any.whl",
    ]


@pytest.mark.slow
def test_wheels_are_fetched_for_every_system_that_is_named(tmp_path: Path):
    options = an_index(tmp_path / "index", "tinypackage")
    pure = tmp_path / "index" / "tinypackage-1.0-py3-none-any.whl"
    systems = ("cp312-cp312-manylinux2014_x86_64", "cp313-cp313-manylinux_2_28_aarch64")
    for system in systems:
        shutil.copy(pure, tmp_path / "index" / f"tinypackage-1.0-{system}.whl")
    pure.unlink()
    environments = Environments(tmp_path, always=(), pip_options=options)
    targets = (Target("linux_x86_64", "3.12"), Target("linux_aarch64", "3.13"))
    assert fetched(environments, tmp_path / "wheels", "tinypackage", targets=targets) == [
        f"tinypackage-1.0-{system}.whl" for system in systems
    ]
    with pytest.raises(TutorError, match=r"no ready-built tinypackage for Python 3.12 on win_amd64") as told:
        fetched(environments, tmp_path / "none", "tinypackage", targets=(Target("win_amd64", "3.12"),))
    assert told.value.exit_code == 3


@pytest.mark.parametrize(
    "target", [Target("--index-url=x"), Target("LINUX"), Target(None, "2.7"), Target(None, "3.x")]
)
def test_what_is_no_system_is_told_in_words(tmp_path: Path, target: Target):
    with pytest.raises(TutorError, match=r"There is no (platform|Python version)"):
        fetched(Environments(tmp_path), tmp_path / "wheels", "x", targets=(target,))


@pytest.mark.slow
def test_without_a_network_nothing_is_fetched_and_a_sentence_says_so(tmp_path: Path):
    environments = Environments(tmp_path, always=(), pip_options=NO_NETWORK)
    with pytest.raises(TutorError, match="there is no network") as told:
        fetched(environments, tmp_path / "wheels", "tinypackage")
    assert (told.value.exit_code, list((tmp_path / "wheels").iterdir())) == (3, [])


@pytest.mark.slow
def test_what_came_with_a_course_is_installed_without_a_network(tmp_path: Path):
    an_index(tmp_path / "wheels", "tinypackage", "tinykernel")
    environments = Environments(tmp_path / "environments", always=("tinykernel",), pip_options=NO_NETWORK)
    assert set_up(environments, tmp_path / "wheels", "tinypackage")[-1] == "ready"
    need = environments.need(needing("tinypackage"))
    assert need.python is not None
    program = "import tinypackage, tinykernel; print(tinypackage.version)"
    assert subprocess.check_output([need.python, "-c", program], text=True) == "1.0\n"


@pytest.mark.slow
def test_where_what_came_does_not_fit_it_is_fetched_and_said_to_be(tmp_path: Path):
    options = an_index(tmp_path / "index", "tinypackage")
    a_wheel(tmp_path / "wheels").rename(tmp_path / "wheels" / "tinypackage-1.0-cp39-cp39-win_amd64.whl")
    environments = Environments(tmp_path / "environments", always=(), pip_options=options)
    told = set_up(environments, tmp_path / "wheels", "tinypackage")
    assert "fetching what did not come with the course" in told
    assert environments.need(needing("tinypackage")).python is not None


@pytest.mark.slow
def test_where_nothing_fits_and_there_is_no_network_nothing_is_left(tmp_path: Path):
    an_index(tmp_path / "wheels", "other")
    environments = Environments(tmp_path / "environments", always=(), pip_options=NO_NETWORK)
    with pytest.raises(TutorError, match="there is no network"):
        set_up(environments, tmp_path / "wheels", "tinypackage")
    assert left_in(environments) == []


@pytest.mark.slow
def test_an_installed_course_is_set_up_with_its_own_wheels_and_a_folder_elsewhere_is_not(tmp_path: Path):
    environments = Environments(tmp_path / "environments", always=(), pip_options=NO_NETWORK)
    course = COURSE["course.toml"] + b'[kernel]\npackages = ["tinypackage"]\n'
    for folder in (tmp_path / "data" / "courses" / "tour", tmp_path / "elsewhere"):
        for name, data in {**COURSE, "course.toml": course}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        a_wheel(folder / ".wheels")
    library = Library(None, tmp_path / "data", environments=environments)

    async def finished(ref: str) -> None:
        async for _ in library.open(ref).set_up():
            pass

    with pytest.raises(TutorError, match="there is no network"):
        asyncio.run(finished(str(tmp_path / "elsewhere")))
    asyncio.run(finished("tour"))
    assert library.open("tour").packages().python is not None

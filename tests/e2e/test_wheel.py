"""What is built can be installed into an empty environment, and needs nothing of the repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.playing import ROOT

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Installed:
    """An environment of its own with the wheel in it; dependencies are those of the tests, never fetched."""

    environment: Path

    def run(self, *argv: str, lines: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """A command of that environment, in a folder that has nothing to do with the repository."""
        elsewhere = self.environment.parent / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            [self.environment / "bin" / argv[0], *argv[1:]],
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=elsewhere,
            env={**kept, "TUI_TUTOR_DATA": str(elsewhere / "data"), "PYTHONIOENCODING": "utf-8"},
            timeout=100,
        )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with wheel and sdist."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run([*build, "--wheel", "--sdist"], check=True, capture_output=True, timeout=100)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    environment = tmp_path_factory.mktemp("installed") / "environment"
    venv.create(environment, symlinks=True)
    own = next((environment / "lib").glob("python*")) / "site-packages"
    # A plain path line, not a site folder: the editable installation of the tests must not be found.
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    wheel = next(built.glob("*.whl"))
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "install", "--quiet"]
    options = ["--no-deps", "--no-index", "--ignore-installed", "--disable-pip-version-check"]
    subprocess.run([*pip, *options, str(wheel)], check=True, capture_output=True, timeout=100)
    return Installed(environment)


def test_the_package_and_its_courses_are_those_of_the_wheel(installed: Installed) -> None:
    asked = "import tui_tutor.cli.places as p; print(p.__file__); print(p.shipped_courses())"
    done = installed.run("python", "-c", asked)
    places = [Path(line) for line in done.stdout.splitlines()]
    assert [place.is_relative_to(installed.environment) for place in places] == [True, True], done.stderr


def test_the_library_shows_the_shipped_courses(installed: Installed) -> None:
    done = installed.run("tui-tutor", "list", "--json")
    courses = {course["id"]: course["problems"] for course in json.loads(done.stdout)["courses"]}
    assert courses == {"start-here": [], "vae": [], "write-your-own": []}


def test_a_lesson_is_played_and_remembered(installed: Installed) -> None:
    learn = ("tui-tutor", "learn", "start-here", "1", "--plain", "--trust", "once")
    done = installed.run(*learn, lines=["next", "run", "quit"])
    assert (done.returncode, done.stderr) == (0, "")
    assert "In [1]" in done.stdout
    results = json.loads(installed.run("tui-tutor", "results", "start-here", "--json").stdout)
    assert [lesson["id"] for lesson in results["courses"][0]["lesson"] if lesson["cells_done"]] != []


def test_python_runs_the_package_by_its_name(installed: Installed) -> None:
    from tui_tutor import __version__

    done = installed.run("python", "-m", "tui_tutor", "--version")
    assert (done.stdout, done.stderr) == (f"tui-tutor {__version__}\n", "")


def test_the_wheel_holds_the_package_its_data_and_the_courses_and_nothing_else(built: Path) -> None:
    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    assert {"tui_tutor/py.typed", "tui_tutor/store/schema.sql"} <= set(names)
    tracked = _tracked("courses")
    assert {f"tui_tutor/_{name}" for name in tracked} == {n for n in names if "/_courses/" in n}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"tui_tutor"}


def test_the_sdist_can_be_built_and_tested_from(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"pyproject.toml", "Makefile", "constraints.txt", ".ci/run", "LICENSE", "README.md"}
    assert wanted | set(_tracked("courses", "docs")) <= names


def _tracked(*folders: str) -> list[str]:
    """The files of the repository in these folders, by their paths from its root."""
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return [
        str(path.relative_to(ROOT)) for path in paths if path.is_file() and "__pycache__" not in path.parts
    ]

"""What the studio finds out by running, in an interpreter of its own."""

from __future__ import annotations

import asyncio
import venv

import pytest

from tests.builders import a_course
from tui_tutor.cli.places import data_folder
from tui_tutor.cli.studio_trials import FolderTrials
from tui_tutor.shelf.environment import Environments

pytestmark = pytest.mark.slow


@pytest.fixture
def trials(tmp_path, monkeypatch):
    monkeypatch.setenv("TUI_TUTOR_DATA", str(tmp_path / "data"))
    (tmp_path / "scratch").mkdir()
    return FolderTrials(tmp_path / "scratch", tmp_path / "memory")


def test_what_a_program_prints_is_found_out_by_running_it(trials):
    said = asyncio.run(trials.printed("print('one')\nprint(1 + 1)", a_course(["one"])))
    assert said == (True, "one\n2")


def test_a_program_that_ends_badly_says_so(trials):
    ended_well, said = asyncio.run(trials.printed("print(1 / 0)", a_course(["one"])))
    assert not ended_well
    assert said.endswith("ZeroDivisionError: division by zero")


def test_a_program_has_the_packages_of_its_course(trials):
    course = a_course(["one"], id="with-packages", kernel={"packages": ["onlyhere"]})
    own = Environments(data_folder() / "environments").path_for(course)
    venv.create(own, symlinks=True)
    [packages] = own.glob("lib/python3*/site-packages")
    (packages / "onlyhere.py").write_text("word = 'found'\n")
    (packages / "onlyhere-1.0.dist-info").mkdir()
    (packages / "onlyhere-1.0.dist-info" / "METADATA").write_text("Name: onlyhere\nVersion: 1.0\n")
    said = asyncio.run(trials.printed("import onlyhere\nprint(onlyhere.word)", course))
    assert said == (True, "found")

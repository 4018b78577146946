"""The profiles that ship: each is of an industry that exists, whole, and like no other."""

from __future__ import annotations

from importlib.resources import files

import pytest
import tomli

from tui_tutor.studio.industries.catalogue import industries, profile, profiles
from tui_tutor.studio.industries.linting import mistakes
from tui_tutor.studio.industries.profile import ProfileFile
from tui_tutor.studio.industries.telling import MOST_CHARS, prompt_text

_FOLDER = files("tui_tutor.studio.industries").joinpath("profiles")
_FILES = sorted(
    (file for folder in (_FOLDER, _FOLDER.joinpath("more")) for file in folder.iterdir() if file.is_file()),
    key=str,
)


@pytest.mark.parametrize("file", _FILES, ids=lambda file: str(file).rpartition("profiles/")[2])
def test_a_file_holds_profiles_of_its_own_sector(file):
    read = ProfileFile.model_validate(tomli.loads(file.read_text("utf-8"))).profile
    assert read
    assert {f"{each.code[:2]}.toml" for each in read} == {file.name}


def test_the_profiles_have_no_mistake():
    assert mistakes(profiles()) == []


def test_half_of_all_industries_have_a_profile_and_thirty_are_reviewed():
    written = profiles()
    assert len(written) >= 150
    assert sum(each.reviewed for each in written) >= 30
    assert {each.code[:2] for each in written} == {each.code[:2] for each in industries()}


def test_what_agents_are_told_has_every_part_within_its_bound():
    for each in profiles():
        text = prompt_text(each)
        assert len(text) <= MOST_CHARS
        parts = [line for line in text.splitlines() if line.endswith(":") and not line.startswith("- ")]
        assert parts == ["Roles:", "Tasks:", "Data:", "Rules:", "Pitfalls:", "Terms:"], each.code
        terms = text.partition("Terms:\n")[2].splitlines()
        assert len(terms) >= 5, each.code


def test_a_profile_is_found_by_its_code():
    assert [profile(each.code) for each in profiles()] == list(profiles())
    assert profile("9999") is None

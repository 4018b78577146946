"""The profiles that ship: each is of an industry that exists, whole, and like no other."""

from __future__ import annotations

from importlib.resources import files

import pytest
import tomli
from pydantic import ValidationError

from tui_tutor.studio.industries.catalogue import industries, profile, profiles
from tui_tutor.studio.industries.linting import mistakes
from tui_tutor.studio.industries.profile import Profile, ProfileFile
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


def test_a_reviewed_profile_without_two_opened_sources_is_refused():
    one = next(each for each in profiles() if each.reviewed)
    opened = [source for source in one.source if source.backs]
    unopened = [source.model_copy(update={"backs": ""}) for source in opened]
    for sources in ([], unopened, [opened[0], *unopened[1:]]):
        values = one.model_dump() | {"source": tuple(source.model_dump() for source in sources)}
        with pytest.raises(ValidationError, match="at least 2 opened sources"):
            Profile.model_validate(values)
        Profile.model_validate(values | {"reviewed": False})
    Profile.model_validate(one.model_dump() | {"source": tuple(source.model_dump() for source in opened[:2])})


def test_every_address_is_https_and_no_source_stands_twice_in_a_profile():
    for each in profiles():
        addresses = [source.address for source in each.source if source.address]
        assert [one for one in addresses if not one.startswith("https://")] == [], each.code
        assert len(set(addresses)) == len(addresses), each.code
        named = [(source.title, source.publisher) for source in each.source]
        assert len(set(named)) == len(named), each.code


def test_a_reviewed_profile_names_a_few_sources_and_not_many():
    assert [each.code for each in profiles() if each.reviewed and len(each.source) > 13] == []

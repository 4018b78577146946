"""Industry groups: their codes, how they are found, and what a course has of an industry's words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tui_tutor.core.errors import TutorError
from tui_tutor.studio.industries.catalogue import find, industries, industry, profile
from tui_tutor.studio.industries.linting import mistakes
from tui_tutor.studio.industries.profile import Profile
from tui_tutor.studio.industries.telling import MOST_CHARS, prompt_text
from tui_tutor.studio.industries.words import similarity, terms_used, words

POWER = profile("2211")
assert POWER is not None


def codes(text: str) -> list[str]:
    return [each.code for each in find(text, limit=3)]


# --- the groups -------------------------------------------------------------------------------------


def test_there_are_308_groups_in_20_sectors_in_the_order_of_their_codes():
    found = [each.code for each in industries()]
    assert len(found) == 308
    assert found == sorted(set(found))
    assert len({each.sector for each in industries()}) == 20


def test_every_group_has_codes_of_all_three_other_standards_and_says_how_they_relate():
    for each in industries():
        assert all((each.isic4, each.isic5, each.nace21)), each.code
        assert set(each.relation) == {"isic4", "isic5", "nace21"}
        assert all(value.count("-to-") == 1 for value in each.relation.values())


def test_a_group_knows_its_sector_and_its_codes():
    software = industry("5415")
    assert software.title == "Computer Systems Design and Related Services"
    assert software.sector_title == "Professional, Scientific, and Technical Services"
    assert software.isic4 == ("6201", "6202", "6209")
    assert software.nace21 == ("62.10", "62.20", "62.90")
    assert software.relation["nace21"] == "one-to-many"


def test_a_zero_that_the_crosswalk_lost_is_back():
    assert industry("1121").isic4 == ("0141",)


def test_a_code_that_is_none_is_refused_with_its_neighbours():
    with pytest.raises(TutorError) as refused:
        industry("4541")
    assert refused.value.message == "NAICS 2022 has no industry group 4541"
    assert refused.value.help.startswith("near it: 4551 Department Stores; ")


@pytest.mark.parametrize("code", ["", "x", "22", "../2", "22\n11", "²²¹¹"])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(TutorError):
        industry(code)
    assert profile(code) is None


# --- finding ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("6221", "6221"),
        ("Hospitals", "6221"),
        ("banks", "5221"),
        ("electricity", "2211"),
        ("load forecaster", "2211"),
        ("solar power", "2211"),
        ("dentist", "6212"),
        ("nurse", "6211"),
        ("26.11", "3344"),
    ],
)
def test_an_industry_is_found_by_code_title_and_the_words_of_its_people(text, best):
    assert best in codes(text)


def test_a_nace_code_is_found_where_its_group_stands_for_it():
    assert "47.1" in industry("4451").nace21
    assert industry("4451") in find("47.11", limit=100)


def test_what_says_nothing_finds_nothing():
    assert [find(text) for text in ("", "  ", "the and of", "xyzzy", "99999")] == [()] * 5


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_any_text_can_be_looked_for(text):
    found = find(text, limit=4)
    assert len(found) <= 4
    assert len(set(found)) == len(found)


# --- words ------------------------------------------------------------------------------------------


def test_words_are_content_in_lower_case():
    assert words("The N-1 criterion: what if a line's load FAILS?") == ["criterion", "line", "load", "fails"]


def test_similarity_is_the_share_of_common_words():
    assert similarity("pumps and valves", "a valve, a pump") == 1.0
    assert similarity("pumps and valves", "loans") == 0.0
    assert similarity("pumps valves loans", "pumps") == pytest.approx(1 / 3)


@given(st.text(max_size=80), st.text(max_size=80))
def test_similarity_is_symmetric_and_one_with_oneself(a, b):
    assert similarity(a, b) == similarity(b, a)
    assert 0.0 <= similarity(a, b) <= 1.0
    assert similarity(a, a) == 1.0


def test_terms_are_counted_whole_in_singular_and_plural():
    texts = [
        "Base load meets peak loads; the PEAK-LOAD of a basement.",
        "Dispatches, dispatched. SAIDI and saidi.",
    ]
    assert terms_used(POWER, texts) == {"base load": 1, "peak load": 2, "dispatch": 1, "SAIDI": 1}


def test_a_text_of_another_trade_uses_no_terms():
    assert terms_used(POWER, ["Knead the dough until it is smooth."]) == {}


# --- telling ----------------------------------------------------------------------------------------


def test_agents_are_told_all_terms_and_what_most_of_them_mean():
    text = prompt_text(POWER)
    assert text.startswith(
        "Industry 2211: Electric Power Generation, Transmission and Distribution\nGenerating"
    )
    assert all(each.term in text for each in POWER.term)
    assert "- base load: The demand that is present at every hour" in text


def test_agents_are_told_when_nobody_has_reviewed_a_profile():
    warning = "Nobody has compared this profile with its sources: state none of its rules as fact."
    assert warning in prompt_text(POWER.model_copy(update={"reviewed": False}))
    assert warning not in prompt_text(POWER)


def longest(text: str, room: int) -> str:
    return (text + " word" * room)[:room].strip()


def test_the_longest_profile_keeps_within_the_bound():
    bloated = POWER.model_copy(
        update={
            "summary": longest("s", 420),
            "roles": tuple(longest(f"role {n}", 120) for n in range(6)),
            "tasks": tuple(longest(f"task {n}", 240) for n in range(6)),
            "pitfalls": tuple(longest(f"pitfall {n}", 240) for n in range(5)),
            "term": tuple(
                POWER.term[0].model_copy(update={"term": longest(f"t{n}", 120), "meaning": longest("m", 240)})
                for n in range(20)
            ),
        }
    )
    assert Profile.model_validate(bloated.model_dump()) == bloated
    assert len(prompt_text(bloated)) <= MOST_CHARS


# --- what a profile must be -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"summary": ""},
        {"roles": ("one", "two")},
        {"term": POWER.term[:9]},
        {"data": POWER.data[:1]},
        {"regulation": ()},
        {"source": POWER.source[:1]},
        {"reviewed": "yes"},
        {"code": "221"},
        {"pitfalls": ("   ", *POWER.pitfalls)},
        {"extra": 1},
    ],
    ids=str,
)
def test_a_profile_that_lacks_something_is_refused(changed):
    with pytest.raises(ValidationError):
        Profile.model_validate(POWER.model_dump() | changed)


def test_a_profile_that_is_not_reviewed_needs_no_source():
    values = POWER.model_dump() | {"reviewed": False, "source": ()}
    assert Profile.model_validate(values).source == ()


def test_an_industry_that_is_not_a_term_twice_and_a_word_of_python_are_mistakes():
    terms = (POWER.term[0], *POWER.term, POWER.term[1].model_copy(update={"term": "yield"}))
    assert mistakes([POWER.model_copy(update={"code": "2299", "term": terms})]) == [
        "2299: NAICS 2022 has no such industry group",
        "2299: term 'base load' stands there twice",
        "2299: term 'yield' is a word of Python, which any course uses",
    ]


def test_a_profile_made_from_another_is_a_mistake():
    copy = POWER.model_copy(update={"code": "2212"})
    found = mistakes([POWER, copy])
    assert f"2212: {POWER.summary!r} stands in 2211 too" in found
    assert "2212: says nearly what 2211 says (Jaccard 1.00)" in found
    assert "2212: has nearly the terms of 2211 (Jaccard 1.00)" in found

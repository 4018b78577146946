"""Quotations stand in their sources to the byte, paths lead somewhere, grounded courses say where from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import a_markdown
from tests.unit.studio.gates.building import PROSE, built, good_cells, hard_gates, said_by
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.citations import states_something
from tui_tutor.studio.grounding.citing import citations_in, with_citations
from tui_tutor.studio.grounding.marks import paragraphs_of
from tui_tutor.studio.grounding.source import Source

NOTES = Source(
    "notes.md",
    "# Means\n\nA mean is the sum of the numbers divided by how many there are.\n\n"
    "It is pulled “upwards” by very large numbers.\n\nSee Tukey and Wilk 1966.\n".encode(),
)
CITED = 'A mean is a sum that is divided [cite: notes.md "the sum of the numbers divided by how many"].'


def grounded(text: str, *, files: dict[str, bytes] | None = None) -> Built:
    """The good course, grounded on the notes, with other words in its first cell."""
    cells = [a_markdown(f"{text}\n", id="words"), *good_cells()[1:]]
    return built(cells, sources=(NOTES,), files=files or {})


def test_a_quotation_that_stands_in_its_source_passes():
    assert hard_gates(grounded(with_citations(CITED, [NOTES]).text)) == set()


def damaged(old: str, new: str) -> str:
    text = with_citations(CITED, [NOTES]).text
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    "text",
    [
        damaged("#19-", "#20-"),
        damaged('"the sum', '"the Sum'),
        damaged("source:notes.md", "source:other.md"),
        damaged("source:notes.md#19-61", "source:notes.md"),
        damaged("#19-61", "#19-999"),
        damaged("#19-61", "#61-19"),
        damaged('how many"', 'how  many"'),
        "A mean is a sum ([notes](source:notes.md#19-61)).",
        'A mean is a sum ([notes](source:notes.md#19-21 "th")).',
    ],
)
def test_a_quotation_that_does_not_is_stopped(text: str):
    assert "citation-unfounded" in hard_gates(grounded(text))


def test_a_quotation_too_short_to_say_anything_is_stopped():
    assert "citation-unfounded" in hard_gates(grounded('A mean ([notes](source:notes.md#9-16 "A mean ")).'))


def test_a_citation_in_a_course_without_sources_is_stopped():
    cells = [a_markdown(with_citations(CITED, [NOTES]).text, id="words"), *good_cells()[1:]]
    assert hard_gates(built(cells)) == {"citation-unfounded"}


@pytest.mark.parametrize("mark", ['[cite: notes.md "what is not there at all"]', "[notes.md:3]", "[cite: x"])
def test_a_citation_that_is_left_open_is_stopped(mark: str):
    assert "citation-open" in hard_gates(grounded(f"A mean is a number {mark}."))


def test_a_work_that_no_source_names_is_stopped_in_a_grounded_course_only():
    named = "The idea is old (Laplace and Gauss 1809)."
    assert "citation-unfounded" in hard_gates(grounded(named))
    assert "citation-unfounded" not in hard_gates(grounded("The idea is old: Tukey and Wilk 1966."))
    cells = [a_markdown(named, id="words"), *good_cells()[1:]]
    assert [one.is_hard for one in said_by("link-unchecked", built(cells))] == [False]


@pytest.mark.parametrize(
    ("text", "files", "stopped"),
    [
        ("See [the data](files/data.csv).", {}, True),
        ("See [the data](files/data.csv).", {"files/data.csv": b"1"}, False),
        ("See [the data](data.csv).", {"files/data.csv": b"1"}, False),
        ("![A cloud](pictures/cloud.png)", {}, True),
        ("See [the documentation](https://docs.python.org/3/).", {}, False),
        ("See <https://docs.python.org/3/>.", {}, False),
    ],
)
def test_every_path_leads_to_a_file_of_the_course(text: str, files: dict[str, bytes], stopped: bool):
    cells = [a_markdown(text, id="words"), *good_cells()[1:]]
    assert ("path-dangling" in hard_gates(built(cells, files=files))) == stopped


def test_four_of_five_factual_paragraphs_say_where_from():
    fact = "The mean of a list is a single number which stands for every number in the list."
    cited = with_citations(CITED, [NOTES]).text.split("\n\n")
    paragraphs = [
        f"The mean of the numbers is a sum that was divided by their count {n} [notes.md:3]."
        for n in range(4)
    ]
    text = "\n\n".join([*paragraphs, fact, *cited[1:]])
    assert "citation-share" not in hard_gates(grounded(text))
    assert "citation-share" in hard_gates(grounded("\n\n".join([fact, text])))


@pytest.mark.parametrize(("language", "stops"), [("en-GB", True), ("de", True), ("fr", False)])
def test_where_statements_are_not_told_from_all_else_their_share_stops_nothing(language, stops):
    fact = "The mean of a list is a single number which stands for every number in the list."
    course = replace(grounded(fact), brief=Brief(topic="Means", language=language))
    assert [one.is_hard for one in said_by("citation-share", course)] == [stops]


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("A mean is one number for many, and it is found by adding them and dividing.", True),
        ("# A mean is one number for many, and it is found by adding them and dividing", False),
        ("Run the cell below, then change one of its numbers, and run it once again now.", False),
        ("What do you think happens to the mean if one of the numbers becomes very large?", False),
        ("A mean is short.", False),
        ("- A mean is one number for many, and it is found by adding them and dividing.", True),
    ],
)
def test_what_counts_as_a_factual_paragraph(text: str, does: bool):
    assert any(states_something(one) for one in paragraphs_of(text)) == does


def test_the_prose_of_the_good_course_asks_for_no_source():
    assert citations_in(PROSE) == ()

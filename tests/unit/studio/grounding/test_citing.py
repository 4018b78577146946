"""Marks of agents become citations whose quotations stand in their sources to the byte."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui_tutor.core.prose import prose
from tui_tutor.studio.grounding.citing import Citation, citations_in, is_founded, located, with_citations
from tui_tutor.studio.grounding.source import Source

NOTES = Source(
    "notes.md", "A kernel keeps\nits names – “always” – until\n  it ends.\r\n\r\nIt ends late.\n".encode()
)


def test_a_mark_becomes_a_link_to_the_bytes_that_say_so():
    cited = with_citations('Names stay [cite: notes.md "A kernel keeps its names"].', [NOTES])
    assert cited.text == (
        'Names stay [notes.md:1].\n\n[notes.md:1]: source:notes.md#0-24 "A kernel keeps\nits names"\n'
    )
    assert citations_in(cited.text) == (Citation("notes.md", 0, 24, "A kernel keeps\nits names"),)
    assert cited.missing == ()


def test_the_player_shows_file_and_line():
    text = with_citations('Names stay [cite: notes.md "A kernel keeps its names"].', [NOTES]).text
    shown = [line.text for line in prose(text, width=80)]
    assert shown == ["Names stay [notes.md:1]."]


def test_words_that_stand_nowhere_stay_as_marks_and_are_listed():
    text = 'Names stay [cite: notes.md "A kernel forgets its names"] [cite: other.md "A kernel keeps names"].'
    cited = with_citations(text, [NOTES])
    assert cited.text == text
    assert cited.missing == (
        '[cite: notes.md "A kernel forgets its names"]',
        '[cite: other.md "A kernel keeps names"]',
    )


def test_one_line_quoted_twice_gets_two_names_and_the_same_words_one():
    source = Source("n.md", b"The first half is here, the second half is there.\n")
    marks = ('[cite: n.md "The first half is here"]', '[cite: n.md "the second half is there"]')
    cited = with_citations(f"A {marks[0]}. B {marks[1]}. C {marks[0]}.", [source])
    assert cited.text.startswith("A [n.md:1]. B [n.md:1b]. C [n.md:1].\n")
    assert len(citations_in(cited.text)) == 3


@pytest.mark.parametrize("words", ["", "   ", "late", "x" * 601, "A kernel keeps no names"])
def test_what_is_not_there_or_says_nothing_is_not_located(words: str):
    assert located(NOTES, words) is None


def test_a_quotation_with_an_indent_is_cut_to_its_longest_line():
    found = located(NOTES, "its names – “always” – until it ends.")
    assert found is not None
    assert found.quote == "its names – “always” – until"


def test_an_address_that_is_none_is_founded_nowhere():
    (citation,) = citations_in("[x](source:notes.md#one-two)")
    assert not is_founded(citation, [NOTES])


WORDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80)


@example("0", "\x00", "0")  # nothing of it can be quoted
@given(WORDS, WORDS, WORDS)
def test_whatever_a_source_holds_what_is_cited_is_founded(before: str, words: str, after: str):
    source = Source("a/b.md", f"{before} {words} {after}".encode())
    quote = words.replace('"', "'").replace("”", "'").replace("]", ")")
    cited = with_citations(f'So it is [cite: a/b.md "{quote}"].', [source])
    assert all(is_founded(one, [source]) for one in citations_in(cited.text))
    if located(source, quote) and not cited.missing:
        assert len(citations_in(cited.text)) == 1


@given(st.text(max_size=200))
def test_whatever_a_text_says_reading_its_citations_ends(text: str):
    citations_in(text)
    with_citations(text, [NOTES])

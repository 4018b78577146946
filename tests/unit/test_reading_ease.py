"""How easy prose is: the published formulas on texts whose figures are known, and what does not count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_code, a_lesson, a_markdown, a_quiz, a_viz, an_exercise
from tui_tutor.core.reading_ease import ReadingEase, prose_of, reading_ease
from tui_tutor.core.syllables import syllables

GETTYSBURG = """
Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in
Liberty, and dedicated to the proposition that all men are created equal.

Now we are engaged in a great civil war, testing whether that nation, or any nation so conceived and so
dedicated, can long endure. We are met on a great battle-field of that war. We have come to dedicate a
portion of that field, as a final resting place for those who here gave their lives that that nation
might live. It is altogether fitting and proper that we should do this.

But, in a larger sense, we can not dedicate, we can not consecrate, we can not hallow, this ground. The
brave men, living and dead, who struggled here, have consecrated it, far above our poor power to add or
detract. The world will little note, nor long remember what we say here, but it can never forget what
they did here. It is for us the living, rather, to be dedicated here to the unfinished work which they
who fought here have thus far so nobly advanced. It is rather for us to be here dedicated to the great
task remaining before us, that from these honored dead we take increased devotion to that cause for which
they gave the last full measure of devotion, that we here highly resolve that these dead shall not have
died in vain, that this nation, under God, shall have a new birth of freedom, and that government of the
people, by the people, for the people, shall not perish from the earth.
"""
WORDS = st.sampled_from(["cat", "table", "reading", "kernel", "variation", "a", "probability", "run"])
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(lambda words: " ".join(words).capitalize() + ".")


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(("the", 1), ("cat", 1), ("table", 2), ("tables", 2), ("name", 1), ("names", 1), ("simple", 2)),
        *(("used", 1), ("added", 2), ("makes", 1), ("changes", 2), ("cookies", 2), ("tried", 1)),
        *(("statement", 2), ("element", 3), ("something", 2), ("completely", 3), ("variation", 4)),
        *(("science", 2), ("experience", 4), ("patience", 2), ("society", 4), ("video", 3), ("people", 2)),
        *(("usual", 3), ("square", 1), ("create", 2), ("creature", 2), ("area", 3), ("being", 2)),
        *(("studying", 3), ("didn't", 2), ("don't", 1), ("beyond", 2), ("eye", 1), ("GPU", 3)),
        *(("social", 2), ("million", 2), ("champion", 3), ("unique", 2), ("queue", 1), ("easier", 3)),
    ],
)
def test_english_syllables_are_counted_by_rule(word: str, count: int) -> None:
    assert syllables(word) == count


@given(st.text(max_size=40), st.sampled_from(["en", "de", "fr", ""]))
def test_every_word_has_a_syllable(word: str, language: str) -> None:
    assert syllables(word, language) >= 1


@pytest.mark.parametrize(
    ("text", "counts", "grade", "ease"),
    [
        ("The cat sat on the mat.", (6, 1, 6), -1.45, 116.145),
        (
            "This sentence, taken as a reading passage unto itself, is being used to prove a point.",
            (16, 1, 23),
            7.6125,
            68.9825,
        ),
        (
            "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.",
            (13, 1, 24),
            11.2646,
            37.4554,
        ),
    ],
)
def test_known_sentences_have_their_published_figures(
    text: str, counts: tuple[int, int, int], grade: float, ease: float
) -> None:
    assert reading_ease(text) == ReadingEase(
        *counts, pytest.approx(grade, abs=1e-3), pytest.approx(ease, abs=1e-3)
    )


def test_a_long_text_has_its_published_grade() -> None:
    found = reading_ease(GETTYSBURG)
    assert (found.words, found.sentences, found.grade) == (271, 10, pytest.approx(11.0, abs=0.3))


def test_german_has_a_formula_of_its_own() -> None:
    text = "Der Kern merkt sich jeden Namen."  # 6 words, 8 syllables
    assert reading_ease(text, "de-AT") == ReadingEase(6, 1, 8, None, pytest.approx(180 - 6 - 58.5 * 8 / 6))


def test_elsewhere_long_sentences_and_long_words_count() -> None:
    found = reading_ease("Le noyau retient toutes les variables.", "fr")
    assert found.ease == pytest.approx(100 - (6 + 100 * 2 / 6))


def test_code_mathematics_tables_pictures_headings_and_addresses_do_not_count() -> None:
    told = """
# A heading of five words

Read `x = [1, 2]` here, and $a^2 + b$ [there](https://example.org/a-very-long-address).

![a picture of a cat](cat.png)

| a table | of words |
|---|---|
| one | two |

```
for name in names: print(name)
```

$$
x + y
$$
"""
    assert reading_ease(told) == reading_ease("Read here, and there.")


def test_a_list_item_and_a_paragraph_end_a_sentence_and_an_abbreviation_does_not() -> None:
    assert reading_ease("- one cat\n- two cats\n").sentences == 2
    assert reading_ease("One cat\n\ntwo cats").sentences == 2
    assert reading_ease("Take a number, e.g. pi, or Dr. Who. It is 3.14 here.").sentences == 2


def test_a_text_without_words_has_no_ease() -> None:
    assert reading_ease("```\nx = 1\n```\n\n42. 43!") == ReadingEase(0, 0, 0, None, None)


@given(st.text(max_size=400))
def test_any_text_is_measured(text: str) -> None:
    found = reading_ease(text)
    assert found.syllables >= found.words >= found.sentences
    assert (found.ease is None) == (found.words == 0)


@given(st.lists(SENTENCES, min_size=1, max_size=6))
def test_a_text_said_twice_is_as_easy(sentences: list[str]) -> None:
    once, twice = reading_ease(" ".join(sentences)), reading_ease(" ".join(sentences * 2))
    assert (twice.words, twice.ease) == (2 * once.words, pytest.approx(once.ease))


@given(st.lists(WORDS, min_size=1, max_size=40), st.integers(1, 39))
def test_one_sentence_is_harder_than_its_words_in_two(words: list[str], cut: int) -> None:
    whole, parts = reading_ease(" ".join(words) + "."), [words[:cut], words[cut:]]
    apart = reading_ease(" ".join(" ".join(part) + "." for part in parts if part))
    assert whole.ease is not None
    assert apart.ease is not None
    assert (apart.words, apart.syllables) == (whole.words, whole.syllables)
    assert whole.ease <= apart.ease


@given(st.lists(SENTENCES, min_size=1, max_size=4), st.sampled_from(["en", "de", "sv"]))
def test_a_longer_word_for_each_short_one_is_harder(sentences: list[str], language: str) -> None:
    text = " ".join(sentences)
    longer = text.replace("cat", "abracadabra")
    easy, hard = reading_ease(text, language).ease, reading_ease(longer, language).ease
    assert easy is not None
    assert hard is not None
    assert hard <= easy


def test_the_prose_of_a_lesson_is_what_a_learner_reads() -> None:
    cells = [
        a_markdown("## Title\n\nRead `this`, *please*.\n\n```\nopen", id="a"),
        a_code("print(1)"),
        a_viz(caption="A line."),
        an_exercise(task="Make x two.", explain="It is two."),
        a_quiz(question="Which one?", explain="That one."),
        a_markdown("Unseen.", id="b", hidden=True),
    ]
    assert prose_of(a_lesson(cells)).split("\n\n") == [
        *("Read , please.", "Make x two.", "It is two.", "Which one?", "That one."),
    ]

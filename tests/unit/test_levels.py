"""What a course offers, what a learner chooses of it, and how overlays stand for that."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_course, a_lesson, a_markdown, a_quiz, as_toml
from tui_tutor.core.diagnostic import errors_in
from tui_tutor.core.grading.showing import shown
from tui_tutor.core.levels import Offer, Reading, offer_of
from tui_tutor.core.parsing.retelling import course_offer, entry_over, lesson_over, retellings
from tui_tutor.core.ports import CourseEntry, LessonFacts
from tui_tutor.core.study.asking import asked_in
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.core.wording.levels import offer_lines, reading_words

LEVELS = ("beginner", "intermediate", "advanced")
OFFERS = st.builds(
    Offer,
    st.permutations(LEVELS).flatmap(lambda all: st.integers(1, 3).map(lambda n: tuple(all[:n]))),
    st.permutations(("en", "de", "pt-BR")).flatmap(
        lambda all: st.integers(1, 3).map(lambda n: tuple(all[:n]))
    ),
)


def files_of(course=None, **lessons: str) -> dict[str, bytes]:
    """A course of one lesson, and overlays by tag (`de__beginner`)."""
    lesson = a_lesson([a_markdown("Plain.", id="words"), a_quiz(id="ask", hints=["Think."])])
    told = {f"lessons/first.{tag.replace('__', '.')}.toml": text.encode() for tag, text in lessons.items()}
    course = course or a_course(level="intermediate")
    return {"course.toml": as_toml(course).encode(), "lessons/first.toml": as_toml(lesson).encode(), **told}


def read(files: dict[str, bytes], overlay: str = ""):
    found = lesson_over(a_course(level="intermediate"), "first", files, overlay)
    assert found.lesson is not None
    return found.lesson


# --- what is offered --------------------------------------------------------------------------------


def test_a_course_offers_its_own_level_first_and_those_of_its_overlays() -> None:
    files = files_of(advanced="", beginner="", de__beginner="", fr="")
    assert course_offer(a_course(level="intermediate"), files) == Offer(
        ("intermediate", "beginner", "advanced"), ("en", "de", "fr")
    )


def test_a_course_that_does_not_say_its_level_is_offered_as_it_was_written() -> None:
    assert offer_of(a_course(), [("", "beginner")]).levels == ("standard", "beginner")
    assert not offer_of(a_course(), []).is_choice


def test_an_overlay_of_nothing_that_is_listed_offers_nothing() -> None:
    files = {**files_of(), "lessons/other.beginner.toml": b"", "lessons/first.nonsense-x_.toml": b""}
    assert not course_offer(a_course(), files).is_choice


@given(OFFERS)
def test_every_reading_has_an_overlay_and_every_overlay_its_reading(offer: Offer) -> None:
    readings = [Reading(level, language) for language in offer.languages for level in offer.levels]
    assert [offer.reading(offer.overlay(one)) for one in readings] == readings
    assert ("", *offer.overlays()) == tuple(offer.overlay(one) for one in readings)


@given(OFFERS, st.text(max_size=12), st.text(max_size=12))
def test_what_is_not_offered_any_more_is_the_courses_own(offer: Offer, level: str, language: str) -> None:
    chosen = offer.chosen(level, language)
    assert chosen.level in offer.levels
    assert chosen.language in offer.languages


def test_it_is_said_only_where_there_is_a_choice() -> None:
    assert reading_words(Offer(("beginner",), ("en",)), "") == ""
    assert reading_words(Offer(("beginner", "advanced"), ("en",)), "") == "beginner"
    both = Offer(("beginner", "advanced"), ("en", "de"))
    assert reading_words(both, "de.advanced") == "advanced · de"
    assert list(offer_lines(both, "de")) == ["level: beginner (now), advanced", "language: en, de (now)"]


# --- lessons ----------------------------------------------------------------------------------------


def test_an_overlay_asks_what_its_base_asks() -> None:
    files = files_of(advanced='[[cell]]\nid = "ask"\nquestion = "Quelle?"\nhints = []\n')
    base, told = read(files), read(files, "advanced")
    assert told.cell_by_id("ask") != base.cell_by_id("ask")
    assert asked_in(told, told.cells[1]) == asked_in(base, base.cells[1])
    assert (told.base, base.base) == (base, base)


def test_options_without_an_id_are_named_and_ordered_as_in_the_base() -> None:
    plain = '[[cell]]\nkind = "quiz"\nform = "choice"\nid = "ask"\nquestion = "Which?"\nshuffle = true\n'
    options = "".join(
        f'[[cell.option]]\ntext = "{n}"\ncorrect = {str(n == 2).lower()}\n' for n in range(1, 6)
    )
    told = "".join(f'[[cell.option]]\ntext = "option {n}"\n' for n in range(1, 6))
    files = {
        **files_of(advanced=f'[[cell]]\nid = "ask"\n{told}'),
        "lessons/first.toml": f'title = "T"\n{plain}{options}'.encode(),
    }
    before, after = (shown(read(files, one).cells[0], seed=7).items for one in ("", "advanced"))
    assert [one.key for one in after] == [one.key for one in before]
    assert [one.text for one in after] == [f"option {one.text}" for one in before]


def test_an_added_cell_need_not_be_done() -> None:
    told = read(files_of(beginner='[[cell]]\nafter = "words"\ntext = "More."\n'), "beginner")
    assert [(cell.kind, cell.counts) for cell in told.cells] == [("md", True), ("md", False), ("quiz", True)]


def test_an_overlay_with_mistakes_leaves_the_base_to_be_read() -> None:
    files = files_of(beginner='titel = "T"\n')
    found = lesson_over(a_course(level="intermediate"), "first", files, "beginner")
    assert found.lesson == read(files)
    assert [one.code for one in errors_in(found.diagnostics)] == ["unknown-key"]


def test_each_form_of_a_lesson_is_given_once() -> None:
    files = files_of(advanced='title = "A"\n', beginner="", de='title = "D"\n')
    course = a_course(level="intermediate")
    forms = [(overlay, lesson.title) for overlay, lesson in retellings(course, read(files), files)]
    assert forms == [("advanced", "A"), ("de", "D")]


# --- the library's line -----------------------------------------------------------------------------


def test_titles_follow_the_language_and_the_rest_of_an_entry_stays() -> None:
    course = a_course(summary="Short.", level="intermediate", objective=[{"id": "see", "text": "See."}])
    files = {
        **files_of(course, de='title = "Erste"\n'),
        "course.de.toml": b'title = "Ein Kurs"\n[[objective]]\nid = "see"\ntext = "Sehen."\n',
    }
    facts = {"first": LessonFacts("First lesson", minutes=5)}
    entry = CourseEntry("ref", "a-course", "A course", "/x", course, {"first": "First lesson"}, facts)
    told = entry_over(entry, files, "de.advanced")
    assert told.course is not None
    assert (told.ref, told.title, told.lesson_titles) == ("ref", "Ein Kurs", {"first": "Erste"})
    assert told.lesson_facts["first"] == LessonFacts("Erste", minutes=5)
    assert (told.course.summary, told.course.language, told.course.level) == ("Short.", "de", "advanced")
    assert [one.text for one in told.course.objective] == ["Sehen."]


def test_a_course_overlay_with_mistakes_changes_nothing() -> None:
    course = a_course()
    entry = CourseEntry("ref", "a-course", "A course", "/x", course)
    told = entry_over(entry, {"course.de.toml": b'title = "Ein Kurs"\nversion = "2.0.0"\n'}, "de")
    assert told.title == "A course"


JUNK = st.recursive(
    st.one_of(st.text(max_size=5), st.integers(0, 9), st.booleans(), st.just("see")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "text", "title", "objective", "x"]), inner, max_size=3),
    ),
    max_leaves=8,
)
TABLES = st.dictionaries(st.sampled_from(["title", "summary", "objective", "cell", "x"]), JUNK, max_size=4)


@given(TABLES, TABLES)
def test_any_overlay_leaves_an_entry_to_be_shown_and_a_lesson_to_be_read(of_course, of_lesson) -> None:
    course = a_course(objective=[{"id": "see", "text": "See."}])
    files = {
        **files_of(course),
        "course.de.toml": toml_text(of_course).encode(),
        "lessons/first.de.toml": toml_text(of_lesson).encode(),
    }
    told = entry_over(CourseEntry("ref", "a-course", "A course", "/x", course), files, "de")
    assert told.course is not None
    assert all(text.strip() for text in (told.title, told.course.title, *told.lesson_titles.values()))
    assert lesson_over(course, "first", files, "de").lesson is not None

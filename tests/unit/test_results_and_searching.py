"""What attempts add up to, and finding words in a course."""

from __future__ import annotations

from datetime import date, timedelta

from tests.builders import NOON, a_cloze, a_code, a_lesson, a_markdown, a_quiz, a_record, an_exercise
from tui_tutor.core.results import LessonResults, Tally, results_of
from tui_tutor.core.searching import excerpt, matches, passages_of

TODAY = date(2026, 1, 1)


def folded(*records):
    return results_of(records, {"first": "apply"}, today=TODAY, day_of=lambda moment: moment.date())


def test_a_cell_counts_once_however_often_it_was_tried():
    wrong = a_record("attempted", "ex-1", kind="ex", correct=False)
    right = a_record("attempted", "ex-1", kind="ex", correct=True)
    results = folded(wrong, right)
    assert results.lessons == {"first": LessonResults(exercises=Tally(asked=1, right=1, first=0))}
    assert results.bloom == {"apply": Tally(1, 1, 0)}
    assert results.attempts == 2


def test_questions_and_exercises_are_told_apart_by_their_form():
    results = folded(
        a_record("attempted", "q", kind="quiz", form="choice", correct=True),
        a_record("attempted", "e", kind="ex", form="", correct=True),
    )
    assert (results.questions, results.exercises) == (Tally(1, 1, 1), Tally(1, 1, 1))


def test_reflections_are_not_graded():
    assert folded(a_record("attempted", "r", kind="quiz", form="reflect")).questions == Tally()


def test_the_last_fourteen_days_are_counted_today_last():
    results = folded(a_record("attempted", "q", form="text", correct=True))
    assert results.days[-1] == (TODAY, 1)
    assert results.days[0] == (TODAY - timedelta(days=13), 0)
    assert results.first_at == results.last_at == NOON


LESSON = a_lesson(
    (
        a_markdown("The elbow of the curve.\n\nMore."),
        an_exercise(task="Bend it.", hints=("elbow",)),
        a_quiz(question="Why bend?"),
    )
)


def test_titles_are_found_before_what_stands_in_cells():
    lesson = a_lesson((a_markdown("Bend"),), title="Bending")
    assert [hit.cell_number for hit in matches(passages_of(lesson, 1), "bend")] == [0, 1]


def test_every_word_must_stand_in_the_same_line():
    found = matches(passages_of(LESSON, 2), "CURVE elbow")
    assert [(hit.cell_id, hit.cell_number, hit.text) for hit in found] == [
        ("md-1", 1, "The elbow of the curve.")
    ]


def test_a_passage_is_found_as_it_is_shown_and_code_as_it_is_written():
    table = "| b | c |\n|---|---|\n| 1 | 2 |"
    text = f"The **elbow** bends\nby `2 * x`, see [it](https://example.org).\n\n- a\n\n{table}"
    cells = (
        a_markdown(text),
        a_code("x = a **b** c\n"),
        a_cloze("The `mean` of {{1}} and {{2}} is *not* {{3}}.", ("3", "4")),
        a_quiz(question="Which *one*?", option=({"text": "`a`", "correct": True}, {"text": "**b**"})),
    )
    assert [passage.text for passage in passages_of(a_lesson(cells), 1)[1:]] == [
        "The elbow bends by 2 * x, see it (https://example.org).",
        "• a",
        "b c",
        "1 2",
        "x = a **b** c",
        "The mean of ____ and ____ is not {{3}}.",
        "Which one?",
        "a",
        "b",
    ]


def test_an_excerpt_shows_the_word_that_was_looked_for():
    text = "a" * 100 + " elbow " + "b" * 100
    assert excerpt(text, "Elbow b", 30) == "…elbow " + "b" * 22 + "…"
    assert excerpt("a" * 100, "a", 30) == "a" * 29 + "…"
    assert excerpt("b" * 100 + "elbow", "elbow", 30) == "…" + "b" * 10 + "elbow"
    assert excerpt("The elbow.", "elbow", 30) == "The elbow."


def test_hints_and_solutions_are_not_found():
    assert [hit.cell_kind for hit in matches(passages_of(LESSON, 1), "elbow")] == ["md"]


def test_nothing_is_found_for_nothing():
    assert matches(passages_of(LESSON, 1), "  ") == ()

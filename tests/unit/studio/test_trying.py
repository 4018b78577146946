"""Findings about a whole course are placed where an agent can mend them."""

from __future__ import annotations

from tests.builders import a_code, a_course, a_lesson, a_markdown
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.trying import placed_in

UNUSED = Finding("industry-unused", "", "", "1 terms of industry 6221 occur 3 times; 3 should")


def test_a_course_without_the_words_of_its_industry_is_written_anew_in_its_longest_passages():
    texts = {"a": "short", "c": "words " * 90, "d": "words " * 50}
    cells = (*(a_markdown(id=name, text=text) for name, text in texts.items()), a_code("x = 1"))
    built = Built(Brief(topic="t", industry="6221"), a_course(("one",)), (a_lesson(cells, id="one"),))
    assert [(one.lesson, one.cell) for one in placed_in(UNUSED, built)] == [("one", "c"), ("one", "d")]

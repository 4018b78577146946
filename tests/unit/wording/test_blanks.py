"""A blank of a cloze looks like one wherever it stands."""

from __future__ import annotations

import re

import pytest

from tests.builders import a_cloze
from tui_tutor.core.prose import prose
from tui_tutor.core.wording.blanks import drawn, with_blanks
from tui_tutor.formats.html.cells import _asked
from tui_tutor.plain.showing import _question as plain_question

PLACES = {
    "A {{1}} runs.": "A ____ (1) runs.",
    "`np.zeros({{1}})` makes it": "np.zeros(____ (1)) makes it",
    "``f(`{{1}}`)`` too": "f(`____ (1)`) too",
    "```python\nx = f({{1}})\n```": "x = f(____ (1))",
    "**{{1}}** and *{{ 1 }}*": "____ (1) and ____ (1)",
    "{{1}}": "____ (1)",
    "a_{{1}}_b": "a_____ (1)_b",
    "$x + {{1}}$": "x + ____ (1)",
    "no \\{{1}} and no {{7}}": "no {{1}} and no {{7}}",
}


@pytest.mark.parametrize(("question", "seen"), PLACES.items())
def test_a_blank_is_shown_as_a_line_in_any_context(question: str, seen: str) -> None:
    cell = a_cloze(question, ["kernel"])
    assert "\n".join(plain_question(cell)).strip() == seen


def test_no_line_breaks_a_blank() -> None:
    cell = a_cloze("word " * 13 + "{{1}} follows", ["kernel"])
    assert plain_question(cell)[-1] == "____ (1) follows"


@pytest.mark.parametrize("question", ["A {{1}}.", "`f({{1}})`", "```python\nf({{1}})\n```"])
def test_a_page_of_html_has_the_same_line_in_code(question: str) -> None:
    made = re.sub("<[^>]+>", "", _asked(a_cloze(question, ["kernel"]), lambda path: None))
    assert "____(1)____" in made
    assert "\\" not in made


def test_a_text_without_blanks_stays_as_it_is() -> None:
    cell = a_cloze("A\u00a0b {{1}}", ["kernel"])
    shown = "".join(line.text for line in prose(with_blanks(cell, "{line} ({number})"), width=60))
    assert drawn(shown) == "A\u00a0b ____ (1)"

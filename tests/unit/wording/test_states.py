"""How a cell stands, in a mark, a word and at most one fact."""

from __future__ import annotations

from tests.builders import NOON, a_code
from tests.unit.study.studying import a_study, after, run_of
from tui_tutor.core.execution import Started
from tui_tutor.core.study.events import RunReported, RunRequested
from tui_tutor.core.study.state import SCRATCH
from tui_tutor.core.wording.states import StateWords, state_words


def two_wished(first: str = "one"):
    cells = [a_code(id="one"), a_code(id="two")]
    return after(a_study(cells), RunRequested(first, NOON), RunRequested("two", NOON))


def words_of_two(study):
    return state_words(study, study.cell("two"), NOON)


def test_a_queued_cell_names_the_place_of_one_that_has_no_count_yet():
    assert words_of_two(two_wished()) == StateWords("queued", "queued", "after cell [1]", "text")
    assert words_of_two(two_wished(SCRATCH.id)).fact == "after the scratch cell"


def test_a_queued_cell_names_the_count_of_the_one_that_runs():
    study = after(two_wished(), RunReported("one", (Started(7),), NOON))
    assert words_of_two(study).fact == "after In [7]"
    assert words_of_two(after(study, run_of("one"))).word == "running"

"""Frameworks: an exercise begins with the learner's earlier answer, until it is worked on itself."""

from __future__ import annotations

from tests.builders import NOON, an_exercise
from tests.unit.study.studying import Notebook, a_study, after, has_run
from tui_tutor.core.ports import CellHistory, Record
from tui_tutor.core.study import Study, restored
from tui_tutor.core.study.events import CellReset, SourceEdited


def edited(cell_id: str, text: str) -> SourceEdited:
    return SourceEdited(cell_id, text, NOON)


def two_steps(starter: str = "") -> Study:
    first = an_exercise(id="first", starter="x = 0")
    return a_study([first, an_exercise(id="second", starter=starter, framework="first")])


def written(study: Study, cell_id: str = "second") -> str:
    return study.state(cell_id).source


def test_it_begins_with_the_earlier_starter():
    assert written(two_steps()) == "x = 0"


def test_its_own_starter_stands_until_the_earlier_exercise_is_worked_on():
    study = two_steps(starter="y = 0")
    assert (written(study), written(after(study, edited("first", "x = 1")))) == ("y = 0", "x = 1")


def test_it_follows_the_earlier_answer():
    assert written(after(two_steps(), edited("first", "x = 1"), edited("first", "x = 2"))) == "x = 2"


def test_an_answer_of_its_own_stays():
    study = after(two_steps(), edited("second", "mine"), edited("first", "x = 1"))
    assert written(study) == "mine"


def test_what_was_run_stays():
    study = after(has_run(two_steps(), "second"), edited("first", "x = 1"))
    assert written(study) == "x = 0"


def test_it_begins_anew_with_the_earlier_answer():
    notebook = Notebook(two_steps())
    notebook.take(edited("first", "x = 1"), edited("second", "mine"), CellReset("second", NOON))
    assert written(notebook.study) == "x = 1"


def test_a_chain_is_followed():
    cells = [
        an_exercise(id="one", starter="a"),
        an_exercise(id="two", starter="", framework="one"),
        an_exercise(id="three", starter="", framework="two"),
    ]
    assert written(after(a_study(cells), edited("one", "b")), "three") == "b"


def history(cell_id: str, kind: str, **data: object) -> CellHistory:
    record = Record(kind, "course", "lesson", cell_id, NOON, data)  # type: ignore[arg-type]
    return CellHistory(cell_id, {kind: record}, {kind: 1}, False)  # type: ignore[dict-item]


def test_a_reopened_lesson_follows_too():
    assert written(restored(two_steps(), [history("first", "edited", source="x = 1")])) == "x = 1"


def test_a_reopened_lesson_keeps_what_was_run():
    log = [
        history("first", "edited", source="x = 1"),
        history("second", "ran", source="x = 0", outcome="ok"),
    ]
    assert written(restored(two_steps(), log)) == "x = 0"

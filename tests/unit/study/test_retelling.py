"""A lesson at another level: other words and starters, and all that the learner did."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from tests.builders import NOON, a_course, a_lesson, a_markdown, a_quiz, an_exercise
from tests.unit.study.any_events import apply, wishes
from tests.unit.study.studying import Notebook, after, every_kind, has_run
from tui_tutor.core.course import Cell, Lesson
from tui_tutor.core.grading.verdict import Verdict
from tui_tutor.core.ports import CellHistory
from tui_tutor.core.study import Study, begin, restored
from tui_tutor.core.study.events import (
    CellEntered,
    CellReset,
    CheckRequested,
    Graded,
    QuizAnswered,
    RunRequested,
    SourceEdited,
)
from tui_tutor.core.study.retelling import retold
from tui_tutor.core.study.revising import moved_in

COURSE = a_course()
TWO_FILES = ({"path": "a.py", "starter": "a = 0"}, {"path": "b.py", "starter": "b = 0"})


def a_base(*cells: Cell) -> Lesson:
    return a_lesson(cells or every_kind())


def told(base: Lesson, *, first: tuple[Cell, ...] = (), **changes: dict[str, object]) -> Lesson:
    """The lesson as an overlay makes it: fields of cells by id (`_` for `-`), and cells put first."""
    by_id = {name.replace("_", "-"): fields for name, fields in changes.items()}
    cells = [cell.model_copy(update=by_id.get(cell.id, {})) for cell in base.cells]
    return a_lesson([*first, *cells]).over(base)


def study_of(lesson: Lesson) -> Study:
    return begin(COURSE, lesson, number=1, trust="trusted")


def another(base: Lesson) -> Lesson:
    """Every word that an overlay may change, changed."""
    extra = a_markdown("More words.", id="extra", optional=True)
    question = {"question": "Said otherwise?", "hints": ("One only.",)}
    return told(base, first=(extra,), ex_1={"starter": "x = ...", "task": "Two."}, quiz_1=question)


# --- starters ---------------------------------------------------------------------------------------


def test_an_exercise_that_nobody_edited_begins_with_the_other_starter() -> None:
    base = a_base()
    assert retold(study_of(base), COURSE, another(base)).state("ex-1").source == "x = ..."


def test_what_was_edited_stays() -> None:
    base = a_base()
    study = after(study_of(base), SourceEdited("ex-1", "x = 9", NOON))
    assert retold(study, COURSE, another(base)).state("ex-1").source == "x = 9"


def test_after_a_reset_the_starter_is_that_of_the_level() -> None:
    base, notebook = a_base(), Notebook(study_of(a_base()))
    notebook.take(SourceEdited("ex-1", "x = 9", NOON))
    notebook.study = retold(notebook.study, COURSE, another(base))
    notebook.take(CellReset("ex-1", NOON))
    assert notebook.study.state("ex-1").source == "x = ..."


def test_of_several_files_the_edited_one_stays_and_the_other_changes() -> None:
    base = a_base(an_exercise(starter="", solution="", file=TWO_FILES))
    files = base.cells[0].file  # type: ignore[union-attr]
    other = told(base, ex_1={"file": tuple(one.model_copy(update={"starter": "new"}) for one in files)})
    study = after(study_of(base), SourceEdited("ex-1", "mine", NOON, path="a.py"))
    assert dict(retold(study, COURSE, other).state("ex-1").files) == {"a.py": "mine", "b.py": "new"}


def test_a_starter_that_ran_is_stale_when_another_stands_in_its_place() -> None:
    base = a_base()
    study = retold(has_run(study_of(base), "ex-1"), COURSE, another(base))
    state = study.state("ex-1")
    assert (state.status, state.ran_source, state.source, state.stale) == (
        "ok",
        "x = 1",
        "x = ...",
        "edited since",
    )


def test_what_runs_now_keeps_its_text_and_goes_on() -> None:
    base = a_base()
    study = after(study_of(base), RunRequested("one", NOON), RunRequested("ex-1", NOON))
    moved = retold(study, COURSE, another(base))
    assert (moved.running, moved.queue) == (study.running, study.queue)
    assert moved.state("ex-1") == study.state("ex-1")


def test_an_exercise_that_follows_another_follows_the_starter_of_the_level() -> None:
    base = a_base(an_exercise(), an_exercise(id="ex-2", starter="", framework="ex-1"))
    other = told(base, ex_1={"starter": "x = ..."})
    assert retold(study_of(base), COURSE, other).state("ex-2").source == "x = ..."
    worked = after(study_of(base), SourceEdited("ex-2", "mine", NOON))
    assert retold(worked, COURSE, other).state("ex-2").source == "mine"


# --- what was done ----------------------------------------------------------------------------------


def test_an_answer_stays_and_is_no_answer_to_an_older_question() -> None:
    base, notebook = a_base(), Notebook(study_of(a_base()))
    notebook.take(
        QuizAnswered("quiz-1", ("option-2",), NOON),
        Graded("quiz-1", ("option-2",), Verdict(True, 1.0), NOON),
    )
    before = notebook.study.state("quiz-1")
    assert retold(notebook.study, COURSE, another(base)).state("quiz-1") == before
    newest = {record.kind: record for record in notebook.log if record.cell == "quiz-1"}
    history = CellHistory("quiz-1", newest, {"attempted": 1}, is_done=True)
    assert restored(study_of(another(base)), [history]).state("quiz-1") == before


def test_an_answer_given_at_a_level_is_one_to_the_base() -> None:
    base = a_base()
    notebook = Notebook(study_of(another(base)))
    notebook.take(Graded("quiz-1", ("option-2",), Verdict(True, 1.0), NOON))
    history = CellHistory("quiz-1", {"attempted": notebook.log[-1]}, {"attempted": 1}, is_done=True)
    state = restored(study_of(base), [history]).state("quiz-1")
    assert (state.is_changed, state.verdict, state.is_closed) == (False, Verdict(True, 1.0), True)


def test_who_stands_at_a_cell_that_is_gone_stands_at_the_one_above() -> None:
    base = a_base(a_markdown("One.", id="a"), a_quiz(id="b"))
    extra = a_markdown("More.", id="extra", optional=True)
    full = a_lesson([base.cells[0], extra, base.cells[1]]).over(base)
    study = after(study_of(full), CellEntered("extra", NOON))
    assert retold(study, COURSE, base).at_cell == "a"
    assert retold(after(study, CellEntered("b", NOON)), COURSE, base).at_cell == "b"


def test_every_cell_of_the_base_is_found_by_its_id_in_all_its_forms() -> None:
    base = a_base(a_markdown("One."), a_markdown("Two.", id="md-2"))
    other = told(base, first=(a_markdown("New.", id="md-3"),), md_1={"text": "Two."}, md_2={"text": "One."})
    assert moved_in(base, other) == {"md-1": "md-1", "md-2": "md-2"}


@settings(max_examples=150, deadline=None)
@given(wishes(), wishes())
def test_whatever_was_done_is_done_at_every_level(before, later) -> None:
    base = a_base()
    notebook = Notebook(study_of(base))
    for event in before:
        apply(notebook, event)
    study = notebook.study
    moved = notebook.study = retold(study, COURSE, another(base))
    assert (moved.cells_done, moved.cells_counted) == (study.cells_done, study.cells_counted)
    for cell_id, state in study.cells.items():
        given_texts = {"source": state.source, "files": state.files, "stale": state.stale}
        assert replace(moved.state(cell_id), **given_texts) == state
    assert replace(moved, course=study.course, lesson=study.lesson, cells=study.cells) == study
    for event in later:
        apply(notebook, event)


@settings(max_examples=100, deadline=None)
@given(wishes())
def test_there_and_back_nothing_is_lost(events) -> None:
    base = a_base()
    notebook = Notebook(study_of(base))
    for event in events:
        apply(notebook, event)
    study = notebook.study
    back = retold(retold(study, COURSE, another(base)), COURSE, base)
    assert {one: (state.source, dict(state.files)) for one, state in back.cells.items()} == {
        one: (state.source, dict(state.files)) for one, state in study.cells.items()
    }


def test_a_check_that_was_asked_for_is_still_to_come() -> None:
    base = a_base()
    study = after(study_of(base), CheckRequested("ex-1", NOON))
    assert retold(study, COURSE, another(base)).state("ex-1").why == "check"

"""A lesson that its author saved: what was played stays with its cell, the kernel is kept where it can be."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    a_code,
    a_course,
    a_lesson,
    a_markdown,
    a_quiz,
    a_viz,
    an_exercise,
)
from tui_tutor.core.course import Cell, KernelSettings
from tui_tutor.core.grading.verdict import Verdict
from tui_tutor.core.study import Study, begin
from tui_tutor.core.study.revising import moved_cells, revise


def a_study(*cells: Cell, **fields: object) -> Study:
    return begin(a_course(), a_lesson(cells, **fields), number=1, trust="once")


def having_run(study: Study, *cell_ids: str) -> Study:
    for count, cell_id in enumerate(cell_ids, 1):
        source = study.state(cell_id).source
        study = study.changed(cell_id, status="ok", count=count, ran_source=source)
    return study


def revised(study: Study, *cells: Cell, **fields: object):
    return revise(study, a_course(), a_lesson(cells, **fields), 1)


# --- which cell is which ----------------------------------------------------------------------------


def test_a_cell_is_found_by_its_id_wherever_it_stands_now() -> None:
    old = (a_code(id="a"), a_code("x = 2", id="b"))
    new = (a_code("y = 3", id="b"), a_markdown(), a_code(id="a"))
    assert moved_cells(old, new) == {"a": "a", "b": "b"}


def test_a_cell_without_an_id_is_found_by_what_it_says() -> None:
    old = (a_markdown("One.", id="md-1"), a_markdown("Two.", id="md-2"))
    new = (a_markdown("New.", id="md-1"), a_markdown("One.", id="md-2"), a_markdown("Two.", id="md-3"))
    assert moved_cells(old, new) == {"md-1": "md-2", "md-2": "md-3"}


def test_a_cell_without_an_id_that_says_something_else_is_found_by_its_place() -> None:
    old = (a_markdown("One.", id="md-1"), a_code(id="a"), a_markdown("Two.", id="md-2"))
    new = (a_markdown("One.", id="md-1"), a_code(id="a"), a_markdown("Two, mended.", id="md-2"))
    assert moved_cells(old, new) == {"a": "a", "md-1": "md-1", "md-2": "md-2"}


def test_a_cell_of_another_kind_is_another_cell() -> None:
    assert moved_cells((a_code(id="a"),), (an_exercise(id="a"),)) == {}


def test_a_cell_that_was_given_an_id_is_the_cell_that_stood_there() -> None:
    assert moved_cells((a_code(id="code-1"),), (a_code(id="named"),)) == {"code-1": "named"}


@given(st.permutations(["a", "b", "c", "d"]), st.sets(st.sampled_from(["a", "b", "c", "d"])))
def test_no_two_cells_become_one(order: list[str], gone: set[str]) -> None:
    old = [a_markdown(name, id=f"md-{n}") for n, name in enumerate("abcd", 1)]
    left = [name for name in order if name not in gone]
    new = [a_markdown(name, id=f"md-{n}") for n, name in enumerate(left, 1)]
    moved = moved_cells(old, new)
    assert len(set(moved.values())) == len(moved) <= len(new)


# --- what stays -------------------------------------------------------------------------------------


def test_what_ran_stays_with_a_cell_that_moved() -> None:
    study = having_run(a_study(a_code("x = 1", id="code-1")), "code-1")
    revision = revised(study, a_code("y = 2", id="code-1"), a_code("x = 1", id="code-2"))
    assert revision.study.state("code-2") == study.state("code-1")
    assert revision.study.state("code-1").status == "idle"


def test_new_source_stands_in_the_cell_and_its_output_is_old() -> None:
    study = having_run(a_study(a_code("x = 1")), "code-1")
    state = revised(study, a_code("x = 2")).study.state("code-1")
    assert (state.source, state.stale) == ("x = 2", "edited since")


def test_what_was_typed_into_an_exercise_stays_when_its_starter_changes() -> None:
    study = a_study(an_exercise()).changed("ex-1", source="x = 2  # mine")
    assert revised(study, an_exercise(starter="x = 0")).study.state("ex-1").source == "x = 2  # mine"


def test_an_untouched_exercise_begins_with_the_new_starter() -> None:
    study = a_study(an_exercise())
    assert revised(study, an_exercise(starter="x = 0")).study.state("ex-1").source == "x = 0"


def test_a_verdict_goes_when_what_is_checked_has_changed() -> None:
    study = a_study(an_exercise()).changed("ex-1", verdict=Verdict(correct=True, score=1.0))
    harder = ({"kind": "value", "says": "x is 3", "expr": "x", "equals": 3},)
    assert revised(study, an_exercise(check=harder)).study.state("ex-1").verdict is None
    assert revised(study, an_exercise(explain="Why.")).study.state("ex-1").verdict is not None


def test_a_question_that_asks_something_else_is_asked_anew() -> None:
    study = a_study(a_quiz()).changed("quiz-1", attempts=1, answer=("option-2",))
    assert revised(study, a_quiz(question="Or which?")).study.state("quiz-1").attempts == 0
    assert revised(study, a_quiz(explain="Because.")).study.state("quiz-1").attempts == 1


def test_the_learner_stays_at_the_cell_or_at_the_one_before_it() -> None:
    cells = [a_code(id=name) for name in "abc"]
    study = replace(a_study(*cells), at_cell="b")
    assert revised(study, cells[2], cells[1]).study.at_cell == "b"
    assert revised(study, cells[0], cells[2]).study.at_cell == "a"


# --- the kernel -------------------------------------------------------------------------------------


def test_prose_and_cells_that_have_not_run_keep_the_kernel() -> None:
    study = having_run(a_study(a_code(id="a"), a_code("y = 1", id="b"), a_markdown()), "a")
    revision = revised(study, a_code(id="a"), a_code("y = 2", id="b"), a_markdown("Other words."))
    assert (revision.kernel, revision.replay) == ("kept", ())


def test_a_changed_cell_that_ran_makes_a_new_kernel_and_all_that_ran_runs_again_in_order() -> None:
    study = having_run(a_study(a_code(id="a"), a_code("y = 1", id="b"), a_code("z = 1", id="c")), "b", "a")
    revision = revised(study, a_code(id="a"), a_code("y = 2", id="b"), a_code("z = 1", id="c"))
    assert (revision.kernel, revision.replay) == ("restarted", (("a", "run"), ("b", "run")))


def test_an_exercise_that_was_checked_is_checked_again() -> None:
    study = having_run(a_study(a_code(id="a"), an_exercise()), "a", "ex-1")
    study = study.changed("ex-1", verdict=Verdict(correct=False, score=0.0))
    revision = revised(study, a_code("print(2)", id="a"), an_exercise())
    assert revision.replay == (("a", "run"), ("ex-1", "check"))


def test_a_cell_that_ran_and_is_gone_or_elsewhere_makes_a_new_kernel() -> None:
    study = having_run(a_study(a_code(id="a"), a_code("y = 1", id="b")), "a", "b")
    assert revised(study, a_code(id="a")).kernel == "restarted"
    assert revised(study, a_code("y = 1", id="b"), a_code(id="a")).kernel == "restarted"


def test_a_hidden_cell_counts_with_the_cell_it_runs_before() -> None:
    seed = a_code("seed(1)", id="seed", hidden=True)
    study = having_run(a_study(seed, a_code(id="a"), a_code("y = 1", id="b")), "a")
    other = a_code("seed(2)", id="seed", hidden=True)
    assert revised(study, other, a_code(id="a"), a_code("y = 1", id="b")).kernel == "restarted"


def test_a_file_that_cells_may_import_counts_once_something_ran() -> None:
    fresh = a_study(a_code())
    lesson = a_lesson((a_code(),))
    assert revise(fresh, a_course(), lesson, 1, is_code_changed=True).kernel == "kept"
    ran = having_run(fresh, "code-1")
    assert revise(ran, a_course(), lesson, 1, is_code_changed=True).replay == (("code-1", "run"),)


def test_another_setup_or_environment_makes_another_kernel() -> None:
    study, lesson = a_study(a_code()), a_lesson((a_code(),))
    setup = a_course(kernel=KernelSettings(setup="cells/setup.py", setup_source="x = 1"))
    assert revise(study, setup, lesson, 1).kernel == "restarted"
    env = a_course(kernel=KernelSettings(env={"A": "1"}))
    assert revise(study, env, lesson, 1).kernel == "replaced"
    packages = a_course(kernel=KernelSettings(packages=("numpy",)))
    assert revise(study, packages, lesson, 1).kernel == "replaced"


def test_a_plot_of_something_else_is_drawn_again_by_the_same_kernel() -> None:
    study = having_run(a_study(a_code(), a_viz()), "code-1")
    revision = revised(study, a_code(), a_viz(xlabel="t"))
    assert (revision.kernel, revision.plots) == ("kept", ("viz-1",))


def test_a_run_goes_on_only_where_everything_is_called_as_before() -> None:
    study = a_study(a_code("x = 1", id="code-1"), a_markdown())
    assert revised(study, a_code("x = 1", id="code-1"), a_markdown("Other.")).holds_ids
    assert not revised(study, a_code("y = 1", id="code-1"), a_code("x = 1", id="code-2")).holds_ids

"""What was proven is believed again only while all that it hangs on is the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import a_code, a_course, a_lesson, a_markdown, an_exercise
from tui_tutor.core.course import Lesson
from tui_tutor.proof.fingerprints import Fingerprints

FIRST = a_lesson([a_code("x = 1"), an_exercise()], id="one")
SECOND = a_lesson([a_code("y = 2")], id="two")


def prints(*lessons: Lesson, **more: Any) -> dict[tuple[str, int], str]:
    lessons = lessons or (FIRST, SECOND)
    kernel = more.get("kernel", {})
    course = a_course([one.id for one in lessons], kernel=kernel)
    around = more.get("surroundings", "python 3")
    found = Fingerprints(course, lessons, more.get("files", {}), around, more.get("retold", {}))
    return {(one.id, run): found.of(one.id, run) for one in lessons for run in range(3)}


def test_starters_and_hints_of_overlays_matter_where_exercises_are_examined():
    def told(**changes: Any) -> dict[tuple[str, int], str]:
        cells = [a_code("x = 1"), an_exercise(**changes)]
        return prints(retold={"one": {"advanced": a_lesson(cells, id="one")}})

    before = told()
    for changes in ({"starter": "x = 0"}, {"hints": ("One.",)}):
        after = told(**changes)
        assert {place for place in before if before[place] != after[place]} == {("one", 1)}
    assert told(task="In other words.") == before


def changed(*lessons: Lesson, **more: Any) -> set[tuple[str, int]]:
    before, after = prints(), prints(*lessons, **more)
    return {place for place in before if before[place] != after[place]}


ALL = {(lesson, run) for lesson in ("one", "two") for run in range(3)}


def test_the_same_course_has_the_same_fingerprints_and_every_run_its_own():
    assert changed() == set()
    assert len(set(prints().values())) == len(ALL)


def test_a_lesson_hangs_on_those_before_it_only_in_the_whole_course():
    other = a_lesson([a_code("x = 3"), an_exercise()], id="one")
    assert changed(other, SECOND) == {("one", 0), ("one", 1), ("one", 2), ("two", 0)}


def test_a_later_lesson_matters_where_it_reads_a_name_that_a_rewrite_would_change():
    harmless, reads = a_lesson([a_code("y = 9")], id="two"), a_lesson([a_code("print(x)")], id="two")
    assert ("one", 1) not in changed(FIRST, harmless)
    own = a_lesson([an_exercise(solution="seen = 2\nx = seen")], id="one")
    first = prints(own, SECOND)[("one", 1)]
    assert prints(own, a_lesson([a_code("print(seen)")], id="two"))[("one", 1)] != first
    assert changed(FIRST, reads) >= {("two", 0), ("two", 1), ("two", 2)}


def test_prose_runs_nothing():
    prose = a_lesson(
        [a_code("x = 1"), a_markdown("Other words."), an_exercise(task="Said otherwise.")], id="one"
    )
    assert changed(prose, SECOND) == set()


@pytest.mark.parametrize(
    "more",
    [
        {"surroundings": "python 4"},
        {"files": {"files/data.txt": b"1"}},
        {"kernel": {"env": {"A": "1"}}},
        {"kernel": {"setup": "s.py", "setup_source": "x = 2"}},
    ],
)
def test_machine_files_setup_and_environment_matter_to_all(more: dict[str, Any]):
    assert changed(**more) == ALL


def test_files_that_no_workspace_gets_do_not_matter():
    assert changed(files={"LICENSE": b"x", "course.lock.json": b"{}"}) == set()

"""Two versions of a course compared: what became of each cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_code, a_lesson, a_markdown, a_quiz, an_exercise
from tui_tutor.core.course_changes import (
    CellPlace,
    CellText,
    CourseChanges,
    CourseText,
    LessonText,
    changes_between,
    text_of,
)


def a_version(**lessons: tuple[CellText, ...]) -> CourseText:
    return {name: LessonText(f"Title of {name}", cells) for name, cells in lessons.items()}


def code(number: int, source: str) -> CellText:
    """A code cell whose id only counts."""
    return CellText(f"code-{number}", "code", source * 20)


def named(cell_id: str, words: str = "asked", kind: str = "quiz") -> CellText:
    return CellText(cell_id, kind, words)


def places(version: CourseText) -> set[CellPlace]:
    return {CellPlace(lesson, cell.id) for lesson, text in version.items() for cell in text.cells}


def place(text: str) -> CellPlace:
    return CellPlace(*text.split("/"))


def test_nothing_changed_is_nothing_new():
    version = a_version(one=(code(1, "a"), named("why")))
    assert changes_between(version, version) == CourseChanges(
        new_lessons=(),
        retired_lessons=(),
        renamed_lessons={},
        new=(),
        retired=(),
        changed=(),
        moved={},
        pairs={place("one/code-1"): place("one/code-1"), place("one/why"): place("one/why")},
    )


def test_an_edited_question_keeps_its_identity_and_is_changed():
    changes = changes_between(
        a_version(one=(named("why", "old"),)), a_version(one=(named("why", "new and longer"),))
    )
    assert (changes.changed, changes.new, changes.retired) == ((place("one/why"),), (), ())


def test_a_cell_put_before_others_takes_no_history_from_them():
    before = a_version(one=(code(1, "a"), code(2, "b")))
    after = a_version(one=(code(1, "new"), code(2, "a"), code(3, "b")))
    changes = changes_between(before, after)
    assert changes.new == (place("one/code-1"),)
    assert changes.moved == {}
    assert changes.history_moves("1", "2", places(before)) == {
        place("one/code-1"): place("one/code-2"),
        place("one/code-2"): place("one/code-3"),
    }


def test_a_retired_cell_whose_number_another_takes_keeps_its_history_aside():
    before = a_version(one=(code(1, "a"), code(2, "b"), code(3, "c")))
    after = a_version(one=(code(1, "a"), code(2, "c")))
    changes = changes_between(before, after)
    assert changes.retired == (place("one/code-2"),)
    assert changes.history_moves("1.0", "1.1", places(before)) == {
        place("one/code-3"): place("one/code-2"),
        place("one/code-2"): place("one/code-2@1.0"),
    }


def test_a_cell_that_comes_back_finds_its_history():
    with_it = a_version(one=(code(1, "a"), code(2, "b"), code(3, "c")))
    without = a_version(one=(code(1, "a"), code(2, "c")))
    known = {*places(without), place("one/code-2@1.0")}
    back = changes_between(without, with_it).history_moves("1.1", "1.0", known)
    assert back[place("one/code-2@1.0")] == place("one/code-2")
    assert back[place("one/code-2")] == place("one/code-3")


def test_a_question_in_another_lesson_is_moved_even_when_it_was_edited():
    before = a_version(one=(named("why", "old"),), two=(named("how"),))
    after = a_version(one=(code(1, "a"),), two=(named("how"), named("why", "new")))
    changes = changes_between(before, after)
    assert changes.moved == {place("one/why"): place("two/why")}
    assert changes.changed == (place("one/why"),)
    assert (changes.new, changes.retired) == ((place("one/code-1"),), ())


def test_an_id_that_two_lessons_use_moves_nothing_by_guessing():
    before = a_version(one=(named("why", "a"),), two=(named("why", "b"),))
    after = a_version(three=(named("other", "z"),), four=(named("why", "c"),))
    changes = changes_between(before, after)
    assert changes.pairs == {}


def test_a_lesson_with_another_id_and_the_same_title_is_renamed():
    before = {"old": LessonText("The bound", (named("why"), code(1, "a")))}
    after = {"new": LessonText("The bound", (named("why"), code(1, "a")))}
    changes = changes_between(before, after)
    assert changes.renamed_lessons == {"old": "new"}
    assert changes.pairs == {
        place("old/why"): place("new/why"),
        place("old/code-1"): place("new/code-1"),
    }
    assert changes.moved == {}


def test_a_lesson_with_other_cells_and_another_title_is_not_the_old_one():
    before = {"old": LessonText("The bound", (named("why"),))}
    after = {"new": LessonText("Something else", (named("how"),))}
    changes = changes_between(before, after)
    assert (changes.new_lessons, changes.retired_lessons) == (("new",), ("old",))


def test_another_order_of_the_same_cells_is_a_move_without_a_new_place():
    before = a_version(one=(named("a"), named("b"), named("c")))
    after = a_version(one=(named("b"), named("c"), named("a")))
    changes = changes_between(before, after)
    assert changes.moved == {place("one/a"): place("one/a")}
    assert changes.history_moves("1", "2", places(before)) == {}


def test_a_question_that_became_an_exercise_is_another_cell():
    before = a_version(one=(named("x", kind="quiz"),))
    after = a_version(one=(named("x", kind="ex"),))
    changes = changes_between(before, after)
    assert (changes.retired, changes.new) == ((place("one/x"),), (place("one/x"),))
    assert changes.history_moves("1", "2", places(before)) == {place("one/x"): place("one/x@1")}


def test_a_retired_cell_without_an_id_of_its_own_leaves_its_number_to_no_stranger():
    before = a_version(one=(code(1, "a"), code(2, "b")))
    changes = changes_between(before, a_version(one=(code(1, "a"),)))
    assert changes.history_moves("1.0", "1.1", places(before)) == {
        place("one/code-2"): place("one/code-2@1.0")
    }
    assert changes.history_moves("1.0", "1.1", {*places(before), place("one/code-2@1.0")}) == {
        place("one/code-2"): place("one/code-2@1.0@")
    }


def test_a_cell_that_comes_where_another_was_long_ago_gets_none_of_its_history():
    before = {"one": LessonText("The bound", (code(1, "a"),))}
    after = {"three": LessonText("The bound", (code(1, "a"),))}
    known = {place("one/code-1"), place("three/code-1")}
    assert changes_between(before, after).history_moves("1", "2", known) == {
        place("one/code-1"): place("three/code-1"),
        place("three/code-1"): place("three/code-1@1"),
    }


def test_two_histories_that_go_aside_under_one_name_do_not_meet():
    before = {"one": LessonText("one", (CellText("md-1", "md", "x"), CellText("md-2", "md", "")))}
    after = {"two": LessonText("two", (CellText("md-1", "md", ""),))}
    known = {place("one/md-1"), place("one/md-2"), place("two/md-1")}
    moves = changes_between(before, after).history_moves("1", "2", known)
    assert len({moves.get(one, one) for one in known}) == 3


def test_what_is_compared_of_a_cell_is_all_but_its_id():
    lesson = a_lesson([a_markdown("Text"), a_code("x = 1", id="start"), a_quiz(), an_exercise()], title="T")
    text = text_of("ignored", lesson)
    assert text.title == "T"
    assert [(cell.id, cell.is_named) for cell in text.cells] == [
        ("md-1", False),
        ("start", True),
        ("quiz-1", True),
        ("ex-1", True),
    ]
    renumbered = text_of("", a_lesson([a_markdown("Text", id="md-7")]))
    assert renumbered.cells[0].words == text.cells[0].words


# --- laws -------------------------------------------------------------------------------------------

_CELLS = st.lists(
    st.tuples(
        st.sampled_from(["md", "code", "quiz"]), st.sampled_from("abcdefgh"), st.text("xyz ", max_size=30)
    ),
    max_size=8,
)


def _numbered(drawn: list[tuple[str, str, str]]) -> tuple[CellText, ...]:
    cells: list[CellText] = []
    for kind, name, words in drawn:
        number = sum(cell.kind == kind for cell in cells) + 1
        cell_id = name if kind == "quiz" else f"{kind}-{number}"
        if all(cell.id != cell_id for cell in cells):
            cells.append(CellText(cell_id, kind, words))
    return tuple(cells)


_VERSIONS = st.dictionaries(st.sampled_from(["one", "two", "three"]), _CELLS, min_size=1).map(
    lambda lessons: {name: LessonText(name, _numbered(cells)) for name, cells in lessons.items()}
)


@pytest.mark.slow
@given(_VERSIONS, _VERSIONS)
def test_every_cell_lives_on_once_or_is_retired_and_no_histories_meet(base: CourseText, theirs: CourseText):
    changes = changes_between(base, theirs)
    before, after = places(base), places(theirs)
    assert set(changes.pairs) | set(changes.retired) == before
    assert set(changes.pairs) & set(changes.retired) == set()
    assert set(changes.pairs.values()) | set(changes.new) == after
    assert len(set(changes.pairs.values())) == len(changes.pairs)
    moves = changes.history_moves("1", "2", before | after)
    ends = [moves.get(one, one) for one in before | after]
    assert len(set(ends)) == len(ends)

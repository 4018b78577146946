"""Updates: shown beforehand, answers go with their cells, nothing of the learner's is lost."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.adapters.courses_to_install import a_course, files_below, install, quiet
from tests.builders import NOON, a_code, a_lesson, a_markdown, a_quiz, a_record
from tui_tutor.core.course import Cell, Lesson
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Record
from tui_tutor.core.wording.updating import UpdatePlan
from tui_tutor.shelf.installed import Library
from tui_tutor.shelf.installing import Installer
from tui_tutor.shelf.updating import finished, offered, unfinished
from tui_tutor.store.sqlite import SqliteStore


class Learner:
    """A data folder with one installed course, its author's folder, and what is done in it."""

    def __init__(self, folder: Path) -> None:
        self.author = folder / "author"
        self.installer = Installer(None, folder / "data")
        self.store = SqliteStore(folder / "data" / "progress.db")

    def writes(self, lessons: Sequence[Lesson], version: str, files: Mapping[str, str] | None = None) -> None:
        """The author's folder holds this version."""
        for path in sorted(self.author.glob("mine/lessons/*")):
            path.unlink()
        a_course(self.author, lessons=lessons, version=version, files=files)

    def installs(self) -> None:
        install(self.installer.data, self.author / "mine")

    def plan(self, **given: Any) -> UpdatePlan | None:
        with offered(self.installer, "mine", self.store.places("mine"), report=quiet, **given) as offer:
            return offer.plan

    def updates(self, **given: Any) -> None:
        with offered(self.installer, "mine", self.store.places("mine"), report=quiet, **given) as offer:
            offer.take()
        self.finishes()

    def finishes(self) -> None:
        for course_id, moves in unfinished(self.installer.data):
            self.store.append_update(Record("moved", course_id, "", "", NOON, moves))
            finished(self.installer, course_id)

    def does(self, kind: Any, lesson: str, cell: str, /, **data: Any) -> None:
        self.store.append([a_record(kind, cell, course="mine", lesson=lesson, **data)])

    def done(self) -> set[tuple[str, str]]:
        progress = self.store.progress("mine")
        return {(lesson, cell) for lesson, one in progress.items() for cell in one.cells_done}

    def edits(self) -> dict[tuple[str, str], str]:
        """The newest edit of each cell that the course has now."""
        course = Library(None, self.installer.data).open("mine").course
        return {
            (lesson, cell.cell): cell.newest["edited"].data["source"]
            for lesson in course.lessons
            for cell in self.store.lesson_history("mine", lesson)
            if "edited" in cell.newest
        }


@pytest.fixture
def learner(tmp_path: Path) -> Learner:
    return Learner(tmp_path)


def lesson(lesson_id: str, *cells: Cell) -> Lesson:
    return a_lesson(cells, id=lesson_id, title=f"About {lesson_id}")


def test_nothing_new_is_said(learner: Learner):
    learner.writes([lesson("one", a_code())], "1.0.0")
    learner.installs()
    assert learner.plan() is None


def test_a_dry_run_shows_what_is_new_changed_moved_and_retired(learner: Learner):
    why, how, extra = a_quiz(id="why"), a_quiz(id="how"), a_quiz(id="extra")
    files = {"files/train.py": "old", "files/same.py": "same"}
    learner.writes([lesson("one", why, extra), lesson("two", how)], "1.0.0", files)
    learner.installs()
    Library(None, learner.installer.data).open("mine").workspace().prepare()
    (learner.installer.data / "workspaces" / "mine" / "train.py").write_text("mine")
    learner.does("attempted", "one", "why", correct=True)
    learner.does("attempted", "one", "extra", correct=True)
    why = a_quiz(id="why", question="Another wording?")
    learner.writes(
        [
            lesson("one", a_quiz(id="new", question="A new one?")),
            lesson("two", how, why),
            lesson("three", a_code()),
        ],
        "1.1.0",
        files | {"files/train.py": "new", "files/more.py": "x"},
    )
    before = files_below(learner.installer.data / "courses" / "mine")
    plan = learner.plan()
    assert plan is not None
    assert list(plan.lines()) == [
        "A course 1.0.0 -> 1.1.0",
        f"  from {learner.author / 'mine'}",
        "  new      lesson three  About three",
        "           one/new",
        "  changed  two/why  since you worked on it",
        "  moved    one/why -> two/why  your work goes with it",
        "  retired  one/extra  what you did in it is kept",
        "  files    more.py  comes into your workspace",
        "           train.py  stays as you changed it; the new one comes as train.py.new",
        "  Not signed.",
    ]
    assert files_below(learner.installer.data / "courses" / "mine") == before


def test_answers_go_with_a_cell_that_was_moved(learner: Learner):
    learner.writes([lesson("one", a_quiz(id="why")), lesson("two", a_code())], "1.0.0")
    learner.installs()
    learner.does("attempted", "one", "why", correct=True, answer="option-1")
    learner.writes([lesson("one", a_markdown()), lesson("two", a_code(), a_quiz(id="why"))], "1.1.0")
    learner.updates()
    assert learner.done() == {("two", "why")}
    [history] = learner.store.lesson_history("mine", "two")
    assert (history.cell, history.newest["attempted"].data["answer"]) == ("why", "option-1")
    [attempt] = learner.store.attempts("mine")
    assert (attempt.lesson, attempt.cell) == ("two", "why")


def test_edits_stay_with_their_code_when_a_cell_is_put_before_it(learner: Learner):
    first, second = a_code("first = 1"), a_code("second = 2", id="code-2")
    learner.writes([lesson("one", first, second)], "1.0.0")
    learner.installs()
    learner.does("edited", "one", "code-1", source="my first")
    learner.does("edited", "one", "code-2", source="my second")
    fresh = a_code("print('something else entirely')")
    moved = [cell.model_copy(update={"id": f"code-{n}"}) for n, cell in enumerate((fresh, first, second), 1)]
    learner.writes([lesson("one", *moved)], "1.1.0")
    learner.updates()
    assert learner.edits() == {("one", "code-2"): "my first", ("one", "code-3"): "my second"}


def test_time_and_place_go_with_a_lesson_that_has_another_id(learner: Learner):
    learner.writes([a_lesson([a_code()], id="old", title="The bound")], "1.0.0")
    learner.installs()
    learner.does("opened", "old", "code-1", cell="code-1")
    learner.does("studied", "old", "", minutes=7)
    learner.writes([a_lesson([a_code()], id="new", title="The bound")], "1.1.0")
    learner.updates()
    assert {name: one.minutes for name, one in learner.store.progress("mine").items()} == {"new": 7.0}
    assert learner.store.last_opened() == ("mine", "new")


def test_a_question_whose_id_alone_was_changed_keeps_its_answers(learner: Learner):
    learner.writes([lesson("one", a_quiz(id="why"))], "1.0.0")
    learner.installs()
    learner.does("attempted", "one", "why", correct=True)
    learner.writes([lesson("one", a_quiz(id="because"))], "1.1.0")
    learner.updates()
    assert learner.done() == {("one", "because")}


def test_an_update_can_be_undone_and_done_again(learner: Learner):
    a, b, c = (a_code(f"{name} = {name!r} * 3", id=f"code-{n}") for n, name in enumerate("abc", 1))
    learner.writes([lesson("one", a, b, c)], "1.0.0")
    learner.installs()
    for cell in ("code-1", "code-2", "code-3"):
        learner.does("edited", "one", cell, source=f"mine of {cell}")
    whole = learner.edits()
    learner.writes([lesson("one", a, c.model_copy(update={"id": "code-2"}))], "1.1.0")
    learner.updates()
    shorter = {("one", "code-1"): "mine of code-1", ("one", "code-2"): "mine of code-3"}
    kept_aside = {("one", "code-2@1.0.0"): "mine of code-2"}
    assert learner.edits() == shorter | kept_aside
    learner.updates(is_undoing=True)
    assert learner.edits() == whole
    learner.updates(is_undoing=True)
    assert learner.edits() == shorter | kept_aside
    entry = Library(None, learner.installer.data).open("mine").entry
    assert entry.origin is not None
    assert entry.origin.source == str(learner.author / "mine")


def test_an_update_cut_off_before_the_log_knew_is_finished_at_the_next_start(learner: Learner):
    learner.writes([lesson("one", a_quiz(id="why")), lesson("two", a_code())], "1.0.0")
    learner.installs()
    learner.does("attempted", "one", "why", correct=True)
    learner.writes([lesson("one", a_markdown()), lesson("two", a_quiz(id="why"))], "1.1.0")
    with offered(learner.installer, "mine", learner.store.places("mine"), report=quiet) as offer:
        moves = offer.take()
    assert moves is not None
    assert learner.done() == {("one", "why")}
    learner.finishes()
    assert learner.done() == {("two", "why")}
    assert not learner.store.append_update(Record("moved", "mine", "", "", NOON, moves))
    assert learner.done() == {("two", "why")}


def test_what_is_folded_is_what_the_log_says(learner: Learner):
    test_answers_go_with_a_cell_that_was_moved(learner)
    before = (learner.store.lesson_history("mine", "two"), learner.store.progress("mine"))
    learner.store.rebuild()
    assert (learner.store.lesson_history("mine", "two"), learner.store.progress("mine")) == before


def test_a_course_that_was_changed_by_hand_is_kept_beside(learner: Learner):
    learner.writes([lesson("one", a_code())], "1.0.0")
    learner.installs()
    folder = learner.installer.data / "courses"
    (folder / "mine" / "lessons" / "note.txt").write_text("by hand")
    learner.writes([lesson("one", a_code("other"))], "1.1.0")
    plan = learner.plan()
    assert plan is not None
    assert "changed here by hand" in plan.notes[-1]
    learner.updates()
    assert (folder / ".previous-mine" / "lessons" / "note.txt").read_text() == "by hand"


def test_the_next_version_of_another_course_is_refused(learner: Learner):
    learner.writes([lesson("one", a_code())], "1.0.0")
    learner.installs()
    other = a_course(learner.author, "other")
    with pytest.raises(TutorError, match="another course: other"):
        learner.plan(source=str(other))


def test_a_course_put_there_by_hand_is_updated_from_where_one_says(learner: Learner):
    learner.writes([lesson("one", a_code())], "1.0.0")
    a_course(learner.installer.data / "courses")
    with pytest.raises(TutorError, match="not known where"):
        learner.plan()
    learner.updates(source=str(learner.author / "mine"))
    assert learner.plan() is None


def test_what_cannot_be_updated_is_said(learner: Learner):
    with pytest.raises(TutorError, match="no installed course"):
        learner.plan()
    learner.writes([lesson("one", a_code())], "1.0.0")
    learner.installs()
    with pytest.raises(TutorError, match="no version of mine before"):
        learner.plan(is_undoing=True)


def test_a_next_version_with_errors_changes_nothing(learner: Learner):
    learner.writes([lesson("one", a_code())], "1.0.0")
    learner.installs()
    (learner.author / "mine" / "lessons" / "one.toml").write_text("title = 1")
    before = files_below(learner.installer.data / "courses")
    with pytest.raises(TutorError) as caught:
        learner.updates()
    assert caught.value.exit_code == 4
    assert files_below(learner.installer.data / "courses") == before


# --- laws -------------------------------------------------------------------------------------------

_CELL = st.tuples(st.sampled_from(["code", "quiz"]), st.sampled_from("abcdef"), st.sampled_from("xyz"))
_VERSION = st.dictionaries(
    st.sampled_from(["one", "two", "three"]), st.lists(_CELL, min_size=1, max_size=5), min_size=1, max_size=3
)


def _lessons(drawn: Mapping[str, list[tuple[str, str, str]]]) -> list[Lesson]:
    made = []
    for name, cells in drawn.items():
        found: dict[str, Cell] = {}
        for kind, word, tail in cells:
            number = sum(cell.kind == "code" for cell in found.values()) + 1
            code = a_code(f"{word} = '{tail * 9}'", id=f"code-{number}")
            cell: Cell = a_quiz(id=word, question=f"{tail}?") if kind == "quiz" else code
            found.setdefault(cell.id, cell)
        made.append(lesson(name, *found.values()))
    return made


@pytest.mark.slow
@settings(max_examples=25, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(st.lists(_VERSION, min_size=2, max_size=4), st.data())
def test_whatever_author_and_learner_do_nothing_is_lost_and_progress_never_falls(
    versions: list[Mapping[str, list[tuple[str, str, str]]]], drawn: st.DataObject
):
    with tempfile.TemporaryDirectory() as folder:
        learner = Learner(Path(folder))
        work: set[str] = set()
        for number, version in enumerate(versions):
            lessons = _lessons(version)
            learner.writes(lessons, f"{number}.0.0", {"files/data.txt": f"of {number}"})
            done_before = len(learner.done())
            if number:
                learner.updates()
            else:
                learner.installs()
            assert len(learner.done()) >= done_before
            kept = Library(None, learner.installer.data).open("mine").workspace()
            kept.prepare()
            if number == 0 and drawn.draw(st.booleans()):
                kept.write_text("data.txt", "the learner's own")
                work.add("the learner's own")
            for one in lessons:
                for cell in drawn.draw(st.lists(st.sampled_from(one.cells), max_size=2)):
                    mine = f"work {len(work)}"
                    learner.does("edited", one.id, cell.id, source=mine)
                    learner.does("ran", one.id, cell.id, outcome="ok", source=mine)
                    work.add(mine)
        workspace = learner.installer.data / "workspaces" / "mine" / "data.txt"
        rows = learner.store._connection.execute("select data from event").fetchall()
        log = "".join(row[0] for row in rows) + workspace.read_text()
        assert [one for one in work if one not in log] == []
        progress = dict(learner.store.progress("mine"))
        learner.store.rebuild()
        assert learner.store.progress("mine") == progress
        learner.store.close()

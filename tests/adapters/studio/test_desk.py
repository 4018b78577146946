"""The desk over a folder: a form becomes a brief, a course is built and reviewed, with real kernels."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.studio.answered import FORM, a_built_course, a_desk, with_answers_of
from tests.unit.studio.pipeline_pieces import CODE, QUIZ, changed, solved
from tests.unit.studio.test_pipeline_course import TWO, two_lessons
from tui_tutor.cli.studio_desk import FolderDesk
from tui_tutor.cli.studio_forms import Forms
from tui_tutor.cli.studio_status import status_lines
from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing import check_course
from tui_tutor.core.studio_desk import DeskCell, DeskNews
from tui_tutor.studio.changes import unproven
from tui_tutor.studio.outline import outline_toml
from tui_tutor.studio.studio_folder import StudioFolder


def nobody(_: DeskNews) -> None:
    """Nobody watches."""


def begun(folder: Path) -> FolderDesk:
    desk = FolderDesk(folder)
    desk.begin(FORM)
    return desk


# --- the brief --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"topic": "  "}, "topic: it is empty."),
        ({"minutes": "x"}, "minutes: 'x' is no number."),
        ({"minutes": "3"}, "minutes: it should be greater than or equal to 5."),
        ({"budget": "nan"}, "budget: it should be a finite number."),
        ({"budget": ""}, "budget: '' is no number."),
        ({"language": "English"}, "language: it should be such as en, de or pt-BR."),
        ({"industry": "zzqq"}, "No industry is found for 'zzqq'."),
        ({"industry": "9999"}, "No industry is found for '9999'."),
        ({"sources": ("nowhere.md",)}, "The source nowhere.md does not exist."),
    ],
)
def test_a_mistake_in_the_form_is_named_by_its_field_and_nothing_is_made(tmp_path, values, said):
    with pytest.raises(TutorError) as refused:
        FolderDesk(tmp_path / "course").begin(replace(FORM, **values))
    assert refused.value.message == said
    assert not (tmp_path / "course").exists()


def test_a_form_that_is_not_finished_is_kept_for_its_folder_until_the_course_is_begun(tmp_path):
    forms, course = Forms(tmp_path / "briefs"), tmp_path / "course"
    half = replace(FORM, topic="Adding", must=("a", "b"), minutes="x")
    FolderDesk(course, forms=forms).keep_form(half)
    assert not course.exists()
    assert FolderDesk(course, forms=forms).state().form == half
    assert FolderDesk(tmp_path / "other", forms=forms).state().form is None
    desk = FolderDesk(course, forms=forms)
    desk.begin(FORM)
    assert (desk.state().form, list((tmp_path / "briefs").iterdir())) == (None, [])


@pytest.mark.parametrize(
    "data", [b"", b"x", b"[]", b"{}", b'{"topic": 3}', b'"' + b"x" * 2_000_000 + b'"', b"\xff"]
)
def test_a_kept_form_that_is_damaged_is_none(tmp_path, data):
    forms = Forms(tmp_path)
    forms.keep(tmp_path / "course", FORM)
    [path] = tmp_path.iterdir()
    for damaged in (data, path.read_bytes().replace(b'"local"', b'"evil"')):
        path.write_bytes(damaged)
        assert forms.kept(tmp_path / "course") is None


def test_words_for_an_industry_become_the_code_of_the_best_match(tmp_path):
    desk = FolderDesk(tmp_path / "course")
    desk.begin(replace(FORM, industry="hospital"))
    code = desk.industries("hospital")[0][0]
    assert f'industry = "{code}"' in (tmp_path / "course/.studio/brief.toml").read_text()


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(TutorError, match="is not empty; it is as it was"):
        FolderDesk(tmp_path).begin(FORM)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_course_goes_from_brief_to_outline_to_review(tmp_path):
    desk = a_desk(tmp_path / "adding")
    stages = [desk.state().stage]
    desk.begin(FORM)
    stages.append(desk.state().stage)
    asyncio.run(desk.make_outline(nobody))
    stages.append(desk.state().stage)
    assert stages == ["brief", "outline", "outline"]
    assert [(one.id, one.state) for one in desk.state().lessons] == [("sums", "outline")]


# --- the outline ------------------------------------------------------------------------------------


def test_an_outline_with_mistakes_is_not_kept(tmp_path):
    desk = a_desk(tmp_path / "adding")
    desk.begin(FORM)
    asyncio.run(desk.make_outline(nobody))
    before = desk.outline_text()
    with pytest.raises(TutorError, match="The outline cannot be used"):
        desk.set_outline(before.replace('bloom = "create"', 'bloom = "invent"'))
    assert desk.outline_text() == before


def test_nothing_is_changed_while_another_builds(tmp_path):
    desk = a_desk(tmp_path / "adding")
    desk.begin(FORM)
    asyncio.run(desk.make_outline(nobody))
    before = desk.outline_text()
    other = a_desk(tmp_path / "adding")
    with desk._folder.held():
        for attempt in (
            lambda: other.set_outline(before + "# more\n"),
            lambda: asyncio.run(other.build(nobody)),
            lambda: asyncio.run(other.save_cell("sums", "bill", "", nobody)),
        ):
            with pytest.raises(TutorError, match=r"Another build is at work in this folder|no cell bill"):
                attempt()
    assert desk.outline_text() == before


# --- building and reviewing -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[DeskNews]]:
    """A course that was built and published, and what was told of it."""
    root = tmp_path_factory.mktemp("built") / "adding"
    return root, a_built_course(root)


@pytest.fixture
def course(built: tuple[Path, list[DeskNews]], tmp_path: Path) -> Path:
    """A copy of it."""
    import shutil

    return Path(shutil.copytree(built[0], tmp_path / "adding"))


def the_cell(desk: FolderDesk, cell: str) -> DeskCell:
    return next(one for one in desk.cells() if one.id == cell)


@pytest.mark.slow
def test_news_name_the_lesson_the_agent_and_how_far_it_is(built):
    news = built[1]
    assert {one.lesson for one in news if one.agent == "writer"} == {"sums"}
    parts = [one.fraction for one in news if one.fraction is not None]
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    assert max(one.cells_proven for one in news) == 5


@pytest.mark.slow
def test_each_cell_says_what_its_proof_showed(built):
    desk = FolderDesk(built[0])
    assert [(one.number, one.kind, one.proof) for one in desk.cells()] == [
        (1, "md", ""),
        (2, "code", "ran"),
        (3, "md", ""),
        (4, "ex", "proven, 7/7 mutants"),
        (5, "quiz", "solved 2/2, key hidden"),
    ]
    assert (desk.state().stage, desk.state().is_published) == ("review", True)


@pytest.mark.slow
def test_marks_are_kept_and_taken_back(course):
    FolderDesk(course).mark("sums", "bill", "accepted")
    FolderDesk(course).mark("sums", "idea", "locked")
    assert [one.mark for one in FolderDesk(course).cells()] == ["accepted", "", "locked", "", ""]
    FolderDesk(course).mark("sums", "bill", "")
    assert the_cell(FolderDesk(course), "bill").mark == ""


@pytest.mark.slow
def test_an_author_s_cell_is_proven_kept_and_locked_and_the_rest_is_as_it_was(course):
    desk, path = FolderDesk(course), course / "lessons/sums.toml"
    text = the_cell(desk, "by-hand").text
    before = path.read_text()
    asyncio.run(desk.save_cell("sums", "by-hand", text.replace("bill = ", "bill  = "), nobody))
    assert path.read_text() == before.replace("bill = [3", "bill  = [3")
    assert the_cell(FolderDesk(course), "by-hand").mark == "locked"


@pytest.mark.slow
def test_a_question_that_was_changed_is_not_called_solved(course):
    desk = FolderDesk(course)
    text = the_cell(desk, "one-more").text
    asyncio.run(desk.save_cell("sums", "one-more", text.replace("A line of 6", "A line of six"), nobody))
    assert the_cell(desk, "one-more").proof == "not solved anew"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "this is no toml",
        '[[cell]]\nkind = "md"\nid = "other"\ntext = "x"\n',
        '[[cell]]\nkind = "code"\nid = "by-hand"\nsource = "nothing_like_that"\n',
        '[[cell]]\nkind = "code"\nid = "by-hand"\nsource = "x = ("\n',
        '[[cell]]\nkind = "nonsense"\nid = "by-hand"\n',
        "",
    ],
)
def test_a_text_that_does_not_hold_changes_nothing(course, text):
    before = {path: path.read_bytes() for path in course.rglob("*.toml") if ".studio" not in path.parts}
    lock = (course / "course.lock.json").read_bytes()
    with pytest.raises(TutorError) as refused:
        asyncio.run(FolderDesk(course).save_cell("sums", "by-hand", text, nobody))
    assert "as it was" in refused.value.message
    assert {path: path.read_bytes() for path in before} == before
    assert (course / "course.lock.json").read_bytes() == lock


@pytest.mark.slow
def test_a_cell_is_made_anew_with_a_note_and_a_locked_one_is_not(course):
    new = changed(CODE, source="bill = [3, 4, 5]\nprint(sum(bill))")
    desk = a_desk(course, repairer={"cell": [new]})
    asyncio.run(desk.regenerate("sums", "by-hand", "with sum()", nobody))
    assert "print(sum(bill))" in the_cell(desk, "by-hand").text
    desk.mark("sums", "by-hand", "locked")
    with pytest.raises(TutorError, match="by-hand is locked; it is as it was"):
        asyncio.run(desk.regenerate("sums", "by-hand", "", nobody))


@pytest.mark.slow
def test_a_question_that_is_made_anew_is_solved_again_without_its_key(course):
    disputed = changed(QUIZ, question="A line of 5 is put on the bill. What does it come to now?")
    desk = a_desk(course, repairer={"cell": [disputed]}, solver=lambda call: solved(call, "12"))
    before = the_cell(desk, "one-more")
    with pytest.raises(TutorError, match="Who sees only the lesson answered otherwise"):
        asyncio.run(desk.regenerate("sums", "one-more", "", nobody))
    assert the_cell(desk, "one-more") == before
    better = changed(QUIZ, question="One more line, of 6, is put on the bill. What does it come to now?")
    desk = a_desk(course, repairer={"cell": [better]})
    asyncio.run(desk.regenerate("sums", "one-more", "", nobody))
    cell = the_cell(desk, "one-more")
    assert ("One more line" in cell.text, cell.proof) == (True, "solved 2/2, key hidden")


@pytest.mark.slow
def test_a_cell_that_is_made_anew_takes_its_words_at_other_levels_back(course):
    words = course / "lessons" / "sums.beginner.toml"
    kept = '[[cell]]\nid = "idea"\ntext = "A loop."\n'
    words.write_text(f'{kept}\n[[cell]]\nid = "one-more"\nquestion = "A line of 6 more?"\n')
    better = changed(QUIZ, question="One more line, of 6, is put on the bill. What does it come to now?")
    seen = []
    desk = a_desk(course, repairer={"cell": [better]}, solver=lambda call: seen.append(call) or solved(call))
    outcome = asyncio.run(desk.regenerate("sums", "one-more", "", nobody))
    assert words.read_text() == kept
    assert "sums.beginner.toml were for the old one" in " ".join(outcome.lines)
    assert [call.subject for call in seen if "beginner" in call.subject] == [
        "lesson sums, beginner, one-more, shuffle 1", "lesson sums, beginner, one-more, shuffle 2",
    ]  # fmt: skip
    assert "A line of 6 more?" in (course / ".studio" / "before" / words.relative_to(course)).read_text()


@pytest.mark.slow
def test_the_report_says_at_once_which_cells_changed_and_who_changed_them(course):
    before = json.loads((course / "QUALITY.json").read_bytes())
    assert (before["changed"], unproven(StudioFolder(course).files())) == ([], ())
    desk = a_desk(course, repairer={"cell": [changed(CODE, source="bill = [3, 4, 5]\nprint(sum(bill))")]})
    asyncio.run(desk.save_cell("sums", "bill", the_cell(desk, "bill").text.replace("three", "3"), nobody))
    asyncio.run(desk.save_cell("sums", "bill", the_cell(desk, "bill").text.replace("lines", "rows"), nobody))
    asyncio.run(desk.regenerate("sums", "by-hand", "with sum()", nobody))
    after, page = json.loads((course / "QUALITY.json").read_bytes()), (course / "QUALITY.md").read_text()
    said = [(one["cell"], one["by"]) for one in after.pop("changed")]
    assert said == [("bill", "author"), ("by-hand", "model")]
    assert {**after, "changed": []} == before
    assert page.count("## Changed since") == 1
    assert (
        page.index("Cells were changed since.")
        < page.index("- sums/bill, ")
        < page.index("## What was proven")
    )
    assert "Every hard gate holds" not in page
    assert unproven(StudioFolder(course).files()) == ()  # its proof tells of the new report too


@pytest.mark.slow
def test_what_the_author_saved_while_a_cell_was_proven_is_not_overwritten(course):
    desk, path = FolderDesk(course), course / "lessons/sums.toml"
    mine = path.read_text().replace("A bill has three lines", "A bill has exactly three lines")
    text = the_cell(desk, "by-hand").text.replace("bill = ", "bill  = ")
    with pytest.raises(TutorError, match=r"lessons/sums.toml was changed while by-hand was proven"):
        asyncio.run(desk.save_cell("sums", "by-hand", text, lambda _: path.write_text(mine)))
    assert path.read_text() == mine


@pytest.mark.slow
def test_a_cell_that_is_locked_while_it_is_made_anew_is_not_overwritten(course):
    before = (course / "lessons/sums.toml").read_bytes()

    def locked(_):
        FolderDesk(course).mark("sums", "by-hand", "locked")
        return {"cell": [changed(CODE, source="bill = [3, 4, 5]\nprint(sum(bill))")]}

    with pytest.raises(TutorError, match="by-hand is locked; it is as it was"):
        asyncio.run(a_desk(course, repairer=locked).regenerate("sums", "by-hand", "", nobody))
    assert (course / "lessons/sums.toml").read_bytes() == before
    assert the_cell(FolderDesk(course), "by-hand").mark == "locked"


@pytest.mark.slow
def test_what_was_changed_by_hand_is_said_until_it_is_proven(course):
    assert FolderDesk(course).state().notes == ()
    path = course / "lessons/sums.toml"
    path.write_text(path.read_text().replace("A bill has three lines", "A bill has exactly three lines"))
    lines = [one.proof for one in FolderDesk(course).cells()]
    assert lines == [
        "",
        "not proven anew",
        "",
        "not proven anew",
        "solved 2/2, key hidden",
    ]
    said = "changed since it was proven: lessons/sums.toml; a build proves it anew"
    assert FolderDesk(course).state().notes == (said,)
    assert said in list(status_lines(StudioFolder(course)))


@pytest.mark.slow
def test_an_edit_that_is_stopped_changes_nothing(course):
    desk = FolderDesk(course)
    text = the_cell(desk, "by-hand").text.replace("print", "import time; time.sleep(60); print")
    before = (course / "lessons/sums.toml").read_bytes()

    async def act() -> None:
        began = asyncio.Event()
        work = asyncio.create_task(desk.save_cell("sums", "by-hand", text, lambda _: began.set()))
        await began.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(act())
    assert (course / "lessons/sums.toml").read_bytes() == before
    asyncio.run(desk.save_cell("sums", "bill", the_cell(desk, "bill").text, nobody))  # nobody holds it


@pytest.mark.slow
def test_answers_that_are_there_are_not_asked_for_again(built, tmp_path):
    root = tmp_path / "adding"
    with_answers_of(built[0], root)
    desk = FolderDesk(root)  # with a server that does not answer
    asyncio.run(desk.make_outline(nobody))
    assert asyncio.run(desk.build(nobody)).is_good


@pytest.mark.slow
def test_what_is_wrong_in_the_review_s_files_is_not_believed(course):
    (course / ".studio/review.json").write_text(json.dumps({"sums/bill": "<evil>", "x": 3}))
    (course / ".studio/history/sums.json").write_text('{"answers": [3]}')
    (course / "course.lock.json").write_text('{"lessons": []}')
    said = {(one.mark, one.proof) for one in FolderDesk(course).cells()}
    assert said == {("", ""), ("", "not solved anew")}


@pytest.mark.slow
def test_a_lesson_that_leaves_the_outline_leaves_the_published_course_and_is_kept(tmp_path):
    root = tmp_path / "adding"
    desk = a_desk(root, **two_lessons())
    desk.begin(FORM)
    asyncio.run(desk.make_outline(nobody))
    desk.set_outline(outline_toml(TWO))
    assert asyncio.run(desk.build(nobody)).is_good
    fewer = TWO.model_copy(update={"lesson": TWO.lesson[:1], "objective": TWO.objective[:1]})
    desk.set_outline(outline_toml(fewer))
    assert asyncio.run(desk.build(nobody)).is_good
    files = StudioFolder(root).files()
    assert [name for name in files if name.startswith("lessons/")] == ["lessons/sums.toml"]
    assert (root / ".studio/before/lessons/prices.toml").is_file()
    assert (unproven(files), check_course(files, folder_name="adding")) == ((), ())

"""The author's own hand in a course of the studio: nothing is overwritten, nothing counts unproven."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

import pytest

from tests.unit.studio.pipeline_pieces import (
    EXERCISE,
    OUTLINE,
    PLAN,
    QUIZ,
    Making,
    ReplayTrials,
    agents,
    asked_of,
    brief,
    changed,
    scripted,
    solved,
)
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, Reply, Usage
from tui_tutor.proof.reports import Problem
from tui_tutor.studio.gates.finding import hard
from tui_tutor.studio.studio_folder import StudioFolder

LESSON = "lessons/sums.toml"


def begun(root):
    folder = StudioFolder.begun(root / "course", brief())
    folder.set_outline(brief(), OUTLINE)
    return folder


def course(folder, model, trials=None, **asked):
    """A build of the whole course, published if nothing stops it."""
    making = Making(model, trials or ReplayTrials())
    result = asyncio.run(making.course(folder, OUTLINE, brief(**asked)).build())
    if result.is_publishable:
        folder.replace(result.files)
    return result


def edited(folder, old, new):
    """The author changes the lesson by hand."""
    text = (folder.root / LESSON).read_text()
    assert old in text
    (folder.root / LESSON).write_text(text.replace(old, new))


# --- questions ----------------------------------------------------------------------------------------


def test_a_question_that_was_solved_is_not_solved_again_by_a_later_build(tmp_path):
    folder = begun(tmp_path)
    course(folder, scripted(agents()))
    model = scripted({})
    assert course(folder, model).is_publishable
    assert model.calls == []


def test_a_question_that_the_author_has_changed_is_solved_anew(tmp_path):
    folder = begun(tmp_path)
    course(folder, scripted(agents()))
    edited(folder, "A line of 6", "One more line of 6")
    model = scripted({"solver": solved})
    assert course(folder, model).is_publishable
    assert [call.subject for call in model.calls] == [
        "lesson sums, one-more, shuffle 1", "lesson sums, one-more, shuffle 2",
    ]  # fmt: skip
    later = scripted({})
    assert course(folder, later).is_publishable
    assert later.calls == []


def test_a_key_that_the_author_has_made_wrong_is_not_published(tmp_path):
    folder = begun(tmp_path)
    course(folder, scripted(agents()))
    before = folder.files()
    edited(folder, 'text = "18"', 'text = "19"')
    edited(folder, 'text = "12"', 'text = "18"')
    result = course(folder, scripted({"solver": solved}))
    assert [one.gate for one in hard(result.findings)] == ["solver-disagrees"]
    assert folder.files().keys() == before.keys()


def test_a_question_that_no_solver_could_answer_is_not_published(tmp_path):
    folder = begun(tmp_path)
    course(folder, scripted(agents()))
    edited(folder, "A line of 6", "One more line of 6")
    refusing = scripted({"solver": Reply("", None, "refusal", Usage(1, 1))})
    assert [one.gate for one in hard(course(folder, refusing).findings)] == ["solver-disagrees"]


def at_two_levels(folder, question):
    """A course whose beginners are told something else, published; then its author words their question."""
    said = {"cell": [{"id": "one-more", "question": "A bill of 12 gets one more line of 6. What is it now?"}]}
    asked = {"levels": ("beginner", "intermediate")}
    assert course(folder, scripted(agents(leveller=said)), **asked).is_publishable
    words = folder.root / "lessons" / "sums.beginner.toml"
    words.write_text(f'[[cell]]\nid = "one-more"\nquestion = "{question}"\n')
    return asked


def test_a_question_that_the_author_has_worded_otherwise_for_a_level_is_solved_anew_there(tmp_path):
    folder = begun(tmp_path)
    asked = at_two_levels(folder, "There is one more line of 6 on your bill. What is it now?")
    model = scripted({"solver": solved})
    assert course(folder, model, **asked).is_publishable
    assert [call.subject for call in model.calls] == [
        "lesson sums, beginner, one-more, shuffle 1", "lesson sums, beginner, one-more, shuffle 2",
    ]  # fmt: skip
    assert all("one more line of 6 on your bill" in call.prompt for call in model.calls)
    later = scripted({})
    assert course(folder, later, **asked).is_publishable
    assert later.calls == []


def test_words_of_an_author_that_turn_a_question_round_are_not_published(tmp_path):
    folder = begun(tmp_path)
    asked = at_two_levels(folder, "A line of 6 is on your bill twice, one is taken off. What is left?")
    model = scripted({"solver": lambda call: solved(call, "12")})
    found = hard(course(folder, model, **asked).findings)
    assert [one.gate for one in found] == ["level-disputed"]
    assert "as beginners read it" in found[0].message


def test_a_level_whose_words_are_the_lesson_s_is_not_solved_for_itself(tmp_path):
    """What an author has written there says nothing otherwise."""
    folder = begun(tmp_path)
    assert course(folder, scripted(agents())).is_publishable
    (folder.root / "lessons" / "sums.beginner.toml").write_text(
        f'[[cell]]\nid = "one-more"\nquestion = "{QUIZ["question"]}"\n'
    )
    later = scripted({})
    assert course(folder, later, levels=("beginner",)).is_publishable
    assert later.calls == []


def test_words_for_the_course_s_own_level_are_not_solved_for_nobody_reads_them(tmp_path):
    folder = begun(tmp_path)
    assert course(folder, scripted(agents())).is_publishable
    words = f'[[cell]]\nid = "one-more"\nquestion = "{QUIZ["question"]} Say it."\n'
    (folder.root / "lessons" / "sums.intermediate.toml").write_text(words)
    later = scripted({})
    found = hard(course(folder, later).findings)
    assert [one.message.partition(":")[0] for one in found] == ["overlay-unread"]
    assert later.calls == []


def test_words_for_a_lesson_that_is_written_anew_do_not_stay_beside_it(tmp_path):
    """Nobody has solved, run or read them with the lesson that is published."""
    folder = begun(tmp_path)
    old = folder.root / "lessons" / "sums.beginner.toml"
    old.write_text('[[cell]]\nid = "one-more"\nquestion = "A line of 6 is taken off. What is left?"\n')
    result = course(folder, scripted(agents()))
    assert (result.is_publishable, result.gone) == (True, ("lessons/sums.beginner.toml",))


# --- programs that questions are about ------------------------------------------------------------------


@dataclass
class WatchedTrials(ReplayTrials):
    """Notes which programs were run for what they print."""

    ran: list[str] = field(default_factory=list)

    async def printed(self, program, course):
        self.ran.append(program)
        return await super().printed(program, course)


PREDICT = {
    "kind": "quiz",
    "form": "predict",
    "id": "one-more",
    "question": "What does it print?",
    "explain": "It prints what it is told to print, and nothing else.",
    "hints": ["Read it line by line."],
}


def test_a_program_of_a_question_that_reaches_outside_is_not_run_to_see_what_it_prints(tmp_path):
    steals = changed(PREDICT, program="print(open('/etc/passwd').read())")
    honest = changed(PREDICT, program="print('printed')")
    said = agents(examiner={"cell": [steals]}, repairer={"cell": [honest]})
    trials = WatchedTrials()
    assert course(begun(tmp_path), scripted(said), trials).is_publishable
    assert trials.ran == ["print('printed')"]


# --- files ----------------------------------------------------------------------------------------------


def test_what_a_build_replaces_is_kept(tmp_path):
    folder = begun(tmp_path)
    (folder.root / LESSON).write_text('title = "Sums"\ndraft = true\n# my notes\n')
    course(folder, scripted(agents()))
    assert (folder.hidden / "before" / LESSON).read_text().endswith("# my notes\n")


def test_a_course_file_that_the_author_has_changed_is_published_with_the_changes(tmp_path):
    folder = begun(tmp_path)
    path = folder.root / "course.toml"
    path.write_text(path.read_text().replace("How to add a list", "My way to add a list"))
    course(folder, scripted(agents()))
    assert 'summary = "My way to add a list of numbers."' in path.read_text()
    assert 'version = "1.0.0"' in path.read_text()


def test_mistakes_in_a_course_file_are_told_before_anybody_is_asked(tmp_path):
    folder, model = begun(tmp_path), scripted({})
    (folder.root / "course.toml").write_text("title = ")
    with pytest.raises(TutorError, match=r"course.toml has a mistake"):
        course(folder, model)
    assert model.calls == []


def test_what_there_is_of_a_lesson_that_is_left_is_kept_with_the_reasons(tmp_path):
    def refuses(call: Call):
        return Reply("", None, "refusal", Usage(1, 1))

    folder = begun(tmp_path)
    result = course(folder, scripted(agents(examiner=refuses)))
    assert not result.is_publishable
    assert b"bill = [3, 4, 5]" in result.drafts["sums"]


def test_a_lesson_that_does_not_stand_without_a_cell_names_the_cell_first(tmp_path):
    def faults(cell):
        is_exercise = cell.id == "write-total"
        return [Problem("solution-fails", cell.id, "its solution never ends")] if is_exercise else []

    never_ends = agents(repairer={"cell": [EXERCISE]})
    result = course(begun(tmp_path), scripted(never_ends), ReplayTrials(faults))
    first, *others = result.left["sums"]
    assert first.startswith("write-total was dropped after 4 tries: ")
    assert "its solution never ends" in first
    assert others


def test_a_lesson_of_the_author_s_own_that_the_outline_lacks_is_told_before_anybody_is_asked(tmp_path):
    folder, model = begun(tmp_path), scripted(agents())
    folder.publish({"lessons/mine.toml": b'title = "Mine"\n'})
    with pytest.raises(TutorError, match=r"The outline does not have lessons/mine.toml"):
        course(folder, model)
    assert model.calls == []


def test_a_course_that_came_no_further_than_its_brief_is_begun_again(tmp_path):
    StudioFolder.begun(tmp_path / "course", brief())
    folder = StudioFolder.begun(tmp_path / "course", brief())
    assert folder.brief() == brief()
    with pytest.raises(TutorError, match="begun with another brief") as refused:
        StudioFolder.begun(tmp_path / "course", brief(minutes=7))
    assert f"Its brief is {tmp_path}/course/.studio/brief.toml" in refused.value.help
    folder.set_outline(brief(), OUTLINE)
    with pytest.raises(TutorError, match="is not empty"):
        StudioFolder.begun(tmp_path / "course", brief())


def test_a_folder_of_somebody_s_own_is_not_said_to_be_a_course_to_go_on_with(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(TutorError, match="is not empty") as refused:
        StudioFolder.begun(tmp_path, brief())
    assert refused.value.help == "Name another folder with -o."


def test_a_history_that_somebody_has_broken_claims_nothing(tmp_path):
    folder = begun(tmp_path)
    course(folder, scripted(agents()))
    for said in (b"\xff", b"[]", b"{", json.dumps({"answers": [{"nonsense": 1}, 3]}).encode()):
        (folder.hidden / "history" / "sums.json").write_bytes(said)
        assert course(folder, scripted({"solver": solved})).is_publishable


# --- questions of the brief -----------------------------------------------------------------------------


def test_an_examiner_who_changes_the_author_s_question_is_told_so(tmp_path):
    own = {"question": QUIZ["question"], "options": ["12", "18", "72"], "correct": 2}
    other = changed(QUIZ, question="What does the bill come to when a line of 6 is put on it?")
    model = scripted(agents(examiner=[{"cell": [other]}, {"cell": [QUIZ]}]))
    result = asyncio.run(
        Making(model, ReplayTrials()).course(begun(tmp_path), OUTLINE, brief(question=(own,))).build()
    )
    assert result.is_publishable
    told = [call.prompt for call in asked_of(model, "examiner")]
    assert ["the author's question is not there" in one for one in told] == [False, True]


def test_a_plan_has_places_for_the_author_s_questions(tmp_path):
    own = [{"question": f"Is it {number}?", "options": ["a", "b", "c"], "correct": 1} for number in (1, 2)]
    model = scripted(agents(writer=[PLAN, PLAN]))
    making = Making(model, ReplayTrials()).course(begun(tmp_path), OUTLINE, brief(question=tuple(own)))
    assert "the author has 2 questions for it" in asyncio.run(making.build()).left["sums"][0]


def test_a_folder_that_cannot_be_held_is_a_sentence(tmp_path):
    folder = begun(tmp_path)
    (folder.hidden / "lock").mkdir()
    with pytest.raises(TutorError, match="could not be written"), folder.held():
        pass

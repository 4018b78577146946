"""Building a course: ended anywhere it goes on to the same bytes, and nothing paid for is asked again."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.unit.studio.pipeline_pieces import (
    CODE,
    OUTLINE,
    PLAN,
    QUIZ,
    Making,
    ReplayTrials,
    agents,
    brief,
    changed,
    scripted,
    solved,
    told,
)
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, LanguageModel, OnSaying, Reply, Usage
from tui_tutor.proof.reports import Problem
from tui_tutor.studio.budgeting import Budgeted
from tui_tutor.studio.ledger import Ledger
from tui_tutor.studio.outline import Outline
from tui_tutor.studio.prices import prices_with
from tui_tutor.studio.recorded import RecordedModel, transcript_of
from tui_tutor.studio.scripted import reply_saying
from tui_tutor.studio.steps import StepStore
from tui_tutor.studio.studio_folder import StudioFolder

TWO = Outline.model_validate(
    {
        **OUTLINE.model_dump(),
        "objective": [
            {"id": "add", "text": "Write a function that adds numbers", "bloom": "create"},
            {"id": "mend", "text": "Write a function that adds prices", "bloom": "create"},
        ],
        "lesson": [
            OUTLINE.lesson[0].model_dump(),
            {**OUTLINE.lesson[0].model_dump(), "id": "prices", "title": "Prices", "objectives": ["mend"]},
        ],
    }
)
BROKEN = changed(CODE, source="print(bil)")


def plan(call: Call):
    """The same plan for both lessons, each with its own objective."""
    objective = call.inputs["This lesson"]["objectives"][0]
    cells = [changed(cell, objective=objective) if "bloom" in cell else cell for cell in PLAN["cell"]]
    return {"cell": cells}


def quiz(call: Call):
    if "prices" in call.subject:
        return {"cell": [changed(QUIZ, question="Yesterday the bill had 6 more. How much was that in all?")]}
    return {"cell": [QUIZ]}


BRIEF = brief(levels=("beginner", "intermediate"))
TURNED = {"cell": [{"id": "one-more", "question": "A line of 6 is taken off. What is left of the bill?"}]}
PLAINER = {"cell": [{"id": "idea", "text": "A loop can do it. It keeps the sum so far."}]}


def leveller(call: Call):
    """Words for beginners; those of one lesson turn its question round, until that is told."""
    is_told = "Your words for it" in call.inputs
    return TURNED if "prices" in call.subject and not is_told else PLAINER


def solver(call: Call):
    [question] = call.inputs["The questions"]
    return solved(call, "12" if "taken off" in question["question"] else "18")


def two_lessons():
    """Both lessons at once; the program of one needs a repair, and so do its words for beginners."""

    def coder(call: Call):
        return {"cell": [BROKEN if "prices" in call.subject else CODE]}

    return agents(
        writer=plan,
        coder=coder,
        examiner=quiz,
        repairer={"cell": [CODE]},
        solver=solver,
        leveller=leveller,
    )


def faults(cell):
    is_broken = getattr(cell, "source", "") == BROKEN["source"]
    return [Problem("run-outcome", cell.id, "it failed: NameError")] if is_broken else []


class Killed(Exception):
    """The process is gone."""


class Dying(LanguageModel):
    """Answers so many calls and then no more, as if the process had been killed."""

    def __init__(self, model: LanguageModel, calls: int) -> None:
        self._model, self._left = model, calls

    async def complete(self, call: Call, *, on_saying: OnSaying = lambda _: None) -> Reply:
        if not self._left:
            raise Killed
        self._left -= 1
        return await self._model.complete(call, on_saying=on_saying)

    async def count_tokens(self, call: Call) -> int:
        return await self._model.count_tokens(call)

    async def close(self) -> None:
        await self._model.close()


def build(folder: StudioFolder, model: LanguageModel):
    """One build with finished calls kept, published if nothing stops it."""
    making = Making(StepStore(model, folder.hidden), ReplayTrials(faults))
    result = asyncio.run(making.course(folder, TWO, BRIEF).build())
    if result.is_publishable:
        folder.publish(result.files)
    return result


def begun(root: Path) -> StudioFolder:
    folder = StudioFolder.begun(root, BRIEF)
    folder.set_outline(BRIEF, TWO)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """(the files, the calls, the transcript) of a build that nobody disturbs."""
    folder, model = begun(tmp_path_factory.mktemp("whole") / "course"), scripted(two_lessons())
    assert build(folder, model).findings == () or build(folder, model).is_publishable
    return folder.files(), model.calls, transcript_of(folder.hidden)


def test_lessons_are_published_when_every_gate_holds(whole):
    files, _, _ = whole
    assert sorted(files) == [
        "course.lock.json", "course.toml", "lessons/prices.beginner.toml", "lessons/prices.toml",
        "lessons/sums.beginner.toml", "lessons/sums.toml",
    ]  # fmt: skip
    assert b"draft" not in files["lessons/sums.toml"]


@pytest.mark.slow
def test_a_build_ended_at_any_call_goes_on_to_the_same_bytes_and_asks_nothing_again(whole, tmp_path):
    files, calls, _ = whole
    for number in range(len(calls)):
        folder, model = begun(tmp_path / f"ended-{number}"), scripted(two_lessons())
        with pytest.raises(Killed):
            build(folder, Dying(model, number))
        assert "lessons/sums.toml" not in folder.files() or b"draft" in folder.files()["lessons/sums.toml"]
        build(folder, model)
        assert folder.files() == files, f"ended at call {number}"
        asked = Counter(call.key for call in model.calls)
        assert set(asked.values()) == {1}, f"ended at call {number}"
        assert set(asked) == {call.key for call in calls}


def test_a_transcript_replays_to_the_same_bytes(whole, tmp_path):
    files, _, transcript = whole
    (tmp_path / "transcript.jsonl").write_text(transcript)
    recorded = RecordedModel.of(tmp_path / "transcript.jsonl")
    folder = begun(tmp_path / "course")
    build(folder, recorded)
    assert folder.files() == files
    assert recorded.unused == set()


def test_a_call_that_was_not_recorded_is_an_error_that_names_its_agent(whole, tmp_path):
    _, _, transcript = whole
    lines = [line for line in transcript.splitlines() if '"agent": "examiner"' not in line]
    (tmp_path / "transcript.jsonl").write_text("\n".join(lines))
    with pytest.raises(TutorError, match="no answer for the call of examiner about lesson"):
        build(begun(tmp_path / "course"), RecordedModel.of(tmp_path / "transcript.jsonl"))


def test_what_cannot_be_made_leaves_its_lesson_and_the_others_are_published(tmp_path):
    def writer(call: Call):
        return Reply("", None, "refusal", Usage(1, 1)) if "prices" in call.subject else plan(call)

    folder = begun(tmp_path / "course")
    result = build(folder, scripted({**two_lessons(), "writer": writer}))
    assert dict(result.left) == {"prices": ("The model refused to answer writer about lesson prices.",)}
    assert result.is_publishable
    assert b'lessons = ["sums"]' in folder.files()["course.toml"]


def test_lessons_that_are_written_are_not_written_again(whole, tmp_path):
    files, _, _ = whole
    folder = begun(tmp_path / "course")
    mine = files["lessons/sums.toml"].replace(b"three lines", b"just three lines")
    folder.publish({"lessons/sums.toml": mine})
    model = scripted(two_lessons())
    build(folder, model)
    assert folder.files()["lessons/sums.toml"] == mine
    about = {(call.agent, call.subject.split(",")[0]) for call in model.calls if "prices" not in call.subject}
    assert about == {("solver", "lesson sums")}  # whose question has no answer yet


def test_a_build_stops_at_its_cap_and_keeps_what_was_answered(tmp_path):
    folder = begun(tmp_path / "course")
    prices = prices_with("[model.maker]\ninput = 5\noutput = 25\n[model.checker]\ninput = 3\noutput = 15\n")
    said = {name: dear(answer) for name, answer in two_lessons().items()}
    ledger = Ledger.at(folder.hidden)
    model = Budgeted(scripted(said), ledger, prices, cap_usd=0.9, is_local=True)
    with pytest.raises(TutorError, match="of the budget of"):
        build(folder, model)
    kept = list((folder.hidden / "steps").glob("*.json"))
    assert kept
    assert ledger.totals().paid.cost <= 0.9e9


def dear(answer):
    """The same answers, each of 2,000 tokens."""

    def say(call: Call):
        return reply_saying(answer(call) if callable(answer) else answer, usage=Usage(2_000, 2_000))

    return say


class Slow(LanguageModel):
    """Answers the writer of one lesson late, and lets the other's fail meanwhile."""

    def __init__(self, model: LanguageModel) -> None:
        self._model, self._is_asked = model, asyncio.Event()

    async def complete(self, call: Call, *, on_saying: OnSaying = lambda _: None) -> Reply:
        if "sums" in call.subject:
            await self._is_asked.wait()
            raise TutorError("the key was refused")
        self._is_asked.set()
        for _ in range(20):
            await asyncio.sleep(0)
        return await self._model.complete(call, on_saying=on_saying)

    async def count_tokens(self, call: Call) -> int:
        return await self._model.count_tokens(call)

    async def close(self) -> None:
        await self._model.close()


def test_where_one_lesson_cannot_go_on_what_another_has_asked_is_still_heard_and_kept(tmp_path):
    folder, said = begun(tmp_path / "course"), scripted(two_lessons())
    prices = prices_with("[model.maker]\ninput = 5\noutput = 25\n[model.checker]\ninput = 3\noutput = 15\n")
    ledger = Ledger.at(folder.hidden)
    with pytest.raises(TutorError, match="the key was refused"):
        build(folder, Budgeted(Slow(said), ledger, prices, cap_usd=9, is_local=True))
    assert [(call.agent, call.subject) for call in said.calls] == [("writer", "lesson prices")]
    assert len(list((folder.hidden / "steps").glob("*.json"))) == 1
    assert ledger.totals().paid.unsettled == 0


def test_what_only_the_whole_course_shows_is_mended_in_its_lesson(tmp_path):
    """Both lessons ask nearly the same; each alone is fine."""
    other = changed(QUIZ, question="Yesterday the bill had 6 more. How much was that in all?")
    said = {**two_lessons(), "examiner": {"cell": [QUIZ]}}
    said["repairer: quiz"] = {"cell": [other]}
    folder = begun(tmp_path / "course")
    model = scripted(said)
    assert build(folder, model).is_publishable
    mended = [call for call in model.calls if call.agent == "repairer: quiz"]
    assert ["it asks nearly what" in told(call, "Evidence") for call in mended] == [True]
    tries = {one.cell: one.tries for one in build(folder, scripted({})).built.work if one.lesson == "prices"}
    assert tries["one-more"] == 2  # a later build knows how it came about


def test_a_course_in_german_for_an_industry_is_published_though_its_terms_are_not_in_english(tmp_path):
    folder = begun(tmp_path / "course")
    asked = brief(industry="6221", language="de")
    making = Making(scripted(two_lessons()), ReplayTrials(faults))
    result = asyncio.run(making.course(folder, TWO, asked).build())
    assert [one.is_hard for one in result.findings if one.gate == "industry-unused"] == [False]
    assert result.is_publishable


def test_nobody_is_asked_where_the_cells_could_not_be_run(tmp_path):
    folder, model = begun(tmp_path / "course"), scripted(two_lessons())
    making = Making(model, ReplayTrials(faults))
    with pytest.raises(TutorError, match="The course needs lacking-this, which is not installed") as refused:
        asyncio.run(making.course(folder, TWO, brief(packages=("lacking-this",))).build())
    assert (model.calls, "tui-tutor setup" in refused.value.help) == ([], True)

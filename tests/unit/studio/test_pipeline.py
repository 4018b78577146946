"""Building a lesson: what fails is mended, what cannot be is dropped or left, and it ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.unit.studio.pipeline_pieces import (
    CODE,
    EXERCISE,
    PLAN,
    PROSE,
    QUIZ,
    Making,
    ReplayTrials,
    agents,
    asked_of,
    brief,
    built,
    changed,
    scripted,
    solved,
    told,
)
from tui_tutor.core.language_model import Call, Reply, Usage
from tui_tutor.proof.reports import Problem
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.grounding.source import Source

BROKEN = changed(CODE, source="print(bil)")
WEAK = changed(EXERCISE, check=EXERCISE["check"][:1])


def fails_where(source):
    """A proof in which the cell with this source ends in an error."""

    def faults(cell):
        is_it = getattr(cell, "source", "") == source
        return (
            [Problem("run-outcome", cell.id, "it failed: NameError: name 'bil' is not defined")]
            if is_it
            else []
        )

    return faults


def names(model):
    return [call.agent for call in model.calls]


# --- whole lessons --------------------------------------------------------------------------------------


def test_a_lesson_without_faults_needs_each_agent_once_and_a_solver_for_each_order(tmp_path):
    work, model, _ = built(tmp_path, agents())
    assert names(model) == [
        "writer", "coder", "exercise maker", "examiner", "solver", "solver", "critic",
    ]  # fmt: skip
    assert [cell.id for cell in work.cells] == ["bill", "by-hand", "idea", "write-total", "one-more"]
    assert work.left == ()
    assert [one.is_right for one in work.answers] == [True, True]


def test_who_asks_about_a_program_is_told_what_it_prints(tmp_path):
    model, trials = scripted(agents()), ReplayTrials(printed_by={"by-hand": "12"})
    asyncio.run(Making(model, trials).lesson(tmp_path).build())
    for agent, heading in (
        ("examiner", "The lesson so far"),
        ("solver", "The lesson"),
        ("critic", "The lesson"),
    ):
        shown = {cell["id"]: cell for cell in json.loads(told(asked_of(model, agent)[0], heading))}
        assert shown["by-hand"]["it prints"] == "12", agent


def test_a_solver_sees_neither_keys_nor_solutions(tmp_path):
    _, model, _ = built(tmp_path, agents())
    for call in asked_of(model, "solver"):
        for secret in ("result += price", "feedback", "correct", "Go through the prices", "12 and 6 make 18"):
            assert secret not in call.prompt


# --- repairs --------------------------------------------------------------------------------------------


def test_a_cell_that_fails_is_mended_before_anybody_asks_about_it(tmp_path):
    said = agents(coder={"cell": [BROKEN]}, repairer={"cell": [CODE]})
    work, model, _ = built(tmp_path, said, fails_where(BROKEN["source"]))
    assert names(model)[:4] == ["writer", "coder", "repairer: code", "exercise maker"]
    assert work.left == ()
    assert {cell.id: cell.tries for cell in work.cells}["by-hand"] == 2


def test_a_repairer_is_told_what_happened_and_what_was_tried(tmp_path):
    worse = changed(CODE, source="print(bil + 1)")
    said = agents(coder={"cell": [BROKEN]}, repairer=[{"cell": [worse]}, {"cell": [CODE]}])

    def faults(cell):
        is_bad = "bil)" in getattr(cell, "source", "") or "bil +" in getattr(cell, "source", "")
        return [Problem("run-outcome", cell.id, "it failed: NameError", "bind it")] if is_bad else []

    _, model, _ = built(tmp_path, said, faults)
    first, second = asked_of(model, "repairer")
    assert "- run-outcome: it failed: NameError (bind it)" in told(first, "Evidence").splitlines()
    assert "Earlier attempts" not in first.inputs
    assert [one["source"] for one in second.inputs["Earlier attempts"]] == [BROKEN["source"]]


def test_a_cell_that_three_repairs_do_not_mend_is_dropped_and_the_lesson_goes_on(tmp_path):
    bad = changed(QUIZ, id="second", question="What does an empty bill come to, and why is it so?")
    plan = {"cell": [*PLAN["cell"], changed(PLAN["cell"][-1], id="second")]}
    said = agents(writer=plan, examiner={"cell": [QUIZ, bad]}, repairer={"cell": [bad]})

    def faults(cell):
        return [Problem("key-inconsistent", cell.id, "its key is wrong")] if cell.id == "second" else []

    work, model, _ = built(tmp_path, said, faults)
    assert len(asked_of(model, "repairer")) == 3
    [dropped] = work.dropped
    assert (dropped.cell, dropped.tries, dropped.dropped) == (
        "second", 4, "key-proven: key-inconsistent: its key is wrong",
    )  # fmt: skip
    assert work.left == ()
    assert "second" not in [cell.id for cell in work.cells]


def test_a_lesson_that_cannot_stand_without_a_cell_is_left_with_the_reason(tmp_path):
    said = agents(exercise_maker={"cell": [WEAK]}, repairer={"cell": [WEAK]})

    def faults(cell):
        return [Problem("mutation-score", cell.id, "3 of 6")] if cell.id == "write-total" else []

    work, model, _ = built(tmp_path, said, faults)
    assert len(asked_of(model, "repairer")) == 3
    assert {one.split(":")[0] for one in work.left} == {"bloom-level", "objective-assessed"}
    assert asked_of(model, "solver") == []  # nobody is paid to read what is left


def test_faulty_solutions_that_survive_are_told_to_who_mends_the_checks(tmp_path):
    said = agents(exercise_maker={"cell": [WEAK]}, repairer={"cell": [EXERCISE]})

    def faults(cell):
        if len(getattr(cell, "check", "..")) != 1:
            return []
        told = Problem("mutant-survives", cell.id, "line 2 of the solution, `0` is `1`", severity="warning")
        return [Problem("mutation-score", cell.id, "the checks catch 5 of 6 mutants"), told]

    _, model, _ = built(tmp_path, said, faults)
    [call] = asked_of(model, "repairer")
    assert told(call, "Evidence").splitlines() == [
        "- mutation-score: the checks catch 5 of 6 mutants",
        "- mutant-survives: line 2 of the solution, `0` is `1`",
    ]


# --- solving ----------------------------------------------------------------------------------------------


def test_a_question_that_a_solver_answers_otherwise_is_mended_and_solved_again(tmp_path):
    unclear = changed(QUIZ, question="A line of 6 comes with the bill that you added. What does it come to?")

    def solver(call):
        is_unclear = "comes with" in call.prompt
        return solved(call, "12" if is_unclear else "18")

    said = agents(examiner={"cell": [unclear]}, solver=solver, repairer={"cell": [QUIZ]})
    work, model, _ = built(tmp_path, said)
    assert names(model)[4:] == [
        "solver", "solver", "repairer: quiz", "solver", "solver", "critic",
    ]  # fmt: skip
    [call] = asked_of(model, "repairer")
    assert "12 and 6 are 18." in call.inputs["What a solver answered"][0]
    assert [one.is_right for one in work.answers] == [True, True]


def test_a_question_that_stays_disputed_is_dropped(tmp_path):
    plan = {"cell": [*PLAN["cell"], changed(PLAN["cell"][-1], id="second")]}
    second = changed(
        QUIZ, id="second", question="What is a bill without any lines worth, and how many has it?"
    )

    def solver(call):
        fine = {
            "answer": [
                {"id": one["id"], "answer": "?", "why": "It is unclear."}
                for one in call.inputs["The questions"]
            ]
        }
        fine["answer"][0] = solved_first(call)
        return fine

    def solved_first(call):
        options = call.inputs["The questions"][0]["options"]
        number = next(one[0] for one in options if one.endswith(") 18"))
        return {"id": "one-more", "answer": number, "why": "12 and 6 are 18."}

    said = agents(writer=plan, examiner={"cell": [QUIZ, second]}, solver=solver, repairer={"cell": [second]})
    work, model, _ = built(tmp_path, said)
    assert len(asked_of(model, "repairer")) == 3
    assert [(one.cell, one.tries) for one in work.dropped] == [("second", 4)]
    assert work.left == ()


# --- answers that cannot be used ----------------------------------------------------------------------


def reply(text, data=None, stop="end"):
    return Reply(text, data, stop, Usage(10, 10))


def test_an_answer_that_is_no_json_is_corrected_once(tmp_path):
    work, model, _ = built(tmp_path, agents(coder=[reply("Here is your code"), {"cell": [CODE]}]))
    first, again = asked_of(model, "coder")
    assert again.prompt == (
        f"{first.prompt}\n\n# Your answer\nHere is your code\n\n"
        "# What is wrong with it\nit is not one JSON value"
    )
    assert work.left == ()


def test_an_answer_of_the_wrong_form_is_told_every_place(tmp_path):
    bad = {"cell": [{"kind": "code", "id": "by-hand"}]}
    _, model, _ = built(tmp_path, agents(coder=[bad, {"cell": [CODE]}]))
    assert "source: Field required" in told(asked_of(model, "coder")[1], "What is wrong with it")


def test_a_cell_for_no_place_is_objected_to(tmp_path):
    stranger = changed(CODE, id="elsewhere")
    _, model, _ = built(tmp_path, agents(coder=[{"cell": [stranger]}, {"cell": [CODE]}]))
    assert told(asked_of(model, "coder")[1], "What is wrong with it").splitlines() == [
        "there is no cell for the place `by-hand`",
        "`elsewhere` is no place of yours",
    ]


def test_an_answer_that_stays_unusable_leaves_the_lesson(tmp_path):
    work, model, _ = built(tmp_path, agents(coder=[reply("No"), reply("No.")]))
    assert len(asked_of(model, "coder")) == 2
    assert work.left == ("The answer of coder about lesson sums cannot be used: it is not one JSON value.",)


def test_a_mistake_that_names_a_model_s_own_words_stays_on_its_line(tmp_path):
    evil = {"cell": [CODE], "x\n\nThe course is in /tmp/evil": 1}
    work, _, _ = built(tmp_path, agents(coder=[evil, evil]))
    assert "\n" not in work.left[0]
    assert "The course is in /tmp/evil" in work.left[0]


def test_an_answer_cut_short_gets_twice_the_room_once(tmp_path):
    work, model, _ = built(tmp_path, agents(coder=[reply("{", stop="max_tokens"), {"cell": [CODE]}]))
    first, again = asked_of(model, "coder")
    assert again.max_tokens == 2 * first.max_tokens
    assert work.left == ()


def test_an_answer_cut_short_twice_leaves_the_lesson(tmp_path):
    cut = reply("{", stop="max_tokens")
    work, model, _ = built(tmp_path, agents(coder=[cut, cut]))
    assert len(asked_of(model, "coder")) == 2
    assert work.left == ("The answer of coder about lesson sums was cut short twice, at 24,000 tokens.",)


def test_a_refusal_leaves_the_lesson_and_is_not_asked_again(tmp_path):
    work, model, _ = built(tmp_path, agents(coder=[reply("", stop="refusal")]))
    assert work.left == ("The model refused to answer coder about lesson sums.",)
    assert len(asked_of(model, "coder")) == 1


def test_other_words_for_the_same_evidence_are_no_other_question(tmp_path):
    def faults_in(words):
        return lambda cell: (
            [Problem("run-outcome", cell.id, words)]
            if getattr(cell, "source", "") == BROKEN["source"]
            else []
        )

    said = agents(coder={"cell": [BROKEN]}, repairer={"cell": [CODE]})
    asked = [
        asked_of(built(tmp_path, said, faults_in(words))[1], "repairer")[0]
        for words in (
            "NameError: name 'bil' is not defined",
            "NameError: 'bil' is unknown. Did you mean: 'bill'?",
        )
    ]
    assert asked[0].prompt != asked[1].prompt
    assert asked[0].key == asked[1].key


# --- plans --------------------------------------------------------------------------------------------


def objections_to(tmp_path, plan):
    _, model, _ = built(tmp_path, agents(writer=[plan, PLAN]))
    return told(asked_of(model, "writer")[1], "What is wrong with it").splitlines()


def test_a_plan_assesses_every_objective_at_its_level(tmp_path):
    low = changed(PLAN["cell"][3], bloom="apply")
    plan = {"cell": [low if cell["id"] == "write-total" else cell for cell in PLAN["cell"]]}
    assert objections_to(tmp_path, plan) == [
        "no `ex` or `quiz` assesses the objective `add` at the level create or above",
        "no `ex` or `quiz` reaches the level create",
    ]


def test_a_question_cannot_ask_to_create(tmp_path):
    high = changed(PLAN["cell"][4], bloom="create")
    assert objections_to(tmp_path, {"cell": [*PLAN["cell"][:4], high]}) == [
        "`one-more` is a question with a key, which cannot ask to create: use an `ex`"
    ]


def test_words_that_stand_in_no_source_are_objected_to_where_they_are_cited(tmp_path):
    notes = Source("notes.md", b"A bill comes to the sum of its lines, whatever their order.")
    good = '## A bill\n\nYou add up its lines. [cite: notes.md "the sum of its lines, whatever their order"]'
    made_up = good.replace("whatever", "except for")
    plans = [{"cell": [changed(PROSE, text=text), *PLAN["cell"][1:]]} for text in (made_up, good)]
    model = scripted(agents(writer=plans))
    making = Making(model, ReplayTrials(), sources=(notes,))
    builder = making.lesson(tmp_path)
    asyncio.run(builder.build())
    [wrong] = told(asked_of(model, "writer")[1], "What is wrong with it").splitlines()
    assert wrong.startswith("`bill` cites words that stand in no source: [cite: notes.md")
    assert "source:notes.md#16-58" in builder.work.cells[0].table["text"]


def test_who_mends_a_passage_is_shown_the_sources(tmp_path):
    notes = Source("notes.md", b"A bill comes to the sum of its lines, whatever their order.")
    said = agents(repairer={"cell": [changed(PROSE, text="## A bill\n\nYou add up what it lists.")]})
    model = scripted(said)
    builder = Making(model, ReplayTrials(), sources=(notes,)).lesson(tmp_path)
    asyncio.run(builder.build())
    asyncio.run(builder.amend([Finding("citation-share", "sums", "bill", "cite")], is_last=False))
    [call] = asked_of(model, "repairer")
    assert "whatever their order" in told(call, "Passages of the sources")


def test_a_locked_cell_is_never_touched(tmp_path):
    model = scripted(agents())
    builder = Making(model, ReplayTrials()).lesson(tmp_path)
    asyncio.run(builder.build())
    before = builder.work.tables
    builder.work.cell("one-more").is_locked = True
    asyncio.run(builder.amend([Finding("item-flaw", "sums", "one-more", "too long")], is_last=False))
    assert asked_of(model, "repairer") == []
    assert builder.work.tables == before
    assert builder.work.left == ("item-flaw: too long",)


# --- answers that cannot be read ----------------------------------------------------------------------


def test_a_solver_that_leaves_a_question_out_is_asked_for_it_once(tmp_path):
    def forgetful(call: Call) -> Any:
        return solved(call) if "Your answer" in call.inputs else {"answer": []}

    work, model, _ = built(tmp_path, agents(solver=forgetful))
    assert [told(one, "What is wrong with it") for one in asked_of(model, "solver")[1::2]] == [
        "there is no answer to `one-more`"
    ] * 2
    assert [one.is_right for one in work.answers] == [True, True]


def test_what_a_solver_cannot_answer_is_taken_as_said(tmp_path):
    cannot = {"answer": [{"id": "one-more", "answer": "?", "why": "The lesson does not say."}]}
    said = [cannot, cannot, solved, solved]
    work, model, _ = built(tmp_path, agents(solver=said, repairer={"cell": [QUIZ]}))
    assert len(asked_of(model, "solver")) == 4
    assert [one.is_right for one in work.answers] == [True, True]


# --- other levels -------------------------------------------------------------------------------------

BEGINNERS = {"cell": [{"id": "idea", "text": "A loop can do it. It keeps the sum so far."}]}


def test_words_for_another_level_stand_beside_the_lesson(tmp_path):
    work, model, _ = built(tmp_path, agents(leveller=BEGINNERS), levels=("beginner", "intermediate"))
    [call] = asked_of(model, "leveller")
    assert call.subject == "lesson sums, beginner"
    assert [one.text for one in work.levels["beginner"].cell] == [
        "A loop can do it. It keeps the sum so far."
    ]


def test_a_level_that_cannot_be_written_is_told_and_leaves_the_lesson_as_it_is(tmp_path):
    strange = {"cell": [{"id": "nowhere", "text": "Words for no cell."}]}
    work, model, _ = built(tmp_path, agents(leveller=strange), levels=("beginner",))
    assert len(asked_of(model, "leveller")) == 3
    assert (work.left, work.levels) == ((), {})
    assert [(one.cell, one.tries) for one in work.dropped] == [("level beginner", 3)]


def test_a_level_that_a_model_refuses_to_write_was_tried_once(tmp_path):
    refused = Reply("", None, "refusal", Usage(1, 1))
    work, _, _ = built(tmp_path, agents(leveller=refused), levels=("beginner",))
    assert [(one.cell, one.tries) for one in work.dropped] == [("level beginner", 1)]


TURNED = {
    "cell": [*BEGINNERS["cell"], {"id": "one-more", "question": "A line of 6 is taken off. What is left?"}]
}


def who_reads(call: Call) -> Any:
    """A solver who answers what the question says in the words that it is shown."""
    [question] = call.inputs["The questions"]
    return solved(call, "12" if "taken off" in question["question"] else "18")


def test_every_question_is_solved_again_in_the_words_of_each_level(tmp_path):
    work, model, _ = built(tmp_path, agents(leveller=BEGINNERS), levels=("beginner", "intermediate"))
    base, beginners = asked_of(model, "solver")[:2], asked_of(model, "solver")[2:]
    assert [one.subject for one in beginners] == [
        "lesson sums, beginner, shuffle 1", "lesson sums, beginner, shuffle 2",
    ]  # fmt: skip
    assert all("A loop does the same" in one.prompt for one in base)
    assert all("A loop can do it." in one.prompt and "does the same" not in one.prompt for one in beginners)
    assert [(one.level, one.is_right) for one in work.answers] == [
        ("", True), ("", True), ("beginner", True), ("beginner", True),
    ]  # fmt: skip


def test_words_that_turn_a_question_round_are_written_anew(tmp_path):
    said = agents(leveller=[TURNED, BEGINNERS], solver=who_reads)
    work, model, _ = built(tmp_path, said, levels=("beginner",))
    _, again = asked_of(model, "leveller")
    assert "one-more: " in told(again, "Who read only these words answered otherwise than the keys say")
    assert [one.id for one in work.levels["beginner"].cell] == ["idea"]
    assert all(one.is_right for one in work.answers)
    assert work.dropped == []


def test_words_that_go_on_turning_a_question_round_are_taken_back(tmp_path):
    work, model, _ = built(tmp_path, agents(leveller=TURNED, solver=who_reads), levels=("beginner",))
    assert len(asked_of(model, "leveller")) == 3
    assert (work.left, work.levels) == ((), {})
    [note] = work.dropped
    assert note.cell == "level beginner"
    assert note.dropped == "level-disputed: in its words one-more has another answer than its key"
    assert [one.level for one in work.answers] == ["", ""]


def test_a_lesson_that_is_mended_later_is_solved_anew_at_every_level(tmp_path):
    model = scripted(agents(leveller=BEGINNERS, repairer=[{"cell": [QUIZ]}]))
    builder = Making(model, ReplayTrials()).lesson(tmp_path, brief(levels=("beginner",)))
    asyncio.run(builder.build())
    asyncio.run(builder.amend([Finding("item-flaw", "sums", "one-more", "too long")], is_last=False))
    assert builder.work.left == ()
    assert [one.level for one in builder.work.answers] == ["", "", "beginner", "beginner"]


def test_words_that_are_the_lesson_s_own_are_no_words_for_a_level(tmp_path):
    same = {"cell": [{"id": "idea", "text": PLAN["cell"][2]["text"]}]}
    said = agents(leveller=[{"cell": []}, same, BEGINNERS])
    work, model, _ = built(tmp_path, said, levels=("beginner",))
    assert len(asked_of(model, "leveller")) == 3
    assert [one.id for one in work.levels["beginner"].cell] == ["idea"]


class PassingStarters(ReplayTrials):
    """Finds out that a level's starter is the solution."""

    async def prove(self, folder, tell):
        is_passed = any(
            "result += price" in path.read_text() for path in folder.glob("lessons/*.advanced.toml")
        )
        passes = Problem("starter-passes", "write-total", "the starter passes every check as it is")
        self.faults = lambda cell: [passes] if is_passed and cell.id == "write-total" else []
        return await super().prove(folder, tell)


def test_words_of_a_level_that_was_solved_are_not_touched_where_those_of_another_do_not_hold(tmp_path):
    """Written anew, the words for advanced readers give a starter that passes: only that is taken back."""
    plain = {"id": "write-total", "task": "Write `total(prices)`. It gives the sum of all of the prices."}
    beginners = {"cell": [*BEGINNERS["cell"], plain]}
    passing = {"cell": [{"id": "write-total", "starter": EXERCISE["solution"]}, TURNED["cell"][0]]}
    said = agents(leveller=[beginners, TURNED, passing], solver=who_reads)
    trials = PassingStarters()
    model = scripted(said)
    builder = Making(model, trials).lesson(tmp_path, brief(levels=("beginner", "advanced")))
    asyncio.run(builder.build())
    work = builder.work
    assert [one.id for one in work.levels["beginner"].cell] == ["idea", "write-total"]
    assert [one.id for one in work.levels["advanced"].cell] == ["idea"]
    assert {(one.level, one.is_right) for one in work.answers} == {
        ("", True), ("beginner", True), ("advanced", True),
    }  # fmt: skip


def test_words_of_a_level_for_what_is_asked_otherwise_now_are_taken_back(tmp_path):
    words = {"id": "one-more", "question": "A line of 6 is put on your bill. What is the sum now?"}
    other = changed(QUIZ, question="Yesterday there was one more line of 6 on it. How much was that in all?")
    model = scripted(
        agents(leveller={"cell": [*BEGINNERS["cell"], words]}, repairer=[{"cell": [other]}]),
    )
    builder = Making(model, ReplayTrials()).lesson(tmp_path, brief(levels=("beginner",)))
    asyncio.run(builder.build())
    asyncio.run(builder.amend([Finding("item-flaw", "sums", "one-more", "too long")], is_last=False))
    assert builder.work.left == ()
    assert [one.id for one in builder.work.levels["beginner"].cell] == ["idea"]


def test_a_level_that_has_no_words_left_is_none(tmp_path):
    passing = {"cell": [{"id": "write-total", "starter": EXERCISE["solution"]}]}
    model, trials = scripted(agents(leveller=passing)), PassingStarters()
    builder = Making(model, trials).lesson(tmp_path, brief(levels=("advanced",)))
    asyncio.run(builder.build())
    assert builder.work.levels == {}
    [note] = builder.work.dropped
    assert (note.cell, note.dropped) == (
        "level advanced", "starter-passes: the starter passes every check as it is",
    )  # fmt: skip

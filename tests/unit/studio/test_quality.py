"""QUALITY.md and QUALITY.json say what was proven, what was dropped, what it cost and what nobody checked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.builders import a_code, a_markdown
from tests.unit.studio.gates.building import built, good_cells
from tui_tutor.core.prose import prose
from tui_tutor.studio.gates.all_gates import findings_about
from tui_tutor.studio.gates.built import Built, CellWork, Judgement, SolverAnswer
from tui_tutor.studio.gates.finding import GATES
from tui_tutor.studio.grounding.citing import with_citations
from tui_tutor.studio.grounding.source import Source
from tui_tutor.studio.quality import AgentCost, Making, Quality, as_json, quality
from tui_tutor.studio.quality_page import as_markdown

NOTES = Source("notes.md", b"A mean is the sum of the numbers divided by how many there are.\n")
MAKING = Making(
    at="2026-01-01T12:00:00Z",
    version="0.1.0",
    models={"creative": "model-a", "solver": "model-b"},
    prompts={"writer": 2, "coder": 1},
    costs=(AgentCost("writer", "model-a", 3, 1200, 800, 0.026, 12.5),),
    grades={"beginner": 7.25, "advanced": 10.5},
)


def found(course: Built, making: Making = MAKING) -> Quality:
    return quality(course, findings_about(course), making)


def page(course: Built, making: Making = MAKING) -> str:
    return as_markdown(found(course, making))


def data(course: Built, making: Making = MAKING) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(as_json(found(course, making)))
    return read


def test_the_data_has_the_same_keys_whatever_was_found():
    assert (
        sorted(data(built()))
        == sorted(data(built(proven={}, answers=())))
        == [
            "changed",
            "citations",
            "course",
            "dropped",
            "format",
            "gates",
            "judges",
            "lessons",
            "made",
            "money",
            "proof",
            "publishable",
            "reading_grades",
            "sources",
            "unchecked",
        ]
    )


def test_the_same_facts_give_the_same_text_with_sorted_keys():
    text = as_json(found(built()))
    assert text == as_json(found(built()))
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_a_good_course_says_what_was_proven():
    text = page(built())
    assert "2 cells were run 3 times each" in text
    assert "Exercises: 1 of 1 solved by their solution, 1 of 1 not solved by their starter" in text
    assert "9 of 9 faulty solutions (100 %) caught" in text
    assert "2 of 2 questions were answered as their key says" in text
    assert "Every hard gate holds" in text


def test_answers_to_what_is_no_longer_asked_are_not_counted():
    """A question that the author has taken out, one that was changed, and a level that is gone."""
    course = built()
    gone = SolverAnswer("means", "gone", 1, True)
    old = SolverAnswer("means", "pulls", 1, False, of="0" * 64)
    level = SolverAnswer("means", "pulls", 1, False, level="advanced")
    text = page(replace(course, answers=(*course.answers, gone, old, level)))
    assert "2 of 2 questions were answered as their key says" in text


def test_languages_that_no_question_was_solved_in_are_named():
    files = {f"lessons/means.{tag}.toml": b"" for tag in ("de", "beginner", "de.beginner", "pt-BR")}
    said = "Questions were not solved in the words of other languages: de, pt-BR."
    assert said in data(built(files=files, diagnostics=()))["unchecked"]


def test_what_stops_a_course_stands_before_what_is_only_noted():
    text = page(built([a_markdown("TODO", id="words"), *good_cells()[1:]]))
    assert "**It is not published" in text
    assert text.index("## What keeps it from being published") < text.index("## What to look at")
    assert "means/words: text says “TODO” (`placeholder`)" in text


def test_what_was_dropped_is_listed_with_its_reason():
    work = (CellWork("means", "gone", "coder", 3, "it never ended"), CellWork("means", "mean", "coder"))
    assert "- means/gone (coder), after 3 tries: it never ended" in page(built(work=work))
    assert [one["cell"] for one in data(built(work=work))["dropped"]] == ["gone"]


def test_judges_are_averaged_over_what_could_be_read():
    given = ((5, "a"), (2, "b"), (None, ""))
    judged = tuple(Judgement("means", "judge", "clarity", score, words) for score, words in given)
    (opinion,) = data(built(judgements=judged))["judges"]
    assert opinion == {"criterion": "clarity", "mean": 3.5, "spread": 1.5, "scores": 2, "missing": 1}
    (unread,) = data(built(judgements=judged[2:]))["judges"]
    assert (unread["mean"], unread["missing"]) == (None, 1)
    assert "| clarity | none | none | 0 | 1 |" in page(built(judgements=judged[2:]))


def test_citations_are_listed_with_the_hash_of_their_source():
    text = with_citations('A sum [cite: notes.md "the sum of the numbers divided"].', [NOTES]).text
    course = built([a_markdown(text, id="words"), *good_cells()[1:]], sources=(NOTES,))
    (citation,) = data(course)["citations"]
    assert citation == {
        "file": "notes.md",
        "start": 10,
        "end": 40,
        "quote": "the sum of the numbers divided",
        "sha256": NOTES.sha256,
    }
    assert f"| notes.md | 64 | 1 | `{NOTES.sha256[:16]}` |" in page(course)


def test_models_prompts_money_and_levels_are_told():
    text = page(built())
    assert "- creative: model-a" in text
    assert "- editions of the instructions: coder 1, writer 2" in text
    assert "| writer | model-a | 3 | 1,200 | 800 | 0.0260 | 12 |" in text
    assert "$1.0000 were spent; the cap was $5.00, estimated $1.10." in text
    assert "beginner 7.2, advanced 10.5" in text


def test_what_nobody_checked_depends_on_what_was_done():
    bare = data(built())["unchecked"]
    cited = data(built(sources=(NOTES,)))["unchecked"]
    assert any(one.startswith("No source was given") for one in bare)
    assert any("whether the source is right" in one for one in cited)
    cells = [
        *good_cells()[:1],
        a_code("numbers = [1]\nprint(4)", id="mean", unstable=True),
        *good_cells()[2:],
    ]
    assert any("means/mean" in one for one in data(built(cells))["unchecked"])
    making = Making("2026-01-01T12:00:00Z", "0.1.0", industry="Hospitals")
    assert any("Hospitals" in one and "not reviewed" in one for one in data(built(), making)["unchecked"])


def test_a_solver_that_wrote_the_questions_and_a_replay_are_no_secret():
    course = built()
    own, other = ({"creative": "model-a", "solver": one} for one in ("model-a", "model-b"))
    told = data(course, replace(MAKING, models=own, is_replayed=True))["unchecked"]
    silent = data(course, replace(MAKING, models=other))["unchecked"]
    assert sorted({*told} - {*silent}) == [
        "No model was asked: what agents and solvers say in this build came from a recording.",
        "The model that solved the questions is the one that wrote them: name another as `solver`.",
    ]


def test_every_gate_holds_or_has_a_finding_or_had_nothing_to_look_at():
    for course in (built(), built(proven={})):
        gates = data(course)["gates"]
        parts = [gates["held"], gates["unasked"], sorted({one["gate"] for one in gates["findings"]})]
        assert sorted(gate for part in parts for gate in part) == sorted(GATES)


def test_the_silence_of_a_gate_that_was_not_asked_is_no_praise():
    assert {"cells-run", "exercise-proven"} <= {*data(built(proven={}))["gates"]["unasked"]}
    assert "citation-share" not in page(built())
    assert (
        data(built(), Making("2026-01-01T12:00:00Z", "0.1.0"))["gates"]["unasked"].count("reading-ease") == 1
    )


def test_what_others_wrote_is_shown_as_plain_words():
    hostile = "<b>x</b> | ![p](http://a.invalid/x.png)\n\n# Heading `code` \x1b[31m"
    judged = (Judgement("means", "judge", "clarity", 1, hostile),)
    text = page(built(judgements=judged, course={"title": hostile}))
    shown = "\n".join(line.text for line in prose(text, width=2_000))
    assert "picture:" not in shown
    assert "\x1b" not in text
    assert "<b>x</b> | ![p](http://a.invalid/x.png) # Heading `code`" in shown


def test_the_data_holds_nothing_that_steers_a_terminal():
    hostile = "x\x1b[31m\x9b2J\u202ey"
    judged = (Judgement("means", "judge", "clarity", 1, hostile),)
    course = found(built(judgements=judged, course={"title": hostile}))
    text = as_json(course)
    assert [char for char in text if not (char.isprintable() or char == "\n")] == []
    assert json.loads(text)["course"]["title"] == hostile

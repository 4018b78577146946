"""Two instances on one record: each sees what the other did, and what is typed stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import a_code, a_markdown, a_quiz, a_record
from tests.tui.lesson_stage import a_desk, run
from tui_tutor.core.grading.verdict import Verdict
from tui_tutor.core.study.remembering import verdict_as_json
from tui_tutor.store.sqlite import SqliteStore


def an_answer(**data: object) -> object:
    verdict = verdict_as_json(Verdict(correct=True, score=1.0))
    fields = {"answer": ["option-1"], "verdict": verdict, "correct": True, "number": 1, "done": True}
    return a_record("attempted", "quiz-1", **fields, **data)


@pytest.mark.slow
def test_an_answer_given_elsewhere_is_seen_in_the_open_lesson(tmp_path: Path):
    async def scene() -> None:
        path = tmp_path / "progress.db"
        async with a_desk(a_markdown(), a_quiz(), store=SqliteStore(path)) as desk:
            other = SqliteStore(path)
            other.append([an_answer()])
            other.close()
            await desk.sees("right")

    run(scene)


@pytest.mark.slow
def test_what_is_typed_stays_when_the_other_instance_types_too(tmp_path: Path):
    async def scene() -> None:
        path = tmp_path / "progress.db"
        async with a_desk(a_code("x = 1"), a_quiz(), store=SqliteStore(path)) as desk:
            await desk.press("enter")
            await desk.type("mine = 2  # ")
            other = SqliteStore(path)
            other.append([a_record("edited", "code-1", source="theirs = 3"), an_answer()])
            other.close()
            while not desk.screen.study.state("quiz-1").is_done:
                await desk.pilot.pause(0.05)
            assert "mine = 2" in desk.seen
            assert "theirs" not in desk.seen

    run(scene)

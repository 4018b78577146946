"""What the studio screen is told of a build: how far it is goes up while nothing is begun again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.unit.studio.pipeline_pieces import OUTLINE
from tui_tutor.cli.studio_teller import Teller
from tui_tutor.core.studio_desk import DeskNews
from tui_tutor.studio.gates.built import Money
from tui_tutor.studio.news import News


def told(written: tuple[str, ...], *news: News) -> list[float | None]:
    """How far the build is, after each news, where these lessons were written before."""
    said: list[DeskNews] = []
    teller = Teller(said.append)
    folder = SimpleNamespace(outline=lambda: OUTLINE, written_lessons=lambda: written)
    workshop: Any = SimpleNamespace(folder=folder, money=lambda: Money(5.0))
    teller.workshop = workshop
    for one in news:
        teller.news(one)
    return [one.fraction for one in said]


def test_questions_of_a_lesson_that_was_there_are_solved_after_the_proof():
    done = News("done", "sums", "Sums", is_end=True)
    proof = (News("proving", "", "50 % · prices"), News("proving", "", "100 % · prices"))
    assert told(("prices",), done, *proof, News("solving", "prices", "Prices")) == [0.8, 0.9, 1.0, 1.0]


def test_a_lesson_that_is_mended_after_the_proof_is_begun_again():
    done = News("done", "sums", "Sums", is_end=True)
    assert told((), done, News("proving", "", "100 % · sums"), News("repairing", "sums", "bill")) == [
        0.8,
        1.0,
        0.8,
    ]

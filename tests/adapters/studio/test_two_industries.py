"""One brief, recorded for hospitals and for trucking, gives two different courses; both are proven here.

The answers are recorded, `tools/record_studio.py` records them anew; courses, kernels and proofs are real.
docs/industries.md tells the figures that are measured here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui_tutor.cli import studio
from tui_tutor.core import course as models
from tui_tutor.proof.examining import LEAST_SCORE
from tui_tutor.studio.briefing import brief_of
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.promises import LEAST_TERMS, LEAST_TIMES
from tui_tutor.studio.industries.catalogue import profile
from tui_tutor.studio.industries.words import similarity, terms_used
from tui_tutor.studio.recorded import RecordedModel
from tui_tutor.studio.studio_folder import StudioFolder
from tui_tutor.studio.workshop import Made

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
TWINS = ROOT / "tests" / "studio_twins"
MOST_ALIKE = 0.6  # of two courses that one brief gave, in words
HOSPITALS, TRUCKING = "6221", "4841"
TRANSCRIPTS = {HOSPITALS: "hospitals.jsonl", TRUCKING: "trucking.jsonl"}


@dataclass(frozen=True)
class Twin:
    """One of the two courses, and the answers that nobody asked for."""

    industry: str
    folder: Path
    made: Made
    unused: frozenset[str]

    @property
    def built(self) -> Built:
        return self.made.result.built

    def cells(self) -> Iterator[models.Cell]:
        return (cell for _, cell in self.built.cells())

    def words(self) -> str:
        """Everything in it that is written for learners."""
        return "\n".join(one.words for one in self.built.texts())

    def code(self) -> str:
        """All of its programs."""
        return "\n".join(program for cell in self.cells() for program in programs_of(cell))

    def spoken_terms(self, industry: str) -> set[str]:
        """Terms of an industry that it uses often enough to count."""
        known = profile(industry)
        assert known is not None
        counts = terms_used(known, [one.words for one in self.built.texts()])
        return {term for term, times in counts.items() if times >= LEAST_TIMES}


def programs_of(cell: models.Cell) -> Iterator[str]:
    if isinstance(cell, models.CodeCell):
        yield cell.source
    elif isinstance(cell, models.PredictQuiz):
        yield cell.program
    elif isinstance(cell, models.ExerciseCell):
        yield from (cell.starter, cell.solution)
        yield from (one.source for one in (*cell.wrong, *cell.right))


def a_twin(industry: str, folder: Path) -> Twin:
    """Build the one brief for an industry, from the answers that were recorded for it."""
    brief, beside = brief_of(str(TWINS / "brief.toml"))
    there = StudioFolder.begun(folder, brief.model_copy(update={"industry": industry}))
    there.put("prices.toml", (beside / "prices.toml").read_text())
    transcript = RecordedModel.of(TWINS / TRANSCRIPTS[industry])
    with studio._workshop(there, transcript=transcript) as workshop:
        studio._run(workshop, workshop.outline)
        made = studio._run(workshop, workshop.build)
    return Twin(industry, folder, made, frozenset(transcript.unused))


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Twin, Twin]:
    """The course for hospitals, and the course for trucking."""
    there = tmp_path_factory.mktemp("twins")
    return a_twin(HOSPITALS, there / "hospitals"), a_twin(TRUCKING, there / "trucking")


def test_both_are_published_with_all_of_their_cells_proven(twins):
    for twin in twins:
        assert twin.made.is_published, [one.as_text() for one in twin.made.result.findings]
        assert not twin.unused
        assert twin.made.quality is not None
        proof = twin.made.quality.proof
        assert proof.agreed == proof.questions > 0
        assert proof.solved == proof.exercises > 0
        assert proof.killed >= LEAST_SCORE * proof.mutants > 0
        assert (twin.folder / "course.lock.json").is_file()


def test_their_briefs_differ_in_nothing_but_the_industry(twins):
    hospitals, trucking = (twin.built.brief.model_dump() for twin in twins)
    assert {key for key in hospitals if hospitals[key] != trucking[key]} == {"industry"}


def test_their_words_and_their_programs_are_different(twins):
    hospitals, trucking = twins
    assert similarity(hospitals.words(), trucking.words()) < MOST_ALIKE
    assert similarity(hospitals.code(), trucking.code()) < MOST_ALIKE


def test_the_figures_in_the_documentation_are_those_of_the_two(twins):
    hospitals, trucking = twins
    words = similarity(hospitals.words(), trucking.words())
    code = similarity(hospitals.code(), trucking.code())
    page = (ROOT / "docs" / "industries.md").read_text()
    assert f"{words:.2f} of all in the texts and {code:.2f} in the programs" in page
    terms = (len(twin.spoken_terms(twin.industry)) for twin in twins)
    assert "| terms of its own, three times or more | {} | {} |".format(*terms) in page


@pytest.mark.parametrize(("place", "other"), [(0, TRUCKING), (1, HOSPITALS)])
def test_each_speaks_the_language_of_its_own_industry_and_not_of_the_other(twins, place, other):
    assert len(twins[place].spoken_terms(twins[place].industry)) >= LEAST_TERMS
    assert len(twins[place].spoken_terms(other)) < LEAST_TERMS


def test_titles_objectives_tasks_and_questions_are_none_of_them_the_same(twins):
    hospitals, trucking = ({one.words for one in twin.built.texts()} for twin in twins)
    assert hospitals.isdisjoint(trucking)


def test_their_data_are_not_the_same_numbers(twins):
    hospitals, trucking = (set(data_in(twin)) for twin in twins)
    assert hospitals
    assert trucking
    assert hospitals.isdisjoint(trucking)


def data_in(twin: Twin) -> Iterator[tuple[str, ...]]:
    """Every list of numbers that its programs write down."""
    return (tuple(one.split(", ")) for one in _NUMBERS.findall(twin.code()))


_NUMBERS = re.compile(r"\[(\d+(?:, \d+)+)\]")


def test_words_exchanged_for_words_would_be_noticed(twins):
    """The measure itself: a course in which only terms are exchanged is as good as the same."""
    hospitals, _ = twins
    exchanged = hospitals.words().replace("length of stay", "dock dwell").replace("patient", "tractor")
    alike = similarity(hospitals.words(), exchanged)
    assert alike > MOST_ALIKE
    assert f"is {alike:.2f}" in " ".join((ROOT / "docs" / "industries.md").read_text().split())

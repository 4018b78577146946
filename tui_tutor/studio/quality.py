"""Quality: what is known about a built course and what is not, as values and as QUALITY.json."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import mean, pstdev
from typing import Any, Final

from tui_tutor.core.course import CodeCell, Level, ShellCell
from tui_tutor.core.parsing.overlays import overlays_in, split_tag
from tui_tutor.core.safe_text import safe_json
from tui_tutor.studio.gates.built import Built, CellWork, SolverAnswer
from tui_tutor.studio.gates.finding import GATES, Finding
from tui_tutor.studio.gates.measures import LessonMeasures, measures_of
from tui_tutor.studio.gates.solving import is_solved_blind, readings
from tui_tutor.studio.grounding.citing import Citation, citations_in, is_founded

QUALITY_FORMAT: Final = 1
QUALITY_PAGE: Final = "QUALITY.md"
QUALITY_DATA: Final = "QUALITY.json"


@dataclass(frozen=True, slots=True)
class ProofFigures:
    """What running the course showed, counted."""

    cells: int = 0
    runs: int = 0  # of each cell
    unstable: int = 0
    exercises: int = 0
    solved: int = 0  # by their own solution, in every run
    starters: int = 0  # that do not pass
    mutants: int = 0
    killed: int = 0
    rewrites: int = 0
    accepted: int = 0
    wrong: int = 0
    caught: int = 0
    questions: int = 0
    agreed: int = 0  # questions that the solver answered as the key does, in every shuffle


@dataclass(frozen=True, slots=True)
class AgentCost:
    """What one agent used of one model; dollars. What was replayed from a transcript was not paid."""

    agent: str
    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float
    seconds: float
    is_replayed: bool = False


@dataclass(frozen=True, slots=True)
class Opinion:
    """Judges' scores for one criterion; `missing` could not be read and are not part of the mean."""

    criterion: str
    mean: float | None
    spread: float | None
    scores: int
    missing: int


@dataclass(frozen=True, slots=True)
class SourceUse:
    """A source and how often the course quotes it."""

    file: str
    sha256: str
    size: int  # bytes
    citations: int


@dataclass(frozen=True, slots=True)
class Making:
    """How the course was made: facts that only the builder knows."""

    at: str  # ISO 8601
    version: str  # of tui-tutor
    models: Mapping[str, str] = field(default_factory=dict)  # by role
    prompts: Mapping[str, int] = field(default_factory=dict)  # edition by agent
    costs: tuple[AgentCost, ...] = ()
    grades: Mapping[Level, float] = field(default_factory=dict)
    industry: str = ""  # in words
    is_industry_reviewed: bool = False
    is_replayed: bool = False  # no model was asked: answers came from a transcript


@dataclass(frozen=True, slots=True)
class Quality:
    """Everything that QUALITY.md and QUALITY.json say."""

    course: str
    title: str
    version: str
    making: Making
    proof: ProofFigures
    lessons: tuple[LessonMeasures, ...]
    findings: tuple[Finding, ...]
    dropped: tuple[CellWork, ...]
    opinions: tuple[Opinion, ...]
    sources: tuple[SourceUse, ...]
    citations: tuple[Citation, ...]
    spent_usd: float
    cap_usd: float
    estimated_usd: float | None
    unchecked: tuple[str, ...]
    unasked: tuple[str, ...]  # gates that had nothing to look at

    @property
    def held(self) -> tuple[str, ...]:
        """The gates that were asked and found nothing, in the order of the documentation."""
        found = {*self.unasked, *(one.gate for one in self.findings)}
        return tuple(gate for gate in GATES if gate not in found)

    @property
    def is_publishable(self) -> bool:
        """Whether nothing hard was found."""
        return not any(one.is_hard for one in self.findings)


def quality(built: Built, findings: Sequence[Finding], making: Making) -> Quality:
    """Add up what is known. `findings` are those of `gates.all_gates.findings_about`."""
    citations = tuple(one for text in built.texts() for one in citations_in(text.words))
    founded = tuple(sorted({one for one in citations if is_founded(one, built.sources)}, key=_place))
    return Quality(
        built.course.id,
        built.course.title,
        built.course.version,
        making,
        proof_figures(built),
        measures_of(built),
        tuple(findings),
        tuple(one for one in built.work if one.dropped),
        tuple(_opinions(built)),
        tuple(
            SourceUse(one.file, one.sha256, len(one.content), sum(c.file == one.file for c in founded))
            for one in built.sources
        ),
        founded,
        built.money.spent_usd,
        built.money.cap_usd,
        built.money.estimated_usd,
        tuple(_unchecked(built, findings, making)),
        tuple(gate for gate in GATES if gate in set(_unasked(built, making))),
    )


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.file, citation.start, citation.end


def proof_figures(built: Built) -> ProofFigures:
    """What running showed, counted over the whole course."""
    cells = [one for found in built.proven.values() for one in found]
    ran = [one for one in cells if one.outcome != "skipped"]
    exercises = [one.exercise for one in cells if one.exercise is not None]
    verdicts = _verdicts(built)
    return ProofFigures(
        cells=len(ran),
        runs=min((one.runs for one in ran), default=0),
        unstable=sum(one.cell_is_unstable for one in ran),
        exercises=len(exercises),
        solved=sum(one.solution_passes for one in cells if one.exercise is not None),
        starters=sum(bool(one.starter_fails) for one in exercises),
        mutants=sum(one.mutants for one in exercises),
        killed=sum(one.killed for one in exercises),
        rewrites=sum(one.rewrites.total for one in exercises),
        accepted=sum(one.rewrites.ok for one in exercises),
        wrong=sum(one.wrong.total for one in exercises),
        caught=sum(one.wrong.ok for one in exercises),
        questions=len(verdicts),
        agreed=sum(all(found) for found in verdicts.values()),
    )


def _verdicts(built: Built) -> Mapping[tuple[str, str], Sequence[bool | None]]:
    """What was answered to each question as it is now, at levels that are there."""
    given: dict[tuple[str, str, str], list[SolverAnswer]] = defaultdict(list)
    for one in built.answers:
        given[one.level, one.lesson, one.cell].append(one)
    found: dict[tuple[str, str], list[bool | None]] = defaultdict(list)
    for level, lesson in readings(built):
        for cell in lesson.cells:
            for one in given[level, lesson.id, cell.id]:
                if is_solved_blind(cell) and one.is_about(cell):
                    found[lesson.id, cell.id].append(one.is_right)
    return found


def _opinions(built: Built) -> Iterator[Opinion]:
    by_criterion: dict[str, list[int | None]] = defaultdict(list)
    for one in built.judgements:
        by_criterion[one.criterion].append(one.score)
    for criterion, given in sorted(by_criterion.items()):
        scores = [score for score in given if score is not None]
        average = round(mean(scores), 2) if scores else None
        spread = round(pstdev(scores), 2) if scores else None
        yield Opinion(criterion, average, spread, len(scores), len(given) - len(scores))


def _unasked(built: Built, making: Making) -> Iterator[str]:
    """Gates that cannot have found anything, so that nobody takes their silence for praise."""
    if not built.sources:
        yield from ("citation-share", "source-addresses-the-model")
    if not built.proven:
        yield from ("cells-run", "outputs-stable", "exercise-proven", "mutant-survives", "key-proven", "slow")
    lacking = {
        "industry-unused": built.brief.industry,
        "own-question": built.brief.question,
        "estimate-off": built.money.estimated_usd,
        "judged-low": any(one.score is not None for one in built.judgements),
        "repairs": built.work,
        "prompt-echo": built.prompts,
        "reading-ease": making.grades,
    }
    yield from (gate for gate, known in lacking.items() if not known)


# --- what nobody checked ----------------------------------------------------------------------------


def _unchecked(built: Built, findings: Sequence[Finding], making: Making) -> Iterator[str]:
    """The limits of all that was checked, said to whoever relies on it."""
    if built.sources:
        yield (
            "That a quotation stands in its source was checked to the byte; whether the source is right, and "
            "whether the sentence before follows from it, was not."
        )
    else:
        yield "No source was given: whether what the texts say is true rests on what the model knows."
    yield "No learner has taken this course yet: how hard it is and how long it takes are estimates."
    yield "Explanations, captions, hints and feedback were read by models, by no person, unless you did."
    if making.is_replayed:
        yield "No model was asked: what agents and solvers say in this build came from a recording."
    if (solver := making.models.get("solver")) and solver == making.models.get("creative"):
        yield "The model that solved the questions is the one that wrote them: name another as `solver`."
    if languages := sorted({language for language in map(_language, built.files) if language}):
        yield f"Questions were not solved in the words of other languages: {', '.join(languages)}."
    if built.judgements:
        yield "Judges' scores are opinions of models. They kept nothing from being published."
    unstable = [
        f"{lesson.id}/{cell.id}"
        for lesson, cell in built.cells()
        if isinstance(cell, CodeCell | ShellCell) and cell.unstable
    ]
    if unstable:
        yield f"What these cells print may differ each time and was not compared: {', '.join(unstable)}."
    if making.industry and not making.is_industry_reviewed:
        yield f"The profile of the industry ({making.industry}) was not reviewed by a person."
    for gate, words in _NOTED.items():
        if count := sum(one.gate == gate for one in findings):
            yield f"{count} {words}"


def _language(file: str) -> str:
    """The other language that a file tells a lesson in, "" for any other file."""
    return next((split_tag(tag)[0] for _, _, tag in overlays_in({file: b""}, "lessons")), "")


_NOTED: Final[Mapping[str, str]] = {
    "link-unchecked": "addresses or works are named that nobody looked at; the findings list them.",
    "rule-silenced": "rules of `check` are silenced by the author; the findings give the reasons.",
    "source-addresses-the-model": "lines of the sources speak to models; they were quoted as data.",
    "mutant-survives": "faulty solutions pass the checks; `tui-tutor verify` shows them.",
}


# --- JSON -------------------------------------------------------------------------------------------


def as_json(found: Quality) -> str:
    """QUALITY.json: keys sorted, the same text for the same facts."""
    return safe_json(as_values(found), is_sorted=True) + "\n"


def as_values(found: Quality) -> dict[str, Any]:
    """What QUALITY.json holds."""
    return {
        "format": QUALITY_FORMAT,
        "course": {"id": found.course, "title": found.title, "version": found.version},
        "made": {
            "at": found.making.at,
            "by": f"tui-tutor {found.making.version}",
            "models": dict(found.making.models),
            "prompts": dict(found.making.prompts),
            "replayed": found.making.is_replayed,
            "industry": found.making.industry,
            "industry_reviewed": found.making.is_industry_reviewed,
        },
        "publishable": found.is_publishable,
        "changed": [],  # cells, after this was written: studio.changes
        "proof": asdict(found.proof),
        "gates": {
            "held": list(found.held),
            "unasked": [gate for gate in found.unasked if gate not in {one.gate for one in found.findings}],
            "findings": [one.as_json() for one in found.findings],
        },
        "lessons": [asdict(one) for one in found.lessons],
        "reading_grades": {level: round(grade, 2) for level, grade in found.making.grades.items()},
        "dropped": [asdict(one) for one in found.dropped],
        "judges": [asdict(one) for one in found.opinions],
        "sources": [asdict(one) for one in found.sources],
        "citations": [{**asdict(one), "sha256": _hash_of(found, one.file)} for one in found.citations],
        "money": {
            "cap_usd": found.cap_usd,
            "estimated_usd": found.estimated_usd,
            "spent_usd": round(found.spent_usd, 6),
            "agents": [asdict(one) for one in found.making.costs],
        },
        "unchecked": list(found.unchecked),
    }


def _hash_of(found: Quality, file: str) -> str:
    return next((one.sha256 for one in found.sources if one.file == file), "")

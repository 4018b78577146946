"""QUALITY.md: the same facts for an instructor who decides whether to use the course."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tui_tutor.core.safe_text import safe_line
from tui_tutor.proof.reports import percent
from tui_tutor.studio.gates.finding import GATES, Finding
from tui_tutor.studio.quality import ProofFigures, Quality

_OF_A_LESSON: Final = (
    "lesson",
    "minutes",
    "to do per 3 min",
    "median words",
    "code",
    "exercises",
    "questions",
    "plots",
    "right at once",
    "repairs",
)
FIRST_HEADING: Final = "## What was proven"
HOLDS: Final = "Every hard gate holds: it was run before it was published."
HELD: Final = "Every hard gate held when it was built. **Cells were changed since.**"  # in the place of that
_MARKUP: Final = str.maketrans({mark: f"\\{mark}" for mark in r"\`*_[]<>|#"})


def as_markdown(found: Quality) -> str:
    """The page as CommonMark with tables; whatever others wrote is shown as plain words."""
    parts = (
        _opening(found),
        _proof(found.proof),
        _lessons(found),
        _findings("What keeps it from being published", [one for one in found.findings if one.is_hard]),
        _findings("What to look at", [one for one in found.findings if not one.is_hard]),
        _dropped(found),
        _judges(found),
        _sources(found),
        _making(found),
        _list("What nobody checked", found.unchecked),
        _gates(found),
    )
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n"


def plain(text: str, limit: int = 300) -> str:
    """Words of others as they are read, without the markup in them."""
    return safe_line(" ".join(text.split()), limit=limit).translate(_MARKUP)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _list(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"## {title}"
        yield ""
        yield from (f"- {plain(item, 1_000)}" for item in items)


def _opening(found: Quality) -> Iterator[str]:
    yield f"# How good is “{plain(found.title)}”?"
    yield ""
    made = "replayed from a recorded build" if found.making.is_replayed else "written by models"
    verdict = HOLDS if found.is_publishable else "**It is not published: some gates do not hold.**"
    by = f"{made} with tui-tutor {plain(found.making.version)}"
    yield f"Version {plain(found.version)}, {by}, {plain(found.making.at)}."
    yield verdict


def _proof(figures: ProofFigures) -> Iterator[str]:
    yield FIRST_HEADING
    yield ""
    cells = f"{figures.cells} cells were run {figures.runs} times each"
    yield f"- {cells}; what they print comes from the kernel."
    if figures.exercises:
        yield f"- {', '.join(_about_exercises(figures))}."
    if figures.questions:
        yield (
            f"- {figures.agreed} of {figures.questions} questions were answered as their key says, in every "
            "shuffle and at every level, by a model that saw the lesson and not the key."
        )
    if figures.unstable:
        yield f"- {figures.unstable} cells are marked as unstable: what they print was not compared."


def _about_exercises(figures: ProofFigures) -> Iterator[str]:
    yield f"Exercises: {figures.solved} of {figures.exercises} solved by their solution"
    yield f"{figures.starters} of {figures.exercises} not solved by their starter"
    yield f"{figures.caught} of {figures.wrong} wrong answers caught"
    if figures.mutants:
        share = percent(figures.killed / figures.mutants)
        yield f"{figures.killed} of {figures.mutants} faulty solutions ({share}) caught"
    if figures.rewrites:
        yield f"{figures.accepted} of {figures.rewrites} other right ways accepted"


def _lessons(found: Quality) -> Iterator[str]:
    yield "## Lessons"
    yield ""
    yield from _table(
        _OF_A_LESSON,
        (
            (
                plain(one.lesson),
                f"{one.minutes:g}",
                f"{one.interactions_per_3_minutes:.1f}",
                f"{one.median_words:g}",
                str(one.code),
                str(one.exercises),
                str(one.questions),
                str(one.plots),
                "not recorded" if one.first_pass is None else percent(one.first_pass),
                str(one.repairs),
            )
            for one in found.lessons
        ),
    )
    if found.making.grades:
        words = ", ".join(f"{level} {grade:.1f}" for level, grade in found.making.grades.items())
        yield ""
        yield f"Reading ease (grades of Flesch and Kincaid): {words}."


def _findings(title: str, findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield f"## {title}"
        yield ""
        yield from (f"- {plain(one.where)}: {plain(one.message)} (`{one.gate}`)" for one in findings)


def _dropped(found: Quality) -> Iterator[str]:
    if found.dropped:
        yield "## What was dropped, and why"
        yield ""
        for one in found.dropped:
            tries = f"after {one.tries} tries" if one.tries > 1 else "at once"
            where = f"{plain(one.lesson)}/{plain(one.cell)} ({plain(one.agent)})"
            yield f"- {where}, {tries}: {plain(one.dropped)}"


def _judges(found: Quality) -> Iterator[str]:
    if found.opinions:
        yield "## What judges think (advisory)"
        yield ""
        rows = (
            (
                plain(one.criterion),
                "none" if one.mean is None else f"{one.mean:.1f}",
                "none" if one.spread is None else f"{one.spread:.1f}",
                str(one.scores),
                str(one.missing),
            )
            for one in found.opinions
        )
        yield from _table(("criterion", "mean of 5", "spread", "scores", "unreadable"), rows)


def _sources(found: Quality) -> Iterator[str]:
    if found.sources:
        yield "## Sources"
        yield ""
        rows = (
            (plain(one.file), f"{one.size:,}", str(one.citations), f"`{one.sha256[:16]}`")
            for one in found.sources
        )
        yield from _table(("file", "bytes", "quotations", "SHA-256 begins"), rows)


def _making(found: Quality) -> Iterator[str]:
    yield "## How it was made, and what it cost"
    yield ""
    for role, model in sorted(found.making.models.items()):
        yield f"- {plain(role)}: {plain(model)}"
    if found.making.prompts:
        editions = ", ".join(f"{plain(name)} {n}" for name, n in sorted(found.making.prompts.items()))
        yield f"- editions of the instructions: {editions}"
    estimate = "" if found.estimated_usd is None else f", estimated ${found.estimated_usd:.2f}"
    yield f"- ${found.spent_usd:.4f} were spent; the cap was ${found.cap_usd:.2f}{estimate}."
    if found.making.costs:
        yield ""
        head = ("agent", "model", "calls", "tokens in", "tokens out", "dollars", "seconds")
        rows = (
            (
                plain(one.agent),
                plain(one.model),
                str(one.calls),
                f"{one.input_tokens:,}",
                f"{one.output_tokens:,}",
                f"{one.usd:.4f}{' (replayed)' if one.is_replayed else ''}",
                f"{one.seconds:.0f}",
            )
            for one in found.making.costs
        )
        yield from _table(head, rows)


def _gates(found: Quality) -> Iterator[str]:
    yield "## Gates that hold"
    yield ""
    yield from (f"- {GATES[gate]} (`{gate}`)" for gate in found.held)

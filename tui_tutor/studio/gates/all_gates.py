"""Every gate, asked in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.checked import findings_of_check
from tui_tutor.studio.gates.citations import findings_about_citations
from tui_tutor.studio.gates.finding import Finding, hard
from tui_tutor.studio.gates.imports import findings_about_imports
from tui_tutor.studio.gates.injections import findings_about_injections
from tui_tutor.studio.gates.leaks import findings_about_leaks
from tui_tutor.studio.gates.measures import findings_of_measures
from tui_tutor.studio.gates.objectives import findings_about_objectives
from tui_tutor.studio.gates.own_questions import findings_about_own_questions
from tui_tutor.studio.gates.promises import findings_about_promises
from tui_tutor.studio.gates.proven import findings_of_proof
from tui_tutor.studio.gates.questions import findings_about_questions
from tui_tutor.studio.gates.reach import findings_about_reach
from tui_tutor.studio.gates.reading_levels import findings_about_reading
from tui_tutor.studio.gates.solving import findings_about_solving

Gate = Callable[[Built], Iterator[Finding]]

# What can be asked before anything was run: it costs nothing, so it comes first.
BEFORE_RUNNING: Final[Sequence[Gate]] = (
    findings_of_check,
    findings_about_leaks,
    findings_about_reach,
    findings_about_imports,
    findings_about_questions,
    findings_about_objectives,
    findings_about_own_questions,
    findings_about_citations,
    findings_about_injections,
)
AFTER_RUNNING: Final[Sequence[Gate]] = (
    findings_of_proof,
    findings_about_solving,
    findings_about_promises,
    findings_about_reading,
    findings_of_measures,
)


def findings_before_running(built: Built) -> tuple[Finding, ...]:
    """What may already be said of a draft; nothing of it may run while `reaches-outside` is among it."""
    return _in_order(finding for gate in BEFORE_RUNNING for finding in gate(built))


def findings_about(built: Built) -> tuple[Finding, ...]:
    """Everything that the gates find in a finished course, hard findings first, each once."""
    gates = (*BEFORE_RUNNING, *AFTER_RUNNING)
    return _in_order(finding for gate in gates for finding in gate(built))


def is_publishable(findings: Sequence[Finding]) -> bool:
    """Whether nothing keeps the course from being published."""
    return not hard(findings)


def _in_order(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=lambda one: (not one.is_hard, one)))

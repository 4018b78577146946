"""Finding: what a gate says of a built course; and every gate with the sentence that it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.safe_text import safe_line

# Every gate with the sentence that stands in docs/studio-gates.md.
GATES: Final[Mapping[str, str]] = {
    "course-valid": "`check` finds no error.",
    "complete": "`check --strict` finds nothing missing.",
    "teaching-order": "Nothing is used before it is taught.",
    "bloom-level": "Objectives, levels and cells fit each other.",
    "rule-silenced": "No rule is silenced.",
    "proof-missing": "Every cell was run, at least twice.",
    "cells-run": "Every cell ends as its lesson says.",
    "outputs-stable": "Every cell prints the same each time.",
    "exercise-proven": "Every exercise tells answers from what is none.",
    "mutant-survives": "Every faulty solution is caught by a check.",
    "hints": "Every exercise has at least two hints, and none is the answer.",
    "key-proven": "Every key was typed, or derived by running.",
    "output-from-model": "No output was written by a model.",
    "slow": "No cell takes longer than 10 seconds, no lesson longer than a minute.",
    "solver-disagrees": "Who sees only the lesson answers every question as its key does.",
    "level-disputed": "In the words of every level the questions have the same answers.",
    "option-count": "A choice has three to five options.",
    "feedback": "Every option says why, in words of its own.",
    "stem-repeated": "No two questions ask nearly the same.",
    "key-position": "The place of an option says nothing about it.",
    "item-flaw": "No question gives its key away.",
    "own-question": "The author's own questions are asked as they are.",
    "objective-assessed": "Every objective is assessed, at its level or above.",
    "lesson-applies": "Every lesson has something to do, not only to recognise.",
    "citation-unfounded": "Every quotation stands in its source, byte for byte.",
    "citation-open": "No citation is left half written.",
    "citation-share": "Four of five factual paragraphs of a grounded course say where from.",
    "path-dangling": "Every file that a text names is in the course.",
    "link-unchecked": "No address or paper is named that nobody looked at.",
    "source-addresses-the-model": "No source speaks to models.",
    "scratchpad": "No thought, plan or excuse of a model stands in the course.",
    "placeholder": "Nothing is left to be filled in.",
    "raw-markup": "No JSON, fence or tag of a model's answer stands in the course.",
    "prompt-echo": "No instruction to an agent stands in the course.",
    "not-for-learners": "Texts speak to the learner.",
    "reaches-outside": "Nothing opens files, secrets or connections outside the workspace.",
    "undeclared-import": "Programs import only what the brief names, beside the standard library.",
    "reading-ease": "Texts are as easy as their level asks, and easier for beginners.",
    "over-budget": "Spending stays within the cap.",
    "estimate-off": "The estimate was right to 30 %.",
    "industry-unused": "A course for an industry speaks its language.",
    "lesson-length": "A lesson takes 8 to 20 minutes.",
    "interactions": "There is something to do every three minutes.",
    "long-prose": "Half of the texts have at most 150 words.",
    "kinds": "A lesson has code, an exercise and a question.",
    "repairs": "A lesson needs at most two repairs.",
    "judged-low": "No judge gives less than three of five.",
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that a gate found; `lesson` and `cell` are ids, "" for the whole course or lesson.

    A hard finding keeps the course from being published; a soft one is reported.
    """

    gate: str
    lesson: str
    cell: str
    message: str
    help: str = ""
    is_hard: bool = True

    @property
    def where(self) -> str:
        """`lesson/cell`, `lesson`, or `the course`."""
        return "/".join(part for part in (self.lesson, self.cell) if part) or "the course"

    def as_text(self) -> str:
        """One line and its help."""
        kind = "stops" if self.is_hard else "noted"
        line = f"{self.where}: {kind}[{self.gate}]: {safe_line(self.message)}"
        return f"{line}\n  = help: {safe_line(self.help)}" if self.help else line

    def as_json(self) -> dict[str, object]:
        """Sorted by key; the shape in QUALITY.json."""
        return {
            "cell": self.cell,
            "gate": self.gate,
            "hard": self.is_hard,
            "help": self.help,
            "lesson": self.lesson,
            "message": self.message,
        }


def hard(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Only those that keep the course from being published."""
    return tuple(one for one in findings if one.is_hard)

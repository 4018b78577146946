"""A small course in the making: its brief, its outline, what its agents say, and trials that are replayed."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui_tutor.core.course import Cell, Course, ExerciseCell, Lesson
from tui_tutor.core.language_model import Call, LanguageModel, Role
from tui_tutor.core.parsing import parse_course, parse_lesson
from tui_tutor.proof.comparing import ProvenCell
from tui_tutor.proof.reports import CellReport, ExerciseReport, Problem
from tui_tutor.studio.asking import Asker
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.building import CourseBuilder
from tui_tutor.studio.gates.built import Money
from tui_tutor.studio.grounding.source import Source
from tui_tutor.studio.lesson_building import LessonBuilder
from tui_tutor.studio.news import News
from tui_tutor.studio.outline import Outline
from tui_tutor.studio.scripted import ScriptedModel
from tui_tutor.studio.studio_folder import StudioFolder
from tui_tutor.studio.telling import Telling
from tui_tutor.studio.trials import Tell, Trial
from tui_tutor.studio.trying import Tryer

MODELS: Mapping[Role, str] = {
    "creative": "maker",
    "extract": "checker",
    "solver": "checker",
    "judge": "checker",
}
OUTLINE = Outline.model_validate(
    {
        "id": "adding",
        "title": "Adding up",
        "summary": "How to add a list of numbers.",
        "objective": [{"id": "add", "text": "Write a function that adds numbers", "bloom": "create"}],
        "lesson": [
            {
                "id": "sums",
                "title": "Sums",
                "minutes": 6,
                "bloom": "create",
                "objective": "Write a function that adds numbers",
                "objectives": ["add"],
                "story": "A bill is added up, first by hand, then by a function.",
            }
        ],
    }
)


def brief(**more: Any) -> Brief:
    """What the author asks for."""
    return Brief(**{"topic": "Adding up", "id": "adding", "minutes": 6, "license": "CC-BY-4.0", **more})


# --- what the agents say ----------------------------------------------------------------------------

PROSE = {
    "kind": "md",
    "id": "bill",
    "text": "## A bill\n\nA bill has three lines. What does it come to? Run the cell and look at it.",
}
CODE = {"kind": "code", "id": "by-hand", "source": "bill = [3, 4, 5]\nprint(bill[0] + bill[1] + bill[2])"}
EXERCISE = {
    "kind": "ex",
    "id": "write-total",
    "task": "Write `total(prices)`, which gives what all prices come to. The checks call it with lists.",
    "starter": "def total(prices):\n    return 0",
    "solution": "def total(prices):\n    result = 0\n    for price in prices:\n        result += price\n"
    "    return result",
    "explain": "Every price is added to what there was before, so that at the end all are in it.",
    "hints": ["Keep what you have so far.", "Go through the prices one after the other."],
    "check": [
        {
            "kind": "call",
            "id": "three",
            "says": "three prices are added",
            "function": "total",
            "args_py": "([1, 2, 4],)",
            "returns_py": "7",
        },
        {
            "kind": "call",
            "id": "none",
            "says": "nothing comes to nothing",
            "function": "total",
            "args_py": "([],)",
            "returns_py": "0",
        },
    ],
    "wrong": [
        {
            "source": "def total(prices):\n    return len(prices)",
            "caught_by": "three",
            "hint": "That is how many there are.",
        }
    ],
}
QUIZ = {
    "kind": "quiz",
    "form": "choice",
    "id": "one-more",
    "question": "A line of 6 is put on the bill that you added. What does it come to now?",
    "option": [
        {
            "text": "12",
            "correct": False,
            "feedback": "That is what it came to before the line was put on it.",
        },
        {
            "text": "18",
            "correct": True,
            "feedback": "The new line is added to what there was before: 12 and 6.",
        },
        {
            "text": "72",
            "correct": False,
            "feedback": "You multiplied the new line by the sum; lines are added.",
        },
    ],
    "explain": "A bill comes to the sum of all of its lines, so 12 and 6 make 18.",
    "hints": ["What did it come to before?"],
}
PLAN = {
    "cell": [
        PROSE,
        {"kind": "code", "id": "by-hand", "purpose": "bind bill, print its sum"},
        {
            "kind": "md",
            "id": "idea",
            "text": "A loop does the same for a bill of any length. It keeps what it has so far.",
        },
        {
            "kind": "ex",
            "id": "write-total",
            "purpose": "a function total(prices)",
            "objective": "add",
            "bloom": "create",
        },
        {
            "kind": "quiz",
            "id": "one-more",
            "purpose": "what a further line does",
            "objective": "add",
            "bloom": "apply",
        },
    ]
}
SCORES = {"score": [{"criterion": "clarity", "score": 4, "evidence": "A bill has three lines."}]}


def solved(call: Call, right: str = "18") -> Any:
    """A solver who chooses the option with this text."""
    [options] = [one["options"] for one in call.inputs["The questions"]]
    [letter] = [one[0] for one in options if one.endswith(f") {right}")]
    return {"answer": [{"id": "one-more", "answer": letter, "why": "12 and 6 are 18."}]}


def agents(**more: Any) -> dict[str, Any]:
    """What each agent says: one answer for every call, a list of them in turn, or a function of the call."""
    said: dict[str, Any] = {
        "writer": PLAN,
        "coder": {"cell": [CODE]},
        "exercise_maker": {"cell": [EXERCISE]},
        "examiner": {"cell": [QUIZ]},
        "solver": solved,
        "critic": SCORES,
        **more,
    }
    return {name.replace("_", " "): answer for name, answer in said.items()}


def scripted(said: Mapping[str, Any]) -> ScriptedModel:
    """A model that answers each agent from its own lines."""
    left = {name: list(answer) if isinstance(answer, list) else answer for name, answer in said.items()}

    def play(call: Call) -> Any:
        name = call.agent.partition(":")[0]
        answer = left.get(call.agent, left.get(name))
        assert answer is not None, f"nobody plays {call.agent}"
        if isinstance(answer, list):
            assert answer, f"{call.agent} is asked once more about {call.subject}"
            answer = answer.pop(0)
        if callable(answer):
            answer = answer(call)
        return copy.deepcopy(answer) if isinstance(answer, dict) else answer

    return ScriptedModel(play)


def changed(cell: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A cell with other values."""
    return {**copy.deepcopy(dict(cell)), **more}


# --- replayed trials ----------------------------------------------------------------------------------

Faults = Callable[[Cell], Sequence[Problem]]


def no_faults(_: Cell) -> Sequence[Problem]:
    """Everything runs."""
    return ()


@dataclass
class ReplayTrials:
    """Says of each cell what a rule says, and counts how often it was asked; nothing is run."""

    faults: Faults = no_faults
    printed_by: Mapping[str, str] = field(default_factory=dict)
    proofs: list[str] = field(default_factory=list)  # the names of the folders, in their order

    async def prove(self, folder: Path, tell: Tell) -> Trial:
        await asyncio.sleep(0)  # as a real one, it gives way to others
        self.proofs.append(folder.name)
        tell(1.0, "replayed")
        files = {
            str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
        }
        course = parse_course(files).value
        assert course is not None
        lessons = [parse_lesson(course, one, files).value for one in course.lessons]
        return Trial({one.id: tuple(self._proven(one)) for one in lessons if one}, _LOCK)

    def _proven(self, lesson: Lesson) -> Sequence[ProvenCell]:
        return [self._cell(cell) for cell in lesson.cells]

    def _cell(self, cell: Cell) -> ProvenCell:
        problems = tuple(self.faults(cell))
        is_ok = not any(one.severity == "error" for one in problems)
        exercise = ExerciseReport(cell.id, starter_fails=True) if isinstance(cell, ExerciseCell) else None
        outcome = "ok" if is_ok else "error"
        report = CellReport(cell.id, cell.kind, outcome, text=self.printed_by.get(cell.id))
        return ProvenCell(cell, outcome, report, is_ok, 3, exercise, problems)

    async def printed(self, program: str, course: Course) -> tuple[bool, str]:
        return True, "printed"

    def lacking(self, course: Course) -> Sequence[str]:
        return [one for one in course.kernel.packages if one.startswith("lacking-")]


_LOCK: Mapping[str, Any] = {"format": 1, "lessons": {}}


# --- builders -----------------------------------------------------------------------------------------


@dataclass
class Making:
    """A build with all that it was made of."""

    model: LanguageModel
    trials: ReplayTrials
    news: list[News] = field(default_factory=list)
    sources: tuple[Source, ...] = ()

    def lesson(self, folder: Path, asked: Brief | None = None) -> LessonBuilder:
        """A builder of the only lesson."""
        asked = asked or brief()
        tryer = Tryer(asked, OUTLINE, self.trials, folder, self.sources)
        telling = Telling(asked, self.sources)
        return LessonBuilder(self._asker(), tryer, telling, "sums", self.news.append)

    def course(self, folder: StudioFolder, outline: Outline, asked: Brief) -> CourseBuilder:
        """A builder of a whole course."""
        money = Money(asked.budget_usd)
        return CourseBuilder(
            folder, outline, self._asker(), self.trials, Telling(asked), self.news.append, lambda: money
        )

    def _asker(self) -> Asker:
        return Asker(self.model, MODELS, lambda _: None)


def built(folder: Path, said: Mapping[str, Any], faults: Faults = no_faults, **asked: Any) -> Any:
    """(the lesson's work, the model, the trials) after a whole build of the lesson."""
    model, trials = scripted(said), ReplayTrials(faults)
    builder = Making(model, trials).lesson(folder, brief(**asked))
    asyncio.run(builder.build())
    return builder.work, model, trials


def asked_of(model: ScriptedModel, agent: str) -> list[Call]:
    """The calls of one agent, in their order."""
    return [call for call in model.calls if call.agent.partition(":")[0] == agent]


def told(call: Call, heading: str) -> str:
    """What stands under a heading of a question."""
    parts = dict(part.partition("\n")[::2] for part in f"\n\n{call.prompt}".split("\n\n# ")[1:])
    return parts[heading]

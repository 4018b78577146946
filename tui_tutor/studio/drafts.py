"""What agents hand in: the course's own models without what is not a writer's business.

Left out are files and spans (an agent writes text), overlays (a pass of their own), outputs (they come from
the kernel) and values of any type (a schema cannot name them: agents give Python expressions, `_py`).
"""

# Without `from __future__ import annotations`, as in core/course.py.

import functools
import operator
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, create_model

from tui_tutor.core import course
from tui_tutor.core.course import Bloom, Id, Model, Text

# Known to the player alone, or not wanted of an agent.
_NOT_WRITTEN: Final = frozenset({"hidden", "optional", "params", "difficulty", "objective", "bloom", "title"})


def derived(name: str, model: type[BaseModel], *, without: frozenset[str] = frozenset(), **more: Any) -> Any:
    """A model with this one's fields but for some; `more` fields are required texts or (type, default)."""
    fields: dict[str, Any] = {
        key: (field.rebuild_annotation(), field)
        for key, field in model.model_fields.items()
        if key not in without | _NOT_WRITTEN
    }
    return create_model(name, __base__=Model, __doc__=model.__doc__, **{**fields, **more})


# --- the architect ----------------------------------------------------------------------------------


class ObjectiveDraft(Model):
    """What a learner can do afterwards: one verb of one Bloom level."""

    id: Id
    text: Text
    bloom: Bloom
    evidence: Text  # how a cell will find out


class ObjectivesDraft(Model):
    """All objectives of the course, and the words that it stands under."""

    title: Text
    summary: Text
    objective: Annotated[tuple[ObjectiveDraft, ...], Field(min_length=1, max_length=24)]


class Edge(Model):
    """Who learns `objective` needs `requires` before."""

    objective: Id
    requires: tuple[Id, ...] = ()


class GraphDraft(Model):
    """The prerequisites among the objectives."""

    edge: tuple[Edge, ...]


class LessonOutline(Model):
    """One lesson: at most a quarter of an hour."""

    id: Id
    title: Text
    minutes: Annotated[int, Field(ge=2, le=30)]
    bloom: Bloom
    objective: Text
    objectives: Annotated[tuple[Id, ...], Field(min_length=1)]
    requires: tuple[Id, ...] = ()
    story: Text  # what happens in it, for the writer


class OutlineDraft(Model):
    """The lessons, in their order."""

    lesson: Annotated[tuple[LessonOutline, ...], Field(min_length=1, max_length=20)]


# --- the writer -------------------------------------------------------------------------------------


class Passage(Model):
    """Prose, finished."""

    kind: Literal["md"]
    id: Id
    text: Text


class Passages(Model):
    """Prose for one place of a lesson."""

    cell: Annotated[tuple[Passage, ...], Field(min_length=1)]


SlotKind = Literal["code", "viz", "ex", "quiz", "sh"]


class Slot(Model):
    """A place for a cell that another agent makes, and what it is for."""

    kind: SlotKind
    id: Id
    purpose: Text
    objective: str = ""  # the id of the objective that it practises or assesses
    bloom: Bloom | None = None


class LessonPlan(Model):
    """A lesson from its first word to its last."""

    cell: Annotated[
        tuple[Annotated[Passage | Slot, Field(union_mode="left_to_right")], ...], Field(min_length=3)
    ]


# --- the makers -------------------------------------------------------------------------------------


class Drafts(Model):
    """The cells that an agent makes for the places of one lesson."""

    cell: tuple[Any, ...]


def _drafts(name: str, what: str, cell: Any) -> type[Drafts]:
    made: type[Drafts] = create_model(name, __base__=Drafts, __doc__=what, cell=(tuple[cell, ...], ...))
    return made


def _either(models: Sequence[Any], by: str) -> Any:
    return Annotated[functools.reduce(operator.or_, models), Field(discriminator=by)]


_ID: Final = {"id": (Id, ...)}
_CODE: Final = derived(
    "CodeDraft", course.CodeCell, without=frozenset({"output", "timeout_s", "ask_first", "language"}), **_ID
)
_SHELL: Final = derived(
    "ShellDraft",
    course.ShellCell,
    without=frozenset({"output", "timeout_s", "tty", "stdin", "check", "tolerance"}),
    **_ID,
)
_VIZ: Final = derived(
    "VizDraft",
    course.VizCell,
    without=frozenset({"layer", "pick", "ghost", "hline", "vline", "names"}),
    y=(str, ""),
    caption=(Text, ...),
    alt=(Text, ...),
    **_ID,
)
CodeDrafts: Final = _drafts("CodeDrafts", "Code and commands, by place.", _either([_CODE, _SHELL], "kind"))
VizDrafts: Final = _drafts("VizDrafts", "Plots, by place.", _VIZ)

_VALUES: Final = frozenset({"equals", "to", "args", "kwargs", "returns"})
_CHECKS: Final[Mapping[type[BaseModel], Mapping[str, Any]]] = {
    course.ValueCheck: {"equals_py": (Text, ...)},
    course.CloseCheck: {"to_py": (Text, ...)},
    course.CallCheck: {"returns_py": (Text, ...)},
    course.StdoutCheck: {},
    course.RaisesCheck: {},
    course.PropertyCheck: {},
    course.AstCheck: {},
    course.CodeCheck: {},
}


def _check(model: type[BaseModel], more: Mapping[str, Any]) -> Any:
    return derived(f"{model.__name__}Draft", model, without=_VALUES, says=(Text, ...), **_ID, **more)


def _several(one: Any) -> Any:
    return Annotated[tuple[one, ...], Field(min_length=1)], ...


_EXERCISE: Final = derived(
    "ExerciseDraft",
    course.ExerciseCell,
    without=frozenset({"language", "file", "run", "framework", "timeout_s"}),
    starter=(Text, ...),
    solution=(Text, ...),
    explain=(Text, ...),
    hints=(Annotated[tuple[Text, ...], Field(min_length=2)], ...),
    check=_several(_either([_check(*one) for one in _CHECKS.items()], "kind")),
    wrong=(Annotated[tuple[course.WrongSample, ...], Field(min_length=1)], ...),
)
ExerciseDrafts: Final = _drafts("ExerciseDrafts", "Exercises, by place.", _EXERCISE)


class OptionDraft(Model):
    """One option, and what is said to who chooses it."""

    text: Text
    correct: bool
    feedback: Text


Pair = Annotated[tuple[Text, ...], Field(min_length=2, max_length=2)]
_ALWAYS: Final = frozenset({"attempts", "confidence", "review", "stdout", "shuffle"})


def _quiz(model: type[BaseModel], *without: str, **more: Any) -> Any:
    name = f"{model.__name__}Draft"
    return derived(name, model, without=_ALWAYS | frozenset(without), explain=(Text, ...), **more)


_OPTIONS: Final = (Annotated[tuple[OptionDraft, ...], Field(min_length=3, max_length=5)], ...)
_QUIZZES: Final = (
    _quiz(course.ChoiceQuiz, option=_OPTIONS),
    _quiz(course.TextQuiz),
    _quiz(course.NumberQuiz, "value_py", "range", value=(float, ...)),
    _quiz(course.PredictQuiz, "language"),
    _quiz(course.OrderQuiz, "check", "orders", "language", "indent"),
    _quiz(course.MatchQuiz, pairs=(Annotated[tuple[Pair, ...], Field(min_length=2)], ...)),
)
QuizDrafts: Final = _drafts("QuizDrafts", "Questions, by place.", _either(_QUIZZES, "form"))


# --- levels, repairs, solving, judging --------------------------------------------------------------


class LevelCell(Model):
    """Other words for one cell; what is empty stays as it is."""

    id: Id
    text: str = ""
    task: str = ""
    starter: str = ""
    hints: tuple[Text, ...] = ()
    question: str = ""
    explain: str = ""


class LevelDraft(Model):
    """A lesson's words for other readers."""

    cell: tuple[LevelCell, ...]


class Solved(Model):
    """A solver's answer to one question, as a learner would type it."""

    id: Id
    answer: Text
    why: Text


class SolvedDraft(Model):
    """The answers to all questions of a lesson."""

    answer: tuple[Solved, ...]


Criterion = Literal["accuracy", "alignment", "clarity", "cognitive load", "active learning"]


class Score(Model):
    """One judgement, with the words that it rests on."""

    criterion: Criterion
    score: Annotated[int, Field(ge=1, le=5)]
    evidence: Text


class Criticism(Model):
    """All judgements of one lesson."""

    score: tuple[Score, ...]

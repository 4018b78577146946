"""Course, Lesson and the six cell kinds: frozen models of format 1; the JSON schema comes from them.

Source: docs/course-format.md. A field `x` named in `FILE_FIELDS` may be written `x_file` instead; the
parser reads that file and hands the text over, so that the models know only `x`.
"""

# Without `from __future__ import annotations`: evaluating annotations from text cost a fifth of the import.

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, Strict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

FORMAT: Final = 1
ID_PATTERN: Final = r"^[a-z0-9][a-z0-9-]{0,63}$"

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Text = Annotated[str, StringConstraints(pattern=r"\S")]  # not empty
Bloom = Literal["remember", "understand", "apply", "analyse", "evaluate", "create"]
Level = Literal["beginner", "intermediate", "advanced"]
Flag = Annotated[bool, Strict()]  # true or false, never a text or number that looks like it
Whole = Annotated[int, Strict()]
Real = Annotated[float, Strict(), Field(allow_inf_nan=False)]  # a whole number will do
Seconds = Annotated[float, Strict(), Field(gt=0, le=86_400, allow_inf_nan=False)]
Limits = tuple[Real, Real]
Tolerance = Annotated[float, Strict(), Field(ge=0, allow_inf_nan=False)]
TomlValue = Any  # whatever TOML can hold; compared by type and value, never executed

FILE_FIELDS: Final = frozenset(
    {
        "text",
        "source",
        "task",
        "starter",
        "solution",
        "explain",
        "question",
        "program",
        "stdout",
        "run",
        "output",
        "caption",
        "alt",
        "code",
        "setup_source",
    }
)


class Model(BaseModel):
    """Frozen, and strict about unknown keys."""

    # Models are built when first used: nobody pays for the kinds of cell that do not occur.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _mistake(code: str, message: str) -> PydanticCustomError:
    """A mistake of the author; the parser shows it under this code."""
    # The template has no fields: what stands in braces must not be taken for one.
    return PydanticCustomError(code, "{message}", {"message": message})


def _exactly_one(model: BaseModel, *names: str) -> None:
    given = [name for name in names if name in model.model_fields_set]
    if not given:
        raise _mistake("missing-key", f"one of {_listed(names)} is missing")
    if len(given) > 1:
        raise _mistake("both-given", f"{_listed(given)} are given; only one of them can be")


def _listed(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


# --- checks -----------------------------------------------------------------------------------------


class CheckBase(Model):
    """Common to every check; `says` is shown to the learner."""

    id: Id | None = None
    says: str = ""
    hint: str = ""


class ValueCheck(CheckBase):
    """`expr` equals a TOML value, or what `equals_py` gives, in type and value."""

    kind: Literal["value"]
    expr: Text
    equals: TomlValue = None
    equals_py: str = ""

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        _exactly_one(self, "equals", "equals_py")
        return self


class CloseCheck(CheckBase):
    """`expr` is close to a number or array: shape, dtype (with `to_py`), then values."""

    kind: Literal["close"]
    expr: Text
    to: TomlValue = None
    to_py: str = ""
    rtol: Tolerance = 1e-6
    atol: Tolerance = 1e-8

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        _exactly_one(self, "to", "to_py")
        return self


class CallCheck(CheckBase):
    """`function(*args, **kwargs)` returns what is expected."""

    kind: Literal["call"]
    function: Text
    args: tuple[TomlValue, ...] = ()
    args_py: str = ""
    kwargs: Mapping[str, TomlValue] = Field(default_factory=dict)
    returns: TomlValue = None
    returns_py: str = ""
    rtol: Tolerance = 1e-6
    atol: Tolerance = 1e-8

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        _exactly_one(self, "returns", "returns_py")
        if "args" in self.model_fields_set and self.args_py:
            raise _mistake("both-given", "`args` and `args_py` are given; only one of them can be")
        return self


class StdoutCheck(CheckBase):
    """What the answer printed; `...` matches any text."""

    kind: Literal["stdout"]
    text: str
    tolerance: Tolerance | None = None


class RaisesCheck(CheckBase):
    """`expr` (default: the answer itself) raises `error`."""

    kind: Literal["raises"]
    expr: str = ""
    error: Text


class PropertyCheck(CheckBase):
    """`holds` is true for every drawing of `given`; `rng` is a seeded random.Random."""

    kind: Literal["property"]
    given: tuple[Text, ...] = ()
    holds: Text
    times: Annotated[int, Strict(), Field(ge=1, le=100_000)] = 100


class AstCheck(CheckBase):
    """What the source must and must not use."""

    kind: Literal["ast"]
    must: tuple[Text, ...] = ()
    must_not: tuple[Text, ...] = ()


class PlotCheck(CheckBase):
    """`holds` over `series`, a list of {x, y, label}, of the viz cell with this id."""

    kind: Literal["plot"]
    viz: Id
    holds: Text


class CodeCheck(CheckBase):
    """Statements; an AssertionError's message is shown."""

    kind: Literal["code"]
    code: Text


class FileCheck(CheckBase):
    """A file of the workspace exists, contains a text or matches a pattern."""

    kind: Literal["file"]
    path: Text
    exists: Flag | None = None
    contains: str | None = None
    matches: str | None = None

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if not self.model_fields_set & {"exists", "contains", "matches"}:
            raise _mistake("missing-key", "one of `exists`, `contains` and `matches` is missing")
        return self


class StatusCheck(CheckBase):
    """The exit status of a shell cell."""

    kind: Literal["status"]
    expected: Annotated[int, Strict(), Field(alias="is", ge=0, le=255)] = 0


Check = Annotated[
    ValueCheck
    | CloseCheck
    | CallCheck
    | StdoutCheck
    | RaisesCheck
    | PropertyCheck
    | AstCheck
    | PlotCheck
    | CodeCheck
    | FileCheck
    | StatusCheck,
    Field(discriminator="kind"),
]

# --- cells ------------------------------------------------------------------------------------------


class Params(Model):
    """Statements that draw a question's parameters; `rng` is a seeded random.Random."""

    draw: tuple[Text, ...]


class CellBase(Model):
    """Common to every cell. The parser gives a cell without an id the id `KIND-N`."""

    id: Id = "cell"
    title: str = ""
    objective: str = ""
    bloom: Bloom | None = None
    difficulty: Annotated[int, Strict(), Field(ge=1, le=5)] | None = None
    hidden: Flag = False
    optional: Flag = False
    params: Params | None = None

    @property
    def counts(self) -> bool:
        """Whether the cell must be done for its lesson to be done."""
        return not (self.optional or self.hidden)


class MarkdownCell(CellBase):
    """Prose: CommonMark, tables, callouts, math."""

    kind: Literal["md"]
    text: Text


class Callout(Model):
    """A numbered note on a line (from 1) of the author's source."""

    line: Annotated[int, Strict(), Field(ge=1)]
    text: Text


class CodeCell(CellBase):
    """Code that the learner runs and may change."""

    kind: Literal["code"]
    source: Text
    language: Text = "python"
    expect: Literal["ok", "error"] = "ok"
    output: str | None = None
    tolerance: Tolerance | None = None
    unstable: Flag = False
    timeout_s: Seconds | None = None
    ask_first: Flag = False
    callout: tuple[Callout, ...] = ()


PlotKind = Literal["scatter", "line", "bar", "hist", "heatmap", "image", "image-grid"]
Scale = Literal["linear", "log"]


class Layer(Model):
    """A further plot over the same axes."""

    plot: Literal["scatter", "line", "heatmap"]
    data: str = ""
    x: str = ""
    y: str | tuple[str, ...] = ""
    color: str = ""
    label: str = ""
    name: str = ""


class VizCell(CellBase):
    """A plot of expressions evaluated in the kernel after every run in the lesson."""

    kind: Literal["viz"]
    plot: PlotKind
    data: str = ""
    x: str = ""
    y: str | tuple[str, ...] = ""
    names: tuple[str, ...] = ()
    color: str = ""
    label: str = ""
    project: Literal["first", "pca"] = "first"
    xlim: Limits | None = None
    ylim: Limits | None = None
    xscale: Scale = "linear"
    yscale: Scale = "linear"
    xlabel: str = ""
    ylabel: str = ""
    bins: Annotated[int, Strict(), Field(ge=1, le=1000)] | None = None
    columns: Annotated[int, Strict(), Field(ge=1, le=1000)] | None = None
    vmin: Real | None = None
    vmax: Real | None = None
    hline: Real | tuple[Real, ...] | None = None
    vline: Real | tuple[Real, ...] | None = None
    ghost: Flag = False
    layer: tuple[Layer, ...] = ()
    pick: str = ""
    caption: str = ""
    alt: str = ""

    @model_validator(mode="after")
    def _has_data(self) -> Self:
        _exactly_one(self, "data", "y")
        if self.data and self.x:
            raise _mistake("both-given", "`data` and `x` are given; only one of them can be")
        if not (self.data or self.y):
            raise _mistake("empty", "`data` or `y` must be an expression")
        return self


class WrongSample(Model):
    """An answer that must not pass, and the check that catches it."""

    source: Text
    caught_by: Id
    hint: str = ""


class RightSample(Model):
    """Another right answer, which must pass."""

    source: Text


class ExerciseFile(Model):
    """A file of the workspace that the learner edits."""

    path: Text
    starter: str = ""
    solution: str = ""


class ExerciseCell(CellBase):
    """A task whose answer is checked by running it."""

    kind: Literal["ex"]
    id: Id
    task: Text
    language: Literal["python", "sh"] = "python"
    starter: str = ""
    solution: str = ""
    hints: tuple[Text, ...] = ()
    explain: str = ""
    check: tuple[Check, ...] = ()
    wrong: tuple[WrongSample, ...] = ()
    right: tuple[RightSample, ...] = ()
    file: tuple[ExerciseFile, ...] = ()
    run: str = ""
    framework: Id | None = None
    timeout_s: Seconds | None = None


class Option(Model):
    """One option of a choice."""

    text: Text
    correct: Flag = False
    feedback: str = ""
    id: Id | None = None


class Near(Model):
    """An answer that is nearly right, and what to say about it."""

    answer: Text
    feedback: Text


Match = Literal["fold", "exact", "regex"]
Attempts = Annotated[int, Strict(), Field(ge=1, le=1000)]


class QuizBase(CellBase):
    """Common to every form of a question."""

    kind: Literal["quiz"]
    id: Id
    question: Text
    hints: tuple[Text, ...] = ()
    explain: str = ""
    shuffle: Flag = False
    attempts: Attempts | None = None
    confidence: Flag = False
    review: Flag = True


def _two_options(options: tuple[Option, ...]) -> None:
    if len(options) < 2:
        raise _mistake("too-few", "a choice needs at least two options")
    if not any(option.correct for option in options):
        raise _mistake("no-correct-option", "no option is correct")


class ChoiceQuiz(QuizBase):
    """One correct option: single choice; several: all that apply."""

    form: Literal["choice"]
    option: tuple[Option, ...]

    @model_validator(mode="after")
    def _has_key(self) -> Self:
        _two_options(self.option)
        return self


class TextQuiz(QuizBase):
    """A word or phrase, typed."""

    form: Literal["text"]
    accept: Annotated[tuple[Text, ...], Field(min_length=1)]
    match: Match = "fold"
    near: tuple[Near, ...] = ()


class NumberKey(Model):
    """The key of a number: a value with a tolerance, or a range."""

    value: Real | None = None
    value_py: str = ""
    tolerance: Tolerance | None = None
    rel_tolerance: Tolerance | None = None
    range: Limits | None = None
    unit: str = ""

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        _exactly_one(self, "value", "value_py", "range")
        return self


class NumberQuiz(QuizBase, NumberKey):
    """A number, typed."""

    form: Literal["number"]


class ChoiceBlank(Model):
    """A blank filled from options."""

    form: Literal["choice"]
    option: tuple[Option, ...]

    @model_validator(mode="after")
    def _has_key(self) -> Self:
        _two_options(self.option)
        return self


class TextBlank(Model):
    """A blank filled with a word."""

    form: Literal["text"] = "text"
    accept: Annotated[tuple[Text, ...], Field(min_length=1)]
    match: Match = "fold"
    near: tuple[Near, ...] = ()


class NumberBlank(NumberKey):
    """A blank filled with a number."""

    form: Literal["number"]


Blank = Annotated[ChoiceBlank | TextBlank | NumberBlank, Field(discriminator="form")]


class ClozeQuiz(QuizBase):
    """`{{1}}` in the question stands for the first blank."""

    form: Literal["cloze"]
    blank: Annotated[tuple[Blank, ...], Field(min_length=1)]


class OrderQuiz(QuizBase):
    """Lines to bring into the right order; leading blanks carry the indent."""

    form: Literal["order"]
    items: Annotated[tuple[Text, ...], Field(min_length=2)]
    orders: tuple[tuple[Whole, ...], ...] = ()  # further right orders, as positions from 1 into items
    distractors: tuple[Text, ...] = ()
    indent: Flag = False
    language: str = ""
    check: tuple[Check, ...] = ()


class MatchQuiz(QuizBase):
    """Pairs to be matched; `extra` are right-hand sides that belong to nothing."""

    form: Literal["match"]
    pairs: Annotated[tuple[tuple[Text, Text], ...], Field(min_length=2)]
    extra: tuple[Text, ...] = ()


class PredictQuiz(QuizBase):
    """What does the program print?"""

    form: Literal["predict"]
    program: Text
    stdout: str
    language: str = "python"


class ReflectQuiz(QuizBase):
    """Ungraded text, kept in the learner's workbook."""

    form: Literal["reflect"]


QuizCell = ChoiceQuiz | TextQuiz | NumberQuiz | ClozeQuiz | OrderQuiz | MatchQuiz | PredictQuiz | ReflectQuiz


class ShellCell(CellBase):
    """A command or script, run by a shell in the workspace."""

    kind: Literal["sh"]
    run: Text
    shell: Literal["sh", "bash"] = "sh"
    tty: Flag = False
    stdin: str = ""
    timeout_s: Seconds | None = None
    expect: Literal["ok", "error"] = "ok"
    output: str | None = None
    tolerance: Tolerance | None = None
    unstable: Flag = False
    check: tuple[Check, ...] = ()


Quiz = Annotated[QuizCell, Field(discriminator="form")]
Cell = MarkdownCell | CodeCell | VizCell | ExerciseCell | QuizCell | ShellCell
AnyCell = Annotated[
    MarkdownCell | CodeCell | VizCell | ExerciseCell | Quiz | ShellCell, Field(discriminator="kind")
]
RunnableCell = CodeCell | ExerciseCell | ShellCell

# --- lesson and course ------------------------------------------------------------------------------


class LessonHeader(Model):
    """What a lesson says before its cells. Its id is its file's stem and is filled in by the parser."""

    id: Id = "lesson"
    title: Text
    minutes: Annotated[float, Strict(), Field(gt=0, le=10_000, allow_inf_nan=False)] | None = None
    bloom: Bloom | None = None
    objective: str = ""
    objectives: tuple[Id, ...] = ()
    requires: tuple[Id, ...] = ()
    draft: Flag = False
    setup: str = ""  # the path of a file run unseen when a kernel starts
    setup_source: str = ""  # its text, filled in by the parser


class Lesson(LessonHeader):
    """One lesson."""

    cell: tuple[AnyCell, ...] = ()
    _base: "Lesson | None" = PrivateAttr(default=None)

    @property
    def base(self) -> "Lesson":
        """The lesson in its author's first words; itself unless an overlay lies over those."""
        return self if self._base is None else self._base

    def over(self, base: "Lesson") -> "Lesson":
        """This lesson as what an overlay made of `base`."""
        self._base = base
        return self

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, hidden ones too."""
        return self.cell

    @cached_property
    def visible_cells(self) -> tuple[Cell, ...]:
        """The cells that carry a number `[n]`, in order, counted from 1."""
        return tuple(cell for cell in self.cell if not cell.hidden)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number `[n]` of each visible cell, by its id."""
        return {cell.id: number for number, cell in enumerate(self.visible_cells, 1)}

    @cached_property
    def _by_id(self) -> Mapping[str, Cell]:
        return {cell.id: cell for cell in reversed(self.cell)}

    def cell_by_id(self, cell_id: str) -> Cell | None:
        """The cell with this id, or None."""
        return self._by_id.get(cell_id)


class KernelSettings(Model):
    """How the course's code is run."""

    name: Text = "python3"
    packages: tuple[Text, ...] = ()
    setup: str = ""
    setup_source: str = ""  # filled in by the parser
    timeout_s: Seconds = 60
    env: Mapping[str, str] = Field(default_factory=dict)


class Permissions(Model):
    """What the course asks for; the learner sees it before the first run."""

    network: Flag = False


class Asset(Model):
    """A file that is not the author's own work."""

    path: Text
    license: str = ""
    source: str = ""


class Silence(Model):
    """A quality rule that does not fit here, and why."""

    code: Text
    where: str = ""
    reason: Text


class Objective(Model):
    """A learning objective; `requires` names others."""

    id: Id
    text: Text
    requires: tuple[Id, ...] = ()


class Course(Model):
    """What course.toml says. Lessons are parsed one by one, when they are opened."""

    format: Annotated[int, Strict(), Field(ge=1)]
    needs: str = ""
    id: Id = "course"
    title: Text
    version: Text
    summary: str = ""
    authors: tuple[str, ...] = ()
    license: str = ""
    language: str = "en"
    level: Level | None = None
    lessons: Annotated[tuple[Id, ...], Field(min_length=1)]
    after: tuple[Id, ...] = ()
    kernel: KernelSettings = Field(default_factory=KernelSettings)
    permissions: Permissions = Field(default_factory=Permissions)
    asset: tuple[Asset, ...] = ()
    silence: tuple[Silence, ...] = ()
    objective: tuple[Objective, ...] = ()

"""Bloom's levels: which verbs stand for which, and which cells can ask for them.

Source: L. W. Anderson and D. R. Krathwohl (eds.), "A Taxonomy for Learning, Teaching, and Assessing"
(2001), table 5.1: the nineteen cognitive processes and their alternative names. Verbs of everyday use beside
them may stand for several levels; a verb that is not here says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Bloom, Cell
from tui_tutor.core.linting.doubt import Doubt, Path, PlacedCell, ReadLesson

_BY_LEVEL: Final[Mapping[Bloom, str]] = {
    "remember": (
        "define describe identify label list match name quote recall recite recognise recognize "
        "remember repeat retrieve state"
    ),
    "understand": (
        "abstract categorise categorize clarify classify compare conclude contrast describe discuss "
        "exemplify explain extrapolate generalise generalize identify illustrate infer instantiate "
        "interpolate interpret map match paraphrase predict relate represent restate subsume "
        "summarise summarize translate understand"
    ),
    "apply": (
        "apply calculate compute construct demonstrate execute extrapolate implement interpolate "
        "modify operate practise predict produce relate represent run sketch solve test translate use"
    ),
    "analyse": (
        "analyse analyze attribute categorise categorize classify compare contrast deconstruct detect "
        "diagnose differentiate discriminate dissect distinguish examine explore focus identify infer "
        "integrate investigate map organise organize outline parse relate select separate structure "
        "test"
    ),
    "evaluate": (
        "appraise argue assess check compare conclude coordinate critique criticise criticize decide "
        "defend detect evaluate judge justify monitor rank rate recommend select test validate weigh"
    ),
    "create": (
        "abstract assemble build compose construct create design develop devise formulate generate "
        "hypothesise hypothesize implement integrate invent organise organize outline plan produce "
        "structure write"
    ),
}
VERBS: Final[Mapping[str, frozenset[Bloom]]] = {
    verb: frozenset(level for level, verbs in _BY_LEVEL.items() if verb in verbs.split())
    for verbs in _BY_LEVEL.values()
    for verb in verbs.split()
}
LEVELS: Final[tuple[Bloom, ...]] = ("remember", "understand", "apply", "analyse", "evaluate", "create")
_OPENING: Final = re.compile(
    r"^(?:(?:you|they|learners?|students?|participants?)\s+)?"
    r"(?:(?:will|can|should)\s+)?(?:be able\s+)?(?:to\s+)?",
    re.IGNORECASE,
)
_DOING_FORMS: Final = (models.NumberQuiz, models.PredictQuiz, models.OrderQuiz, models.ReflectQuiz)


def levels_of(objective: str) -> frozenset[Bloom]:
    """The levels that an objective's first verb stands for; none if it is not known."""
    words = _OPENING.sub("", objective.strip(), count=1).split()
    return VERBS.get(words[0].strip(",.:;").casefold(), frozenset()) if words else frozenset()


def doubts_of_level(read: ReadLesson) -> Iterator[Doubt]:
    """Whether a lesson's verb, level and cells fit each other."""
    lesson = read.lesson
    if read.language == "en":
        yield from _verb_against_level(lesson.objective, lesson.bloom, ("bloom",))
    if lesson.bloom and not lesson.draft:
        yield from _level_against_cells(lesson.bloom, [cell for cell, _ in read.cells])


def doubts_of_cell_level(placed: PlacedCell, language: str) -> Iterator[Doubt]:
    """The same for a cell that has an objective or a level of its own."""
    cell, path = placed
    if language == "en":
        yield from _verb_against_level(cell.objective, cell.bloom, (*path, "bloom"))
    if (
        cell.bloom == "create"
        and isinstance(cell, models.QuizBase)
        and not isinstance(cell, models.ReflectQuiz)
    ):
        yield _mismatch("a question with a key cannot ask to create something", (*path, "bloom"), _EXERCISE)
    elif isinstance(cell, models.MarkdownCell) and cell.bloom and LEVELS.index(cell.bloom) >= 2:
        yield _mismatch(f"an md cell is read; nobody can {cell.bloom} in it", (*path, "bloom"), _EXERCISE)


_EXERCISE: Final = "ask with an exercise, or name the level that the cell has"


def _verb_against_level(objective: str, level: Bloom | None, path: Path) -> Iterator[Doubt]:
    levels = levels_of(objective)
    if level and levels and level not in levels:
        verb = _OPENING.sub("", objective.strip(), count=1).split()[0].strip(",.:;")
        fitting = " or ".join(name for name in LEVELS if name in levels)
        message = f"the objective begins with “{verb}”, which is {fitting}, and its level is {level}"
        help = "change the verb or the level; docs/rules.md lists the verbs"
        yield Doubt("bloom-mismatch", message, path, help, "value")


def _level_against_cells(level: Bloom, cells: Sequence[Cell]) -> Iterator[Doubt]:
    """A level of doing needs something to do; a lesson that asks nothing at all is another rule's."""
    if not any(isinstance(cell, models.QuizBase) and cell.counts for cell in cells):
        return
    if level == "apply" and not any(_is_doing(cell) for cell in cells):
        message = "the level is apply, and the lesson has only questions about it"
        yield _mismatch(message, ("bloom",), "add an exercise, or a question with something to work out")
    elif level == "create" and not any(_is_making(cell) for cell in cells):
        message = "the level is create, and the lesson has nothing to make"
        yield _mismatch(message, ("bloom",), "add an exercise or a reflection, or name the level it has")


def _is_making(cell: Cell) -> bool:
    return isinstance(cell, models.ExerciseCell | models.ShellCell | models.ReflectQuiz) and not cell.hidden


def _is_doing(cell: Cell) -> bool:
    if isinstance(cell, models.ClozeQuiz):
        return any(isinstance(blank, models.NumberBlank) for blank in cell.blank)
    return _is_making(cell) or (isinstance(cell, (models.CodeCell, *_DOING_FORMS)) and not cell.hidden)


def _mismatch(message: str, path: Path, help: str) -> Doubt:
    return Doubt("bloom-mismatch", message, path, help, "value")

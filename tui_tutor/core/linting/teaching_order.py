"""Use before teaching: a name that nothing of this lesson, or of one it requires, has taught yet."""

from __future__ import annotations

import keyword
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell
from tui_tutor.core.linting.doubt import Doubt, LessonDoubt, Path, PlacedCell, ReadLesson
from tui_tutor.core.linting.python_names import GIVEN, OPENERS, Names, Place, free_names
from tui_tutor.core.linting.words import code_spans, identifiers_in, texts_of

_MAX_SPANS: Final = 100
_MIN_ASKED: Final = 3  # letters; shorter names in a question are its own: `x`, `n`, `mu`
_CALL: Final = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\(")
_NAME: Final = re.compile(r"[A-Za-z]\w*")
_FILE_NAME: Final = re.compile(
    r"[\w./-]+\.(?:py|toml|md|json|csv|txt|ipynb|npz|npy|pt|sh|ya?ml|html|png|jpg)"
)
_IMPORTS_ALL: Final = re.compile(r"\bimport\s+\*")
# What checks are given beside the learner's names.
_GIVEN_TO_CHECKS: Final = frozenset({"rng", "series"})
_KEYWORDS: Final = frozenset((*keyword.kwlist, *keyword.softkwlist))
# Written like calls in mathematics, too.
_MATHEMATICS: Final = frozenset(dir(math)) | {"argmax", "argmin", "mean", "var", "median", "sign"}
# Names that stand for any name.
_ANY: Final = re.compile(
    r"foo|bar|baz|qux|spam|eggs|ham|func|fun|function|method|name|obj|main|(?:my|some|your)_?\w+"
)


class Use(NamedTuple):
    """A name that a cell uses, and where; `is_asked`: in the words of a question or task."""

    name: str
    path: Path
    place: Place | None = None
    is_asked: bool = False


@dataclass
class _Read:
    """One lesson while it is read in order."""

    said: list[set[str]]  # the words of each cell
    cells_with: Counter[str]  # in how many cells a word stands
    known: set[str] = field(default_factory=set)
    is_open: bool = False


class TeachingOrder:
    """What every lesson of a course teaches, and which lessons are required, directly or not."""

    def __init__(self, words: Mapping[str, set[str]], requires: Mapping[str, Sequence[str]]) -> None:
        """`words` are all words of each lesson, by its id; lessons with mistakes too."""
        self._bit = {lesson: 1 << number for number, lesson in enumerate(words)}
        self._requires = requires
        self._before: dict[str, int] = {}
        self._taught: dict[str, int] = {}
        for lesson, said in words.items():
            for name in said:
                self._taught[name] = self._taught.get(name, 0) | self._bit[lesson]

    def is_required(self, name: str, lesson: str) -> bool:
        """Whether a lesson that this one requires mentions the name."""
        return bool(self._taught.get(name, 0) & self.before(lesson))

    def before(self, lesson: str) -> int:
        """The required lessons as bits; a circle of them ends where it began."""
        if lesson not in self._before:
            self._follow(lesson)
        return self._before[lesson]

    def _follow(self, lesson: str) -> None:
        """Without recursion: a chain of lessons may be long."""
        waiting = [lesson]
        on_the_way: set[str] = set()
        while waiting:
            here = waiting[-1]
            wanted = [name for name in self._requires.get(here, ()) if name in self._bit]
            open_ones = [name for name in wanted if name not in self._before and name not in on_the_way]
            on_the_way.add(here)
            if open_ones:
                waiting.extend(open_ones)
                continue
            waiting.pop()
            found = 0
            for name in wanted:
                found |= self._bit[name] | self._before.get(name, 0)
            self._before[here] = found

    def teachers_of(self, name: str) -> list[str]:
        """The lessons that mention a name, in order."""
        taught = self._taught.get(name, 0)
        return [lesson for lesson, bit in self._bit.items() if taught & bit]


def used_before_taught(
    read: ReadLesson, order: TeachingOrder, setup: str, bound: frozenset[str]
) -> Iterator[LessonDoubt]:
    """Names used too early in one lesson, each once; `setup` ran before, `bound` are all names code binds."""
    said = [_words_of(cell) for cell, _ in read.cells]
    here = _Read(said, Counter(word for words in said for word in words))
    here.known = identifiers_in(setup) | identifiers_in(read.lesson.setup_source) | GIVEN | _KEYWORDS
    here.is_open = free_names(setup).is_open or free_names(read.lesson.setup_source).is_open
    for number, placed in enumerate(read.cells):
        for use in _uses_of(placed, here, number):
            if use.is_asked and not _is_of_programs(use, bound):
                continue
            if not (use.name in here.known or order.is_required(use.name, read.lesson.id)):
                here.known.add(use.name)
                yield LessonDoubt(read.lesson.id, placed.cell.id, _doubt(use, read, order))
        here.known |= here.said[number]


def _is_of_programs(use: Use, bound: frozenset[str]) -> bool:
    """Whether a word in backticks is a program's name: keys, commands and symbols stand in backticks too."""
    is_call = use.place is not None
    stands_for_any = use.name in _MATHEMATICS or _ANY.fullmatch(use.name)
    return use.name in bound or (is_call and not stands_for_any)


def names_bound_in(read: ReadLesson) -> Iterator[str]:
    """Names that a lesson's programs bring in: they are what its questions may ask about too early."""
    for cell, _ in read.cells:
        source = cell.source if isinstance(cell, models.CodeCell) else getattr(cell, "solution", "")
        yield from _bound_at_sight(source)


def _bound_at_sight(source: str) -> Iterator[str]:
    """The names that lines of a program assign, import or define."""
    for found in _BINDING.finditer(source):
        yield from identifiers_in(found[1] or found[2] or found[3])


_BINDING: Final = re.compile(
    r"^[ \t]*(?:(?:(?:async +)?def|class) +(\w+)|(?:from +\S+ +)?import +(.+)|([A-Za-z_][\w, ]*)=(?!=))", re.M
)


def _words_of(cell: Cell) -> set[str]:
    words = identifiers_in("\n".join(texts_of(cell)))
    if isinstance(cell, models.ExerciseCell):
        words |= identifiers_in(cell.solution)
    return words


def _uses_of(placed: PlacedCell, here: _Read, number: int) -> Iterator[Use]:
    """What one cell uses, in the order in which the learner meets it."""
    cell, path = placed
    match cell:
        case models.CodeCell() if cell.language == "python" and cell.expect == "ok":
            yield from _of_program(cell.source, (*path, "source"), here, number)
        case models.VizCell():
            yield from _of_plot(cell, path, here)
        case models.ExerciseCell():
            yield from _asked(cell.task, cell.solution + cell.starter, (*path, "task"))
            here.known |= identifiers_in(cell.task)
            if cell.language == "python" and not cell.file:
                yield from _of_exercise(cell, path, here, number)
        case models.QuizBase():
            yield from _of_question(cell, path, here, number)
        case _:
            pass


def _of_program(
    source: str, path: Path, here: _Read, number: int, *, given: frozenset[str] = frozenset()
) -> Iterator[Use]:
    here.is_open = here.is_open or bool(_IMPORTS_ALL.search(source))
    if here.is_open or not _may_need(source, here.known):
        return
    names = free_names(source)
    here.is_open = names.is_open
    if not here.is_open:
        yield from (
            Use(name, path, place) for name, place in _missing(names, here, number) if name not in given
        )


def _may_need(source: str, known: set[str]) -> bool:
    """Whether a program has words that are neither known nor bound by it at first sight: reading is slow."""
    words = identifiers_in(source)
    unknown = words - known
    return bool(unknown - set(_bound_at_sight(source)) if unknown else words & OPENERS)


def _missing(names: Names, here: _Read, number: int) -> Iterator[tuple[str, Place]]:
    """A function may use what another cell of the lesson binds before the call, wherever that stands."""
    yield from names.at_once.items()
    for name, place in names.later.items():
        if here.cells_with[name] <= (name in here.said[number]):
            yield name, place


def _of_plot(cell: models.VizCell, path: Path, here: _Read) -> Iterator[Use]:
    """A plot is drawn once the names it needs exist: they may be bound below it."""
    if here.is_open:
        return
    for field_, expression in _expressions_of(cell):
        if not identifiers_in(expression) <= here.known:
            names = free_names(expression.strip())
            missing = [*names.at_once.items(), *names.later.items()]
            yield from (
                Use(name, (*path, *field_), place) for name, place in missing if not here.cells_with[name]
            )


def _expressions_of(cell: models.VizCell) -> Iterator[tuple[Path, str]]:
    for name in ("data", "x"):
        yield (name,), getattr(cell, name)
    ys = [cell.y] if isinstance(cell.y, str) else cell.y
    yield from ((("y",) if isinstance(cell.y, str) else ("y", index), y) for index, y in enumerate(ys))


def _of_exercise(cell: models.ExerciseCell, path: Path, here: _Read, number: int) -> Iterator[Use]:
    """Names only in the starter may be the mistake to be found; without a solution they are all there is."""
    starter = identifiers_in(cell.starter)
    if not cell.solution:
        yield from _of_program(cell.starter, (*path, "starter"), here, number)
    here.known |= starter & identifiers_in("\n".join(_bound_lines(cell.starter)))
    yield from _of_program(cell.solution, (*path, "solution"), here, number)
    here.known |= starter | here.said[number]
    for index, check in enumerate(cell.check):
        for name in ("expr", "equals_py", "to_py", "function", "args_py", "returns_py", "holds", "code"):
            source = getattr(check, name, "")
            if isinstance(source, str) and source:
                own = _GIVEN_TO_CHECKS | _drawn(check)
                yield from _of_program(source, (*path, "check", index, name), here, number, given=own)


def _bound_lines(source: str) -> list[str]:
    """What stands left of `=`, and whole lines that bring in or define names."""
    lines = [line.strip() for line in source.splitlines()]
    whole = ("import ", "from ", "def ", "class ", "for ", "with ")
    return [
        line if line.startswith(whole) else line.partition("=")[0]
        for line in lines
        if "=" in line or line.startswith(whole)
    ]


def _drawn(check: models.Check) -> frozenset[str]:
    given = check.given if isinstance(check, models.PropertyCheck) else ()
    return frozenset(identifiers_in("\n".join(given)))


def _of_question(cell: models.QuizBase, path: Path, here: _Read, number: int) -> Iterator[Use]:
    program = ""
    if isinstance(cell, models.PredictQuiz) and cell.language == "python":
        program = cell.program
        yield from _of_program(program, (*path, "program"), here, number)
    elif isinstance(cell, models.OrderQuiz):
        program = "\n".join((*cell.items, *cell.distractors))
        if cell.language == "python" and cell.check:
            yield from _of_program("\n".join(cell.items), (*path, "items"), here, number)
    drawn = "\n".join(cell.params.draw) if cell.params else ""
    yield from _asked(cell.question, program + drawn, (*path, "question"))


def _asked(text: str, own: str, path: Path) -> Iterator[Use]:
    """Names in backticks in words to the learner; a call says by itself that it is a program's.

    A name that the text has twice is introduced by it: "Let `twice(x)` be 2x. What is `twice(3)`?"
    """
    theirs = identifiers_in(own)
    for span in code_spans(text)[:_MAX_SPANS]:
        if _FILE_NAME.fullmatch(span):
            continue
        calls = set(_CALL.findall(span))
        for name in free_names(span).at_once if not _NAME.fullmatch(span) else {span} - GIVEN - _KEYWORDS:
            is_new = len(name) >= _MIN_ASKED and name not in theirs and text.count(name) == 1
            if is_new:
                yield Use(name, path, (1, 1) if name in calls else None, is_asked=True)


def _doubt(use: Use, read: ReadLesson, order: TeachingOrder) -> Doubt:
    message = f"`{use.name}` is used before anything in this lesson, or in one it requires, teaches it"
    others = [lesson for lesson in order.teachers_of(use.name) if lesson != read.lesson.id]
    help = "import, define or explain it in a cell above"
    if others:
        help += f", or add the lesson that does to `requires`: {', '.join(others[:3])}"
    return Doubt("use-before-teaching", message, use.path, help, "value", None if use.is_asked else use.place)

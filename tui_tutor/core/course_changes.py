"""Two versions of a course side by side: which cell became which, what is new, changed, moved, retired."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.course import Cell, Lesson

_CHOSEN_IDS: Final = frozenset({"ex", "quiz"})  # kinds whose ids an author must write
_AKIN: Final = 0.5  # of lessons
_ALIKE: Final = 0.6  # of texts
_LONGEST_COMPARED: Final = 2_000
_MOST_COMPARED: Final = 40  # cells of a lesson that are compared letter by letter


@dataclass(frozen=True, slots=True, order=True)
class CellPlace:
    """Where a cell stands."""

    lesson: str
    cell: str


Pairs = Mapping[CellPlace, CellPlace]


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell as far as two versions are compared; `words` is all it holds but its id."""

    id: str
    kind: str
    words: str

    @property
    def is_named(self) -> bool:
        """Whether the author chose the id; else it only counts the cells of its kind."""
        return self.kind in _CHOSEN_IDS or not re.fullmatch(rf"{self.kind}-\d+(-x)*", self.id)


@dataclass(frozen=True, slots=True)
class LessonText:
    """A lesson as far as two versions are compared."""

    title: str
    cells: tuple[CellText, ...] = ()


CourseText = Mapping[str, LessonText]  # by lesson id, in the course's order


@dataclass(frozen=True, slots=True)
class CourseChanges:
    """What the next version of a course brings. Places of `new` are in it, of `retired` in the one before.

    `pairs` holds every cell that lives on, `numbered` the retired ones whose ids nobody chose.
    """

    new_lessons: tuple[str, ...]
    retired_lessons: tuple[str, ...]
    renamed_lessons: Mapping[str, str]
    new: tuple[CellPlace, ...]
    retired: tuple[CellPlace, ...]
    changed: tuple[CellPlace, ...]
    moved: Pairs
    pairs: Pairs
    numbered: frozenset[CellPlace] = frozenset()

    def history_moves(self, before: str, after: str, known: Collection[CellPlace]) -> Pairs:
        """Where each history of `known` places goes whose place is another one now, all at once.

        What is retired and in the way keeps its history under its id and `@` with the version that had it
        (`before`); a cell that comes back with that version (`after`) finds it there. No two histories meet.
        """
        moves = {old: new for old, new in self.pairs.items() if old != new and old in known}
        came_from = {new: old for old, new in self.renamed_lessons.items()}
        for new in self.new:
            kept = CellPlace(came_from.get(new.lesson, new.lesson), f"{new.cell}@{after}")
            if kept in known:
                moves[kept] = new
        for old in self._in_the_way(frozenset(moves.values())):
            if old in known:
                moves[old] = self._aside(old, before, {*known, *moves.values()})
        return moves

    def _in_the_way(self, arrived_at: frozenset[CellPlace]) -> Iterator[CellPlace]:
        """Places whose history is not that of the cell that stands there now, or would be taken for it."""
        taken = set(self.pairs.values()) | set(self.new)
        staying = set(self.pairs)
        for old in self.retired:
            if old in taken or (old in self.numbered and old.lesson not in self.retired_lessons):
                yield old
        # What was retired long ago may still lie where a cell comes to now.
        yield from arrived_at - staying - set(self.retired)

    def _aside(self, place: CellPlace, version: str, known: Collection[CellPlace]) -> CellPlace:
        lesson = self.renamed_lessons.get(place.lesson, place.lesson)
        aside = CellPlace(lesson, f"{place.cell}@{version}")
        while aside in known:
            aside = CellPlace(lesson, f"{aside.cell}@")
        return aside


def text_of(title: str, lesson: Lesson | None) -> LessonText:
    """What is compared of a lesson; one that cannot be read has no cells."""
    if lesson is None:
        return LessonText(title)
    return LessonText(lesson.title, tuple(_text_of_cell(cell) for cell in lesson.cells))


def _text_of_cell(cell: Cell) -> CellText:
    values = cell.model_dump(exclude_defaults=True)
    values.pop("id", None)
    return CellText(cell.id, cell.kind, json.dumps(values, sort_keys=True, default=str))


def changes_between(base: CourseText, theirs: CourseText) -> CourseChanges:
    """Compare the version that is here with the next one."""
    renamed = _renamed(base, theirs)
    pairs = _Pairing(base, theirs, renamed).pairs()
    before = {CellPlace(lesson, cell.id): cell for lesson, text in base.items() for cell in text.cells}
    after = {CellPlace(lesson, cell.id): cell for lesson, text in theirs.items() for cell in text.cells}
    kept = set(pairs.values())
    return CourseChanges(
        new_lessons=tuple(x for x in theirs if x not in base and x not in renamed.values()),
        retired_lessons=tuple(x for x in base if x not in theirs and x not in renamed),
        renamed_lessons=renamed,
        new=tuple(place for place in after if place not in kept),
        retired=tuple(place for place in before if place not in pairs),
        changed=tuple(old for old, new in pairs.items() if before[old].words != after[new].words),
        moved=dict(_moved(base, theirs, renamed, pairs)),
        pairs=pairs,
        numbered=frozenset(place for place in before if place not in pairs and not before[place].is_named),
    )


# --- lessons ----------------------------------------------------------------------------------------


def _renamed(base: CourseText, theirs: CourseText) -> dict[str, str]:
    """Lessons whose id is another one now: same title, or at least half of the cells; never by guessing."""
    gone = {x: base[x] for x in base if x not in theirs}
    come = {x: theirs[x] for x in theirs if x not in base}
    scores = _kinships(gone, come)
    best: dict[tuple[str, str], list[float]] = {}
    for (old, new), score in scores.items():
        best.setdefault(("old", old), []).append(score)
        best.setdefault(("new", new), []).append(score)
    return {
        old: new
        for (old, new), score in scores.items()
        if score >= _AKIN and all(_is_alone_best(score, best[key]) for key in (("old", old), ("new", new)))
    }


def _is_alone_best(score: float, scores: list[float]) -> bool:
    return score == max(scores) and scores.count(score) == 1


def _kinships(gone: CourseText, come: CourseText) -> dict[tuple[str, str], float]:
    """How much of each pair of lessons is shared, of pairs that share anything."""
    signs = {lesson: _signs(text) for lesson, text in come.items()}
    holders: dict[object, list[str]] = {}
    for lesson, text in come.items():
        for sign in (*signs[lesson], text.title):
            holders.setdefault(sign, []).append(lesson)
    found: dict[tuple[str, str], float] = {}
    for old, text in gone.items():
        mine = _signs(text)
        for new in {new for sign in (*mine, text.title) for new in holders.get(sign, ())}:
            shared = len(mine & signs[new]) / max(len(mine), len(signs[new]), 1)
            found[old, new] = shared + (0.5 if text.title == come[new].title else 0.0)
    return found


def _signs(text: LessonText) -> frozenset[tuple[str, str]]:
    return frozenset((cell.kind, cell.id if cell.is_named else cell.words) for cell in text.cells)


# --- cells ------------------------------------------------------------------------------------------


class _Pairing:
    """Finds for each cell of the base the one it became, surest signs first."""

    def __init__(self, base: CourseText, theirs: CourseText, renamed: Mapping[str, str]) -> None:
        self._left = {CellPlace(x, cell.id): cell for x, text in base.items() for cell in text.cells}
        self._right = {CellPlace(x, cell.id): cell for x, text in theirs.items() for cell in text.cells}
        self._became = {x: renamed.get(x, x) for x in base}
        self._pairs: dict[CellPlace, CellPlace] = {}

    def pairs(self) -> dict[CellPlace, CellPlace]:
        self._pair_within(lambda cell: (cell.kind, cell.id) if cell.is_named else None)
        self._pair_within(lambda cell: (cell.kind, cell.words) if not cell.is_named else None)
        self._pair_alike()
        self._pair_across(lambda cell: (cell.kind, cell.id) if cell.is_named else None)
        self._pair_across(lambda cell: (cell.kind, cell.words))
        self._pair_within(lambda cell: (cell.kind, cell.id))
        order = {place: number for number, place in enumerate(self._left)}
        # In the order of the course: what is compared must not depend on how it was found.
        return dict(sorted(self._pairs.items(), key=lambda pair: order.get(pair[0], 0)))

    def _pair_within(self, sign: Callable[[CellText], object]) -> None:
        """Pair cells of one lesson with the same sign, in order."""
        waiting: dict[tuple[str, object], list[CellPlace]] = {}
        for place, cell in self._free_right():
            waiting.setdefault((place.lesson, sign(cell)), []).append(place)
        for place, cell in self._free_left():
            key = (self._became[place.lesson], sign(cell))
            if key[1] is not None and waiting.get(key):
                self._pairs[place] = waiting[key].pop(0)

    def _pair_across(self, sign: Callable[[CellText], object]) -> None:
        """Pair cells of different lessons with the same sign, where there is no doubt which."""
        left, right = _by_sign(self._free_left(), sign), _by_sign(self._free_right(), sign)
        for key, places in left.items():
            if key is not None and len(places) == 1 and len(right.get(key, ())) == 1:
                self._pairs[places[0]] = right[key][0]

    def _pair_alike(self) -> None:
        """Pair cells without chosen ids whose text was edited."""
        lessons: dict[str, tuple[list[CellPlace], list[CellPlace]]] = {}
        for place, cell in self._free_left():
            if not cell.is_named:
                lessons.setdefault(self._became[place.lesson], ([], []))[0].append(place)
        for place, cell in self._free_right():
            if not cell.is_named and place.lesson in lessons:
                lessons[place.lesson][1].append(place)
        for places, others in lessons.values():
            if len(places) <= _MOST_COMPARED and len(others) <= _MOST_COMPARED:
                self._pair_most_alike(places, others)

    def _pair_most_alike(self, places: list[CellPlace], others: list[CellPlace]) -> None:
        mine = [_words_of(self._left[place]) for place in places]
        yours = [_words_of(self._right[place]) for place in others]
        scores = sorted(
            (-_likeness(mine[n], yours[m]), one.cell != other.cell, n, m)
            for n, one in enumerate(places)
            for m, other in enumerate(others)
            if self._left[one].kind == self._right[other].kind
        )
        taken: set[int] = set()
        for score, _, n, m in scores:
            if -score >= _ALIKE and places[n] not in self._pairs and m not in taken:
                self._pairs[places[n]] = others[m]
                taken.add(m)

    def _free_left(self) -> Iterator[tuple[CellPlace, CellText]]:
        return ((place, cell) for place, cell in self._left.items() if place not in self._pairs)

    def _free_right(self) -> Iterator[tuple[CellPlace, CellText]]:
        taken = set(self._pairs.values())
        return ((place, cell) for place, cell in self._right.items() if place not in taken)


def _by_sign(
    cells: Iterable[tuple[CellPlace, CellText]], sign: Callable[[CellText], object]
) -> dict[object, list[CellPlace]]:
    found: dict[object, list[CellPlace]] = {}
    for place, cell in cells:
        found.setdefault(sign(cell), []).append(place)
    return found


def _words_of(cell: CellText) -> Counter[str]:
    return Counter(re.findall(r"\w+|[^\w\s]", cell.words[:_LONGEST_COMPARED]))


def _likeness(mine: Counter[str], yours: Counter[str]) -> float:
    """The share of words that two texts have in common, 0 to 1 (Dice)."""
    small, large = sorted((mine, yours), key=len)
    shared = sum(min(count, large[word]) for word, count in small.items() if word in large)
    return 2 * shared / max(mine.total() + yours.total(), 1)


def _moved(
    base: CourseText, theirs: CourseText, renamed: Mapping[str, str], pairs: Pairs
) -> Iterator[tuple[CellPlace, CellPlace]]:
    """Cells in another lesson, and those that stand in another order among the cells that stayed."""
    for lesson, text in base.items():
        target = renamed.get(lesson, lesson)
        places = [CellPlace(lesson, cell.id) for cell in text.cells]
        staying = [pairs[place] for place in places if place in pairs and pairs[place].lesson == target]
        kept = set(staying)
        there = theirs[target].cells if target in theirs else ()
        order = [place for cell in there if (place := CellPlace(target, cell.id)) in kept]
        matcher = difflib.SequenceMatcher(None, staying, order, autojunk=False)
        in_order = {x for block in matcher.get_matching_blocks() for x in staying[block.a :][: block.size]}
        for place in places:
            if place in pairs and pairs[place] not in in_order:
                yield place, pairs[place]

"""Mutants of a solution: small faults that an exercise's checks must catch.

A check that lets a fault pass would let a learner's same fault pass (DeMillo, Lipton and Sayward,
"Hints on test data selection", 1978: faults are small, and tests that find small ones find large ones).
The families follow those of mutmut and cosmic-ray, as far as a learner could make the fault:

- operator: a sign for its neighbour (`+` for `-`, `*` for `+`), a sign left out; assignment: `+=` for `=`,
  a module's name left None
- comparison: the boundary moved, the negation; condition: negated, `and` for `or`, `not` left out
- constant: one more, one less, the other sign, the other truth, no text
- return: None instead of a value; deletion: a call, an update or a `raise` left out
- call: what it is called on, or its first argument, instead of its value
- arguments: two neighbours change places, a keyword left out
- loop: its end one off, `break` for `continue`; slice: one end left out
- example: the answer that knows the visible examples by heart

Left alone: lines marked `# free`, imports, annotations, docstrings, decorators, assertions, a main guard,
and what only people read or nothing hangs on: labels of plots, texts printed beside values, the wording
of an exception, the literal parts of f-strings, seeds. A text that is all that is printed is mutated.
Also left out: faults the compiler sees no difference in, and those of `equivalents`.
"""

from __future__ import annotations

import ast
import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import CodeType

from tui_tutor.proof.mutants.calls import call_changes
from tui_tutor.proof.mutants.change import Change
from tui_tutor.proof.mutants.choosing import choose
from tui_tutor.proof.mutants.equivalents import fingerprint
from tui_tutor.proof.mutants.examples import Example, example_changes
from tui_tutor.proof.mutants.freedom import free_lines
from tui_tutor.proof.mutants.magics import masked, unmasked
from tui_tutor.proof.mutants.operators import expression_changes
from tui_tutor.proof.mutants.sites import sites_of
from tui_tutor.proof.mutants.spans import Text, compiled, parsed, text_of, with_plain_line_ends
from tui_tutor.proof.mutants.statements import statement_changes

__all__ = ["Example", "Mutant", "free_lines", "mutants_of"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A solution with one small fault: a whole program that compiles."""

    source: str
    line: int
    """In the solution, from 1."""
    what: str
    operator: str

    def diff(self, solution: str) -> str:
        """The fault as a unified diff, with two lines around it."""
        before = with_plain_line_ends(solution).splitlines()
        lines = difflib.unified_diff(before, self.source.splitlines(), "solution", "mutant", n=2, lineterm="")
        return "\n".join(lines)


def mutants_of(
    solution: str,
    *,
    examples: Sequence[Example] = (),
    most: int = 60,
    kept: frozenset[str] = frozenset(),
) -> tuple[Mutant, ...]:
    """At most so many mutants, by their place; none of what does not parse.

    `kept` are the module's names that something else reads; without it, all of them are.
    """
    source, magics = with_plain_line_ends(solution), list[str]()
    tree = parsed(source)
    if tree is None:
        source, magics = masked(source)
        tree = parsed(source)
    if tree is None or most < 1:
        return ()
    text = text_of(source)
    free = free_lines(source)
    found = [*example_changes(tree, text, examples, free), *_planted(tree, text, kept)]
    found = [change for change in dict.fromkeys(found) if free.isdisjoint(_lines(text, change))]
    found.sort(key=lambda change: (change.start, change.end))
    found = _thinned(found, text, most)
    lines = [text.line_of(change.start) for change in found]
    places = choose(found, lines, is_fault=_Differing(tree, text).is_fault, most=most)
    return tuple(_mutant(text, found[place], lines[place], magics) for place in places)


def _thinned(changes: Sequence[Change], text: Text, most: int) -> list[Change]:
    """No more of one family in one line than could be chosen: a table of data is one long line."""
    counts: Counter[tuple[int, str]] = Counter()
    kept = []
    for change in changes:
        place = text.line_of(change.start), change.operator
        counts[place] += 1
        if counts[place] <= most:
            kept.append(change)
    return kept


def _planted(tree: ast.Module, text: Text, kept: frozenset[str]) -> Iterator[Change]:
    for site in sites_of(tree, text, kept=kept):
        yield from expression_changes(site)
        yield from call_changes(site)
        yield from statement_changes(site)


def _lines(text: Text, change: Change) -> range:
    return range(text.line_of(change.start), text.line_of(max(change.start, change.end - 1)) + 1)


def _mutant(text: Text, change: Change, line: int, magics: list[str]) -> Mutant:
    source = unmasked(text.replaced(change.start, change.end, change.text), magics)
    return Mutant(source=source, line=line, what=change.what, operator=change.operator)


class _Differing:
    """Whether a change makes a program whose code is neither the solution's nor that of one before.

    Only the statement of the module that holds the change is compiled: nothing else can differ.
    """

    def __init__(self, tree: ast.Module, text: Text) -> None:
        self._tree = tree
        self._text = text
        self._seen: set[tuple[object, ...]] = set()
        self._spans = [_whole_span(text, node) for node in tree.body]
        for start, end in self._spans:
            self._add(start, text.between(start, end))

    def is_fault(self, change: Change) -> bool:
        start, end = next(span for span in self._spans if span[0] <= change.start <= change.end <= span[1])
        before, after = self._text.between(start, change.start), self._text.between(change.end, end)
        return self._add(start, before + change.text + after)

    def _add(self, place: int, source: str) -> bool:
        try:
            code = compiled(source, self._tree)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        assert isinstance(code, CodeType)
        key = (place, fingerprint(code))
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new


def _whole_span(text: Text, node: ast.stmt) -> tuple[int, int]:
    """A statement with its decorators."""
    start, end = text.span(node)
    decorated = getattr(node, "decorator_list", None)
    return (text.at(decorated[0].lineno, 0) if decorated else start), end

"""Right answers written differently: an exercise's checks must let each of them pass.

Every rewrite keeps what the program does, for all inputs and by what can be read alone: names change where
nothing else could mean them, updates where a variable is a number or a text for certain, statements
change places where neither names the other and neither calls. What is not certain is not written.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from tui_tutor.proof.mutants.spans import Text, compiled, parsed, with_plain_line_ends
from tui_tutor.proof.rewrites.expressions import merged_negations, mirrored_comparisons, other_ranges
from tui_tutor.proof.rewrites.features import features
from tui_tutor.proof.rewrites.loops import loop_drafts
from tui_tutor.proof.rewrites.program import Draft, Program, program_of
from tui_tutor.proof.rewrites.renaming import renamings
from tui_tutor.proof.rewrites.statements import (
    choices,
    defined_lambdas,
    layouts,
    named_results,
    reorderings,
    turned_branches,
    updates,
)

__all__ = ["Rewrite", "rewrites_of"]

_KINDS: Final[tuple[Callable[[Program], Iterator[Draft]], ...]] = (
    renamings,
    loop_drafts,
    reorderings,
    choices,
    turned_branches,
    updates,
    named_results,
    mirrored_comparisons,
    merged_negations,
    other_ranges,
    defined_lambdas,
    layouts,
)
_LOOKING_AT_THEMSELVES: Final = frozenset(
    {"locals", "globals", "vars", "eval", "exec", "dir", "inspect", "getsource", "_getframe", "currentframe"}
    | {
        "__name__",
        "__qualname__",
        "__code__",
        "__closure__",
        "__dict__",
        "traceback",
        "linecache",
        "ast",
        "dis",
    }
    | {"get_ipython", "user_ns", "tracemalloc", "co_names"}
)
"""Words of programs that could see how they are written."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A program that does what the solution does."""

    source: str
    what: str
    changes: frozenset[str] = frozenset()
    """Words of an `ast` check that only one of both uses, such as `for` or `call append`."""


def rewrites_of(solution: str, *, kept: frozenset[str] = frozenset(), most: int = 24) -> tuple[Rewrite, ...]:
    """At most so many rewrites, one of each kind first; none of what does not parse.

    `kept` must hold every module-level name that anything outside the solution reads: checks, plots,
    other cells and the functions of earlier ones. They keep their names and their values.
    """
    source = with_plain_line_ends(solution)
    tree = parsed(source)
    if tree is None or not tree.body:
        return ()
    program = program_of(source, tree, kept)
    kinds = (layouts,) if program.words & _LOOKING_AT_THEMSELVES else _KINDS
    before = features(source, tree)
    found: dict[str, Rewrite] = {source: Rewrite(source, "")}
    for draft in _in_turns([_drafts(kind, program) for kind in kinds]):
        if len(found) > most:
            break
        rewrite = _rewritten(program, draft, before)
        if rewrite is not None:
            found.setdefault(rewrite.source, rewrite)
    return tuple(found.values())[1:]


def _drafts(kind: Callable[[Program], Iterator[Draft]], program: Program) -> Iterator[Draft]:
    """As far as the program is not nested too deeply to be read."""
    try:
        yield from kind(program)
    except RecursionError:
        return


def _in_turns(kinds: list[Iterator[Draft]]) -> Iterator[Draft]:
    for turn in zip_longest(*kinds):
        yield from (draft for draft in turn if draft is not None)


def _rewritten(program: Program, draft: Draft, before: frozenset[str]) -> Rewrite | None:
    source = _applied(program.text, draft)
    try:
        tree = ast.parse(source)
        compiled(tree, program.tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return Rewrite(source, draft.what, before ^ features(source, tree))


def _applied(text: Text, draft: Draft) -> str:
    data = text.data
    for edit in sorted(draft.edits, key=lambda each: (each.start, each.end), reverse=True):
        data = data[: edit.start] + edit.text.encode() + data[edit.end :]
    return data.decode()

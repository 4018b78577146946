"""Which lines of a solution may be anything: those that end in `# free`."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import Final

from tui_tutor.proof.mutants.spans import parsed, with_plain_line_ends

_MARK: Final = re.compile(r"# free[ \t]*$")


def free_lines(solution: str) -> frozenset[int]:
    """Lines (from 1) marked `# free`, with all lines of the simple statement or the header marked."""
    source = with_plain_line_ends(solution)
    if "# free" not in source:
        return frozenset()
    marked = _marked_lines(source)
    tree = parsed(source)
    if tree is None or not marked:
        return frozenset(marked)
    spans = [_own_lines(node) for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    grown = [span for span in spans if not marked.isdisjoint(span)]
    return frozenset(marked.union(*grown))


def _marked_lines(source: str) -> set[int]:
    """Marks in comments; where the source cannot be read, every line that ends in one."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return {number for number, line in enumerate(source.split("\n"), 1) if _MARK.search(line)}
    return {
        token.start[0] for token in tokens if token.type == tokenize.COMMENT and _MARK.search(token.string)
    }


def _own_lines(node: ast.stmt) -> range:
    """A simple statement's lines; of a compound one those of its header."""
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    inner = [child.lineno for child in _first_inside(node)]
    last = max(min(inner) - 1, node.lineno) if inner else (node.end_lineno or node.lineno)
    return range(first, last + 1)


def _first_inside(node: ast.stmt) -> list[ast.stmt | ast.pattern]:
    if isinstance(node, ast.Match):
        return [node.cases[0].pattern]
    body = getattr(node, "body", None)
    return body[:1] if isinstance(body, list) else []

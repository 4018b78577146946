"""Faults in calls, slices and the bounds of loops."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from tui_tutor.proof.mutants.change import Change, Site, said
from tui_tutor.proof.mutants.equivalents import COMMUTATIVE, CONSUMING, DEFAULTS
from tui_tutor.proof.mutants.sites import LABELLING, SEEDING, called_name

_ONLY_CRASH_WITHOUT: Final = frozenset(
    {"range", "isinstance", "issubclass", "super", "print", "open", "zip", "map", "filter", "enumerate"}
    | {"getattr", "setattr", "hasattr", "type", "len", "next", "iter", "partial", "dict", "reduce"}
)
"""Calls whose first argument can hardly stand for their value."""
_ONLY_CRASH_SWAPPED: Final = frozenset(
    {
        "isinstance",
        "issubclass",
        "getattr",
        "setattr",
        "hasattr",
        "open",
        "map",
        "filter",
        "reduce",
        "partial",
    }
)
_REITERATING: Final = frozenset({"list", "tuple", "sorted", "iter"})


def call_changes(site: Site) -> Iterator[Change]:
    match site.node:
        case ast.Call():
            yield from _without_call(site, site.node)
            yield from _swapped_arguments(site, site.node)
            yield from _without_keyword(site, site.node)
            yield from _other_bounds(site, site.node)
        case ast.Subscript(slice=ast.Slice() as part):
            yield from _without_ends(site, part)


def _without_call(site: Site, call: ast.Call) -> Iterator[Change]:
    name = called_name(call)
    if isinstance(site.parent, ast.Expr | ast.Raise) or name in _ONLY_CRASH_WITHOUT | SEEDING | LABELLING:
        return
    kept = _stands_for(site, call)
    if kept is not None and not (name in _REITERATING and _is_consumed(site)):
        text = site.text.of(kept)
        is_plain = isinstance(
            kept, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript | ast.List
        )
        yield site.replaced(
            text if is_plain else f"({text})", f"{said(site.text.of(call))} became {said(text)}", "call"
        )


def _stands_for(site: Site, call: ast.Call) -> ast.expr | None:
    """What is left without the call: the object of a method, else the first argument."""
    if isinstance(call.func, ast.Attribute) and not _is_of_module(site, call.func.value):
        return call.func.value
    first = call.args[0] if call.args else None
    return None if isinstance(first, ast.Starred | ast.GeneratorExp) else first


def _is_of_module(site: Site, receiver: ast.expr) -> bool:
    """Whether a function is called by way of its module: a name that the solution does not bind itself."""
    while isinstance(receiver, ast.Attribute):
        receiver = receiver.value
    return isinstance(receiver, ast.Name) and receiver.id not in site.bound


def _is_consumed(site: Site) -> bool:
    match site.parent:
        case ast.Call() as outer:
            return called_name(outer) in CONSUMING and outer.args[:1] == [site.node] and not outer.keywords
        case _:
            return False


def _swapped_arguments(site: Site, call: ast.Call) -> Iterator[Change]:
    name = called_name(call)
    if name in COMMUTATIVE | _ONLY_CRASH_SWAPPED or (name == "print" and _has_wording(call)):
        return
    for one, other in pairwise(call.args):
        if isinstance(one, ast.Starred) or isinstance(other, ast.Starred) or ast.dump(one) == ast.dump(other):
            continue
        (start, one_end), (other_start, end) = site.text.span(one), site.text.span(other)
        first, second = site.text.of(one), site.text.of(other)
        swapped = second + site.text.between(one_end, other_start) + first
        yield Change(start, end, swapped, f"{said(first)} and {said(second)} changed places", "arguments")


def _has_wording(call: ast.Call) -> bool:
    return any(isinstance(arg, ast.Constant | ast.JoinedStr) for arg in call.args)


def _without_keyword(site: Site, call: ast.Call) -> Iterator[Change]:
    places = sorted(site.text.span(each) for each in [*call.args, *call.keywords])
    for keyword in call.keywords:
        if keyword.arg is None or _says_nothing(keyword) or site.parents.get(keyword) is not call:
            continue
        start, end = site.text.span(keyword)
        place = places.index((start, end))
        if place:
            start = places[place - 1][1]
        elif len(places) > 1:
            end = places[1][0]
        yield Change(start, end, "", f"{said(site.text.of(keyword))} left out", "arguments")


_WORDING_ONLY: Final = frozenset({"file", "flush", "label", "title", "xlabel", "ylabel", "desc", "seed"})


def _says_nothing(keyword: ast.keyword) -> bool:
    if keyword.arg in _WORDING_ONLY:
        return True
    is_known = isinstance(keyword.value, ast.Constant) and keyword.arg in DEFAULTS
    return is_known and keyword.value.value == DEFAULTS[keyword.arg or ""]  # type: ignore[attr-defined]


def _other_bounds(site: Site, call: ast.Call) -> Iterator[Change]:
    """`range` one shorter and one longer; where its end is a number or a sum, the constants do that."""
    if not (isinstance(call.func, ast.Name) and call.func.id == "range" and call.args):
        return
    stop = call.args[0 if len(call.args) == 1 else 1]
    if isinstance(stop, ast.Constant | ast.Starred | ast.UnaryOp) or _ends_in_number(stop):
        return
    start, end = site.text.span(stop)
    old = site.text.of(stop)
    is_plain = isinstance(stop, ast.Name | ast.Call | ast.Attribute | ast.Subscript)
    for step in ("- 1", "+ 1"):
        new = f"{old} {step}" if is_plain else f"({old}) {step}"
        yield Change(start, end, new, f"the loop's end {said(old)} became {said(new)}", "loop")


def _ends_in_number(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant)


def _without_ends(site: Site, part: ast.Slice) -> Iterator[Change]:
    start, end = site.text.span(part)
    ends = {"lower": part.lower, "upper": part.upper, "step": part.step}
    for name, node in ends.items():
        if node is not None and not _is_default_end(name, node):
            new = _slice_text(site, {**ends, name: None})
            what = f"{said(site.text.between(start, end))} became {said(new)}"
            yield Change(start, end, new, what, "slice")


def _is_default_end(name: str, node: ast.expr) -> bool:
    default = {"lower": 0, "upper": None, "step": 1}[name]
    return isinstance(node, ast.Constant) and node.value in (default, None)


def _slice_text(site: Site, ends: dict[str, ast.expr | None]) -> str:
    lower, upper, step = ("" if node is None else site.text.of(node) for node in ends.values())
    return f"{lower}:{upper}" + (f":{step}" if step else "")

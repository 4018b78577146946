"""Whether things require each other in a circle; without recursion, however long the circle is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def find_cycle(requires: Mapping[str, Sequence[str]]) -> list[str]:
    """A shortest-to-write circle as [a, b, ..., a], beginning at its first name in order; [] if none.

    A thing that requires itself is no circle here: it has a sentence of its own.
    """
    done: set[str] = set()
    for start in requires:
        if start not in done and (cycle := _cycle_from(start, requires, done)):
            return cycle
    return []


def _cycle_from(start: str, requires: Mapping[str, Sequence[str]], done: set[str]) -> list[str]:
    way = [start]
    on_way = {start: 0}
    waiting = [iter(requires.get(start, ()))]
    while waiting:
        name = next(waiting[-1], None)
        if name is None:
            waiting.pop()
            done.add(way[-1])
            del on_way[way.pop()]
        elif name in on_way and name != way[-1]:
            return [*way[on_way[name] :], name]
        elif name not in done and name not in on_way and name in requires:
            on_way[name] = len(way)
            way.append(name)
            waiting.append(iter(requires[name]))
    return []


def shown_cycle(cycle: Sequence[str]) -> str:
    """The circle in one line; a very long one is shortened in its middle."""
    names = list(cycle) if len(cycle) <= 8 else [*cycle[:4], f"… {len(cycle) - 7} more …", *cycle[-3:]]
    return " → ".join(names)

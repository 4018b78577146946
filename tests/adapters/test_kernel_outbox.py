"""The queue in front of a kernel's socket: bounded text, exact counts, no message lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_tutor.kernels.inside_streams import ENTRY_COST, Outbox, Text

LIMIT = 4 * ENTRY_COST + 400
PARENT: dict[str, Any] = {}
texts = st.lists(st.sampled_from(["a", "bb", "line\n", "x\ny\n", "\n", "é", "long " * 20]), max_size=8)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["stdout", "stderr"]), texts.map("".join)),
        st.tuples(st.just("message"), st.integers(0, 9).map(str)),
        st.just(("pop", "")),
    ),
    max_size=120,
)


def play(actions: list[tuple[str, str]]) -> tuple[Outbox, list[Any]]:
    outbox, popped = Outbox(LIMIT), []
    for number, (kind, text) in enumerate(actions):
        if kind == "pop":
            popped.append(outbox.pop())
        elif kind == "message":
            outbox.add_message([str(number).encode()])
        else:
            outbox.add_text(kind, PARENT, text)
    while (entry := outbox.pop()) is not None:
        popped.append(entry)
    return outbox, [entry for entry in popped if entry is not None]


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(steps)
def test_every_line_is_given_or_counted_and_no_message_is_lost(actions: list[tuple[str, str]]):
    _, popped = play(actions)
    for stream in ("stdout", "stderr"):
        written = sum(text.count("\n") for kind, text in actions if kind == stream)
        mine = [entry for entry in popped if isinstance(entry, Text) and entry.name == stream]
        given_lines = sum(entry.buffer.getvalue().count("\n") for entry in mine)
        assert given_lines + sum(entry.dropped for entry in mine) == written
    messages = [int(entry[0]) for entry in popped if isinstance(entry, list)]
    assert messages == [number for number, (kind, _) in enumerate(actions) if kind == "message"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 200), min_size=1, max_size=200))
def test_lines_that_are_given_are_whole(lengths: list[int]):
    lines = [f"<{'.' * length}>\n" for length in lengths]
    _, popped = play([("stdout", line) for line in lines])
    shown = "".join(entry.buffer.getvalue() for entry in popped).splitlines(keepends=True)
    assert shown[0] == lines[0]
    assert shown[-1] == lines[-1]
    assert set(shown) <= set(lines)


@settings(max_examples=100, deadline=None)
@given(steps)
def test_what_waits_stays_within_the_limit(actions: list[tuple[str, str]]):
    outbox = Outbox(LIMIT)
    for kind, text in actions:
        if kind in ("stdout", "stderr"):
            outbox.add_text(kind, PARENT, text)
            waiting = [entry for entry in (*outbox.head, *outbox.tail) if isinstance(entry, Text)]
            longest = max(len(one) for _, one in actions)
            assert sum(entry.size for entry in waiting) <= LIMIT + 4 * longest + ENTRY_COST

"""What a client makes of colours, what host and client say, and where sessions may lie."""

from __future__ import annotations

import os
import re
import stat
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tutor.tui.terminal import frames, sessions
from tui_tutor.tui.terminal.fewer_colours import FewerColours, colour_depth
from tui_tutor.tui.terminal.frames import Frames, frame, json_frame, mark
from tui_tutor.tui.terminal.host import kind_of, size_of
from tui_tutor.tui.terminal.orders import Ask, Orders, OtherTerminal, Redraw

ORANGE = b"a\x1b[1;38;2;255;136;0;48;2;16;16;16mb\x1b[0mc\x1b[m"


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({"COLORTERM": "truecolor", "TERM": "xterm"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-kitty"}, "256"),
        ({"TERM": "linux"}, "16"),
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
        ({"COLORTERM": "24bit", "NO_COLOR": ""}, "truecolor"),
    ],
)
def test_the_number_of_colours_is_judged_by_the_environment(environ, depth):
    assert colour_depth(environ) == depth


@pytest.mark.parametrize(
    ("depth", "sent"),
    [
        ("truecolor", ORANGE),
        ("256", b"a\x1b[1;38;5;208;48;5;233mb\x1b[0mc\x1b[m"),
        ("16", b"a\x1b[1;33;40mb\x1b[0mc\x1b[m"),
        ("none", b"a\x1b[1mb\x1b[0mc\x1b[m"),
    ],
)
def test_colours_become_the_nearest_that_the_terminal_has(depth, sent):
    assert FewerColours(depth).feed(ORANGE) == sent


@given(st.lists(st.integers(0, len(ORANGE)), max_size=6).map(sorted), st.sampled_from(["256", "16", "none"]))
def test_colours_are_read_across_the_borders_of_pieces(cuts, depth):
    colours = FewerColours(depth)
    ends = [0, *cuts, len(ORANGE)]
    pieces = [ORANGE[start:end] for start, end in pairwise(ends)]
    assert b"".join(colours.feed(piece) for piece in pieces) == FewerColours(depth).feed(ORANGE)


@given(st.binary(max_size=200) | st.from_regex(rb"\x1b\[[0-9;]{0,30}m.{0,5}", fullmatch=True))
def test_whatever_is_sent_a_terminal_without_colours_gets_none(data):
    sent = FewerColours("none").feed(data)
    codes = [code for found in re.findall(rb"\x1b\[([\d;]*)m", sent) for code in found.split(b";")]
    assert not [code for code in codes if code and (30 <= int(code) <= 49 or 90 <= int(code) <= 107)]


@given(st.lists(st.tuples(st.sampled_from([b"i", b"o"]), st.binary(max_size=50))), st.integers(1, 20))
def test_messages_arrive_as_they_were_sent_however_they_are_cut(messages, length):
    stream = b"".join(frame(*message) for message in messages)
    reader = Frames()
    pieces = [stream[start : start + length] for start in range(0, len(stream), length)]
    assert [message for piece in pieces for message in reader.feed(piece)] == messages


def test_a_message_that_is_too_long_is_refused_before_it_is_read():
    with pytest.raises(ValueError, match="too long"):
        list(Frames().feed(b"i\xff\xff\xff\xff"))


@given(st.binary(max_size=300))
def test_no_bytes_of_a_peer_are_more_than_refused(data):
    try:
        for kind, payload in Frames().feed(data):
            assert len(kind) == 1
            said = frames.read_json(payload)
            assert all(0 < number < 10_000 for number in size_of(said))
            kind_of(said)
    except ValueError:
        return


def test_of_a_terminal_only_what_is_known_and_short_is_told():
    said = {"environ": {"TERM": "x" * 999, "LD_PRELOAD": "/evil.so"}, "is_ascii": "yes"}
    assert kind_of(said) == {"environ": {"TERM": "x" * 200}, "is_ascii": False}


def test_orders_are_read_line_by_line_across_pieces():
    orders = Orders()
    stream = b'ask\nredraw 3 \nterminal 4 {"environ": {"TERM": "linux"}, "is_ascii": true}\n'
    assert [*orders.feed(stream[:20]), *orders.feed(stream[20:])] == [
        Ask(),
        Redraw(mark(3).decode(), None),
        Redraw(mark(4).decode(), OtherTerminal({"TERM": "linux"}, is_ascii=True)),
    ]


def test_an_object_becomes_one_message():
    assert list(Frames().feed(json_frame(b"x", {"code": 3}))) == [(b"x", b'{"code": 3}')]


# --- where sessions lie -----------------------------------------------------------------------------


def test_a_socket_lies_in_the_runtime_folder_for_us_alone(tmp_path):
    listener, path = sessions.listen(tmp_path, {"XDG_RUNTIME_DIR": str(tmp_path)})
    with listener:
        assert path.parent == tmp_path / "tui-tutor"
        assert (stat.S_IMODE(path.parent.stat().st_mode), stat.S_IMODE(path.stat().st_mode)) == (0o700, 0o600)


@pytest.mark.parametrize("trap", ["open", "link", "file"])
def test_a_folder_that_others_can_enter_or_that_is_none_is_not_used(tmp_path: Path, trap: str):
    folder = tmp_path / "tui-tutor"
    if trap == "open":
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)
    elif trap == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.write_text("")
    listener, path = sessions.listen(tmp_path, {"XDG_RUNTIME_DIR": str(tmp_path)})
    with listener:
        assert path.parent == Path(f"/tmp/tui-tutor-{os.getuid()}")
        path.unlink()


def test_the_socket_of_a_dead_session_is_removed(tmp_path):
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    listener, path = sessions.listen(tmp_path, environ)
    listener.close()
    assert sessions.running_sessions(tmp_path, environ) == []
    assert not path.exists()


def test_a_new_session_removes_what_killed_ones_have_left_and_nothing_else(tmp_path):
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    dead, left = sessions.listen(tmp_path / "one", environ)
    dead.close()
    left.rename(left.with_name("deadbeef-1"))
    alive, kept = sessions.listen(tmp_path / "two", environ)
    kept.rename(kept.with_name("12345678-1"))
    listener, path = sessions.listen(tmp_path / "three", environ)
    with alive, listener:
        assert {found.name for found in path.parent.iterdir()} == {"key", "12345678-1", path.name}


def test_sessions_of_another_data_folder_are_not_seen(tmp_path):
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    listener, path = sessions.listen(tmp_path / "mine", environ)
    with listener:
        assert sessions.running_sessions(tmp_path / "other", environ) == []
        assert path.exists()

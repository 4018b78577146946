"""A session that goes on in another terminal is drawn as that one can show it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from tests.tui.stage import make_app, screen_text
from tui_tutor.tui.theme import NO_COLOUR

KITTY = {"TERM": "xterm-kitty", "COLORTERM": "truecolor"}
XTERM = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def looks_on(
    environs: list[Mapping[str, str]], *, is_ascii: bool = False, **given: Any
) -> tuple[str, bool, bool, str]:
    """(theme, ASCII?, real pictures?, screen) after these terminals took the session over."""

    async def played() -> tuple[str, bool, bool, str]:
        app = make_app(**given)
        async with app.run_test(size=(80, 24)) as pilot:
            for environ in environs:
                app.take_terminal(environ, is_ascii=is_ascii)
                await pilot.pause()
            look = app.look
            return look.theme, look.is_ascii, look.pictures is not None, screen_text(app)

    return asyncio.run(played())


@pytest.mark.parametrize(
    ("environs", "has_pictures"),
    [
        ([KITTY], True),
        ([KITTY, XTERM], False),
        ([{**KITTY, "TMUX": "/tmp/tmux"}], False),
        ([XTERM, KITTY], True),
    ],
)
def test_real_pictures_are_sent_where_the_new_terminal_draws_them(environs, has_pictures):
    assert looks_on(environs)[2] is has_pictures


def test_a_terminal_without_pictures_known_before_gets_them_anew():
    async def cases() -> tuple[object, object]:
        app = make_app(has_pictures=True)
        async with app.run_test(size=(80, 24)):
            before = app.look.pictures
            app.take_terminal(KITTY, is_ascii=False)
            return before, app.look.pictures

    before, after = asyncio.run(cases())
    assert before is not None
    assert after is not None
    assert before is not after


@pytest.mark.slow
def test_a_terminal_without_colours_gets_none_and_the_next_one_gets_them_back():
    assert looks_on([{**XTERM, "NO_COLOR": "1"}])[0] == NO_COLOUR
    assert looks_on([{**XTERM, "NO_COLOR": "1"}, XTERM])[0] != NO_COLOUR


def test_a_session_begun_without_colours_stays_so():
    assert looks_on([XTERM], has_colour=False)[0] == NO_COLOUR


def test_a_terminal_of_ascii_gets_ascii():
    _, is_ascii, _, seen = looks_on([XTERM], is_ascii=True)
    assert is_ascii
    assert seen.isascii()

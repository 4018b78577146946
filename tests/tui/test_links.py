"""A link is opened by a second Enter, after its real address has been read; others are only shown."""

from __future__ import annotations

import asyncio

import pytest

from tests.builders import a_code, a_markdown
from tests.tui.lesson_stage import a_desk
from tests.tui.stage import make_app, screen_text
from tui_tutor.core.prose.links import Link
from tui_tutor.tui.screens.links import LinksSheet

GOOD = Link("the docs", "https://docs.example/start")
EVIL = Link("https://good.example", "http://good.example@evil.example/x")
FILE = Link("a file", "file:///etc/passwd")
LONG = Link("long", "https://" + "a" * 600 + "@evil.example/" + "b" * 5000)


def looked_at(*keys: str, links: tuple[Link, ...], has_browser: bool = True) -> tuple[str, list[str]]:
    """What is seen after these keys, and the addresses that were opened."""
    opened: list[str] = []

    def open_address(address: str) -> bool:
        if has_browser:
            opened.append(address)
        return has_browser

    async def go() -> str:
        app = make_app()
        async with app.run_test(size=(80, 24)) as pilot:
            await app.push_screen(LinksSheet(links, open_address))
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
            return screen_text(app)

    return asyncio.run(go()), opened


def test_a_list_shows_where_each_leads():
    seen, opened = looked_at(links=(GOOD, EVIL, FILE))
    assert [link.target for link in (GOOD, EVIL, FILE) if link.target not in seen] == []
    assert opened == []


@pytest.mark.slow
def test_the_first_enter_asks_and_the_second_opens():
    seen, opened = looked_at("down", "enter", links=(GOOD, EVIL, FILE))
    assert "Open this in your browser?" in seen
    assert "leads to  evil.example" in seen
    assert "`good.example` before the @ is a name to log in with" in seen
    assert "Its words name good.example, and it leads elsewhere." in seen
    assert opened == []
    assert looked_at("down", "enter", "enter", links=(GOOD, EVIL, FILE))[1] == [EVIL.target]


def test_escape_opens_nothing():
    seen, opened = looked_at("enter", "escape", links=(GOOD, EVIL))
    assert ("Links of this cell" in seen, opened) == (True, [])


def test_a_single_link_is_asked_about_at_once():
    assert "leads to  docs.example" in looked_at(links=(GOOD,))[0]
    assert looked_at("enter", links=(GOOD,))[1] == ["https://docs.example/start"]


@pytest.mark.parametrize(("link", "why"), [(FILE, "Only addresses of the web"), (LONG, "more than 2,000")])
def test_what_is_not_opened_is_shown_with_the_reason(link: Link, why: str):
    seen, opened = looked_at("enter", "enter", links=(link,))
    assert why in seen
    assert "Open this" not in seen
    assert opened == []


def test_a_long_address_hides_neither_its_host_nor_its_length():
    seen, _ = looked_at(links=(LONG,))
    assert "leads to  evil.example" in seen
    assert f"… {len(LONG.target):,} characters in all" in seen


def test_without_a_browser_it_is_said_and_can_be_copied():
    assert "There is no browser here" in looked_at("enter", links=(GOOD,), has_browser=False)[0]


def test_l_shows_the_links_of_the_focused_cell():
    async def go() -> None:
        async with a_desk(a_markdown("see [this](https://a.example/b)"), a_code()) as desk:
            await desk.press("u")
            await desk.sees("leads to  a.example")
            await desk.press("escape", "j", "u")
            await desk.sees("This cell has no links.")

    asyncio.run(go())

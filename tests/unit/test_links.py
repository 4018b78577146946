"""Where a link leads is told as it is, and only addresses of the web may be opened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tutor.core.prose.links import Link, links_in
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.wording.links import doubts, host_of, plain_address, refusal


def test_links_come_in_the_order_of_the_text_each_once_and_pictures_are_none():
    text = "[a](https://a.example) <https://b.example>\n\n> - ![p](https://p.example) [a](https://a.example)"
    assert links_in(text) == (
        Link("a", "https://a.example"),
        Link("https://b.example", "https://b.example"),
    )


def test_what_steers_a_terminal_is_in_no_link():
    (link,) = links_in("[a\x1b 0;x\x07](<http://a.example/\x1b[2J\u202e>)")
    assert link == Link("a␛ 0;x␇", "http://a.example/%1B%5B2J%E2%80%AE")


@pytest.mark.parametrize(
    ("target", "opens"),
    [
        ("https://a.example/x?y=1#z", True),
        ("HTTP://a.example", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("mailto:a@a.example", False),
        ("ssh://a.example", False),
        ("vscode://file/x", False),
        ("//a.example/x", False),
        ("lessons/other.md", False),
        ("#part", False),
        ("https:a.example", False),
        ("https:///x", False),
        ("https://[::1", False),
        ("https://a.example:99999999/", False),
        ("https://a.example/" + "x" * 2000, False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_may_be_opened(target: str, opens: bool):
    assert (refusal(target) == "") is opens


@pytest.mark.parametrize(
    ("words", "target", "host", "said"),
    [
        ("docs", "https://docs.example/a", "docs.example", ()),
        ("docs.example", "https://docs.example/a", "docs.example", ()),
        ("docs", "http://docs.example", "docs.example", ("It is not encrypted",)),
        ("docs", "https://good.example@evil.example/", "evil.example", ("`good.example` before the @",)),
        ("docs", "https://good.example%5C@evil.example/", "evil.example", ("`good.example%5C` before",)),
        ("https://good.example/x", "https://evil.example/", "evil.example", ("Its words name good.example",)),
        ("good.example", "https://evil.example/good.example", "evil.example", ("Its words name",)),
        ("docs", "https://xn--pple-43d.example/", "xn--pple-43d.example", ("The host's name has letters",)),
        ("docs", "https://10.0.0.1/", "10.0.0.1", ("The host is a number",)),
        ("docs", "https://2130706433/", "2130706433", ("The host is a number",)),
        ("docs", "https://localhost:8888/", "localhost", ("It leads to a program on this machine",)),
    ],
)
def test_what_could_mislead_is_said(words: str, target: str, host: str, said: tuple[str, ...]):
    found = doubts(Link(words, target))
    assert host_of(target) == host
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True))


def test_letters_that_look_like_others_are_shown_as_they_are_looked_up():
    (link,) = links_in("<https://\u0430pple.example>")
    assert host_of(link.target) == "xn--pple-43d.example"
    assert "letters that may look like others" in " ".join(doubts(link))


@given(st.text())
def test_no_target_breaks_the_judgement_or_steers_a_terminal(text: str):
    for link in (Link("x", text), *links_in(f"[x](<{text}>)"), *links_in(text)):
        said = (refusal(link.target), host_of(link.target), *doubts(link))
        assert [one for one in said if safe_line(one) != one] == []


@given(st.text())
def test_what_is_handed_on_means_nothing_to_a_shell(text: str):
    assert set(plain_address(text)) & set(" \t\n\"'`$\\(){}<>|^") == set()

"""Where packages would be fetched from is told before anything is fetched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui_tutor.shelf.indexes import USUAL, indexes


def with_pip_told(folder: Path, text: str = "", **variables: str) -> dict[str, str]:
    (folder / ".config/pip").mkdir(parents=True)
    (folder / ".config/pip/pip.conf").write_text(text)
    return {"HOME": str(folder), "XDG_CONFIG_DIRS": str(folder / "none"), **variables}


ONE = "[global]\nindex-url = https://a.example\n"
TWO = ONE + "[install]\nindex-url = https://b.example\n"
MORE = ONE + "extra-index-url =\n  https://b.example\n  https://c.example\n"
NAMED = {"PIP_INDEX_URL": "https://c.example"}


@pytest.mark.parametrize(
    ("text", "variables", "options", "told"),
    [
        (ONE, {}, (), "https://a.example"),
        ("[global]\nindex_url = https://me:key@a.example/x\n", {}, (), "https://a.example/x"),
        (TWO, {}, (), "https://b.example"),
        (MORE, {}, (), "https://a.example and https://b.example and https://c.example"),
        (ONE, NAMED, (), "https://c.example"),
        ("", NAMED, ("--index-url", "https://d.example"), "https://d.example"),
        ("", NAMED, ("--index-url=https://d.example",), "https://d.example"),
        ("", {"PIP_INDEX_URL": "https://c.example\x1b[2J"}, (), "https://c.example␛[2J"),
        ("", {}, ("--no-index", "--find-links", "/wheels"), "/wheels"),
        ("[global]\nno-index = true\n", {}, (), "nowhere: pip is told to use no index"),
        ("no configuration at all", NAMED, (), "https://c.example"),
    ],
)
def test_the_place_that_pip_is_set_up_with_is_told(
    text: str, variables: dict[str, str], options: tuple[str, ...], told: str, tmp_path: Path
):
    assert indexes(options, with_pip_told(tmp_path, text, **variables)) == told


def test_without_any_word_it_is_the_usual_one(tmp_path: Path):
    environ = with_pip_told(tmp_path, "[global]\nindex-url = https://a.example\n", PIP_CONFIG_FILE=os.devnull)
    assert indexes((), environ) == USUAL

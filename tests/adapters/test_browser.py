"""The desktop's program gets an address of the web, and no terminal; without a desktop nothing is started."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tui_tutor.cli.browser import open_address

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the programs are Linux's")
OPENER = """\
#!/bin/sh
printf '%s' "$#: $1" > "$0.got"
if (: < /dev/tty) 2>/dev/null; then printf ' with a terminal' >> "$0.got"; fi
mv "$0.got" "$0.told"
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a desktop's opener writes down what it was given."""
    program = tmp_path / "xdg-open"
    program.write_text(OPENER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    return tmp_path / "xdg-open.told"


def test_the_address_is_one_argument_in_which_nothing_means_anything_to_a_shell(told: Path):
    assert open_address("https://a.example/$(touch x)?q='1'&b=`2`")
    end = time.monotonic() + 20
    while not told.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    assert told.read_text() == "1: https://a.example/%24%28touch%20x%29?q=%271%27&b=%602%60"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "--help", "a.example", ""])
def test_nothing_else_is_handed_on(address: str, told: Path):
    assert not open_address(address)
    assert not told.exists()


def test_without_a_desktop_nothing_is_started(told: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not open_address("https://a.example/")
    assert not told.exists()

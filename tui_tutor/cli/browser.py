"""Handing an address to the learner's browser, where there is a desktop to show one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tui_tutor.core.wording.links import plain_address, refusal


def open_address(address: str) -> bool:
    """Whether a browser was asked to show it; only addresses of the web are. It gets no terminal of ours."""
    program = _opener()
    if not program or refusal(address):
        return False
    try:
        subprocess.Popen(
            [program, plain_address(address)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    return True


def _opener() -> str:
    """The desktop's own program; without a desktop it would start a browser for terminals."""
    if sys.platform == "darwin":
        return shutil.which("open") or ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return shutil.which("xdg-open") or ""
    return shutil.which("wslview") or ""

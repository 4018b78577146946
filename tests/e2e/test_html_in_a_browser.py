"""Exported pages in a real browser: drawn, without loading anything, on narrow screens and on paper."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from tests.unit.formats.test_html import CODE, QUESTIONS, a_course, a_lesson
from tui_tutor.formats.html import lesson_page

BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BROWSER, reason="no headless browser is installed here"),
]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    cells = [
        {"kind": "md", "text": "# Heading\n\n" + "word " * 80 + "\n\n`" + "x" * 300 + "`"},
        CODE,
        *QUESTIONS,
    ]
    path = tmp_path / "page.html"
    path.write_text(
        lesson_page(a_course(), a_lesson(*cells, minutes=15), {}, lambda _: None), encoding="utf-8"
    )
    return path


def browse(page: Path, *options: str) -> bytes:
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={page.parent}/profile",
    ]
    result = subprocess.run(
        [*command, *options, page.as_uri()], capture_output=True, timeout=100, check=True, cwd=page.parent
    )
    return result.stdout


def test_a_browser_reads_the_page_as_it_was_written(page: Path):
    text = browse(page, "--dump-dom").decode()
    assert text.count("<section") == 2 + len(QUESTIONS)
    assert "Which?" in text


@pytest.mark.parametrize("width", [1000, 500])
def test_the_page_fits_the_screen(page: Path, width: int):
    browse(page, "--hide-scrollbars", f"--window-size={width},1400", f"--screenshot={page.parent}/shot.png")
    picture = Image.open(page.parent / "shot.png").convert("L")
    edge = picture.crop((width - 8, 0, width, 1400))
    assert picture.getextrema()[0] < 60  # dark text on it
    assert edge.getextrema() == (255, 255)  # and nothing runs out of it


def test_the_page_is_printed_without_what_is_folded_away(page: Path):
    browse(page, "--no-pdf-header-footer", f"--print-to-pdf={page.parent}/page.pdf")
    pdf = (page.parent / "page.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 2
    assert io.BytesIO(pdf).read(5) == b"%PDF-"

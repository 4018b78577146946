"""Which format a source has: told by names and first lines, and for a folder by most of its files."""

from __future__ import annotations

import pytest

from tui_tutor.core.errors import TutorError
from tui_tutor.formats.imported import Source
from tui_tutor.formats.registry import detect


@pytest.mark.parametrize(
    ("files", "format"),
    [
        ({"a.md": "# T\n"}, "markdown"),
        ({"a.md": "# T\n\n```{code-cell} python\nx\n```\n"}, "myst"),
        ({"a.md": "---\njupyter:\n  jupytext: {}\n---\n"}, "jupytext"),
        ({"a.md": "---\njupytext:\n  text_representation:\n    format_name: myst\n---\n"}, "myst"),
        ({"a.py": "# %%\nx\n"}, "jupytext"),
        ({"a.py": "x = 1\n"}, "jupytext"),
        ({"a.Rmd": "Text\n"}, "jupytext"),
        ({"q.toml": '[[questions]]\ntype = "Tracing"\n'}, "mdbook-quiz"),
        ({"q.gift": "x{T}"}, "gift"),
        ({"q.txt": "::a::x{=b ~c}"}, "gift"),
        ({"lesson.yaml": "- Class: meta\n"}, "swirl"),
        ({"a/lesson": "- Class: text\n  Output: x\n", "a/initLesson.R": "x <- 1\n"}, "swirl"),
        ({"s.yaml": "title_slide:\n  title: x\nchapters:\n- title: a\n"}, "tuitorial"),
        ({"q.json": '[{"question": "x", "type": "string"}]'}, "jupyterquiz"),
        ({"1.md": "a", "2.md": "b", "plot.py": "x = 1\n"}, "markdown"),
    ],
)
def test_a_source_is_of_the_format_of_most_of_its_files(files, format):
    source = Source("source", {name: text.encode() for name, text in files.items()})
    assert detect(source).name == format


@pytest.mark.parametrize("file", ["a.txt", "a.json", "a.toml", "a.yaml", "a.csv"])
def test_a_file_that_looks_like_no_format_is_refused(file):
    with pytest.raises(TutorError, match="of a format that can be imported"):
        detect(Source(file, {file: b"x: 1"}))

"""The formats there are, who reads and writes each, and which one a source is of."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line

if TYPE_CHECKING:
    from tui_tutor.formats.exportable import Exportable
    from tui_tutor.formats.imported import Imported, Source

_HEAD: Final = 65_536  # characters of a file that tell its format


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be imported: `module` of this package has `read(Source) -> Imported`.

    Of a file whose name ends like one of `suffixes`, the format with the first `looks` found at its head
    is taken; one without `looks` takes any such file.
    """

    name: str
    module: str
    suffixes: tuple[str, ...]
    what: str
    looks: str = ""

    def claims(self, path: str, data: bytes) -> bool:
        """Whether a file seems to be of this format."""
        if not path.lower().endswith(self.suffixes):
            return False
        head = data[:_HEAD].decode("utf-8", "replace")
        return not self.looks or re.search(self.looks, head, re.MULTILINE) is not None


@dataclass(frozen=True, slots=True)
class Export:
    """A format that can be written: `module` has `export(Exportable) -> {relative path: bytes}`."""

    name: str
    module: str
    suffix: str
    what: str


_MYST: Final = r"^(?:`{3,}|~{3,}|:{3,})\s*\{code-cell\}|^\s*format_name:\s*myst"
_SAYS_JUPYTEXT: Final = r"^(?:\W{1,3}\s)?\s*jupytext:|^\W{1,3} (?:%%|\+)"
_GIFT: Final = r"^\s*::|^\s*\$CATEGORY:|\{\s*[=~#]|\{\s*(?:T|F|TRUE|FALSE)\s*[#}]"
_MARKDOWN: Final = (".md", ".markdown", ".mdown", ".mkd")

FORMATS: Final = (
    Format("ipynb", "ipynb", (".ipynb",), "Jupyter notebooks, nbformat 3 and 4"),
    Format("myst", "jupytext_reading", (".md", ".markdown", ".myst"), "MyST Markdown notebooks", _MYST),
    Format("jupytext", "jupytext_reading", (".rmd",), "Jupytext scripts and R Markdown"),
    Format("jupytext", "jupytext_reading", (".py", ".r", ".jl", ".md"), "Jupytext scripts", _SAYS_JUPYTEXT),
    Format("mdbook-quiz", "mdbook_quiz", (".toml",), "mdbook-quiz questions", r"^\s*\[\[\s*questions\s*\]\]"),
    Format("gift", "gift", (".gift",), "Moodle GIFT questions"),
    Format("gift", "gift", (".txt",), "Moodle GIFT questions", _GIFT),
    Format("swirl", "swirl", (".yaml", ".yml", "lesson"), "swirl lessons", r"^-\s+[\"']?Class[\"']?\s*:"),
    Format("tuitorial", "tuitorial", (".yaml", ".yml"), "tuitorial chapters", r"^[\"']?chapters[\"']?\s*:"),
    Format("jupyterquiz", "jupyterquiz", (".json",), "jupyterquiz questions", r'"question"\s*:'),
    Format("markdown", "markdown", _MARKDOWN, "Markdown with fenced code"),
    Format("jupytext", "jupytext_reading", (".py", ".jl"), "Python and Julia scripts"),
)
"""In the order in which they are tried: those that look at a file's head stand before those that do not."""

EXPORTS: Final = (
    Export("ipynb", "ipynb_export", ".ipynb", "a Jupyter notebook for each lesson"),
    Export("md", "markdown_export", ".md", "a page of Markdown for each lesson"),
    Export("html", "html", ".html", "a page for each lesson that needs nothing else"),
)


def read(source: Source, format: str | None = None) -> Imported:
    """The course that a source holds; TutorError if it is of no known format, or not what it is said to be.

    What is given back has no error that `check` would find.
    """
    from tui_tutor.formats.mending import mended

    chosen = format_named(format) if format else detect(source)
    module = importlib.import_module(f"tui_tutor.formats.{chosen.module}")
    reader = cast("Callable[[Source], Imported]", module.read)
    return mended(reader(source))


def format_named(name: str) -> Format:
    """The import format of this name; TutorError if there is none."""
    for format in FORMATS:
        if format.name == name:
            return format
    raise TutorError(f"{safe_line(name)} is no format that can be imported.", help=f"There are: {known()}.")


def known() -> str:
    """The names of all formats that can be imported."""
    return ", ".join(dict.fromkeys(format.name for format in FORMATS))


def detect(source: Source) -> Format:
    """The format of most of a source's files, of notebooks if there are any; TutorError if none is known."""
    votes: dict[str, int] = {}
    for path, data in source.files.items():
        claimed = next((format for format in FORMATS if format.claims(path, data)), None)
        if claimed is not None:
            votes[claimed.name] = votes.get(claimed.name, 0) + 1
    if not votes:
        raise TutorError(
            f"Nothing in {safe_line(source.name)} is of a format that can be imported.",
            help=f"Name it with --from if you know it: {known()}.",
        )
    if "ipynb" in votes:  # what lies beside notebooks is what they use: modules, a page about them
        return format_named("ipynb")
    # A tie goes to the format that stands first.
    return format_named(max(votes, key=lambda name: votes[name]))


def export(course: Exportable, format: str) -> Mapping[str, bytes]:
    """The files of a course in another format, by relative path; TutorError if there is no such format."""
    module = importlib.import_module(f"tui_tutor.formats.{export_named(format).module}")
    return cast("Callable[[Exportable], Mapping[str, bytes]]", module.export)(course)


def export_named(name: str) -> Export:
    """The export format of this name; TutorError if there is none."""
    for one in EXPORTS:
        if one.name == name:
            return one
    raise TutorError(f"{safe_line(name)} is no format that can be written.", help=f"There are: {written()}.")


def written() -> str:
    """The names of all formats that can be written."""
    return ", ".join(one.name for one in EXPORTS)

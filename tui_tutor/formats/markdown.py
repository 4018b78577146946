"""Plain Markdown with fenced code -> a course: a file is a lesson, several headings `#` are several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from tui_tutor.formats.fences import PYTHON_NAMES, SHELL_NAMES, Programs, python_cells, shell_cell
from tui_tutor.formats.gathering import Cell, Gathering
from tui_tutor.formats.imported import Imported, Source
from tui_tutor.formats.pictures import with_pictures
from tui_tutor.formats.source_text import beside, files_ending, natural_key, stem_of, text_of

if TYPE_CHECKING:
    from markdown_it.token import Token

SUFFIXES: Final = (".md", ".markdown", ".mdown", ".mkd")
_FRONT: Final = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_KEY: Final = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)$", re.MULTILINE)
_OUTPUTS: Final = frozenset({"output", "out", "text", "txt", "plain", "plaintext", "stdout"})
_NOT_RUN: Final = re.compile(
    r"""no[-_]?(?:run|exec|eval|test)\b|skip\b|exec\s*=\s*["']?(?:off|no|false|0)\b|"""
    r"""(?:eval|run)\s*=\s*["']?(?:off|no|false|0)\b|\.(?:no-run|noeval)\b""",
    re.IGNORECASE,
)
_CONTENTS: Final = re.compile(r"^(\s*)[-*+] +\[[^\]]*\]\(([^)\s]+)\)", re.MULTILINE)


def read(source: Source) -> Imported:
    """Every Markdown file of the source, in the order of SUMMARY.md if it has one."""
    gathering = Gathering("markdown", stem_of(source.name))
    files = files_ending(source, SUFFIXES) or sorted(source.files)
    is_alone = len(files) == 1
    for file in _in_order(source, files):
        _File(source, file, gathering, is_alone=is_alone).add_all()
    gathering.add_neighbours({path: data for path, data in source.files.items() if path not in files})
    return gathering.imported()


def _in_order(source: Source, files: Sequence[str]) -> list[str]:
    contents = next((file for file in files if file.rsplit("/", 1)[-1] == "SUMMARY.md"), None)
    if contents is None or len(files) == 1:
        return sorted(files, key=_reading_order)
    named = [beside(source, contents, found[2]) for found in _CONTENTS.finditer(text_of(source, contents))]
    listed = [file for file in dict.fromkeys(named) if file is not None and file in files]
    return [*listed, *(file for file in files if file not in listed and file != contents)]


def _reading_order(file: str) -> tuple[bool, tuple[tuple[int, int, str], ...]]:
    """Names as a person counts them; what introduces a folder stands first."""
    is_first = stem_of(file).lower() in ("readme", "index", "introduction")
    return (not is_first, natural_key(file))


class _Part(NamedTuple):
    """A heading `#` or a fence at the outermost level: its lines, from 0."""

    kind: str
    first: int
    end: int
    info: str
    content: str


@dataclass(slots=True)
class _Front:
    """What stands between the lines `---` at the head of a file."""

    values: dict[str, str]
    lines: int


class _File:
    """One file as it becomes a lesson or several."""

    def __init__(self, source: Source, file: str, gathering: Gathering, *, is_alone: bool) -> None:
        self.source = source
        self.file = file
        self.gathering = gathering
        self.is_alone = is_alone
        text = text_of(source, file)
        self.front = _front_of(text)
        # The head's lines are blank from here on, so that places stay right.
        self.lines = [""] * self.front.lines + text.split("\n")[self.front.lines :]
        self.parts = list(_parts("\n".join(self.lines)))
        self.runnable: Cell | None = None
        self.at = 0

    def add_all(self) -> None:
        headings = [part for part in self.parts if part.kind == "heading"]
        named = self.front.values.get("title", "")
        is_one = len(headings) == 1
        if self.is_alone:
            self.gathering.title = named or (headings[0].content if is_one else "") or stem_of(self.file)
            self._name_authors()
        first = named or (headings[0].content if headings else "") or stem_of(self.file)
        self.gathering.begin(first, id="" if self.is_alone else stem_of(self.file))
        self.at = self.front.lines
        for part in self.parts:
            if part.kind == "fence":
                self._add_fence(part)
                continue
            self._add_text(part.first)
            if part is not headings[0]:
                self.gathering.begin(part.content or first)
            # A heading that is the lesson's title need not stand below it again.
            self.at = part.end if part is not headings[0] or part.content == first else part.first
            self.runnable = None
        self._add_text(len(self.lines))

    def _name_authors(self) -> None:
        values = self.front.values
        if author := values.get("author") or values.get("authors"):
            names = [name.strip(" \"'") for name in author.strip("[]").split(",")]
            self.gathering.course["authors"] = [name for name in names if name]
        if summary := values.get("description") or values.get("summary"):
            self.gathering.course["summary"] = summary
        known = {"title", "author", "authors", "description", "summary"}
        for key in sorted(set(values) - known):
            self.gathering.lose(f"{self.file}, line 1", f"`{key}` of the head", "a course has no such key")

    def _where(self, line: int) -> str:
        return f"{self.file}, line {line + 1}"

    def _add_text(self, end: int) -> None:
        """The text from where the last cell ended."""
        first, self.at = self.at, end
        text = "\n".join(self.lines[first:end]).strip("\n").rstrip()
        if not text.strip():
            return
        self.runnable = None
        self.gathering.count("text")
        where = self._where(first)
        if re.search(r"^ {0,3}<(?!!--)[A-Za-z/][^>\n]*>", text, re.MULTILINE):
            self.gathering.lose(where, "HTML", "it is shown as it is written")
        text = with_pictures(text, self.source, self.file, self.gathering, where=where)
        self.gathering.add_text(text, where=where)

    def _add_fence(self, part: _Part) -> None:
        language, attributes = _language(part.info)
        where = self._where(part.first)
        if language in _OUTPUTS and self._is_output(part):
            self.gathering.count("output")
            self.at = part.end
            return
        self.gathering.count(f"fence {language}".strip()[:60])
        made = self._made(part, language, attributes)
        if made.why:
            self.gathering.lose(where, f"fence {language}", f"{made.why}: it stays text")
        if made.cells:
            self._add_text(part.first)
            self.at = part.end
        for cell in made.cells:
            program = str(cell.get("source") or cell.get("run"))
            self.runnable = cell
            self.gathering.add(cell, id=program.strip().split("\n")[0][:60], where=where)

    def _made(self, part: _Part, language: str, attributes: str) -> Programs:
        if _NOT_RUN.search(attributes):
            return Programs(())
        if language in PYTHON_NAMES:
            return python_cells(part.content)
        if language in SHELL_NAMES:
            return shell_cell(part.content, language)
        return Programs(())

    def _is_output(self, part: _Part) -> bool:
        """Whether a fence directly below a program shows what it prints; then the program's cell has it."""
        cell, output = self.runnable, part.content.strip("\n").rstrip()
        is_below = not "".join(self.lines[self.at : part.first]).strip()
        if cell is None or not is_below or not output or "output" in cell or cell.get("expect") == "error":
            return False
        self.runnable = None
        return self.gathering.complete_last({"output": output})


def _front_of(text: str) -> _Front:
    found = _FRONT.match(text)
    if found is None or not (found[1] or "").strip():
        return _Front({}, 0)
    values = {key.lower(): value.strip().strip("\"'") for key, value in _FRONT_KEY.findall(found[1])}
    return (
        _Front(values, found[0].count("\n") + (0 if found[0].endswith("\n") else 1))
        if values
        else _Front({}, 0)
    )


def _parts(text: str) -> Iterator[_Part]:
    """The headings `#` and fences of a text that stand in no list or quotation."""
    tokens = _tokens(text)
    for index, token in enumerate(tokens):
        if token.level or token.map is None:
            continue
        first, end = token.map
        if token.type == "heading_open" and token.tag == "h1":
            yield _Part("heading", first, end, "", _plain(tokens[index + 1].content))
        elif token.type == "fence":
            yield _Part("fence", first, end, token.info.strip(), token.content)


def _tokens(text: str) -> list[Token]:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark")
    reader.core.ruler.enableOnly(["block"])
    return reader.parse(text)


def _plain(heading: str) -> str:
    """A heading's words without its marks."""
    words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[*`]|\s*\{#[^}]*\}\s*$", "", words).strip()


def _language(info: str) -> tuple[str, str]:
    """The language of a fence and its further attributes: `python exec="off"`, `{.python .no-run}`."""
    if found := re.match(r"\{\s*\.?([\w+#-]+)(.*)", info):
        return found[1].lower(), found[2].rstrip("}")
    name, _, rest = info.partition(" ")
    if found := re.match(r"([\w+#-]+)([{,:].*)", name):
        return found[1].lower(), f"{found[2]} {rest}"
    return name.lower(), rest

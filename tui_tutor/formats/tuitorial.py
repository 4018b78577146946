"""tuitorial YAML -> a course: each chapter is a lesson, its steps are notes beside the lines they look at.

Source of the format: the README of tuitorial and the keys that its reader accepts.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tui_tutor.core.grading.patterns import PatternRefusedError, matches_whole
from tui_tutor.formats.fences import PYTHON_NAMES, SHELL_NAMES, fenced, python_cells, shell_cell
from tui_tutor.formats.gathering import Gathering
from tui_tutor.formats.imported import Imported, Source
from tui_tutor.formats.pictures import with_pictures
from tui_tutor.formats.questions import is_pattern
from tui_tutor.formats.rich_markup import markdown_from_markup
from tui_tutor.formats.source_text import beside, files_ending, refuse, stem_of, text_of
from tui_tutor.formats.yaml_reading import lines_of, tables_in, text_in, yaml_values

SUFFIXES: Final = (".yaml", ".yml")
_LONGEST_LINE: Final = 10_000  # characters of a line that a pattern is tried on
_MOST_LINES: Final = 2_000
Table = dict[str, Any]


def read(source: Source) -> Imported:
    """Every YAML file of the source that has chapters."""
    gathering = Gathering("tuitorial", stem_of(source.name))
    files = files_ending(source, SUFFIXES) or sorted(source.files)
    for file in files:
        text = text_of(source, file)
        values = yaml_values(text, file)
        if len(files) > 1 and not (isinstance(values, dict) and "chapters" in values):
            continue
        if not isinstance(values, dict) or not isinstance(values.get("chapters"), list):
            refuse(file, 1, "there are no chapters", help="a tuitorial has `chapters:`")
        _add_title(values, file, gathering)
        for number, chapter in enumerate(values["chapters"], 1):
            where = f"{file}, chapter {number}"
            if not isinstance(chapter, dict) or not text_in(chapter, "title").strip():
                titles = lines_of(text, "title")[: number - 1]
                refuse(file, titles[-1] if titles else 1, f"chapter {number} has no title")
            _Chapter(chapter, source, file, where, gathering).add_all()
    return gathering.imported()


def _add_title(values: Table, file: str, gathering: Gathering) -> None:
    slide = values.get("title_slide")
    if not isinstance(slide, dict):
        return
    gathering.title = text_in(slide, "title") or gathering.title
    if subtitle := text_in(slide, "subtitle").strip():
        gathering.course["summary"] = subtitle
    drawn = [key for key in ("font", "gradient") if key in slide]
    if drawn:
        gathering.lose(
            file, f"{' and '.join(drawn)} of the title slide", "a course has no slide of its title"
        )


class _Chapter:
    """One chapter."""

    def __init__(self, chapter: Table, source: Source, file: str, where: str, gathering: Gathering) -> None:
        self.chapter = chapter
        self.source = source
        self.file = file
        self.where = where
        self.gathering = gathering
        self.steps = tables_in(chapter.get("steps"))

    def add_all(self) -> None:
        self.gathering.count("chapter")
        self.gathering.begin(text_in(self.chapter, "title"))
        if text_in(self.chapter, "type") == "bullet_points":
            self._add_points()
            return
        code = self._code()
        language = self._language()
        for _ in self.steps:
            self.gathering.count("step")
        if language == "markdown":
            self._say(code)
            self._say_steps(self.steps)
        elif language in PYTHON_NAMES:
            self._add_python(code)
        else:
            self._say_steps(self.steps)
            self._add_other(code, language)

    def _say(self, text: str) -> None:
        text = with_pictures(text, self.source, self.file, self.gathering, where=self.where)
        self.gathering.add_text(text, where=self.where)

    def _add_points(self) -> None:
        points: list[str] = []
        given = self.chapter.get("bullet_points")
        for point in given if isinstance(given, list) else []:
            self.gathering.count("bullet point")
            text = point if isinstance(point, str) else text_in(point, "text")
            extra = text_in(point, "extra").strip()
            points.append(f"- {_indented(markdown_from_markup(text))}")
            if extra:
                points.append(f"\n  {_indented(markdown_from_markup(extra))}\n")
        self._say("\n".join(points))

    def _code(self) -> str:
        name = text_in(self.chapter, "code_file").strip()
        if not name:
            return text_in(self.chapter, "code").strip("\n").rstrip()
        path = beside(self.source, self.file, name)
        if path is None:
            self.gathering.lose(self.where, f"the file {name}", "it did not come with the source")
            return ""
        return text_of(self.source, path).strip("\n").rstrip()

    def _language(self) -> str:
        """What the chapter's steps say of its code: Python where they say nothing."""
        focuses = [focus for step in self.steps for focus in tables_in(step.get("focus"))]
        if any(text_in(focus, "type") == "markdown" for focus in focuses):
            return "markdown"
        lexers = [text_in(focus, "lexer").lower() for focus in focuses if text_in(focus, "lexer")]
        name = text_in(self.chapter, "code_file").lower()
        if not lexers and name.endswith((".sh", ".bash")):
            return "bash"
        return lexers[0] if lexers and re.fullmatch(r"[\w+#-]{1,30}", lexers[0]) else "python"

    # --- code ---------------------------------------------------------------------------------------

    def _add_python(self, code: str) -> None:
        made = python_cells(code)
        if len(made.cells) != 1 or "output" in made.cells[0]:
            if code.strip():
                self.gathering.lose(self.where, "code", f"{made.why or 'it is a session'}: it stays text")
            self._say_steps(self.steps)
            self._say(fenced(code, "python") if code.strip() else "")
            return
        # Notes stand beside the first line that a step looks at, in the order of the steps.
        lines = {index: self._lines(step, code) for index, step in enumerate(self.steps)}
        beside_code = {index: found[0] for index, found in lines.items() if found}
        self._say_steps([step for index, step in enumerate(self.steps) if index not in beside_code])
        notes = [
            {"line": line, "text": self._description(self.steps[index]) or "Look here."}
            for index, line in beside_code.items()
        ]
        cell: Table = {**made.cells[0], **({"callout": notes} if notes else {})}
        self.gathering.add(cell, id=text_in(self.chapter, "title"), where=self.where)

    def _add_other(self, code: str, language: str) -> None:
        made = shell_cell(code, language) if language in SHELL_NAMES else None
        if made is not None and made.cells:
            self.gathering.add(made.cells[0], id=text_in(self.chapter, "title"), where=self.where)
        elif code.strip():
            self._say(fenced(code, language))

    # --- steps --------------------------------------------------------------------------------------

    def _description(self, step: Table) -> str:
        return markdown_from_markup(text_in(step, "description")).strip()

    def _say_steps(self, steps: list[Table]) -> None:
        """Steps that look at no line of a program, in their order."""
        texts: list[str] = []
        for step in steps:
            text = self._description(step)
            if image := text_in(step, "image").strip():
                text += f"\n\n![{_plain(text)}]({image.replace(' ', '%20')})"
                self._lose_layout(step)
            texts.append(text.strip())
        texts = [text for text in texts if text]
        is_list = len(texts) > 1 and not any("\n" in text for text in texts)
        if is_list:
            self._say("\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1)))
        else:
            self._say("\n\n".join(texts))

    def _lose_layout(self, step: Table) -> None:
        if set(step) & {"width", "height", "halign"}:
            self.gathering.lose(self.where, "size and place of a picture", "pictures fit the page")

    def _lines(self, step: Table, code: str) -> list[int]:
        """The lines (from 1) that a step looks at."""
        if "image" in step:
            return []
        found: list[int] = []
        for focus in tables_in(step.get("focus")):
            lines = _focused(focus, code)
            if not lines and text_in(focus, "type") != "syntax":
                kind = text_in(focus, "type") or "focus"
                self.gathering.lose(self.where, f"focus {kind}", "it fits no line of the code")
            found.extend(lines)
        return found


# --- where a focus is -------------------------------------------------------------------------------


def _focused(focus: Table, code: str) -> list[int]:
    lines = code.split("\n")
    finder = _FINDERS.get(text_in(focus, "type"))
    return [line for line in (finder(focus, lines) if finder else []) if 1 <= line <= len(lines)]


def _literal(focus: Table, lines: list[str]) -> list[int]:
    words = text_in(focus, "text") or text_in(focus, "pattern")
    first = words.split("\n")[0]
    found = [number for number, line in enumerate(lines, 1) if first and first in line]
    wanted = _index(focus, "match_index")
    return found[wanted : wanted + 1] if wanted is not None and wanted < len(found) else found


def _starts(focus: Table, lines: list[str]) -> list[int]:
    words = text_in(focus, "text") or text_in(focus, "pattern")
    if text_in(focus, "from_start_of_line").lower() in ("true", "yes", "on"):
        return [number for number, line in enumerate(lines, 1) if words and line.startswith(words)]
    return [number for number, line in enumerate(lines, 1) if words and line.lstrip().startswith(words)]


def _pattern(focus: Table, lines: list[str]) -> list[int]:
    return _matching(text_in(focus, "pattern"), lines)


def _matching(pattern: str, lines: list[str]) -> list[int]:
    """Lines in which a pattern is found; in bounded time, whatever the pattern is."""
    around = f".*(?:{pattern}).*"
    if not is_pattern(around):
        return []
    found = []
    for number, line in enumerate(lines[:_MOST_LINES], 1):
        try:
            if len(line) <= _LONGEST_LINE and matches_whole(around, line):
                found.append(number)
        except PatternRefusedError:
            return found
    return found


def _containing(focus: Table, lines: list[str]) -> list[int]:
    pattern = text_in(focus, "pattern")
    if text_in(focus, "regex").lower() in ("true", "yes", "on"):
        return _matching(pattern, lines)
    return [number for number, line in enumerate(lines, 1) if pattern and pattern in line]


def _between(focus: Table, lines: list[str]) -> list[int]:
    start = text_in(focus, "start_pattern")
    return _literal({"text": start}, lines) or _matching(start, lines)


def _line(focus: Table, lines: list[str]) -> list[int]:
    # tuitorial counts lines from 0.
    wanted = _index(focus, "line_number")
    wanted = _index(focus, "pattern") if wanted is None else wanted
    return [] if wanted is None else [wanted + 1]


def _range(focus: Table, lines: list[str]) -> list[int]:
    start = _index(focus, "start")
    text = "\n".join(lines)
    return [] if start is None or start >= len(text) else [text.count("\n", 0, start) + 1]


def _syntax(focus: Table, lines: list[str]) -> list[int]:
    start = _index(focus, "start_line")
    return [] if start is None else [start + 1]


def _index(focus: Table, key: str) -> int | None:
    value = text_in(focus, key).strip()
    return int(value) if re.fullmatch("[0-9]{1,9}", value) else None


def _indented(text: str) -> str:
    return text.strip().replace("\n", "\n  ")


def _plain(text: str) -> str:
    return re.sub(r"[\[\]\n]", " ", text)[:200]


_FINDERS: Final = {
    "literal": _literal,
    "regex": _pattern,
    "line": _line,
    "range": _range,
    "startswith": _starts,
    "between": _between,
    "line_containing": _containing,
    "syntax": _syntax,
}

"""swirl lesson YAML -> a course whose cells run in an R kernel: each `lesson.yaml` is a lesson.

Source of the format: the documentation of swirlify, and what swirl does with a lesson.
"""

from __future__ import annotations

import re
from itertools import permutations
from posixpath import dirname, join
from typing import Any, Final

from tui_tutor.formats.gathering import Gathering
from tui_tutor.formats.html_text import literal
from tui_tutor.formats.imported import Imported, Source
from tui_tutor.formats.questions import (
    Choice,
    Interval,
    Made,
    Stem,
    choice_cell,
    number_cell,
    number_in,
    open_cell,
    pattern_cell,
    text_cell,
)
from tui_tutor.formats.r_source import alternatives, argument, command_pattern, tokens_of
from tui_tutor.formats.source_text import natural_key, refuse, stem_of, text_of
from tui_tutor.formats.yaml_reading import lines_of, tables_in, text_in, yaml_values

SUFFIXES: Final = (".yaml", ".yml")
_LESSON: Final = re.compile(r"(?:.*/)?lesson(?:\.ya?ml)?", re.IGNORECASE)
_MOST_ORDERS: Final = 4  # answers of which every order is written out
Table = dict[str, Any]


def read(source: Source) -> Imported:
    """Every lesson of the source, in the order of the file MANIFEST if there is one."""
    gathering = Gathering("swirl", stem_of(source.name))
    gathering.kernel = "ir"
    for file in _lessons(source):
        _Lesson(source, file, gathering).add_all()
    return gathering.imported()


def _lessons(source: Source) -> list[str]:
    files = [file for file in source.files if _LESSON.fullmatch(file)]
    files = files or [file for file in source.files if file.lower().endswith(SUFFIXES)] or list(source.files)
    order: dict[str, int] = {}
    for file in sorted(source.files):
        if file.rsplit("/", 1)[-1] == "MANIFEST":
            folders = text_of(source, file).split("\n")
            order.update({join(dirname(file), name.strip()): index for index, name in enumerate(folders)})
    return sorted(files, key=lambda file: (order.get(dirname(file), len(order)), natural_key(file)))


class _Lesson:
    """One lesson file and what lies beside it."""

    def __init__(self, source: Source, file: str, gathering: Gathering) -> None:
        self.source = source
        self.file = file
        self.folder = dirname(file)
        self.gathering = gathering
        self.content = text_of(source, file)
        self.where = file
        self.kind = ""

    def add_all(self) -> None:
        values = yaml_values(self.content, self.file)
        units = tables_in(values)
        if not isinstance(values, list) or len(units) != len(values):
            refuse(self.file, 1, "a lesson is a list of units", help="each begins with `- Class:`")
        self._begin(next((unit for unit in units if text_in(unit, "Class") == "meta"), {}))
        self._add_files()
        lines = lines_of(self.content, "Class")
        for index, unit in enumerate(units):
            line = lines[index] if index < len(lines) else 1
            self.where, self.kind = f"{self.file}, line {line}", text_in(unit, "Class").strip() or "unit"
            if self.kind != "meta":
                self.gathering.count(self.kind)
                self._add_unit(unit)

    def _begin(self, meta: Table) -> None:
        course = self.gathering.course
        if title := text_in(meta, "Course").strip():
            self.gathering.title = title
        if (author := text_in(meta, "Author").strip()) and "authors" not in course:
            course["authors"] = [author]
        self.gathering.begin(text_in(meta, "Lesson") or self.folder.rsplit("/", 1)[-1] or stem_of(self.file))
        for key in sorted(set(meta) - {"Class", "Course", "Lesson", "Author"}):
            if text_in(meta, key).strip():
                self.gathering.lose(self.file, f"`{key}` of the meta unit", "a course has no such key")

    def _beside(self, name: str) -> str | None:
        path = join(self.folder, name)
        return path if path in self.source.files else None

    def _add_files(self) -> None:
        """What swirl runs and reads beside the lesson."""
        if start := self._beside("initLesson.R"):
            self.gathering.count("initLesson.R")
            self._add_program(text_of(self.source, start), id="init-lesson", hidden=True)
        for name, why in _LEFT.items():
            if (path := self._beside(name)) and text_of(self.source, path).strip():
                self.gathering.lose(path, name, why)
        beside = {path: data for path, data in self.source.files.items() if dirname(path) == self.folder}
        self.gathering.add_neighbours(
            {path: data for path, data in beside.items() if not (path == self.file or _is_known(path))}
        )

    def _add_program(self, source: str, *, id: str, hidden: bool = False) -> None:
        source = source.strip("\n").rstrip()
        if not source.strip():
            return
        cell: Table = {"kind": "code", "language": "r", "source": source}
        self.gathering.add({**cell, "hidden": True} if hidden else cell, id=id, where=self.where)

    # --- units --------------------------------------------------------------------------------------

    def _add_unit(self, unit: Table) -> None:
        known = _UNITS.get(self.kind)
        if known is not None:
            known(self, unit)
            return
        if not self.kind.endswith("question") and "CorrectAnswer" not in unit:
            self._lose("units of this class are not known; its output is kept as text")
            self._say(text_in(unit, "Output"))
            return
        self._lose("questions of this class are not known: it is asked as a text")
        self.text_question(unit)

    def _lose(self, why: str) -> None:
        self.gathering.lose(self.where, self.kind, why)

    def _say(self, text: str) -> None:
        self.gathering.add_text(literal(text), where=self.where)

    def _stem(self, unit: Table, explain: str = "") -> Stem:
        hints = (literal(text_in(unit, "Hint")),)
        return Stem(literal(text_in(unit, "Output")), explain=explain, hints=hints)

    def _ask(self, unit: Table, made: Made) -> None:
        words = text_in(unit, "Output") or text_in(unit, "CorrectAnswer")
        self.gathering.add(made.cell, id=words, where=self.where)
        for doubt in made.doubts:
            self._lose(doubt)
        tests = text_in(unit, "AnswerTests").strip()
        if tests and not re.fullmatch(r"omnitest\([^;]*\)", tests, re.DOTALL):
            self._lose(f"its tests {tests[:200]} cannot be made here")

    def text(self, unit: Table) -> None:
        """Something to read."""
        self.gathering.add_item(literal(text_in(unit, "Output")), self.kind, where=self.where)

    def video(self, unit: Table) -> None:
        """A link."""
        link = text_in(unit, "VideoLink").strip()
        self._say(f"{text_in(unit, 'Output')}\n\n{f'<{link}>' if link else ''}")
        self._lose("videos are not played; its address is kept as text")

    def figure(self, unit: Table) -> None:
        """A plot that an R script draws."""
        self._say(text_in(unit, "Output"))
        name = text_in(unit, "Figure").strip()
        path = self._beside(name) if name else None
        if path is None:
            self._lose(f"the script {name} did not come with the source")
            return
        self._add_program(text_of(self.source, path), id=stem_of(name))
        self._lose("its figure is drawn by a code cell that the learner runs")

    def mult_question(self, unit: Table) -> None:
        """Choices between semicolons; a key that is none of them is added to them."""
        texts = [text.strip() for text in text_in(unit, "AnswerChoices").split(";") if text.strip()]
        key = self._key(unit)
        right = [
            text for text in texts if text in (key, argument(text_in(unit, "AnswerTests"), "correctVal"))
        ]
        if not right and key and key.upper() != "NULL":
            right = self._several(key, texts)
            if not right:
                self._lose(f"its key {key!r} is none of the choices; it was added to them")
                texts, right = [*texts, key], [key]
        options = [Choice(literal(text), text in right) for text in texts]
        # swirl shows them in an order of its own each time.
        self._ask(unit, choice_cell(self._stem(unit), options, shuffle=True))

    def _several(self, key: str, texts: list[str]) -> list[str]:
        """The choices that a key of several parts names, [] if one part is no choice."""
        for sign in (";", ","):
            parts = [part.strip() for part in key.split(sign) if part.strip()]
            if len(parts) > 1 and all(part in texts for part in parts):
                return parts
        return []

    def _key(self, unit: Table) -> str:
        return (
            text_in(unit, "CorrectAnswer").strip()
            or argument(text_in(unit, "AnswerTests"), "correctVal").strip()
        )

    def text_question(self, unit: Table) -> None:
        """A word or phrase."""
        key = self._key(unit)
        accept = [key, argument(text_in(unit, "AnswerTests"), "correctVal")]
        self._ask(unit, text_cell(self._stem(unit), [text for text in accept if text.upper() != "NULL"]))

    def text_many_question(self, unit: Table) -> None:
        """Several words in any order."""
        words = [word.strip() for word in self._key(unit).split(",") if word.strip()]
        if len(words) > _MOST_ORDERS:
            self._lose("only the given order of its words is accepted")
            orders = [tuple(words)]
        else:
            orders = list(permutations(words))
        self._ask(unit, text_cell(self._stem(unit), [text for order in orders for text in _joined(order)]))

    def text_order_question(self, unit: Table) -> None:
        """Several words in one order."""
        words = tuple(word.strip() for word in self._key(unit).split(",") if word.strip())
        self._ask(unit, text_cell(self._stem(unit), _joined(words)))

    def exact_question(self, unit: Table) -> None:
        """A number."""
        key = self._key(unit)
        value = number_in(key.rstrip("L") if re.fullmatch(r"-?[0-9]+L", key) else key)
        if value is None:
            self.text_question(unit)
            return
        self._ask(unit, number_cell(self._stem(unit), [Interval(value, value)]))

    def range_question(self, unit: Table) -> None:
        """A number between two limits."""
        limits = re.fullmatch(r"\s*(-?[\d.eE]+)\s*(?:-|to|;|,|:)\s*(-?[\d.eE]+)\s*", self._key(unit))
        low, high = (number_in(limits[1]), number_in(limits[2])) if limits else (None, None)
        if low is None or high is None:
            self.exact_question(unit)
            return
        self._ask(unit, number_cell(self._stem(unit), [Interval(low, high)]))

    def cmd_question(self, unit: Table) -> None:
        """A command to be written; what is right is run unseen, for later units need its values."""
        tests, key = text_in(unit, "AnswerTests"), text_in(unit, "CorrectAnswer").strip()
        named = [argument(tests, "correctExpr"), *alternatives(tests), key]
        accept = [
            text for text in dict.fromkeys(text.strip() for text in named) if text and text.upper() != "NULL"
        ]
        if not accept:
            self._ask(unit, open_cell(self._stem(unit)))
            self._lose("it names no right command: it is kept as an open question")
            return
        stem = self._stem(unit, explain=f"One right answer: {_in_line(accept[0])}")
        patterns = [command_pattern(text) for text in accept if tokens_of(text)]
        self._ask(unit, pattern_cell(stem, patterns, otherwise=accept))
        program = key if key and key.upper() != "NULL" else accept[0]
        self._add_program(program, id=f"run {accept[0][:40]}", hidden=True)

    def script(self, unit: Table) -> None:
        """A file that the learner edits and runs."""
        name = text_in(unit, "Script").strip()
        path = self._beside(f"scripts/{name}") or self._beside(name)
        if not re.fullmatch(r"[\w-][\w.-]{0,80}", name) or path is None:
            self._say(text_in(unit, "Output"))
            self._lose(f"the script {name} did not come with the source")
            return
        correct = re.sub(r"\.R$", "-correct.R", path)
        starter = text_of(self.source, path)
        solution = text_of(self.source, correct) if correct in self.source.files else ""
        cell: Table = {
            "kind": "ex",
            "language": "sh",
            "task": literal(text_in(unit, "Output")).strip() or f"Edit {name}.",
        }
        cell["run"] = f"Rscript {name}"
        if hint := text_in(unit, "Hint").strip():
            cell["hints"] = [literal(hint)]
        cell["check"] = [{"kind": "status", "says": "the script runs to its end", "is": 0}]
        cell["file"] = [{"path": name, "starter": starter, "solution": solution}]
        self.gathering.add(cell, id=stem_of(name), where=self.where)
        self._lose("that the script runs is all that is checked: its tests cannot be made here")


def _joined(words: tuple[str, ...]) -> list[str]:
    return [", ".join(words), ",".join(words), " ".join(words)]


def _in_line(code: str) -> str:
    return f"`{code}`" if "\n" not in code and "`" not in code else f"\n\n```r\n{code}\n```"


def _is_known(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return (
        name in _LEFT
        or name in ("initLesson.R", "MANIFEST")
        or name.lower().endswith((".r", ".yaml", ".yml"))
    )


_LEFT: Final = {
    "customTests.R": "tests in R cannot be made here",
    "dependson.txt": "packages of R are not installed by `setup`",
}
_UNITS: Final = {
    "text": _Lesson.text,
    "video": _Lesson.video,
    "figure": _Lesson.figure,
    "mult_question": _Lesson.mult_question,
    "multi_question": _Lesson.mult_question,
    "text_question": _Lesson.text_question,
    "text_many_question": _Lesson.text_many_question,
    "text_order_question": _Lesson.text_order_question,
    "exact_question": _Lesson.exact_question,
    "range_question": _Lesson.range_question,
    "cmd_question": _Lesson.cmd_question,
    "script": _Lesson.script,
}

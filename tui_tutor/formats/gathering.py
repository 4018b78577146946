"""Lessons as they come out of a source: cells with ids of their own, files, and what was lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tui_tutor.core.toml_writing import toml_text
from tui_tutor.formats.ids import Ids, id_from
from tui_tutor.formats.imported import Imported, Json, Lost

MOST_BYTES: Final = 700_000  # of one lesson: a file of a course has at most 1,000,000
MOST_CELLS: Final = 1_000
MOST_LESSONS: Final = 1_000  # that a source may begin: a course has at most 2,000 files
MOST_FILES: Final = 500
MOST_FILE_BYTES: Final = 30_000_000
LONGEST_TEXT: Final = 150_000  # characters of one text; four bytes each still fit a lesson
_LONGEST_TITLE: Final = 200
_DEEPEST: Final = 7  # folders of a file; a course has eight, with files/
_PLAIN_PATH: Final = re.compile(r"(?!.*(?:^|/)\.)[A-Za-z0-9_.-]{1,100}(?:/[A-Za-z0-9_.-]{1,100})*")
_NO_TITLE: Final = "Lesson"
_NEEDS_ID: Final = frozenset({"ex", "quiz"})
Cell = dict[str, Any]


@dataclass(slots=True)
class _Lesson:
    title: str
    id: str
    ids: Ids = field(default_factory=Ids)
    cells: list[Cell] = field(default_factory=list)
    bytes_used: int = 0
    header: dict[str, Any] = field(default_factory=dict)


class Gathering:
    """What an import has read so far. A lesson that grows too large goes on in a further one."""

    def __init__(self, format: str, name: str) -> None:
        self.format = format
        self.title = name
        self.course: dict[str, Any] = {}
        self.kernel = ""
        self.counted: Counter[str] = Counter()
        self.lost: list[Lost] = []
        self.files: dict[str, bytes] = {}
        self._name = name
        self._lessons: list[_Lesson] = []
        self._lesson_ids = Ids()
        self._file_names = Ids()
        self._file_of: dict[str, str] = {}

    # --- lessons and cells --------------------------------------------------------------------------

    def begin(self, title: str, *, id: str = "", **header: Any) -> None:
        """Cells that follow belong to a lesson of this title; of very many all others go into the last."""
        title = one_line(title) or _NO_TITLE
        if len(self._lessons) >= MOST_LESSONS:
            self.add_text(f"# {title}")
            return
        self._begin(title, id, header)

    def _begin(self, title: str, id: str, header: Mapping[str, Any]) -> None:
        lesson_id = self._lesson_ids.free(id_from(id or title, otherwise="lesson"))
        self._lessons.append(_Lesson(title, lesson_id, header=dict(header)))

    def add(self, cell: Cell, *, id: str = "", where: str = "") -> None:
        """Put a cell at the end; `id` are the words its id is made of, none for a plain text."""
        cell = {key: self._bounded(value, key, where) for key, value in cell.items()}
        size = len(toml_text(cell).encode()) + 20
        if size > MOST_BYTES:
            self._add_words_of(cell, where)
            return
        if not self._lessons:
            self.begin(self.title)
        lesson = self._lessons[-1]
        if lesson.cells and (lesson.bytes_used + size > MOST_BYTES or len(lesson.cells) >= MOST_CELLS):
            self._begin(lesson.title, "", lesson.header)
            lesson = self._lessons[-1]
        kind = str(cell["kind"])
        if id or kind in _NEEDS_ID:
            made = lesson.ids.free(id_from(id, otherwise=kind))
            cell = {"kind": kind, "id": made, **{key: cell[key] for key in cell if key != "kind"}}
        lesson.cells.append(cell)
        lesson.bytes_used += size

    def complete_last(self, further: Cell) -> bool:
        """Give the last cell further keys; False where there is no cell."""
        if not (self._lessons and self._lessons[-1].cells):
            return False
        lesson = self._lessons[-1]
        lesson.bytes_used += len(toml_text(further).encode())
        lesson.cells[-1] |= {key: self._bounded(value, key, "") for key, value in further.items()}
        return True

    def add_text(self, markdown: str, *, where: str = "") -> None:
        """Put a text at the end; nothing if it is blank."""
        text = markdown.strip("\n").rstrip()
        while len(text) > LONGEST_TEXT:
            cut = text.rfind("\n", 1, LONGEST_TEXT)
            cut = cut if cut > 0 else LONGEST_TEXT
            self.add_text(text[:cut], where=where)
            text = text[cut:].strip("\n")
        if text.strip():
            self.add({"kind": "md", "text": text}, where=where)

    def add_item(self, markdown: str, kind: str, *, where: str) -> None:
        """Put an item that is only a text at the end; an empty one is named as lost."""
        if markdown.strip():
            self.add_text(markdown, where=where)
        else:
            self.lose(where, kind, "it has no text")

    def _bounded(self, value: Any, key: str, where: str) -> Any:
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            self.lose(where, f"the end of `{key}`", f"a text has at most {LONGEST_TEXT:,} characters")
            return value[:LONGEST_TEXT]
        if isinstance(value, dict):
            return {inner: self._bounded(one, inner, where) for inner, one in value.items()}
        if isinstance(value, list):
            return [self._bounded(one, key, where) for one in value]
        return value

    def _add_words_of(self, cell: Cell, where: str) -> None:
        """Of a cell larger than a whole lesson may be, what it asks or says is kept."""
        self.lose(
            where, f"a cell of kind {cell['kind']}", "it is larger than a lesson may be; its text is kept"
        )
        words = next((cell[key] for key in ("question", "task", "text") if key in cell), "")
        self.add_text(str(words) or "(too large to be kept)", where=where)

    # --- what was read and lost ---------------------------------------------------------------------

    def count(self, kind: str) -> None:
        """One more item of this kind was read."""
        self.counted[kind] += 1

    def lose(self, where: str, what: str, why: str) -> None:
        """Something has no home in a course, or not a whole one."""
        self.lost.append(Lost(where or self._name, what, why))

    def add_file(self, path: str, data: bytes) -> str:
        """Keep a file of the source; its path in the course: its own below files/ where it can be."""
        if path not in self._file_of:
            made = f"files/{path}"
            if not _PLAIN_PATH.fullmatch(path) or path.count("/") >= _DEEPEST or made in self.files:
                made = self._new_path(path.rsplit("/", 1)[-1])
            self._file_of[path] = made
            self.files[made] = data
        return self._file_of[path]

    def _new_path(self, name: str) -> str:
        stem, _, suffix = name.rpartition(".") if "." in name else (name, "", "")
        suffix = "".join(char for char in suffix.lower() if char.isascii() and char.isalnum())[:10]
        while True:
            made = f"files/{self._file_names.free(id_from(stem, otherwise='file'))}{suffix and '.'}{suffix}"
            if made not in self.files:
                return made

    def add_neighbours(self, files: Mapping[str, bytes]) -> None:
        """Keep what lies beside the pages of a folder, for their programs read it; not what is hidden."""
        for path, data in sorted(files.items()):
            if path in self._file_of or any(part.startswith(".") for part in path.split("/")):
                continue
            if self.has_room(data):
                self.add_file(path, data)
            else:
                self.lose(path, "file", "there is no more room")

    def has_file(self, path: str) -> bool:
        """Whether a file of the source is kept already."""
        return path in self._file_of

    def has_room(self, data: bytes) -> bool:
        """Whether a further file fits a course."""
        room = MOST_FILE_BYTES - sum(map(len, self.files.values()))
        return len(self.files) < MOST_FILES and len(data) <= room

    # --- the result ---------------------------------------------------------------------------------

    def imported(self) -> Imported:
        """The course; a lesson without cells is a draft."""
        if not self._lessons:
            self.begin(self.title)
        lessons = {lesson.id: _values_of(lesson) for lesson in self._lessons}
        course = {
            "format": 1,
            "id": id_from(self._name, otherwise="course"),
            "title": one_line(self.title) or "Imported course",
            "version": "0.1.0",
            **self.course,
            "lessons": list(lessons),
        }
        if self.kernel:
            course["kernel"] = {"name": self.kernel}
        return Imported(
            self.format, course, lessons, dict(self.counted), files=self.files, lost=tuple(self.lost)
        )


def _values_of(lesson: _Lesson) -> Mapping[str, Json]:
    header = {"title": lesson.title, **lesson.header}
    return {**header, "cell": lesson.cells} if lesson.cells else {**header, "draft": True}


def one_line(text: str) -> str:
    """A text as a title: on one line, not too long."""
    return " ".join(text.split())[:_LONGEST_TITLE].strip()

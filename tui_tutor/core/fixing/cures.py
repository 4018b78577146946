"""Diagnostics -> cures: what belongs in the place of a span, keys that stand too low, keys to be added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tui_tutor.core.diagnostic import Diagnostic
from tui_tutor.core.document import Document, Path
from tui_tutor.core.fixing.cure import Cure, Edit
from tui_tutor.core.fixing.naming import id_for
from tui_tutor.core.parsing.course_file import COURSE_FILE, fit_id

_HEADER: Final = re.compile(r"[ \t]*\[\[?[ \t]*[A-Za-z_\"']")
_INDENT: Final = re.compile(r"[ \t]*")
_EMPTY: Final = re.compile(r"[ \t]*(?:#.*)?")
_NEEDS_ID: Final = ("ex", "quiz")


def cures_for(
    document: Document, diagnostics: Iterable[Diagnostic], *, folder_name: str = ""
) -> Iterator[Cure]:
    """Everything in one file that can be mended without asking its author."""
    text = _Text(document)
    for item in diagnostics:
        if item.instead is not None:
            yield text.replacement(item)
        elif item.code == "key-after-subtable" and (cure := text.raised(item)):
            yield cure
    if document.file == COURSE_FILE:
        yield from text.course_keys(folder_name)
    elif isinstance(document.values.get("cell"), list) and _is_lesson(document.file):
        yield from text.missing_ids()


def _is_lesson(file: str) -> bool:
    """Overlays name cells that are there; they get no ids of their own."""
    return file.count(".") == 1


class _Text:
    """A document, and where its lines begin."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.starts = [0]
        for line in document.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    # --- what stands at a span ----------------------------------------------------------------------

    def replacement(self, item: Diagnostic) -> Cure:
        """The span's characters replaced by those that belong there."""
        assert item.instead is not None
        start = self.starts[item.span.line - 1] + item.span.column - 1
        end = start + item.span.length
        if item.code == "toml-1-1" and self.document.text[start:end] == "\n":
            end += len(_INDENT.match(self.document.text, end)[0])  # type: ignore[index]
        edit = Edit(start, end, item.instead)
        written = self.document.text[edit.start : edit.end]
        path, is_key = self._path_at(item)
        said = f"`{written}` is now `{item.instead}`" if item.instead.strip() else item.message
        if item.code == "toml-1-1" or path is None:
            return Cure(item.code, item.span.line, said, (edit,))
        added = (*path[:-1], item.instead) if is_key else path
        return Cure(item.code, item.span.line, said, (edit,), path, added)

    def _path_at(self, item: Diagnostic) -> tuple[Path | None, bool]:
        """What is written at a diagnostic's place, and whether that is the key of it."""
        places = self.document.places
        at = (item.span.line, item.span.column)
        for path in places.values:
            if places.value(path)[:2] == at:
                return path, False
        return self._key_at(item), True

    # --- a key below a table of its owner -----------------------------------------------------------

    def raised(self, item: Diagnostic) -> Cure | None:
        """The key's lines, with the comment above them, moved above the first table inside its owner."""
        path = self._key_at(item)
        owner = self._owner(path, item) if path else None
        target = self._first_table_in(owner) if owner is not None else None
        if path is None or owner is None or target is None or not self._stands_alone(path, item):
            return None
        first, last = item.span.line, self.document.places.last_line(path)
        while first - 1 > target and self.document.line(first - 1).lstrip().startswith("#"):
            first -= 1
        moved = self.document.text[self.starts[first - 1] : self.starts[last]]
        here = self.starts[target - 1]
        edits = (
            Edit(here, here, moved if moved.endswith("\n") else f"{moved}\n"),
            Edit(self.starts[first - 1], self.starts[last], ""),
        )
        said = f"`{path[-1]}` stands above the tables of its owner now"
        return Cure(item.code, item.span.line, said, edits, path, (*owner, path[-1]))

    def _stands_alone(self, path: Path, item: Diagnostic) -> bool:
        """Whether a key has its lines to itself, and is not one of an inline table."""
        before = self.document.line(item.span.line)[: item.span.column - 1]
        return path in self.document.places.values and not before.strip()

    def _key_at(self, item: Diagnostic) -> Path | None:
        places, at = self.document.places, (item.span.line, item.span.column)
        return next((path for path in places.keys if places.key(path)[:2] == at), None)

    def _owner(self, path: Path, item: Diagnostic) -> Path | None:
        """The table that the key belongs to: the help names the table above which it has to stand."""
        named = re.search(r"above the first `\[\[([\w.]+)\]\]`", item.help)
        parts = named[1].split(".") if named else []
        tables = [index for index, part in enumerate(path[:-1]) if isinstance(part, str)]
        return path[: tables[len(parts) - 1]] if 0 < len(parts) <= len(tables) else None

    def _first_table_in(self, owner: Path) -> int | None:
        """The line above which a key of the owner can stand, counted from 1."""
        keys = self.document.places.keys
        inner = {
            self.document.places.key(path)[0]
            for path in keys
            if path[: len(owner)] == owner and len(path) > len(owner)
        }
        lines = sorted(line for line in inner if _HEADER.match(self.document.line(line)))
        own = self.document.places.key(owner)[0] if owner else 0
        header = next((line for line in lines if line > own), None)
        while header and header - 1 > own and _EMPTY.fullmatch(self.document.line(header - 1)):
            header -= 1
        return header

    # --- keys that are missing ----------------------------------------------------------------------

    def missing_ids(self) -> Iterator[Cure]:
        """An id for every exercise and question that has none."""
        cells: list[Any] = self.document.values["cell"]
        taken = {cell["id"] for cell in cells if isinstance(cell, dict) and isinstance(cell.get("id"), str)}
        for index, cell in enumerate(cells):
            if isinstance(cell, dict) and cell.get("kind") in _NEEDS_ID and "id" not in cell:
                made = id_for(cell, taken)
                taken.add(made)
                yield self._id_below_kind(index, made)

    def _id_below_kind(self, index: int, made: str) -> Cure:
        path: Path = ("cell", index, "kind")
        line = self.document.places.last_line(path)
        here = self.starts[line]
        gap = "" if self.document.text[:here].endswith("\n") else "\n"
        said = f'the cell is called `id = "{made}"` now'
        edit = Edit(here, here, f'{gap}id = "{made}"\n')
        return Cure("missing-key", line, said, (edit,), None, ("cell", index, "id"))

    def course_keys(self, folder_name: str) -> Iterator[Cure]:
        """`format`, and an `id` like the folder's name."""
        values: Mapping[str, Any] = self.document.values
        line = self._first_line()
        here = self.starts[line - 1]
        if "format" not in values:
            edit = Edit(here, here, "format = 1\n")
            yield Cure("missing-key", line, "`format = 1` was added", (edit,), None, ("format",))
        elif "id" not in values and folder_name:
            made = fit_id(folder_name)
            below = self.starts[self.document.places.last_line(("format",))]
            edit = Edit(below, below, f'id = "{made}"\n')
            said = f'`id = "{made}"` was added, after the folder\'s name'
            yield Cure("course-id-missing", line, said, (edit,), None, ("id",), is_error=False)

    def _first_line(self) -> int:
        """The first line that says something, counted from 1."""
        lines = self.document.lines
        return next((row for row, line in enumerate(lines, 1) if not _EMPTY.fullmatch(line)), 1)

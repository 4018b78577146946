"""Overlays: the same lesson in another language or for another level; words only, never keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from tui_tutor.core.course import Course, LessonHeader, Level
from tui_tutor.core.document import Document, Path, parse_toml
from tui_tutor.core.grading.showing import key_of
from tui_tutor.core.parsing.cells import FORMS, KINDS, fill_ids
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.inlining import inline_files
from tui_tutor.core.parsing.rules.answers import blank_numbers
from tui_tutor.core.parsing.rules.courses import LANGUAGE
from tui_tutor.core.parsing.validating import copied, key_names, nearest, toml_type

LEVELS: Final = frozenset(get_args(Level))
# What an overlay may say, by the table it stands in.
LESSON_WORDS: Final = frozenset({"title", "objective"})
COURSE_WORDS: Final = frozenset({"title", "summary"})
CELL_WORDS: Final = frozenset(
    {
        "title",
        "objective",
        "text",
        "caption",
        "alt",
        "task",
        "starter",
        "hints",
        "question",
        "explain",
    }
)
PART_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "option": frozenset({"text", "feedback"}),
    "near": frozenset({"feedback"}),
    "blank": frozenset(),
    "check": frozenset({"says", "hint"}),
    "wrong": frozenset({"hint"}),
    "callout": frozenset({"text"}),
    "file": frozenset({"starter"}),
}
_TAG: Final = re.compile(r"(?P<stem>[^.]+)\.(?P<tag>[^/]+)\.toml")
Raw = dict[str, Any]


def overlay_tags(overlay: str) -> tuple[str, ...]:
    """The tags to be applied for a wish, in order: level, language, both."""
    language, level = split_tag(overlay)
    both = f"{language}.{level}" if language and level else ""
    return tuple(tag for tag in (level, language, both) if tag)


def split_tag(tag: str) -> tuple[str, str]:
    """(language, level) of a tag, "" for what it leaves out; ("", "") if it is no tag."""
    parts = tag.split(".")
    level = parts[-1] if parts[-1] in LEVELS else ""
    rest = parts[:-1] if level else parts
    language = rest[0] if len(rest) == 1 and LANGUAGE.fullmatch(rest[0]) else ""
    return (language, level) if len(rest) <= 1 and (language or not rest) else ("", "")


def overlay_files(lesson_id: str, overlay: str) -> tuple[str, ...]:
    """The files that a wish may find its overlays in."""
    return tuple(f"lessons/{lesson_id}.{tag}.toml" for tag in overlay_tags(overlay))


def overlaid(tables: Raw, lesson_id: str, tag: str, files: Mapping[str, bytes], findings: Findings) -> Raw:
    """A lesson's tables under one overlay; unchanged if there is none. Its mistakes join the findings."""
    file = f"lessons/{lesson_id}.{tag}.toml"
    if file not in files:
        return tables
    document = parse_toml(files[file], file)
    if not isinstance(document, Document):
        findings.items.extend(document)
        return tables
    own = Findings(document)
    over, _ = inline_files(document.values, files, own)
    check_lesson_overlay(over, tables, own)
    findings.items.extend(own.items)
    return tables if own.has_errors else _lay_over(over, tables)


def check_lesson_overlay(over: Raw, base: Mapping[str, Any], findings: Findings) -> None:
    """An overlay of a lesson changes words of cells that are there, and may add md cells."""
    _check_words(over, (), LESSON_WORDS, key_names(LessonHeader), findings, parts=("cell",))
    cells = over.get("cell", [])
    if not isinstance(cells, list):
        findings.error("wrong-type", "`cell` must be a list of tables", ("cell",), at="key")
        return
    by_id = _cells_by_id(base)
    for index, cell in enumerate(cells):
        path: Path = ("cell", index)
        if not isinstance(cell, dict):
            findings.error("wrong-type", "a cell must be a table", path)
        elif {"after", "before"} & cell.keys():
            _check_added(cell, path, by_id, findings)
        else:
            _check_changed(cell, path, by_id, findings)


def check_course_overlay(over: Raw, base: Mapping[str, Any], findings: Findings) -> None:
    """An overlay of a course changes its title, summary, and the texts of its objectives."""
    _check_words(over, (), COURSE_WORDS, key_names(Course), findings, parts=("objective",))
    objectives = base.get("objective")
    known = (
        [item.get("id") for item in objectives if isinstance(item, dict)]
        if isinstance(objectives, list)
        else []
    )
    over_objectives = over.get("objective", [])
    for index, item in enumerate(over_objectives if isinstance(over_objectives, list) else []):
        path: Path = ("objective", index)
        if not isinstance(item, dict):
            findings.error("wrong-type", "an objective must be a table", path)
            continue
        _check_words(item, path, frozenset({"text"}), {"requires"}, findings, parts=("id",))
        if item.get("id") not in known:  # a list: an id of any type can be looked for
            message = f"the course has no objective {item.get('id')!r}"
            findings.error("unknown-objective", message, (*path, "id"))


def _cells_by_id(base: Mapping[str, Any]) -> dict[str, Raw]:
    tables = base.get("cell")
    if not isinstance(tables, list):
        return {}
    pairs = zip(fill_ids(tables), tables, strict=True)
    return {cell_id: table for cell_id, table in pairs if isinstance(table, dict)}


def _check_words(
    over: Raw,
    path: Path,
    words: frozenset[str],
    known: set[str],
    findings: Findings,
    *,
    parts: Sequence[str] = (),
) -> None:
    for key, value in over.items():
        at = (*path, key)
        if key in words:
            _check_word(key, value, at, findings)
        elif key in known and key not in parts:
            help = "an overlay changes words only: " + (", ".join(sorted(words)) or "of its parts")
            findings.error("overlay-touches-key", f"`{key}` cannot be changed here", at, help=help, at="key")
        elif key not in parts:
            close = nearest(key, words)
            help = f"did you mean `{close}`?" if close else "words here: " + ", ".join(sorted(words))
            findings.error("unknown-key", f"`{key}` is not a key here", at, help=help, at="key")


def _check_word(key: str, value: object, at: Path, findings: Findings) -> None:
    items = value if key == "hints" and isinstance(value, list) else [value]
    wanted = "a list of texts" if key == "hints" else "a text in quotes"
    texts = [item for item in items if isinstance(item, str)]
    if (key == "hints") != isinstance(value, list) or len(texts) < len(items):
        findings.error("wrong-type", f"`{key}` must be {wanted}, not {toml_type(value)}", at)
    elif not all(text.strip() for text in texts) and key != "starter":
        findings.error("empty", f"`{key}` is empty", at, help="leave the key out to keep the base's words")


def _check_added(cell: Raw, path: Path, by_id: Mapping[str, Raw], findings: Findings) -> None:
    if "after" in cell and "before" in cell:
        message = "`after` and `before` are given; only one of them can be"
        findings.error("both-given", message, (*path, "before"), at="key")
    if cell.get("kind", "md") != "md":
        findings.error("overlay-touches-key", "only an md cell can be added", (*path, "kind"))
    for key in {"after", "before"} & cell.keys():
        _check_target(cell[key], (*path, key), by_id, findings)
    known = key_names(KINDS["md"])
    _check_words(cell, path, CELL_WORDS & known, known, findings, parts=("id", "kind", "after", "before"))
    if "text" not in cell:
        findings.error("missing-key", "`text` is missing", path, help="add `text = ...`", at="key")
    if isinstance(cell.get("id"), str) and cell["id"] in by_id:
        findings.error("duplicate-id", f"the base has a cell `{cell['id']}`", (*path, "id"))


def _check_target(name: object, at: Path, by_id: Mapping[str, Raw], findings: Findings) -> None:
    if not isinstance(name, str):
        findings.error("wrong-type", f"`{at[-1]}` must be a text in quotes, not {toml_type(name)}", at)
    elif name not in by_id:
        close = nearest(name, by_id)
        help = f"did you mean `{close}`?" if close else "cells of the base: " + ", ".join(list(by_id)[:10])
        findings.error("unknown-cell", f"the base has no cell `{name}`", at, help=help)


def _check_changed(cell: Raw, path: Path, by_id: Mapping[str, Raw], findings: Findings) -> None:
    if "id" not in cell:
        help = "name the cell with `id`, or add an md cell with `after` or `before`"
        findings.error("missing-key", "`id` is missing", path, help=help, at="key")
        return
    _check_target(cell["id"], (*path, "id"), by_id, findings)
    base = by_id.get(cell["id"]) if isinstance(cell["id"], str) else None
    if base is None:
        return
    model = FORMS.get(str(base.get("form"))) or KINDS.get(str(base.get("kind")))
    known = key_names(model) if model else set()
    _check_words(cell, path, CELL_WORDS & known, known, findings, parts=("id", *PART_WORDS))
    _check_blank_marks(cell, base, path, findings)
    _check_parts(cell, base, path, known, findings)


def _check_blank_marks(cell: Raw, base: Raw, path: Path, findings: Findings) -> None:
    question, written = cell.get("question"), base.get("question")
    if base.get("form") != "cloze" or not isinstance(question, str) or not isinstance(written, str):
        return
    if sorted(blank_numbers(question)) != sorted(blank_numbers(written)):
        message = "the question has not the same blanks as the base"
        findings.error("cloze-blanks", message, (*path, "question"), help="keep every {{1}} of the base")


def _check_parts(cell: Raw, base: Raw, path: Path, known: set[str], findings: Findings) -> None:
    for part, words in PART_WORDS.items():
        if part not in cell:
            continue
        at: Path = (*path, part)
        over, under = cell[part], base.get(part, [])
        if part not in known or not isinstance(over, list) or not isinstance(under, list):
            findings.error("unknown-key", f"`{part}` is not a list of this cell", at, at="key")
        elif len(over) != len(under):
            message = f"the base has {len(under)} of `{part}`, the overlay {len(over)}"
            help = "parts are found by position: give as many, empty ones keep the base's words"
            findings.error("overlay-count", message, at, help=help, at="key")
        else:
            _check_each_part(over, under, words, at, findings)


def _check_each_part(
    over: Sequence[object], under: Sequence[object], words: frozenset[str], at: Path, findings: Findings
) -> None:
    for index, (item, base) in enumerate(zip(over, under, strict=True)):
        here = (*at, index)
        if not isinstance(item, dict) or not isinstance(base, dict):
            findings.error("wrong-type", f"`{at[-1]}` must hold tables", here)
            continue
        parts = tuple(PART_WORDS) if at[-1] == "blank" else ()
        _check_words(item, here, words, set(base), findings, parts=parts)
        if parts:
            _check_parts(item, base, here, set(base), findings)


# --- applying ---------------------------------------------------------------------------------------


def _lay_over(over: Raw, base: Raw) -> Raw:
    """The base with the overlay's words. Both have been checked."""
    result: Raw = copied(base)
    tables = result.get("cell", [])
    for table, cell_id in zip(tables, fill_ids(tables), strict=True):
        table.setdefault("id", cell_id)
    result.update({key: over[key] for key in LESSON_WORDS & over.keys()})
    for cell in over.get("cell", []):
        if "after" in cell or "before" in cell:
            _add_cell(cell, tables)
        else:
            _replace_words(next(table for table in tables if table.get("id") == cell["id"]), cell)
    return result


def _add_cell(cell: Raw, tables: list[Raw]) -> None:
    target = cell.get("after", cell.get("before"))
    position = next(index for index, table in enumerate(tables) if table.get("id") == target)
    words = {key: value for key, value in cell.items() if key not in ("after", "before")}
    # Optional: a lesson that is done at one level is done at all.
    tables.insert(position + ("after" in cell), {"kind": "md", **words, "optional": True})


def _replace_words(base: Raw, over: Raw) -> None:
    for key, value in over.items():
        if key in PART_WORDS:
            for under, item in zip(base[key], value, strict=True):
                if key == "option" and "text" in item and isinstance(under.get("text"), str):
                    under.setdefault("id", key_of(under["text"]))  # answers name the option as the base does
                _replace_words(under, item)
        elif key != "id":
            base[key] = value


def overlays_in(files: Mapping[str, bytes], folder: str) -> Iterator[tuple[str, str, str]]:
    """(file, stem, tag) of every file in a folder ("" for the course's own) that looks like an overlay."""
    for file in sorted(files):
        head, _, name = file.rpartition("/")
        if head == folder and (found := _TAG.fullmatch(name)):
            yield file, found["stem"], found["tag"]

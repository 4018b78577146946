"""One `[[cell]]` -> the model of its kind and form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell, CellBase, LessonHeader
from tui_tutor.core.document import Path
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.validating import certain, in_quotes, make, nearest, toml_type

KINDS: Final[Mapping[str, type[CellBase]]] = {
    "md": models.MarkdownCell,
    "code": models.CodeCell,
    "viz": models.VizCell,
    "ex": models.ExerciseCell,
    "quiz": models.QuizBase,
    "sh": models.ShellCell,
}
FORMS: Final[Mapping[str, type[models.QuizBase]]] = {
    "choice": models.ChoiceQuiz,
    "text": models.TextQuiz,
    "number": models.NumberQuiz,
    "cloze": models.ClozeQuiz,
    "order": models.OrderQuiz,
    "match": models.MatchQuiz,
    "predict": models.PredictQuiz,
    "reflect": models.ReflectQuiz,
}
_OF: Final = {"kind": "cell", "form": "question"}
# Learner's work hangs on these ids: an author must choose them.
_NEEDS_ID: Final = frozenset({"ex", "quiz"})


def fill_ids(tables: Sequence[object]) -> list[str]:
    """The id of each cell: its own, or `KIND-N` where N counts the cells of its kind from 1."""
    rows = [table if isinstance(table, dict) else {} for table in tables]
    taken = {row["id"] for row in rows if isinstance(row.get("id"), str)}
    counts: dict[str, int] = {}
    ids: list[str] = []
    for row in rows:
        kind = row["kind"] if isinstance(row.get("kind"), str) and row["kind"] in KINDS else "cell"
        counts[kind] = counts.get(kind, 0) + 1
        ids.append(row["id"] if isinstance(row.get("id"), str) else _free_id(kind, counts[kind], taken))
    return ids


def _free_id(kind: str, number: int, taken: set[str]) -> str:
    made = f"{kind}-{number}"
    while made in taken:
        made = f"{made}-x"
    taken.add(made)
    return made


def check_ids_of(table: Mapping[str, Any]) -> frozenset[str]:
    """The ids of a cell's checks as written."""
    checks = table.get("check")
    tables = checks if isinstance(checks, list) else ()
    ids = (check.get("id") for check in tables if isinstance(check, dict))
    return frozenset(name for name in ids if isinstance(name, str))


def read_cell(
    table: Mapping[str, Any], cell_id: str, index: int, findings: Findings, unread: frozenset[Path]
) -> Cell | None:
    """The cell that stands at `index`; None when its required keys are not right."""
    path: Path = ("cell", index)
    model = _model_of(table, path, findings)
    if model is None:
        return None
    if table["kind"] in _NEEDS_ID and "id" not in table:
        help = f'add `id = "{cell_id}"` or a better one: the learner\'s answers are kept under it'
        findings.error("missing-key", "`id` is missing", path, help=help, at="key")
    raw = {"id": cell_id, **table}
    return cast("Cell | None", make(model, raw, findings, path, excused=unread, outer=LessonHeader))


def _model_of(raw: Mapping[str, Any], path: Path, findings: Findings) -> type[CellBase] | None:
    model = _choose("kind", raw, KINDS, path, findings)
    if model is models.QuizBase:
        return _choose("form", raw, FORMS, path, findings)
    return model


def _choose(
    key: str, raw: Mapping[str, Any], known: Mapping[str, type[Any]], path: Path, findings: Findings
) -> type[Any] | None:
    value = raw.get(key)
    names = ", ".join(known)
    if key not in raw:
        findings.error(
            "missing-key", f"`{key}` is missing", path, help=f"add `{key} = ...`: {names}", at="key"
        )
    elif not isinstance(value, str):
        message = f"`{key}` must be a text in quotes, not {toml_type(value)}"
        findings.error("wrong-type", message, (*path, key), help=f"one of: {names}")
    elif value not in known:
        close = nearest(value, known)
        help = f'did you mean "{close}"?' if close else f"one of: {names}"
        message = f"{value!r} is not a {key} of {_OF[key]}"
        instead = in_quotes(certain(value, known))
        findings.error(f"unknown-{key}", message, (*path, key), help=help, instead=instead)
    else:
        return known[value]
    return None

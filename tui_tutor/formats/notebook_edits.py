"""Whether a notebook that we wrote still shows what it carries: changes and contradictions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui_tutor.formats.ipynb_reading import NotebookCell
from tui_tutor.formats.notebook_carried import carried_field, is_edited
from tui_tutor.formats.notebook_cells import marked_solution, program_of

Table = Mapping[str, Any]


def field_of(cell: NotebookCell, table: Table) -> str:
    """Which text of a lesson's cell the source of its notebook cell is, "" if it is not one alone."""
    if cell.type == "code" and table["kind"] in ("code", "sh"):
        is_fed = table["kind"] == "sh" and bool(table.get("stdin"))
        return "" if is_fed else {"code": "source", "sh": "run"}[table["kind"]]
    return carried_field(cell)[1]


def is_changed(cell: NotebookCell, table: Table, name: str) -> bool:
    """Whether a notebook cell shows something else than what is written for the lesson's cell."""
    told = str(table.get(name, "")).strip()
    match name:
        case "source":
            return cell.source.strip() != told
        case "run":
            return cell.source.strip() != f"%%{table.get('shell', 'sh')}\n{told}"
        case "solution":
            return cell.source.strip() != marked_solution(str(table.get(name, ""))).strip()
        case _ if cell.type == "code" and table["kind"] in ("viz", "sh"):
            return cell.source.strip() != program_of(table).strip()
        case _:
            return is_edited(cell)

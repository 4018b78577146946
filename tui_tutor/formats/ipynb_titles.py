"""What a notebook is called."""

from __future__ import annotations

from tui_tutor.formats.ipynb_reading import Notebook, NotebookCell
from tui_tutor.formats.ipynb_text import first_heading


def lesson_title(notebook: Notebook) -> str:
    """Its first heading of the first level, else the one it begins with, else its own name, else ""."""
    texts = [heading_text(cell) for cell in notebook.cells if cell.type in ("markdown", "heading")]
    for text in texts:
        if title := first_heading(text, 1):
            return title[:200]
    if texts and texts[0].lstrip().startswith("#") and (title := first_heading(texts[0])):
        return title[:200]
    named = notebook.metadata.get("title") or notebook.metadata.get("name")
    return named.strip()[:200] if isinstance(named, str) else ""


def heading_text(cell: NotebookCell) -> str:
    """The source of a cell, a heading of nbformat 3 as Markdown writes it."""
    if cell.type != "heading":
        return cell.source
    return f"{'#' * cell.level} {' '.join(cell.source.split())}"

"""Markdown -> lines of plain text with roles, wrapped: what both faces show of an author's prose."""

from tui_tutor.core.prose.lines import Line, Role, Span, wrap
from tui_tutor.core.prose.reading import inline, inline_spans, prose

__all__ = ["Line", "Role", "Span", "inline", "inline_spans", "prose", "wrap"]

"""YAML -> texts, lists and tables of texts: no text becomes a number or a truth, and no alias a bomb."""

from __future__ import annotations

import importlib
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.formats.source_text import refuse

MOST_NODES: Final = 200_000  # with every alias written out
DEEPEST: Final = 40
Json = Any


def yaml_values(text: str, file: str) -> Json:
    """The one document of a file; every scalar is the text that stands there.

    YAML 1.1 reads `Yes` as true and `1.10` as 1.1, which breaks the keys of questions.
    """
    try:
        yaml = importlib.import_module("yaml")  # has no types of its own
    except ModuleNotFoundError:
        raise TutorError(
            f"{file} is YAML, and the package that reads it is not installed; nothing was imported",
            help='pip install "tui-tutor[formats]"',
            exit_code=3,
        ) from None
    try:
        return _loader(yaml, file)(text).get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        refuse(file, mark.line + 1 if mark else 1, f"this is not YAML: {error.problem or error.context}")
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        refuse(file, line, f"this is not YAML: the character #x{int(error.character):04x} is not allowed")
    except (yaml.YAMLError, RecursionError, ValueError):
        refuse(file, 1, "this YAML cannot be read")


def _loader(yaml: Any, file: str) -> Any:
    class Bounded(yaml.BaseLoader):  # type: ignore[misc]
        """Counts what a document would be with its aliases written out, before anything is made of it."""

        def __init__(self, text: str) -> None:
            super().__init__(text)
            self.nodes = 0
            self.depth = 0
            self.sizes: dict[str, int] = {}

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()
            line = event.start_mark.line + 1
            before, self.depth = self.nodes, self.depth + 1
            if self.depth > DEEPEST:
                refuse(file, line, f"lists and tables are nested more than {DEEPEST} deep")
            if isinstance(event, yaml.AliasEvent):
                # An alias inside its own anchor has no size yet: nothing we read needs such a circle.
                if event.anchor not in self.sizes:
                    refuse(file, line, f"the alias *{event.anchor} stands for nothing, or for itself")
                self.nodes += self.sizes[event.anchor]
            else:
                self.nodes += 1
            if self.nodes > MOST_NODES:
                refuse(file, line, f"with its aliases the file has more than {MOST_NODES:,} values")
            node = super().compose_node(parent, index)
            if getattr(event, "anchor", None) and not isinstance(event, yaml.AliasEvent):
                self.sizes[event.anchor] = self.nodes - before
            self.depth -= 1
            return node

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            return _merged(super().construct_mapping(node, deep=True))

    return Bounded


def _merged(table: Json) -> Json:
    """A table with what its key `<<` stands for laid below it."""
    below = table.pop("<<", None) if isinstance(table, dict) else None
    tables = below if isinstance(below, list) else [below]
    for one in tables:
        if isinstance(one, dict):
            table = {**one, **table}
    return table


def text_in(table: Json, key: str) -> str:
    """A text of a table, "" where there is none."""
    value = table.get(key) if isinstance(table, dict) else None
    return value if isinstance(value, str) else ""


def tables_in(value: Json) -> list[dict[str, Json]]:
    """The tables of a list, nothing where it is none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def lines_of(text: str, key: str) -> list[int]:
    """The lines (from 1) on which a key stands, roughly: for places of messages."""
    begins = (f"{key}:", f'"{key}":', f"'{key}':")
    lines = enumerate(text.split("\n"), 1)
    return [number for number, line in lines if line.lstrip(" -").startswith(begins)]

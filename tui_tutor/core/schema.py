"""The JSON schema of course.toml and of a lesson, for editors; made from the models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

from tui_tutor.core.course import FILE_FIELDS, Course, Lesson

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
# Filled in by the parser, never written by an author.
_FILLED_IN: Final = "setup_source"


def json_schema(kind: Literal["course", "lesson"]) -> Schema:
    """The schema of one kind of file, Draft 2020-12, with every `x_file` twin."""
    model = Course if kind == "course" else Lesson
    schema = model.model_json_schema(by_alias=True)
    if kind == "lesson":
        del schema["properties"]["id"]  # a lesson's id is its file's name
    for table in list(_objects(schema)):
        _plain(table)
    name = "course.toml" if kind == "course" else "A lesson"
    return {"$schema": DIALECT, **schema, "title": f"{name} of a TUI Tutor course, format 1"}


def _objects(value: object) -> Iterator[Schema]:
    """Every object of a JSON value, inner ones too."""
    if isinstance(value, dict):
        yield value
        for inner in list(value.values()):
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def _plain(schema: Schema) -> None:
    """Take out what JSON schema does not know and TOML cannot hold; add the twins of texts."""
    if isinstance(schema.get("discriminator"), dict):
        del schema["discriminator"]  # a word of OpenAPI
    if schema.get("default", 0) is None:
        del schema["default"]  # TOML has no null
    members = schema.get("anyOf")
    if isinstance(members, list):
        members[:] = [member for member in members if member != {"type": "null"}]
        if len(members) == 1:
            del schema["anyOf"]
            schema.update(members[0])
    properties = schema.get("properties")
    if schema.get("type") == "object" and isinstance(properties, dict):
        _add_file_twins(schema, properties)


def _add_file_twins(table: Schema, properties: Schema) -> None:
    properties.pop(_FILLED_IN, None)
    properties.get("id", {}).pop("default", None)  # made by the parser, another for each cell
    for property_schema in properties.values():
        property_schema.pop("title", None)  # only the key again, in capitals
    required: list[str] = table.pop("required", [])
    for name in sorted(FILE_FIELDS & properties.keys()):
        twin = f"{name}_file"
        help = f"The path of a file of the course that holds `{name}`."
        properties[twin] = {"type": "string", "minLength": 1, "description": help}
        either = {"oneOf": [{"required": [name]}, {"required": [twin]}]}
        not_both = {"not": {"required": [name, twin]}}
        table.setdefault("allOf", []).append(either if name in required else not_both)
    if always := [name for name in required if name not in FILE_FIELDS]:
        table["required"] = always

"""`tui-tutor schema`: the JSON schema of the course format."""

from __future__ import annotations

from typing import Literal

import click

from tui_tutor.core.safe_text import safe_json


@click.command("schema", epilog="Example: tui-tutor schema lesson > lesson.schema.json")
@click.argument("kind", type=click.Choice(["course", "lesson"]), default="lesson", metavar="[course|lesson]")
def command(kind: Literal["course", "lesson"]) -> None:
    """Print the JSON schema of a lesson (or of course.toml), for editors.

    Write `#:schema ./lesson.schema.json` as the first line of a lesson, and an editor that knows
    TOML schemas completes keys and marks mistakes. `tui-tutor check` finds more.
    """
    from tui_tutor.core.schema import json_schema

    click.echo(safe_json(json_schema(kind)))

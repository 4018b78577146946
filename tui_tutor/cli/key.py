"""`tui-tutor key`: make the key that an instructor signs courses with, and show its fingerprint."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tui_tutor.core.safe_text import safe_line, safe_text


@click.group("key", epilog="Example: tui-tutor key new course.key")
def command() -> None:
    """Make a key to sign courses with, or show the fingerprint of one."""


@command.command("new", epilog="Example: tui-tutor key new course.key")
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Write a new Ed25519 private key to FILE.

    On a terminal you are asked for a passphrase; it may be empty.
    """
    from tui_tutor.shelf.archive.signing import make_key

    passphrase = ""
    if sys.stdin.isatty():
        passphrase = click.prompt(
            "Passphrase (empty for none)", hide_input=True, confirmation_prompt=True, default="",
            show_default=False, err=True,
        )  # fmt: skip
    signer = make_key(file, passphrase)
    click.echo(safe_text(f"{safe_line(str(file))}: {signer.key_id}"))
    click.echo("Keep the file to yourself and a copy safe; tell learners the fingerprint.", err=True)


@command.command("show", epilog="Example: tui-tutor key show ~/.ssh/id_ed25519")
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """Print the fingerprint of a private key: what learners see of a course that was signed with it."""
    from tui_tutor.cli.pack import ask_passphrase
    from tui_tutor.shelf.archive.signing import load_key

    click.echo(safe_text(load_key(file.expanduser(), ask_passphrase).signer.key_id))

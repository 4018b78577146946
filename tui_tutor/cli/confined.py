"""`--require-sandbox`: refuse to run code where it is not confined in full."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from tui_tutor.core.errors import TutorError


def _required(ctx: click.Context, option: click.Parameter, is_wanted: bool) -> None:
    del ctx, option
    if is_wanted:
        require_sandbox()


require_sandbox_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--require-sandbox",
    is_flag=True,
    expose_value=False,
    callback=_required,
    help="Refuse to start where code of the course is not confined in full.",
)


def require_sandbox() -> None:
    """TutorError (exit code 3) if code of courses cannot be confined in full here."""
    from tui_tutor.cli.wiring import confinement

    found = confinement()
    if found.level != "full":
        message = f"The required sandbox cannot be had: {found.missing}. What there is: {found.sentence}"
        raise TutorError(message, help=_advice(found.missing), exit_code=3)


def _advice(missing: str) -> str:
    if "not installed" in missing:
        return "Install the package bubblewrap, or leave --require-sandbox out."
    if "namespaces" in missing:
        return (
            "Allow unprivileged user namespaces: in a container by how it is started, on Ubuntu 24.04 by an "
            "AppArmor profile for bwrap."
        )
    return "Use a Linux machine with bubblewrap, or leave --require-sandbox out."

"""The command line: one program, each command imported only when it is asked for."""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
from typing import Any, Final

import click

from tui_tutor import __version__
from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_text

COMMANDS: Final = {
    "learn": "Open a course and study it.",
    "attach": "Go back to a session whose terminal went away.",
    "list": "List the courses in the library.",
    "results": "Show what you have done, as text, JSON or CSV.",
    "install": "Install a course from a folder, an archive, git or the web.",
    "update": "Bring an installed course to its next version; your work stays.",
    "remove": "Take an installed course out of the library; what you did stays.",
    "setup": "Install the packages a course needs, into an environment of its own.",
    "new": "Make a small complete course to begin with.",
    "preview": "Play a course while you write it.",
    "check": "Find every mistake in a course folder.",
    "verify": "Run a course and record what it prints.",
    "pack": "Pack a course into one archive, to hand out.",
    "key": "Make a key to sign courses with, or show its fingerprint.",
    "import": "Make a course of notebooks or another format.",
    "export": "Write a course as notebooks or in another format.",
    "studio": "Make a course of a brief with AI agents, and prove it.",
    "doctor": "Say whether all is well here; repair the record of your work.",
    "schema": "Print the JSON schema of the course format, for editors.",
}

# A command's module bears its name, unless Python has other plans with that word.
_MODULES: Final = {"import": "import_course"}


class LazyGroup(click.Group):
    """Lists every command without importing it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tui_tutor.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"{error.message}{hint}", ctx) from None


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: tui-tutor learn start-here",
)
@click.version_option(__version__, "-v", "-V", "--version", message="tui-tutor %(version)s")
@click.option("--plain", is_flag=True, help="Lines only: for screen readers and pipes.")
@click.option("--ascii", "is_ascii", is_flag=True, help="Draw with ASCII characters only.")
@click.option("--no-keep", is_flag=True, help="End with the terminal, also where sessions are kept.")
@click.pass_context
def group(ctx: click.Context, plain: bool, is_ascii: bool, no_keep: bool) -> None:
    """Learn by doing in a terminal. Without a command: open the library."""
    if ctx.invoked_subcommand is None:
        from tui_tutor.cli.learn import open_library

        ctx.exit(open_library(is_plain=plain, is_ascii=is_ascii, is_kept=not no_keep))


def main(argv: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code; a TutorError is one line on stderr."""
    # Plugins of whoever else is installed would run in our process, and finding none takes 8 ms.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    _open_closed_streams()
    try:
        outcome: Any = group.main(args=argv, prog_name="tui-tutor", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.ClickException as error:
        _show(error)
        sys.exit(error.exit_code)
    except TutorError as error:
        click.echo(f"tui-tutor: {safe_text(error.message)}", err=True)
        if error.help:
            click.echo(f"  {safe_text(error.help)}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe left: nothing more can be said
        sys.exit(1)
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        click.echo("tui-tutor: The output could not be written: the disk is full.", err=True)
        sys.exit(1)
    sys.exit(outcome if isinstance(outcome, int) else 0)


def _show(error: click.ClickException) -> None:
    """It may quote what was typed, such as the name of a stranger's file."""
    page = io.StringIO()
    error.show(page)
    click.echo(safe_text(page.getvalue()), nl=False, err=True)


def _open_closed_streams() -> None:
    """A stream that the caller closed (`<&-`, `>&-`) is an empty one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for the whole process

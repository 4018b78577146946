"""A command imports nothing heavy that it does not need, and every command says how it is used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from tui_tutor.cli.main import COMMANDS, group

ROOT = Path(__file__).parents[2]
HEAVY = frozenset(
    {
        "IPython",
        "PIL",
        "anthropic",
        "debugpy",
        "ipykernel",
        "jupyter_client",
        "matplotlib",
        "numpy",
        "pandas",
        "plotext",
        "pyte",
        "textual",
        "torch",
        "zmq",
    }
)
REPORT = """
import json, sys
from tui_tutor.cli.main import main
try:
    main(json.loads(sys.argv[1]))
except SystemExit as end:
    code = end.code
names = sorted({name.partition(".")[0] for name in sys.modules})
studio = sorted(name for name in sys.modules if name.startswith(("tui_tutor.studio", "tui_tutor.cli.studio")))
open(sys.argv[2], "w").write(json.dumps({"code": code, "modules": names, "studio": studio}))
"""
HEADLESS = (
    (),
    ("--version",),
    ("--help",),
    ("list", "--json"),
    ("results",),
    ("results", "--csv"),
    ("setup", "start-here"),
    ("check", str(ROOT / "courses/start-here"), "--strict"),
    ("schema",),
    ("verify", "--help"),
    ("new", "mine"),
    ("check", str(ROOT / "courses/start-here"), "--fix", "--dry-run"),
    ("pack", str(ROOT / "courses/start-here"), "-o", "start.zip"),
    ("key", "new", "my.key"),
    ("install", str(ROOT / "courses/start-here"), "--replace"),
    ("update", "--help"),
    ("remove", "--help"),
    ("import", str(ROOT / "README.md"), "-o", "imported"),
    ("export", "start-here", "--to", "ipynb", "-o", "notebooks"),
    ("export", "start-here", "--to", "md", "-o", "pages"),
    ("preview", str(ROOT / "courses/start-here"), "--plain"),
    ("learn", "start-here", "--plain"),
)
OF_THE_STUDIO = (
    ("studio", "--help"),
    ("studio", "new", "--help"),
    ("studio", "demo", "--help"),
)


def imported_by(command: tuple[str, ...], tmp_path: Path) -> dict[str, Any]:
    """The exit code of a command and what it has imported."""
    said = tmp_path / "said.json"
    environ = {**os.environ, "TUI_TUTOR_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-c", REPORT, json.dumps(command), str(said)],
        env=environ,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=60,
    )
    report: dict[str, Any] = json.loads(said.read_text())
    return report


@pytest.mark.parametrize("command", HEADLESS, ids=" ".join)
def test_a_headless_command_imports_nothing_heavy_and_nothing_of_the_studio(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    report = imported_by(command, tmp_path)
    heavy = HEAVY & set(report["modules"])
    listed = {"tui_tutor.cli.studio"} if command in {(), ("--help",)} else set()
    assert (report["code"], heavy, set(report["studio"]) - listed) == (0, frozenset(), set())


@pytest.mark.parametrize("command", OF_THE_STUDIO, ids=" ".join)
def test_the_studio_s_commands_are_known_before_the_studio_is_loaded(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    report = imported_by(command, tmp_path)
    assert (report["code"], report["studio"]) == (0, ["tui_tutor.cli.studio"])


def test_the_version_needs_nothing_of_the_core_but_errors_and_safe_text() -> None:
    listing = "import sys, tui_tutor.cli.main; print(*(n for n in sys.modules if n.startswith('tui_tutor.')))"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    own = {"tui_tutor.cli", "tui_tutor.cli.main", "tui_tutor.core"}
    assert set(done.stdout.split()) == own | {"tui_tutor.core.errors", "tui_tutor.core.safe_text"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_that_it_would_accept(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    epilog = command.epilog or ""
    assert epilog.startswith(f"Example: tui-tutor {name}")
    arguments = epilog.partition(f"tui-tutor {name}")[2].partition(">")[0].split()
    command.make_context(name, arguments)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_text_and_a_line_in_the_list(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert (command.help or "").strip() != ""
    assert COMMANDS[name].endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    texts = [page.read_text(encoding="utf-8") for page in pages]
    assert any(re.search(rf"\btui-tutor {name}\b", text) for text in texts)


def test_every_option_is_documented() -> None:
    text = (ROOT / "docs/interface.md").read_text(encoding="utf-8")
    options = {
        option
        for name in COMMANDS
        for parameter in group.get_command(click.Context(group), name).params  # type: ignore[union-attr]
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    }
    assert {option for option in options if option not in text} == set()

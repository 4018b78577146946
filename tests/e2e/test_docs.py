"""The documentation is true: its examples run, its links lead somewhere, its limits are those of the code.

A block fenced as `console` is run as it stands, in a folder with a copy of the courses: lines after `$ ` are
commands, what follows is what they print, `...` stands for any text. `console slow` starts kernels,
`console torch` needs the extra, `console shown` is not run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from tui_tutor.cli.main import COMMANDS, group
from tui_tutor.core.grading.comparing import same_output
from tui_tutor.plain.commands import ALIASES
from tui_tutor.plain.commands import COMMANDS as PLAIN_COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>.*)$")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_MARK = "--- end of one command ---"


@dataclass(frozen=True)
class Block:
    """One fenced block: the words after its fence, and its lines."""

    info: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def is_console(self) -> bool:
        return bool(self.info) and self.info[0] == "console" and "shown" not in self.info

    def commands(self) -> list[tuple[str, str]]:
        """(command, what it prints) pairs; a here-document belongs to its command."""
        found: list[tuple[list[str], list[str]]] = []
        closing = ""
        for line in self.lines:
            if closing:
                found[-1][0].append(line)
                closing = "" if line == closing else closing
            elif line.startswith("$ "):
                found.append(([line[2:]], []))
                here = re.search(r"<<'?(\w+)'?", line)
                closing = here[1] if here else ""
            else:
                found[-1][1].append(line)
        return [("\n".join(command), "\n".join(printed)) for command, printed in found]


def blocks_of(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, their indent taken away."""
    info: tuple[str, ...] | None = None
    indent, lines = "", []
    for line in page.read_text("utf-8").splitlines():
        fence = _FENCE.match(line)
        if info is None and fence:
            info, indent, lines = tuple(fence["info"].split()), fence["indent"], []
        elif info is not None and line.strip() == "```":
            yield Block(info, tuple(lines))
            info = None
        elif info is not None:
            lines.append(line.removeprefix(indent))


def prose_of(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def pages_with(word: str) -> set[str]:
    """Pages with a console block that has this word; "" stands for any word or none."""
    return {
        str(page.relative_to(ROOT))
        for page in PAGES
        for block in blocks_of(page)
        if block.is_console and word in (*block.info[1:], "")
    }


def a_place(folder: Path) -> dict[str, str]:
    """A folder to try examples in; gives the environment with the command `tui-tutor`."""
    shutil.copytree(ROOT / "courses", folder / "courses")
    program = folder / "bin" / "tui-tutor"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui_tutor "$@"\n', "utf-8")
    program.chmod(0o755)
    kept = {name: os.environ[name] for name in ("HOME", "LD_LIBRARY_PATH") if name in os.environ}
    return {
        **kept,
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "TUI_TUTOR_DATA": str(folder / "data"),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "OMP_NUM_THREADS": "1",
    }


def printed_by(block: Block, folder: Path, environment: dict[str, str]) -> list[str]:
    """What each command of a block prints, both streams; `$?` is that of the command before."""
    script = "".join(
        f"{command}\n_status=$?; printf '%s\\n' '{_MARK}'; (exit $_status)\n"
        for command, _ in block.commands()
    )
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=110, check=False,
    )  # fmt: skip
    return done.stdout.split(f"{_MARK}\n")[:-1]


def assert_blocks_print(page: str, folder: Path, *, without: str = "", only: str = "") -> None:
    """Run a page's blocks in order, in one folder: those without a word, or with it."""
    environment = a_place(folder)
    for block in blocks_of(ROOT / page):
        if not block.is_console or without in block.info or (only and only not in block.info):
            continue
        printed = printed_by(block, folder, environment)
        for (command, expected), actual in zip(block.commands(), printed, strict=True):
            difference = same_output(expected, actual)
            assert difference is None, f"{page}: $ {command}\n{difference}\nprinted:\n{actual}"


# --- examples ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted(pages_with("") - pages_with("slow")))
def test_every_example_prints_what_its_page_says(page: str, tmp_path: Path) -> None:
    assert_blocks_print(page, tmp_path, without="torch")


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted(pages_with("slow")))
def test_every_example_that_runs_code_prints_what_its_page_says(page: str, tmp_path: Path) -> None:
    assert_blocks_print(page, tmp_path, without="torch")


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.parametrize("page", sorted(pages_with("torch")))
def test_every_example_that_needs_torch_prints_what_its_page_says(page: str, tmp_path: Path) -> None:
    assert_blocks_print(page, tmp_path, only="torch")


def test_every_command_has_an_example_that_is_run() -> None:
    blocks = [block for page in PAGES for block in blocks_of(page) if block.is_console]
    ran = {
        word
        for block in blocks
        for command, _ in block.commands()
        for word in re.findall(r"tui-tutor (\S+)", command)
    }
    assert set(COMMANDS) | {"--version"} <= ran


# --- nothing is left out ----------------------------------------------------------------------------


def options_of(command: click.Command) -> set[str]:
    return {
        name for parameter in command.params if isinstance(parameter, click.Option) for name in parameter.opts
    }


def test_every_option_stands_in_the_page_on_commands() -> None:
    text = (ROOT / "docs/interface.md").read_text("utf-8")
    context = click.Context(group)
    wanted = options_of(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        assert f"tui-tutor {name}" in text
        wanted |= options_of(command)
    assert {name for name in wanted if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)} == set()


def test_every_variable_of_ours_stands_in_the_page_on_commands() -> None:
    sources = (path.read_text("utf-8") for path in (ROOT / "tui_tutor").rglob("*.py"))
    read = {name for source in sources for name in re.findall(r"TUI_TUTOR_[A-Z]+", source)}
    text = (ROOT / "docs/interface.md").read_text("utf-8")
    assert {name for name in read if f"`{name}`" not in text} == set()


def test_every_command_of_plain_mode_stands_in_the_learners_page() -> None:
    text = (ROOT / "docs/learners.md").read_text("utf-8")
    assert {
        name for name in (*PLAIN_COMMANDS, *ALIASES) if f"`{name}`" not in text and f"`{name} " not in text
    } == set()


def test_every_key_of_a_lesson_stands_in_the_learners_page() -> None:
    from tui_tutor.tui.screens.lesson import LessonScreen

    text = (ROOT / "docs/learners.md").read_text("utf-8")
    names = {"down": "↓", "up": "↑", "pagedown": "PgDn", "pageup": "PgUp", "slash": "/", "escape": "Esc"}
    missing = set()
    for key in {key for binding in LessonScreen.BINDINGS for key in binding.key.split(",")}:
        *held, last = key.split("+")
        shown = names.get(last, last if len(last) == 1 and not held else last.capitalize())
        shown = "+".join([*(part.capitalize() for part in held), shown])
        if f"`{shown}`" not in text and not ("1" <= shown <= "9"):
            missing.add(shown)
    assert missing == set()


def limits() -> list[tuple[str, str]]:
    """(limit, name in the code) of every row of the page on limits."""
    rows = [
        line for line in (ROOT / "docs/limits.md").read_text("utf-8").splitlines() if line.startswith("| ")
    ]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return [(row[1], row[2].strip("`")) for row in cells if len(row) == 3 and row[2].startswith("`")]


def test_the_page_on_limits_names_many() -> None:
    assert len(limits()) > 40


@pytest.mark.parametrize(("said", "name"), limits())
def test_every_limit_is_the_one_in_the_code(said: str, name: str) -> None:
    *module, constant = name.split(".")
    path = ROOT.joinpath("tui_tutor", *(part for part in module if part != "LIMITS")).with_suffix(".py")
    # Read, not imported: what runs inside the kernel takes itself out of the modules.
    found = re.search(
        rf"^ *{constant}\b[^=\n]*= ([\d_.]+)(?: << (\d+))?", path.read_text("utf-8"), re.MULTILINE
    )
    assert found is not None
    value = float(found[1]) * 2 ** int(found[2] or 0)
    number = re.match(r"[\d,.]+", said)
    assert number is not None
    assert float(number[0].replace(",", "")) == value


# --- links and pictures -----------------------------------------------------------------------------


def anchors_of(page: Path) -> set[str]:
    """The names under which the headings of a page can be linked to."""
    headings = re.findall(r"^#+ +(.+)$", prose_of(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [str(page.relative_to(ROOT)) for page in PAGES])
def test_every_relative_link_leads_somewhere(page: str) -> None:
    lost = []
    for link in _LINK.finditer(prose_of(ROOT / page)):
        target, _, anchor = link["target"].partition("#")
        if "://" in target:
            continue
        there = (ROOT / page).parent / target if target else ROOT / page
        if not there.exists() or (anchor and anchor not in anchors_of(there)):
            lost.append(link["target"])
    assert lost == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        targets = (link["target"].partition("#")[0] for link in _LINK.finditer(prose_of(page)))
        waiting += [(page.parent / target).resolve() for target in targets if target and "://" not in target]
    assert {page.relative_to(ROOT) for page in PAGES} - {page.relative_to(ROOT) for page in seen} == set()


def test_no_picture_is_larger_than_200_kb() -> None:
    pictures = [*ROOT.glob("docs/pictures/*.png"), *ROOT.glob("docs/pictures/*.svg")]
    assert pictures
    assert [picture.name for picture in pictures if picture.stat().st_size > 200_000] == []

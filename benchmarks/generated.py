"""Courses made on the fly, and the programs that are timed on them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.watching import Watcher

_REPOSITORY = Path(__file__).resolve().parents[1]
TUTOR = Path(sys.executable).with_name("tui-tutor")
FIRST_OUTPUT = "this is the first output"
COUNTING = 'n = globals().get("n", 0) + 1\nprint("run number", n)'


def environ(data: Path) -> dict[str, str]:
    """The learner's data in a folder of its own; Python's own caches are used, as at home."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.pop("PYTHONUNBUFFERED", None)
    return {"TUI_TUTOR_DATA": str(data), "PYTHONPATH": str(_REPOSITORY)}


def watch_tutor(data: Path, *arguments: str) -> Watcher:
    """`tui-tutor ...` on a pseudo-terminal of 120x36."""
    return Watcher([str(TUTOR), *arguments], environ(data))


def watch_lesson(data: Path, course: Path) -> Watcher:
    """The first lesson of a course, trusted."""
    return watch_tutor(data, "learn", str(course), "1", "--trust", "once")


def watch_floor(name: str, data: Path) -> Watcher:
    """A bare Textual app to compare with."""
    return Watcher([sys.executable, "-m", "benchmarks.floors", name], environ(data))


def write_course(
    folder: Path,
    lessons: Mapping[str, Sequence[str]],
    *,
    packages: Sequence[str] = (),
) -> Path:
    """A course of code cells with a sentence before each but the first; `lessons` holds their sources."""
    (folder / "lessons").mkdir(parents=True)
    ids = ", ".join(f'"{lesson}"' for lesson in lessons)
    needs = ", ".join(f'"{package}"' for package in packages)
    (folder / "course.toml").write_text(
        f'format = 1\nid = "{folder.name}"\ntitle = "Course {folder.name}"\nversion = "1.0.0"\n'
        f"lessons = [{ids}]\n[kernel]\npackages = [{needs}]\n"
    )
    for lesson, sources in lessons.items():
        cells = [_cell(number, source) for number, source in enumerate(sources)]
        text = f'title = "Lesson {lesson}"\nminutes = 5\nbloom = "apply"\nobjective = "Try"\n'
        (folder / "lessons" / f"{lesson}.toml").write_text(text + "".join(cells))
    return folder


def _cell(number: int, source: str) -> str:
    if source.startswith("#md "):
        return f'[[cell]]\nkind = "md"\nid = "c{number}"\ntext = """{source[4:]}"""\n'
    return f"[[cell]]\nkind = \"code\"\nid = \"c{number}\"\nsource = '''\n{source}\n'''\n"


def a_long_lesson(count: int) -> list[str]:
    """Cells as lessons have them: code of a few lines and prose of some sentences in turns."""
    prose = "#md " + "A *sentence* about `sampling` and its gradient, as lessons have them. " * 4
    code = "def step{0}(values):\n    # the mean of what came before\n    return sum(values) / len(values)\n"
    cells = [prose if number % 2 else code.format(number) for number in range(1, count)]
    return [f'print("{FIRST_OUTPUT[:8]}" + "{FIRST_OUTPUT[8:]}")', *cells]

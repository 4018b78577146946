"""How long `tui-tutor check` takes for a large course, without a flaw and with one in every lesson."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.generated import TUTOR, environ
from benchmarks.measuring import Figure, alternating_medians, elapsed_ms

LESSONS: Final = 500
ROUNDS: Final = 4  # of five cells each: 20 cells a lesson
WANTED = {"check of 500 lessons, 10,000 cells": "≤ 3 s"}
_FLOOR = "python -c pass"


def measure() -> list[Figure]:
    """Whole commands, as an author starts them."""
    with tempfile.TemporaryDirectory() as scratch:
        flawless = _write(Path(scratch) / "flawless", flaw="")
        flawed = _write(Path(scratch) / "flawed", flaw=" not")
        takes = (
            lambda: _check_s(flawless),
            lambda: _check_s(flawed),
            lambda: _check_s(flawed, "--fix", "--dry-run"),
        )
        clean, warned, mended = alternating_medians(takes, tries=3)
    return [
        ("check of 500 lessons, 10,000 cells", clean, "s", "", None),
        ("the same with 2,000 warnings", warned, "s", "", None),
        ("--fix --dry-run where nothing is to mend", mended, "s", "", None),
    ]


def _check_s(folder: Path, *options: str) -> float:
    env: Mapping[str, str] = {"PATH": "/usr/bin:/bin", **environ(folder.parent / "data")}
    command = [str(TUTOR), "check", str(folder), *options]
    return elapsed_ms(lambda: subprocess.run(command, check=True, capture_output=True, env=env)) / 1000


def _write(folder: Path, *, flaw: str) -> Path:
    (folder / "lessons").mkdir(parents=True)
    names = [f"lesson-{number:03}" for number in range(LESSONS)]
    listed = ", ".join(f'"{name}"' for name in names)
    head = f'format = 1\nid = "{folder.name}"\ntitle = "Large"\nversion = "1.0.0"\nlicense = "CC0-1.0"\n'
    (folder / "course.toml").write_text(f"{head}lessons = [{listed}]\n", "utf-8")
    for number, name in enumerate(names):
        (folder / "lessons" / f"{name}.toml").write_text(_lesson(number, names, flaw), "utf-8")
    return folder


def _lesson(number: int, names: list[str], flaw: str) -> str:
    required = f'requires = ["{names[number - 1]}"]\n' if number else ""
    head = f'title = "Lesson {number}"\nminutes = 20\nbloom = "apply"\nobjective = "Use step {number}"\n'
    prose = "A *sentence* about `sampling` and its gradient, as lessons have them. " * 6
    cells = (_CELLS.format(lesson=number, part=part, prose=prose, flaw=flaw) for part in range(ROUNDS))
    return head + required + "".join(cells)


_CELLS = """
[[cell]]
kind = "md"
id = "text-{part}"
text = '''
## Part {part}

{prose}
'''

[[cell]]
kind = "code"
id = "code-{part}"
source = '''
import math

def step_{lesson}_{part}(values):
    # the root of the mean of what came before
    total = sum(values)
    return math.sqrt(total / len(values))

result_{part} = step_{lesson}_{part}([1, 2, 3])
print(f"{{result_{part}:.3f}}")
'''
output = "1.414"

[[cell]]
kind = "viz"
id = "viz-{part}"
plot = "line"
y = "[result_{part}, 2, 3]"
alt = "A line that rises."

[[cell]]
kind = "ex"
id = "ex-{part}"
task = "Make `answer_{part}` the double of `result_{part}`."
starter = "answer_{part} = result_{part}"
solution = "answer_{part} = 2 * result_{part}"
hints = ["Twice as much."]
explain = "Doubling is multiplying by two."

[[cell.check]]
id = "twice"
kind = "close"
says = "the answer is twice the result"
expr = "answer_{part}"
to_py = "2 * result_{part}"

[[cell.wrong]]
source = "answer_{part} = result_{part}"
caught_by = "twice"

[[cell]]
kind = "quiz"
id = "quiz-{part}"
form = "choice"
question = "What does `step_{lesson}_{part}`{flaw} return for a list of {lesson} and {part}?"
hints = ["Look at the source."]
explain = "It takes the root of the mean."
shuffle = true

[[cell.option]]
text = "The root of the mean"
correct = true
feedback = "So it does."

[[cell.option]]
text = "The mean of the root"
feedback = "The other way round."

[[cell.option]]
text = "The sum of all values"
feedback = "That is only the first step."
"""

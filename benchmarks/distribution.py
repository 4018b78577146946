"""What packing and installing a large course cost, and the worst that a hostile archive can do: figures."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Figure, median
from tests.adapters.test_archive_hostile import HOSTILE
from tests.builders import a_course_folder, a_lesson, write_files

WANTED = {
    "pack + install, 49 MB, 1,000 files": "≤ 5000 ms",
    "pack + install, 49 MB, 4 files": "≤ 5000 ms",
    "hostile archives: the slowest refusal": "≤ 2000 ms",
    "hostile archives: memory added at most": "≤ 100 MB",
}
_BYTES = 49_000_000
_ROOT = Path(__file__).parents[1]


def measure() -> list[Figure]:
    """All figures; needs about a minute."""
    with tempfile.TemporaryDirectory() as folder:
        return [*measure_courses(Path(folder)), *measure_hostile(Path(folder))]


def measure_courses(folder: Path) -> Iterator[Figure]:
    """The commands as an instructor and a learner give them, over courses of half text, half noise."""
    for files in (1_000, 4):
        course = a_large_course(folder / f"of-{files}", files)
        rounds = [_pack_and_install(course, folder / f"{files}-{number}") for number in range(3)]
        for number, name in enumerate(("pack", "install", "pack + install")):
            ms = median(iter([round[number] for round in rounds]).__next__, tries=3)
            yield f"{name}, 49 MB, {files:,} files", ms, "ms", "", None


def a_large_course(folder: Path, files: int) -> Path:
    """A course of 49 MB in so many files, every second one incompressible."""
    size = _BYTES // files
    chance = random.Random(1)
    words = [chance.randbytes(4).hex() for _ in range(500)]
    text = " ".join(chance.choices(words, k=size // 9 + 1)).encode()[:size]
    parts = {f"files/{n:04}": chance.randbytes(size) if n % 2 else text for n in range(files)}
    return write_files(a_course_folder(folder, lessons=[a_lesson()], license="MIT"), parts)


def _pack_and_install(course: Path, place: Path) -> tuple[float, float, float]:
    place.mkdir()
    archive = place / "course.zip"
    packing = _run_ms(place, "pack", str(course), "-o", str(archive))
    installing = _run_ms(place, "install", str(archive))
    return packing, installing, packing + installing


def _run_ms(place: Path, *arguments: str) -> float:
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "TUI_TUTOR_DATA": str(place / "data")}
    start = time.perf_counter()
    command = [sys.executable, "-m", "tui_tutor", *arguments]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    return (time.perf_counter() - start) * 1000


_REFUSING = """
import sys, time
from pathlib import Path
from tui_tutor.core.errors import TutorError
from tui_tutor.shelf.archive import unpack
def most_kb():
    # Not ru_maxrss: that begins with what the process that started us had.
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM:")).split()[1])
before, slowest = most_kb(), 0.0
for path in sorted(Path(sys.argv[1]).glob("*.zip")):
    start = time.perf_counter()
    try:
        unpack(path, Path(sys.argv[1]) / "courses")
    except TutorError:
        slowest = max(slowest, time.perf_counter() - start)
print(slowest * 1000, (most_kb() - before) / 1024)
"""


def measure_hostile(folder: Path) -> Iterator[Figure]:
    """Every form that the tests know, refused one after the other in one process."""
    place = folder / "hostile"
    place.mkdir()
    for number, (build, _) in enumerate(HOSTILE.values()):
        (place / f"{number}.zip").write_bytes(build())
    command = [sys.executable, "-c", _REFUSING, str(place)]
    told = subprocess.check_output(command, cwd=_ROOT, text=True).split()
    yield "hostile archives: the slowest refusal", float(told[0]), "ms", f"{len(HOSTILE)} forms", None
    yield "hostile archives: memory added at most", float(told[1]), "MB", "", None

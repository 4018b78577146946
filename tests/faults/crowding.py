"""Several instances that answer at once, on one record."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.faults.injecting import PLACE, ROOT
from tests.faults.scenarios import COURSE
from tui_tutor.store.sqlite import open_store

_WRITER = """
import sys
from pathlib import Path
from tests.builders import a_record
from tui_tutor.store.sqlite import open_store
store = open_store(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    store.append([a_record("attempted", "quiz-1", writer=int(sys.argv[3]), number=number)])
store.close()
print(store.notice, end="")
"""


@dataclass(frozen=True)
class Crowd:
    """What came of it."""

    wanted: int
    stored: int
    said: tuple[str, ...]

    def line(self) -> str:
        """For people."""
        return f"at once   {self.stored:,} of {self.wanted:,} answers stored, {len(self.said)} errors shown"

    def faults(self) -> list[str]:
        """What should not be."""
        missing = [f"at once: {self.wanted - self.stored} missing"] if self.stored != self.wanted else []
        return [*self.said, *missing]


def crowded(*, writers: int, answers: int) -> Crowd:
    """So many processes give so many answers each."""
    with tempfile.TemporaryDirectory(prefix="faults-", dir=PLACE) as place:
        path = Path(place) / "progress.db"
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", _WRITER, str(path), str(answers), str(number)],
                cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )
            for number in range(writers)
        ]  # fmt: skip
        said = [process.communicate()[0] for process in processes]
        store = open_store(path)
        stored = {(one.data["writer"], one.data["number"]) for one in store.attempts(COURSE)}
        store.close()
    return Crowd(writers * answers, len(stored), tuple(line for line in said if line))

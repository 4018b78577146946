"""`python -m tests.faults`: what faults cost a learner, in figures; `--short` for a first look."""

from __future__ import annotations

import sys
import time

from tests.faults.crowding import crowded
from tests.faults.damaging import damaged
from tests.faults.ending import KINDS, filled, injected
from tests.faults.fuzzing import fuzzed
from tests.faults.injecting import Injector
from tests.faults.playing import played

# Injections of each kind: 500 of those that end a program.
LONG = {"answer": 120, "backup": 90, "migrate": 60, "repair": 70, "install": 60, "update": 100}
DISKS, DATABASES, ENDS, STRINGS = 100, 300, 40, 1_000_000


def main() -> int:
    """Print the figures; 1 if one of them is not what the page on safety promises."""
    share = 10 if "--short" in sys.argv else 1
    started = time.monotonic()
    injector = Injector()
    parts = [injected(injector, name, LONG[name] // share) for name in KINDS]
    parts.append(filled(injector, DISKS // share))
    injector.close()
    for part in parts:
        print(part.line())
    recovery = damaged(max(28, DATABASES // share))
    print(recovery.line())
    crowd = crowded(writers=4, answers=500 // share)
    print(crowd.line())
    play = played(max(4, ENDS // share))
    print(play.line())
    texts = fuzzed(STRINGS // share)
    print(texts.line())
    problems = [problem for part in parts for problem in part.problems]
    problems += [*recovery.faults(), *crowd.faults(), *play.faults(), *texts.leaks]
    print("".join(f"  {problem}\n" for problem in problems), end="")
    print(f"{time.monotonic() - started:.0f} s")
    is_good = not problems and not any(part.lost or part.unsound for part in parts)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.faults`: what faults cost a learner, in figures; `--short` for a first look."""

from __future__ import annotations

import sys
import time

from tests.faults.cheating import cheated
from tests.faults.crowding import crowded
from tests.faults.damaging import damaged
from tests.faults.ending import KINDS, filled, injected
from tests.faults.flooding import flooded
from tests.faults.fuzzing import fuzzed
from tests.faults.injecting import Injector
from tests.faults.playing import played
from tests.faults.steering import steered

# Injections of each kind: 500 of those that end a program.
LONG = {"answer": 120, "backup": 90, "migrate": 60, "repair": 70, "install": 60, "update": 100}
DISKS, DATABASES, ENDS = 100, 300, 40
TEXTS, FLOOD_MB = 1_000_000, (1_000, 50)


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
    gate = fuzzed(20_000 if share > 1 else TEXTS)
    print(gate.line())
    floods = flooded(FLOOD_MB[share > 1])
    for flood in floods:
        print(flood.line())
    steering = steered(100_000 // share)
    print(steering.line())
    print("cheating  begins: it takes ten minutes" if share == 1 else "cheating  begins")
    cheating = cheated(is_short=share > 1)
    print(cheating.line())
    problems = [problem for part in parts for problem in part.problems]
    problems += [*recovery.faults(), *crowd.faults(), *play.faults()]
    problems += [*steering.leaks, *gate.faults(), *cheating.faults()]
    problems += [fault for flood in floods for fault in flood.faults()]
    print("".join(f"  {problem}\n" for problem in problems), end="")
    print(f"{time.monotonic() - started:.0f} s")
    is_good = not problems and not any(part.lost or part.unsound for part in parts)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())

"""What the programs do that are ended in the middle; each tells what a learner was told."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.builders import a_course_folder, a_lesson, a_markdown, a_quiz, a_record
from tui_tutor.cli.wiring import finish_updates
from tui_tutor.core.errors import TutorError
from tui_tutor.shelf.installing import Installer
from tui_tutor.shelf.updating import offered
from tui_tutor.store import backing_up, migrating
from tui_tutor.store.sqlite import SqliteStore, open_store

Job = dict[str, Any]
Tell = Callable[[str], None]

STEPS = migrating.migrations()
NEXT_STEPS = (
    *STEPS,
    "create table extra (x);\ninsert into extra values (1);\ncreate index by_x on extra (x);",
)
ANSWERS = 12
COURSE = "a-course"


def answer(store: SqliteStore, number: int, size: int = 200) -> None:
    """One answer, of no two the same; it is acknowledged when this returns."""
    text = random.Random(number).randbytes(size // 2 + 1).hex()[:size]
    store.append([a_record("attempted", "quiz-1", number=number, answer=f"answer {number}", text=text)])


def numbers(store: SqliteStore) -> list[int]:
    """The answers that are in the log."""
    return [record.data.get("number", -1) for record in store.attempts(COURSE)]


def database(folder: Path) -> Path:
    return folder / "progress.db"


# --- the learner's record ---------------------------------------------------------------------------


def answering(job: Job, tell: Tell) -> None:
    """A session: the record is opened, answers are given, it is closed (with a backup)."""
    store = open_store(database(Path(job["folder"])))
    first = max(numbers(store), default=-1) + 1
    for number in range(first, first + job.get("answers", ANSWERS)):
        answer(store, number)
        tell(str(number))
    store.close()


def backing(job: Job, tell: Tell) -> None:
    """A backup among older ones, of which some are thrown away."""
    path = database(Path(job["folder"]))
    now = datetime.now(UTC)
    for minutes in (0, 1, 2, 60 * 30, 60 * 31):
        backing_up.back_up(path, now - timedelta(minutes=minutes))


def migrating_(job: Job, tell: Tell) -> None:
    """A newer version opens the record."""
    SqliteStore(database(Path(job["folder"])), steps=NEXT_STEPS).close()


def repairing(job: Job, tell: Tell) -> None:
    """A damaged record is opened."""
    store = open_store(database(Path(job["folder"])))
    tell(str(len(numbers(store))))
    store.close()


def filling(job: Job, tell: Tell) -> None:
    """Answers until the disk is full; then there is room, and the one that was refused is given anew."""
    folder = Path(job["folder"])
    room = job["room"]
    with _small_disk(folder, room) as free:
        path = database(folder)
        store = open_store(path)
        if not store.is_saving:
            free()
            store = open_store(path)
        number = 0
        while number < job["answers"]:
            try:
                answer(store, number, size=job["size"])
            except TutorError:
                tell("refused")
                free()
                answer(store, number, size=job["size"])
            tell(str(number))
            number += 1
        stored, sound = numbers(store), store._connection.execute("pragma integrity_check").fetchone()[0]
        store.close()
        tell(f"stored {len(stored)} {stored == list(range(number))} {sound}")


@contextlib.contextmanager
def _small_disk(folder: Path, room: int) -> Any:
    """A disk of 4 MB with so much room, and what makes more; a limit on files where it cannot be mounted."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        return
    ballast = folder / "ballast"
    with open(ballast, "wb") as file:
        file.write(bytes(max(0, 4 * 2**20 - room - 8192)))
    try:
        yield lambda: ballast.unlink(missing_ok=True)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


# --- the library ------------------------------------------------------------------------------------


def version(folder: Path, number: int) -> Path:
    """A course whose quiz has another place in the second version."""
    lessons = [a_lesson([a_markdown(), a_quiz()]), a_lesson([a_markdown()], id="second", title="Second")]
    if number == 2:
        lessons = [a_lesson([a_markdown()]), a_lesson([a_markdown(), a_quiz()], id="second", title="Second")]
    return a_course_folder(folder / f"version-{number}", lessons=lessons, version=f"{number}.0.0")


def installer(folder: Path) -> Installer:
    return Installer(None, folder / "data")


def installing(job: Job, tell: Tell) -> None:
    """A course is installed."""
    folder = Path(job["folder"])
    installer(folder).add(str(folder / "version-1" / COURSE), report=lambda _: None)
    tell("installed")


def updating(job: Job, tell: Tell) -> None:
    """Its next version is taken; answers go with the cell that was moved."""
    folder = Path(job["folder"])
    here = installer(folder)
    store = open_store(database(folder / "data"))
    source = str(folder / "version-2" / COURSE)
    with offered(here, COURSE, store.places(COURSE), source=source, report=lambda _: None) as offer:
        offer.take()
    finish_updates(store, folder / "data")
    store.close()
    tell("updated")


SCENARIOS: dict[str, Callable[[Job, Tell], None]] = {
    "answer": answering,
    "backup": backing,
    "migrate": migrating_,
    "repair": repairing,
    "full": filling,
    "install": installing,
    "update": updating,
}
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

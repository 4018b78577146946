"""State restored: a new kernel is where the last one was, and the log does not know of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.adapters.visiting import LESSON, Visit, run_first, visit
from tests.builders import a_code, a_lesson
from tui_tutor.core.course import Lesson
from tui_tutor.core.study.events import (
    InterruptRequested,
    RestartRequested,
    RunRequested,
    TrustAnswered,
)
from tui_tutor.core.study.state import DIFFERS
from tui_tutor.session import replaying

pytestmark = pytest.mark.slow


async def nothing(visit: Visit) -> None:
    del visit


# --- what comes back --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", range(1, len(LESSON.visible_cells) + 1))
def test_a_killed_visit_is_there_again_after_every_cell(tmp_path: Path, count: int) -> None:
    before = run_first(tmp_path, count)

    async def look(visit: Visit) -> None:
        assert await visit.fingerprint() == before
        assert not [notice for notice in visit.noticed if "else" in notice or "stopped" in notice]

    visit(tmp_path, look)


def test_nothing_of_it_enters_the_log_and_commands_do_not_run_again(tmp_path: Path) -> None:
    run_first(tmp_path, len(LESSON.visible_cells))

    async def look(visit: Visit) -> None:
        assert visit.records("ran") == len(LESSON.visible_cells)
        assert visit.records("attempted") == 0
        assert (tmp_path / "work/log.txt").read_text("utf-8") == "run\n"

    visit(tmp_path, look)
    visit(tmp_path, look)


def test_what_was_restored_is_no_longer_from_the_last_visit(tmp_path: Path) -> None:
    run_first(tmp_path, len(LESSON.visible_cells))

    async def look(visit: Visit) -> None:
        states = [visit.study.state(cell) for cell in ("imports", "draw", "ask", "fails", "ex-1", "sum")]
        assert [(state.count, state.stale) for state in states] == [(n, "") for n in range(1, 7)]
        assert visit.study.state("ask").transcript.text() == "who? Ada\nhello Ada"

    visit(tmp_path, look)


def test_a_cell_that_needs_what_ran_yesterday_runs_at_once(tmp_path: Path) -> None:
    run_first(tmp_path, 5)

    async def go_on(visit: Visit) -> None:
        await visit.run("sum")
        assert visit.study.state("sum").transcript.text() == "26"

    visit(tmp_path, go_on, restores=False)


def test_without_trust_nothing_runs_and_after_the_yes_all_does(tmp_path: Path) -> None:
    run_first(tmp_path, 3)

    async def answer(visit: Visit) -> None:
        assert (visit.study.restoring, visit.session.is_started) == (None, False)
        visit.performer.dispatch(RunRequested("fails", visit.now()))
        visit.performer.dispatch(TrustAnswered("once", visit.now()))
        await visit.performer.settle()
        assert [visit.study.state(cell).count for cell in ("imports", "draw", "ask", "fails")] == [1, 2, 3, 4]

    visit(tmp_path, answer, trust="unknown")


# --- the learner meanwhile --------------------------------------------------------------------------

SLOW = a_lesson(
    [a_code("import time\ntime.sleep(20 if ready else 0)\nx = 1", id="slow"), a_code("x", id="use")],
    setup_source="ready = __import__('os').path.exists('ready')",
)


async def until(visit: Visit, cell_id: str) -> None:
    """Wait until this cell is being done again."""
    for _ in range(2000):
        if visit.study.restoring is not None and visit.study.restoring.cell_id == cell_id:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{cell_id} is not done again")


def after_a_first_visit(folder: Path, lesson: Lesson) -> None:
    """Every cell has run; from now on those that look for `ready` take their time."""

    async def run_all(visit: Visit) -> None:
        for cell in lesson.visible_cells:
            await visit.run(cell.id)

    visit(folder, run_all, lesson=lesson)
    (folder / "work/ready").touch()


def while_restoring(
    folder: Path, cell_id: str, act: Callable[[Visit], Awaitable[None]], *, lesson: Lesson = SLOW
) -> None:
    """Do something in a second visit while it is at this cell again."""

    async def begin(visit: Visit) -> None:
        visit.performer.restore()
        await until(visit, cell_id)
        await act(visit)

    after_a_first_visit(folder, lesson)
    visit(folder, begin, lesson=lesson, restores=False)


def test_a_run_asked_for_meanwhile_waits_and_a_stop_skips_to_it(tmp_path: Path) -> None:
    async def skip(visit: Visit) -> None:
        visit.performer.dispatch(RunRequested("use", visit.now()))
        assert (visit.study.state("use").status, visit.study.running) == ("queued", "")
        visit.performer.dispatch(InterruptRequested(visit.now()))
        await visit.performer.settle()
        assert visit.study.state("use").status == "failed"
        assert "Restoring was stopped, 0 of 2 cells ran again. Run the rest when you want." in visit.noticed

    while_restoring(tmp_path, "slow", skip)


def test_a_stop_reaches_a_setup_and_the_setup_runs_again_before_the_next_run(tmp_path: Path) -> None:
    setup = "import os, time\nif os.path.exists('ready'):\n    os.remove('ready'); time.sleep(60)\nbase = 1"
    lesson = a_lesson([a_code("base", id="use")], setup_source=setup)

    async def skip(visit: Visit) -> None:
        visit.performer.restore()
        while (tmp_path / "work/ready").exists():  # noqa: ASYNC110 - another process removes it
            await asyncio.sleep(0.01)
        visit.performer.dispatch(InterruptRequested(visit.now()))
        await visit.performer.settle()
        assert visit.noticed == ["Restoring was stopped, 0 of 1 cell ran again. Run the rest when you want."]
        await visit.run("use")
        assert visit.study.state("use").transcript.text() == "1"

    visit(tmp_path, lambda one: one.run("use"), lesson=lesson)
    (tmp_path / "work/ready").touch()
    visit(tmp_path, skip, lesson=lesson, restores=False)


def test_a_second_stop_of_what_does_not_stop_is_told_with_the_end_of_its_kernel(tmp_path: Path) -> None:
    stubborn = """import os, time
while os.path.exists('ready'):
    try: time.sleep(9)
    except KeyboardInterrupt: pass"""
    lesson = a_lesson([a_code("a = 1", id="a"), a_code(stubborn, id="stubborn")])

    async def stop_twice(visit: Visit) -> None:
        while visit.study.kernel != "busy":  # noqa: ASYNC110 - the kernel says when
            await asyncio.sleep(0.01)
        for _ in range(2):
            visit.performer.dispatch(InterruptRequested(visit.now()))
            await asyncio.sleep(0.2)
        await visit.performer.settle()
        assert visit.study.kernel == "dead"
        assert "did not stop when asked" in visit.noticed[-1]

    while_restoring(tmp_path, "stubborn", stop_twice, lesson=lesson)


def test_a_new_kernel_ends_it(tmp_path: Path) -> None:
    async def restart(visit: Visit) -> None:
        visit.performer.dispatch(RestartRequested(visit.now()))
        await visit.performer.settle()
        assert (visit.study.restoring, visit.study.kernel) == (None, "idle")
        assert visit.session.holds("first")

    while_restoring(tmp_path, "slow", restart)


def test_leaving_ends_it_and_coming_back_begins_it_again(tmp_path: Path) -> None:
    async def leave(visit: Visit) -> None:
        visit.performer.dispatch(RunRequested("use", visit.now()))
        await visit.performer.close()
        assert (visit.study.running, visit.study.restoring) == ("", None)
        assert not visit.session.holds("first")

    while_restoring(tmp_path, "slow", leave)


def test_it_ends_at_its_time_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    after_a_first_visit(tmp_path, SLOW)
    monkeypatch.setattr(replaying, "RESTORE_LIMIT_S", 0.5)

    async def look(visit: Visit) -> None:
        assert visit.noticed == [
            "Restoring stopped, 0 of 2 cells ran again: cell [1] takes too long."
            " Run it and the rest when you want."
        ]

    visit(tmp_path, look, lesson=SLOW)


# --- what cannot come back --------------------------------------------------------------------------


def after_a_visit(folder: Path, *sources: str, then: dict[str, str] | None = None) -> Visit:
    """Run these sources in one visit, change files, restore in the next: what was said then."""
    cells = [a_code(source, id=f"c{number}") for number, source in enumerate(sources, 1)]
    lesson = a_lesson(cells)

    async def run_all(visit: Visit) -> None:
        for cell in cells:
            await visit.run(cell.id, answers=("secret",))

    async def seen(visit: Visit) -> Visit:
        return visit

    visit(folder, run_all, lesson=lesson)
    for path, text in (then or {}).items():
        (folder / "work" / path).write_text(text, "utf-8")
    found = visit(folder, seen, lesson=lesson)
    assert isinstance(found, Visit)
    return found


def test_what_prints_something_else_is_named_and_shown(tmp_path: Path) -> None:
    found = after_a_visit(tmp_path, "import uuid", "print(uuid.uuid4())", "object()")
    assert found.noticed == ["In [2] now prints something else. 3 cells ran again; random values may differ."]
    assert [found.study.state(cell).stale for cell in ("c1", "c2", "c3")] == ["", DIFFERS, ""]


def test_an_error_that_was_not_there_ends_it(tmp_path: Path) -> None:
    read = "import os\nif os.path.exists('gone'): raise OSError('it is gone')"
    found = after_a_visit(tmp_path, "a = 1", read, "b = 2", then={"gone": ""})
    assert found.noticed == [
        "Restoring stopped, 1 of 3 cells ran again: cell [2] now ends with OSError: it is gone."
    ]
    assert [found.study.state(cell).count for cell in ("c1", "c2", "c3")] == [1, None, None]


def test_a_secret_is_not_kept_so_it_ends_there(tmp_path: Path) -> None:
    found = after_a_visit(tmp_path, "import getpass\nword = getpass.getpass('word? ')", "len(word)")
    assert found.noticed == [
        "Restoring stopped, 0 of 2 cells ran again: cell [1] asks for a line that was not kept."
    ]
    assert b"secret" not in (tmp_path / "progress.db").read_bytes()


def test_a_kernel_that_dies_of_it_is_told_and_the_next_run_has_another(tmp_path: Path) -> None:
    die = "import os\nif os.path.exists('deadly'): os._exit(3)"

    found = after_a_visit(tmp_path, "a = 1", die, then={"deadly": ""})
    assert found.study.kernel == "dead"
    assert found.noticed[-1].startswith("The kernel stopped while cell [2] ran again")
    assert found.noticed[-1].endswith("Your work is kept. F8 starts a new one.")


def test_what_ran_before_a_new_kernel_does_not_come_back(tmp_path: Path) -> None:
    lesson = a_lesson([a_code("a = 1", id="one"), a_code("b = 2", id="two")])

    async def act(visit: Visit) -> None:
        await visit.run("one")
        visit.performer.dispatch(RestartRequested(visit.now()))
        await visit.performer.settle()
        await visit.run("two")

    async def look(visit: Visit) -> str:
        return await visit.fingerprint()

    visit(tmp_path, act, lesson=lesson)
    held = visit(tmp_path, look, lesson=lesson)
    assert '"b": "2"' in held
    assert '"a"' not in held


def test_what_the_kernel_holds_does_not_run_again_when_its_lesson_is_opened_again(tmp_path: Path) -> None:
    async def leave_and_return(visit: Visit) -> None:
        await visit.run("slow")
        await visit.performer.close()
        assert visit.again(SLOW).reruns == ()
        visit.session.is_dead = True
        await visit.session.restart_kernel()
        assert [rerun.cell_id for rerun in visit.again(SLOW).reruns] == ["slow"]

    visit(tmp_path, leave_and_return, lesson=SLOW)

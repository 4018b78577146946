"""Restoring: what a learner sees while runs of the last visit are done again. None of it enters the log."""

from __future__ import annotations

from dataclasses import replace

from tui_tutor.core.study.events import Effect, RerunBegan, RerunEnded, RestoreEnded, RestoreNames
from tui_tutor.core.study.remembering import status_of
from tui_tutor.core.study.replaying import says_the_same
from tui_tutor.core.study.state import DIFFERS, OLD_VISIT, CellState, KernelStatus, Notice, Restoring, Study
from tui_tutor.core.wording.restoring import is_alarming, restored_words

Step = tuple[Study, tuple[Effect, ...]]


def begin_restoring(study: Study) -> Step:
    """Order what must run again, once, when code of the course may run."""
    if not study.reruns or study.trust in ("unknown", "refused"):
        return study, ()
    total = len({rerun.cell_id for rerun in study.reruns})
    begun = Restoring(total, reruns=study.reruns)
    return replace(study, restoring=begun, reruns=()), (RestoreNames(study.reruns),)


def begin_rerun(study: Study, event: RerunBegan) -> Study:
    """`done` counts the cells that had their turn."""
    if study.restoring is None:
        return study
    return replace(study, kernel="busy", restoring=replace(study.restoring, cell_id=event.rerun.cell_id))


def end_rerun(study: Study, event: RerunEnded) -> Study:
    """The output of the last visit stays, unless this run said something else; it has a count again."""
    restoring, rerun = study.restoring, event.rerun
    if restoring is None or rerun.is_early:
        return study
    is_same = says_the_same(rerun, event.transcript)
    differing = restoring.differing if is_same else (*restoring.differing, rerun.cell_id)
    study = replace(study, restoring=replace(restoring, done=restoring.done + 1, differing=differing))
    state = study.cells.get(rerun.cell_id)
    if state is None or state.is_busy or state.ran_source != rerun.source:
        return study  # the learner has begun it anew, or its author took it away
    return study.with_cell(rerun.cell_id, _same(state, event) if is_same else _differing(state, event))


def _same(state: CellState, event: RerunEnded) -> CellState:
    # The log keeps text alone; the run has the pictures and colours too.
    stale = "" if state.stale == OLD_VISIT else state.stale
    return replace(state, transcript=event.transcript, count=event.end.execution_count, stale=stale)


def _differing(state: CellState, event: RerunEnded) -> CellState:
    return replace(
        state,
        transcript=event.transcript,
        status=status_of(event.end.outcome),
        count=event.end.execution_count,
        elapsed_ms=event.end.elapsed_ms,
        stale=DIFFERS if state.stale == OLD_VISIT else state.stale,
    )


def end_restoring(study: Study, event: RestoreEnded) -> Study:
    """Say how it went; what was asked for meanwhile comes next."""
    restoring = study.restoring
    if restoring is None:
        return study
    if event.why == "refused":  # no kernel, or no setup: when there is one it begins anew
        return replace(study, restoring=None, reruns=restoring.reruns)
    status: KernelStatus = "dead" if event.why == "died" else "idle"
    kernel = status if study.kernel == "busy" or status == "dead" else study.kernel
    words = restored_words(study, restoring, event)
    notice = Notice(words, is_alarm=is_alarming(event)) if words else study.notice
    is_as_before = event.why == "done" and not restoring.differing and not study.left_out
    stopped_at = event.at if event.why == "stopped" else study.stopped_at
    study = replace(study, restoring=None, kernel=kernel, notice=notice, left_out=(), stopped_at=stopped_at)
    return _plots_fit(study) if is_as_before else study


def _plots_fit(study: Study) -> Study:
    """Plots of the last visit show what the kernel holds again."""
    for cell in study.lesson.cells:
        if cell.kind == "viz" and study.state(cell.id).stale == OLD_VISIT:
            study = study.changed(cell.id, stale="")
    return study

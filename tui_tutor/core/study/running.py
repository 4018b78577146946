"""Running: the queue, what a run says, the kernel's life, the trust question, plots after a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from tui_tutor.core.course import (
    Cell,
    CodeCell,
    ExerciseCell,
    ShellCell,
    VizCell,
)
from tui_tutor.core.execution import (
    ErrorRaised,
    Finished,
    InputAsked,
    LivePlotted,
    Outcome,
    RunEvent,
    Started,
)
from tui_tutor.core.output import Transcript
from tui_tutor.core.plotting.data import PlotData, plot_data_from_json
from tui_tutor.core.study.events import (
    AskTrust,
    CheckAnswer,
    CheckRequested,
    Effect,
    EvaluatePlots,
    GiveInput,
    GradeAnswer,
    GrantTrust,
    HiddenRun,
    InputGiven,
    InterruptRun,
    KernelDied,
    KernelStarted,
    OutputGuessed,
    Plotted,
    Remember,
    RestartKernel,
    RunCode,
    RunRefused,
    RunReported,
    RunScript,
    TrustAnswered,
)
from tui_tutor.core.study.remembering import (
    plot_record,
    run_record,
    status_of,
)
from tui_tutor.core.study.replaying import shown_line
from tui_tutor.core.study.restoring import begin_restoring
from tui_tutor.core.study.state import (
    EDITED,
    CellState,
    CellStatus,
    GivenLine,
    KernelStatus,
    Notice,
    Study,
    Why,
    hidden_before,
    is_runnable,
    uses_shell,
)
from tui_tutor.core.wording.labels import plain_label

Step = tuple[Study, tuple[Effect, ...]]

RIGHT_BEHIND_S: Final = 0.3
NEW_KERNEL: Final = "New kernel. Cells above have not run in it yet."


def runs_above(study: Study, cell_id: str) -> tuple[tuple[str, Why], ...]:
    """Code cells from the top to this one, and this one if it runs at all."""
    wanted: list[tuple[str, Why]] = []
    for cell in study.visible:
        if isinstance(cell, CodeCell) or (cell.id == cell_id and is_runnable(cell)):
            wanted.append((cell.id, "run"))
        if cell.id == cell_id:
            break
    return tuple(wanted)


def request_check(study: Study, event: CheckRequested) -> Step:
    cell, state = study.cell(event.cell_id), study.state(event.cell_id)
    if not isinstance(cell, ExerciseCell | ShellCell):
        return study, ()
    if not cell.check:
        return replace(study, notice=Notice("There is nothing to check here; F5 runs it.")), ()
    is_fresh = study.last_run == cell.id and state.status == "ok" and not _needs_run(study, cell)
    if is_fresh and not study.running:
        return study, (CheckAnswer(cell.id, state.source),)
    return request_runs(study, ((cell.id, "check"),), event.at)


def _needs_run(study: Study, cell: Cell) -> bool:
    state = study.state(cell.id)
    return state.ran_source != state.source or bool(state.stale) or bool(state.files)


def request_runs(study: Study, wanted: tuple[tuple[str, Why], ...], at: datetime) -> Step:
    wanted = tuple((cell_id, why) for cell_id, why in wanted if is_runnable(study.cell(cell_id)))
    if not wanted:
        return study, ()
    if study.trust in ("unknown", "refused"):
        return replace(study, wished=wanted), (AskTrust(),)
    first, state = study.cell(wanted[0][0]), study.state(wanted[0][0])
    if isinstance(first, CodeCell) and first.ask_first and state.guess is None and state.ran_source is None:
        return replace(study, asks_guess=first.id, at_cell=first.id, wished=wanted), ()
    study, effects = begin_restoring(replace(study, stopped_at=None))
    for cell_id, why in wanted:
        study = _queued(study, cell_id, why)
    study, more = start_next(study, at)
    return study, (*effects, *more)


def _queued(study: Study, cell_id: str, why: Why) -> Study:
    if study.state(cell_id).is_busy:
        return study
    study = replace(study, queue=(*study.queue, (cell_id, why)))
    return study.changed(cell_id, status="queued", why=why, status_before=study.state(cell_id).status)


def start_next(study: Study, at: datetime) -> Step:
    """Begin the run that waits longest, unless the kernel has something to do."""
    if study.running or study.restoring is not None or not study.queue:
        return study, ()
    (cell_id, why), *rest = study.queue
    cell, state = study.cell(cell_id), study.state(cell_id)
    study = replace(study, queue=tuple(rest), running=cell_id, notice=None)
    kernel = study.kernel if uses_shell(cell) else "busy"
    state = replace(state, status="running", why=why, started_at=at, ran_source=state.source, reason="")
    study = replace(study, kernel=kernel).with_cell(cell_id, state)
    return study, (_run_effect(study, cell),)


def _run_effect(study: Study, cell: Cell) -> Effect:
    state = study.state(cell.id)
    timeout_s = getattr(cell, "timeout_s", None) or study.course.kernel.timeout_s
    match cell:
        case ShellCell():
            return RunScript(cell.id, state.source, timeout_s, cell.shell, cell.tty, cell.stdin)
        case ExerciseCell() if uses_shell(cell):
            return RunScript(cell.id, cell.run or state.source, timeout_s, files=tuple(state.files.items()))
        case _:
            return RunCode(cell.id, state.source, timeout_s, _hidden_before(study, cell.id))


def _hidden_before(study: Study, cell_id: str) -> tuple[HiddenRun, ...]:
    return tuple(HiddenRun(cell.id, cell.source) for cell in hidden_before(study, cell_id))


def take_guess(study: Study, event: OutputGuessed) -> Step:
    wished = study.wished or ((event.cell_id, "run"),)
    study = replace(study.changed(event.cell_id, guess=event.text), asks_guess="", wished=())
    return request_runs(study, wished, event.at)


def take_refusal(study: Study, event: RunRefused) -> Study:
    """The cell that waited is as it was; what was to run after it does not run either."""
    state = study.state(event.cell_id)
    if study.running != event.cell_id or state.status != "running":
        return study
    before: CellStatus = "idle" if state.count is None and state.transcript.is_empty else "ok"
    status = "idle" if state.is_recorded else before
    kernel = "idle" if study.kernel == "busy" else study.kernel
    study = replace(study, running="", kernel=kernel)
    ran_source = None if status == "idle" else state.ran_source
    return dropped_queue(study.changed(event.cell_id, status=status, ran_source=ran_source, started_at=None))


def take_report(study: Study, event: RunReported) -> Step:
    effects: list[Effect] = []
    for run_event in event.events:
        if study.running != event.cell_id:
            break  # after its end a run has nothing to say
        study, more = _run_event(study, event.cell_id, run_event, event.at)
        effects += more
    return study, tuple(effects)


def _run_event(study: Study, cell_id: str, run_event: RunEvent, at: datetime) -> Step:
    state = study.state(cell_id)
    match run_event:
        case Started():
            fresh = replace(state, count=run_event.execution_count, stale="", is_recorded=False, verdict=None)
            fresh = replace(fresh, transcript=Transcript(), prompt=None, given=(), is_changed=False)
            return study.with_cell(cell_id, fresh), ()
        case InputAsked():
            return study.changed(cell_id, prompt=run_event), ()
        case LivePlotted():
            data = plot_data_from_json(run_event.data)
            return take_plot(study, Plotted(run_event.viz_id, data, at, is_live=True))
        case Finished():
            return _finish(study, cell_id, run_event, at)
        case ErrorRaised() if _is_stop(run_event):
            return study, ()
        case _:
            return study.changed(cell_id, transcript=state.transcript.after(run_event)), ()


def _is_stop(error: ErrorRaised) -> bool:
    """The traceback of an interrupt says nothing that `stopped by you` does not."""
    return error.name in ("KeyboardInterrupt", "CancelledError")


def _finish(study: Study, cell_id: str, end: Finished, at: datetime) -> Step:
    cell, old = study.cell(cell_id), study.state(cell_id)
    state = replace(
        old,
        status=status_of(end.outcome),
        elapsed_ms=end.elapsed_ms,
        exit_status=end.exit_status,
        reason=end.reason,
        started_at=None,
        prompt=None,
        stale="" if old.source == old.ran_source else EDITED,
    )
    study = replace(study.with_cell(cell_id, state), running="", last_run=cell_id)
    if end.outcome == "interrupted":
        study = replace(study, stopped_at=at)
    if not uses_shell(cell):
        study = replace(study, kernel="dead" if end.outcome == "died" else "idle")
        study = _later_ones_stale(study, cell_id)
    effects: list[Effect] = [Remember((run_record(study, cell_id, end.outcome, at),))]
    study, more = _after_run(study, cell, end.outcome, at)
    return study, (*effects, *more)


def _after_run(study: Study, cell: Cell, outcome: Outcome, at: datetime) -> Step:
    effects: list[Effect] = []
    if outcome != "ok":
        study = dropped_queue(study)
    elif plots := _plots(study):
        effects.append(EvaluatePlots(plots))
    if _wants_check(study, cell, outcome):
        effects.append(CheckAnswer(cell.id, study.state(cell.id).ran_source or ""))
    study, more = start_next(study, at)
    return study, (*effects, *more)


def _wants_check(study: Study, cell: Cell, outcome: Outcome) -> bool:
    if not isinstance(cell, ExerciseCell | ShellCell) or not cell.check:
        return False
    is_asked = study.state(cell.id).why == "check" or isinstance(cell, ShellCell)
    return is_asked and outcome in ("ok", "error")


def _plots(study: Study) -> tuple[str, ...]:
    return tuple(cell.id for cell in study.visible if isinstance(cell, VizCell))


def dropped_queue(study: Study) -> Study:
    for cell_id, _ in study.queue:
        study = study.changed(cell_id, status=study.state(cell_id).status_before)
    return replace(study, queue=())


def _later_ones_stale(study: Study, cell_id: str) -> Study:
    """Output below a cell that ran again may no longer fit what the kernel holds."""
    state = study.state(cell_id)
    is_below = False
    for cell in study.visible:
        if is_below and isinstance(cell, CodeCell):
            other = study.state(cell.id)
            ran_before = other.status == "ok" and not other.stale and other.count is not None
            if ran_before and (state.count or 0) > (other.count or 0):
                study = study.changed(cell.id, stale=f"In [{state.count}] ran again")
        is_below = is_below or cell.id == cell_id
    return study


def give_input(study: Study, event: InputGiven) -> Step:
    if not study.running or study.state(study.running).prompt is None:
        return study, ()
    cell_id, state = study.running, study.state(study.running)
    state = replace(state, prompt=None)
    if not uses_shell(study.cell(cell_id)):
        state = _with_line(study.state(cell_id), event)
    return study.with_cell(cell_id, state), (GiveInput(cell_id, event.text),)


def _with_line(state: CellState, event: InputGiven) -> CellState:
    assert state.prompt is not None
    line = GivenLine(None if state.prompt.is_secret else event.text, event.is_shown)
    transcript = shown_line(state.transcript, state.prompt, line)
    return replace(state, prompt=None, transcript=transcript, given=(*state.given, line))


def is_right_behind(study: Study, at: datetime) -> bool:
    """Whether an interrupt comes right behind one that was enough: it meant what has ended by now."""
    stopped = study.stopped_at
    return stopped is not None and 0 <= (at - stopped).total_seconds() < RIGHT_BEHIND_S


def interrupt(study: Study, at: datetime) -> Step:
    if is_right_behind(study, at):
        return study, ()
    if study.restoring is not None:
        return study, (InterruptRun(),)  # what was asked for meanwhile goes on, all the sooner
    if not study.running:
        return replace(study, notice=Notice("Nothing is running.")), ()
    return dropped_queue(study), (InterruptRun(),)


def restart(study: Study) -> Step:
    """A kernel starts with what the course put into its folder and environment, so trust comes first."""
    if study.trust in ("unknown", "refused"):
        return replace(study, notice=Notice("No kernel runs yet. F5 runs a cell.")), ()
    return dropped_queue(replace(study, kernel="starting")), (RestartKernel(),)


# --- the kernel's life ------------------------------------------------------------------------------


def kernel_started(study: Study, event: KernelStarted) -> Step:
    is_used = study.running and not uses_shell(study.cell(study.running))
    status: KernelStatus = "busy" if is_used or study.restoring is not None else "idle"
    study = replace(study, kernel=status, info=event.info)
    if not event.is_restart:
        return study, ()
    study = replace(study, kernel_since=event.at.isoformat())
    for cell in study.lesson.cells:
        state = study.state(cell.id)
        if state.count is not None and not state.is_busy and not uses_shell(cell):
            study = study.changed(cell.id, stale="new kernel", count=None)
    return replace(study, last_run="", notice=Notice(NEW_KERNEL)), ()


def kernel_died(study: Study, event: KernelDied) -> Step:
    text = f"The kernel stopped ({event.reason}). Your work is kept. F8 starts a new one."
    study = replace(study, kernel="dead", last_run="", notice=Notice(text, is_alarm=True))
    return dropped_queue(study), ()


def answer_trust(study: Study, event: TrustAnswered) -> Step:
    wished, answer = study.wished, study.waiting_answer
    study = replace(study, wished=(), waiting_answer=None)
    if event.answer == "no":
        notice = Notice("Read only: nothing of this course runs. Run again to be asked again.")
        return replace(study, trust="refused", notice=notice), ()
    is_lasting = event.answer == "always"
    study = replace(study, trust="trusted" if is_lasting else "once", notice=None)
    study, restored = begin_restoring(study)
    study, effects = request_runs(study, wished, event.at)
    graded = (GradeAnswer(*answer),) if answer is not None else ()
    return study, (GrantTrust(is_lasting), *restored, *effects, *graded)


# --- plots ------------------------------------------------------------------------------------------


def take_plot(study: Study, event: Plotted) -> Step:
    cell = study.lesson.cell_by_id(event.cell_id)
    if not isinstance(cell, VizCell):
        return study, ()
    state = study.state(cell.id)
    after = _drawn_after(study, state)
    ghost = state.ghost if event.is_live or state.is_recorded else _ghost(cell, state, event.data)
    state = replace(state, plot=event.data, ghost=ghost, plotted_after=after, is_recorded=False, stale="")
    study = study.with_cell(cell.id, state)
    if event.is_live or event.data.error:
        return study, ()
    record = plot_record(study, cell.id, event.at)
    return study, ((Remember((record,)),) if record else ())


def _ghost(cell: VizCell, state: CellState, data: PlotData) -> PlotData | None:
    """The run before, if it looked different; an unchanged plot keeps the older ghost."""
    if not cell.ghost or state.plot is None or state.plot.error:
        return None
    return state.ghost if state.plot == data else state.plot


def _drawn_after(study: Study, state: CellState) -> str:
    cell_id = study.running or study.last_run
    if not cell_id:
        return state.plotted_after
    return plain_label(study.cell(cell_id), study.number_of(cell_id), study.state(cell_id).count)

"""update(study, event) -> (study, effects): all a learner can do in a lesson, without doing any of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, assert_never

from tui_tutor.core.course import (
    Cell,
    Course,
    Lesson,
    MarkdownCell,
    VizCell,
)
from tui_tutor.core.study.answering import answer_question, ask_hint, ask_solution, reset_cell, stored
from tui_tutor.core.study.events import (
    CellEntered,
    CellReset,
    Checked,
    CheckRequested,
    Effect,
    Event,
    Graded,
    HintAsked,
    InputGiven,
    InterruptRequested,
    KernelDied,
    KernelFailed,
    KernelStarted,
    KernelStarting,
    LessonClosed,
    LessonOpened,
    Noticed,
    NoticeRead,
    OutputGuessed,
    Plotted,
    QuizAnswered,
    Remember,
    RerunBegan,
    RerunEnded,
    RestartRequested,
    RestoreEnded,
    RestoreRequested,
    RunAboveRequested,
    RunRefused,
    RunReported,
    RunRequested,
    SaveRetried,
    SolutionAsked,
    SourceEdited,
    Stored,
    StoreFailed,
    TrustAnswered,
)
from tui_tutor.core.study.frameworks import begun, carried
from tui_tutor.core.study.remembering import (
    a_record,
    attempt_record,
)
from tui_tutor.core.study.restoring import begin_rerun, begin_restoring, end_rerun, end_restoring
from tui_tutor.core.study.running import (
    answer_trust,
    dropped_queue,
    give_input,
    interrupt,
    kernel_died,
    kernel_started,
    request_check,
    request_runs,
    restart,
    runs_above,
    start_next,
    take_guess,
    take_plot,
    take_refusal,
    take_report,
)
from tui_tutor.core.study.state import (
    EDITED,
    OLD_VISIT,
    SCRATCH,
    CellState,
    Notice,
    Study,
    Trust,
    starter_files,
    starter_of,
    uses_shell,
)

Step = tuple[Study, tuple[Effect, ...]]

IDLE_S: Final = 120.0
"""Longer pauses between events are not time spent."""
RECORD_EVERY_S: Final = 60.0


def begin(course: Course, lesson: Lesson, *, number: int, trust: Trust = "unknown", seed: int = 0) -> Study:
    """A lesson that nobody has touched yet."""
    all_cells = (*lesson.cells, SCRATCH)
    cells = {cell.id: CellState(source=starter_of(cell), files=starter_files(cell)) for cell in all_cells}
    first = lesson.visible_cells[0].id if lesson.visible_cells else ""
    study = Study(course, lesson, number, MappingProxyType(cells), seed=seed, trust=trust, at_cell=first)
    return begun(study)


def update(study: Study, event: Event) -> Step:
    """The lesson after an event, and what must be done in the world because of it."""
    study, counted = _with_time(study, event)
    study, effects = _step(study, event)
    return study, (*counted, *effects)


def _step(study: Study, event: Event) -> Step:  # noqa: PLR0912 - one branch for each event
    match event:
        case LessonOpened():
            return study, (Remember((a_record(study, "opened", "", event.at, cell=study.at_cell),)),)
        case LessonClosed():
            return _close(study, event)
        case CellEntered():
            return _enter(study, event)
        case SourceEdited():
            return _edit(study, event)
        case RunRequested():
            return request_runs(study, ((event.cell_id, "run"),), event.at)
        case CheckRequested():
            return request_check(study, event)
        case RunAboveRequested():
            return request_runs(study, runs_above(study, event.cell_id), event.at)
        case OutputGuessed():
            return take_guess(study, event)
        case InputGiven():
            return give_input(study, event)
        case InterruptRequested():
            return interrupt(study, event.at)
        case RestartRequested():
            return restart(study)
        case QuizAnswered():
            return answer_question(study, event)
        case HintAsked():
            return ask_hint(study, event)
        case SolutionAsked():
            return ask_solution(study, event)
        case CellReset():
            return reset_cell(study, event)
        case TrustAnswered():
            return answer_trust(study, event)
        case SaveRetried():
            return _retry_unsaved(study)
        case NoticeRead():
            return replace(study, notice=None), ()
        case RestoreRequested():
            return begin_restoring(study)
        case RerunBegan():
            return begin_rerun(study, event), ()
        case RerunEnded():
            return end_rerun(study, event), ()
        case RestoreEnded():
            return _after_restoring(study, event)
        case RunRefused():
            return take_refusal(study, event), ()
        case RunReported():
            return take_report(study, event)
        case Checked():
            cell = study.cell(event.cell_id)
            answer = (study.state(cell.id).ran_source or "",)
            return study, (Remember((attempt_record(study, cell, answer, event.verdict, event.at),)),)
        case Graded():
            cell = study.cell(event.cell_id)
            return study, (Remember((attempt_record(study, cell, event.answer, event.verdict, event.at),)),)
        case Plotted():
            return take_plot(study, event)
        case KernelStarting():
            return replace(study, kernel="starting"), ()
        case KernelStarted():
            return kernel_started(study, event)
        case KernelDied():
            return kernel_died(study, event)
        case KernelFailed():
            notice = Notice(event.message, is_alarm=True, help=event.help)
            return dropped_queue(replace(study, kernel="missing", notice=notice)), ()
        case Noticed():
            return replace(study, notice=Notice(event.text, event.is_alarm)), ()
        case Stored():
            return _after_storing(study, event)
        case StoreFailed():
            notice = Notice(event.message, is_alarm=True, help=event.help)
            waiting = (event.records,) if event.records else ()
            return replace(study, notice=notice, unsaved=(*study.unsaved, *waiting)), ()
        case _:
            assert_never(event)


def _after_restoring(study: Study, event: RestoreEnded) -> Step:
    """What was asked for meanwhile runs next, unless the learner left or there is nothing to run it."""
    study = end_restoring(study, event)
    if event.why in ("left", "refused", "died"):
        return dropped_queue(study), ()
    notice = study.notice
    study, effects = start_next(study, event.at)
    return replace(study, notice=notice), effects


# --- time -------------------------------------------------------------------------------------------


def _with_time(study: Study, event: Event) -> Step:
    """Add the time since the last event, unless it was a pause; log it a minute at a time."""
    if isinstance(event, RerunBegan | RerunEnded | RestoreEnded):
        return study, ()  # nobody is at work
    last = study.active_at
    gap = (event.at - last).total_seconds() if last else 0.0
    spent = study.active_s + (gap if 0 <= gap <= IDLE_S else 0.0)
    study = replace(study, active_at=event.at, active_s=spent)
    if spent < RECORD_EVERY_S:
        return study, ()
    return _time_logged(study, event.at)


def _time_logged(study: Study, at: datetime) -> Step:
    record = a_record(study, "studied", "", at, minutes=round(study.active_s / 60, 4))
    return replace(study, active_s=0.0), (Remember((record,)),)


def _close(study: Study, event: LessonClosed) -> Step:
    opened = a_record(study, "opened", "", event.at, cell=study.at_cell)
    if study.active_s < 1:
        return study, (Remember((opened,)),)
    study, effects = _time_logged(study, event.at)
    return study, (*effects, Remember((opened,)))


def _retry_unsaved(study: Study) -> Step:
    """`Remember` stores what waits before its own records, so one without any is enough."""
    return study, ((Remember(()),) if study.unsaved else ())


def _after_storing(study: Study, event: Stored) -> Step:
    """Show what is in the log now. Where others could write, so perhaps can what waits here."""
    waiting = study.waiting_records
    if not waiting or event.records[: len(waiting)] != waiting:
        return _retry_unsaved(stored(study, event.records)) if event.records else (study, ())
    notice = None if study.notice is not None and study.notice.is_alarm else study.notice
    return stored(replace(study, unsaved=(), notice=notice), event.records), ()


# --- moving and editing -----------------------------------------------------------------------------


def _enter(study: Study, event: CellEntered) -> Step:
    if event.cell_id not in study.cells:
        return study, ()
    records = [a_record(study, "opened", "", event.at, cell=event.cell_id)] if _moved(study, event) else []
    left = study.lesson.cell_by_id(event.left) if event.left else None
    if isinstance(left, MarkdownCell | VizCell) and not study.state(left.id).is_done:
        records.append(a_record(study, "passed", left.id, event.at))
    study = replace(study, at_cell=event.cell_id, asks_guess="")
    return study, ((Remember(tuple(records)),) if records else ())


def _moved(study: Study, event: CellEntered) -> bool:
    return event.cell_id != study.at_cell


def _edit(study: Study, event: SourceEdited) -> Step:
    state = study.state(event.cell_id)
    if event.path:
        if state.files.get(event.path) == event.source:
            return study, ()
        state = replace(state, files={**state.files, event.path: event.source})
    elif state.source == event.source:
        return study, ()
    else:
        state = replace(state, source=event.source)
    if state.ran_source is not None and not state.is_busy:
        state = replace(state, stale=_stale_after_edit(state, study.cell(event.cell_id), event.path))
    # All files, because the log hands back only the newest edit of a cell.
    data = {"path": event.path, "files": dict(state.files)} if event.path else {}
    data = {"source": event.source, **data}
    record = a_record(study, "edited", event.cell_id, event.at, **data)
    return carried(study, study.with_cell(event.cell_id, state), event.cell_id), (Remember((record,)),)


def _stale_after_edit(state: CellState, cell: Cell, path: str) -> str:
    if path or state.source != state.ran_source:
        return EDITED
    if state.stale != EDITED:
        return state.stale
    is_old = state.count is None and not uses_shell(cell)
    return OLD_VISIT if is_old else ""

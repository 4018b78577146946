"""Records: what is written into the log, and what a record read back (or just committed) changes.

The same fold shows an answer after its commit and restores a lesson tomorrow, so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from tui_tutor.core.course import Cell, ExerciseCell, QuizBase, ReflectQuiz
from tui_tutor.core.execution import ErrorRaised, StreamText
from tui_tutor.core.grading.verdict import Answer, Failure, Mark, Verdict
from tui_tutor.core.output import ErrorPart, Transcript
from tui_tutor.core.plotting.data import plot_data_as_json, plot_data_from_json
from tui_tutor.core.ports import CellHistory, Json, Record, RecordKind
from tui_tutor.core.study.asking import asked_in
from tui_tutor.core.study.frameworks import begun
from tui_tutor.core.study.state import OLD_VISIT, SCRATCH, CellState, CellStatus, Study

OUTPUT_KEPT: Final = 20_000
"""Characters of a run's output that the log keeps: its head and its tail."""
POINTS_KEPT: Final = 2_000
LINES_KEPT: Final = 1_000
"""Lines given to a program's questions that the log keeps; a program that asked for more stops restoring."""

_OUTCOMES: Final[Mapping[str, CellStatus]] = {
    "ok": "ok",
    "error": "failed",
    "interrupted": "stopped",
    "timeout": "timeout",
    "died": "died",
}


_TYPED_FREELY: Final = ("text", "number", "predict", "reflect")


def a_record(study: Study, kind: RecordKind, cell_id: str, at: datetime, /, **data: Json) -> Record:
    return Record(kind, study.course.id, study.lesson.id, cell_id, at, data)


def status_of(outcome: str) -> CellStatus:
    """The state of a cell whose run ended so."""
    return _OUTCOMES.get(outcome, "failed")


def run_record(study: Study, cell_id: str, outcome: str, at: datetime) -> Record:
    """What the log keeps of a run that ended."""
    cell, state = study.cell(cell_id), study.state(cell_id)
    error = state.transcript.error
    is_checked = isinstance(cell, ExerciseCell) and bool(cell.check)
    return a_record(
        study,
        "ran",
        cell_id,
        at,
        kind=cell.kind,
        done=outcome == "ok" and not is_checked and cell is not SCRATCH,
        source=state.ran_source or "",
        outcome=outcome,
        count=state.count,
        elapsed_ms=round(state.elapsed_ms, 3),
        exit_status=state.exit_status,
        reason=state.reason,
        output=bounded_output(state.transcript),
        error=[error.name, error.message, error.line] if error else None,
        **_for_replaying(study, state),
        **_asked(study, cell),
    )


def _for_replaying(study: Study, state: CellState) -> dict[str, Json]:
    """What a later visit needs to do this run again: the kernel it was done in, the lines it was given."""
    given = [[line.text, line.is_shown] for line in state.given[:LINES_KEPT]]
    since = {"since": study.kernel_since} if study.kernel_since else {}
    return {**since, "given": given} if given else dict(since)


def attempt_record(study: Study, cell: Cell, answer: Answer, verdict: Verdict, at: datetime) -> Record:
    """An answer and what it was worth. `done`: right, or all attempts used, or saved (reflect)."""
    attempts = study.state(cell.id).attempts + len(_attempts_waiting(study, cell.id)) + 1
    limit = cell.attempts if isinstance(cell, QuizBase) else None
    is_saved = isinstance(cell, ReflectQuiz)
    return a_record(
        study,
        "attempted",
        cell.id,
        at,
        kind=cell.kind,
        form=getattr(cell, "form", ""),
        answer=list(answer),
        correct=verdict.correct,
        score=verdict.score,
        number=attempts,
        done=verdict.correct or is_saved or (limit is not None and attempts >= limit),
        verdict=verdict_as_json(verdict),
        **_asked(study, cell),
    )


def is_answer_waiting(study: Study, cell_id: str) -> bool:
    """Whether the answer that closes a question could not be stored yet."""
    return any(record.data.get("done") for record in _attempts_waiting(study, cell_id))


def _attempts_waiting(study: Study, cell_id: str) -> list[Record]:
    """Attempts at a cell that could not be stored yet, since it was begun anew."""
    found: list[Record] = []
    for record in study.waiting_records:
        if (record.lesson, record.cell) != (study.lesson.id, cell_id):
            continue
        if record.kind == "reset":
            found.clear()
        elif record.kind == "attempted":
            found.append(record)
    return found


def _asked(study: Study, cell: Cell) -> dict[str, Json]:
    """`asked`: what this is an answer to, for cells whose wording may change."""
    asked = asked_in(study.lesson, cell)
    return {"asked": asked} if asked else {}


def plot_record(study: Study, cell_id: str, at: datetime) -> Record | None:
    """The plot as it stands, if it is small enough to be kept."""
    state = study.state(cell_id)
    if state.plot is None or state.plot.total > POINTS_KEPT:
        return None
    return a_record(
        study, "plotted", cell_id, at, plot=plot_data_as_json(state.plot), after=state.plotted_after
    )


def bounded_output(transcript: Transcript) -> str:
    """What a run printed, as the log keeps it."""
    lines = [
        line
        for part in transcript.parts
        if not isinstance(part, ErrorPart)
        for line in _part_lines(Transcript((part,)))
    ]
    text = "\n".join(lines)
    if len(text) <= OUTPUT_KEPT:
        return text
    half = OUTPUT_KEPT // 2
    return f"{text[:half]}\n… {len(text) - OUTPUT_KEPT} characters not kept …\n{text[-half:]}"


def _part_lines(transcript: Transcript) -> list[str]:
    text = transcript.text()
    return text.split("\n") if text else []


# --- reading back -----------------------------------------------------------------------------------


def restored(study: Study, history: Sequence[CellHistory]) -> Study:
    """The lesson as the log says it was left; cells that are no longer there are left out."""
    for cell_history in history:
        if cell_history.cell in study.cells:
            study = _cell_restored(study, cell_history)
        elif (opened := cell_history.newest.get("opened")) is not None:
            study = replace(study, at_cell=_known(study, opened.data.get("cell")))
    return begun(study, touched={known.cell for known in history if "edited" in known.newest})


def _known(study: Study, cell_id: object) -> str:
    return cell_id if isinstance(cell_id, str) and cell_id in study.cells else ""


def in_order(record: Record) -> tuple[int, datetime]:
    """Sorts records as they were made: by their place in the log, by their time only outside one."""
    return record.number, record.at


def _cell_restored(study: Study, history: CellHistory) -> Study:
    newest = sorted(history.newest.values(), key=in_order)
    for record in newest:
        study = applied(study, record)
    state = study.state(history.cell)
    is_old_run = state.status != "idle"
    return study.with_cell(
        history.cell,
        replace(
            state,
            attempts=_tries(state, history),
            is_done=state.is_done or history.is_done,
            stale=OLD_VISIT if is_old_run else state.stale,
            count=None if is_old_run else state.count,
        ),
    )


def _tries(state: CellState, history: CellHistory) -> int:
    """How often what is asked now was tried: a record's number begins anew with each wording."""
    newest = history.newest.get("attempted")
    if newest is None or (newest.data.get("asked") and isinstance(newest.data.get("number"), int)):
        return state.attempts
    return history.counts.get("attempted", 0)


def applied(study: Study, record: Record) -> Study:
    """What a committed record changes. Anything malformed in it changes nothing."""
    if record.cell not in study.cells:
        return study
    cell, state = study.cell(record.cell), study.state(record.cell)
    data = record.data
    match record.kind:
        case "edited":
            state = _edited(state, data)
        case "passed":
            state = replace(state, is_done=True)
        case "ran":
            state = _ran(state, data, asked_in(study.lesson, cell))
        case "attempted":
            state = _attempted(state, data, cell, asked_in(study.lesson, cell))
        case "hinted":
            number = data.get("number")
            shown = number if isinstance(number, int) else state.hints_shown
            state = replace(state, hints_shown=max(state.hints_shown, shown))
        case "solved":
            state = replace(state, is_solution_shown=True)
        case "plotted":
            state = _plotted(state, data)
        case "opened" | "reset" | "studied":
            return study
    return study.with_cell(record.cell, state)


def _edited(state: CellState, data: Mapping[str, Json]) -> CellState:
    source, path, files = data.get("source"), data.get("path"), data.get("files")
    if not isinstance(source, str):
        return state
    if isinstance(files, Mapping):
        known = {name: text for name, text in files.items() if isinstance(text, str) and name in state.files}
        return replace(state, files={**state.files, **known})
    if isinstance(path, str) and path:
        return replace(state, files={**state.files, path: source})
    return replace(state, source=source)


def _is_of_older_wording(data: Mapping[str, Json], asked_now: str) -> bool:
    """Whether a record belongs to another wording of the cell; one that does not say belongs to this."""
    asked = data.get("asked")
    return isinstance(asked, str) and asked != asked_now


def _ran(state: CellState, data: Mapping[str, Json], asked: str) -> CellState:
    """A live run shows more than its record does, so its transcript stays."""
    is_done = state.is_done or data.get("done", data.get("outcome") == "ok") is True
    if state.status != "idle":
        return replace(state, is_done=is_done)
    transcript = Transcript()
    if isinstance(output := data.get("output"), str) and output:
        transcript = transcript.after(StreamText("stdout", output))
    if isinstance(error := data.get("error"), list | tuple) and len(error) == 3:
        line = error[2] if isinstance(error[2], int) else None
        transcript = transcript.after(ErrorRaised(str(error[0]), str(error[1]), (), line))
    elapsed = data.get("elapsed_ms")
    return replace(
        state,
        status=status_of(str(data.get("outcome"))),
        transcript=transcript,
        elapsed_ms=float(elapsed) if isinstance(elapsed, int | float) else 0.0,
        ran_source=str(data.get("source", "")),
        reason=str(data.get("reason") or ""),
        is_recorded=False,
        is_done=is_done,
        is_changed=state.is_changed or _is_of_older_wording(data, asked),
    )


def _attempted(state: CellState, data: Mapping[str, Json], cell: Cell, asked: str) -> CellState:
    answer, verdict = data.get("answer"), verdict_from_json(data.get("verdict"))
    if verdict is None or not isinstance(answer, list | tuple):
        return state
    number = data.get("number")
    given = tuple(str(part) for part in answer)
    if _is_of_older_wording(data, asked):
        return _as_older(state, data, verdict, given, cell)
    return replace(
        state,
        answer=given,
        verdict=verdict,
        is_changed=False,
        older=None,
        attempts=number if isinstance(number, int) else state.attempts + 1,
        is_closed=state.is_closed or bool(data.get("done")),
        is_done=state.is_done or bool(data.get("done")),
    )


def _as_older(
    state: CellState, data: Mapping[str, Json], verdict: Verdict, answer: Answer, cell: Cell
) -> CellState:
    """An answer to an older wording: it stays done, and may be given again as if for the first time.

    Only what was typed freely is shown again: keys of options may mean others now.
    """
    is_free = data.get("form") == getattr(cell, "form", "") and data.get("form") in _TYPED_FREELY
    return replace(
        state,
        is_changed=True,
        older=verdict,
        verdict=None,
        answer=answer if is_free else (),
        attempts=0,
        is_closed=False,
        is_done=state.is_done or bool(data.get("done")),
    )


def _plotted(state: CellState, data: Mapping[str, Json]) -> CellState:
    if state.plot is not None and not state.is_recorded:
        return state
    plot = data.get("plot")
    if not isinstance(plot, Mapping):
        return state
    return replace(
        state,
        plot=plot_data_from_json(plot),
        plotted_after=str(data.get("after", "")),
        is_recorded=False,
        stale=OLD_VISIT,
    )


# --- verdicts as JSON -------------------------------------------------------------------------------


def verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    failure = verdict.failure
    return {
        "correct": verdict.correct,
        "score": verdict.score,
        "passed": verdict.passed,
        "total": verdict.total,
        "failure": [failure.says, list(failure.lines), failure.hint, failure.check_id] if failure else None,
        "marks": [[mark.key, mark.is_right, mark.is_chosen, mark.feedback] for mark in verdict.marks],
        "messages": list(verdict.messages),
        "note": verdict.note,
    }


def verdict_from_json(value: object) -> Verdict | None:
    """The verdict of a record, None if the record is malformed."""
    if not isinstance(value, Mapping):
        return None
    try:
        failure = value.get("failure")
        return Verdict(
            correct=bool(value["correct"]),
            score=float(value["score"]),
            passed=int(value.get("passed", 0)),
            total=int(value.get("total", 0)),
            failure=_failure(failure) if failure else None,
            marks=tuple(_mark(mark) for mark in value.get("marks", ())),
            messages=tuple(str(message) for message in value.get("messages", ())),
            note=str(value.get("note", "")),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _failure(value: Sequence[Any]) -> Failure:
    says, lines, hint, check_id = value
    return Failure(str(says), tuple(str(line) for line in lines), str(hint), str(check_id))


def _mark(value: Sequence[Any]) -> Mark:
    key, is_right, is_chosen, feedback = value
    return Mark(str(key), None if is_right is None else bool(is_right), bool(is_chosen), str(feedback))

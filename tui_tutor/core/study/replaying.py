"""Replaying: which runs of the last visit a new kernel has to do again, and what they are worth.

The log keeps the newest run of each cell. They are done again in the order in which they were done; a cell
that ran more than once also runs above the cells below it, which its older run may have come before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from tui_tutor.core.execution import Displayed, Finished, InputAsked
from tui_tutor.core.output import TextPart, Transcript
from tui_tutor.core.ports import CellHistory, Json, Record
from tui_tutor.core.study.events import RestoreEnd
from tui_tutor.core.study.remembering import bounded_output, in_order
from tui_tutor.core.study.state import GivenLine, Rerun, Study, hidden_before, is_runnable, uses_shell

_ADDRESS: Final = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_RUN_AGAIN: Final = ("ok", "error")


def with_reruns(study: Study, history: Sequence[CellHistory], *, is_held: bool = False) -> Study:
    """The study with what must run again. `is_held`: the kernel holds this lesson's names already."""
    known = {cell.cell: cell for cell in history if "ran" in cell.newest and _uses_kernel(study, cell.cell)}
    records = sorted((cell.newest["ran"] for cell in known.values()), key=in_order)
    if not records:
        return study
    since = _since(records[-1])
    study = replace(study, kernel_since=since)
    if is_held:
        return study
    records = [record for record in records if _since(record) == since]
    runs = [_rerun(study, record) for record in records if record.data.get("outcome") in _RUN_AGAIN]
    left_out = tuple(
        record.cell for record in records if record.data.get("outcome") not in _RUN_AGAIN and runs
    )
    often = {cell_id for cell_id, cell in known.items() if cell.counts.get("ran", 1) > 1}
    return replace(study, reruns=_with_early(study, runs, often), left_out=left_out)


def _uses_kernel(study: Study, cell_id: str) -> bool:
    if cell_id not in study.cells:
        return False
    cell = study.cell(cell_id)
    return is_runnable(cell) and not uses_shell(cell)


def _since(record: Record) -> str:
    since = record.data.get("since")
    return since if isinstance(since, str) else ""


def _rerun(study: Study, record: Record) -> Rerun:
    cell, data = study.cell(record.cell), record.data
    elapsed = data.get("elapsed_ms")
    return Rerun(
        cell.id,
        str(data.get("source", "")),
        getattr(cell, "timeout_s", None) or study.course.kernel.timeout_s,
        tuple((hidden.id, hidden.source) for hidden in hidden_before(study, cell.id)),
        output=str(data.get("output") or ""),
        error=_error(data),
        given=given_from_json(data.get("given")),
        elapsed_ms=float(elapsed) if isinstance(elapsed, int | float) else 0.0,
    )


def _error(data: Mapping[str, Json]) -> tuple[str, str] | None:
    error = data.get("error")
    if data.get("outcome") != "error":
        return None
    if isinstance(error, list | tuple) and len(error) == 3:
        return str(error[0]), str(error[1])
    return "", ""  # what it was is not known


def given_from_json(value: object) -> tuple[GivenLine, ...]:
    """The lines that a record holds; what is malformed counts as a line that was not kept."""
    pairs = value if isinstance(value, list | tuple) else ()
    return tuple(_given_line(pair) for pair in pairs)


def _given_line(pair: object) -> GivenLine:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        return GivenLine(None)
    return GivenLine(pair[0] if isinstance(pair[0], str) else None, pair[1] is True)


def _with_early(study: Study, runs: Sequence[Rerun], often: set[str]) -> tuple[Rerun, ...]:
    place = {cell_id: number for number, cell_id in enumerate(study.cells)}
    planned: list[Rerun] = []
    ran: set[str] = set()
    for number, run in enumerate(runs):
        above = [
            other
            for other in runs[number + 1 :]
            if other.cell_id in often - ran and place[other.cell_id] < place[run.cell_id]
        ]
        above.sort(key=lambda other: place[other.cell_id])
        planned += (replace(other, is_early=True) for other in above)
        planned.append(run)
        ran |= {run.cell_id, *(other.cell_id for other in above)}
    return tuple(planned)


def shown_line(transcript: Transcript, asked: InputAsked, line: GivenLine) -> Transcript:
    """The transcript after a program was given a line, which stands in it if it is shown."""
    if not line.is_shown:
        return transcript
    # As a result, because a program's standard output holds neither.
    text = asked.prompt + ("" if asked.is_secret else line.text or "")
    return transcript.after(Displayed({"text/plain": text}, is_result=True))


# --- what a run that was done again is worth --------------------------------------------------------


def why_to_stop(rerun: Rerun, transcript: Transcript, end: Finished) -> tuple[RestoreEnd, str] | None:
    """Why nothing may run after this one, and a detail; None if all went as at the last visit."""
    match end.outcome:
        case "ok":
            return None
        case "died":
            return "died", end.reason
        case "interrupted":
            return "stopped", ""
        case "timeout":
            return "limit", ""
        case "error":
            error = transcript.error
            name, message = (error.name, error.message) if error else ("", "")
            if rerun.is_early or (rerun.error is not None and rerun.error[0] in (name, "")):
                return None
            return "failed", f"{name}: {message.splitlines()[0]}" if message else name


def says_the_same(rerun: Rerun, transcript: Transcript) -> bool:
    """Whether it printed what it printed then. Addresses in memory differ in every process."""
    error = transcript.error
    before, now = _comparable(rerun.output), _comparable(bounded_output(transcript))
    if _has_two_streams(transcript):  # whose lines fall between each other as it happens
        before, now = sorted(before), sorted(now)
    ended = (error.name, error.message) if error else None
    is_same_end = rerun.error == ended or (rerun.error is not None and rerun.error[0] == "")
    return before == now and is_same_end


def _comparable(text: str) -> list[str]:
    return _ADDRESS.sub("0x", text).split("\n")


def _has_two_streams(transcript: Transcript) -> bool:
    return len({part.stream for part in transcript.parts if isinstance(part, TextPart)}) > 1

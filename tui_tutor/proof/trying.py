"""Trying answers to an exercise where it stands, judged as a learner's would be, with nothing left behind.

An answer for the kernel runs in a forked copy of it (`ports.Kernel.attempt`); one for the shell, or with
files of its own, in a copy of the workspace. Where the kernel cannot be copied samples run in it, silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tui_tutor.core.course import Check, CodeCell, ExerciseCell, OrderQuiz, PlotCheck, PredictQuiz, VizCell
from tui_tutor.core.execution import ErrorRaised, Finished, Outcome, StreamText
from tui_tutor.core.grading.judging import RunSummary, verdict_of
from tui_tutor.core.grading.probing import files_needed, probe_request
from tui_tutor.core.grading.verdict import Verdict
from tui_tutor.core.output import Transcript
from tui_tutor.core.plotting.request import plot_request
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import CheckRequested, SourceEdited
from tui_tutor.core.study.state import is_runnable
from tui_tutor.proof.stages import Stage
from tui_tutor.session.checking import CHECK_TIMEOUT_S, kernel_reports
from tui_tutor.session.course_session import CourseSession
from tui_tutor.session.performing import Performer

ANSWER_TIMEOUT_S: Final = 10.0  # of a program that a question shows, as when a learner's order is graded
_OUTCOMES: Final[Mapping[str, Outcome]] = {name: name for name in ("ok", "error", "timeout", "died")}
Asked = ExerciseCell | OrderQuiz | PredictQuiz


@dataclass(frozen=True, slots=True)
class Try:
    """What came of one answer; `ms` is the time of its run and its checks, `error` the exception in words."""

    verdict: Verdict
    stdout: str = ""
    error: str = ""
    ms: float = 0.0
    why_no_copy: str = ""  # why it ran in the kernel itself
    outcome: Outcome = "ok"  # of the run

    @property
    def is_copy(self) -> bool:
        return not self.why_no_copy

    def told(self) -> tuple[str, ...]:
        """(check id, line ...) of the failing check, () if it passes: what a learner is told."""
        failure = self.verdict.failure
        return (failure.check_id, *failure.lines) if failure is not None else ()

    def words(self) -> str:
        """Why it does not pass, on one line."""
        failure = self.verdict.failure
        return "; ".join((failure.says, *failure.lines)) if failure is not None else "it passes"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for the run and each check; `is_brief`: all checks in one copy, up to the first that fails.

    `is_sparing`: nothing outside the working folder is removed or overwritten.
    """

    run_s: float
    probe_s: float = CHECK_TIMEOUT_S
    is_brief: bool = False
    is_sparing: bool = False


class KernelTries:
    """Answers that run in the kernel, tried `at_once` at a time."""

    def __init__(self, study: Study, session: CourseSession, *, at_once: int) -> None:
        self._study, self._session, self._at_once = study, session, at_once

    async def tried(self, cell: Asked, sources: Sequence[str], limits: Limits) -> list[Try]:
        """One for each source. What ran in the kernel itself says so."""
        await ready(self._study, self._session)
        checks = () if isinstance(cell, PredictQuiz) else cell.check
        question = self._question(cell, checks, limits)
        reports = await self._session.kernel.attempt(sources, question, at_once=self._at_once)
        found: list[Try] = []
        for source, report in zip(sources, reports, strict=True):
            if "cannot" in report:
                one = await self._in_place(cell, checks, source, limits)
                found.append(replace(one, why_no_copy=str(report["cannot"]) or "it could not be copied"))
            else:
                found.append(_try_from(report, checks, source))
        return found

    def _question(self, cell: Asked, checks: Sequence[Check], limits: Limits) -> dict[str, Any]:
        requests = [self._request(check, place) for place, check in enumerate(checks)]
        return {
            "before": [] if not isinstance(cell, ExerciseCell) else _hidden_before(self._study, cell.id),
            "probes": [request for request in requests if request is not None],
            "files": list(files_needed(checks)),
            "run_limit_s": limits.run_s,
            "probe_limit_s": limits.probe_s,
            "copies_folder": True,
            "is_brief": limits.is_brief,
            "is_sparing": limits.is_sparing,
        }

    def _request(self, check: Check, place: int) -> dict[str, Any] | None:
        request = probe_request(check, seed=place)
        if request is not None and isinstance(check, PlotCheck):
            viz = self._study.lesson.cell_by_id(check.viz)
            request["viz"] = plot_request(viz) if isinstance(viz, VizCell) else None
        return request

    async def _in_place(self, cell: Asked, checks: Sequence[Check], source: str, limits: Limits) -> Try:
        before = _hidden_before(self._study, cell.id) if isinstance(cell, ExerciseCell) else []
        transcript, outcome, ms = Transcript(), "ok", 0.0
        for text in (*before, source):
            transcript = Transcript()
            async for event in self._session.kernel.run(
                text, timeout_s=limits.run_s, is_silent=True, allow_input=False
            ):
                if isinstance(event, StreamText | ErrorRaised):
                    transcript = transcript.after(event)
                elif isinstance(event, Finished):
                    outcome, ms = event.outcome, event.elapsed_ms
        error = transcript.error
        summary = RunSummary(
            outcome=_OUTCOMES.get(outcome, "error"),
            stdout=transcript.stdout(),
            error_name=error.name if error else "",
            error_message=error.message if error else "",
            source=source,
            files={path: self._session.workspace.read_text(path) for path in files_needed(checks)},
        )
        reports = await kernel_reports(self._study, checks, self._session)
        return _try_of(summary, checks, reports, ms)


async def ready(study: Study, session: CourseSession) -> None:
    """A kernel in which the setups have run."""
    await session.start_kernel()
    if session.is_dead:
        await session.restart_kernel()
        session.is_dead = False
    await session.run_setup("course", session.opened.course.kernel.setup_source)
    await session.run_setup(f"lesson {study.lesson.id}", study.lesson.setup_source)


def _hidden_before(study: Study, cell_id: str) -> list[str]:
    hidden: list[str] = []
    for cell in study.lesson.cells:
        if cell.id == cell_id:
            break
        if cell.hidden and isinstance(cell, CodeCell):
            hidden.append(cell.source)
        elif is_runnable(cell):
            hidden.clear()
    return hidden


def _try_from(report: Mapping[str, Any], checks: Sequence[Check], source: str) -> Try:
    error = report.get("error") or {}
    outcome = str(report.get("outcome"))
    transcript = Transcript().after(StreamText("stdout", str(report.get("stdout", ""))))
    summary = RunSummary(
        outcome=_OUTCOMES.get(outcome, "error"),
        stdout=transcript.stdout(),
        error_name=str(error.get("name", "")),
        error_message=str(error.get("message", "")),
        source=source,
        files=report.get("files", {}),
    )
    said = iter(report.get("reports", ()))
    asks = [probe_request(check, seed=0) is not None for check in checks]
    reports = [next(said, None) if is_asked else None for is_asked in asks]
    return _try_of(summary, checks, reports, float(report.get("ms", 0.0)))


def _try_of(summary: RunSummary, checks: Sequence[Check], reports: Sequence[Any], ms: float) -> Try:
    error = f"{summary.error_name}: {summary.error_message}" if summary.error_name else ""
    return Try(verdict_of(checks, reports, summary), summary.stdout, error, ms, outcome=summary.outcome)


class WorkspaceTries:
    """Answers that run in a shell or as files: each in a copy of the workspace as it is here."""

    def __init__(self, study: Study, stage: Stage) -> None:
        self._study, self._stage = study, stage

    async def tried(self, cell: ExerciseCell, source: str, files: Mapping[str, str]) -> Try:
        """Run and check one answer as the player does."""
        async with self._stage.copied() as session:
            performer = Performer(self._study, session, on_change=lambda _: None, ask_trust=lambda: None)
            performer.is_attended = False
            await check_answer(performer, cell, source, files)
            state = performer.study.state(cell.id)
            await performer.close()
        failed = Verdict(False, 0.0, 0, len(cell.check))
        error = state.transcript.error
        words = f"{error.name}: {error.message}" if error else ""
        return Try(state.verdict or failed, state.transcript.stdout(), words, state.elapsed_ms)


async def check_answer(
    performer: Performer, cell: ExerciseCell, source: str, files: Mapping[str, str]
) -> None:
    """Put an answer into an exercise and check it, as a learner does."""
    now = performer.session.adapters.clock.now
    performer.dispatch(SourceEdited(cell.id, source.rstrip("\n"), now()))
    for path, text in files.items():
        performer.dispatch(SourceEdited(cell.id, text, now(), path=path))
    performer.dispatch(CheckRequested(cell.id, now()))
    await performer.settle()

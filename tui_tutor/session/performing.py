"""Performing: effects become calls of ports, and what they say comes back as events.

One `Performer` studies one lesson. Jobs for the kernel and the shell run one after another in the order
in which they were asked for; interrupts, input and records do not wait in that line.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Literal, assert_never

from tui_tutor.core.course import VizCell
from tui_tutor.core.errors import TutorError
from tui_tutor.core.execution import ErrorRaised, Finished, RunEvent, Started
from tui_tutor.core.plotting.data import PlotData, plot_data_from_json
from tui_tutor.core.plotting.request import pick_request, plot_request
from tui_tutor.core.ports import Kernel, Record, Shell
from tui_tutor.core.study import Effect, Event, Study, update
from tui_tutor.core.study.answering import needs_kernel, with_unsaved
from tui_tutor.core.study.events import (
    AskTrust,
    CheckAnswer,
    Checked,
    EvaluatePlots,
    GiveInput,
    GradeAnswer,
    Graded,
    GrantTrust,
    HiddenRun,
    InterruptRun,
    KernelDied,
    KernelFailed,
    KernelStarted,
    KernelStarting,
    Noticed,
    Plotted,
    Remember,
    RestartKernel,
    RestoreEnded,
    RestoreNames,
    RestoreRequested,
    RunCode,
    RunRefused,
    RunReported,
    RunScript,
    Stored,
    StoreFailed,
)
from tui_tutor.session.checking import checked_exercise, graded_here, graded_question
from tui_tutor.session.course_session import CourseSession
from tui_tutor.session.replaying import Replaying

HIDDEN_TIMEOUT_S = 60.0
GRACE_S = 1.0
WAITS = "What you did waits here, and is stored as soon as it can be."
Job = RunCode | RunScript | RestoreNames | CheckAnswer | GradeAnswer | EvaluatePlots | RestartKernel


class Performer:
    """Holds the study of one lesson and carries out what `update` orders.

    `on_change(study)` is called after every event, `ask_trust()` when the trust question must be shown,
    `on_event(cell, event)` with everything a run says, before the study takes it in.
    """

    def __init__(
        self,
        study: Study,
        session: CourseSession,
        *,
        on_change: Callable[[Study], None],
        ask_trust: Callable[[], None],
        on_event: Callable[[str, RunEvent], None] | None = None,
    ) -> None:
        self.session = session
        self.study = with_unsaved(study, self._take_unsaved())
        self._on_change = on_change
        self._on_event = on_event
        self.is_silent = False  # runs raise no execution count: for samples that a proof tries
        self.is_attended = True  # nobody answers a program's questions while a proof runs
        self._ask_trust = ask_trust
        self._jobs: asyncio.Queue[Job] = asyncio.Queue()
        self._is_working = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None
        self._in_shell = False
        self._runs = 0
        self._has_begun = False  # of the run under way: its own code runs, not what comes before it
        self._is_stopped = False  # the run under way was interrupted before it had begun
        self._replaying: Replaying | None = None
        self._is_leaving = False
        self._is_closed = False

    # --- the loop -------------------------------------------------------------------------------

    def dispatch(self, event: Event) -> None:
        """Update the study, carry out the effects, tell the face."""
        self.study, effects = update(self.study, event)
        for effect in effects:
            self._perform(effect)
        if not self._is_closed:
            self._on_change(self.study)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Remember():
                self._remember(effect)
            case AskTrust():
                self._ask_trust()
            case GrantTrust():
                self._grant(is_lasting=effect.is_lasting)
            case InterruptRun():
                self._spawn(self._interrupt())
            case GiveInput():
                self._spawn(self._running_port.answer_input(effect.text))
            case GradeAnswer() if not needs_kernel(self.study, self.study.cell(effect.cell_id)):
                self._grade_now(effect)
            case RestartKernel():
                self._enqueue(effect)
                if self._under_way:
                    self._spawn(self._stop_firmly())
            case RunCode() | RunScript() | RestoreNames() | CheckAnswer() | GradeAnswer() | EvaluatePlots():
                self._enqueue(effect)
            case _:
                assert_never(effect)

    def _remember(self, effect: Remember) -> None:
        if left := self._take_unsaved():
            self.study = replace(self.study, unsaved=(*left, *self.study.unsaved))
        records = (*self.study.waiting_records, *effect.records)
        if not records:
            return
        at = self.session.adapters.clock.now()
        try:
            self.session.adapters.store.append(records)
        except TutorError as error:
            self.dispatch(StoreFailed(effect.records, error.message, f"{error.help} {WAITS}".strip(), at))
        else:
            self.dispatch(Stored(records, at))

    def save_again(self) -> None:
        """Try to store what waits, without a word while that fails."""
        records = self.study.waiting_records
        if records:
            with suppress(TutorError):
                self.session.adapters.store.append(records)
                self.dispatch(Stored(records, self._now()))

    def _take_unsaved(self) -> tuple[tuple[Record, ...], ...]:
        """What other lessons left; after its own end a lesson leaves what it has to the next."""
        left = tuple(self.session.adapters.unsaved)
        self.session.adapters.unsaved.clear()
        return left

    def _leave_unsaved(self) -> None:
        self.session.adapters.unsaved.extend(self.study.unsaved)
        self.study = replace(self.study, unsaved=())

    def _grade_now(self, effect: GradeAnswer) -> None:
        verdict = graded_here(self.study, effect)
        self.dispatch(Graded(effect.cell_id, effect.answer, verdict, self._now()))

    def _grant(self, *, is_lasting: bool) -> None:
        self.session.granted = "trusted" if is_lasting else "once"
        try:
            self.session.opened.grant_trust(is_lasting=is_lasting, network=self.session.network)
        except TutorError as error:
            self.dispatch(Noticed(f"{error.message} {error.help}".strip(), self._now(), is_alarm=True))

    @property
    def _running_port(self) -> Kernel | Shell:
        return self.session.shell if self._in_shell else self.session.kernel

    def now(self) -> datetime:
        """The time of an event."""
        return self.session.adapters.clock.now()

    def _now(self) -> datetime:
        return self.now()

    def order(self, effect: Effect) -> None:
        """Carry out an effect that no event asked for."""
        self._perform(effect)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_ended)

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        """A mistake of ours in the background must surface, never vanish."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            loop = task.get_loop()
            loop.call_exception_handler({"message": str(error), "exception": error, "task": task})

    # --- jobs -----------------------------------------------------------------------------------

    def prewarm(self) -> None:
        """Start a kernel in the background: empty, unless names of the last visit are to be in it.

        A kernel's environment and folder hold what the course put there, so trust comes first.
        """
        if not self._is_trusted:
            return
        if self.study.reruns:
            self.restore()
        else:
            self._spawn(self._prewarmed())

    def restore(self) -> None:
        """Bring back what ran at the last visit, in the background, if code of the course may run."""
        self.dispatch(RestoreRequested(self._now()))

    @property
    def _is_trusted(self) -> bool:
        return self.study.trust in ("once", "trusted")

    async def settle(self) -> None:
        """Return when no job is waiting or under way."""
        while self._tasks and not self._jobs_idle:
            await self._jobs.join()
            await asyncio.sleep(0)

    @property
    def _jobs_idle(self) -> bool:
        return self._jobs.empty() and not self._is_working

    async def stop(self) -> None:
        """Stop what runs and let it end; return when nothing is under way."""
        if self._under_way:
            await self._stop_firmly()
        await self.settle()

    def take(self, study: Study) -> None:
        """Go on with another form of the lesson: its author has saved it."""
        self.study = study
        if not self._is_closed:
            self._on_change(study)

    async def end_kernel(self) -> None:
        """End the course's kernel; the next run starts one as the course wants it then."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        await self.session.close()

    async def close(self) -> None:
        """Leave the lesson: stop what runs and let it end; the kernel stays for the next lesson."""
        self._is_leaving = True
        if self._under_way:
            await self.stop()
        self._is_closed = True
        self._leave_unsaved()
        for task in tuple(self._tasks):
            task.cancel()

    def _enqueue(self, job: Job) -> None:
        self._jobs.put_nowait(job)
        if not self._is_working:
            self._is_working = True
            self._spawn(self._work())

    async def _work(self) -> None:
        try:
            while not self._jobs.empty():
                job = self._jobs.get_nowait()
                try:
                    await self._do(job)
                finally:
                    self._jobs.task_done()
        finally:
            self._is_working = False

    async def _do(self, job: Job) -> None:
        try:
            match job:
                case RunCode():
                    await self._run_code(job)
                case RunScript():
                    await self._run_script(job)
                case RestoreNames():
                    await self._restore(job)
                case CheckAnswer():
                    verdict = await checked_exercise(self.study, job, self.session)
                    self.dispatch(Checked(job.cell_id, verdict, self._now()))
                case GradeAnswer():
                    await self._ready_kernel()
                    await self._run_setups()
                    verdict = await graded_question(self.study, job, self.session)
                    self.dispatch(Graded(job.cell_id, job.answer, verdict, self._now()))
                case EvaluatePlots():
                    await self._evaluate(job)
                case RestartKernel():
                    await self._restart()
                case _:
                    assert_never(job)
        except TutorError as error:
            self._refused(job, error)

    def _refused(self, job: Job, error: TutorError) -> None:
        """The world said no: say so, and give the cell that waited its end."""
        at = self._now()
        if isinstance(job, RunCode) and self._is_stopped:
            self._say_stopped(job.cell_id)
            return
        if isinstance(job, RestoreNames):
            is_stopped = self._replaying is not None and self._replaying.is_stopped
            self._replaying = None
            self.dispatch(RestoreEnded(self._stop_word if is_stopped else "refused", at))
            if is_stopped:
                return
        if isinstance(job, RunCode | RunScript):
            self.dispatch(RunRefused(job.cell_id, at))
        if isinstance(job, RunScript):
            self.dispatch(Noticed(f"{error.message} {error.help}".strip(), at, is_alarm=True))
        else:
            self.dispatch(KernelFailed(error.message, error.help, at))

    def _say_stopped(self, cell_id: str) -> None:
        self.dispatch(RunReported(cell_id, (Started(None), Finished("interrupted")), self._now()))

    # --- running --------------------------------------------------------------------------------

    async def _prewarmed(self) -> None:
        try:
            await self._ready_kernel()
        except TutorError as error:
            self.dispatch(KernelFailed(error.message, error.help, self._now()))

    async def _ready_kernel(self) -> None:
        if self.session.is_started and self.study.info is not None:
            return
        if not self.session.is_started:
            self.dispatch(KernelStarting(self._now()))
        info = await self.session.start_kernel()
        if self._watch is None:
            self._watch = asyncio.ensure_future(self._watch_kernel())
            self._tasks.add(self._watch)
            self._watch.add_done_callback(self._tasks.discard)
        self.dispatch(KernelStarted(info, self._now()))

    async def _watch_kernel(self) -> None:
        """Tell of a kernel that ends while nothing runs; during a run, Finished tells."""
        while True:
            reason = await self.session.kernel.died()
            self.session.is_dead = True
            if not self._under_way and self.study.kernel not in ("starting", "dead"):
                self.dispatch(KernelDied(reason, self._now()))

    async def _run_code(self, job: RunCode) -> None:
        self._has_begun = self._is_stopped = False
        await self._ready_kernel()
        if self.session.is_dead:
            await self._restart()
        await self._run_setups()
        self.session.lessons_held.add(self.study.lesson.id)
        for hidden in job.hidden:
            if not await self._run_hidden(job.cell_id, hidden):
                return
        if self._is_stopped:
            self._say_stopped(job.cell_id)
            return
        self._in_shell, self._has_begun = False, True
        said = self.session.kernel.run(
            job.source,
            timeout_s=job.timeout_s,
            is_silent=self.is_silent,
            allow_input=self.is_attended,
        )
        await self._report(job.cell_id, said)

    async def _run_setups(self) -> None:
        await self.session.run_setup("course", self.session.opened.course.kernel.setup_source)
        lesson = self.study.lesson
        await self.session.run_setup(f"lesson {lesson.id}", lesson.setup_source)

    async def _run_hidden(self, cell_id: str, hidden: HiddenRun) -> bool:
        """Whether the hidden cell ran well; if not, its error stands where the visible one's would."""
        kernel, said = self.session.kernel, []
        async for event in kernel.run(hidden.source, timeout_s=HIDDEN_TIMEOUT_S, is_silent=True):
            said.append(event)
        if said and isinstance(said[-1], Finished) and said[-1].outcome == "ok":
            return True
        kept = (Started(None), *(event for event in said if isinstance(event, ErrorRaised | Finished)))
        self.dispatch(RunReported(cell_id, kept, self._now()))
        return False

    async def _run_script(self, job: RunScript) -> None:
        for note in self.session.prepare_workspace():
            self.dispatch(Noticed(note, self._now()))
        for path, text in job.files:
            self.session.workspace.write_text(path, text)
        self._in_shell = self._has_begun = True
        try:
            said = self.session.shell.run(
                job.source,
                shell=job.shell,
                is_tty=job.is_tty,
                stdin=job.stdin,
                timeout_s=job.timeout_s,
            )
            await self._report(job.cell_id, said)
        finally:
            self._in_shell = False

    async def _report(self, cell_id: str, said: AsyncIterator[RunEvent]) -> None:
        self._runs += 1
        async for event in said:
            if self._on_event is not None:
                self._on_event(cell_id, event)
            if isinstance(event, Finished) and event.outcome == "died" and not self._in_shell:
                self.session.is_dead = True
            self.dispatch(RunReported(cell_id, (event,), self._now()))

    async def _stop_firmly(self) -> None:
        """Interrupt what runs; where that does not end it, a second interrupt ends its process."""
        run = (self._under_way, self._runs)
        await self._interrupt()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.settle(), GRACE_S)
        if self._under_way and run == (self._under_way, self._runs):
            await self._interrupt()

    async def _interrupt(self) -> None:
        if self._replaying is not None:
            await self._replaying.stop()
            return
        if not self._has_begun:
            self._is_stopped = True
        await self._running_port.interrupt()

    async def _restart(self) -> None:
        info = await self.session.restart_kernel()
        self.session.is_dead = False
        if self._replaying is not None:
            self.dispatch(KernelStarted(info, self._now()))
            return
        # Empty is how it is in this lesson from here on; others may still be restored.
        self.session.lessons_held.add(self.study.lesson.id)
        self.dispatch(KernelStarted(info, self._now(), is_restart=True))

    # --- what ran at the last visit -------------------------------------------------------------

    @property
    def _under_way(self) -> str:
        """What an interrupt would stop: the id of a cell, or a word for the runs of the last visit."""
        return self.study.running or ("restoring" if self.study.restoring is not None else "")

    @property
    def _stop_word(self) -> Literal["left", "stopped"]:
        return "left" if self._is_leaving else "stopped"

    async def _restore(self, job: RestoreNames) -> None:
        replaying = self._replaying = Replaying(self.session, self.dispatch)
        self._in_shell = False
        await self._ready_kernel()
        if self.session.is_dead:
            await self._restart()
        await self._run_setups()
        ended = await replaying.all_of(job.reruns)
        self._replaying = None
        if ended.why == "stopped":
            ended = replace(ended, why=self._stop_word)
        if ended.why != "left":
            self.session.lessons_held.add(self.study.lesson.id)
        self.dispatch(ended)

    # --- plots ----------------------------------------------------------------------------------

    async def _evaluate(self, job: EvaluatePlots) -> None:
        """Plots are redrawn once the names they need exist; an error is one line in the pane."""
        if not self.session.is_started or self.study.kernel == "dead":
            return
        for cell_id in job.cell_ids:
            cell = self.study.cell(cell_id)
            if not isinstance(cell, VizCell):
                continue
            report = await self.session.kernel.plot(plot_request(cell))
            if report.get("missing"):
                continue
            data = plot_data_from_json({"kind": cell.plot, **report})
            self.dispatch(Plotted(cell_id, data, self._now()))

    async def picked(self, cell_id: str, x: float, y: float) -> PlotData | None:
        """The image for the point under the cursor of a viz cell with `pick`; None if it cannot be had."""
        cell = self.study.cell(cell_id)
        if not isinstance(cell, VizCell) or not self.session.is_started or self._under_way:
            return None
        if not self._is_trusted:
            return None
        report = await self.session.kernel.plot(pick_request(cell, x, y))
        return None if report.get("missing") else plot_data_from_json({"kind": "image", **report})

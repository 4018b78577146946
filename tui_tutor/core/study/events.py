"""Event: a past fact or a wish; Effect: an order as data. Everything a learner can do in a lesson."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tui_tutor.core.execution import Finished, KernelInfo, RunEvent
from tui_tutor.core.grading.verdict import Answer, Verdict
from tui_tutor.core.output import Transcript
from tui_tutor.core.plotting.data import PlotData
from tui_tutor.core.ports import Record
from tui_tutor.core.study.state import Rerun

RestoreEnd = Literal["done", "stopped", "left", "limit", "failed", "asked", "died", "refused"]

# --- wishes of the learner --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LessonOpened:
    at: datetime


@dataclass(frozen=True, slots=True)
class LessonClosed:
    """The learner leaves: what is not in the log yet goes there."""

    at: datetime


@dataclass(frozen=True, slots=True)
class CellEntered:
    """The learner is at this cell now; an md or viz cell above it that was left counts as passed."""

    cell_id: str
    at: datetime
    left: str = ""


@dataclass(frozen=True, slots=True)
class SourceEdited:
    """`path` names a file of an exercise that has files."""

    cell_id: str
    source: str
    at: datetime
    path: str = ""


@dataclass(frozen=True, slots=True)
class RunRequested:
    cell_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RunAboveRequested:
    """Run all code above this cell, then the cell itself if it runs at all."""

    cell_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CheckRequested:
    cell_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OutputGuessed:
    """The learner's guess of what an `ask_first` cell prints; "" passes."""

    cell_id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InputGiven:
    """`is_shown`: question and line stay in the output, as a terminal would leave them (but for secrets)."""

    text: str
    at: datetime
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class InterruptRequested:
    at: datetime


@dataclass(frozen=True, slots=True)
class RestartRequested:
    at: datetime


@dataclass(frozen=True, slots=True)
class QuizAnswered:
    cell_id: str
    answer: Answer
    at: datetime


@dataclass(frozen=True, slots=True)
class HintAsked:
    cell_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SolutionAsked:
    cell_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CellReset:
    cell_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TrustAnswered:
    answer: Literal["always", "once", "no"]
    at: datetime


@dataclass(frozen=True, slots=True)
class SaveRetried:
    at: datetime


@dataclass(frozen=True, slots=True)
class NoticeRead:
    at: datetime


@dataclass(frozen=True, slots=True)
class RestoreRequested:
    """Bring the kernel to where it was at the last visit, if there is anything to bring back."""

    at: datetime


# --- facts from the world ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunReported:
    """What a running cell said since the last report."""

    cell_id: str
    events: tuple[RunEvent, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class RunRefused:
    """The world did not let this run begin: the cell is as it was before."""

    cell_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    cell_id: str
    verdict: Verdict
    at: datetime


@dataclass(frozen=True, slots=True)
class Graded:
    cell_id: str
    answer: Answer
    verdict: Verdict
    at: datetime


@dataclass(frozen=True, slots=True)
class Plotted:
    """A viz cell was evaluated; `is_live`: from inside a running cell."""

    cell_id: str
    data: PlotData
    at: datetime
    is_live: bool = False


@dataclass(frozen=True, slots=True)
class KernelStarting:
    at: datetime


@dataclass(frozen=True, slots=True)
class KernelStarted:
    info: KernelInfo
    at: datetime
    is_restart: bool = False


@dataclass(frozen=True, slots=True)
class KernelDied:
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KernelFailed:
    """It could not be started, or the packages are missing: `message` and what to do."""

    message: str
    help: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Noticed:
    """A sentence from an adapter that the learner should read."""

    text: str
    at: datetime
    is_alarm: bool = False


@dataclass(frozen=True, slots=True)
class RerunBegan:
    rerun: Rerun
    at: datetime


@dataclass(frozen=True, slots=True)
class RerunEnded:
    """A run of the last visit was done again to its end; `transcript` is what it says now."""

    rerun: Rerun
    transcript: Transcript
    end: Finished
    at: datetime


@dataclass(frozen=True, slots=True)
class RestoreEnded:
    """`cell_id` is the cell at which it stopped; `detail` says more: an error, a reason."""

    why: RestoreEnd
    at: datetime
    cell_id: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """These records are committed: now what they say may be shown."""

    records: tuple[Record, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class StoreFailed:
    records: tuple[Record, ...]
    message: str
    help: str
    at: datetime


Event = (
    LessonOpened
    | LessonClosed
    | CellEntered
    | SourceEdited
    | RunRequested
    | RunAboveRequested
    | CheckRequested
    | OutputGuessed
    | InputGiven
    | InterruptRequested
    | RestartRequested
    | QuizAnswered
    | HintAsked
    | SolutionAsked
    | CellReset
    | TrustAnswered
    | SaveRetried
    | NoticeRead
    | RestoreRequested
    | RunReported
    | RunRefused
    | Checked
    | Graded
    | Plotted
    | KernelStarting
    | KernelStarted
    | KernelDied
    | KernelFailed
    | Noticed
    | RerunBegan
    | RerunEnded
    | RestoreEnded
    | Stored
    | StoreFailed
)

# --- effects ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HiddenRun:
    """A hidden cell that runs silently before the next visible one."""

    cell_id: str
    source: str


@dataclass(frozen=True, slots=True)
class RunCode:
    """Run source in the kernel, the hidden cells before it first."""

    cell_id: str
    source: str
    timeout_s: float
    hidden: tuple[HiddenRun, ...] = ()


@dataclass(frozen=True, slots=True)
class RunScript:
    """Run a script in a shell of its own; `files` are written into the workspace first."""

    cell_id: str
    source: str
    timeout_s: float
    shell: Literal["sh", "bash"] = "sh"
    is_tty: bool = False
    stdin: str = ""
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RestoreNames:
    """Do these runs again in this order; an interrupt ends it."""

    reruns: tuple[Rerun, ...]


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """Judge what the cell's newest run left, with every check the cell declares."""

    cell_id: str
    source: str


@dataclass(frozen=True, slots=True)
class GradeAnswer:
    """Grade a question; needed because a key may have to be derived in the kernel."""

    cell_id: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class EvaluatePlots:
    """Evaluate these viz cells, in this order."""

    cell_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InterruptRun:
    """Stop what runs."""


@dataclass(frozen=True, slots=True)
class RestartKernel:
    """A new, empty kernel."""


@dataclass(frozen=True, slots=True)
class GiveInput:
    cell_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AskTrust:
    """Show the trust question; TrustAnswered comes back."""


@dataclass(frozen=True, slots=True)
class GrantTrust:
    is_lasting: bool


@dataclass(frozen=True, slots=True)
class Remember:
    """Commit what waits in the study and then these records, all or nothing; report Stored, or StoreFailed.

    So the log has them in the order in which they were made, and an older answer never hides a newer one.
    """

    records: tuple[Record, ...]


Effect = (
    RunCode
    | RunScript
    | RestoreNames
    | CheckAnswer
    | GradeAnswer
    | EvaluatePlots
    | InterruptRun
    | RestartKernel
    | GiveInput
    | AskTrust
    | GrantTrust
    | Remember
)

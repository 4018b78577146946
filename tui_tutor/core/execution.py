"""RunEvent: everything that running code can say, as plain frozen values.

Texts are raw: they come from a stranger's program. `core.output` is the gate they pass before anything
shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Outcome = Literal["ok", "error", "interrupted", "timeout", "died"]
StreamName = Literal["stdout", "stderr"]

PLOT_MIME: Final = "application/vnd.tui-tutor.plot+json"


@dataclass(frozen=True, slots=True)
class Started:
    """The code runs now. `execution_count` is None for silent runs and shell runs."""

    execution_count: int | None = None


@dataclass(frozen=True, slots=True)
class StreamText:
    """Text of one stream, merged over at most about 33 ms. `dropped_lines` lines before `text` were lost."""

    stream: StreamName
    text: str
    dropped_lines: int = 0


@dataclass(frozen=True, slots=True)
class Displayed:
    """A MIME bundle: a result (`is_result`) or display data; binary parts are base64 text."""

    bundle: Mapping[str, Any]
    is_result: bool = False
    display_id: str = ""
    is_update: bool = False


@dataclass(frozen=True, slots=True)
class OutputCleared:
    """The program asked to clear its output; `wait`: only when the next output comes."""

    wait: bool = False


@dataclass(frozen=True, slots=True)
class InputAsked:
    """The program waits for a line of input."""

    prompt: str = ""
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class ErrorRaised:
    """An exception ended the run. `line` counts from 1 in the cell's source, None if unknown."""

    name: str
    message: str
    traceback: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LivePlotted:
    """`tutor.plot(...)` in a running cell: the plot data's JSON for the viz cell with this id."""

    viz_id: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of every run. `reason` is a plain sentence for `died` and `timeout`."""

    outcome: Outcome
    execution_count: int | None = None
    elapsed_ms: float = 0.0
    exit_status: int | None = None
    reason: str = ""


RunEvent = (
    Started | StreamText | Displayed | OutputCleared | InputAsked | ErrorRaised | LivePlotted | Finished
)


@dataclass(frozen=True, slots=True)
class Completions:
    """Names that may stand between `start` and `end` (character offsets into the source)."""

    matches: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    signature: str = ""  # of the first match
    kinds: tuple[str, ...] = ()  # of the matches, as far as they are known: function, module, class ...


@dataclass(frozen=True, slots=True)
class KernelInfo:
    """What runs the cells."""

    language: str = "python"
    version: str = ""
    python: str = ""
    started_in_ms: float = 0.0
    notes: tuple[str, ...] = field(default=())

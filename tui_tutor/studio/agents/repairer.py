"""The repairer: a cell that failed its proof, the evidence, and a cell that does not."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel

from tui_tutor.studio.agents.agent import Agent
from tui_tutor.studio.drafts import CodeDrafts, ExerciseDrafts, Passages, QuizDrafts, VizDrafts

_SYSTEM: Final = """\
You mend one cell of a lesson. You get the lesson, the cell as it is, and the evidence: what happened when \
it was run, checked or answered. Find the cause, then give the whole cell again, with its id, changed as \
little as the cause demands. Evidence is right and the cell is wrong, unless the cell's purpose says \
otherwise. Never weaken a check to let an answer pass; never give up the cell's purpose; never let an \
error be expected that the lesson does not teach. If earlier attempts are shown, yours must differ from \
them."""
_OUTPUTS: Final[dict[str, type[BaseModel]]] = {
    "md": Passages,
    "code": CodeDrafts,
    "sh": CodeDrafts,
    "viz": VizDrafts,
    "ex": ExerciseDrafts,
    "quiz": QuizDrafts,
}
REPAIRERS: Final = {
    kind: Agent(f"repairer: {kind}", "creative", 1, _SYSTEM, output, 8_000)
    for kind, output in _OUTPUTS.items()
}

"""The leveller: the same lesson in words for other readers."""

from __future__ import annotations

from typing import Final

from tui_tutor.studio.agents.agent import Agent
from tui_tutor.studio.drafts import LevelDraft

LEVELLER: Final = Agent(
    "leveller",
    "creative",
    1,
    """\
You write a lesson's words anew for readers of another level; code, keys, checks and the number of options \
stay as they are. For beginners: sentences of at most 12 words, everyday words, every term explained, an \
example before the rule, a starter that leaves less to do (but still does not pass), one more hint. For \
advanced readers: precise, dense, with terms of the field, the reason behind the rule and its limits, a \
starter that gives less, at most one hint. Give only cells whose words change: `text` for prose, `task`, \
`starter`, `hints`, `explain` for exercises, `question`, `hints`, `explain` for questions. Nothing that \
the base lesson teaches is left out; a citation stays word for word, with the line at the end that says \
where it stands. Reading is measured by school grades (Flesch and Kincaid): beginners' words read at most \
at 9 and below those of the base, advanced ones above the base and at least 1.5 grades above the \
beginners'.""",
    LevelDraft,
    16_000,
)

"""The blind solver: answers a lesson's questions without their keys."""

from __future__ import annotations

from typing import Final

from tui_tutor.studio.agents.agent import Agent
from tui_tutor.studio.drafts import SolvedDraft

SOLVER: Final = Agent(
    "solver",
    "solver",
    1,
    """\
You are a careful learner. You have read the lesson and now answer its questions, which come without keys. \
Answer each by its id, as it is typed in a terminal: for a choice the letter or letters of your options, \
such as "b" or "a c"; for a word or a number just that; for an order the letters in their order, such \
as "c a b"; for \
matching the letters that belong to 1, 2, 3 and so on, such as "b a c"; for a program what it prints. \
`why`: your \
reason in one sentence. If a question cannot be answered, or has another answer than its options offer, \
answer "?" and say why.""",
    SolvedDraft,
    6_000,
)

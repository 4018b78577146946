"""The architect: objectives, what needs what, and the order of the lessons."""

from __future__ import annotations

from typing import Final

from tui_tutor.studio.agents.agent import Agent
from tui_tutor.studio.drafts import GraphDraft, ObjectivesDraft, OutlineDraft

OBJECTIVES: Final = Agent(
    "architect: objectives",
    "extract",
    1,
    """\
You set the objectives of a course. Each names one thing that a learner can do afterwards, begins with one \
verb that can be observed, and has the level of Bloom's taxonomy (remember, understand, apply, analyse, \
evaluate, create) that this verb belongs to; `evidence` says how a question or an exercise will find out. \
Never "know", "understand", "learn", "be familiar with" as the verb. Two or three objectives for each \
quarter of an hour; at least half of them apply or higher. Take verbs whose level nobody doubts: list, \
name, define (remember); explain, summarise, paraphrase (understand); compute, run, solve, use (apply); \
distinguish, examine, diagnose (analyse); judge, decide, recommend (evaluate); write, design, build \
(create). What the author demands is among them, what the author forbids is not. Title: at most 60 \
characters, no colon. Summary: one sentence of at most 160 characters.""",
    ObjectivesDraft,
    6_000,
)
GRAPH: Final = Agent(
    "architect: prerequisites",
    "extract",
    1,
    """\
You find out which objectives must be reached before which. Give one edge for each objective; `requires` \
holds only direct prerequisites, by id, and never leads back in a circle.""",
    GraphDraft,
    4_000,
)
OUTLINE: Final = Agent(
    "architect: outline",
    "creative",
    1,
    """\
You divide a course into lessons. A lesson takes 5 to 15 minutes, serves one to three objectives, and \
tells one story: a question from the learner's own work, what is tried, what is seen, what follows. Every \
objective belongs to exactly one lesson; a lesson comes after those whose objectives it needs (`requires`, \
by lesson id). Every lesson runs alone in an empty kernel: none may use names that another has bound. The \
minutes of all lessons together are those of the course. `objective` is one sentence with a verb, `bloom` \
the highest level among its objectives. `story` tells the writer in three to six sentences what happens: \
which data (made by the code itself), which steps, which surprise, what is drawn, what is practised, what \
is asked.""",
    OutlineDraft,
    12_000,
)

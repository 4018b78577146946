"""A course whose answers are there already: the real desk, real kernels and proofs, and nobody is asked."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.unit.studio.pipeline_pieces import OUTLINE, agents, scripted
from tui_tutor.cli.studio_desk import FolderDesk
from tui_tutor.core.studio_desk import BriefForm, DeskNews

FORM = BriefForm(
    topic="Adding up",
    minutes="6",
    provider="local",
    base_url="http://127.0.0.1:9",  # where nobody answers
    model="nobody",
)
ARCHITECT: Mapping[str, Any] = {
    "architect: objectives": {
        "title": OUTLINE.title,
        "summary": OUTLINE.summary,
        "objective": [
            {
                "id": "add",
                "text": "Write a function that adds numbers",
                "bloom": "create",
                "evidence": "An exercise.",
            }
        ],
    },
    "architect: prerequisites": {"edge": [{"objective": "add"}]},
    "architect: outline": {"lesson": [OUTLINE.lesson[0].model_dump(mode="json")]},
}


def a_desk(root: Path, **more: Any) -> FolderDesk:
    """A desk whose models play their parts."""
    model: Any = scripted({**agents(**more), **ARCHITECT})
    return FolderDesk(root, transcript=model)


def a_built_course(root: Path) -> list[DeskNews]:
    """Begin, outline and build a course; what was told."""
    desk = a_desk(root)
    news: list[DeskNews] = []
    desk.begin(FORM)
    asyncio.run(desk.make_outline(news.append))
    outcome = asyncio.run(desk.build(news.append))
    assert outcome.is_good, outcome.lines
    return news


def with_answers_of(built: Path, root: Path) -> None:
    """Begin a course that has the answers of another, and nothing made of them yet."""
    FolderDesk(root).begin(FORM)
    shutil.copytree(built / ".studio" / "steps", root / ".studio" / "steps")

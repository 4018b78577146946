"""A build in a process of its own, for being killed: asks calls one after another through a whole stack."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.studio_calls import a_call
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.choosing_models import choose, stack_of
from tui_tutor.studio.prices import shipped_prices


async def build(url: str, folder: Path, calls: int) -> None:
    brief = Brief.model_validate({"topic": "t", "models": {"base_url": url}})
    environment = {"ANTHROPIC_API_KEY": "sk-test"}
    stack = stack_of(choose(brief, environment), folder, shipped_prices(), cap_usd=5, environment=environment)
    for first in range(0, calls, 3):
        await asyncio.gather(*(stack.model.complete(a_call(str(n))) for n in range(first, first + 3)))
    await stack.close()
    print(stack.model.replayed)


if __name__ == "__main__":
    asyncio.run(build(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))

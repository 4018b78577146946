"""Puts a workshop together: models, prices, ledger, and a confined place to run drafts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from tui_tutor.cli.scratch import scratch_folder
from tui_tutor.cli.studio_trials import FolderTrials
from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import OnSaying, Role
from tui_tutor.studio.choosing_models import Chosen, choose, replaying_stack, stack_of
from tui_tutor.studio.estimating import build_estimate, outline_estimate
from tui_tutor.studio.grounding.ingesting import kept
from tui_tutor.studio.prices import PRICES_FILE, Price, Prices, prices_with
from tui_tutor.studio.workshop import Workshop

if TYPE_CHECKING:
    from tui_tutor.studio.brief import Brief
    from tui_tutor.studio.news import OnNews
    from tui_tutor.studio.outline import Outline
    from tui_tutor.studio.recorded import RecordedModel
    from tui_tutor.studio.studio_folder import StudioFolder

Value = TypeVar("Value")


@contextmanager
def open_workshop(
    folder: StudioFolder,
    on_news: OnNews,
    on_saying: OnSaying,
    *,
    transcript: RecordedModel | None = None,
) -> Iterator[Workshop]:
    """A workshop for the course in a folder, which nobody else builds in meanwhile.

    TutorError before anything is asked: a key, a package or a price is missing, a model may not be asked.
    """
    brief = folder.brief()
    prices = _prices(folder)
    with folder.held(), scratch_folder() as scratch:
        if transcript is None:
            chosen = choose(brief, os.environ)
            stack = stack_of(chosen, folder.hidden, prices, cap_usd=brief.budget_usd, environment=os.environ)
        else:
            chosen = choose(brief, {})
            stack = replaying_stack(transcript, folder.hidden, prices, cap_usd=brief.budget_usd)
        try:
            yield Workshop(
                folder=folder,
                brief=brief,
                sources=kept(folder.hidden),
                model=stack.model,
                models=chosen.models,
                prices=_by_role(chosen, prices),
                ledger=stack.ledger,
                trials=FolderTrials(scratch, folder.hidden / "proofs"),
                on_news=on_news,
                on_saying=on_saying,
                is_replayed=transcript is not None,
            )
        finally:
            stack.ledger.close()


def run_and_close(workshop: Workshop, work: Callable[[], Awaitable[Value]]) -> Value:
    """Run one piece of work on a loop of its own; connections are released at its end."""

    async def do() -> Value:
        try:
            return await work()
        finally:
            await workshop.model.close()

    return asyncio.run(do())


def price_of_outline(folder: StudioFolder, brief: Brief) -> float | None:
    """What an outline costs; None where no price is known."""
    try:
        return outline_estimate(_by_role(choose(brief, os.environ), _prices(folder)), brief).dollars
    except TutorError:
        return None


def price_of_building(folder: StudioFolder, brief: Brief, outline: Outline) -> float | None:
    """What going on costs; None where no price is known."""
    try:
        chosen = choose(brief, os.environ)
        prices = _by_role(chosen, _prices(folder))
        return build_estimate(prices, brief, outline, folder.written_lessons()).dollars
    except TutorError:
        return None


def _prices(folder: StudioFolder) -> Prices:
    own = folder.get(PRICES_FILE)
    return prices_with(own.decode("utf-8", "replace") if own else None)


def _by_role(chosen: Chosen, prices: Prices) -> Mapping[Role, Price]:
    return {
        role: prices.of(model, is_batch=chosen.is_batch, is_local=chosen.is_local)
        for role, model in chosen.models.items()
    }

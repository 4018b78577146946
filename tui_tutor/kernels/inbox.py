"""A bounded queue between what reads a program and who shows it: when it is full, the reader waits."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """Items in order. `put` waits while it is full, `post` never does."""

    def __init__(self, limit: int = 16) -> None:
        self._limit = limit
        self._items: deque[T] = deque()
        self._filled, self._emptied = asyncio.Event(), asyncio.Event()

    async def put(self, item: T) -> None:
        """Add an item when there is room."""
        while len(self._items) >= self._limit:
            self._emptied.clear()
            await self._emptied.wait()
        self.post(item)

    def post(self, item: T) -> None:
        """Add an item at once."""
        self._items.append(item)
        self._filled.set()

    async def get(self, timeout_s: float | None) -> T | None:
        """The next item; None when none comes in time."""
        if not self._items:
            self._filled.clear()
            try:
                async with asyncio.timeout(None if timeout_s is None else max(0.0, timeout_s)):
                    await self._filled.wait()
            except TimeoutError:
                return None
        self._emptied.set()
        return self._items.popleft()

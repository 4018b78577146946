"""What a proof needs of the world beyond the learner's ports: places to run lessons, and a memory."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from tui_tutor.core.ports import Record
from tui_tutor.session.course_session import CourseSession


class Stage(Protocol):
    """A workspace and a kernel of its own for one lesson after the other, under one hash seed."""

    @property
    def session(self) -> CourseSession: ...

    async def clear(self) -> None:
        """An empty kernel and a workspace that nothing has run in."""
        ...

    def copied(self) -> AbstractAsyncContextManager[CourseSession]:
        """A session over a copy of the workspace as it is now, thrown away at the end."""
        ...

    async def close(self) -> None:
        """End all that runs, and remove the workspace."""
        ...


class Stages(Protocol):
    """Opens stages."""

    def open(self, seed: int) -> Stage:
        """A new stage, nothing started yet."""
        ...


class Memory(Protocol):
    """What this machine has found out about a course before; never what a stranger's lock claims."""

    def recall(self, name: str, key: str) -> Mapping[str, Any] | None:
        """What was remembered under this name for just this key, None if nothing was."""
        ...

    def remember(self, name: str, key: str, value: Mapping[str, Any]) -> None:
        """Keep it, instead of what was there; what cannot be kept is not."""
        ...


class ForgetfulStore:
    """An event store that forgets: a proof leaves nothing in a learner's log."""

    is_saving = False

    def append(self, records: object) -> None:
        del records

    def lesson_history(self, course: str, lesson: str) -> tuple[Any, ...]:
        del course, lesson
        return ()

    def progress(self, course: str) -> Mapping[str, Any]:
        del course
        return {}

    def attempts(self, course: str) -> tuple[Record, ...]:
        del course
        return ()

    def last_opened(self) -> None:
        return None

    def setting(self, name: str, default: str = "") -> str:
        del name
        return default

    def set_setting(self, name: str, value: str) -> None:
        del name, value

    def close(self) -> None:
        """Nothing is held."""

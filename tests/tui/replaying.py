"""A shelf and a store that live in memory: what the face is given in tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.diagnostic import Diagnostic
from tui_tutor.core.errors import TutorError
from tui_tutor.core.levels import Offer
from tui_tutor.core.ports import (
    CellHistory,
    CourseEntry,
    Json,
    LessonFile,
    LessonProgress,
    PackageNeed,
    Progress,
    Record,
    TrustState,
    Workspace,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class StoppedClock:
    """It is always noon."""

    def now(self) -> datetime:
        return NOON

    def monotonic_s(self) -> float:
        return 0.0


@dataclass
class MemoryStore:
    """An event store that is told what to remember."""

    lessons: dict[str, dict[str, LessonProgress]] = field(default_factory=dict)
    tries: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    last: tuple[str, str] | None = None
    settings: dict[str, str] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    is_saving: bool = True

    def append(self, records: Sequence[Record]) -> None:
        self.records += records

    def lesson_history(self, course: str, lesson: str) -> tuple[CellHistory, ...]:
        return ()

    def progress(self, course: str) -> Mapping[str, LessonProgress]:
        return self.lessons.get(course, {})

    def attempts(self, course: str) -> tuple[Record, ...]:
        return self.tries.get(course, ())

    def last_opened(self) -> tuple[str, str] | None:
        return self.last

    def setting(self, name: str, default: str = "") -> str:
        return self.settings.get(name, default)

    def set_setting(self, name: str, value: str) -> None:
        self.settings[name] = value

    def close(self) -> None:
        pass


@dataclass
class ReplayCourse:
    """An open course whose lessons are values."""

    entry: CourseEntry
    lessons: Mapping[str, Lesson]
    problems: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    state: TrustState = field(default_factory=lambda: TrustState("unknown", "0"))
    granted: list[bool] = field(default_factory=list)
    offer: Offer = field(default_factory=Offer)
    told: Mapping[tuple[str, str], Lesson] = field(default_factory=dict)  # by (overlay, lesson id)
    overlay: str = ""

    @property
    def course(self) -> Course:
        assert self.entry.course is not None
        return self.entry.course

    def lay_over(self, overlay: str) -> None:
        self.overlay = overlay

    def lesson(self, lesson_id: str) -> LessonFile:
        lesson = self.told.get((self.overlay, lesson_id)) or self.lessons.get(lesson_id)
        return LessonFile(lesson_id, lesson, self.problems.get(lesson_id, ()))

    def asset(self, path: str) -> bytes | None:
        return None

    def lock(self) -> Mapping[str, Json]:
        return {}

    def source_hash(self) -> str:
        return "0"

    def verified_here(self) -> str:
        return ""

    def trust(self) -> TrustState:
        return self.state

    def grant_trust(self, *, is_lasting: bool, network: bool = False) -> None:
        self.granted.append(is_lasting)

    def packages(self) -> PackageNeed:
        return PackageNeed("python3")

    async def set_up(self) -> AsyncIterator[Progress]:
        yield Progress("nothing to do", 1.0)

    def workspace(self) -> Workspace:
        raise TutorError("there is no workspace here")


@dataclass
class ReplayShelf:
    """A shelf of replay courses; broken ones are entries without a course."""

    courses: tuple[ReplayCourse, ...] = ()
    broken: tuple[CourseEntry, ...] = ()

    def entries(self) -> tuple[CourseEntry, ...]:
        return (*(course.entry for course in self.courses), *self.broken)

    def open(self, ref: str) -> ReplayCourse:
        for course in self.courses:
            if course.entry.ref == ref:
                return course
        raise TutorError(f"{ref} cannot be opened", exit_code=4)

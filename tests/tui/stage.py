"""The app on a stage: courses like those of the specification, and what is seen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from textual.screen import Screen
from textual.widget import Widget

from tests.builders import a_code, a_course, a_lesson, a_markdown, a_quiz, a_shell, a_viz, an_exercise
from tests.tui.replaying import NOON, MemoryStore, ReplayCourse, ReplayShelf, StoppedClock
from tui_tutor.core.course import Lesson
from tui_tutor.core.ports import CourseEntry, LessonFacts, LessonProgress, OpenCourse, Record
from tui_tutor.tui.app import TutorApp

YESTERDAY = NOON - timedelta(days=1)


def facts_of(lesson: Lesson) -> LessonFacts:
    """What the shelf remembers of a lesson."""
    ids = tuple(cell.id for cell in lesson.visible_cells if cell.counts)
    return LessonFacts(lesson.title, lesson.minutes, lesson.bloom or "", lesson.requires, lesson.draft, ids)


def a_shelved(ref: str, lessons: Sequence[Lesson], **fields: Any) -> ReplayCourse:
    """An open course of these lessons."""
    course = a_course([lesson.id for lesson in lessons], id=ref, **fields)
    entry = CourseEntry(
        ref=ref,
        course_id=ref,
        title=course.title,
        path=f"/courses/{ref}",
        course=course,
        lesson_titles={lesson.id: lesson.title for lesson in lessons},
        lesson_facts={lesson.id: facts_of(lesson) for lesson in lessons},
    )
    return ReplayCourse(entry, {lesson.id: lesson for lesson in lessons})


def six_cells() -> tuple[Any, ...]:
    """One cell of each kind, as in the lesson of the specification."""
    return (
        a_markdown("Instead of sampling `z` directly, we reparameterise."),
        a_code(),
        a_viz(),
        an_exercise(),
        a_quiz(question="What is the role of ε?"),
        a_shell(),
    )


def the_vae_course() -> ReplayCourse:
    """Six lessons of which the third is the one of the specification."""
    few = six_cells()
    lessons = [
        a_lesson(few, id="latent", title="Latent variables and autoencoders", minutes=12, bloom="remember"),
        a_lesson(few, id="elbo", title="The evidence lower bound", minutes=15, bloom="understand",
                 requires=("latent",)),
        a_lesson(few, id="trick", title="Reparameterisation trick", minutes=15, bloom="apply",
                 objective="Trace gradients through sampling", requires=("elbo",)),
        a_lesson(few, id="beta", title="β and the KL budget", minutes=15, bloom="analyse",
                 requires=("trick",)),
        a_lesson(few, id="judging", title="Judging a VAE", minutes=18, bloom="evaluate", requires=("trick",)),
        a_lesson(few, id="build", title="Build and sample your own", minutes=20, bloom="create",
                 requires=("trick", "judging")),
    ]  # fmt: skip
    return a_shelved(
        "vae",
        lessons,
        title="Variational autoencoders",
        summary="From latent variables to sampling your own digits.",
        level="intermediate",
        license="CC-BY-4.0",
    )


def the_shelf() -> ReplayShelf:
    """Three courses."""
    drafts = [a_lesson(six_cells(), id=f"step-{n}", title=f"Step {n}", minutes=14) for n in range(1, 6)]
    descent = a_shelved("descent", drafts, title="How gradient descent finds its way",
                        summary="Downhill by experiment, from one line to Adam.")  # fmt: skip
    shell = a_shelved("sqlite", drafts, title="SQLite from the shell",
                      summary="Tables, joins and indexes with nothing but sqlite3.")  # fmt: skip
    return ReplayShelf((the_vae_course(), descent, shell))


def the_store() -> MemoryStore:
    """Two lessons and half of the third are done; the second course is done."""
    ids = frozenset(cell.id for cell in six_cells())
    first = LessonProgress("latent", ids, 24, YESTERDAY - timedelta(days=2))
    second = LessonProgress("elbo", ids, 31, YESTERDAY - timedelta(days=1))
    third = LessonProgress("trick", frozenset({"md-1", "code-1", "viz-1"}), 17, YESTERDAY, "ex-1")
    steps = {
        f"step-{n}": LessonProgress(f"step-{n}", ids, 10, datetime(2026, 11, 1, tzinfo=UTC))
        for n in range(1, 6)
    }
    return MemoryStore(
        lessons={"vae": {"latent": first, "elbo": second, "trick": third}, "descent": steps},
        last=("vae", "trick"),
        tries={"vae": the_tries()},
    )


def an_attempt(lesson: str, cell: str, *, correct: bool, form: str = "", days_ago: int = 1) -> Record:
    """An answer as the log keeps it."""
    kind = "quiz" if form else "ex"
    data = {"kind": kind, "form": form, "answer": [], "correct": correct, "score": float(correct)}
    return Record("attempted", "vae", lesson, cell, NOON - timedelta(days=days_ago), data)


def the_tries() -> tuple[Record, ...]:
    """Three exercises and three questions over a week."""
    return (
        an_attempt("latent", "ex-1", correct=True, days_ago=9),
        an_attempt("latent", "quiz-1", correct=True, form="choice", days_ago=9),
        an_attempt("elbo", "ex-1", correct=False, days_ago=4),
        an_attempt("elbo", "ex-1", correct=True, days_ago=4),
        an_attempt("elbo", "quiz-1", correct=False, form="choice", days_ago=4),
        an_attempt("elbo", "quiz-1", correct=True, form="choice", days_ago=4),
        an_attempt("trick", "ex-1", correct=False, days_ago=1),
    )


class OpenedLesson(Screen[None]):
    """What the callable handed to the app gives in these tests."""

    running = ""

    def __init__(self, course: OpenCourse, lesson_id: str, cell_id: str) -> None:
        super().__init__()
        self.course = course
        self.lesson_id = lesson_id
        self.cell_id = cell_id

    @property
    def place(self) -> tuple[str, str]:
        return self.course.entry.ref, self.lesson_id

    def what_runs(self) -> str:
        return self.running


def make_app(**given: Any) -> TutorApp:
    """The app over the shelf and store above, unless others are given."""
    defaults: Mapping[str, Any] = {
        "shelf": the_shelf(),
        "store": the_store(),
        "clock": StoppedClock(),
        "open_lesson": OpenedLesson,
    }
    return TutorApp(**{**defaults, **given})


def screen_text(app: TutorApp) -> str:
    """What is seen, row by row, without trailing blanks."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def shown(widget: Widget) -> str:
    """What one widget draws."""
    return "\n".join(widget.render_line(y).text.rstrip() for y in range(widget.size.height))

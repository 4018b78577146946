"""Opening a lesson as it was left: the author's text, the learner's log, the author's recorded outputs."""

from __future__ import annotations

from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import EventStore, LessonFile, OpenCourse
from tui_tutor.core.progress import opened_order
from tui_tutor.core.study import Study, begin, restored
from tui_tutor.core.study.recording import with_recorded
from tui_tutor.core.study.replaying import with_reruns
from tui_tutor.core.study.state import Trust


def lesson_id_of(course: Course, wanted: str) -> str:
    """The lesson's id from an id or a number from 1. TutorError names what there is."""
    if wanted in course.lessons:
        return wanted
    if wanted.isdecimal() and 1 <= int(wanted) <= len(course.lessons):
        return course.lessons[int(wanted) - 1]
    lessons = ", ".join(f"{n} {lesson_id}" for n, lesson_id in enumerate(course.lessons[:12], 1))
    raise TutorError(f"{course.title} has no lesson {wanted}.", help=f"There are: {lessons}.")


def resume_lesson(opened: OpenCourse, store: EventStore) -> str:
    """Where the learner was last in this course, else its first lesson."""
    progress = store.progress(opened.course.id)
    visited = [p for p in progress.values() if p.opened_at is not None and p.lesson in opened.course.lessons]
    if not visited:
        return opened.course.lessons[0]
    return max(visited, key=opened_order).lesson


def learner_seed(store: EventStore) -> int:
    """The learner's own seed: orders options the same way each time. 0 if none is stored."""
    text = store.setting("seed")
    return int(text) if text.isdecimal() else 0


def open_study(
    opened: OpenCourse, lesson_id: str, store: EventStore, *, granted: str = "", is_held: bool = False
) -> Study:
    """The study of a lesson. TutorError (exit code 4) if the lesson has errors or is not written yet.

    `is_held`: the kernel holds what ran in this lesson (`CourseSession.holds`).
    """
    lesson = lesson_to_study(opened, lesson_id)
    study = begin(
        opened.course,
        lesson,
        number=opened.course.lessons.index(lesson_id) + 1,
        trust=_trust_of(opened, granted),
        seed=learner_seed(store),
    )
    history = store.lesson_history(opened.course.id, lesson_id)
    study = with_reruns(restored(study, history), history, is_held=is_held)
    return with_recorded(study, opened.lock())


def lesson_to_study(opened: OpenCourse, lesson_id: str) -> Lesson:
    """The lesson; TutorError (exit code 4) if it has errors or is not written yet."""
    file = opened.lesson(lesson_id)
    if file.lesson is None or not file.lesson.cells:
        raise _cannot_open(file)
    return file.lesson


def _trust_of(opened: OpenCourse, granted: str) -> Trust:
    if granted == "trusted":
        return "trusted"
    if granted == "once":
        return "once"
    return "trusted" if opened.trust().answer == "trusted" else "unknown"


def _cannot_open(file: LessonFile) -> TutorError:
    if file.lesson is not None and file.lesson.draft:
        message = f"{file.lesson.title} is not written yet."
        return TutorError(message, help="Choose another lesson; your work is safe.")
    errors = [d for d in file.diagnostics if d.severity == "error"]
    first = f" {errors[0].as_text()}" if errors else ""
    words = "error" if len(errors) == 1 else "errors"
    return TutorError(
        f"Lesson {file.lesson_id} cannot be opened yet: {len(errors)} {words}.{first}",
        help="Your work is safe. `tui-tutor check` lists every mistake for the author.",
        exit_code=4,
    )

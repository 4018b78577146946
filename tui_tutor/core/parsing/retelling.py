"""A course as it is told at another level or in another language: what a shelf shows and hands out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.levels import Offer, offer_of
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.lesson_file import parse_lesson
from tui_tutor.core.parsing.overlays import check_course_overlay, overlay_tags, overlays_in, split_tag
from tui_tutor.core.ports import CourseEntry, LessonFile

Files = Mapping[str, bytes]


def course_offer(course: Course, files: Files) -> Offer:
    """What a course is told for, from the names of its files; overlays of unlisted lessons do not count."""
    told = [(stem, tag) for _, stem, tag in overlays_in(files, "lessons") if stem in course.lessons]
    told += [(stem, tag) for _, stem, tag in overlays_in(files, "") if stem == "course"]
    return offer_of(course, (split_tag(tag) for _, tag in told))


def lesson_over(course: Course, lesson_id: str, files: Files, overlay: str) -> LessonFile:
    """A lesson under an overlay; where that has mistakes the base is read, and they are told."""
    parsed = parse_lesson(course, lesson_id, files, overlay=overlay)
    lesson = parsed.value
    if lesson is None and overlay:
        lesson = parse_lesson(course, lesson_id, files).value
    return LessonFile(lesson_id, lesson, parsed.diagnostics)


def retellings(course: Course, base: Lesson, files: Files) -> Iterator[tuple[str, Lesson]]:
    """(overlay, lesson) for each form of a lesson that a learner may come to read, the base left out."""
    seen = {base.model_dump_json()}
    for overlay in course_offer(course, files).overlays():
        lesson = parse_lesson(course, base.id, files, overlay=overlay).value
        if lesson is not None and (told := lesson.model_dump_json()) not in seen:
            seen.add(told)
            yield overlay, lesson


def entry_over(entry: CourseEntry, files: Files, overlay: str) -> CourseEntry:
    """A course's line in the library under an overlay: its title and summary, its lessons' titles."""
    if entry.course is None or not overlay:
        return entry
    course = _course_over(entry.course, files, overlay)
    titles = dict(_titles_over(course, files, overlay))
    facts = {
        lesson: replace(known, title=titles.get(lesson, known.title))
        for lesson, known in entry.lesson_facts.items()
    }
    return replace(
        entry,
        title=course.title,
        course=course,
        lesson_titles={**entry.lesson_titles, **titles},
        lesson_facts=facts,
    )


def _course_over(course: Course, files: Files, overlay: str) -> Course:
    """The course with the words of its overlays; those with mistakes are left out."""
    words: dict[str, object] = {}
    texts: dict[object, str] = {}
    for tag in overlay_tags(overlay):
        over = _values(files, f"course.{tag}.toml", course)
        words |= {key: over[key] for key in ("title", "summary") if key in over}
        objectives = over.get("objective")
        for one in objectives if isinstance(objectives, list) else ():
            texts |= {one["id"]: one["text"]} if "text" in one else {}
    told = tuple(
        one.model_copy(update={"text": texts[one.id]}) if one.id in texts else one for one in course.objective
    )
    language, level = split_tag(overlay)
    chosen = {"language": language or course.language, "level": level or course.level}
    return course.model_copy(update={**words, **chosen, "objective": told})


def _values(files: Files, file: str, course: Course) -> dict[str, Any]:
    document = parse_toml(files[file], file) if file in files else None
    if not isinstance(document, Document):
        return {}
    findings, over = Findings(document), dict(document.values)
    check_course_overlay(over, {"objective": [{"id": one.id} for one in course.objective]}, findings)
    return {} if findings.has_errors else over


def _titles_over(course: Course, files: Files, overlay: str) -> Iterator[tuple[str, str]]:
    for lesson_id in course.lessons:
        for tag in overlay_tags(overlay):
            file = f"lessons/{lesson_id}.{tag}.toml"
            document = parse_toml(files[file], file) if file in files else None
            title = document.values.get("title") if isinstance(document, Document) else None
            if isinstance(title, str) and title.strip():
                yield lesson_id, title

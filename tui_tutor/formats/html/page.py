"""The frame of an exported lesson: where it stands, its objective, its cells, the way to its neighbours."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tui_tutor import __version__
from tui_tutor.core.course import Course, Lesson
from tui_tutor.core.ports import Json
from tui_tutor.core.study.recording import recorded_cells, source_hash, with_recorded
from tui_tutor.core.study.updating import begin
from tui_tutor.formats.html.cells import Shown, cell_html
from tui_tutor.formats.html.look import STYLE
from tui_tutor.formats.html.prose import Asset, escaped

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def lesson_page(
    course: Course, lesson: Lesson, lock: Mapping[str, Json], asset: Asset, *, pages: Collection[str] = ()
) -> str:
    """The whole page. Outputs and plots are those that the lock recorded, and are said to be so.

    `pages` are the lessons that have a page beside this one: only those are linked.
    """
    number = course.lessons.index(lesson.id) + 1
    cells = "".join(cell_html(shown, asset) for shown in _shown(course, lesson, number, lock))
    header, end = _header(course, lesson, number), _neighbours(course, number, pages) + _footer(course)
    body = f"{header}\n<main>\n{cells}</main>\n{end}"
    return _document(f"{lesson.title} · {course.title}", course.language, body)


def contents_page(course: Course, lessons: Mapping[str, Lesson]) -> str:
    """The course's own page: its lessons in order; those that are not among `lessons` have no link."""
    items = "".join(_entry(lesson_id, lessons.get(lesson_id)) for lesson_id in course.lessons)
    summary = f'<p class="objective">{escaped(course.summary)}</p>' if course.summary else ""
    header = f"<header><h1>{escaped(course.title)}</h1>{summary}</header>"
    body = f"{header}\n<main><ol>{items}</ol></main>\n{_footer(course)}"
    return _document(course.title, course.language, body)


def _entry(lesson_id: str, lesson: Lesson | None) -> str:
    if lesson is None:
        return f"<li>{escaped(lesson_id)} <small>not written yet</small></li>"
    minutes = f" <small>{lesson.minutes:g} min</small>" if lesson.minutes else ""
    objective = f"<br><small>{escaped(lesson.objective)}</small>" if lesson.objective else ""
    return f'<li><a href="{lesson_id}.html">{escaped(lesson.title)}</a>{minutes}{objective}</li>'


def _shown(course: Course, lesson: Lesson, number: int, lock: Mapping[str, Json]) -> Sequence[Shown]:
    study = with_recorded(begin(course, lesson, number=number, trust="refused"), lock)
    entries = recorded_cells(lock, lesson.id)
    shown = []
    for place, cell in enumerate(lesson.visible_cells, 1):
        entry = entries.get(cell.id, {})
        is_fresh = entry.get("source_hash") == source_hash(cell)
        count, elapsed_ms = entry.get("k"), entry.get("ms")
        shown.append(
            Shown(
                cell,
                place,
                study.state(cell.id),
                count if is_fresh and type(count) is int else None,
                float(elapsed_ms) if is_fresh and isinstance(elapsed_ms, int | float) else 0.0,
            )
        )
    return shown


def _header(course: Course, lesson: Lesson, number: int) -> str:
    minutes = f"{lesson.minutes:g} min" if lesson.minutes else ""
    bloom = f"Bloom's {lesson.bloom}" if lesson.bloom else ""
    right = " · ".join(part for part in (minutes, bloom) if part)
    left = f"lesson {number} / {len(course.lessons)} · {escaped(lesson.title)}"
    objective = (
        f'<p class="objective"><b>objective</b> {escaped(lesson.objective)}</p>' if lesson.objective else ""
    )
    where = f'<div class="where"><span>{left}</span><span>{right}</span></div>'
    return f"<header>{where}<h1>{escaped(lesson.title)}</h1>{objective}</header>"


def _neighbours(course: Course, number: int, pages: Collection[str]) -> str:
    before, after = number - 1, number + 1
    links = [
        _lesson_link(course, before, f"← lesson {before}", pages),
        f'<a href="index.html">{escaped(course.title)}</a>' if pages else "<span></span>",
        _lesson_link(course, after, f"lesson {after} →", pages),
    ]
    return f"<nav>{''.join(links)}</nav>\n"


def _lesson_link(course: Course, number: int, words: str, pages: Collection[str]) -> str:
    lesson = course.lessons[number - 1] if 1 <= number <= len(course.lessons) else ""
    return f'<a href="{lesson}.html">{words}</a>' if lesson in pages else "<span></span>"


def _footer(course: Course) -> str:
    authors = escaped(", ".join(course.authors))
    rights = escaped(course.license or "")
    parts = [
        escaped(f"{course.title} {course.version}"),
        authors,
        rights,
        f"made with tui-tutor {__version__}",
    ]
    return f"<footer>{' · '.join(part for part in parts if part)}</footer>\n"


def _document(title: str, language: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{escaped(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )

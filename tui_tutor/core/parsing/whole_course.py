"""All mistakes of a whole course in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from tui_tutor.core.course import Cell, Course, Lesson
from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.document import Document, Path, parse_toml
from tui_tutor.core.linting.all_rules import CourseRead, doubts_about
from tui_tutor.core.linting.doubt import RULES, Doubt, PlacedCell, ReadLesson
from tui_tutor.core.linting.missing import doubts_of_cell, doubts_of_course, doubts_of_lesson
from tui_tutor.core.linting.pictures import unlisted_assets
from tui_tutor.core.linting.silencing import Silences
from tui_tutor.core.linting.words import identifiers_in
from tui_tutor.core.parsing.cells import fill_ids
from tui_tutor.core.parsing.course_file import COURSE_FILE, parse_course, read_course
from tui_tutor.core.parsing.findings import MAX_FINDINGS, Findings, sorted_diagnostics
from tui_tutor.core.parsing.inlining import inline_files, is_inside
from tui_tutor.core.parsing.lesson_file import inlined_lesson, lesson_path, read_lesson
from tui_tutor.core.parsing.overlays import (
    check_course_overlay,
    check_lesson_overlay,
    overlays_in,
    split_tag,
)
from tui_tutor.core.parsing.rules.cycles import find_cycle, shown_cycle
from tui_tutor.core.parsing.rules.lessons import ID
from tui_tutor.core.parsing.toml_versions import newer_toml
from tui_tutor.core.parsing.validating import nearest

Files = Mapping[str, bytes]
_LESSONS: Final = "lessons/"


def check_course(files: Files, *, folder_name: str = "course") -> tuple[Diagnostic, ...]:
    """Everything that is wrong or doubtful in a course, sorted by file and place. Nothing is run."""
    document = parse_toml(files[COURSE_FILE], COURSE_FILE) if COURSE_FILE in files else ()
    if not isinstance(document, Document):
        return _check_without_course(files, folder_name)
    findings = Findings(document)
    course = read_course(document, files, findings, folder_name)
    if any(item.code == "needs-newer-player" for item in findings.items):
        return findings.sorted()
    return _check_all(_Whole(files, findings, course))


def _check_without_course(files: Files, folder_name: str) -> tuple[Diagnostic, ...]:
    """The lessons of a course whose course.toml cannot be read are checked all the same."""
    broken = parse_course(files, folder_name=folder_name).diagnostics
    if COURSE_FILE not in files:
        return broken
    whole = _Whole(files, Findings(Document(COURSE_FILE, "", {})), None)
    whole.said.extend(broken)
    whole.check_lessons(_lesson_ids(files))
    whole.check_quality()
    return sorted_diagnostics(whole.said)


class _Whole:
    """A course under check: what was said so far, and what lessons say about each other."""

    def __init__(self, files: Files, findings: Findings, course: Course | None) -> None:
        self.files = files
        self.findings = findings
        self.course = course
        self.said: list[Diagnostic] = []
        self.silences = Silences(findings.document.values)
        self.requires: dict[str, list[str]] = {}
        self.read = _course_read(findings.document.values, course, self.requires)
        self.findings_of: dict[str, Findings] = {}
        self.documents: dict[str, Document] = {}
        self.tables: dict[str, dict[str, Any]] = {}

    def check_lessons(self, lesson_ids: Iterable[str]) -> None:
        """Each lesson by itself; those that come after too many mistakes have to wait."""
        for lesson_id in lesson_ids:
            if self._count_errors() >= MAX_FINDINGS:
                message = f"this lesson and those after it are not checked yet: {MAX_FINDINGS:,} are enough"
                help = "mend what is told, then check again"
                self.said.append(_of_file(lesson_path(lesson_id), "more-to-check", message, help))
                self.read.is_whole = False
                return
            document = parse_toml(self.files[lesson_path(lesson_id)], lesson_path(lesson_id))
            if isinstance(document, Document):
                self._check_lesson(lesson_id, document)
            else:
                self.said.extend(document)
                self.read.is_whole = False

    def _count_errors(self) -> int:
        return sum(item.severity == "error" for found in self.findings_of.values() for item in found.items)

    def _check_lesson(self, lesson_id: str, document: Document) -> None:
        findings = Findings(document)
        raw = inlined_lesson(document, self.files, findings)
        lesson = read_lesson(lesson_id, raw, findings, self.course)
        silences = self.silences
        _add_doubts(doubts_of_lesson(document.values), findings, silences, (lesson_id,))
        cells = tuple(_with_paths(lesson.cells if lesson else (), raw.tables))
        for cell, path in cells:
            doubts = (doubt for doubt in doubts_of_cell(cell, path) if not _is_given(doubt, raw.tables))
            _add_doubts(doubts, findings, silences, (lesson_id, f"{lesson_id}/{cell.id}"))
        self._keep_for_rules(lesson, cells, findings)
        self.said.extend(newer_toml(document))
        self.findings_of[lesson_id] = findings
        self.documents[lesson_id] = document
        self.tables[lesson_id] = raw.tables
        wanted = document.values.get("requires")
        self.requires[lesson_id] = [str(name) for name in wanted] if isinstance(wanted, list) else []
        texts = (document.text, *(origin.text for origin in findings.origins.values()))
        self.read.words[lesson_id] = identifiers_in("\n".join(texts))

    def _keep_for_rules(
        self, lesson: Lesson | None, cells: tuple[PlacedCell, ...], findings: Findings
    ) -> None:
        """Rules about quality read only lessons without mistakes: the others are made up in part."""
        if lesson and not findings.has_errors:
            raw = findings.document.values
            self.read.lessons.append(ReadLesson(lesson, cells, raw, self.read.language))
        else:
            self.read.is_whole = False

    def check_quality(self) -> None:
        """What teaches badly; and what is silenced without need."""
        for lesson, cell, doubt in doubts_about(self.read):
            places = (lesson, f"{lesson}/{cell}") if cell else (lesson,)
            _add_doubts((doubt,), self.findings_of.get(lesson, self.findings), self.silences, places)
        for file, doubt in unlisted_assets(self.findings.document.values, self.files):
            if not self.silences.covers(doubt.code, (file,)):
                self.said.append(_of_file(file, doubt.code, doubt.message, doubt.help, is_error=False))
        for findings in self.findings_of.values():
            self.said.extend(findings.items)

    def check_overlays(self) -> None:
        """Each overlay against the file that it lies over."""
        for file, stem, tag in overlays_in(self.files, "lessons"):
            if self._is_overlay_of(
                stem, file, tag, known=stem in self.documents or stem in _lesson_ids(self.files)
            ):
                self._check_overlay(file, stem)
        for file, stem, tag in overlays_in(self.files, ""):
            if stem == "course" and self._is_overlay_of(stem, file, tag, known=True):
                self._check_overlay(file, "")

    def _is_overlay_of(self, stem: str, file: str, tag: str, *, known: bool) -> bool:
        if split_tag(tag) == ("", ""):
            help = "a language (de), a level (beginner, intermediate, advanced) or both (de.beginner)"
            self.said.append(_of_file(file, "unknown-overlay", f"`{tag}` is no language and no level", help))
            return False
        if not known:
            help = f"the course has no {lesson_path(stem)} for it to lie over"
            self.said.append(_of_file(file, "unknown-overlay", f"there is no lesson `{stem}`", help))
        if known and (own := self._own(tag)):
            help = "write these words into the lesson itself, or say another level or language in course.toml"
            message = f"`{own}` is the course's own: this overlay is never read"
            self.said.append(_of_file(file, "overlay-unread", message, help, is_error=False))
        return known

    def _own(self, tag: str) -> str:
        """What of an overlay's tag names the course's own level or language."""
        course = self.course
        own = (course.language, course.level) if course is not None else ()
        return next((part for part in split_tag(tag) if part and part in own), "")

    def _check_overlay(self, file: str, lesson_id: str) -> None:
        document = parse_toml(self.files[file], file)
        if not isinstance(document, Document):
            self.said.extend(document)
            return
        findings = Findings(document)
        over, _ = inline_files(document.values, self.files, findings)
        if not lesson_id:
            check_course_overlay(over, self.findings.document.values, findings)
        elif lesson_id in self.tables:
            check_lesson_overlay(over, self.tables[lesson_id], findings)
        self.said.extend(findings.items)
        self.said.extend(newer_toml(document))

    def check_order(self) -> None:
        """Lessons do not require each other in a circle."""
        if cycle := find_cycle(self.requires):
            document = self.documents[cycle[0]]
            help = "take one of them out of `requires`"
            message = f"lessons require each other: {shown_cycle(cycle)}"
            place = ("requires", self.requires[cycle[0]].index(cycle[1]))
            span = document.value_span(place)
            self.said.append(document.diagnostic("requires-cycle", message, span, help=help))


def _check_all(whole: _Whole) -> tuple[Diagnostic, ...]:
    findings = whole.findings
    raw = findings.document.values
    _add_doubts(doubts_of_course(raw), findings, whole.silences)
    listed = _listed(raw)
    there = _lesson_ids(whole.files)
    _report_missing_lessons(listed, there, findings)
    _report_missing_assets(raw, whole.files, findings)
    whole.check_lessons(
        [*(name for name in dict.fromkeys(listed) if name in there), *sorted(there - set(listed))]
    )
    whole.read.is_whole = whole.read.is_whole and set(listed) <= there
    whole.said.extend(_unlisted(there - set(listed)))
    whole.check_overlays()
    whole.check_order()
    whole.check_quality()
    _report_silences(whole)
    whole.said.extend(findings.items)
    whole.said.extend(newer_toml(findings.document))
    return sorted_diagnostics(whole.said)


def _listed(raw: Mapping[str, Any]) -> list[str]:
    lessons = raw.get("lessons")
    return [name for name in lessons if isinstance(name, str)] if isinstance(lessons, list) else []


def _lesson_ids(files: Files) -> set[str]:
    """The stems of all lesson files; overlays have a dot in theirs."""
    stems = (
        file.removeprefix(_LESSONS).removesuffix(".toml")
        for file in files
        if file.startswith(_LESSONS) and file.endswith(".toml")
    )
    return {stem for stem in stems if stem and "/" not in stem and "." not in stem}


def _report_missing_lessons(listed: list[str], there: set[str], findings: Findings) -> None:
    lessons = findings.document.values.get("lessons")
    for index, name in enumerate(lessons if isinstance(lessons, list) else ()):
        if isinstance(name, str) and ID.fullmatch(name) and name not in there:
            close = nearest(name, there - set(listed))
            help = f"did you mean `{close}`?" if close else f"write {lesson_path(name)}, or take it out"
            message = f"the course has no {lesson_path(name)}"
            findings.error("lesson-missing", message, ("lessons", index), help=help)


def _unlisted(names: Iterable[str]) -> Iterator[Diagnostic]:
    for name in sorted(names):
        help = f'add "{name}" to `lessons` in course.toml; learners do not see it'
        yield _of_file(lesson_path(name), "lesson-unlisted", "the lesson is not listed", help, is_error=False)


def _report_missing_assets(raw: Mapping[str, Any], files: Files, findings: Findings) -> None:
    assets = raw.get("asset")
    for index, asset in enumerate(assets if isinstance(assets, list) else ()):
        path = asset.get("path") if isinstance(asset, dict) else None
        if isinstance(path, str) and is_inside(path) and path not in files:
            at: Path = ("asset", index, "path")
            findings.error("file-missing", f"the course has no file {path}", at)


def _of_file(file: str, code: str, message: str, help: str, *, is_error: bool = True) -> Diagnostic:
    return Diagnostic(code, message, Span(file), "error" if is_error else "warning", help)


def _course_read(
    raw: Mapping[str, Any], course: Course | None, requires: Mapping[str, Sequence[str]]
) -> CourseRead:
    """What the rules about quality know of a course before its lessons are read."""
    language = raw.get("language")
    return CourseRead(
        raw,
        setup=course.kernel.setup_source if course else "",
        has_python=course is not None and "python" in course.kernel.name,
        language=language.partition("-")[0].lower() if isinstance(language, str) else "en",
        requires=requires,
    )


def _report_silences(whole: _Whole) -> None:
    """Silences that name no rule, and, where everything could be read, those that silence nothing."""
    findings = whole.findings
    for silence in whole.silences.unknown():
        close = nearest(silence.code, RULES)
        help = (
            f"did you mean `{close}`?"
            if close
            else "docs/rules.md names every rule; errors cannot be silenced"
        )
        at: Path = ("silence", silence.position, "code")
        findings.warning("silence-unknown", f"there is no rule `{silence.code}`", at, help=help, at="value")
    if any(item.severity == "error" for item in (*whole.said, *findings.items)):
        return
    for silence in whole.silences.unused():
        at = ("silence", silence.position)
        where = f" in {silence.where}" if silence.where else ""
        message = f"`{silence.code}` finds nothing to be silenced{where}"
        findings.warning("silence-unused", message, at, help="take this [[silence]] out, or mend its `where`")


def _add_doubts(
    doubts: Iterable[Doubt], findings: Findings, silences: Silences, places: Sequence[str] = ()
) -> None:
    for doubt in doubts:
        if silences.covers(doubt.code, places):
            continue
        if doubt.inside:
            findings.warning_inside(doubt.code, doubt.message, doubt.path, *doubt.inside, help=doubt.help)
        else:
            findings.warning(doubt.code, doubt.message, doubt.path, help=doubt.help, at=doubt.at)


def _is_given(doubt: Doubt, tables: Mapping[str, Any]) -> bool:
    """Whether the key is there after all, with a mistake of its own that was reported."""
    table: Any = tables
    for part in doubt.path:
        table = table[part]
    return isinstance(table, dict) and doubt.code.removesuffix("-missing") in table


def _with_paths(cells: Iterable[Cell], tables: Mapping[str, Any]) -> Iterator[PlacedCell]:
    """Each readable cell with the path of its `[[cell]]` table."""
    written = tables.get("cell")
    positions: dict[str, int] = {}
    for index, cell_id in enumerate(fill_ids(written if isinstance(written, list) else [])):
        positions.setdefault(cell_id, index)
    for cell in cells:
        yield PlacedCell(cell, ("cell", positions.get(cell.id, 0)))

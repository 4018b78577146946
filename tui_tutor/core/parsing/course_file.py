"""course.toml -> Course, or every mistake in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tui_tutor import __version__
from tui_tutor.core.course import FORMAT, ID_PATTERN, Course
from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.parsing.findings import Findings, Parsed
from tui_tutor.core.parsing.inlining import read_named
from tui_tutor.core.parsing.rules.courses import require_course
from tui_tutor.core.parsing.rules.numbers import require_finite
from tui_tutor.core.parsing.validating import make

COURSE_FILE: Final = "course.toml"


def parse_course(files: Mapping[str, bytes], *, folder_name: str = "course") -> Parsed[Course]:
    """Read course.toml and the setup file it names. Without an `id` the folder's name is made fit."""
    if COURSE_FILE not in files:
        missing = Diagnostic(
            "course-file-missing",
            "the course has no course.toml",
            Span(COURSE_FILE),
            help="a course is a folder with a course.toml and its lessons in lessons/",
        )
        return Parsed(None, (missing,))
    document = parse_toml(files[COURSE_FILE], COURSE_FILE)
    if not isinstance(document, Document):
        return Parsed(None, document)
    findings = Findings(document)
    course = read_course(document, files, findings, folder_name)
    return Parsed(None if findings.has_errors else course, findings.sorted())


def read_course(
    document: Document, files: Mapping[str, bytes], findings: Findings, folder_name: str
) -> Course | None:
    """The course that a parsed course.toml describes; what is wrong is added to the findings."""
    raw = dict(document.values)
    if _is_for_newer_player(raw, findings):
        return None
    if "id" not in raw:
        raw["id"] = fit_id(folder_name)
        _warn_about_id(raw["id"], findings)
    _inline_setup(raw, files, findings)
    require_finite(document.values, findings)
    require_course(raw, findings)
    return make(Course, raw, findings)


def fit_id(name: str) -> str:
    """A folder's name as an id."""
    fit = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64].rstrip("-")
    return fit if re.match(ID_PATTERN, fit) else "course"


def _warn_about_id(made: str, findings: Findings) -> None:
    help = f'add `id = "{made}"`: learners\' progress hangs on it, and `pack` and `install` need it'
    findings.warning("course-id-missing", f"the course has no `id`; {made} is used", (), help=help)


def _inline_setup(raw: dict[str, Any], files: Mapping[str, bytes], findings: Findings) -> None:
    kernel = raw.get("kernel")
    if not isinstance(kernel, dict):
        return
    if "setup_source" in kernel:
        kernel = raw["kernel"] = {key: value for key, value in kernel.items() if key != "setup_source"}
        help = "did you mean `setup`?"
        at = ("kernel", "setup_source")
        findings.error("unknown-key", "`setup_source` is not a key here", at, help=help, at="key")
    if "setup" not in kernel:
        return
    if text := read_named(kernel["setup"], files, findings, ("kernel", "setup")):
        raw["kernel"] = {**kernel, "setup_source": text.text}
        findings.origins["kernel", "setup_source"] = text
    else:
        raw["kernel"] = {key: value for key, value in kernel.items() if key != "setup"}


def _is_for_newer_player(raw: Mapping[str, Any], findings: Findings) -> bool:
    """Whether an older player should say so instead of listing keys it does not know."""
    help = "update with: pip install --upgrade tui-tutor"
    number = raw.get("format")
    if isinstance(number, int) and not isinstance(number, bool) and number > FORMAT:
        message = f"this course is written in format {number}; tui-tutor {__version__} reads format {FORMAT}"
        findings.error("needs-newer-player", message, ("format",), help=help)
        return True
    needs = raw.get("needs")
    if isinstance(needs, str) and not _satisfies(needs):
        message = f"this course needs tui-tutor {needs}; this is {__version__}"
        findings.error("needs-newer-player", message, ("needs",), help=help)
        return True
    return False


def _satisfies(needs: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(needs).contains(__version__, prereleases=True)
    except InvalidSpecifier:
        return True  # reported by the rules about values

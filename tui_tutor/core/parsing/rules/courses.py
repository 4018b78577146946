"""Rules about course.toml."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tui_tutor.core.document import Path
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.inlining import is_inside
from tui_tutor.core.parsing.rules.cycles import find_cycle, shown_cycle
from tui_tutor.core.parsing.rules.sources import require_program
from tui_tutor.core.parsing.validating import nearest

_NUMBER: Final = r"(?:0|[1-9]\d*)"
_TAG: Final = r"(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)"
SEMVER: Final = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_TAG}(?:\.{_TAG})*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?",
    re.ASCII,
)
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KERNEL: Final = re.compile(r"[A-Za-z0-9._-]{1,100}")
Raw = Mapping[str, Any]


def require_course(raw: Raw, findings: Findings) -> None:
    """Everything that must hold in course.toml beyond the types of its values."""
    _require_shapes(raw, findings)
    _require_lessons(raw, findings)
    _require_kernel(_table(raw.get("kernel")), findings)
    _require_assets(_tables(raw.get("asset")), findings)
    _require_silences(raw, findings)
    _require_objectives(_tables(raw.get("objective")), findings)


def _require_shapes(raw: Raw, findings: Findings) -> None:
    version, language, needs = raw.get("version"), raw.get("language"), raw.get("needs")
    if isinstance(version, str) and version and not SEMVER.fullmatch(version):
        help = 'three numbers: version = "1.0.0"'
        findings.error("bad-version", f"{version!r} is not a semantic version", ("version",), help=help)
    if isinstance(language, str) and not LANGUAGE.fullmatch(language):
        help = 'such as "en", "de" or "pt-BR" (BCP 47)'
        findings.error("bad-language", f"{language!r} is not a language tag", ("language",), help=help)
    if raw.get("license") == "":
        help = 'an SPDX name such as "CC-BY-4.0", or leave the key out'
        findings.error("empty", "`license` is empty", ("license",), help=help)
    if isinstance(needs, str) and not _is_specifier(needs):
        help = 'such as needs = ">=0.1"'
        findings.error("bad-requirement", f"{needs!r} says no range of versions", ("needs",), help=help)
    own = raw.get("id")
    for index, name in _texts(raw.get("after")):
        if name == own:
            findings.error("requires-itself", "a course cannot come after itself", ("after", index))


def _is_specifier(text: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def _require_lessons(raw: Raw, findings: Findings) -> None:
    _require_unique(
        _texts(raw.get("lessons")),
        lambda index: ("lessons", index),
        "duplicate-lesson",
        "the lesson {} is listed twice",
        findings,
    )


def _require_unique(
    named: Sequence[tuple[int, str]],
    place: Callable[[int], Path],
    code: str,
    message: str,
    findings: Findings,
) -> None:
    seen: set[str] = set()
    for index, name in named:
        if name in seen:
            findings.error(code, message.format(name), place(index))
        seen.add(name)


def _require_kernel(kernel: Raw, findings: Findings) -> None:
    name = kernel.get("name", "python3")
    if isinstance(name, str) and name and not _KERNEL.fullmatch(name):
        help = "the name of a Jupyter kernelspec: letters, digits, dots, hyphens"
        findings.error("wrong-value", f"{name!r} is not a kernel's name", ("kernel", "name"), help=help)
    for index, text in _texts(kernel.get("packages")):
        _require_package(text, ("kernel", "packages", index), findings)
    for variable, value in _table(kernel.get("env")).items():
        if not _VARIABLE.fullmatch(variable) or (isinstance(value, str) and "\0" in value):
            message = f"{variable!r} is not an environment variable"
            findings.error("wrong-value", message, ("kernel", "env", variable), at="key")
    source = kernel.get("setup_source")
    if isinstance(source, str) and "python" in str(name):
        require_program(source, ("kernel", "setup_source"), findings)


def _require_package(text: str, path: Path, findings: Findings) -> None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        Requirement(text)
    except InvalidRequirement as error:
        reason = str(error).split("\n", 1)[0]
        help = f'{reason}; a package is named as in "numpy>=1.26" (PEP 508)'
        findings.error("bad-requirement", f"{text!r} is not a package", path, help=help)


def _require_assets(assets: Sequence[tuple[int, Raw]], findings: Findings) -> None:
    seen: set[str] = set()
    for index, asset in assets:
        path = asset.get("path")
        if not isinstance(path, str):
            continue
        at: Path = ("asset", index, "path")
        if path and not is_inside(path):
            help = 'a path is relative to the course\'s folder: "files/data.csv"'
            findings.error("path-outside", f"{path!r} is no file inside the course", at, help=help)
        if path in seen:
            findings.error("duplicate-file", f"{path} is given twice", at)
        seen.add(path)


def _require_silences(raw: Raw, findings: Findings) -> None:
    lessons = [name for _, name in _texts(raw.get("lessons"))]
    for index, silence in _tables(raw.get("silence")):
        where = silence.get("where", "")
        if not isinstance(where, str) or not where:
            continue
        lesson = where.split("/", 1)[0]
        if lessons and lesson not in lessons:
            close = nearest(lesson, lessons)
            help = (
                f"did you mean `{close}`?" if close else "a lesson, or a lesson and a cell: elbo/when-tight"
            )
            at: Path = ("silence", index, "where")
            findings.error("unknown-lesson", f"the course has no lesson `{lesson}`", at, help=help)


def _require_objectives(objectives: Sequence[tuple[int, Raw]], findings: Findings) -> None:
    named = [(index, table["id"]) for index, table in objectives if isinstance(table.get("id"), str)]
    places = {name: index for index, name in reversed(named)}
    message = "two objectives have the id {}"
    _require_unique(named, lambda index: ("objective", index, "id"), "duplicate-id", message, findings)
    requires: dict[str, list[str]] = {}
    for index, table in objectives:
        wanted = _texts(table.get("requires"))
        requires[str(table.get("id"))] = [name for _, name in wanted]
        for position, name in wanted:
            at: Path = ("objective", index, "requires", position)
            _require_objective(name, table.get("id"), places, at, findings)
    if cycle := find_cycle(requires):
        at = ("objective", places.get(cycle[0], 0), "requires")
        findings.error("requires-cycle", f"objectives require each other: {shown_cycle(cycle)}", at)


def _require_objective(
    name: str, own: object, known: Mapping[str, int], at: Path, findings: Findings
) -> None:
    if name == own:
        findings.error("requires-itself", "an objective cannot require itself", at)
    elif name not in known:
        close = nearest(name, known)
        help = f"did you mean `{close}`?" if close else "it names the `id` of another [[objective]]"
        findings.error("unknown-objective", f"there is no objective `{name}`", at, help=help)


def _table(value: object) -> Raw:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[tuple[int, Raw]]:
    if not isinstance(value, list):
        return []
    return [(index, item) for index, item in enumerate(value) if isinstance(item, dict)]


def _texts(value: object) -> list[tuple[int, str]]:
    if not isinstance(value, list):
        return []
    return [(index, item) for index, item in enumerate(value) if isinstance(item, str)]

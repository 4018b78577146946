"""Whatever a course opens, names or connects to outside the learner's workspace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell
from tui_tutor.studio.gates.built import Built
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.gates.imports import package_name
from tui_tutor.studio.gates.leaks import programs_of
from tui_tutor.studio.gates.places import private_name_in
from tui_tutor.studio.gates.reach_python import reaches_of_python
from tui_tutor.studio.gates.reach_shell import reaches_of_shell

_HELP: Final = "work with files of the workspace alone: make the data in a cell, or put it into files/"
_EXPRESSIONS: Final = ("expr", "equals_py", "to_py", "args_py", "returns_py", "holds", "code", "value_py")
_OF_A_PLOT: Final = ("data", "x", "color", "label")


def findings_about_reach(built: Built) -> Iterator[Finding]:
    """Programs that leave the workspace, texts that name private files, and rights that are asked for."""
    yield from _about_course(built)
    for lesson in built.all_lessons():
        yield from _python(lesson.id, "", (("setup", lesson.setup_source),))
        for cell in lesson.cells:
            yield from _about_cell(lesson.id, cell)
    for file, content in built.files.items():
        if file.endswith((".py", ".sh")):
            source = content.decode("utf-8", "replace")
            reading = reaches_of_python(source) if file.endswith(".py") else reaches_of_shell(source)
            yield from (
                Finding("reaches-outside", "", "", f"{file}:{line}: {what}", _HELP) for line, what in reading
            )
    yield from _about_texts(built)


def _about_course(built: Built) -> Iterator[Finding]:
    course = built.course
    if course.permissions.network:
        message = "the course asks for the network"
        yield Finding("reaches-outside", "", "", message, "take `network` out of [permissions]")
    asked = {package_name(one) for one in built.brief.packages}
    for package in course.kernel.packages:
        if package_name(package) not in asked:
            message, help = (
                f"the course installs {package[:60]}",
                "name it in `packages` of the brief, or leave it",
            )
            yield Finding("reaches-outside", "", "", message, help)
    yield from _python("", "", (("setup", course.kernel.setup_source),))


def _about_cell(lesson: str, cell: Cell) -> Iterator[Finding]:
    is_shell = isinstance(cell, models.ShellCell) or getattr(cell, "language", "") == "sh"
    for key, source in programs_of(cell):
        if key == "run" or (is_shell and not key.startswith("file")):
            yield from _shell(lesson, cell.id, key, source)
        else:
            yield from _python(lesson, cell.id, ((key, source),))
    yield from _python(lesson, cell.id, _expressions_of(cell))
    for check in getattr(cell, "check", ()):
        if isinstance(check, models.FileCheck) and private_name_in(check.path):
            yield Finding("reaches-outside", lesson, cell.id, f"a check names {check.path}", _HELP)


def _expressions_of(cell: Cell) -> Iterator[tuple[str, str]]:
    for number, check in enumerate(getattr(cell, "check", ()), 1):
        for name in _EXPRESSIONS:
            if source := getattr(check, name, ""):
                yield f"check {number} {name}", str(source)
        for given in getattr(check, "given", ()):
            yield f"check {number} given", given
    if isinstance(cell, models.VizCell):
        written = [getattr(cell, name) for name in _OF_A_PLOT] + list(
            [cell.y] if isinstance(cell.y, str) else cell.y
        )
        written += [layer.data or layer.x for layer in cell.layer]
        yield from (("plot", source) for source in written if source)
    for part in (cell, *getattr(cell, "blank", ())):
        if source := getattr(part, "value_py", ""):
            yield "value_py", source


def _python(lesson: str, cell: str, programs: object) -> Iterator[Finding]:
    for key, source in programs:  # type: ignore[attr-defined]
        for line, what in dict.fromkeys(reaches_of_python(source)):
            yield Finding("reaches-outside", lesson, cell, f"{key}, line {line}: {what}", _HELP)


def _shell(lesson: str, cell: str, key: str, source: str) -> Iterator[Finding]:
    for line, what in dict.fromkeys(reaches_of_shell(source)):
        yield Finding("reaches-outside", lesson, cell, f"{key}, line {line}: {what}", _HELP)


def _about_texts(built: Built) -> Iterator[Finding]:
    """Words that name private files; soft where the author asked for just that."""
    asked = " ".join((built.brief.topic, *built.brief.must)).casefold()
    for text in built.texts():
        if name := private_name_in(text.words):
            is_hard = name.strip("~/.").casefold() not in asked
            message = f"{text.key} names {name}"
            help = "speak of files of the workspace; or name it in `must` of the brief if it is the topic"
            yield Finding("reaches-outside", text.lesson, text.cell, message, help, is_hard)

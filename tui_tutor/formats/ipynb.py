"""Jupyter notebooks -> a course: one lesson for each, in natural order; nothing of them is run."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing.inlining import is_inside
from tui_tutor.core.safe_text import safe_line
from tui_tutor.formats.imported import Imported, Lost, Source
from tui_tutor.formats.ipynb_cells import LessonMaker, slug
from tui_tutor.formats.ipynb_outputs import Budget
from tui_tutor.formats.ipynb_pictures import Files
from tui_tutor.formats.ipynb_reading import Notebook, read_notebook
from tui_tutor.formats.ipynb_source import words_of
from tui_tutor.formats.ipynb_text import Surroundings
from tui_tutor.formats.ipynb_titles import lesson_title
from tui_tutor.formats.mending import is_kernel
from tui_tutor.formats.notebook_carried import Carried, carried_header

_SUFFIX: Final = ".ipynb"
_CHECKPOINTS: Final = ".ipynb_checkpoints/"
_DEEPEST: Final = 7  # folders of a file that lies beside the notebooks; a course has eight, with files/
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")
_DIGITS: Final = re.compile(r"(\d{1,18})")


@dataclass(frozen=True, slots=True)
class _Read:
    """One notebook of the source, and what it carries of a course of ours."""

    path: str
    notebook: Notebook
    own: Carried


@dataclass
class _Making:
    """The course so far."""

    is_single: bool
    files: Files
    beside: Mapping[str, bytes]
    lost: list[Lost] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)
    lessons: dict[str, dict[str, Any]] = field(default_factory=dict)
    recorded: dict[str, dict[str, Any]] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)


def read(source: Source) -> Imported:
    """The course that notebooks make; TutorError if one of them is no notebook."""
    reads = _reads(source)
    making = _Making(len(reads) == 1, Files(), _beside(source, reads))
    _keep_neighbours(making)
    for one in sorted(reads, key=lambda one: _rank(one, reads)):
        _add_lesson(one, making)
    _add_drafts(reads, making)
    return Imported(
        "ipynb",
        _course(source.name, reads, making),
        making.lessons,
        dict(making.counted),
        making.files.made,
        making.recorded,
        tuple(making.lost),
    )


def _reads(source: Source) -> list[_Read]:
    """The notebooks that are lessons: where any was a lesson of ours, the others are files beside them."""
    reads: list[_Read] = []
    refused: TutorError | None = None
    for path in _paths(source):
        try:
            notebook = read_notebook(path, source.files[path])
        except TutorError as error:
            refused = refused or error
        else:
            reads.append(_Read(path, notebook, carried_header(notebook)))
    ours = [one for one in reads if one.own.lesson]
    if refused is not None and not ours:
        raise refused
    return ours or reads


def _beside(source: Source, reads: Sequence[_Read]) -> dict[str, bytes]:
    if len(source.files) == 1:
        return {}
    lessons = {one.path for one in reads}
    return {
        path: data
        for path, data in source.files.items()
        if path not in lessons and not (_CHECKPOINTS in path and path.endswith(_SUFFIX))
    }


def _add_drafts(reads: Sequence[_Read], making: _Making) -> None:
    """Lessons of a course of ours that are still to be written, each in its place."""
    drafts = {name: draft for one in reads for name, draft in one.own.drafts.items() if slug(name) == name}
    if not drafts:
        return
    order = _listed(reads)
    lessons = {**{name: dict(draft) for name, draft in drafts.items()}, **making.lessons}
    places = {name: order.index(name) if name in order else len(order) for name in lessons}
    making.lessons = {name: lessons[name] for name in sorted(lessons, key=lambda name: places[name])}


def _listed(reads: Sequence[_Read]) -> list[Any]:
    """The order of lessons that a course of ours gives, [] for other notebooks."""
    listed = next((read.own.course.get("lessons") for read in reads if read.own.course), None)
    return listed if isinstance(listed, list) else []


def _paths(source: Source) -> list[str]:
    paths = [path for path in source.files if path.lower().endswith(_SUFFIX)]
    paths = [path for path in paths if _CHECKPOINTS not in path]
    if not paths and len(source.files) == 1:
        paths = list(source.files)  # whoever names the format knows what the file is
    if not paths:
        raise TutorError(
            f"There is no notebook in {safe_line(source.name)}.", help="A notebook's name ends in .ipynb."
        )
    return sorted(paths, key=natural_order)


def natural_order(name: str) -> list[tuple[int, str]]:
    """Sorts `2-x` before `10-x`."""
    return [(int(part), "") if part.isdecimal() else (-1, part.lower()) for part in _DIGITS.split(name)]


def _rank(one: _Read, reads: Sequence[_Read]) -> tuple[int, int]:
    """The place that a course of ours gives the lesson, else the natural one."""
    lessons = _listed(reads)
    place = lessons.index(one.own.lesson) if one.own.lesson in lessons else len(lessons)
    return place, reads.index(one)


def _keep_neighbours(making: _Making) -> None:
    """What lies beside notebooks is what their code reads: it comes into the learner's workspace."""
    for path, data in sorted(making.beside.items()):
        parts = path.split("/")
        is_kept = is_inside(f"files/{path}") and len(parts) <= _DEEPEST
        if is_kept and making.files.has_room(data):
            making.files.keep(f"files/{path}", data)
        else:
            why = "there is no more room" if is_kept else "its name cannot be one of a course"
            making.lost.append(Lost(path, "file", why))


# --- one lesson -------------------------------------------------------------------------------------


def _add_lesson(one: _Read, making: _Making) -> None:
    path = "" if making.is_single else one.path
    lost = [Lost(path or "notebook", "notebook", doubt) for doubt in one.notebook.doubts]
    around = Surroundings(making.files, lost, posixpath.dirname(one.path), making.beside)
    language = _language(one.notebook)
    programs = (cell.source for cell in one.notebook.cells if cell.type == "code")
    names: frozenset[str] = frozenset().union(*(words_of(text) for text in programs))
    maker = LessonMaker(one.notebook, path, around, making.budget, language, names)
    maker.make()
    _lose_metadata(one.notebook, path or "notebook", lost)
    making.counted.update(cell.type for cell in one.notebook.cells)
    making.lost += lost
    lesson_id = _free_id(one.own.lesson or _stem(one.path), making.lessons)
    making.lessons[lesson_id] = _lesson(one, maker)
    if maker.recorded:
        making.recorded[lesson_id] = maker.recorded


def _lesson(one: _Read, maker: LessonMaker) -> dict[str, Any]:
    if one.own.header.get("title"):
        return {**one.own.header, "cell": maker.cells}
    stem = posixpath.basename(one.path).rpartition(".")[0] or one.path
    title = lesson_title(one.notebook) or stem.replace("_", " ").replace("-", " ").strip()
    return {"title": title or "Untitled", "cell": maker.cells}


def _stem(path: str) -> str:
    return posixpath.basename(path).rpartition(".")[0] or path


def _free_id(wanted: str, taken: Iterable[str]) -> str:
    made = first = slug(wanted) or "lesson"
    number = 1
    while made in taken:
        number += 1
        made = f"{first}-{number}"
    return made


def _lose_metadata(notebook: Notebook, where: str, lost: list[Lost]) -> None:
    slides = sum("slide_type" in cell.mapping("slideshow") for cell in notebook.cells)
    if slides:
        lost.append(Lost(where, f"slide types of {slides} cells", "a lesson is one page"))
    if notebook.mapping("widgets"):
        lost.append(Lost(where, "the state of widgets", "a widget needs a browser"))


# --- the course -------------------------------------------------------------------------------------


def _language(notebook: Notebook) -> str:
    """The language of its code, `python` if it does not say."""
    for table, name in (("kernelspec", "language"), ("language_info", "name")):
        language = notebook.mapping(table).get(name)
        if isinstance(language, str) and language.strip():
            language = language.strip().lower()
            return "python" if language in ("python", "ipython", "python3") else language
    return "python"


def _kernel(notebook: Notebook) -> str:
    """The name of its kernel; "python" is only the language, which python3 is the kernel of."""
    name = notebook.mapping("kernelspec").get("name")
    if not isinstance(name, str) or name in ("", "python"):
        return "python3"
    if is_kernel(name):
        return name
    fit = _UNFIT.sub("-", name).strip("-")
    return fit if _language(notebook) != "python" and is_kernel(fit) else "python3"


def _course(name: str, reads: Sequence[_Read], making: _Making) -> dict[str, Any]:
    lessons = list(making.lessons)
    own = next((one.own.course for one in reads if one.own.course.get("format") == 1), None)
    if own is not None:
        return _carried_course(own, making)
    stem = name.removesuffix(_SUFFIX)
    title = making.lessons[lessons[0]]["title"] if making.is_single else stem.replace("_", " ").strip()
    course: dict[str, Any] = {
        "format": 1,
        "id": slug(stem) or "course",
        "title": title or "Untitled",
        "version": "0.1.0",
        "authors": _authors(reads),
        "lessons": lessons,
    }
    if not course["authors"]:
        del course["authors"]
    kernel = _one_kernel(reads, making.lost)
    return course if kernel == "python3" else {**course, "kernel": {"name": kernel}}


def _carried_course(own: Mapping[str, Any], making: _Making) -> dict[str, Any]:
    course = {**own, "lessons": list(making.lessons)}
    assets = own.get("asset")
    if isinstance(assets, list):
        course["asset"] = [
            one for one in assets if isinstance(one, dict) and one.get("path") in making.files.made
        ]
    return course


def _authors(reads: Sequence[_Read]) -> list[str]:
    names = []
    for one in reads:
        authors = one.notebook.metadata.get("authors")
        for author in authors if isinstance(authors, list) else ():
            name = author.get("name") if isinstance(author, dict) else author
            if isinstance(name, str) and name.strip():
                names.append(name.strip())
    return list(dict.fromkeys(names))


def _one_kernel(reads: Sequence[_Read], lost: list[Lost]) -> str:
    """The kernel of most notebooks: a course has one."""
    kernels = [_kernel(one.notebook) for one in reads]
    kernel = Counter(kernels).most_common(1)[0][0]
    for one, name in zip(reads, kernels, strict=True):
        if name != kernel:
            why = f"a course has one kernel, and {kernel} is that of most notebooks"
            lost.append(Lost(one.path, f"kernel {name}", why))
    first = reads[kernels.index(kernel)].notebook
    for one in reads:
        named = one.notebook.mapping("kernelspec").get("name")
        if isinstance(named, str) and named not in ("", "python", _kernel(one.notebook)):
            why = f"no kernel can have this name; it is {_kernel(one.notebook)} now"
            lost.append(Lost(one.path, f"kernel {named}", why))
    if kernel != "python3" and _language(first) == "python":
        why = "the name is kept; write python3 in course.toml if learners have no kernel of that name"
        lost.append(Lost("notebook", f"kernel {kernel}", why))
    return kernel

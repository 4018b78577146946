"""Courses in every form that `install` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.builders import a_course_folder
from tui_tutor.core.ports import Added, CourseChoice, Progress
from tui_tutor.shelf.installing import Installer


def quiet(_: Progress) -> None:
    """Progress that nobody looks at."""


def a_git_repository(folder: Path, *, tag: str = "", is_bare: bool = False) -> Path:
    """Put a folder's files into a repository; a bare one lies beside it."""
    from dulwich import porcelain

    porcelain.init(str(folder))
    commit(folder, tag=tag)
    if not is_bare:
        return folder
    bare = folder.with_name(f"{folder.name}.git")
    porcelain.clone(str(folder), str(bare), bare=True).close()
    return bare


def commit(folder: Path, *, tag: str = "") -> None:
    """Everything in the folder as one more commit."""
    from dulwich import porcelain

    author = b"An Author <author@example.org>"
    porcelain.add(str(folder))
    porcelain.commit(str(folder), message=b"A version", author=author, committer=author)
    if tag:
        porcelain.tag_create(str(folder), tag.encode(), annotated=True, message=b"tagged", author=author)


def install(data: Path, source: object, **given: Any) -> Added:
    """What `install` did; a list of courses is no answer here."""
    done = Installer(given.pop("shipped", None), data).add(str(source), report=quiet, **given)
    assert not isinstance(done, CourseChoice)
    return done


def a_course(folder: Path, course_id: str = "mine", **fields: Any) -> Path:
    """A course folder whose id is said."""
    return a_course_folder(folder, name=fields.pop("name", course_id), id=course_id, **fields)


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file by relative name, dot folders too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

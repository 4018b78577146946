"""An author at a preview: a real folder, a scripted kernel, and what is seen after each save."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.tui.lesson_stage import Desk, ScriptedKernel, a_kept_store
from tests.tui.replaying import StoppedClock
from tui_tutor.core.ports import OpenCourse
from tui_tutor.session.course_session import Adapters, CourseSession
from tui_tutor.session.opening import open_study
from tui_tutor.shelf.environment import Environments
from tui_tutor.shelf.previewing import PreviewedFolder
from tui_tutor.tui.preview_app import PreviewApp
from tui_tutor.tui.screens.preview import PreviewScreen

HEADER = 'format = 1\nid = "mine"\ntitle = "Mine"\nversion = "1.0.0"\nlicense = "MIT"\n'
# What lessons as short as these cannot have.
SILENT = "".join(
    f'[[silence]]\ncode = "{code}"\nreason = "short"\n' for code in ("minutes-off", "objective-unassessed")
)
LESSON = 'title = "One"\nminutes = 5\nbloom = "apply"\nobjective = "Say"\n'
TWO_CODES = f"""{LESSON}
[[cell]]
kind = "md"
text = "Some words."
[[cell]]
kind = "code"
id = "a"
source = "x = 1"
[[cell]]
kind = "code"
id = "b"
source = "y = 1"
"""


@dataclass
class Author(Desk):
    """A desk whose course lies in a folder."""

    folder: Path = Path()

    def save(self, text: str, lesson: str = "one") -> None:
        save(self.folder, {f"lessons/{lesson}.toml": text})


def save(folder: Path, files: Mapping[str, str]) -> None:
    """Write files as editors do: beside their place, then over it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.saving")
        beside.write_text(text, "utf-8")
        beside.replace(path)


def a_folder(parent: Path, lessons: Mapping[str, str] | None = None, more: str = "") -> Path:
    """A course of these lessons, by id."""
    lessons = lessons or {"one": TWO_CODES}
    save(parent / "mine", {f"lessons/{name}.toml": text for name, text in lessons.items()})
    save_course(parent / "mine", *lessons, more=more)
    return parent / "mine"


def save_course(folder: Path, *lessons: str, more: str = "") -> None:
    """Write course.toml with these lessons."""
    listed = ", ".join(f'"{name}"' for name in lessons)
    save(folder, {"course.toml": f"{HEADER}lessons = [{listed}]\n{more}{SILENT}"})


@asynccontextmanager
async def an_author(
    folder: Path,
    *,
    kernel: ScriptedKernel | None = None,
    lesson: str = "",
    size: tuple[int, int] = (80, 24),
    first: str = "lesson 1 / ",
) -> AsyncIterator[Author]:
    """The preview of a folder on a screen of this size, when `first` can be seen."""
    kernel, store = kernel or ScriptedKernel(), a_kept_store()
    scratch = folder.parent / "scratch"
    previewed = PreviewedFolder(folder, scratch, Environments(scratch / "environments"))
    previewed.read()
    adapters = Adapters(StoppedClock(), store, make_kernel=lambda _: kernel, make_shell=lambda _: kernel)
    sessions: list[CourseSession] = []

    def open_lesson(opened: OpenCourse, lesson_id: str, cell_id: str = "") -> PreviewScreen:
        if not sessions:
            sessions.append(CourseSession(previewed, adapters))
        study = open_study(opened, lesson_id, store, granted="once")
        return PreviewScreen(opened.entry.ref, study, sessions[0], previewed, cell_id=cell_id)

    ref = previewed.entry.ref
    app = PreviewApp(
        previewed,
        ref,
        shelf=previewed,
        store=store,
        clock=adapters.clock,
        open_lesson=open_lesson,
        start=(ref, lesson),
    )
    async with app.run_test(size=size) as pilot:
        author = Author(app, pilot, kernel, store, folder)
        await author.sees(first)
        yield author

"""A course in a folder, read at another level or in another language."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.builders import a_course_folder, a_lesson, a_markdown, write_files
from tui_tutor.core.errors import TutorError
from tui_tutor.core.levels import Offer, Reading
from tui_tutor.session.retelling import choose, reading_of, tell_as_chosen
from tui_tutor.shelf.environment import Environments
from tui_tutor.shelf.installed import Library
from tui_tutor.shelf.opened import FolderCourse
from tui_tutor.shelf.previewing import PreviewedFolder
from tui_tutor.store.sqlite import MEMORY, SqliteStore

GERMAN = 'title = "Erste"\n[[cell]]\nid = "words"\ntext = "Wörter."\n'


def a_folder(parent: Path, **more: str) -> Path:
    files = {"lessons/first.de.toml": GERMAN, "course.de.toml": 'title = "Ein Kurs"\n', **more}
    cells = [a_markdown("Words.", id="words")]
    return a_course_folder(parent, lessons=[a_lesson(cells)], files=files)


def opened(folder: Path) -> FolderCourse:
    return Library(None, folder.parent / "data").open(f"{folder}/")


def words(course: FolderCourse | PreviewedFolder) -> str:
    lesson = course.lesson("first").lesson
    assert lesson is not None
    return lesson.cells[0].text  # type: ignore[union-attr]


def test_course_entry_and_lessons_are_read_under_the_overlay_and_back(tmp_path: Path) -> None:
    course = opened(a_folder(tmp_path))
    seen = []
    for overlay in ("", "de", ""):
        course.lay_over(overlay)
        seen.append((course.course.title, course.entry.lesson_titles["first"], words(course)))
    assert seen == [
        ("A course", "First lesson", "Words."),
        ("Ein Kurs", "Erste", "Wörter."),
        ("A course", "First lesson", "Words."),
    ]


def test_an_overlay_that_comes_while_the_course_is_open_is_offered_and_read(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    course = opened(folder)
    course.lay_over("de")
    write_files(folder, {"lessons/first.de.toml": GERMAN.replace("Wörter", "Worte")})
    assert words(course) == "Worte."
    write_files(folder, {"lessons/first.advanced.toml": 'title = "A"\n'})
    assert (words(course), course.offer) == ("Worte.", Offer(("standard", "advanced"), ("en", "de")))


def test_trust_and_proof_are_those_of_the_whole_folder_at_every_level(tmp_path: Path) -> None:
    course = opened(a_folder(tmp_path))
    before = (course.source_hash(), course.trust().tree_hash)
    course.lay_over("de")
    assert (course.source_hash(), course.trust().tree_hash) == before


def test_a_choice_is_kept_for_its_course_alone(tmp_path: Path) -> None:
    store, course = SqliteStore(MEMORY), opened(a_folder(tmp_path))
    assert choose(course, store, language="de") == Reading("standard", "de")
    other = opened(a_course_folder(tmp_path, name="other", id="other", files={"lessons/first.de.toml": ""}))
    assert reading_of(other, store) == Reading("standard", "en")
    again = opened(tmp_path / "a-course")
    tell_as_chosen(again, store)
    assert (again.overlay, words(again)) == ("de", "Wörter.")


def test_a_choice_that_is_not_offered_any_more_gives_the_courses_own(tmp_path: Path) -> None:
    folder, store = a_folder(tmp_path), SqliteStore(MEMORY)
    choose(opened(folder), store, language="de")
    for name in ("lessons/first.de.toml", "course.de.toml"):
        (folder / name).unlink()
    course = opened(folder)
    tell_as_chosen(course, store)
    assert (course.overlay, words(course)) == ("", "Words.")


def test_what_is_not_offered_is_refused_with_what_there_is(tmp_path: Path) -> None:
    course = opened(a_folder(tmp_path))
    with pytest.raises(TutorError, match="not told in the language fr") as refused:
        choose(course, SqliteStore(MEMORY), language="fr")
    assert (refused.value.help, refused.value.exit_code, course.overlay) == ("There is en, de.", 2, "")


def test_a_preview_keeps_the_last_good_form_of_each_level(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    course = PreviewedFolder(folder, tmp_path / "scratch", Environments(tmp_path / "environments"))
    course.read()
    course.lay_over("de")
    assert (words(course), course.is_outdated("first")) == ("Wörter.", False)
    write_files(folder, {"lessons/first.de.toml": "[[cell]]\nid = 3\n"})
    assert asyncio.run(course.look())
    assert (words(course), course.is_outdated("first")) == ("Wörter.", True)
    course.lay_over("")
    assert (words(course), course.is_outdated("first")) == ("Words.", False)

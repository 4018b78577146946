"""`i` in the library: a course is named, fetched in the background, and chosen when it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest

from tests.builders import a_lesson
from tests.tui.replaying import ReplayShelf
from tests.tui.stage import a_shelved, make_app, screen_text, the_vae_course
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Added, CourseChoice, Progress
from tui_tutor.tui.app import TutorApp

LIST = CourseChoice(
    "https://host/courses.toml", (("one", "1.0", "The first course"), ("two", "2.0", "The second"))
)


@dataclass
class ReplayAdder:
    """Gives what it was told to for each source; `holds` keeps it at work until it is set."""

    answers: dict[str, Added | CourseChoice | str]
    steps: Sequence[Progress] = ()
    holds: Event | None = None
    asked: list[str] = field(default_factory=list)

    def add(
        self, source: str, *, is_replacing: bool = False, report: Callable[[Progress], None]
    ) -> Added | CourseChoice:
        self.asked.append(source)
        for step in self.steps:
            report(step)
        while self.holds is not None and not self.holds.wait(0.01):
            report(self.steps[-1])
        answer = self.answers[source]
        if isinstance(answer, str):
            raise TutorError(answer, help="Do something else.")
        return answer


Step = tuple[Sequence[str], str]  # (keys, the words that are waited for then)


def screens(app: TutorApp, *steps: Step, look: Callable[[TutorApp], Any] = screen_text) -> list[Any]:
    """What is seen after each step."""

    async def seen_after(pilot: Any, keys: Sequence[str], words: str) -> Any:
        for key in keys:
            await pilot.press(key)
        while words not in screen_text(app):
            await pilot.pause(0.01)
        return look(app)

    async def act() -> list[Any]:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            return [await seen_after(pilot, keys, words) for keys, words in steps]

    return asyncio.run(act())


def play(adder: ReplayAdder, *keys: str, until: str, **given: Any) -> str:
    (seen,) = screens(make_app(adder=adder, **given), (keys, until))
    return seen


def test_the_library_says_that_i_adds_a_course():
    assert "i adds one from a folder or an archive." in play(ReplayAdder({}), until="TUI Tutor")


def test_the_sheet_says_what_can_be_named():
    seen = play(ReplayAdder({}), "i", until="Add a course")
    assert "path or address" in seen
    assert "a list of courses, as instructors keep: https://host/courses.toml" in seen


def test_what_was_installed_is_chosen_in_the_library_and_said():
    new = a_shelved("new", [a_lesson(title="One")], title="A new course")
    shelf = ReplayShelf((the_vae_course(), new))
    adder = ReplayAdder({"x.zip": Added("new", "A new course", "1.0", "installed")})
    app = make_app(adder=adder, shelf=shelf)
    typed = (("i", *"x.zip", "enter"), "Installed A new course 1.0.")
    chosen = screens(app, typed, look=lambda app: app.screen.page.chosen)  # type: ignore[attr-defined]
    assert (chosen, adder.asked) == (["new"], ["x.zip"])


def test_what_went_wrong_is_a_sentence_and_another_line_can_be_typed():
    app = make_app(adder=ReplayAdder({"a": "There is nothing at a."}))
    failed, again = screens(app, (("i", "a", "enter"), "failed"), ("b", "it may be"))
    assert "There is nothing at a. Do something else." in failed
    assert "failed" not in again


def test_nothing_typed_asks_nobody():
    adder = ReplayAdder({})
    play(adder, "i", "enter", until="Add a course")
    assert adder.asked == []


def test_progress_is_a_bar_and_esc_stops_the_work():
    adder = ReplayAdder({}, steps=[Progress("1.0 MB received", 0.5, 12.0)], holds=Event())
    running, stopped = screens(
        make_app(adder=adder),
        (("i", "a", "enter"), "50 %"),
        (("escape",), "Stopped. Nothing was changed."),
    )
    assert "1.0 MB received …" in running
    assert "12 s left" in running
    assert "Esc close" in stopped


@pytest.mark.slow
def test_a_list_of_courses_is_chosen_from():
    added = Added("two", "The second", "2.0", "installed")
    adder = ReplayAdder({"l": LIST, "https://host/courses.toml#two": added})
    listed, _ = screens(
        make_app(adder=adder),
        (("i", "l", "enter"), "The first course"),
        (("down", "enter"), "Installed The second 2.0."),
    )
    assert "which one" in listed
    assert adder.asked == ["l", "https://host/courses.toml#two"]


def test_hostile_words_of_a_list_are_shown_harmless():
    evil = CourseChoice("l", (("one", "1\x1b]0;x\x07", "Title\x1b[31m"),))
    seen = play(ReplayAdder({"l": evil}), "i", "l", "enter", until="Title")
    assert "\x1b" not in seen

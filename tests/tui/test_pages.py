"""Keys pressed, and what is seen: library, outline, results, settings, sheets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_lesson, a_markdown
from tests.tui.replaying import MemoryStore, ReplayShelf
from tests.tui.stage import OpenedLesson, a_shelved, make_app, screen_text, the_shelf, the_vae_course
from tui_tutor.core.confinement import Confinement
from tui_tutor.core.diagnostic import Diagnostic, Span
from tui_tutor.core.ports import CourseEntry, Origin, TrustState
from tui_tutor.core.safe_text import safe_text
from tui_tutor.kernels.sandbox.layers import Layers
from tui_tutor.tui.app import TutorApp
from tui_tutor.tui.screens.trust import TrustSheet

MISTAKE = Diagnostic(
    "answer-out-of-range",
    "answer 7 names no option; there are 4",
    Span("lessons/trick.toml", 41, 10),
    help="count options from 1",
    source_line="answer = 7",
)
BROKEN = CourseEntry("bad", "bad", "A broken course", "/courses/bad", None, diagnostics=(MISTAKE,))


async def _play(app: TutorApp, keys: Sequence[str], size: tuple[int, int]) -> str:
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await _settle(app, pilot)
        return screen_text(app)


async def _settle(app: TutorApp, pilot: Any) -> None:
    """Until no thread reads lessons any more."""
    while any(worker.is_running and worker._thread_worker for worker in app.workers):
        await pilot.pause(0.01)
    await pilot.pause()


def play(*keys: str, size: tuple[int, int] = (80, 24), **given: Any) -> str:
    """What is seen after these keys."""
    return asyncio.run(_play(make_app(**given), keys, size))


def rows(text: str) -> list[str]:
    return text.split("\n")


def test_the_library_says_where_to_go_on_and_how_far_every_course_is():
    assert rows(play())[:14] == [
        " TUI Tutor                                          3 courses · 7 lessons done",
        " ─────────────────────────────────────────────────────────────────────────────",
        "",
        "▌resume    Reparameterisation trick                               lesson 3 / 6",
        "▌          Variational autoencoders · stopped at ex [4] yesterday   8 min left",
        "",
        "",
        " courses   Variational autoencoders               ▰▰▱▱▱▱   2 of 6  60 min left",
        "           From latent variables to sampling your own digits.",
        "",
        "           How gradient descent finds its way     ▰▰▰▰▰    ✓ done",
        "           Downhill by experiment, from one line to Adam.",
        "",
        "           SQLite from the shell                  ▱▱▱▱▱    new          70 min",
    ]


def test_at_120_columns_the_chosen_course_stands_beside_the_list():
    seen = rows(play("j", size=(120, 40)))
    assert seen[7].startswith("▌Variational autoencoders")
    assert all(row[46] == "│" for row in seen[:39])
    assert seen[0][48:].strip() == "Variational autoencoders                        intermediate · 95 min"
    assert any("▸ 3  Reparameterisation trick" in row for row in seen)


def test_the_footer_names_what_enter_does_from_the_first_moment():
    seen = play(store=MemoryStore())
    keys = "Enter open  o outline  e results  i add  ? help  Ctrl+Q quit"
    assert rows(seen)[-1] == f" all offline{keys:>66}"


def test_where_nothing_is_saved_the_library_says_so_after_every_key():
    seen = play("j", "k", store=MemoryStore(is_saving=False))
    assert rows(seen)[-1].startswith(" not saved  ")


def test_many_cells_flow_over_rows_and_none_is_cut():
    cells = [a_markdown(id=f"m{n}") for n in range(1, 31)]
    shelf = ReplayShelf((a_shelved("c", [a_lesson(cells)]),))
    seen = play("o", shelf=shelf, store=MemoryStore())
    assert all(f"md [{n}]" in seen for n in range(1, 31))


def test_an_empty_library_says_how_to_begin():
    seen = play(shelf=ReplayShelf(), store=MemoryStore())
    assert "No courses yet." in seen


def test_a_broken_course_is_listed_and_explains_itself():
    shelf = ReplayShelf((the_vae_course(),), (BROKEN,))
    assert "✗ 1 error" in play(shelf=shelf)
    seen = play("end", "enter", shelf=shelf)
    assert " ✗ error" in seen.replace("▌", " ")
    assert "lessons/trick.toml:41:10" in seen
    assert "^ count options from 1" in seen
    assert "Your work is safe." in seen


async def _opened(*keys: str, **given: Any) -> tuple[str, str, str]:
    app = make_app(**given)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        assert isinstance(app.screen, OpenedLesson)
        return *app.screen.place, app.screen.cell_id


def test_enter_goes_on_with_the_lesson_where_it_was_left():
    assert asyncio.run(_opened("enter")) == ("vae", "trick", "")


def test_the_outline_opens_the_lesson_that_is_chosen():
    assert asyncio.run(_opened("o", "j", "enter")) == ("vae", "beta", "")


@pytest.mark.slow
def test_a_locked_lesson_says_what_it_builds_on_and_opens_at_the_second_enter():
    seen = play("o", "end", "enter")
    assert "It builds on lesson 5. Enter opens it all the same." in seen
    assert asyncio.run(_opened("o", "end", "enter", "enter")) == ("vae", "build", "")


@pytest.mark.slow
def test_what_search_finds_is_opened_at_its_cell():
    assert asyncio.run(_opened("slash", *"role", "enter")) == ("vae", "latent", "quiz-1")


@pytest.mark.slow
def test_search_says_when_nothing_matches():
    assert 'Nothing matches "elbow".' in play("slash", *"elbow")


def test_the_app_opens_on_the_lesson_it_was_started_with():
    assert asyncio.run(_opened(start=("vae", "elbo"))) == ("vae", "elbo", "")


def test_the_outline_shows_marks_minutes_levels_and_needs():
    seen = rows(play("o"))
    assert seen[5] == " ✓  1      Latent variables and autoencoders    12    remember    –        6/6"
    assert seen[7] == "▌▸  3      Reparameterisation trick             15    apply       2        3/6"
    assert seen[10] == " ⊘  6      Build and sample your own            20    create      3, 5  locked"
    assert " cells     ✓ md [1]  ✓ In [2]  ✓ viz [3]  ▸ ex [4]  ○ ? [5]  ○ sh [6]" in seen


def test_a_draft_is_not_written_yet_and_cannot_be_opened():
    draft = a_lesson((), id="later", title="Later", draft=True)
    shelf = ReplayShelf((a_shelved("c", [a_lesson(), draft]),))
    seen = play("o", "end", "enter", shelf=shelf, store=MemoryStore())
    assert "not written yet" in rows(seen)[6]
    assert "Lesson 2 is not written yet." in seen


def test_results_count_tries_by_lesson_and_level():
    seen = rows(play("e"))
    assert seen[0] == " Results · Variational autoencoders                          15 to 23 Nov 2026"
    assert (
        seen[5].removesuffix(" ▐")
        == " exercises 2 of 3 passed   ▰▰▰▰▰▰▰▰▱▱▱▱                     1 at the first try"
    )
    assert any("by lesson" in row for row in rows(play("e", size=(120, 40))))


@pytest.mark.slow
def test_every_sheet_closes_with_escape():
    library = play()
    for opening in ("question_mark", "ctrl+p", "slash"):
        assert play(opening) != library
        assert play(opening, "escape") == library


@pytest.mark.slow
def test_the_palette_runs_what_was_chosen():
    seen = play("ctrl+p", *"light", "enter", "ctrl+p", *"settings", "enter")
    assert "▸ light" in seen


@pytest.mark.slow
def test_a_theme_that_was_set_stays():
    store = MemoryStore()
    play("ctrl+p", *"contrast", "enter", store=store)
    assert store.settings == {"theme": "contrast"}
    assert make_app(store=store).theme == "tutor-contrast"


def test_quitting_asks_only_while_something_runs():
    async def pressed(running: str) -> tuple[bool, str]:
        app = make_app()
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("enter")
            await pilot.pause()
            assert isinstance(app.screen, OpenedLesson)
            app.screen.running = running
            await pilot.press("ctrl+q")
            await pilot.pause()
            return app.is_running and app._exit is False, screen_text(app)

    assert asyncio.run(pressed(""))[0] is False
    is_open, seen = asyncio.run(pressed("In [7]"))
    assert is_open
    assert "In [7] is still running. q stops it and quits; Esc goes back." in seen


async def _trust(
    confinement: Confinement | None,
    *keys: str,
    state: TrustState | None = None,
    origin: Origin | None = None,
) -> tuple[str, Any]:
    app = make_app()
    answers: list[Any] = []
    course = the_vae_course()
    if state is not None:
        course.state = state
    if origin is not None:
        course.entry = replace(course.entry, origin=origin)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(TrustSheet(course, confinement), answers.append)
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        return screen_text(app), answers


@pytest.mark.slow
@pytest.mark.parametrize(
    ("signer", "tree_hash", "words"),
    [
        ("SHA256:abc", "0", "key       signed by SHA256:abc"),
        ("SHA256:abc", "1", "key       not signed as it is now: files changed"),
        ("", "0", "key       not signed"),
    ],
)
def test_the_trust_sheet_says_who_signed_an_installed_course(signer: str, tree_hash: str, words: str):
    origin = Origin("https://host/vae.zip", "1.0.0", tree_hash, signer, "2026-01-01T12:00:00+00:00")
    seen, _ = asyncio.run(_trust(None, origin=origin))
    assert words in seen
    assert "from https://host/vae.zip" in seen


def test_without_a_sandbox_read_only_is_preselected_and_the_danger_named():
    seen, answers = asyncio.run(_trust(None))
    assert "! no sandbox  this code could read your files" in seen
    assert asyncio.run(_trust(None, "enter"))[1] == ["read"]
    assert answers == []


def test_with_a_full_sandbox_trust_is_preselected():
    assert asyncio.run(_trust(Confinement("full"), "enter"))[1] == ["trust"]


FILES_ONLY = Confinement("files only", ("UDP", "new user namespaces"))
LIMITS_ONLY = Confinement("limits only", ("reading and changing your files", "the network"))


def test_what_a_level_does_not_cover_stands_in_the_trust_question():
    seen, _ = asyncio.run(_trust(FILES_ONLY))
    assert "! sandbox files only; not covered: UDP, new user namespaces" in seen
    assert "read and write its own workspace folder" in seen


def test_limits_protect_no_file_and_read_only_is_preselected():
    seen, _ = asyncio.run(_trust(LIMITS_ONLY))
    assert "! sandbox limits only  this code could read your files" in seen
    assert asyncio.run(_trust(LIMITS_ONLY, "enter"))[1] == ["read"]


@pytest.mark.parametrize(
    ("asks", "keys", "words", "allows"),
    [
        (True, (), "to reach the network: it may not; n allows it", False),
        (True, ("n",), "to reach the network: you allow it; n forbids it", True),
        (True, ("n", "n"), "to reach the network: it may not; n allows it", False),
        (False, ("n",), "see your other files or reach the network", False),
    ],
)
def test_the_network_is_allowed_by_a_key_of_its_own(
    asks: bool, keys: tuple[str, ...], words: str, allows: bool
):
    async def go() -> tuple[str, bool]:
        app, course = make_app(), the_vae_course()
        permissions = course.course.permissions.model_copy(update={"network": asks})
        course.entry = replace(
            course.entry, course=course.course.model_copy(update={"permissions": permissions})
        )
        async with app.run_test(size=(80, 24)) as pilot:
            sheet = TrustSheet(course, Confinement("full", ()))
            await app.push_screen(sheet)
            await pilot.pause()
            await pilot.press(*keys)
            await pilot.pause()
            return screen_text(app), sheet.allows_network

    seen, is_allowed = asyncio.run(go())
    assert words in seen
    assert is_allowed is allows


@pytest.mark.parametrize(("key", "answer"), [("1", "trust"), ("2", "once"), ("3", "read"), ("escape", None)])
def test_trust_is_answered_with_one_key(key: str, answer: str | None):
    assert asyncio.run(_trust(None, key))[1] == [answer]


def test_a_course_that_changed_says_so_and_shows_its_files():
    changed = TrustState("changed", "0", ("lessons/a.toml", "files/\x1bx.py"))
    seen, _ = asyncio.run(_trust(None, "f", state=changed))
    assert "This course changed since you trusted it: 2 files." in seen
    assert "lessons/a.toml" in seen
    assert "files/␛x.py" in seen


def test_where_nothing_closes_the_network_nobody_is_told_that_a_course_may_not_reach_it():
    async def seen(confinement: Confinement) -> str:
        app, course = make_app(), a_pushy_course()
        async with app.run_test(size=(80, 24)) as pilot:
            await app.push_screen(TrustSheet(course, confinement))
            await pilot.pause()
            return screen_text(app)

    closed, opened = asyncio.run(seen(Layers(landlock_abi=4).confinement)), asyncio.run(seen(LIMITS_ONLY))
    assert ("it may not; n allows it" in closed, "nothing here keeps it" in closed) == (True, False)
    assert ("it may not" in opened, "to reach the network: nothing here keeps it" in opened) == (False, True)
    assert "n allow the network" not in opened


def a_pushy_course() -> ReplayShelf:
    """Every text of it is as long as can be, so that what we say of it would be out of sight."""
    course = the_vae_course()
    plain = course.entry.course
    assert plain is not None
    pushy = {
        "title": "A very long title " * 25,
        "authors": tuple(f"Author Number {number} " + "x" * 90 for number in range(60)),
        "permissions": plain.permissions.model_copy(update={"network": True}),
        "kernel": plain.kernel.model_copy(
            update={"packages": tuple(f"package{n}>=1.{n}" for n in range(40))}
        ),
    }
    course.entry = replace(
        course.entry, path="/srv/" + "deep/" * 200 + "vae", course=plain.model_copy(update=pushy)
    )
    warnings = (
        "Files in the folder belong to another user of this computer.",
        "Others may write to files in the folder.",
    )
    course.state = TrustState("changed", "0", tuple(f"files/{n}.py" for n in range(200)), warnings)
    return course


FACTS = (
    *(
        "changed since you trusted it: 200 files",
        "course    A very long title",
        "1.0.0",
        "from      /srv/deep",
    ),
    *("deep/vae", "made by   Author Number 0", "and 59 more", "key       not signed", "12 cells of code"),
    *("it can    ", "to reach the network: ", "it needs  package0>=1.0", "and 37 more"),
    *(
        "! Files in the folder belong to another",
        "! Others may write to files",
        "1 Trust and run",
        "3 Read only",
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "layers", [Layers("/bwrap", frozenset({"--disable-userns"})), Layers(landlock_abi=7), Layers()]
)
def test_no_course_can_push_a_fact_of_the_trust_question_out_of_a_small_window(layers: Layers):
    async def seen(*keys: str) -> str:
        app = make_app()
        async with app.run_test(size=(80, 24)) as pilot:
            await app.push_screen(TrustSheet(a_pushy_course(), layers.confinement))
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
            await pilot.pause()
            return screen_text(app)

    facts, files = asyncio.run(seen()), asyncio.run(seen("f"))
    assert [fact for fact in FACTS if fact not in facts] == []
    assert [word for word in ("files/0.py", "… 200 in all", "1 Trust and run") if word not in files] == []


HOSTILE = (
    "\x1b[2J\x1b]0;pwned\x07",
    "\u202egnp.exe",
    "[@click=app.quit]x[/]",
    "[bold red]x[/bold red]",
    "a\nb\tc",
)


@pytest.mark.slow
def test_hostile_titles_are_shown_as_text_and_steer_nothing():
    courses = [
        a_shelved(f"c{n}", [a_lesson((a_markdown(title),), title=title)], title=title, summary=title)
        for n, title in enumerate(HOSTILE)
    ]
    broken = CourseEntry("b", "b", HOSTILE[0], HOSTILE[1], None, diagnostics=(MISTAKE,))
    shelf = ReplayShelf(tuple(courses), (broken,))
    for keys in ((), ("o",), ("j", "o"), ("j", "j", "e"), ("end", "enter"), ("slash", "x")):
        for size in ((80, 24), (120, 40)):
            seen = play(*keys, size=size, shelf=shelf, store=MemoryStore())
            assert seen == safe_text(seen)
            assert all(len(row) <= size[0] for row in rows(seen))


@pytest.mark.slow
@pytest.mark.parametrize("given", [{}, {"theme": "light"}, {"theme": "contrast"}, {"has_colour": False}])
def test_the_words_are_the_same_in_every_theme(given: dict[str, Any]):
    for keys in ((), ("o",), ("e",), ("question_mark",)):
        assert play(*keys, **given) == play(*keys)


@pytest.mark.parametrize("key", ["o", "ctrl+p", "question_mark"])
def test_without_colours_only_bold_underline_and_reverse_are_sent(key: str):
    async def styles() -> list[Any]:
        app = make_app(has_colour=False)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(key)
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
            return [segment.style for strip in strips for segment in strip if segment.style]

    found = asyncio.run(styles())
    assert {colour.name for style in found for colour in (style.color, style.bgcolor) if colour} <= {
        "default"
    }
    assert not any(style.dim or style.italic or style.blink for style in found)


@pytest.mark.slow
def test_ascii_pages_hold_no_glyph_of_ours():
    for keys in (("o",), ("e",), ("question_mark",), ("ctrl+p",)):
        assert play(*keys, is_ascii=True).replace("β", "").isascii()


@pytest.mark.slow
@pytest.mark.parametrize("size", [(60, 18), (79, 24), (200, 60)])
def test_every_page_fits_every_window(size: tuple[int, int]):
    for keys in ((), ("o",), ("e",), ("question_mark",), ("ctrl+p",), ("end",)):
        assert all(len(row) <= size[0] for row in rows(play(*keys, size=size)))


@pytest.mark.slow
def test_a_thousand_lessons_are_one_page_with_one_widget():
    lessons = [a_lesson(id=f"lesson-{n}", title=f"Lesson {n}") for n in range(1, 1001)]
    shelved = a_shelved("long", lessons)
    seen = rows(play("o", "end", shelf=ReplayShelf((shelved,)), store=MemoryStore()))
    assert seen[22].startswith("▌○  1000")


def test_the_shelf_of_the_stage_is_the_one_of_the_specification():
    assert [entry.title for entry in the_shelf().entries()] == [
        "Variational autoencoders",
        "How gradient descent finds its way",
        "SQLite from the shell",
    ]

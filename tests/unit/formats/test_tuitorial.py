"""tuitorial chapters: every kind of focus, slides that are no code, and files that are none."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.formats.imports import cell_of, cells_of, read, reasons
from tui_tutor.core.errors import TutorError

CODE = "import math\n\ndef area(r):\n    return math.pi * r**2\n\nprint(area(1))\n"


def slides(*chapters: dict, **more: object):
    return read("tuitorial", {"intro.yaml": yaml.safe_dump({"chapters": list(chapters), **more})})


def focused(*focuses: dict, code: str = CODE) -> object:
    step = {"description": "Look", "focus": list(focuses)}
    return slides({"title": "Circles", "code": code, "steps": [step]})


def test_a_chapter_is_a_lesson_and_its_steps_are_notes_beside_their_lines():
    imported = slides(
        {
            "title": "Circles",
            "code": CODE,
            "steps": [
                {"description": "What we need", "focus": [{"type": "literal", "text": "import math"}]},
                {
                    "description": "The [bold]formula[/bold]",
                    "focus": [{"type": "regex", "pattern": r"r\*\*\d"}],
                },
            ],
        },
        title_slide={"title": "Geometry", "subtitle": "In lines", "font": "slant"},
    )
    assert (imported.course["title"], imported.course["summary"]) == ("Geometry", "In lines")
    assert imported.lessons["circles"] == {
        "title": "Circles",
        "cell": [
            {
                "kind": "code",
                "id": "circles",
                "source": CODE.rstrip(),
                "callout": [{"line": 1, "text": "What we need"}, {"line": 4, "text": "The **formula**"}],
            }
        ],
    }
    assert reasons(imported) == ["a course has no slide of its title"]


@pytest.mark.parametrize(
    ("focus", "line"),
    [
        ({"type": "literal", "text": "area", "match_index": 1}, 6),
        ({"type": "line", "line_number": 2}, 3),
        ({"type": "range", "start": 13, "end": 20}, 3),
        ({"type": "startswith", "text": "return"}, 4),
        ({"type": "startswith", "text": "print", "from_start_of_line": True}, 6),
        ({"type": "between", "start_pattern": "def", "end_pattern": "return"}, 3),
        ({"type": "line_containing", "pattern": "pi"}, 4),
        ({"type": "line_containing", "pattern": r"^def \w+", "regex": True}, 3),
        ({"type": "syntax", "lexer": "python", "start_line": 3}, 4),
    ],
)
def test_each_kind_of_focus_finds_its_line(focus, line):
    assert cell_of(focused(focus))["callout"] == [{"line": line, "text": "Look"}]


def test_a_focus_that_fits_no_line_is_named_and_its_step_stands_above_the_code():
    imported = focused({"type": "literal", "text": "sphere"})
    assert [cell["kind"] for cell in cells_of(imported)] == ["md", "code"]
    assert reasons(imported) == ["it fits no line of the code"]


def test_a_pattern_that_would_take_for_ever_is_matched_in_bounded_time():
    imported = focused({"type": "regex", "pattern": "(a+)+$"}, code="'" + "a" * 5000 + "!'")
    assert reasons(imported) == ["it fits no line of the code"]


def test_a_slide_in_markdown_is_text_and_its_steps_stand_below():
    imported = slides(
        {
            "title": "Hello",
            "code": "# Welcome\n\n- one\n",
            "steps": [{"description": "Read", "focus": [{"type": "markdown"}]}, {"description": "On"}],
        }
    )
    assert [cell["text"] for cell in cells_of(imported)] == ["# Welcome\n\n- one", "1. Read\n2. On"]


def test_commands_are_a_shell_cell():
    imported = focused({"type": "syntax", "lexer": "bash"}, code="pip list\n")
    assert cells_of(imported)[-1] == {"kind": "sh", "id": "circles", "run": "pip list", "shell": "bash"}


def test_code_that_is_not_python_stays_text_and_is_named():
    imported = focused(code="fn main() {}")
    assert cells_of(imported)[-1] == {"kind": "md", "text": "```python\nfn main() {}\n```"}
    assert len(imported.lost) == 1


def test_code_may_stand_in_a_file_beside_the_slides():
    chapters = {"chapters": [{"title": "A", "code_file": "code/a.py"}]}
    files = {"talk/intro.yaml": yaml.safe_dump(chapters), "talk/code/a.py": "x = 1\n"}
    assert cell_of(read("tuitorial", files, name="talk"))["source"] == "x = 1"


def test_a_file_that_did_not_come_is_named_as_lost():
    imported = slides({"title": "A", "code_file": "../../secret.py"})
    assert reasons(imported) == ["it did not come with the source"]
    assert cells_of(imported) == []


def test_a_picture_of_a_step_becomes_a_file_of_the_course():
    chapters = {"chapters": [{"title": "A", "steps": [{"description": "See", "image": "a.png", "width": 9}]}]}
    imported = read("tuitorial", {"intro.yaml": yaml.safe_dump(chapters), "a.png": b"png"}, name="talk")
    assert cell_of(imported)["text"] == "See\n\n![See](files/a.png)"
    assert imported.files == {"files/a.png": b"png"}


def test_bullet_points_are_a_list():
    imported = slides(
        {
            "title": "Why",
            "type": "bullet_points",
            "bullet_points": ["Fast", {"text": "Small", "extra": "Very."}],
        }
    )
    assert cell_of(imported)["text"] == "- Fast\n- Small\n\n  Very."


def test_brackets_that_are_no_markup_stay():
    imported = slides({"title": "A", "code": "", "steps": [{"description": "A list[int] and x[0]"}]})
    assert cell_of(imported)["text"] == "A list[int] and x[0]"


@pytest.mark.parametrize(("text", "line"), [("x: 1", 1), ("chapters:\n - code: x\n", 1), ("chapters: [", 1)])
def test_a_file_that_has_no_chapters_is_refused_with_the_line(text, line):
    with pytest.raises(TutorError, match=f"a.yaml, line {line}:"):
        read("tuitorial", {"a.yaml": text})


# --- whatever is written ----------------------------------------------------------------------------

WORDS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff\ufffe\uffff"), max_size=30
)
KINDS = [
    "literal",
    "regex",
    "line",
    "range",
    "startswith",
    "between",
    "line_containing",
    "syntax",
    "markdown",
]
FOCUSES = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS)},
    optional={
        "text": WORDS,
        "pattern": WORDS,
        "line_number": st.integers(-3, 99),
        "start": st.integers(0, 99),
        "match_index": st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2),
        "start_pattern": WORDS,
        "lexer": st.sampled_from(["python", "bash", "rust", "console"]),
        "regex": st.booleans(),
        "start_line": st.integers(0, 9),
    },
)
STEPS = st.fixed_dictionaries(
    {"description": WORDS}, optional={"focus": st.lists(FOCUSES, max_size=3), "image": WORDS}
)
CHAPTERS = st.fixed_dictionaries(
    {"title": WORDS.filter(lambda text: text.strip())},
    optional={
        "code": WORDS | st.sampled_from([CODE, "$ ls\nx", ">>> 1\n1", ">>> x"]),
        "code_file": WORDS,
        "steps": st.lists(STEPS, max_size=4),
        "type": st.sampled_from(["bullet_points"]),
        "bullet_points": st.lists(WORDS | st.fixed_dictionaries({"text": WORDS, "extra": WORDS}), max_size=3),
    },
)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(st.lists(CHAPTERS, max_size=4))
def test_every_chapter_is_a_lesson(chapters):
    imported = slides(*chapters)
    assert imported.counted_in.get("chapter", 0) == len(chapters)
    assert len(imported.lessons) == max(1, len(chapters))

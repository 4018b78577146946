"""The author's turn on the text of a lesson: one cell is exchanged, and nothing else moves."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tutor.core.errors import TutorError
from tui_tutor.studio.reviewing import cells_in, exchanged, taken_back

LESSON = '''\
title = "Sums"
minutes = 6

# The first cell.
[[cell]]
kind = "md"
id = "a"
text = """
[[cell]] is no cell here.
# nor is this a comment
"""


# About b: it stays with b.
[[cell]]
kind = "quiz"
id = "b"
question = "?"
[[cell.option]]
text = "1"

[[cell]]
kind = "md"
id = "c"
text = "end"
'''
DATA = LESSON.encode()


def test_a_cell_s_text_is_its_table_without_comments_of_the_next():
    first, second, third = (cell.text for cell in cells_in("one", DATA))
    assert first.endswith('# nor is this a comment\n"""\n')
    assert second.endswith('[[cell.option]]\ntext = "1"\n')
    assert third == '[[cell]]\nkind = "md"\nid = "c"\ntext = "end"\n'


@pytest.mark.parametrize("cell", ["a", "b", "c"])
def test_a_cell_exchanged_for_itself_leaves_the_file_as_it_was(cell: str):
    text = next(one.text for one in cells_in("one", DATA) if one.id == cell)
    assert exchanged("one", DATA, cell, text) == DATA


@given(st.sampled_from("abc"), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_whatever_is_written_all_other_cells_are_as_they_were(cell: str, words: str):
    words = words.replace("\\", "").replace("'", "").replace('"', "")
    text = f'[[cell]]\nkind = "md"\nid = "{cell}"\ntext = "{words}"\n'
    before = {one.id: one.text for one in cells_in("one", DATA)}
    after = {one.id: one.text for one in cells_in("one", exchanged("one", DATA, cell, text))}
    assert after == {**before, cell: text}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "A cell is one [[cell]] and what belongs to it. It is as it was."),
        ("x = ", "This is no TOML"),
        ('[[cell]]\nid = "other"', "Its id must stay a: learners' answers hang on it. It is as it was."),
        ('[[cell]]\nid = "a"\n[[cell]]\nid = "d"', "A cell is one [[cell]] and what belongs to it."),
        ('title = "T"\n[[cell]]\nid = "a"', "A cell is one [[cell]] and what belongs to it."),
        ('[cell]\nid = "a"', "A cell is one [[cell]] and what belongs to it."),
        ("cell = [1]", "Its id must stay a"),
        ("cell = 3", "A cell is one [[cell]] and what belongs to it."),
        ("\x00", "This is no TOML"),
        ("\ud800", "This is no TOML"),
    ],
)
def test_what_is_no_single_cell_of_that_id_is_refused(text: str, said: str):
    with pytest.raises(TutorError) as refused:
        exchanged("one", DATA, "a", text)
    assert refused.value.message.startswith(said)


def test_a_cell_that_is_gone_is_told():
    with pytest.raises(TutorError, match="There is no cell d in one any more; nothing was changed"):
        exchanged("one", DATA, "d", '[[cell]]\nkind = "md"\nid = "d"\n')


def test_a_lesson_that_does_not_parse_has_no_cells_and_is_left_as_it_is():
    assert list(cells_in("one", b"x = ")) == []
    with pytest.raises(TutorError, match="has mistakes; it is as it was"):
        exchanged("one", b"x = ", "a", '[[cell]]\nid = "a"\n')


def test_half_a_character_becomes_a_question_mark():
    text = '[[cell]]\nkind = "md"\nid = "a"\ntext = "\ud800"\n'
    assert b'text = "?"' in exchanged("one", DATA, "a", text)


# --- other levels -------------------------------------------------------------------------------------

PLAINER = b"""\
# For beginners.
[[cell]]
id = "a"
text = "short"

[[cell]]
id = "b"
question = "short?"
hints = ["one"]

[[cell]]
id = "c"
text = "short, too"
"""


def test_words_of_other_levels_for_a_cell_that_is_another_now_are_taken_back():
    files = {"lessons/one.toml": DATA, "lessons/one.beginner.toml": PLAINER, "lessons/two.de.toml": PLAINER}
    [(name, data)] = taken_back(files, "one", "b").items()
    assert name == "lessons/one.beginner.toml"
    assert data.decode() == PLAINER.decode().replace(
        '[[cell]]\nid = "b"\nquestion = "short?"\nhints = ["one"]\n\n', "\n"
    )


@pytest.mark.parametrize("data", [b"", b"cell = 3", b"[[cell]]\nid = 3", b"no toml", PLAINER])
def test_where_no_words_are_for_the_cell_nothing_is_taken_back(data: bytes):
    assert taken_back({"lessons/one.beginner.toml": data}, "one", "d") == {}


def test_words_that_share_their_lines_with_others_are_taken_back_alone():
    written = b'title = "One"\ncell = [{id = "a", text = "short"}, {id = "b", text = "short?"}]\n'
    [data] = taken_back({"lessons/one.de.toml": written}, "one", "b").values()
    assert tomllib.loads(data.decode()) == {"title": "One", "cell": [{"id": "a", "text": "short"}]}
    [rest] = taken_back({"lessons/one.de.toml": data}, "one", "a").values()
    assert tomllib.loads(rest.decode()) == {"title": "One"}

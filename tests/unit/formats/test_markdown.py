"""Plain Markdown: what runs, what stays text, where lessons begin; whatever is written, it is imported."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.formats.imports import cell_of, cells_of, read, reasons


def page(text: str, **files: bytes):
    return read("markdown", {"page.md": text, **files}, name="page.md")


def fence(info: str, text: str) -> str:
    return f"```{info}\n{text}\n```\n"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (fence("python", "x = 1\nx"), {"kind": "code", "id": "x-1", "source": "x = 1\nx"}),
        (fence("py", "print(1)"), {"kind": "code", "id": "print-1", "source": "print(1)"}),
        (fence("{.python .numberLines}", "y"), {"kind": "code", "id": "y", "source": "y"}),
        (fence("python title=x", "!ls\n%time 1"), {"kind": "code", "id": "ls", "source": "!ls\n%time 1"}),
        (fence("sh", "ls -l"), {"kind": "sh", "id": "ls-l", "run": "ls -l"}),
        (fence("bash", "ls"), {"kind": "sh", "id": "ls", "run": "ls", "shell": "bash"}),
        (
            fence("console", "$ echo a \\\n> b\na b\n$ pwd\n/home"),
            {
                "kind": "sh",
                "id": "echo-a",
                "run": "echo a \\\nb\npwd",
                "output": "a b\n/home",
                "unstable": True,
            },
        ),
        (
            fence("pycon", ">>> x = 2\n>>> x\n2"),
            {"kind": "code", "id": "x-2", "source": "x = 2\nx", "output": "2"},
        ),
        (
            fence("python", ">>> 1/0\nTraceback (most recent call last):\n  ...\nZeroDivisionError: x"),
            {"kind": "code", "id": "1-0", "source": "1/0", "expect": "error"},
        ),
        (
            fence("python", "print(2)") + "\n" + fence("text", "2"),
            {"kind": "code", "id": "print-2", "source": "print(2)", "output": "2"},
        ),
        ("Only $x^2$ text.", {"kind": "md", "text": "Only $x^2$ text."}),
        (fence("rust", "fn main() {}"), {"kind": "md", "text": "```rust\nfn main() {}\n```"}),
        (fence('python exec="off"', "x"), {"kind": "md", "text": '```python exec="off"\nx\n```'}),
        (fence("python no-run", "x"), {"kind": "md", "text": "```python no-run\nx\n```"}),
        (fence("{.python .no-run}", "x"), {"kind": "md", "text": "```{.python .no-run}\nx\n```"}),
        ("- a\n  ```python\n  x\n  ```\n", {"kind": "md", "text": "- a\n  ```python\n  x\n  ```"}),
        ("> ```sh\n> rm -r x\n> ```\n", {"kind": "md", "text": "> ```sh\n> rm -r x\n> ```"}),
        ("<!--\n```sh\nrm x\n```\n-->\n", {"kind": "md", "text": "<!--\n```sh\nrm x\n```\n-->"}),
    ],
)
def test_a_fence_is_a_cell_where_it_can_be_run_and_stays_text_elsewhere(text, cell):
    assert cell_of(page(text)) == cell


def test_text_and_programs_alternate_in_their_order():
    imported = page(f"Before.\n\n{fence('python', 'x')}\nBetween.\n\n{fence('js', '1')}\nAfter.\n")
    assert [(cell["kind"], cell.get("text", "")) for cell in cells_of(imported)] == [
        ("md", "Before."),
        ("code", ""),
        ("md", "Between.\n\n```js\n1\n```\n\nAfter."),
    ]


def test_an_output_belongs_to_the_program_directly_above_it():
    imported = page(f"{fence('python', 'x')}\nIt says:\n\n{fence('text', '1')}")
    assert "output" not in cells_of(imported)[0]


def test_python_that_does_not_parse_stays_text_and_is_named():
    imported = page(fence("python", "print(1"))
    assert cell_of(imported)["kind"] == "md"
    assert reasons(imported) == ["it is not Python that can be run: '(' was never closed: it stays text"]


def test_one_heading_is_the_title_and_several_are_lessons():
    assert page("# *One* `x`\n\nText.\n").lessons == {
        "one-x": {"title": "One x", "cell": [{"kind": "md", "text": "Text."}]}
    }
    imported = page("# A\n\na\n\nB\n=\n\nb\n")
    assert {name: lesson["cell"] for name, lesson in imported.lessons.items()} == {
        "a": [{"kind": "md", "text": "a"}],
        "b": [{"kind": "md", "text": "b"}],
    }
    assert imported.course["title"] == "page"


def test_the_head_of_a_page_names_title_authors_and_summary_and_the_rest_is_lost():
    imported = page('---\ntitle: "T"\nauthor: A, B\ndescription: S\nlayout: post\n---\n\nx\n')
    assert (imported.course["title"], imported.course["authors"]) == ("T", ["A", "B"])
    assert imported.course["summary"] == "S"
    assert [lost.what for lost in imported.lost] == ["`layout` of the head"]


def test_places_count_the_lines_of_the_file_its_head_too():
    imported = page("---\ntitle: T\n---\n\n# T\n\n```python\n(\n```\n")
    assert [lost.where for lost in imported.lost] == ["page.md, line 7"]


def test_pictures_that_came_with_the_page_become_files_and_others_are_named():
    imported = page(
        "![a](img/a%20b.png) ![data](data:image/png;base64,cG5n) "
        "![far](https://x.example/y.png) ![up](../../x.png)",
        **{"img/a b.png": b"a"},
    )
    assert imported.files == {"files/a-b.png": b"a", "files/picture.png": b"png"}
    assert cell_of(imported)["text"].startswith(
        "![a](files/a-b.png) ![data](files/picture.png) ![far](https:"
    )
    assert [lost.what for lost in imported.lost] == ["picture https://x.example/y.png", "picture ../../x.png"]


def test_more_pictures_than_a_course_has_room_for_are_named_as_lost():
    pictures = " ".join(f"![p](data:image/png;base64,{number:04d})" for number in range(600))
    imported = page(pictures)
    assert len(imported.files) == 500
    assert reasons(imported) == ["there is no more room"] * 100


def test_each_file_of_a_folder_is_a_lesson_in_the_order_people_count():
    files = {"10-end.md": "# End\n\nx", "2-begin.md": "x", "README.md": "# About\n\nx"}
    imported = read("markdown", files, name="guide")
    assert list(imported.lessons) == ["readme", "2-begin", "10-end"]
    assert imported.course["title"] == "guide"


def test_what_lies_beside_pages_comes_into_the_workspace_but_nothing_hidden():
    files = {
        "1.md": "![p](img/p.png)",
        "img/p.png": b"p",
        "data/x.csv": b"x",
        ".git/config": b"c",
        "b c.txt": b"t",
    }
    imported = read("markdown", files, name="guide")
    assert imported.files == {"files/img/p.png": b"p", "files/data/x.csv": b"x", "files/b-c.txt": b"t"}
    assert imported.lost == ()


def test_the_contents_of_a_book_give_the_order():
    files = {"src/SUMMARY.md": "# Book\n\n- [B](b.md)\n  - [A](a.md)\n", "src/a.md": "a", "src/b.md": "b"}
    assert list(read("markdown", files, name="book").lessons) == ["b", "a"]


@pytest.mark.slow
def test_a_page_larger_than_a_lesson_goes_on_in_further_ones():
    imported = page("# Long\n\n" + (("word " * 20 + "\n") * 40_000))
    assert len(imported.lessons) > 5
    assert sum(cell["text"].count("word") for cell in cells_of(imported)) == 800_000


def test_an_empty_page_is_a_lesson_to_be_written():
    assert page("").lessons == {"page": {"title": "page", "draft": True}}


LINES = st.one_of(
    st.sampled_from(
        [
            "```python",
            "```",
            "~~~sh",
            "~~~",
            "```text",
            "````console",
            "````",
            "# A",
            "B\n===",
            "---",
            "    x",
        ]
    ),
    st.sampled_from(
        ["x = 1", ">>> x", "... y", "$ ls", "> z", "- a", "<div>", "![a](b.png)", "title: x", "{{1}}"]
    ),
    st.text(max_size=20),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(LINES, max_size=25).map("\n".join))
def test_any_text_is_imported_without_an_error(text):
    page(text)

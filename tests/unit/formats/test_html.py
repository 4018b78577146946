"""Lessons as HTML pages: everything is there, the keys are folded away, and a stranger's text stays text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_tutor.core.course import Course, Lesson, VizCell
from tui_tutor.core.execution import StreamText
from tui_tutor.core.execution_json import event_as_json
from tui_tutor.core.plotting.data import Image, Matrix, PlotData, Series
from tui_tutor.core.study.recording import source_hash
from tui_tutor.formats.exportable import Exportable
from tui_tutor.formats.html import export, lesson_page
from tui_tutor.formats.html.plots import plot_svg
from tui_tutor.formats.html.prose import prose_html

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&\x1b[31m"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def nothing(path: str) -> None:
    del path


def a_course(*lessons: str) -> Course:
    return Course.model_validate(
        {"format": 1, "id": "one", "title": "One", "version": "1.0.0", "lessons": list(lessons or ("first",))}
    )


def a_lesson(*cells: Mapping[str, Any], **header: Any) -> Lesson:
    return Lesson.model_validate({"id": "first", "title": "First", "cell": list(cells), **header})


def page(*cells: Mapping[str, Any], lock: Mapping[str, Any] | None = None, **header: Any) -> str:
    return lesson_page(a_course(), a_lesson(*cells, **header), lock or {}, nothing)


class Elements(HTMLParser):
    """Collects what a browser would do: elements with their attributes, and the text in none of them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.found}


CODE = {"kind": "code", "id": "run", "source": "print(6 * 7)\n"}
CHOICE = {
    "kind": "quiz",
    "id": "which",
    "form": "choice",
    "question": "Which?",
    "option": [{"text": "this", "correct": True, "feedback": "yes"}, {"text": "that", "feedback": "no"}],
    "explain": "Because.",
}
QUESTIONS: list[dict[str, Any]] = [
    CHOICE,
    {"kind": "quiz", "id": "t", "form": "text", "question": "Word?", "accept": ["KEYWORD"]},
    {"kind": "quiz", "id": "n", "form": "number", "question": "Number?", "value": 41.5, "tolerance": 0.5},
    {"kind": "quiz", "id": "r", "form": "number", "question": "Range?", "range": [1.5, 2.5], "unit": "nats"},
    {
        "kind": "quiz",
        "id": "c",
        "form": "cloze",
        "question": "It is {{1}}.",
        "blank": [{"form": "text", "accept": ["KEYWORD"]}],
    },
    {
        "kind": "quiz",
        "id": "o",
        "form": "order",
        "question": "Order?",
        "items": ["a = 1", "  b = 2"],
        "distractors": ["c"],
    },
    {
        "kind": "quiz",
        "id": "m",
        "form": "match",
        "question": "Match?",
        "pairs": [["x", "y"], ["u", "v"]],
        "extra": ["w"],
    },
    {
        "kind": "quiz",
        "id": "p",
        "form": "predict",
        "question": "Prints?",
        "program": "print(1)",
        "stdout": "KEYWORD\n",
    },
    {"kind": "quiz", "id": "f", "form": "reflect", "question": "What do you think?"},
]


def test_the_header_says_where_one_is():
    text = page(CODE, minutes=15, bloom="apply", objective="Trace gradients")
    assert "lesson 1 / 1 · First" in text
    assert "15 min · Bloom&#x27;s apply" in text or "15 min · Bloom's apply" in text
    assert "<b>objective</b> Trace gradients" in text


def test_a_recorded_output_is_shown_as_recorded_with_its_count():
    lesson = a_lesson(CODE)
    entry = {"source_hash": source_hash(lesson.cells[0]), "outcome": "ok", "k": 7, "ms": 12.0}
    entry["output"] = [event_as_json(StreamText("stdout", "42\n"))]
    text = page(CODE, lock={"lessons": {"first": {"cells": {"run": entry}}}})
    assert "In [7]" in text
    assert 'out [7]</div><div class="body"><pre class="stdout">42</pre><small>recorded output · 12 ms' in text


def test_an_output_of_another_source_is_not_shown():
    entry = {"source_hash": "0" * 16, "k": 7, "output": []}
    assert "In [7]" not in page(CODE, lock={"lessons": {"first": {"cells": {"run": entry}}}})


@pytest.mark.parametrize("cell", QUESTIONS, ids=lambda cell: str(cell["form"]) + cell["id"])
def test_a_key_stands_only_in_what_is_folded_away(cell: dict[str, Any]):
    open_part = re.sub(r"<details>.*?</details>", "", page(cell), flags=re.DOTALL)
    assert cell["question"].replace("{{1}}", "____(1)____") in open_part
    assert "KEYWORD" not in open_part
    assert "41.5" not in open_part
    assert "1.5 to" not in open_part


def test_options_stand_in_another_order_when_shuffled_the_same_each_time():
    options = [{"text": f"option {n}", "correct": n == 0, "feedback": ""} for n in range(8)]
    cell = {**CHOICE, "option": options, "shuffle": True}
    found = re.findall(r"option \d", page(cell).partition("<details>")[0])
    assert sorted(found) == [f"option {n}" for n in range(8)]
    assert found != sorted(found)
    assert page(cell) == page(cell)


def test_hidden_cells_are_not_shown():
    assert "secret" not in page({**CODE, "source": "secret = 1", "hidden": True}, CODE | {"id": "other"})


def test_a_stranger_s_text_stays_text_everywhere():
    cells: list[dict[str, Any]] = [
        {
            "kind": "md",
            "text": f"{HOSTILE}\n\n[x](javascript:alert(1)) ![x](http://evil/x.png)\n\n```{HOSTILE}\nx\n```",
        },
        {
            "kind": "code",
            "id": "c",
            "source": f"x = '''{HOSTILE}'''",
            "title": HOSTILE,
            "language": "html<b>",
        },
        {"kind": "sh", "id": "s", "run": f"echo {HOSTILE}"},
        {"kind": "viz", "id": "v", "plot": "line", "y": "[1]", "caption": HOSTILE, "alt": HOSTILE},
        {
            "kind": "ex",
            "id": "e",
            "task": HOSTILE,
            "starter": HOSTILE,
            "solution": HOSTILE,
            "hints": [HOSTILE],
        },
        {**CHOICE, "question": HOSTILE, "explain": HOSTILE, "title": HOSTILE},
        {
            "kind": "quiz",
            "id": "m",
            "form": "match",
            "question": "?",
            "pairs": [[HOSTILE, HOSTILE], ["a", "b"]],
        },
        {"kind": "quiz", "id": "t", "form": "text", "question": "?", "accept": [HOSTILE]},
    ]
    text = page(*cells, objective=HOSTILE)
    elements = Elements(text)
    assert elements.tags.isdisjoint({"script", "img", "iframe", "object", "base", "link", "form"})
    assert not any(name.startswith("on") for _, attrs in elements.found for name in attrs)
    links = [attrs.get("href") or "" for tag, attrs in elements.found if tag == "a"]
    assert not any(link.startswith(("javascript:", "http://evil")) for link in links)
    assert "\x1b" not in text


@given(st.text(max_size=200))
def test_no_text_breaks_out_of_prose(markdown: str):
    tags = Elements(prose_html(markdown, nothing)).tags
    assert tags.isdisjoint({"script", "style", "iframe", "svg", "form", "meta"})


def test_pictures_of_the_course_are_in_the_page_and_others_are_named():
    text = prose_html("![a cat](files/cat.png) ![a dog](files/dog.png)", {"files/cat.png": PNG}.get)
    assert 'alt="a cat"' in text
    assert 'src="data:image/png;base64,' in text
    assert "picture: a dog" in text


def test_callouts_tables_and_math():
    text = prose_html("> [!NOTE]\n> Mind $\\sigma^2$.\n\n| a |\n|---|\n| b |\n", nothing)
    assert '<aside class="note"><b>Note</b>' in text
    assert "σ²" in text
    assert "<td>b</td>" in text


def a_plot(**fields: Any) -> VizCell:
    return VizCell.model_validate({"kind": "viz", "id": "v", "plot": "scatter", "y": "y", **fields})


PLOTS = {
    "scatter": PlotData("scatter", (Series((0.0, 1.0, None), (1.0, None, 2.0), classes=("a", "b", "a")),)),
    "line": PlotData("line", (Series((0.0, 1.0, 2.0), (1.0, None, 2.0), "loss"),)),
    "bar": PlotData("bar", (Series((0.0, 1.0), (3.0, -1.0), categories=("x<", "y")),)),
    "hist": PlotData("hist", (Series((0.5, 1.5), (3.0, 1.0)),)),
    "heatmap": PlotData("heatmap", matrix=Matrix(((1.0, None), (3.0, 4.0)))),
    "image": PlotData("image", images=(Image(2, 1, (0, 255), label="a<b"),)),
    "image-grid": PlotData("image-grid", images=(Image(1, 1, (0xFF0000,), is_color=True),) * 3),
    "empty": PlotData("scatter", (Series((), ()),)),
    "nothing": PlotData("line"),
    "error": PlotData("line", error="NameError: <x>"),
    "flat": PlotData("line", (Series((1.0, 1.0), (5.0, 5.0)),)),
    "huge": PlotData("line", (Series((0.0, 1.0), (-1e300, 1e300)),)),
}


@pytest.mark.parametrize("kind", PLOTS)
def test_every_plot_is_drawn_well_formed(kind: str):
    import xml.etree.ElementTree as ElementTree

    plot = PLOTS[kind].kind
    text = plot_svg(a_plot(plot=plot, alt="<alt>", hline=1.5, vline=[0.5]), PLOTS[kind])
    ElementTree.fromstring(text)
    assert "nan" not in text.replace("nand", "")
    assert "inf" not in text


def test_classes_differ_in_shape_not_only_in_colour():
    names = tuple("abcdef")
    data = PlotData("scatter", (Series(tuple(map(float, range(6))), (0.0,) * 6, classes=names),))
    text = plot_svg(a_plot(), data)
    shapes = set(re.findall(r'<path d="([^"]+)" fill="none"', text.partition("<g transform")[0]))
    assert len(shapes) == 5
    assert "<circle" in text
    many = PlotData("scatter", (Series(tuple(map(float, range(9))), (0.0,) * 9, classes=tuple("abcdefghi")),))
    assert set(re.findall(r'class="letter"[^>]*>(.)<', plot_svg(a_plot(), many))) == set("abcdefghi")


def test_an_export_links_only_pages_that_are_there():
    course = a_course("first", "draft", "second")
    lessons = {name: a_lesson(CODE).model_copy(update={"id": name}) for name in ("first", "second")}
    written = export(Exportable(course, {}, lessons, {}))
    assert set(written) == {"first.html", "second.html", "index.html"}
    links = {
        attrs.get("href")
        for data in written.values()
        for tag, attrs in Elements(data.decode()).found
        if tag == "a"
    }
    assert links <= set(written)
    assert b"not written yet" in written["index.html"]


def test_a_page_forbids_scripts_and_loading():
    metas = [attrs for tag, attrs in Elements(page(CODE)).found if tag == "meta"]
    assert {
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    } in metas

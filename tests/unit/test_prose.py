"""Prose: what an author wrote, set in lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_tutor.core.prose import Line, Span, inline_spans, prose
from tui_tutor.core.prose.lines import cut, width_of, wrap
from tui_tutor.core.safe_text import safe_text


def texts(markdown: str, width: int = 40) -> list[str]:
    return [line.text for line in prose(markdown, width=width)]


def test_a_heading_is_followed_by_one_blank_row():
    assert prose("## Title\ntext", width=40) == (
        Line((Span("Title", "heading"),)),
        Line(),
        Line((Span("text"),)),
    )


def test_inline_marks_become_roles():
    assert inline_spans("a `b` **c** *d* $\\sigma^2$") == (
        Span("a "),
        Span("b", "code"),
        Span(" "),
        Span("c", "strong"),
        Span(" "),
        Span("d", "emphasis"),
        Span(" "),
        Span("σ²", "math"),
    )


def test_a_callout_is_named_in_the_label_column():
    lines = prose("> [!WARNING]\n> Mind the gap.", width=40)
    assert lines == (Line((Span("Mind the gap."),), label="warning"),)


def test_a_quote_without_a_word_stays_a_quote():
    assert prose("> said", width=40) == (Line((Span("  "), Span("said", "muted"))),)


def test_list_items_hang_under_their_text():
    assert texts("- one two three four\n- five", width=12) == ["• one two", "  three four", "• five"]


def test_ordered_lists_keep_their_first_number():
    assert texts("3. a\n4. b") == ["3. a", "4. b"]


def test_a_table_is_aligned_without_a_frame():
    assert texts("| a | long head |\n|---|---|\n| xyzxyz | 1 |") == ["a       long head", "xyzxyz  1"]


def test_a_table_too_wide_wraps_inside_its_cells():
    rows = texts("| a | b |\n|---|---|\n| one two three | four five six |", width=14)
    assert all(len(row) <= 14 for row in rows)
    assert " ".join(" ".join(rows).split()) == "a b one four two five three six"


def test_fenced_code_lies_on_the_panel_and_names_its_language():
    assert prose("```python\nx = 1\n```", width=40) == (
        Line((Span("x = 1", "panel"),), is_panel=True, language="python"),
    )


def test_links_show_their_address():
    assert texts("see [docs](https://a.example/x)") == ["see docs (https://a.example/x)"]


def test_a_citation_shows_file_and_line_alone():
    cited = 'Names stay [notes.md:3].\n\n[notes.md:3]: source:notes.md#120-164 "names live"\n'
    assert texts(cited) == ["Names stay [notes.md:3]."]


def test_a_picture_alone_is_a_line_that_names_its_file():
    assert prose("![a cat](files/cat.png)", width=40) == (
        Line((Span("picture: a cat", "muted"),), image="files/cat.png"),
    )


def test_raw_html_is_text():
    assert texts("a <b>bold</b>\n\n<script>alert(1)</script>") == [
        "a <b>bold</b>",
        "",
        "<script>alert(1)</script>",
    ]


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        ("z = \\mu + \\sigma \\odot \\epsilon", "z = μ + σ ⊙ ε"),
        ("e^{-2}", "e⁻²"),
        ("\\frac{1}{2}", "1/2"),
        ("\\frac{a+b}{2}", "(a+b)/2"),
        ("\\sqrt{2\\pi}", "√(2π)"),
        ("\\sum_{i=1}^{n} x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        ("\\mathcal{N}(0, I)", "𝒩(0, I)"),
        ("q_\\phi(z|x)", "qᵩ(z|x)"),
        ("\\unknown{x}", "\\unknown{x}"),
        ("\\begin{matrix}a\\end{matrix}", "\\begin{matrix}a\\end{matrix}"),
        ("{unbalanced", "{unbalanced"),
        ("x^", "x^"),
    ],
)
def test_math_is_one_line_of_unicode_or_the_tex_itself(tex: str, shown: str):
    assert "".join(span.text for span in inline_spans(f"${tex}$")) == shown


@pytest.mark.parametrize(
    "tex", [r"\href", r"\footnote{x}", r"\title", r"\textcolor", r"\verb", r"\underbrace{x}"]
)
def test_math_that_cannot_be_read_is_shown_as_it_stands_and_nothing_else_is_said(
    tex: str, capfd: pytest.CaptureFixture[str]
):
    assert texts(f"${tex}$") == [tex]
    assert capfd.readouterr() == ("", "")


def test_dollars_that_are_money_are_not_math():
    assert texts("It costs $5 or $6 a day.") == ["It costs $5 or $6 a day."]


@pytest.mark.parametrize(
    "hostile", ["\x1b[31m", "&#27;[2J", "&#x9b;1m", "\u202e", "`\x1b]52;c;x\x07`", "$\x1b$"]
)
def test_no_text_steers_the_terminal(hostile: str):
    shown = "\n".join(
        texts(f"# {hostile}\n\n{hostile}\n\n- {hostile}\n\n| {hostile} |\n|---|\n| {hostile} |")
    )
    assert shown == safe_text(shown)


def test_markup_of_the_toolkit_is_text():
    assert texts("[@click=app.quit]x[/]") == ["[@click=app.quit]x[/]"]


def test_deep_nesting_and_endless_text_end():
    assert prose("> " * 5000 + "x", width=40)
    assert prose("[" * 20_000, width=40)
    assert len(prose("word " * 200_000, width=40)) < 4000


@given(st.text(max_size=300), st.integers(8, 90))
def test_no_line_is_wider_than_asked_and_all_is_safe(markdown: str, width: int):
    for line in prose(markdown, width=width):
        assert cell_len(line.text) <= max(width, 12) + 12  # marks of nested lists may lead
        assert line.text == safe_text(line.text)


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z", "M")), max_size=80), st.integers(2, 40)
)
def test_wrapping_loses_no_letter(text: str, width: int):
    rows = wrap((Span(text),), width)
    assert "".join(span.text for row in rows for span in row) == text
    assert all(width_of(row) <= width for row in rows)


def test_what_is_cut_ends_with_the_mark():
    assert cut((Span("abc "), Span("defgh", "code")), 6) == (
        Span("abc "),
        Span("d", "code"),
        Span("…", "code"),
    )


def test_what_fits_is_not_cut():
    assert cut((Span("abc"),), 3) == (Span("abc"),)

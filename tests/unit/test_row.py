"""The grid: label at column 1, text at column 11, right end at w-3."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_tutor.core.prose import Span
from tui_tutor.tui.widgets.footer import footer_spans
from tui_tutor.tui.widgets.row import EDGE, RULE, Row, Stop, said, set_row


def text_of(row: Row, width: int = 80, **given_: object) -> str:
    return "".join(span.text for span in set_row(row, width, **given_))


def test_label_text_and_right_words_stand_in_their_columns():
    row = text_of(Row(said("resume"), said("Title"), said("lesson 3 / 6")))
    assert (row.index("resume"), row.index("Title"), row.index("lesson") + len("lesson 3 / 6") - 1) == (
        1,
        11,
        77,
    )
    assert len(row) == 80


def test_a_title_gives_way_with_a_cut_mark():
    row = text_of(Row(text=said("x" * 100), right=said("right")))
    assert row == " " * 11 + "x" * 60 + "… right  "


def test_a_label_that_fills_its_column_pushes_the_text_by_a_blank():
    rows = [text_of(Row(said(f"lesson {n}"), said("hello"))).rstrip() for n in (77, 778, 1000)]
    assert rows == [" lesson 77 hello", " lesson 778 hello", " lesson 1000 hello"]


def test_a_warning_stands_before_every_state_and_keys_give_way_for_it():
    keys = [("1-9", "choose"), ("Enter", "answer"), ("Ctrl+P", "palette")]
    rows = {
        w: "".join(s.text for s in footer_spans(["kernel idle"], keys, w, warning="not saved"))
        for w in (80, 48)
    }
    assert rows[80].split("  ")[0] == " not saved · kernel idle"
    assert rows[48].split() == ["not", "saved", "1-9", "choose", "Ctrl+P", "palette"]


def test_in_a_narrow_window_the_right_hand_words_go_first():
    assert text_of(Row(text=said("x" * 46), right=said("right")), 60).rstrip() == " " * 11 + "x" * 46


def test_rules_run_from_column_1_to_w_minus_3():
    assert text_of(RULE) == " " + "─" * 77 + "  "
    assert text_of(EDGE, 5) == "▔" * 5


def test_ascii_rows_hold_only_signs_of_every_keyboard():
    row = Row(said("✓ 1"), said("a … b"), said("→"), (Stop(20, said("▰▱")),))
    assert text_of(row, is_ascii=True).isascii()


@given(
    st.text(st.characters(exclude_categories=("C",)), max_size=120),
    st.text(st.characters(exclude_categories=("C",)), max_size=40),
    st.integers(1, 140),
)
def test_every_row_fills_its_width_exactly(text: str, right: str, width: int):
    row = Row(
        said(text[:12]),
        said(text),
        said(right),
        (Stop(28, said(right[:8])), Stop(9, said("1"), ends_here=True)),
    )
    assert cell_len(text_of(row, width)) == width


def footer(states: list[str], keys: list[tuple[str, str]], width: int) -> str:
    return "".join(span.text for span in footer_spans(states, keys, width))


def test_the_state_shortens_then_goes_before_a_key_does():
    keys = [("F5", "run"), ("?", "help")]
    states = ["kernel idle · sandbox full", "kernel idle"]
    assert footer(states, keys, 50) == " kernel idle · sandbox full       F5 run  ? help  "
    assert footer(states, keys, 40) == " kernel idle            F5 run  ? help  "
    assert footer(states, keys, 24) == "        F5 run  ? help  "


def test_the_way_out_is_the_last_key_to_go():
    assert footer([], [("F5", "run"), ("h", "hint"), ("Esc", "back")], 14).strip() == "Esc back"


def test_keys_are_bold_and_their_words_quiet():
    assert Span("F5", "key") in footer_spans([], [("F5", "run")], 30)

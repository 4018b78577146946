"""What a run prints: the same lines however it comes in, bounded, and never raw."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_safe_text import forbidden
from tui_tutor.core.execution import (
    Displayed,
    ErrorRaised,
    Finished,
    InputAsked,
    OutputCleared,
    Started,
    StreamText,
)
from tui_tutor.core.output import (
    MAX_CHARS,
    MAX_LINE,
    MAX_LINES,
    MAX_PARTS,
    ErrorPart,
    ImagePart,
    StyledText,
    TextPart,
    Transcript,
    plain_lines,
)
from tui_tutor.core.sgr import PLAIN, TextStyle, sequence, style_after

HOSTILE = (
    "\x1b[2J\x1b[H",  # clears the screen
    "\x1b]0;owned\x07",  # the title
    "\x1b]52;c;ZXZpbA==\x07",  # the clipboard
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",  # a link
    "\x1bP+q544e\x1b\\",  # asks the terminal, which would type the answer
    "\x1b[6n",  # asks where the cursor is
    "\x1b[?1049h",  # the other screen
    "\x1b[>4;2m",  # other key codes
    "\x9b2J",  # an eight-bit control
    "\x1bc",  # resets the terminal
    "\x0e\x0f",  # other character sets
    "\x1b(0",  # line drawing characters
    "\u202egnp.exe",  # written backwards
    "\x1b[31",  # cut in the middle
    "\x1b]0;never ended",
    "\x00\x07\x0b\x0c",
    "\ud800",
)
COLOURS = ("\x1b[31m", "\x1b[1;4m", "\x1b[0m", "\x1b[38;5;208m", "\x1b[48;2;1;2;3m", "\x1b[m")
ERASING = ("\x1b[K", "\x1b[0K", "\x1b[1K", "\x1b[2K")
PIECES = st.one_of(
    st.sampled_from(ERASING),
    st.sampled_from(HOSTILE),
    st.sampled_from(COLOURS),
    st.sampled_from(["\n", "\r", "\r\n", "\b", "\t", "a line\n", "50 %\r", "ü", "λ → "]),
    st.text(max_size=8),
)
TEXTS = st.lists(PIECES, max_size=25).map("".join)


def fed(*chunks: str) -> TextPart:
    part = TextPart("stdout")
    for chunk in chunks:
        part = part.fed(chunk)
    return part


def lines(part: TextPart) -> list[str]:
    return plain_lines(part)


@st.composite
def chunked(draw):
    """A text, and the same text in pieces."""
    text = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    ends = [*cuts, len(text)]
    return text, [text[start:end] for start, end in zip([0, *cuts], ends, strict=True)]


@settings(max_examples=400, deadline=None)
@given(chunked())
def test_the_lines_are_the_same_however_the_text_comes_in(case):
    text, chunks = case
    assert lines(fed(*chunks)) == lines(fed(text))


@settings(max_examples=300, deadline=None)
@given(chunked())
def test_the_colours_are_the_same_however_the_text_comes_in(case):
    text, chunks = case
    assert list(fed(*chunks).lines()) == list(fed(text).lines())


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(chunked())
def test_no_text_steers_the_terminal(case):
    for line in fed(*case[1]).lines():
        shown = "".join(piece.text for piece in line)
        assert not [char for char in shown if forbidden(char) or char == "\n"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_leaves_the_words_around_it(hostile):
    shown = "\n".join(lines(fed(f"before {hostile}\nafter\n")))
    assert shown.startswith("before ")
    assert shown.endswith("after")
    assert not [char for char in shown if forbidden(char)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 4000), max_size=8))
def test_every_line_is_shown_or_counted(counts):
    part, total = TextPart("stdout"), 0
    for count in counts:
        part = part.fed("".join(f"{total + n}\n" for n in range(count)))
        total += count
        assert part.dropped + part.line_count == total
        assert part.line_count <= MAX_LINES + 512
        if total:
            assert part.text(part.line_count - 1) == str(total - 1)


def test_what_the_kernel_dropped_is_counted_too():
    transcript = Transcript().after(StreamText("stdout", "a\n")).after(StreamText("stdout", "z\n", 500))
    assert (transcript.dropped, transcript.text()) == (500, "a\nz")


def test_a_single_flood_is_bounded():
    part = fed("x" * 100 + "\n", "y\n" * 50_000)
    assert part.line_count == MAX_LINES
    assert part.dropped == 50_001 - MAX_LINES


def test_many_long_lines_are_bounded():
    part = TextPart("stdout")
    for _ in range(1200):
        part = part.fed("x" * 8000 + "\n")
    assert part.chars <= MAX_CHARS + 512 * 8001
    assert part.dropped + part.line_count == 1200


@given(st.integers(0, 3 * MAX_LINE))
@settings(max_examples=30, deadline=None)
def test_a_line_without_end_is_bounded(length):
    part = fed(*["x" * 1000] * (length // 1000))
    assert sum(len(line) for line in lines(part)) <= MAX_LINE + 1
    assert len(part._open) <= 2 * MAX_LINE + 1


def test_an_endless_progress_bar_is_bounded():
    part = TextPart("stdout")
    for n in range(5000):
        part = part.fed(f"\r{n} %")
    assert (lines(part), len(part._open) < 100) == (["4999 %"], True)


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("10 %\r20 %\r", ["20 %"]),
        ("loading\rdone", ["doneing"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("abc\b\bx", ["axc"]),
        ("\b\ba", ["a"]),
        ("a\n\nb", ["a", "", "b"]),
        ("", []),
        ("no end", ["no end"]),
        ("\x1b[2K\rnew", ["new"]),
        ("downloading 99 %\r\x1b[Kdone\n", ["done"]),
        ("downloading 99 %\r\x1b[0Kdone\n", ["done"]),
        ("downloading 99 %\x1b[2K\rdone\n", ["done"]),
        ("abcdef\b\b\x1b[1Kx", ["    xf"]),
        ("\x1b[01;31m\x1b[Kfound\x1b[m\x1b[K here", ["found here"]),
        ("10 %\x1b[2K", []),
    ],
)
def test_what_is_printed_is_seen_as_on_a_terminal(printed, seen):
    assert lines(fed(printed)) == seen


# A screen so wide that no line of a test reaches its end.
WIDTH = 200
WRITINGS = st.lists(
    st.one_of(
        st.sampled_from(
            ["\r", "\b", "\b\b", "\x1b[K", "\x1b[0K", "\x1b[1K", "\x1b[2K", "\r\x1b[K", "\x1b[2K\r"]
        ),
        st.sampled_from(["\x1b[31m", "\x1b[1m", "\x1b[0m", "\x1b[m", "\x1b[38;5;208m"]),
        st.text("ab %|#", min_size=1, max_size=6),
    ),
    max_size=25,
)


def on_a_terminal(printed: str) -> list[tuple[str, bool, bool]]:
    """The characters of the first row: what is seen, whether it is coloured, whether it is bold."""
    screen = pyte.Screen(WIDTH, 3)
    pyte.Stream(screen).feed(printed)
    row = [screen.buffer[0][x] for x in range(WIDTH)]
    return without_end([(char.data, char.fg != "default", char.bold) for char in row])


def as_shown(line) -> list[tuple[str, bool, bool]]:
    return without_end(
        [(char, piece.style.fg is not None, piece.style.bold) for piece in line for char in piece.text]
    )


def without_end(row: list[tuple[str, bool, bool]]) -> list[tuple[str, bool, bool]]:
    """Without the blanks at the end; a blank has no colour."""
    row = [one if one[0] != " " else (" ", False, False) for one in row]
    while row and row[-1][0] == " ":
        row.pop()
    return row


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(WRITINGS, st.booleans(), st.data())
def test_a_line_that_is_written_over_looks_as_on_a_terminal(writings, is_ended, data):
    printed = "".join(writings)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(printed)), max_size=5)))
    chunks = [printed[start:end] for start, end in zip([0, *cuts], [*cuts, len(printed)], strict=True)]
    shown = next(iter(fed(*chunks, "\n" if is_ended else "").lines()), ())
    assert as_shown(shown) == on_a_terminal(printed)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(WRITINGS, WRITINGS)
def test_what_was_collapsed_goes_on_as_it_would_have(before, after):
    seen = as_shown(next(iter(fed("".join(before) + "".join(after) + "|\n").lines())))
    assert as_shown(next(iter(fed(*before, *after, "|\n").lines()))) == seen


def test_a_style_is_what_its_sequence_says():
    style = TextStyle((1, 2, 3), 208, True, True, True, True, True)
    assert style_after(sequence(style), TextStyle(fg=1, bold=True)) == style
    assert style_after(sequence(PLAIN), style) == PLAIN


def test_a_spinner_of_backspaces_never_stops_and_is_bounded():
    part = TextPart("stdout").fed("working ")
    for n in range(20_000):
        part = part.fed(f"{n % 10}\b")
    assert (lines(part.fed("done\n")), len(part._open) <= MAX_LINE + 1) == (["working done"], True)


def test_a_long_progress_in_one_piece_shows_its_end():
    assert lines(fed("".join(f"\r\x1b[K{n} %" for n in range(5000)) + "\n")) == ["4999 %"]


def test_colours_last_until_they_are_taken_back():
    part = fed("\x1b[31mred\nstill \x1b[1mbold\x1b[0m plain\n")
    red = TextStyle(fg=1)
    assert list(part.lines()) == [
        (StyledText("red", red),),
        (
            StyledText("still ", red),
            StyledText("bold", TextStyle(fg=1, bold=True)),
            StyledText(" plain", PLAIN),
        ),
    ]


@pytest.mark.parametrize(
    ("codes", "style"),
    [
        ("38;5;208", TextStyle(fg=208)),
        ("38:5:208", TextStyle(fg=208)),
        ("48;2;1;2;3", TextStyle(bg=(1, 2, 3))),
        ("38;2;999;0;0", TextStyle(fg=(255, 0, 0))),
        ("91", TextStyle(fg=9)),
        ("100", TextStyle(bg=8)),
        ("7;3", TextStyle(reverse=True, italic=True)),
        ("38;5", PLAIN),
        ("999999999999", PLAIN),
        ("31;39", PLAIN),
    ],
)
def test_colours_are_read_as_terminals_read_them(codes, style):
    assert list(fed(f"\x1b[{codes}mx").lines()) == [(StyledText("x", style),)]


# --- transcripts ------------------------------------------------------------------------------------


def a_transcript(*events) -> Transcript:
    transcript = Transcript()
    for event in events:
        transcript = transcript.after(event)
    return transcript


def test_streams_keep_their_order_and_stay_apart():
    transcript = a_transcript(
        StreamText("stdout", "1\n"),
        StreamText("stderr", "2\n"),
        StreamText("stdout", "3\n"),
        StreamText("stdout", "4\n"),
    )
    assert [(part.stream, lines(part)) for part in transcript.parts] == [
        ("stdout", ["1"]),
        ("stderr", ["2"]),
        ("stdout", ["3", "4"]),
    ]
    assert transcript.stdout() == "1\n3\n4"


def test_a_result_is_shown_and_is_not_output():
    transcript = a_transcript(StreamText("stdout", "1\n"), Displayed({"text/plain": "42"}, is_result=True))
    assert (transcript.text(), transcript.stdout()) == ("1\n42", "1")


def test_a_picture_stands_before_its_words():
    part = a_transcript(Displayed({"image/png": "aGk=", "text/plain": "<Figure>"})).parts[0]
    assert part == ImagePart("image/png", "aGk=", "<Figure>")


def test_html_is_never_shown_only_the_plain_words():
    transcript = a_transcript(Displayed({"text/html": "<script>", "text/plain": "a table"}))
    assert transcript.text() == "a table"


def test_an_update_replaces_what_has_its_id():
    transcript = a_transcript(
        Displayed({"text/plain": "0 %"}, display_id="bar"),
        StreamText("stdout", "x\n"),
        Displayed({"text/plain": "100 %"}, display_id="bar", is_update=True),
    )
    assert transcript.text() == "100 %\nx"


def test_an_update_of_what_is_not_there_changes_nothing():
    transcript = a_transcript(StreamText("stdout", "x\n"))
    assert transcript.after(Displayed({"text/plain": "y"}, display_id="?", is_update=True)) == transcript


def test_clearing_that_waits_clears_with_the_next_output():
    transcript = a_transcript(StreamText("stdout", "1\n"), OutputCleared(wait=True))
    assert transcript.text() == "1"
    assert transcript.after(StreamText("stdout", "2\n")).text() == "2"


def test_an_error_is_shown_in_safe_words():
    error = ErrorRaised("Evil\x1b[2J", "bad\u202e\x1b]0;x\x07", ("\x1b[31mTraceback\x1b[0m", "line"), 3)
    part = a_transcript(error).error
    assert isinstance(part, ErrorPart)
    shown = [part.name, part.message, *("".join(p.text for p in line) for line in part.traceback)]
    assert not [char for text in shown for char in text if forbidden(char)]
    assert (part.line, len(part.traceback)) == (3, 2)


def test_the_file_name_that_the_kernel_made_up_is_left_out():
    error = ErrorRaised("SyntaxError", "invalid syntax (345396762.py, line 1)", (), 1)
    assert a_transcript(error).text() == "SyntaxError in line 1\ninvalid syntax"


def test_events_that_show_nothing_change_nothing():
    transcript = a_transcript(StreamText("stdout", "1\n"))
    for event in (Started(1), InputAsked("? "), Finished("ok")):
        assert transcript.after(event) == transcript


def test_many_parts_are_bounded_and_what_went_is_counted():
    transcript = Transcript()
    for n in range(MAX_PARTS + 50):
        transcript = transcript.after(StreamText("stdout" if n % 2 else "stderr", f"{n}\n"))
    assert len(transcript.parts) == MAX_PARTS
    assert transcript.dropped == 50


EVENTS = st.lists(
    st.one_of(
        st.builds(StreamText, st.sampled_from(["stdout", "stderr"]), TEXTS),
        st.builds(ErrorRaised, TEXTS, TEXTS, st.lists(TEXTS, max_size=3).map(tuple)),
        TEXTS.map(lambda text: Displayed({"text/plain": text})),
        TEXTS.map(lambda text: Displayed({"image/png": "aa", "text/plain": text}, display_id="a")),
        st.builds(OutputCleared, st.booleans()),
    ),
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(EVENTS)
def test_nothing_a_program_says_steers_the_terminal(events):
    text = a_transcript(*events).text()
    assert not [char for char in text if forbidden(char)]


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_a_transcript_that_can_be_shown_is_not_empty(events):
    transcript = a_transcript(*events)
    assert transcript.is_empty == (not [line for part in transcript.parts for line in plain_lines(part)])

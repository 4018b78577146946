"""Finding words in a course: lesson titles, prose, tasks, questions and their options."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.course import (
    Cell,
    ChoiceQuiz,
    ClozeQuiz,
    CodeCell,
    ExerciseCell,
    Lesson,
    MarkdownCell,
    QuizBase,
    ShellCell,
    VizCell,
)
from tui_tutor.core.prose import inline_spans, prose

MOST_MATCHES: Final = 200
UNWRAPPED: Final = 10_000  # cells: a paragraph is one line
GAP: Final = "____"


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, option or line of code, as it is shown. `cell_number` 0: the lesson's title."""

    lesson_id: str
    lesson_number: int
    lesson_title: str
    cell_id: str
    cell_kind: str
    cell_number: int
    text: str


def passages_of(lesson: Lesson, number: int) -> tuple[Passage, ...]:
    """All that can be found in a lesson; solutions, hints and explanations cannot."""
    title = Passage(lesson.id, number, lesson.title, "", "", 0, lesson.title)
    found = [title]
    for place, cell in enumerate(lesson.visible_cells, start=1):
        for text in filter(None, _texts(cell)):
            found.append(Passage(lesson.id, number, lesson.title, cell.id, cell.kind, place, text))
    return tuple(found)


def _texts(cell: Cell) -> Iterator[str]:
    """What a cell shows, a paragraph or a line of code at a time; some may be empty."""
    yield cell.title
    match cell:
        case MarkdownCell():
            yield from _prose(cell.text)
        case CodeCell():
            yield from _code(cell.source)
        case VizCell():
            yield from (one_line(cell.caption), *_prose(cell.alt))
        case ExerciseCell():
            yield from _prose(cell.task)
        case ShellCell():
            yield from _code(cell.run)
        case ChoiceQuiz():
            yield from (*_prose(cell.question), *(one_line(option.text) for option in cell.option))
        case ClozeQuiz():
            yield from (_with_gaps(line, len(cell.blank)) for line in _prose(cell.question))
        case QuizBase():
            yield from _prose(cell.question)


def one_line(markdown: str) -> str:
    """A caption, an option: without the marks of inline Markdown."""
    return "".join(span.text for span in inline_spans(markdown)).strip()


def _prose(markdown: str) -> Iterator[str]:
    for line in prose(markdown, width=UNWRAPPED):
        text = line.text.strip()
        if not line.is_panel:  # the columns of a table stand apart only where they are aligned
            text = " ".join(text.split())
        if any(span.role != "rule" for span in line.spans):
            yield text


def _code(source: str) -> Iterator[str]:
    return (line.strip() for line in source.splitlines())


def _with_gaps(text: str, blanks: int) -> str:
    for number in range(1, blanks + 1):
        text = text.replace("{{" + str(number) + "}}", GAP)
    return text


def matches(passages: Sequence[Passage], query: str) -> tuple[Passage, ...]:
    """Passages that hold every word of the query, titles first, then in the course's order."""
    words = query.casefold().split()
    if not words:
        return ()
    found = [passage for passage in passages if _holds(passage.text.casefold(), words)]
    found.sort(key=lambda passage: passage.cell_number != 0)
    return tuple(found[:MOST_MATCHES])


def excerpt(text: str, query: str, room: int) -> str:
    """At most `room` characters of a passage, begun late enough that the query's first word is seen."""
    word = next(iter(query.casefold().split()), "")
    start = first_shown(text, max(0, text.casefold().find(word)), len(word), room)
    shown = ("…" if start else "") + text[start:]
    return shown if len(shown) <= room else f"{shown[: room - 1]}…"


def first_shown(text: str, at: int, length: int, room: int) -> int:
    """Where to begin a passage, at the start of a word, so that what stands at `at` is seen."""
    if at + length <= room:
        return 0
    earliest = max(0, at - room // 3)
    blank = text.find(" ", earliest, at)
    return blank + 1 if blank >= 0 else earliest


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)

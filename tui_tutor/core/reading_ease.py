"""How easy prose is to read, by the classical formulas; code, mathematics, tables and addresses do not count.

W words, S sentences, Y syllables, L words of more than six letters:

- English, ease: 206.835 - 1.015 W/S - 84.6 Y/W. Flesch, "A new readability yardstick" (1948).
- English, grade: 0.39 W/S + 11.8 Y/W - 15.59. Kincaid, Fishburne, Rogers and Chissom, "Derivation of new
  readability formulas for Navy enlisted personnel" (1975).
- German, ease: 180 - W/S - 58.5 Y/W. Amstad, "Wie verständlich sind unsere Zeitungen?" (1978).
- Other languages, ease: 100 - (W/S + 100 L/W), from the LIX of Björnsson, "Läsbarhet" (1968).

Ease is higher for easier texts, and comparable within one language only. Formulas see length and nothing
else: they tell two forms of one lesson apart, not a good text from a bad one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui_tutor.core.course import Cell, ExerciseCell, Lesson, MarkdownCell, QuizBase
from tui_tutor.core.syllables import syllables

if TYPE_CHECKING:
    from markdown_it.token import Token

LONG_WORD: Final = 6  # letters; longer words count for LIX
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SHORTENED: Final = re.compile(
    r"\b(?:e\.\s?g|i\.\s?e|etc|vs|cf|fig|eq|dr|mr|mrs|prof|z\.\s?B|d\.\s?h|u\.\s?a|bzw|usw|vgl|Nr)\.(?=\s)",
    re.IGNORECASE,
)
_ENDED: Final = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)")
_UNREAD: Final = frozenset({"heading_open", "table_open"})


@dataclass(frozen=True, slots=True)
class ReadingEase:
    """`grade`: years of school, None where the language has no formula; both None of a text without words."""

    words: int
    sentences: int
    syllables: int
    grade: float | None
    ease: float | None


def reading_ease(text: str, language: str = "en") -> ReadingEase:
    """The ease of Markdown prose; `language` as course.toml says it, such as `en`, `de`, `en-GB`."""
    sentences = [words for sentence in _sentences(text) if (words := _WORD.findall(sentence))]
    words = [word for sentence in sentences for word in sentence]
    count = sum(syllables(word, language) for word in words)
    if not words:
        return ReadingEase(0, 0, 0, None, None)
    length, weight = len(words) / len(sentences), count / len(words)
    match language.partition("-")[0].lower():
        case "en":
            grade: float | None = 0.39 * length + 11.8 * weight - 15.59
            ease = 206.835 - 1.015 * length - 84.6 * weight
        case "de":
            grade, ease = None, 180 - length - 58.5 * weight
        case _:
            long = sum(len(word) > LONG_WORD for word in words)
            grade, ease = None, 100 - (length + 100 * long / len(words))
    return ReadingEase(len(words), len(sentences), count, grade, ease)


def prose_of(lesson: Lesson) -> str:
    """What is read in a lesson: its md cells, tasks, questions and explanations, as plain paragraphs."""
    texts = (text for cell in lesson.visible_cells for text in _texts_of(cell))
    return "\n\n".join(paragraph for text in texts for paragraph in _paragraphs(text))


def _texts_of(cell: Cell) -> tuple[str, ...]:
    if isinstance(cell, MarkdownCell):
        return (cell.text,)
    if isinstance(cell, ExerciseCell):
        return (cell.task, cell.explain)
    return (cell.question, cell.explain) if isinstance(cell, QuizBase) else ()


def _sentences(text: str) -> Iterator[str]:
    """Sentences; the end of a paragraph or list item ends one too."""
    for paragraph in _paragraphs(text):
        whole = _SHORTENED.sub(lambda found: found[0].replace(".", ""), paragraph)
        yield from _ENDED.split(whole)


def _paragraphs(markdown: str) -> Iterator[str]:
    """The running text of Markdown, one line a paragraph; headings are titles, not sentences."""
    from tui_tutor.core.prose.reading import tokens_of

    inside = ""
    for token in tokens_of(markdown):
        if inside:
            inside = "" if token.type == inside else inside
        elif token.type in _UNREAD:
            inside = token.type.replace("open", "close")
        elif token.type == "inline" and (words := " ".join(_plain(token).split())):
            yield words


def _plain(token: Token) -> str:
    """Text without code, mathematics, pictures, and the marks and addresses of links."""
    return "".join(
        child.content if child.type == "text" else " "
        for child in token.children or ()
        if child.type in {"text", "softbreak", "hardbreak", "code_inline", "math_inline", "image"}
    )

"""Texts as rules compare them: without markup, case and extra blanks; and how many words one reads."""

from __future__ import annotations

import re
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Cell

# No question, hint or option is longer; what a stranger makes longer must not cost time.
MAX_READ: Final = 5_000
_CODE_SPAN: Final = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_FENCED: Final = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)
_MATH: Final = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
_MARKUP: Final = re.compile(r"[`*_~]+")
_IDENTIFIER: Final = re.compile(r"[A-Za-z_]\w*")
_WORD: Final = re.compile(r"\w[\w'’-]*")


def code_spans(text: str) -> list[str]:
    """What stands in backticks within a line of Markdown, in order."""
    return [found[2].strip() for found in _CODE_SPAN.finditer(_FENCED.sub(" ", text[:MAX_READ]))]


def prose_of(text: str) -> str:
    """A text without its code and its mathematics; what was there is a blank."""
    return _MATH.sub(" ", _CODE_SPAN.sub(" ", _FENCED.sub(" ", text[:MAX_READ])))


def plain(text: str) -> str:
    """A text as two wordings are compared: no markup, no case, single blanks, no mark at its end."""
    return " ".join(_MARKUP.sub("", text).casefold().split()).rstrip(" .:;!?")


def shown_length(text: str) -> int:
    """How long an option looks: its characters without markup."""
    return len(" ".join(_MARKUP.sub("", text).split()))


def identifiers_in(text: str) -> set[str]:
    """Every word of a text that could be a name of a program."""
    return set(_IDENTIFIER.findall(text))


def word_count(text: str) -> int:
    """How many words a text has; mathematics and code count as they are written."""
    return len(_WORD.findall(text))


def texts_of(cell: Cell) -> list[str]:
    """Everything that a learner reads of a cell, in order; hidden cells too."""
    texts = [cell.title]
    match cell:
        case models.MarkdownCell():
            texts.append(cell.text)
        case models.CodeCell():
            texts += [cell.source, *(callout.text for callout in cell.callout)]
        case models.VizCell():
            texts.append(cell.caption)
        case models.ExerciseCell():
            texts += [cell.task, cell.starter, *(file.starter for file in cell.file), cell.explain]
        case models.ShellCell():
            texts.append(cell.run)
        case models.QuizBase():
            texts += [cell.question, *_parts_of(cell), cell.explain]
    return [text for text in texts if text]


def _parts_of(cell: models.QuizBase) -> list[str]:
    """What there is to choose from or to read, beside the question."""
    match cell:
        case models.ChoiceQuiz():
            return [option.text for option in cell.option]
        case models.ClozeQuiz():
            choices = (blank for blank in cell.blank if isinstance(blank, models.ChoiceBlank))
            return [option.text for blank in choices for option in blank.option]
        case models.OrderQuiz():
            return [*cell.items, *cell.distractors]
        case models.MatchQuiz():
            return [*(side for pair in cell.pairs for side in pair), *cell.extra]
        case models.PredictQuiz():
            return [cell.program]
        case _:
            return []

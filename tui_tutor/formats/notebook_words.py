"""Tasks and questions as the Markdown of a notebook; what a learner should not see yet is folded away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from tui_tutor.core import course as models
from tui_tutor.core.course import ExerciseCell, QuizCell
from tui_tutor.formats.ipynb_text import fenced


def task_words(cell: ExerciseCell) -> str:
    """The task, then its hints and explanation, folded."""
    return _with_folded(cell.task, [*_hints(cell.hints), *_explanation(cell.explain)])


def question_words(cell: QuizCell) -> str:
    """The question with its options, then hints, answer and explanation, folded."""
    folded = [*_hints(cell.hints), *_folded("Answer", _answer(cell)), *_explanation(cell.explain)]
    return _with_folded("\n\n".join([cell.question.rstrip("\n"), *_options(cell)]), folded)


def _with_folded(text: str, folded: Sequence[str]) -> str:
    return "\n\n".join([text.rstrip("\n"), *folded]) + "\n" if folded else text


def _folded(summary: str, text: str) -> list[str]:
    """A part that opens with a click; Markdown inside it needs blank lines around it."""
    text = text.strip("\n")
    return [f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"] if text.strip() else []


def _hints(hints: Sequence[str]) -> list[str]:
    return [part for number, hint in enumerate(hints, 1) for part in _folded(f"Hint {number}", hint)]


def _explanation(text: str) -> list[str]:
    return _folded("Explanation", text)


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {' '.join(item.split())}" for item in items)


def _options(cell: QuizCell) -> Iterator[str]:
    """What there is to choose from."""
    match cell:
        case models.ChoiceQuiz():
            yield _list([option.text for option in cell.option])
        case models.ClozeQuiz():
            for number, blank in enumerate(cell.blank, 1):
                if isinstance(blank, models.ChoiceBlank):
                    yield f"{{{{{number}}}}}:\n\n{_list([option.text for option in blank.option])}"
        case models.OrderQuiz():
            yield fenced("\n".join(sorted([*(item.strip() for item in cell.items), *cell.distractors])))
        case models.MatchQuiz():
            yield _list([left for left, _ in cell.pairs])
            yield _list(sorted([*(right for _, right in cell.pairs), *cell.extra]))
        case models.PredictQuiz():
            yield fenced(cell.program, cell.language)
        case models.TextQuiz() | models.NumberQuiz() | models.ReflectQuiz():
            return
        case _:
            assert_never(cell)


def _answer(cell: QuizCell) -> str:
    match cell:
        case models.ChoiceQuiz():
            return _list([_option_words(option) for option in cell.option if option.correct])
        case models.TextQuiz():
            return _list(cell.accept)
        case models.NumberQuiz():
            return _number_words(cell)
        case models.ClozeQuiz():
            blanks = (
                f"{{{{{number}}}}}: {_blank_words(blank)}" for number, blank in enumerate(cell.blank, 1)
            )
            return _list(list(blanks))
        case models.OrderQuiz():
            return fenced("\n".join(cell.items), cell.language)
        case models.MatchQuiz():
            return _list([f"{left}: {right}" for left, right in cell.pairs])
        case models.PredictQuiz():
            return fenced(cell.stdout) if cell.stdout.strip() else "It prints nothing."
        case models.ReflectQuiz():
            return ""
        case _:
            assert_never(cell)


def _option_words(option: models.Option) -> str:
    return f"{option.text}: {option.feedback}" if option.feedback else option.text


def _number_words(key: models.NumberKey) -> str:
    unit = f" {key.unit}" if key.unit else ""
    if key.range is not None:
        return f"from {key.range[0]:g} to {key.range[1]:g}{unit}"
    value = f"`{key.value_py}`" if key.value is None else f"{key.value:g}"
    if key.tolerance:
        value += f" ± {key.tolerance:g}"
    return value + unit


def _blank_words(blank: models.Blank) -> str:
    match blank:
        case models.ChoiceBlank():
            return ", ".join(option.text for option in blank.option if option.correct)
        case models.TextBlank():
            return blank.accept[0]
        case models.NumberBlank():
            return _number_words(blank)
        case _:
            assert_never(blank)

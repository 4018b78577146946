"""A lesson as one Markdown page: its answers stand at its end, recorded outputs are said to be so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, assert_never

from tui_tutor.core.course import (
    Cell,
    ChoiceBlank,
    ChoiceQuiz,
    ClozeQuiz,
    CodeCell,
    ExerciseCell,
    Lesson,
    MarkdownCell,
    MatchQuiz,
    NumberBlank,
    NumberQuiz,
    OrderQuiz,
    PredictQuiz,
    QuizBase,
    QuizCell,
    ReflectQuiz,
    ShellCell,
    TextBlank,
    TextQuiz,
    VizCell,
)
from tui_tutor.core.plotting.describing import describe
from tui_tutor.core.safe_text import safe_line, safe_text
from tui_tutor.core.study.recording import with_recorded
from tui_tutor.core.study.state import CellState
from tui_tutor.core.study.updating import begin
from tui_tutor.core.wording.solutions import shown_solution
from tui_tutor.formats.exportable import Exportable
from tui_tutor.formats.shuffling import shuffled

_IMAGE: Final = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]+)")


def export(course: Exportable) -> Mapping[str, bytes]:
    """A page for each lesson, and the pictures they show."""
    pages = {name: lesson_page(course, lesson) for name, lesson in course.lessons.items()}
    written = {f"{name}.md": page.encode() for name, page in pages.items()}
    for page in pages.values():
        for path in _IMAGE.findall(page):
            if path in course.files:
                written[path] = course.files[path]
    return written


def lesson_page(course: Exportable, lesson: Lesson) -> str:
    """The whole page, CommonMark with fences; safe to show in any terminal."""
    number = course.course.lessons.index(lesson.id) + 1
    study = with_recorded(begin(course.course, lesson, number=number, trust="refused"), course.lock)
    blocks = [*_head(lesson, number, len(course.course.lessons))]
    keys: list[str] = []
    for place, cell in enumerate(lesson.visible_cells, 1):
        blocks += [block for block in _blocks(cell, place, study.state(cell.id)) if block]
        key = "\n\n".join(block for block in _key_of(cell) if block)
        keys += [f"**{place}.** {key}"] if key else []
    blocks += ["## Answers", *keys] if keys else []
    return safe_text("\n\n".join(block.strip("\n") for block in blocks)) + "\n"


def _head(lesson: Lesson, number: int, count: int) -> Iterator[str]:
    yield f"# {safe_line(lesson.title)}"
    facts = [f"lesson {number} / {count}"]
    facts += [f"{lesson.minutes:g} min"] if lesson.minutes else []
    facts += [f"Bloom's {lesson.bloom}"] if lesson.bloom else []
    yield f"*{' · '.join(facts)}*"
    if lesson.objective:
        yield f"**Objective:** {safe_line(lesson.objective)}"


def _blocks(cell: Cell, number: int, state: CellState) -> Iterator[str]:
    match cell:
        case MarkdownCell():
            yield cell.text
        case CodeCell():
            yield fenced(cell.source, cell.language)
            yield "\n".join(f"- line {note.line}: {safe_line(note.text)}" for note in cell.callout)
            yield from _recorded(state)
        case ShellCell():
            yield fenced(cell.run, cell.shell)
            yield from _recorded(state)
        case VizCell():
            yield from _plot(cell, state)
        case ExerciseCell():
            yield from _exercise(cell, number)
        case QuizBase():
            yield f"**Question {number}.** {cell.question.strip()}"
            yield _room(cell)
        case _:
            assert_never(cell)


def fenced(text: str, language: str = "") -> str:
    """A fence long enough for what it holds."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.strip(chr(10))}\n{fence}"


def _recorded(state: CellState) -> Iterator[str]:
    if not state.transcript.is_empty:
        yield "*Recorded output:*"
        yield fenced(state.transcript.text(), "text")


def _plot(cell: VizCell, state: CellState) -> Iterator[str]:
    if cell.caption or cell.title:
        yield f"**Plot.** {cell.caption or cell.title}"
    yield cell.alt
    if state.plot is not None and not state.plot.error:
        yield fenced("\n".join(describe(cell, state.plot)), "text")


def _exercise(cell: ExerciseCell, number: int) -> Iterator[str]:
    yield f"**Exercise {number}.** {cell.task.strip()}"
    if cell.starter:
        yield fenced(cell.starter, cell.language)
    for file in cell.file:
        yield f"`{safe_line(file.path)}`:"
        yield fenced(file.starter)
    if cell.run:
        yield fenced(cell.run, "sh")
    yield "\n".join(f"- [ ] {check.says}" for check in cell.check if check.says)


def _room(cell: QuizCell) -> str:
    """What there is to choose from."""
    match cell:
        case ChoiceQuiz():
            options = shuffled(cell.option) if cell.shuffle else cell.option
            return "\n".join(f"- [ ] {option.text}" for option in options)
        case OrderQuiz():
            return "\n".join(f"- `{line}`" for line in shuffled(_lines(cell)))
        case MatchQuiz():
            right = shuffled([*(pair[1] for pair in cell.pairs), *cell.extra])
            left = "\n".join(f"{n}. {pair[0]}" for n, pair in enumerate(cell.pairs, 1))
            return left + "\n\n" + "\n".join(f"- {text}" for text in right)
        case PredictQuiz():
            return fenced(cell.program, cell.language)
        case ClozeQuiz():
            return "\n".join(_blank_room(n, blank) for n, blank in enumerate(cell.blank, 1))
        case TextQuiz() | NumberQuiz() | ReflectQuiz():
            return ""
        case _:
            assert_never(cell)


def _lines(cell: OrderQuiz) -> Sequence[str]:
    return [line.strip() for line in (*cell.items, *cell.distractors)]


def _blank_room(number: int, blank: ChoiceBlank | TextBlank | NumberBlank) -> str:
    if isinstance(blank, ChoiceBlank):
        return f"- ({number}) {' / '.join(option.text for option in blank.option)}"
    return f"- ({number})"


# --- answers ----------------------------------------------------------------------------------------


def _key_of(cell: Cell) -> Iterator[str]:
    match cell:
        case ExerciseCell():
            yield fenced(shown_solution(cell.solution), cell.language) if cell.solution else ""
            for file in cell.file:
                yield f"`{safe_line(file.path)}`:\n\n{fenced(file.solution)}" if file.solution else ""
            yield cell.explain
        case ReflectQuiz():
            return
        case QuizBase():
            yield _key(cell)
            yield cell.explain
        case _:
            return


def _key(cell: QuizCell) -> str:
    match cell:
        case ChoiceQuiz():
            return "\n".join(
                f"- [{'x' if option.correct else ' '}] {option.text}"
                + (f" ({option.feedback})" if option.feedback else "")
                for option in cell.option
            )
        case TextQuiz():
            return " or ".join(f"`{text}`" for text in cell.accept)
        case NumberQuiz():
            return number_words(cell)
        case ClozeQuiz():
            return "\n".join(f"- ({n}) {_blank_key(blank)}" for n, blank in enumerate(cell.blank, 1))
        case OrderQuiz():
            return fenced("\n".join(cell.items), cell.language)
        case MatchQuiz():
            return "\n".join(f"- {left} → {right}" for left, right in cell.pairs)
        case PredictQuiz():
            return fenced(cell.stdout, "text")
        case ReflectQuiz():
            return ""
        case _:
            assert_never(cell)


def _blank_key(blank: ChoiceBlank | TextBlank | NumberBlank) -> str:
    match blank:
        case ChoiceBlank():
            return " and ".join(option.text for option in blank.option if option.correct)
        case TextBlank():
            return " or ".join(f"`{text}`" for text in blank.accept)
        case NumberBlank():
            return number_words(blank)
        case _:
            assert_never(blank)


def number_words(key: NumberQuiz | NumberBlank) -> str:
    """The key of a number in words: a value and how far off it may be, or a range."""
    unit = f" {key.unit}" if key.unit else ""
    if key.range is not None:
        return f"from {key.range[0]:g} to {key.range[1]:g}{unit}"
    value = f"`{key.value_py}`" if key.value is None else f"{key.value:.10g}"
    off = f" ± {key.tolerance:g}" if key.tolerance else ""
    share = f" ± {100 * key.rel_tolerance:g} %" if key.rel_tolerance else ""
    return f"{value}{off}{share}{unit}"

"""A cell as plain lines: the same words as on screen, no columns, no colours, no drawing."""

from __future__ import annotations

from typing import Final, assert_never

from tui_tutor.core.course import (
    Cell,
    ChoiceBlank,
    ChoiceQuiz,
    ClozeQuiz,
    CodeCell,
    ExerciseCell,
    MarkdownCell,
    MatchQuiz,
    NumberQuiz,
    OrderQuiz,
    PredictQuiz,
    QuizBase,
    QuizCell,
    ReflectQuiz,
    ShellCell,
    TextQuiz,
    VizCell,
)
from tui_tutor.core.grading.showing import Shown, letter_of, shown
from tui_tutor.core.grading.verdict import Verdict
from tui_tutor.core.plotting.describing import describe
from tui_tutor.core.prose import inline, prose
from tui_tutor.core.study import CellState, Study
from tui_tutor.core.wording.blanks import drawn, with_blanks
from tui_tutor.core.wording.labels import milliseconds, output_label, plain_label
from tui_tutor.core.wording.states import changed_words, older_words

WIDTH: Final = 72


def words(text: str) -> list[str]:
    """Markdown as wrapped lines."""
    return [_words_of(line.label, line.text) for line in prose(text, width=WIDTH)]


def _words_of(label: str, text: str) -> str:
    shown = _without_drawing(text)
    return f"{label}: {shown}" if label else shown


def _without_drawing(text: str) -> str:
    """A rule is three hyphens: a line of drawn strokes is noise to a screen reader."""
    return "---" if text and not text.strip("─") else text


def one_line(text: str) -> str:
    """A caption, an option: inline Markdown without its marks."""
    return "".join(line.text for line in inline(text, width=10_000))


def header_lines(study: Study, told: str = "") -> list[str]:
    """`lesson 3 / 6 · Reparameterisation trick · 15 min · Bloom's apply`, and the objective.

    `told`: the level and language that the lesson is read in, where there is a choice.
    """
    lesson = study.lesson
    facts = [f"lesson {study.number} / {study.lesson_count}", lesson.title, *([told] if told else [])]
    if lesson.minutes:
        facts.append(f"{lesson.minutes:g} min")
    if lesson.bloom:
        facts.append(f"Bloom's {lesson.bloom}")
    lines = [" · ".join(facts)]
    return [*lines, f"objective: {lesson.objective}"] if lesson.objective else lines


def label_line(study: Study, cell: Cell) -> str:
    """`In [7] [2] not run`, `? [5] check your understanding`."""
    state = study.state(cell.id)
    label = plain_label(cell, study.number_of(cell.id), state.count)
    if isinstance(cell, CodeCell):
        label += f" [{study.number_of(cell.id)}]"
    return f"{label} {_title(cell, state)}".rstrip()


def _title(cell: Cell, state: CellState) -> str:
    if isinstance(cell, QuizBase):
        return cell.title or "check your understanding"
    if cell.title:
        return cell.title
    if isinstance(cell, ExerciseCell):
        return "not tried" if state.attempts == 0 and state.status == "idle" else ""
    if isinstance(cell, CodeCell | ShellCell):
        return "not run" if state.status == "idle" else ""
    return ""


def cell_lines(study: Study, cell: Cell) -> list[str]:
    """A cell with what it shows now."""
    state = study.state(cell.id)
    return [label_line(study, cell), *_body(study, cell, state)]


def _body(study: Study, cell: Cell, state: CellState) -> list[str]:
    match cell:
        case MarkdownCell():
            return words(cell.text)
        case CodeCell():
            notes = [f"  line {note.line}: {one_line(note.text)}" for note in cell.callout]
            return [*state.source.split("\n"), *notes, *output_lines(state)]
        case VizCell():
            return viz_lines(cell, state)
        case ExerciseCell():
            return [
                *words(cell.task),
                *_exercise_source(cell, state),
                *output_lines(state),
                *_older_lines(cell, state),
                *_hints(cell, state),
            ]
        case ShellCell():
            return [*shell_source(state.source), *output_lines(state)]
        case _:
            return quiz_lines(study, cell)


def shell_source(source: str) -> list[str]:
    first, *rest = source.split("\n")
    return [f"$ {first}", *(f"  {line}" for line in rest)]


def _exercise_source(cell: ExerciseCell, state: CellState) -> list[str]:
    if cell.file:
        lines: list[str] = []
        for file in cell.file:
            lines += [f"file {file.path}:", *state.files.get(file.path, "").rstrip("\n").split("\n")]
        return lines
    return state.source.split("\n") if state.source else []


def _hints(cell: ExerciseCell | QuizBase, state: CellState) -> list[str]:
    total = len(cell.hints)
    shown_hints = cell.hints[: state.hints_shown]
    return [f"hint {n} of {total}: {one_line(hint)}" for n, hint in enumerate(shown_hints, 1)]


def output_lines(state: CellState) -> list[str]:
    """What is shown under the source: its label, the text, and how the run ended."""
    if state.transcript.is_empty and state.status == "idle":
        return []
    text = state.transcript.text()
    body = text.split("\n") if text else []
    if state.is_recorded:
        whose = "by the imported notebook" if state.is_imported else "the author's output"
        return [f"recorded, {whose}:", *body]
    return [output_label(state.count), *body, end_words(state)]


def end_words(state: CellState) -> str:
    """How a run ended: `ran in 12 ms`."""
    elapsed = milliseconds(state.elapsed_ms)
    tail = f" ({state.stale})" if state.stale else ""
    match state.status:
        case "ok":
            return f"ran in {elapsed}{tail}"
        case "failed":
            status = f" with exit status {state.exit_status}" if state.exit_status is not None else ""
            return f"failed{status} after {elapsed}{tail}"
        case "stopped":
            return f"stopped by you after {elapsed}{tail}"
        case "timeout":
            return f"stopped: {state.reason}{tail}"
        case "died":
            return f"the kernel stopped: {state.reason}{tail}"
        case "idle" | "queued" | "running":
            return state.status
        case _:
            assert_never(state.status)


def viz_lines(cell: VizCell, state: CellState) -> list[str]:
    """Caption, what the picture shows in words, and the figures of this run."""
    lines = [one_line(cell.caption)] if cell.caption else []
    if cell.alt:
        lines += words(cell.alt)
    if state.plot is None:
        return [*lines, "Nothing to draw yet: run the cells above."]
    if state.is_recorded:
        lines.append("recorded, the author's figures:")
    lines += describe(cell, state.plot, state.ghost)
    return [*lines, '"points" lists them.'] if state.plot.series else lines


# --- questions --------------------------------------------------------------------------------------

_HOW: Final = {
    "choice": 'answer with a number, such as "answer 2"; several: "answer 1 3"',
    "text": 'type "answer" and the word',
    "number": 'type "answer" and the number',
    "cloze": 'fill the blanks in order: "answer 0.37; 2"',
    "order": 'give the order, such as "answer 3 1 2"',
    "match": 'match them, such as "answer 1b 2a"',
    "predict": 'type "answer", then the lines it prints, then a single dot',
    "reflect": 'type "answer", then your lines, then a single dot',
}


def quiz_lines(study: Study, cell: QuizCell) -> list[str]:
    """The question, what there is to choose from, how to answer, and the newest verdict."""
    state = study.state(cell.id)
    view = shown(cell, seed=study.question_seed(cell.id))
    lines = [*_question(cell), *_choices(cell, view), *_hints(cell, state)]
    lines += _older_lines(cell, state)
    if state.verdict is not None:
        return [*lines, *verdict_lines(cell, view, state.verdict, is_closed=state.is_closed)]
    how = _HOW[cell.form]
    if isinstance(cell, OrderQuiz) and cell.indent:
        how += ', one ">" for each level of indent'
    return [*lines, f"({how})"]


def _older_lines(cell: Cell, state: CellState) -> list[str]:
    """That the author changed what is asked, and how the answer to the older wording did."""
    if not state.is_changed and state.older is None:
        return []
    return [f"stale: {changed_words(cell)}", *filter(None, [older_words(cell, state)])]


def _question(cell: QuizCell) -> list[str]:
    """The question with its blanks as `____ (1)`."""
    if isinstance(cell, ClozeQuiz):
        return [drawn(line) for line in words(with_blanks(cell, "{line} ({number})"))]
    return words(cell.question)


def _choices(cell: QuizCell, view: Shown) -> list[str]:
    match cell:
        case ChoiceQuiz():
            return [f"  {n} {one_line(item.text)}" for n, item in enumerate(view.items, 1)]
        case OrderQuiz():
            return [f"  {n} {item.text}" for n, item in enumerate(view.items, 1)]
        case MatchQuiz():
            left = [f"  {n} {one_line(item.text)}" for n, item in enumerate(view.items, 1)]
            return [*left, *(f"  {letter_of(n)} {one_line(item.text)}" for n, item in enumerate(view.rights))]
        case ClozeQuiz():
            return _blank_options(cell, view)
        case PredictQuiz():
            return [f"  {line}" for line in cell.program.rstrip("\n").split("\n")]
        case NumberQuiz():
            return [f"  (in {cell.unit})"] if cell.unit else []
        case TextQuiz() | ReflectQuiz():
            return []
        case _:
            assert_never(cell)


def _blank_options(cell: ClozeQuiz, view: Shown) -> list[str]:
    lines: list[str] = []
    for number, (blank, options) in enumerate(zip(cell.blank, view.blanks, strict=True), 1):
        if isinstance(blank, ChoiceBlank):
            listed = "; ".join(f"{n} {one_line(item.text)}" for n, item in enumerate(options, 1))
            lines.append(f"  blank {number}: {listed}")
    return lines


def verdict_lines(cell: QuizCell, view: Shown, verdict: Verdict, *, is_closed: bool) -> list[str]:
    """`right: ...` or `not yet: ...`, then why."""
    said = [one_line(text) for text in _feedback(view, verdict)]
    if isinstance(cell, ReflectQuiz):
        return [" ".join(said) or "saved"]
    head = "right" if verdict.correct else "not yet"
    first = f"{head}: {said[0]}" if said else head
    lines = [first, *said[1:]]
    if cell.explain and (is_closed or verdict.correct):
        lines += _why(cell.explain)
    return lines


def _feedback(view: Shown, verdict: Verdict) -> list[str]:
    marked = [mark for mark in verdict.marks if mark.feedback and mark.is_chosen]
    texts = {item.key: item.text for item in view.items}
    several = len(marked) > 1
    said = [f"{texts[m.key]}: {m.feedback}" if several and m.key in texts else m.feedback for m in marked]
    return [*said, *(message for message in verdict.messages if message not in said)]


def _why(text: str) -> list[str]:
    first, *rest = words(text)
    return [f"why: {first}", *rest]


def check_lines(cell: ExerciseCell | ShellCell, verdict: Verdict) -> list[str]:
    """`not yet: 1 of 3 checks pass`, what was meant, expected and found."""
    count = f"{verdict.passed} of {verdict.total} checks pass"
    note = [verdict.note] if verdict.note else []
    if verdict.correct:
        explain = cell.explain if isinstance(cell, ExerciseCell) else ""
        return [f"right: {count}", *note, *(_why(explain) if explain else [])]
    lines = [f"not yet: {count}", *note]
    if verdict.failure is not None:
        lines += [verdict.failure.says, *verdict.failure.lines]
        if verdict.failure.hint:
            lines.append(verdict.failure.hint)
    return lines

"""Each kind of cell as HTML: what it asks, what was recorded, and its key folded away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from tui_tutor.core.course import (
    Cell,
    ChoiceBlank,
    ChoiceQuiz,
    ClozeQuiz,
    CodeCell,
    ExerciseCell,
    MarkdownCell,
    MatchQuiz,
    NumberBlank,
    NumberQuiz,
    Option,
    OrderQuiz,
    PredictQuiz,
    QuizCell,
    ReflectQuiz,
    ShellCell,
    TextBlank,
    TextQuiz,
    VizCell,
)
from tui_tutor.core.study.state import CellState
from tui_tutor.core.wording.blanks import drawn, with_blanks
from tui_tutor.core.wording.labels import KIND_LABELS, milliseconds, output_label
from tui_tutor.core.wording.solutions import shown_solution
from tui_tutor.formats.html.outputs import transcript_html
from tui_tutor.formats.html.plots import plot_svg
from tui_tutor.formats.html.prose import Asset, code_html, escaped, inline_html, prose_html
from tui_tutor.formats.markdown_export import number_words
from tui_tutor.formats.shuffling import shuffled


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell with its number, and the count and milliseconds that a lock recorded of it."""

    cell: Cell
    number: int
    state: CellState
    count: int | None = None
    elapsed_ms: float = 0.0


def cell_html(shown: Shown, asset: Asset) -> str:
    """One cell as a `<section>` with its label in the margin."""
    body = _body(shown, asset)
    return f"{_section(_label(shown), body, shown.cell.id)}{_output(shown)}"


def _section(label: str, body: str, anchor: str = "") -> str:
    name = f' id="{escaped(anchor)}"' if anchor else ' class="output"'
    return f'<section{name}><div class="label">{label}</div><div class="body">{body}</div></section>\n'


def _label(shown: Shown) -> str:
    word = KIND_LABELS[shown.cell.kind]
    if shown.cell.kind != "code":
        return f"{word} [{shown.number}]"
    count = shown.count if shown.count is not None else "&nbsp;"
    return f"{word} [{count}]<br><small>[{shown.number}]</small>"


def _body(shown: Shown, asset: Asset) -> str:
    match shown.cell:
        case MarkdownCell() as cell:
            return prose_html(cell.text, asset)
        case CodeCell() as cell:
            return _code(cell, asset)
        case VizCell() as cell:
            return _plot(cell, shown.state, asset)
        case ExerciseCell() as cell:
            return _exercise(cell, asset)
        case ShellCell() as cell:
            return f"{_title(cell)}<pre>{_command(cell.run)}</pre>"
        case _ as cell:
            return _question(cell, asset)


def _output(shown: Shown) -> str:
    """What the lock recorded, under the cell and said to be so."""
    said = transcript_html(shown.state.transcript)
    if not said:
        return ""
    time = f" · {milliseconds(shown.elapsed_ms)}" if shown.elapsed_ms else ""
    note = f"<small>recorded output{time}</small>"
    label = output_label(shown.count) if shown.cell.kind == "code" else ""
    return _section(label, f"{said}{note}")


def _title(cell: Cell, default: str = "") -> str:
    title = escaped(cell.title or default)
    return f'<p class="tag">{title}</p>' if title else ""


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>{body}</details>" if body else ""


# --- code, plots, exercises -------------------------------------------------------------------------


def _code(cell: CodeCell, asset: Asset) -> str:
    lines = code_html(cell.source, cell.language).split("\n")
    notes = []
    for number, note in enumerate(cell.callout, 1):
        if note.line <= len(lines):
            lines[note.line - 1] += f' <b class="note">({number})</b>'
        notes.append(f"<li>{inline_html(note.text, asset)}</li>")
    listed = f"<ol>{''.join(notes)}</ol>" if notes else ""
    return _title(cell) + "<pre>" + "\n".join(lines) + "</pre>" + listed


def _plot(cell: VizCell, state: CellState, asset: Asset) -> str:
    alt = f'<p class="muted">{escaped(cell.alt)}</p>' if cell.alt else ""
    drawn = plot_svg(cell, state.plot) if state.plot is not None else alt
    facts = (
        f" <small>{escaped(state.plot.facts)}</small>" if state.plot is not None and state.plot.facts else ""
    )
    caption = inline_html(cell.caption, asset)
    return f"<figure>{drawn}<figcaption>{caption}{facts}</figcaption></figure>"


def _exercise(cell: ExerciseCell, asset: Asset) -> str:
    parts = [_title(cell, "exercise"), prose_html(f"**Task** — {cell.task.strip()}", asset)]
    if cell.starter:
        parts.append(f"<pre>{code_html(cell.starter, cell.language)}</pre>")
    for file in cell.file:
        parts.append(
            f'<p class="tag">{escaped(file.path)}</p><pre>{code_html(file.starter, _suffix(file.path))}</pre>'
        )
    if cell.run:
        parts.append(f"<pre>{_command(cell.run)}</pre>")
    wanted = "".join(f"<li>{inline_html(check.says, asset)}</li>" for check in cell.check if check.says)
    parts.append(f'<ul class="checks">{wanted}</ul>' if wanted else "")
    parts.append(_hints(cell.hints, asset))
    parts.append(_folded("solution", _solution(cell, asset)))
    return "".join(parts)


def _solution(cell: ExerciseCell, asset: Asset) -> str:
    parts = []
    if cell.solution:
        parts.append(f"<pre>{code_html(shown_solution(cell.solution), cell.language)}</pre>")
    for file in cell.file:
        if file.solution:
            code = code_html(file.solution, _suffix(file.path))
            parts.append(f'<p class="tag">{escaped(file.path)}</p><pre>{code}</pre>')
    if parts and cell.explain:
        parts.append(prose_html(cell.explain, asset))
    return "".join(parts)


def _suffix(path: str) -> str:
    return {"py": "python", "sh": "sh", "toml": "toml", "json": "json"}.get(path.rpartition(".")[2], "")


def _hints(hints: Sequence[str], asset: Asset) -> str:
    count = len(hints)
    return "".join(
        _folded(f"hint {n} of {count}", prose_html(hint, asset)) for n, hint in enumerate(hints, 1)
    )


def _command(script: str) -> str:
    first, *rest = escaped(script).strip("\n").split("\n")
    return "\n".join([f"$ {first}", *(f"  {line}" for line in rest)])


# --- questions --------------------------------------------------------------------------------------


def _question(cell: QuizCell, asset: Asset) -> str:
    asked = _title(cell, "check your understanding") + _asked(cell, asset)
    explained = prose_html(cell.explain, asset) if cell.explain else ""
    key = _folded("answer", _key(cell, asset) + explained)
    return asked + _room(cell, asset) + _hints(cell.hints, asset) + key


def _asked(cell: QuizCell, asset: Asset) -> str:
    """The question; `{{1}}` of a cloze as a line to write on."""
    if isinstance(cell, ClozeQuiz):
        return drawn(prose_html(with_blanks(cell, "{line}({number}){line}"), asset))
    return prose_html(cell.question, asset)


def _room(cell: QuizCell, asset: Asset) -> str:
    """Where the answer goes."""
    match cell:
        case ChoiceQuiz():
            return _options(cell.id, cell.option, asset, is_shuffled=cell.shuffle)
        case TextQuiz():
            return '<p><input type="text" aria-label="answer"></p>'
        case NumberQuiz():
            return f'<p><input type="text" inputmode="decimal" aria-label="answer"> {escaped(cell.unit)}</p>'
        case ClozeQuiz():
            return "".join(_blank(cell, n, asset) for n in range(1, len(cell.blank) + 1))
        case OrderQuiz():
            lines = shuffled(line.strip() for line in (*cell.items, *cell.distractors))
            return '<ol class="items">' + "".join(f"<li>{escaped(line)}</li>" for line in lines) + "</ol>"
        case MatchQuiz():
            return _pairs(cell)
        case PredictQuiz():
            code = code_html(cell.program, cell.language)
            return f'<pre>{code}</pre><textarea aria-label="what it prints"></textarea>'
        case ReflectQuiz():
            return '<textarea aria-label="your thoughts"></textarea>'
        case _:
            assert_never(cell)


def _options(name: str, options: Sequence[Option], asset: Asset, *, is_shuffled: bool) -> str:
    kind = "checkbox" if sum(option.correct for option in options) > 1 else "radio"
    shown = shuffled(options) if is_shuffled else options
    items = "".join(
        f'<li><label><input type="{kind}" name="{escaped(name)}"> {inline_html(option.text, asset)}</label>'
        f'<p class="feedback">{_mark(option)} {inline_html(option.feedback, asset)}</p></li>'
        for option in shown
    )
    return f'<ul class="options">{items}</ul>'


def _mark(option: Option) -> str:
    return "✔ right." if option.correct else "✘ not right."


def _blank(cell: ClozeQuiz, number: int, asset: Asset) -> str:
    blank = cell.blank[number - 1]
    if isinstance(blank, ChoiceBlank):
        room = _options(f"{cell.id}-{number}", blank.option, asset, is_shuffled=cell.shuffle)
        return f'<p class="tag">({number})</p>{room}'
    unit = escaped(blank.unit) if isinstance(blank, NumberBlank) else ""
    return f'<p>({number}) <input type="text" aria-label="blank {number}"> {unit}</p>'


def _pairs(cell: MatchQuiz) -> str:
    right = shuffled([*(pair[1] for pair in cell.pairs), *cell.extra])
    letters = "abcdefghijklmnopqrstuvwxyz"
    rows = []
    for n in range(max(len(cell.pairs), len(right))):
        left = f"{n + 1} &nbsp;{escaped(cell.pairs[n][0])}" if n < len(cell.pairs) else ""
        letter = letters[n] if n < len(letters) else str(n + 1)
        rows.append(
            f"<tr><td>{left}</td><td>{letter} &nbsp;{escaped(right[n])}</td></tr>"
            if n < len(right)
            else f"<tr><td>{left}</td><td></td></tr>"
        )
    return f"<table>{''.join(rows)}</table>"


def _key(cell: QuizCell, asset: Asset) -> str:
    match cell:
        case ChoiceQuiz():
            return _list(inline_html(option.text, asset) for option in cell.option if option.correct)
        case TextQuiz():
            return _list(f"<code>{escaped(text)}</code>" for text in cell.accept)
        case NumberQuiz():
            return f"<p>{inline_html(number_words(cell), asset)}</p>"
        case ClozeQuiz():
            return _list(f"({n}) {_blank_key(blank, asset)}" for n, blank in enumerate(cell.blank, 1))
        case OrderQuiz():
            text = "\n".join(cell.items)
            return f"<pre>{code_html(text, cell.language)}</pre>"
        case MatchQuiz():
            return _list(f"{escaped(left)} → {escaped(right)}" for left, right in cell.pairs)
        case PredictQuiz():
            return f"<pre>{escaped(cell.stdout)}</pre>"
        case ReflectQuiz():
            return ""
        case _:
            assert_never(cell)


def _blank_key(blank: TextBlank | NumberBlank | ChoiceBlank, asset: Asset) -> str:
    match blank:
        case TextBlank():
            return " or ".join(f"<code>{escaped(text)}</code>" for text in blank.accept)
        case NumberBlank():
            return inline_html(number_words(blank), asset)
        case ChoiceBlank():
            return " and ".join(escaped(option.text) for option in blank.option if option.correct)
        case _:
            assert_never(blank)


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"

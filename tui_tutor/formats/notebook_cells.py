"""One cell of a lesson -> the notebook cells that show and run the same."""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

from tui_tutor.core.course import (
    Cell,
    CodeCell,
    ExerciseCell,
    Layer,
    MarkdownCell,
    QuizBase,
    ShellCell,
    VizCell,
)
from tui_tutor.core.study.recording import source_hash
from tui_tutor.formats.ipynb_text import fenced
from tui_tutor.formats.notebook_carried import as_carried, as_part
from tui_tutor.formats.notebook_outputs import count_of, lines_of, outputs_of
from tui_tutor.formats.notebook_words import question_words, task_words

NotebookTable = dict[str, Any]
_PICTURE: Final = re.compile(r"(!\[[^\]\n]{0,1000}\]\(<?)(files/[^)\s>]{1,1000})")
_MIMES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
}
_MOST_ATTACHED: Final = 4_000_000  # bytes of one picture
_EXPRESSIONS: Final = ("data", "x", "y", "color", "label")
_LOOKS: Final = (
    "names", "project", "xlim", "ylim", "xscale", "yscale", "xlabel", "ylabel",
    "bins", "columns", "vmin", "vmax", "hline", "vline",
)  # fmt: skip
_BEGIN, _END = "# solution", "# end solution"


def code_cell(
    id: str, source: str, metadata: Mapping[str, Any], tags: Sequence[str] = (), entry: Mapping[str, Any] = {}
) -> NotebookTable:
    """A code cell with the outputs that a lock's entry records."""
    return {
        "cell_type": "code",
        "execution_count": count_of(entry),
        "id": id,
        "metadata": {**({"tags": list(tags)} if tags else {}), **metadata},
        "outputs": outputs_of(entry),
        "source": lines_of(source),
    }


def text_cell(id: str, source: str, metadata: Mapping[str, Any], tags: Sequence[str] = ()) -> NotebookTable:
    """A Markdown cell."""
    tagged = {"tags": list(tags)} if tags else {}
    return {"cell_type": "markdown", "id": id, "metadata": {**tagged, **metadata}, "source": lines_of(source)}


@dataclass(frozen=True)
class CellWriter:
    """Writes the cells of one lesson; without a Python kernel, what only Python can do stands as text."""

    recorded: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, bytes]
    is_python: bool

    def cells(self, cell: Cell, table: Mapping[str, Any]) -> Iterator[NotebookTable]:
        """The notebook cells of a lesson's cell; the first carries `table`, all that its author wrote."""
        tags = ["hide-cell"] if cell.hidden else []
        match cell:
            case MarkdownCell():
                yield self._prose(cell.id, cell.text, "text", table, tags)
            case CodeCell():
                tags += ["raises-exception"] if cell.expect == "error" else []
                yield self._code(cell, cell.source, "source", table, tags)
            case ShellCell():
                yield self._shell(cell, table, tags)
            case VizCell() if self.is_python:
                yield code_cell(cell.id, plot_call(cell), as_carried(table, "", plot_call(cell)), tags)
            case VizCell():
                text = "\n\n".join(part for part in (cell.caption, cell.alt) if part) or cell.plot
                yield text_cell(cell.id, text, as_carried(table, "", text), tags)
            case ExerciseCell():
                yield from self._exercise(cell, table, tags)
            case QuizBase():
                yield self._prose(cell.id, question_words(cell), "", table, tags)
            case _:
                assert_never(cell)

    # --- text -----------------------------------------------------------------------------------

    def _prose(
        self, id: str, text: str, field: str, table: Mapping[str, Any], tags: Sequence[str]
    ) -> NotebookTable:
        """Text with its pictures attached: a notebook is often moved without the files beside it."""
        attachments: dict[str, dict[str, str]] = {}

        def attached(found: re.Match[str]) -> str:
            mime = _MIMES.get(found[2].rpartition(".")[2].lower())
            data = self.files.get(found[2])
            if mime is None or data is None or len(data) > _MOST_ATTACHED:
                return found[0]
            name = posixpath.basename(found[2])
            attachments[name] = {mime: base64.b64encode(data).decode("ascii")}
            return f"{found[1]}attachment:{name}"

        source = _PICTURE.sub(attached, text)
        made = text_cell(id, source, as_carried(table, field, source), tags)
        return {**made, "attachments": attachments} if attachments else made

    # --- code -----------------------------------------------------------------------------------

    def _entry(self, cell: Cell) -> Mapping[str, Any]:
        """What the lock records of a cell, {} if it is of another source."""
        entry = self.recorded.get(cell.id, {})
        return entry if entry.get("source_hash") == source_hash(cell) else {}

    def _code(
        self, cell: Cell, source: str, field: str, table: Mapping[str, Any], tags: Sequence[str]
    ) -> NotebookTable:
        return code_cell(cell.id, source, as_carried(table, field, source), tags, self._entry(cell))

    def _shell(self, cell: ShellCell, table: Mapping[str, Any], tags: list[str]) -> NotebookTable:
        if not self.is_python:
            text = fenced(cell.run, "sh")
            return text_cell(cell.id, text, as_carried(table, "", text), tags)
        tags += ["raises-exception"] if cell.expect == "error" else []
        if cell.stdin:
            return self._code(cell, _subprocess(cell), "", table, tags)
        return self._code(cell, f"%%{cell.shell}\n{cell.run}", "run", table, tags)

    # --- exercises ------------------------------------------------------------------------------

    def _exercise(
        self, cell: ExerciseCell, table: Mapping[str, Any], tags: list[str]
    ) -> Iterator[NotebookTable]:
        text = task_words(cell)
        yield self._prose(cell.id, text, "task" if text == cell.task else "", table, tags)
        if not self.is_python:
            yield from self._answer_as_text(cell)
            return
        for number, file in enumerate(cell.file, 1):
            source = _file_writing(file.path, file.solution or file.starter)
            yield code_cell(f"{cell.id}-file-{number}", source, self._part(cell, "file", "", source), tags)
        answer = cell.solution or cell.starter
        if answer.strip():
            source, field = _answer(cell)
            failing = [] if cell.solution and not _is_to_raise(cell) else ["raises-exception"]
            metadata = self._part(cell, "solution", field, source)
            yield code_cell(f"{cell.id}-solution", source, metadata, [*tags, *failing], self._entry(cell))
        if cell.run:
            source = f"%%sh\n{cell.run}"
            yield code_cell(f"{cell.id}-run", source, self._part(cell, "run", "", source), tags)

    def _answer_as_text(self, cell: ExerciseCell) -> Iterator[NotebookTable]:
        if cell.solution.strip():
            source = fenced(cell.solution, cell.language)
            yield text_cell(f"{cell.id}-solution", source, self._part(cell, "solution", "", source))

    @staticmethod
    def _part(cell: Cell, part: str, field: str, source: str) -> dict[str, Any]:
        return as_part(part, source, cell=cell.id, field=field)


def _is_to_raise(cell: ExerciseCell) -> bool:
    """Whether the answer itself is meant to raise."""
    return any(check.kind == "raises" and not check.expr for check in cell.check)


def _answer(cell: ExerciseCell) -> tuple[str, str]:
    """The answer as a cell runs it, and which field its edits belong to."""
    if cell.language == "sh":
        return f"%%sh\n{cell.solution or cell.starter}", ""
    if not cell.solution:
        return cell.starter, ""
    text = cell.solution.strip("\n")
    if text.lstrip().startswith("%%"):  # a cell magic must stand first
        return text, ""
    return marked_solution(text), "solution"


def marked_solution(text: str) -> str:
    """A solution between the marks that importing knows it by."""
    return "\n".join([_BEGIN, text.strip("\n"), _END])


def _file_writing(path: str, text: str) -> str:
    """Code that writes a file of the workspace, whatever is in it."""
    if "/" not in path and " " not in path and text.strip() and text.endswith("\n"):
        return f"%%writefile {path}\n{text}"
    lines = [f"    {line!r}," for line in text.split("\n")]
    return "\n".join(
        [
            "from pathlib import Path",
            "",
            f"path = Path({path!r})",
            "path.parent.mkdir(parents=True, exist_ok=True)",
            'written = path.write_text("\\n".join([',
            *lines,
            "]))",
        ]
    )


def _subprocess(cell: ShellCell) -> str:
    """A command that reads its input: `%%sh` would give it the rest of the script instead."""
    lines = [f"    {line!r}," for line in cell.run.split("\n")]
    return "\n".join(
        [
            "import subprocess",
            "",
            'script = "\\n".join([',
            *lines,
            "])",
            f"stdin = {cell.stdin!r}",
            f'done = subprocess.run(["/bin/{cell.shell}", "-c", script], input=stdin, text=True,'
            " stdout=subprocess.PIPE, stderr=subprocess.STDOUT)",
            'print(done.stdout, end="")',
            "done.check_returncode()",
        ]
    )


def program_of(table: Mapping[str, Any]) -> str:
    """The program that stands for a plot, or for a command with input; "" for a table that is neither."""
    try:
        if table["kind"] == "viz":
            return plot_call(VizCell.model_validate(table))
        return _subprocess(ShellCell.model_validate(table))
    except ValueError:
        return ""


# --- plots ------------------------------------------------------------------------------------------


def plot_call(cell: VizCell) -> str:
    """The call that draws a plot: each expression as a function, for its names may not be there yet."""
    lines = [f"    {cell.plot!r},"]
    if cell.caption:
        lines.append(f"    {' '.join(cell.caption.split())!r},")
    lines += [f"    {line}," for line in _arguments(cell)]
    for name in _LOOKS:
        value = getattr(cell, name)
        if value is not None and value not in ("", (), "linear", "first"):
            lines.append(f"    {name}={list(value) if isinstance(value, tuple) else value!r},")
    if cell.layer:
        layers = (f"{{'plot': {one.plot!r}, {', '.join(_layer_items(one))}}}" for one in cell.layer)
        lines.append(f"    layer=[{', '.join(layers)}],")
    return "\n".join(["tutor_plot(", *lines, ")"])


def _arguments(cell: VizCell) -> Iterator[str]:
    for name in _EXPRESSIONS:
        value = getattr(cell, name)
        if value:
            yield f"{name}={_function(value)}"


def _layer_items(layer: Layer) -> Iterator[str]:
    for name in _EXPRESSIONS:
        value = getattr(layer, name)
        if value:
            yield f"{name!r}: {_function(value)}"
    if layer.name:
        yield f"'name': {layer.name!r}"


def _function(value: str | tuple[str, ...]) -> str:
    if not isinstance(value, str):
        return f"[{', '.join(_function(one) for one in value)}]"
    expression = value.strip()
    # A comment at the end would swallow what follows on its line.
    return (
        f"lambda: (\n{expression}\n)"
        if "\n" in expression or "#" in expression
        else f"lambda: ({expression})"
    )

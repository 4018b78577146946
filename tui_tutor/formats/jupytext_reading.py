"""Jupytext scripts, R Markdown and MyST Markdown -> a course: by jupytext and the notebook reader."""

from __future__ import annotations

import importlib
import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.formats import ipynb
from tui_tutor.formats.imported import Imported, Lost, Source
from tui_tutor.formats.source_text import refuse, text_of

SUFFIXES: Final = (
    ".py", ".r", ".jl", ".md", ".markdown", ".rmd", ".myst", ".mystnb", ".mnb", ".clj", ".cpp", ".cs", ".do",
    ".fs", ".fsx", ".go", ".gp", ".groovy", ".hs", ".java", ".js", ".lgt", ".logtalk", ".lua", ".m", ".mac",
    ".ml", ".pro", ".ps1", ".q", ".rs", ".sage", ".sas", ".scala", ".scm", ".sh", ".sos", ".ss", ".tcl",
    ".ts", ".wolfram", ".xsh",
)  # fmt: skip
MOST_ALIASES: Final = 10
_STARTS_PROGRAMS: Final = frozenset({"pandoc", "quarto", "marimo"})
_KERNELS: Final = {"r": "ir", "c++": "xcpp17", "julia": "julia-1.10"}
_METADATA: Final = re.compile(
    r"^(?:\W{1,3} ?)?---[ \t]*$(.*?)^(?:\W{1,3} ?)?---[ \t]*$", re.DOTALL | re.MULTILINE
)
_MARKDOWN: Final = frozenset({".md", ".markdown", ".myst", ".mystnb", ".mnb"})
_MYST: Final = re.compile(
    r"^(?:`{3,}|~{3,}|:{3,})\s*\{(?:code-cell|raw-cell)\}|^[ ]*format_name:[ ]*myst", re.MULTILINE
)
_HEAD: Final = re.compile(r"(?P<mark>\W{1,3} |)---[ \t]*\n.*?\n(?P=mark)---[ \t]*(?:\n|\Z)", re.DOTALL)
_KERNEL_NAME: Final = re.compile(
    r"^(?:\W{1,3} +)?kernelspec:[ \t]*\n(?:.*\n){0,3}?.*\bname:[ ]*[\"']?([\w.+-]{1,100})", re.MULTILINE
)
_HEAD_KEY: Final = re.compile(r"(title|author)[ ]*:[ ]*(.*)")
_OPTION: Final = re.compile(r"^:\w[^\n]*$", re.MULTILINE)
_ALIAS: Final = re.compile(r"(?:^|[\s:\[{,-])\*[A-Za-z_][\w-]*(?=[\s,\]}]|$)", re.MULTILINE)


def read(source: Source) -> Imported:
    """Every file that jupytext reads, as the notebook it stands for; the others lie beside it."""
    chosen = [file for file in source.files if file.lower().endswith(SUFFIXES)] or list(source.files)[:1]
    if any("jupytext" in source.files[file].decode("utf-8", "replace") for file in chosen):
        # Beside scripts that say they are notebooks others are what they say they are: modules and pages.
        chosen = [file for file in chosen if _is_notebook(source, file)]
    files = {file: data for file, data in source.files.items() if file not in chosen}
    names: dict[str, str] = {}
    kinds: set[str] = set()
    for file in chosen:
        notebook, kind = _notebook(text_of(source, file), file)
        kinds.add(kind)
        name = re.sub(r"\.[^./]*$", "", file) + ".ipynb"
        name = name if name not in files else f"{file}.ipynb"
        files[name], names[name] = json.dumps(notebook, default=str).encode(), file
    imported = ipynb.read(Source(re.sub(r"\.[^./]*$", "", source.name) or source.name, files))
    lost = tuple(_placed(lost, names) for lost in imported.lost)
    return replace(imported, format="myst" if kinds == {"myst"} else "jupytext", lost=lost)


def _is_notebook(source: Source, file: str) -> bool:
    text = text_of(source, file)
    return "jupytext" in text[:5_000] or bool(re.search(r"^# %%|^```\{code-cell\}", text, re.MULTILINE))


def _placed(lost: Lost, names: Mapping[str, str]) -> Lost:
    """Named by the file that was read, not by the notebook it stands for."""
    for name, file in names.items():
        if lost.where.startswith(name):
            return replace(lost, where=file + lost.where[len(name) :])
    return lost


def _notebook(text: str, file: str) -> tuple[dict[str, Any], str]:
    """The notebook that a text stands for, and the name of the format it is written in."""
    _refuse_bombs(text, file)
    suffix = "." + file.rpartition(".")[2]
    jupytext, formats = _jupytext(file)
    kind = _kind(text, suffix, formats)
    if kind in _STARTS_PROGRAMS:
        raise TutorError(
            f"{file} is written for {kind}, which other programs read; nothing was imported",
            help=f"write it as a notebook with {kind} and import that",
        )
    fmt = {"extension": suffix, **({"format_name": kind} if kind else {})}
    return _plain(_read_or_refuse(jupytext, text, fmt, file)), str(kind or "")


def _read_or_refuse(jupytext: Any, text: str, fmt: Mapping[str, str], file: str) -> Any:
    """The notebook; a page whose head keeps it from being one is read without it."""
    try:
        with warnings.catch_warnings():
            # What a stranger's file makes it say must not be written over the screen.
            warnings.simplefilter("ignore")
            return jupytext.reads(text, dict(fmt))
    except Exception as error:  # noqa: BLE001 - whatever jupytext raises at a stranger's file
        head = _HEAD.match(text)
        if head is None:
            what = "it is nested too deeply" if isinstance(error, RecursionError) else _first_line(error)
            refuse(file, _line_of(error), f"jupytext cannot read this: {what}")
    notebook = _read_or_refuse(jupytext, text[head.end() :], fmt, file)
    if kernel := _KERNEL_NAME.search(head[0]):
        kernelspec = {"name": kernel[1], "display_name": kernel[1]}
        return {"cells": notebook["cells"], "metadata": {**notebook["metadata"], "kernelspec": kernelspec}}
    source = re.sub(f"^{re.escape(head['mark'])}", "", head[0], flags=re.MULTILINE).strip()
    raw = {"cell_type": "raw", "metadata": {}, "source": source}
    return {"cells": [raw, *notebook["cells"]], "metadata": notebook["metadata"]}


def _kind(text: str, suffix: str, formats: Any) -> str | None:
    """The name jupytext gives the format of a text; None where its head keeps it from telling."""
    try:
        return formats.read_format_from_metadata(text, suffix) or _guess(text, suffix, formats)
    except Exception:  # noqa: BLE001 - a head that is no YAML: reading goes on without it
        return (
            _guess("", suffix, formats) if suffix.lower() not in _MARKDOWN else _guess(text, suffix, formats)
        )


def _guess(text: str, suffix: str, formats: Any) -> str | None:
    if suffix.lower() in _MARKDOWN:
        # What jupytext takes for Pandoc by a line of colons is a page like any other.
        return "myst" if _MYST.search(text) else "markdown"
    guessed: str | None = formats.guess_format(text, suffix)[0]
    return guessed


def _jupytext(file: str) -> tuple[Any, Any]:
    try:
        return importlib.import_module("jupytext"), importlib.import_module("jupytext.formats")
    except ModuleNotFoundError:
        raise TutorError(
            f"{file} is read by the package jupytext, which is not installed; nothing was imported",
            help='pip install "tui-tutor[formats]"',
            exit_code=3,
        ) from None


def _refuse_bombs(text: str, file: str) -> None:
    """Metadata is YAML, and a notebook has no aliases: written out they could fill any memory."""
    metadata = [found[1] for found in _METADATA.finditer(text)] + _OPTION.findall(text)
    aliases = sum(len(_ALIAS.findall(part)) for part in metadata if "&" in part)
    if aliases > MOST_ALIASES:
        refuse(file, 1, f"its metadata uses more than {MOST_ALIASES} aliases", help="write the values out")


def _first_line(error: Exception) -> str:
    """What an error says before it shows what it is about, which nbformat and YAML do on further lines."""
    lines = (" ".join(line.split()) for line in str(error).splitlines())
    said = next(filter(None, lines), type(error).__name__).rstrip(".;:")
    place = ".".join(str(step) for step in getattr(error, "path", None) or ())  # of nbformat's errors
    return safe_line(f"{said} ({place})" if place else said, limit=200)


def _line_of(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    line = getattr(mark, "line", None)
    return line + 1 if isinstance(line, int) else 1


def _plain(notebook: Any) -> dict[str, Any]:
    """Without the ids that are made anew at each reading; with the kernel its language needs."""
    cells = [{key: cell[key] for key in cell if key != "id"} for cell in notebook["cells"]]
    metadata = dict(notebook["metadata"])
    if cells and cells[0]["cell_type"] == "raw" and cells[0]["source"].startswith("---"):
        cells[:1] = _head(cells[0]["source"], metadata)
    own = metadata.get("jupytext")
    language = own.get("main_language") if isinstance(own, Mapping) else None
    if "kernelspec" not in metadata and isinstance(language, str) and language.lower() != "python":
        name = _KERNELS.get(language.lower(), language.lower())
        metadata["kernelspec"] = {"name": name, "language": language, "display_name": language}
        metadata["language_info"] = {"name": language}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}


def _head(source: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
    """The title of a page as its heading; what else its head says beside authors stays a raw cell."""
    lines = source.strip().split("\n")[1:-1]
    values = {found[1]: found[2] for line in lines if (found := _HEAD_KEY.fullmatch(line))}
    title = values.pop("title", "").strip("\"' ")
    authors = values.pop("author", "").strip("\"' ")
    if authors and "authors" not in metadata:
        metadata["authors"] = [{"name": name.strip()} for name in authors.split(",")]
    rest = [line for line in lines if not re.match(r"(?:title|author)[ ]*:[ ]*\S", line)]
    cells = [{"cell_type": "markdown", "metadata": {}, "source": f"# {title}"}] if title else []
    if any(line.strip() for line in rest):
        raw = "\n".join(["---", *rest, "---"])
        cells.append({"cell_type": "raw", "metadata": {}, "source": raw})
    return cells

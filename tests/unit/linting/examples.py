"""Small courses for the rules about quality: a test writes only the cells that matter."""

from __future__ import annotations

from collections.abc import Mapping

from tui_tutor.core.parsing import check_course

COURSE = 'format = 1\nid = "c"\ntitle = "C"\nversion = "1.0.0"\nlicense = "MIT"\n'


def a_lesson(cells: str, *, header: str = "") -> str:
    """A lesson of these cells; it takes as long as it says."""
    if "title =" not in header:
        header = f'title = "T"\nminutes = 5\nbloom = "understand"\nobjective = "Understand it"\n{header}'
    return f"{header}\n{cells}"


def files_of(lessons: str | Mapping[str, str], *, course: str = "", **files: bytes) -> dict[str, bytes]:
    """A course of one lesson's cells, or of whole lessons by id."""
    texts = {"one": a_lesson(lessons)} if isinstance(lessons, str) else lessons
    listed = ", ".join(f'"{name}"' for name in texts)
    head, _, tables = course.partition("[")
    written = f"{COURSE}lessons = [{listed}]\n{head}{'[' if tables else ''}{tables}"
    return {
        "course.toml": written.encode(),
        **{f"lessons/{name}.toml": text.encode() for name, text in texts.items()},
        **{name.replace("__", "/"): data for name, data in files.items()},
    }


def codes(files: Mapping[str, bytes]) -> list[str]:
    """The codes of everything `check` says of a course."""
    return [item.code for item in check_course(files)]


def a_code(source: str, **fields: str) -> str:
    """A code cell."""
    return f"[[cell]]\nkind = 'code'\nsource = '''\n{source}\n'''\n{_written(fields)}"


def an_md(text: str) -> str:
    """A cell of prose."""
    return f"[[cell]]\nkind = 'md'\ntext = '''\n{text}\n'''\n"


def a_quiz(question: str, *, form: str = "text", id: str = "q", hints: str = "", **fields: str) -> str:
    """A question; by default one that is answered by the word `melon`."""
    key = "accept = ['melon']\n" if form == "text" and "accept" not in fields else ""
    hint = f"hints = ['''{hints}''']\n" if hints else ""
    return (
        f"[[cell]]\nkind = 'quiz'\nid = '{id}'\nform = '{form}'\nexplain = 'so'\n"
        f"question = '''{question}'''\n{hint}{key}{_written(fields)}"
    )


def a_choice(
    question: str, *options: str, right: int = 1, id: str = "q", hints: str = "", shuffle: bool = True
) -> str:
    """A single choice whose option number `right` (from 1) is correct."""
    tables = "".join(
        f"[[cell.option]]\ntext = '''{text}'''\nfeedback = 'f'\ncorrect = {str(number == right).lower()}\n"
        for number, text in enumerate(options, 1)
    )
    flag = f"shuffle = {str(shuffle).lower()}\n"
    return a_quiz(question, form="choice", id=id, hints=hints) + flag + tables


def an_exercise(
    solution: str,
    *,
    starter: str = "",
    task: str = "Do it.",
    hints: str = "",
    id: str = "e",
    check: str = "",
) -> str:
    """An exercise; checked by what it prints, unless an expression is given."""
    kind = f"kind = 'value'\nexpr = '''{check}'''\nequals = 1" if check else "kind = 'stdout'\ntext = ''"
    hint = f"hints = ['''{hints}''']\n" if hints else ""
    return (
        f"[[cell]]\nkind = 'ex'\nid = '{id}'\ntask = '''{task}'''\nexplain = 'so'\n{hint}"
        f"starter = '''\n{starter}\n'''\nsolution = '''\n{solution}\n'''\n"
        f"[[cell.check]]\nsays = 's'\n{kind}\n"
    )


def _written(fields: Mapping[str, str]) -> str:
    return "".join(f"{name} = {value}\n" for name, value in fields.items())

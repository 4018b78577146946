"""mdbook-quiz TOML -> a course: each file is a lesson of questions.

Source of the schema: the crate mdbook-quiz-schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import tomli

from tui_tutor.formats.gathering import Gathering
from tui_tutor.formats.imported import Imported, Source
from tui_tutor.formats.pictures import with_pictures
from tui_tutor.formats.questions import Choice, Made, Stem, choice_cell, text_cell
from tui_tutor.formats.source_text import files_ending, refuse, stem_of, text_of

SUFFIXES: Final = (".toml",)
_HEADER: Final = re.compile(r"^[ \t]*\[\[[ \t]*questions[ \t]*\]\]", re.MULTILINE)
_UNASKED: Final = "asking for a reason has no home"
Table = Mapping[str, Any]


def read(source: Source) -> Imported:
    """Every TOML file of the source that has questions."""
    gathering = Gathering("mdbook-quiz", stem_of(source.name))
    files = files_ending(source, SUFFIXES) or sorted(source.files)
    for file in files:
        text = text_of(source, file)
        values = _values(text, file)
        if len(files) > 1 and "questions" not in values:
            continue
        _Quiz(source, file, text, gathering).add_all(values)
    return gathering.imported()


def _values(text: str, file: str) -> Table:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        refuse(file, error.lineno, f"this is not TOML: {error.msg}")
    except (RecursionError, ValueError):
        refuse(file, 1, "this TOML is nested too deeply or holds a number that is too large")


class _Quiz:
    """One file of questions."""

    def __init__(self, source: Source, file: str, text: str, gathering: Gathering) -> None:
        self.source = source
        self.file = file
        self.gathering = gathering
        self.lines = [text.count("\n", 0, found.start()) + 1 for found in _HEADER.finditer(text)]
        self.line = 1

    def add_all(self, values: Table) -> None:
        questions = values.get("questions")
        if not isinstance(questions, list):
            refuse(self.file, 1, "there are no questions", help="a quiz begins with `[[questions]]`")
        shared = values.get("multipart")
        self.gathering.begin(stem_of(self.file))
        said = ""
        for index, question in enumerate(questions):
            self.line = self.lines[index] if index < len(self.lines) else 1
            if not isinstance(question, dict):
                self._refuse("a question is a table")
            part = question.get("multipart")
            if isinstance(part, str) and part != said and isinstance(shared, dict):
                self.gathering.add_text(self._shown(shared.get(part)), where=self._where)
            said = part if isinstance(part, str) else ""
            self._add(question)
        for key in sorted(set(values) - {"questions", "multipart"}):
            self.gathering.lose(self.file, f"`{key}`", "a quiz has questions and multipart only")

    @property
    def _where(self) -> str:
        return f"{self.file}, line {self.line}"

    def _refuse(self, what: str) -> None:
        refuse(self.file, self.line, what, help="see the schema of mdbook-quiz")

    def _shown(self, text: object) -> str:
        if not isinstance(text, str):
            return ""
        return with_pictures(text.strip("\n"), self.source, self.file, self.gathering, where=self._where)

    def _needed(self, table: Table, key: str, kind: type) -> Any:
        value = table.get(key)
        if not isinstance(value, kind):
            self._refuse(f"this question needs `{key}`")
        return value

    def _add(self, question: Table) -> None:
        kind = self._needed(question, "type", str)
        self.gathering.count(kind)
        prompt = self._needed(question, "prompt", dict)
        if kind == "Informational":
            self.gathering.add_item(self._shown(self._needed(prompt, "prompt", str)), kind, where=self._where)
            return
        answer = question.get("answer")
        known = _MAKERS.get(kind)
        if known is None or not isinstance(answer, dict):
            if known:
                self._refuse("this question needs `answer`")
            self._keep_unknown(kind, prompt)
            return
        made = known(self, prompt, answer, self._shown(question.get("context")))
        identity = question.get("id")
        words = identity if isinstance(identity, str) and identity else made.cell["question"]
        self.gathering.add(made.cell, id=words, where=self._where)
        for doubt in made.doubts:
            self.gathering.lose(self._where, kind, doubt)
        if question.get("promptExplanation") or question.get("prompt_explanation"):
            self.gathering.lose(self._where, kind, _UNASKED)

    def _keep_unknown(self, kind: str, prompt: Table) -> None:
        text = next((value for value in prompt.values() if isinstance(value, str)), "")
        self.gathering.add_text(self._shown(text), where=self._where)
        self.gathering.lose(
            self._where, kind, "questions of this type are not known; its prompt is kept as text"
        )

    # --- types of question --------------------------------------------------------------------------

    def multiple_choice(self, prompt: Table, answer: Table, explain: str) -> Made:
        """One answer or several among distractors, shuffled unless their order is fixed."""
        given = answer.get("answer")
        right = [given] if isinstance(given, str) else self._needed(answer, "answer", list)
        wrong = self._needed(prompt, "distractors", list)
        options = [Choice(self._shown(text), is_correct=False) for text in wrong]
        correct = [Choice(self._shown(text), is_correct=True) for text in right]
        place, is_sorted = prompt.get("answerIndex"), prompt.get("sortAnswers") is True
        at = place if isinstance(place, int) and 0 <= place <= len(options) else 0
        options[at:at] = correct
        if is_sorted:
            options.sort(key=lambda option: option.text)
        stem = Stem(self._shown(self._needed(prompt, "prompt", str)), explain=explain)
        return choice_cell(stem, options, shuffle=place is None and not is_sorted)

    def short_answer(self, prompt: Table, answer: Table, explain: str) -> Made:
        """A text, compared without regard to capitals."""
        further = answer.get("alternatives")
        texts = [self._needed(answer, "answer", str), *(further if isinstance(further, list) else ())]
        stem = Stem(self._shown(self._needed(prompt, "prompt", str)), explain=explain)
        made = text_cell(stem, [text for text in texts if isinstance(text, str)])
        if prompt.get("response") in ("long", "code"):
            return Made(made.cell, (*made.doubts, "its large answer field has no home: a text is one line"))
        return made

    def tracing(self, prompt: Table, answer: Table, explain: str) -> Made:
        """What a program prints, or that it does not compile."""
        program = self._needed(prompt, "program", str).strip("\n")
        language = prompt.get("language")
        language = (
            language if isinstance(language, str) and re.fullmatch(r"[\w+#-]{1,30}", language) else "rust"
        )
        question = "Does this program compile? If it does, what does it print?"
        if answer.get("doesCompile") is True:
            stem = Stem(question if language == "rust" else "What does this program print?", explain=explain)
            stdout = answer.get("stdout")
            return self._predict(stem, program, stdout if isinstance(stdout, str) else "", language)
        number = answer.get("lineNumber")
        place = f"The compiler refuses line {number}." if isinstance(number, int) else ""
        explain = "\n\n".join(part for part in (place, explain) if part)
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", program)), 3)
        stem = Stem(f"Does this program compile?\n\n{fence}{language}\n{program}\n{fence}", explain=explain)
        options = [Choice("It compiles", is_correct=False), Choice("It does not compile", is_correct=True)]
        return choice_cell(stem, options, shuffle=False)

    def _predict(self, stem: Stem, program: str, stdout: str, language: str) -> Made:
        cell = stem.cell("predict")
        if not program.strip():
            self._refuse("this question needs a `program`")
        return Made({**cell, "program": program, "language": language, "stdout": stdout})


_MAKERS: Final = {
    "MultipleChoice": _Quiz.multiple_choice,
    "ShortAnswer": _Quiz.short_answer,
    "Tracing": _Quiz.tracing,
}

"""Hints that contain the answer: help that leaves nothing to find."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.course import Blank, Cell, NumberKey, Option
from tui_tutor.core.linting.doubt import Doubt, Path
from tui_tutor.core.linting.words import MAX_READ, code_spans, plain

# Characters without blanks: a shorter line, or a shorter right side of one, stands in a hint by chance.
_MIN_LINE: Final = 3
_MIN_CODE: Final = 5
_MIN_WORD: Final = 3
_MAX_HINTS: Final = 50
_MAX_LINES: Final = 3  # a solution of more is not given away by one of its lines
# What a line of a solution says around the thing that was asked for.
_FRAME: Final = re.compile(r"^(?:return |yield |await |[A-Za-z_][\w., \[\]]*(?:\*\*|//|[-+*/%@&|^])?= )")
_NO_ANSWER: Final = re.compile(
    r"^(?:import |from |print\(|pass$|#|@|(?:async )?def |class |else:|try:|finally:)"
)
_FREE: Final = re.compile(r"#\s*free\s*$")
# Words that stand in every hint: they are an answer only where they are marked as code.
_COMMON: Final = frozenset(
    [
        *(
            "all",
            "and",
            "any",
            "as",
            "else",
            "even",
            "false",
            "for",
            "from",
            "higher",
            "if",
            "in",
            "is",
            "less",
        ),
        *(
            "lower",
            "more",
            "none",
            "not",
            "odd",
            "one",
            "or",
            "the",
            "true",
            "try",
            "two",
            "while",
            "with",
            "yes",
        ),
        *(
            "alle",
            "der",
            "die",
            "ein",
            "falsch",
            "für",
            "kein",
            "mehr",
            "nein",
            "nicht",
            "oder",
            "und",
            "wahr",
        ),
    ]
)
_ARTICLE: Final = re.compile(r"^(?:the|a|an|der|die|das|ein|eine|einen) ")
_SAID: Final = r"(?:=|\bis|\bare|\bequals|\bgives|\banswer:?|\bresult:?|\bist|\bergibt|\bantwort:?)\s*"


def doubts_of_hints(cell: Cell, path: Path) -> Iterator[Doubt]:
    """Every hint of an exercise or question that gives the answer itself."""
    if not isinstance(cell, models.ExerciseCell | models.QuizBase):
        return
    if sum(map(len, _keys_of(cell))) > MAX_READ:
        return
    for index, hint in enumerate(cell.hints[:_MAX_HINTS]):
        if given := _given_by(hint[:MAX_READ], cell):
            message = f"the hint contains the answer: “{given if len(given) <= 40 else given[:39] + '…'}”"
            help = "lead to it instead: name the idea, the place to look, or a smaller case"
            yield Doubt("hint-gives-answer", message, (*path, "hints", index), help, "value")


def _keys_of(cell: models.ExerciseCell | models.QuizBase) -> Iterator[str]:
    """The texts that hints are compared with."""
    match cell:
        case models.ExerciseCell():
            yield from (cell.solution, cell.starter)
        case models.ChoiceQuiz():
            yield from (option.text for option in cell.option)
        case models.TextQuiz():
            yield from cell.accept
        case models.ClozeQuiz():
            yield cell.question
            for blank in cell.blank:
                if isinstance(blank, models.ChoiceBlank):
                    yield from (option.text for option in blank.option)
                elif isinstance(blank, models.TextBlank):
                    yield from blank.accept
        case _:
            yield cell.question


def _given_by(hint: str, cell: models.ExerciseCell | models.QuizBase) -> str:
    """The answer that stands in a hint, "" if none does."""
    match cell:
        case models.ExerciseCell():
            return _code_in(hint, cell.solution, cell.starter) if cell.language == "python" else ""
        case models.ChoiceQuiz():
            return _options_in(hint, cell.option, cell.question)
        case models.TextQuiz() if cell.match != "regex":
            return _words_in(hint, cell.accept, cell.question)
        case models.NumberQuiz():
            return _number_in(hint, cell, cell.question)
        case models.ClozeQuiz():
            return next(
                (found for blank in cell.blank if (found := _blank_in(hint, blank, cell.question))), ""
            )
        case models.PredictQuiz() if cell.stdout.strip():
            return _printed_in(hint, cell.stdout, f"{cell.question}\n{cell.program}")
        case _:
            return ""


def _blank_in(hint: str, blank: Blank, question: str) -> str:
    match blank:
        case models.ChoiceBlank():
            return _options_in(hint, blank.option, question)
        case models.TextBlank():
            return _words_in(hint, blank.accept, question) if blank.match != "regex" else ""
        case models.NumberBlank():
            return _number_in(hint, blank, question)


# --- programs ---------------------------------------------------------------------------------------


def _code_in(hint: str, solution: str, starter: str) -> str:
    """What the learner has to write, where the hint has it letter by letter."""
    there = {_squeezed(line) for line in starter.splitlines()}
    wanted = [
        line.strip()
        for line in solution.splitlines()
        if line.strip() and not _NO_ANSWER.match(line.strip()) and not _FREE.search(line)
        and _squeezed(line) not in there
    ]  # fmt: skip
    if not wanted or len(wanted) > _MAX_LINES:
        return ""
    squeezed = _squeezed(hint)
    for line in wanted:
        whole = line.partition("  #")[0].strip()
        for answer, least in ((whole, _MIN_LINE), (_FRAME.sub("", whole), _MIN_CODE)):
            short = _squeezed(answer)
            if len(short) >= least and short not in there and _stands_in(short, squeezed):
                return answer
    return ""


def _stands_in(answer: str, squeezed: str) -> bool:
    """Whole names only: `total` does not stand in `totals`, but a sentence may end after it."""
    return bool(re.search(rf"(?<![\w.]){re.escape(answer)}(?![\w(\[]|\.\w)", squeezed))


def _squeezed(code: str) -> str:
    """Without the blanks between signs; those between words stay."""
    return re.sub(r"(?<!\w) | (?!\w)", "", " ".join(code.replace("`", " ").split()))


# --- words and numbers ------------------------------------------------------------------------------


def _options_in(hint: str, options: Sequence[Option], question: str) -> str:
    """The right options, where the hint has all of them, none of the others, and the question none."""
    said, asked = plain(hint), plain(question)
    right = [option for option in options if option.correct]
    wrong = [option for option in options if not option.correct]
    if not right or any(
        _bare(option.text) in _COMMON or _holds(asked, _bare(option.text)) for option in right
    ):
        return ""
    if any(_holds(said, _bare(option.text)) for option in wrong):
        return ""
    is_given = all(_holds(said, _bare(option.text)) for option in right)
    return ", ".join(option.text for option in right) if is_given else ""


def _words_in(hint: str, accept: Sequence[str], question: str) -> str:
    asked = plain(question)
    for answer in accept:
        bare = _bare(answer)
        said = plain(" ".join(code_spans(hint)) if bare in _COMMON else hint)
        if _is_number(bare):
            return ""
        if _holds(said, bare) and not _holds(asked, bare):
            return answer
    return ""


def _holds(text: str, words: str) -> bool:
    """Whether words stand in a text as words; too short ones stand everywhere."""
    if len(words) < _MIN_WORD:
        return False
    return bool(re.search(rf"(?<![\w.-]){re.escape(words)}(?![\w-])", text))


def _bare(text: str) -> str:
    return _ARTICLE.sub("", plain(text))


def _number_in(hint: str, key: NumberKey, question: str) -> str:
    if key.value is None:
        return ""
    written = {f"{Decimal(repr(key.value)).normalize():f}", repr(key.value)}
    return next((text for text in sorted(written) if _number_stands_in(hint, text, question)), "")


def _printed_in(hint: str, stdout: str, asked: str) -> str:
    printed = " ".join(stdout.split())
    if _is_number(printed):
        return printed if _number_stands_in(hint, printed, asked) else ""
    said = " ".join(hint.replace("`", "").split())
    is_given = len(printed) >= _MIN_WORD and bool(re.search(rf"(?<!\w){re.escape(printed)}(?!\w)", said))
    return printed if is_given and printed not in " ".join(asked.split()) else ""


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[-+]?\d+(?:\.\d+)?", text))


def _number_stands_in(hint: str, number: str, question: str) -> bool:
    """Small whole numbers stand everywhere: for them the hint has to say that this is it."""
    alone = rf"(?<![\w.,]){re.escape(number)}(?![\w%]|[.,]\d)"
    if re.search(alone, question):
        return False
    is_small = len(number.lstrip("-+")) < _MIN_WORD
    # A calculation goes on after an intermediate result: `2 = 1 + 1` is one, `1 + 1 = 2.` is not.
    return bool(re.search(rf"{_SAID}{alone}(?!\s*[-+*/·×^=])" if is_small else alone, hint, re.IGNORECASE))

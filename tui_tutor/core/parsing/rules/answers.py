"""Rules about the keys of questions: nothing contradicts itself or can never be answered."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Sequence, Set

from tui_tutor.core import course as models
from tui_tutor.core.course import Blank, QuizCell
from tui_tutor.core.document import Path
from tui_tutor.core.grading.patterns import MAX_PATTERN, PatternRefusedError, compiled
from tui_tutor.core.parsing.findings import Findings
from tui_tutor.core.parsing.rules.sources import require_expression, require_program
from tui_tutor.core.wording.blanks import BLANK_MARK


def require_answers(cell: QuizCell, path: Path, findings: Findings) -> None:
    """The key of a question of any form."""
    match cell:
        case models.ChoiceQuiz():
            _require_options(cell.option, path, findings)
        case models.TextQuiz():
            _require_text(cell, path, findings)
        case models.NumberQuiz():
            _require_number(cell, path, findings)
        case models.ClozeQuiz():
            _require_blanks(cell, path, findings)
        case models.OrderQuiz():
            _require_order(cell, path, findings)
        case models.MatchQuiz():
            _require_pairs(cell, path, findings)
        case models.PredictQuiz():
            if cell.language == "python":
                require_program(cell.program, (*path, "program"), findings)
        case models.ReflectQuiz():
            pass


def folded(text: str) -> str:
    """A text as answers are compared with `match = "fold"`."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def require_regex(pattern: str, path: Path, findings: Findings) -> None:
    """A pattern that compiles."""
    if len(pattern) > MAX_PATTERN:
        findings.error("bad-regex", f"the pattern has more than {MAX_PATTERN} characters", path)
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except re.error as error:
        column = (error.pos or 0) + 1
        findings.error_inside("bad-regex", f"this is not a regular expression: {error.msg}", path, 1, column)
    except (RecursionError, OverflowError, MemoryError):
        findings.error("bad-regex", "the pattern is nested or repeated too deeply", path)
    else:
        _require_bounded(pattern, path, findings)


def _require_bounded(pattern: str, path: Path, findings: Findings) -> None:
    """What Python takes is not always what an answer is matched by: that keeps to bounded time."""
    try:
        compiled(pattern)
    except PatternRefusedError as problem:
        findings.error("bad-regex", f"answers cannot be matched by this pattern: {problem}", path)


def _require_options(options: Sequence[models.Option], path: Path, findings: Findings) -> None:
    texts: dict[str, int] = {}
    ids: set[str] = set()
    for index, option in enumerate(options):
        at: Path = (*path, "option", index)
        text = " ".join(option.text.split())
        if text in texts:
            message = f"options {texts[text] + 1} and {index + 1} have the same text"
            findings.error("duplicate-option", message, (*at, "text"))
        texts.setdefault(text, index)
        if option.id is not None and option.id in ids:
            findings.error("duplicate-id", f"two options have the id {option.id}", (*at, "id"))
        ids.add(option.id or "")


def _require_text(key: models.TextQuiz | models.TextBlank, path: Path, findings: Findings) -> None:
    if key.match == "regex":
        for index, pattern in enumerate(key.accept):
            require_regex(pattern, (*path, "accept", index), findings)
    compared = folded if key.match == "fold" else str
    accepted = [compared(text) for text in key.accept]
    seen: set[str] = set()
    for index, text in enumerate(accepted):
        if text in seen:
            message = f"{key.accept[index]!r} is accepted twice"
            findings.warning("duplicate-answer", message, (*path, "accept", index), at="value")
        seen.add(text)
    _require_near(key, seen, path, findings)


def _require_near(
    key: models.TextQuiz | models.TextBlank, accepted: Set[str], path: Path, findings: Findings
) -> None:
    compared = folded if key.match == "fold" else str
    seen: set[str] = set()
    for index, near in enumerate(key.near):
        at: Path = (*path, "near", index, "answer")
        text = compared(near.answer)
        if text in accepted and key.match != "regex":
            findings.error("near-accepted", f"{near.answer!r} is both accepted and nearly right", at)
        if text in seen:
            findings.error("duplicate-answer", f"{near.answer!r} is nearly right twice", at)
        seen.add(text)


def _require_number(key: models.NumberKey, path: Path, findings: Findings) -> None:
    require_expression(key.value_py, (*path, "value_py"), findings)
    given = key.model_fields_set
    if {"tolerance", "rel_tolerance"} <= given:
        findings.error(
            "both-given",
            "`tolerance` and `rel_tolerance` are given; only one of them can be",
            (*path, "rel_tolerance"),
        )
    for name in {"tolerance", "rel_tolerance"} & given if "range" in given else ():
        findings.error("both-given", f"`range` leaves nothing for `{name}` to say", (*path, name))
    require_ascending(key.range, (*path, "range"), findings)


def require_ascending(limits: tuple[float, float] | None, path: Path, findings: Findings) -> None:
    """The lower limit stands before the upper one."""
    if limits is not None and limits[0] >= limits[1]:
        message = f"`{path[-1]}` must go up: {limits[0]:g} is not less than {limits[1]:g}"
        findings.error("limits-order", message, path)


def blank_numbers(question: str) -> list[int]:
    """The numbers n of every `{{n}}` in a cloze question, in order."""
    return [int(number) for number in BLANK_MARK.findall(question)]


def _require_blanks(cell: models.ClozeQuiz, path: Path, findings: Findings) -> None:
    named = Counter(blank_numbers(cell.question))
    for number in sorted(named):
        if not 1 <= number <= len(cell.blank):
            message = f"the question has {{{{{number}}}}} but the cell has {_blanks(len(cell.blank))}"
            findings.error("cloze-blanks", message, (*path, "question"), help="count blanks from 1")
    for index, blank in enumerate(cell.blank):
        at: Path = (*path, "blank", index)
        if index + 1 not in named:
            help = f"write {{{{{index + 1}}}}} where blank {index + 1} belongs"
            message = f"the question has no {{{{{index + 1}}}}} for this blank"
            findings.error("cloze-blanks", message, at, help=help, at="key")
        _require_blank(blank, at, findings)


def _blanks(count: int) -> str:
    return "1 blank" if count == 1 else f"{count} blanks"


def _require_blank(blank: Blank, at: Path, findings: Findings) -> None:
    match blank:
        case models.ChoiceBlank():
            _require_options(blank.option, at, findings)
        case models.TextBlank():
            _require_text(blank, at, findings)
        case models.NumberBlank():
            _require_number(blank, at, findings)


def _require_order(cell: models.OrderQuiz, path: Path, findings: Findings) -> None:
    whole = list(range(1, len(cell.items) + 1))
    seen = {tuple(whole)}
    for index, order in enumerate(cell.orders):
        at: Path = (*path, "orders", index)
        if sorted(order) != whole:
            help = f"each order names every item from 1 to {len(whole)} once"
            findings.error("bad-order", f"this is no order of the {len(whole)} items", at, help=help)
        elif order in seen:
            findings.warning("duplicate-answer", "this order is right already", at, at="value")
        seen.add(order)
    _require_distinct_lines(cell, path, findings)


def _require_distinct_lines(cell: models.OrderQuiz, path: Path, findings: Findings) -> None:
    compared = str.rstrip if cell.indent else str.strip
    items = {compared(item) for item in cell.items}
    for index, line in enumerate(cell.distractors):
        if compared(line) in items:
            findings.error(
                "contradiction", f"{line.strip()!r} is also an item", (*path, "distractors", index)
            )


def _require_pairs(cell: models.MatchQuiz, path: Path, findings: Findings) -> None:
    left: set[str] = set()
    for index, (term, _) in enumerate(cell.pairs):
        if term in left:
            findings.error("duplicate-answer", f"{term!r} stands in two pairs", (*path, "pairs", index))
        left.add(term)
    right = {meaning for _, meaning in cell.pairs}
    for index, extra in enumerate(cell.extra):
        if extra in right:
            findings.error("contradiction", f"{extra!r} belongs to a pair", (*path, "extra", index))

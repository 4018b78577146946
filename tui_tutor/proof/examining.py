"""Examining an exercise where it stands, before it is solved: starter, samples, hints, rewrites, mutants."""

from __future__ import annotations

import ast
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tui_tutor.core.course import AstCheck, CallCheck, Cell, ExerciseCell, Lesson, MarkdownCell
from tui_tutor.core.grading.syntax import broken_rule
from tui_tutor.core.study.state import uses_shell
from tui_tutor.proof.mutants import Example, Mutant, free_lines, mutants_of
from tui_tutor.proof.reports import ExerciseReport, Problem, Retold, Survivor, Tally, percent
from tui_tutor.proof.rewrites import Rewrite, rewrites_of
from tui_tutor.proof.trying import KernelTries, Limits, Try, WorkspaceTries

MOST_MUTANTS: Final = 60
MOST_FILE_MUTANTS: Final = 15  # each runs the exercise's whole command
LEAST_SCORE: Final = 0.9
LEAST_LIMIT_S: Final = 1.0
TIMES_SOLUTION: Final = 10.0
_NAME: Final = re.compile(r"[^\W\d]\w*")
_FENCE: Final = re.compile(r"```[^\n]*\n(.*?)```", re.S)
_TICKED: Final = re.compile(r"\s*`([^`]+)`\s*\Z")

Answer = tuple[str, Mapping[str, str]]  # the cell's source, and the files beside it
Attempt = Callable[[Sequence[Answer], Limits], Awaitable[list[Try]]]


class Examiner:
    """All attempts on one exercise; `starter` is the text that a learner begins with here."""

    def __init__(
        self,
        cell: ExerciseCell,
        starter: str,
        *,
        kernel: KernelTries,
        workspace: WorkspaceTries,
        elsewhere: frozenset[str],
        run_limit_s: float,
        at_once: int,
        tell: Callable[[str], None],
        retellings: Mapping[str, ExerciseCell] | None = None,
    ) -> None:
        self._cell, self._kernel, self._workspace = cell, kernel, workspace
        self._retellings = retellings or {}
        self._starter = (starter, {file.path: file.starter for file in cell.file})
        self._solution: Answer = (cell.solution, {file.path: file.solution for file in cell.file})
        self._elsewhere, self._run_limit_s, self._at_once = elsewhere, run_limit_s, at_once
        self._tell = tell
        self._problems: list[Problem] = []

    async def report(self) -> ExerciseReport:
        """What all attempts showed."""
        cell = self._cell
        report = ExerciseReport(cell.id, free=len(free_lines(cell.solution)))
        if not cell.check:
            return report
        limits = Limits(self._run_limit_s)
        starter, *samples = await self._tried([self._starter, *self._samples()], limits)
        wrong, right = samples[: len(cell.wrong)], samples[len(cell.wrong) :]
        self._judge_starter(starter)
        report = replace(
            report,
            starter_fails=not starter.verdict.correct,
            told=tuple(one.told() for one in wrong),
            wrong=self._judge_wrong(wrong),
            right=self._judge_right(right),
            hints=await self._hints(limits),
            note="" if starter.is_copy else f"tried in the kernel itself: {starter.why_no_copy}",
        )
        report = await self._varied(report, limits)
        retold = tuple([await self._retold(*one, limits) for one in self._retellings.items()])
        return replace(report, retold=retold, problems=tuple(self._problems))

    def _samples(self) -> list[Answer]:
        sources = [sample.source for sample in self._cell.wrong]
        sources += [sample.source for sample in self._cell.right]
        return [self._as_answer(source) for source in sources]

    def _as_answer(self, source: str) -> Answer:
        """A sample's text is the answer's; where files are edited it is that of the first of them."""
        _, files = self._solution
        if self._cell.file:
            return "", {**files, self._cell.file[0].path: source}
        return source, {}

    async def _tried(self, answers: Sequence[Answer], limits: Limits) -> list[Try]:
        if not uses_shell(self._cell):
            return await self._kernel.tried(self._cell, [source for source, _ in answers], limits)
        return [await self._workspace.tried(self._cell, source, files) for source, files in answers]

    def _say(self, code: str, message: str, help: str = "", *at: str | int, **more: Any) -> None:
        self._problems.append(Problem(code, self._cell.id, message, help, at=at, **more))

    # --- samples ----------------------------------------------------------------------------------

    def _judge_starter(
        self, starter: Try, *, help: str = "add a check that only an answer passes", **at: Any
    ) -> None:
        if starter.verdict.correct:
            self._say("starter-passes", "the starter passes every check as it is", help, "starter", **at)
        if starter.outcome == "died":
            message = "the starter ends the kernel: who runs it as it is loses every name of the lesson"
            self._say("starter-dies", message, "let it end without ending its process", "starter", **at)

    def _judge_wrong(self, tries: Sequence[Try]) -> Tally:
        failed: list[str] = []
        for number, (sample, one) in enumerate(zip(self._cell.wrong, tries, strict=True), 1):
            told = one.told()
            place = ("wrong", number - 1)
            if not told:
                failed.append(f"wrong sample {number} passes every check")
                self._say("wrong-passes", failed[-1], "add the check that catches it", *place)
            elif told[0] != sample.caught_by:
                caught = f"wrong sample {number} is caught by {told[0] or 'its run'}, not {sample.caught_by}"
                failed.append(f"{caught}: {'; '.join(told[1:])}")
                self._say("wrong-elsewhere", failed[-1], "name that check, or mend the sample", *place)
        return Tally(len(tries) - len(failed), len(tries), tuple(failed))

    def _judge_right(self, tries: Sequence[Try]) -> Tally:
        failed: list[str] = []
        for number, one in enumerate(tries, 1):
            if not one.verdict.correct:
                failed.append(f"right sample {number} does not pass: {one.words()}")
                help = "the check is too strict, or the sample is wrong"
                self._say("right-fails", failed[-1], help, "right", number - 1)
        return Tally(len(tries) - len(failed), len(tries), tuple(failed))

    async def _hints(self, limits: Limits, told: ExerciseCell | None = None, overlay: str = "") -> Tally:
        """A hint that is code is no solution, alone or after the starter."""
        cell, starter = told or self._cell, self._starter[0] if told is None else told.starter
        found = [(n, text) for n, hint in enumerate(cell.hints) for text in code_in(hint, cell)]
        if not found or cell.file:
            return Tally()
        texts = [text for _, text in found]
        appended = [f"{starter.rstrip()}\n{text}" for text in texts]
        tries = await self._tried([(text, {}) for text in (*texts, *appended)], limits)
        solving = {number for (number, _), one in zip(found * 2, tries, strict=True) if one.verdict.correct}
        failed = tuple(f"hint {number + 1} passes every check" for number in sorted(solving))
        for number, words in zip(sorted(solving), failed, strict=True):
            help = "a hint leads to the answer and is none"
            self._say("hint-solves", words, help, "hints", number, overlay=overlay)
        return Tally(len({n for n, _ in found}) - len(failed), len({n for n, _ in found}), failed)

    # --- other levels and languages -----------------------------------------------------------------

    async def _retold(self, overlay: str, told: ExerciseCell, limits: Limits) -> Retold:
        """The starter and the hints of an overlay, in the same kernel and against the same checks."""
        self._tell(f"at {overlay}")
        begins = (told.starter, {file.path: file.starter for file in told.file})
        starter, solution = await self._tried([begins, self._solution], limits)
        help = "add a check that only an answer passes, or give less to begin with"
        self._judge_starter(starter, help=help, overlay=overlay)
        hints = await self._hints(limits, told, overlay)
        return Retold(overlay, not starter.verdict.correct, solution.verdict.correct, hints)

    # --- variations of the solution -----------------------------------------------------------------

    async def _varied(self, report: ExerciseReport, limits: Limits) -> ExerciseReport:
        if self._cell.language != "python" or not any((self._cell.solution, *self._solution[1].values())):
            return report
        (solution,) = await self._tried([self._solution], limits)
        if not solution.verdict.correct:  # its own run says so
            return report
        if not solution.is_copy:
            message = f"mutants and rewrites were not tried: {solution.why_no_copy}"
            help = "where threads are to blame, limit the libraries to one"
            self._say("mutants-untried", message, help, severity="warning")
            return report
        limit_s = max(LEAST_LIMIT_S, TIMES_SOLUTION * solution.ms / 1000)
        # A fault may make any path of another: only the author's own text may touch what lies elsewhere.
        brief = Limits(limit_s, limit_s, is_brief=True, is_sparing=True)
        (quick,) = await self._tried([self._solution], brief)
        # Checks that disturb each other need a copy each.
        chosen = brief if quick.verdict.correct else replace(brief, is_brief=False)
        report = replace(report, rewrites=await self._rewritten(chosen, limits))
        return await self._mutated(report, chosen)

    def _texts(self) -> Iterator[tuple[str, str]]:
        """The Python texts of the solution: ("", the cell's own) or (path, a file's)."""
        if not self._cell.file:
            yield "", self._cell.solution
        for file in self._cell.file:
            if file.path.endswith(".py") and file.solution != file.starter:
                yield file.path, file.solution

    def _with(self, path: str, text: str) -> Answer:
        return ("", {**self._solution[1], path: text}) if path else (text, {})

    async def _rewritten(self, brief: Limits, limits: Limits) -> Tally:
        found = [
            (path, one)
            for path, text in self._texts()
            for one in rewrites_of(text, kept=self._elsewhere)
            if not any(self._is_against(check, one, text) for check in self._cell.check)
        ]
        self._tell(f"{len(found)} rewrites")
        tries = await self._tried([self._with(path, one.source) for path, one in found], brief)
        failed: list[str] = []
        for (path, one), quick in zip(found, tries, strict=True):
            if quick.verdict.correct:
                continue
            (again,) = await self._tried([self._with(path, one.source)], limits)
            if not again.verdict.correct:
                failed.append(f"{one.what}: {again.words()}")
                message = f"a solution written differently does not pass ({one.what}): {again.words()}"
                help = f"loosen the check; tried was: {' ⏎ '.join(one.source.strip().splitlines())}"
                self._say("rewrite-fails", message, help[:400], "solution")
        return Tally(len(found) - len(failed), len(found), tuple(failed))

    def _is_against(self, check: object, rewrite: Rewrite, solution: str) -> bool:
        """Whether the author forbade just this way of writing."""
        if not isinstance(check, AstCheck):
            return False
        return bool(broken_rule(check, rewrite.source)) and not broken_rule(check, solution)

    async def _mutated(self, report: ExerciseReport, limits: Limits) -> ExerciseReport:
        most = MOST_FILE_MUTANTS if uses_shell(self._cell) else MOST_MUTANTS
        found = [(path, text, one) for path, text in self._texts() for one in self._mutants(text, most)]
        survivors: list[Survivor] = []
        step = max(1, 4 * self._at_once)
        for start in range(0, len(found), step):
            part = found[start : start + step]
            self._tell(f"mutants {start + 1} to {start + len(part)} of {len(found)}")
            tries = await self._tried([self._with(path, one.source) for path, _, one in part], limits)
            for (_, text, one), result in zip(part, tries, strict=True):
                if result.verdict.correct:
                    survivors.append(Survivor(one.line, one.what, one.diff(text)))
        report = replace(
            report,
            killed=len(found) - len(survivors),
            mutants=len(found),
            survivors=tuple(survivors),
        )
        self._judge_mutants(report)
        return report

    def _mutants(self, solution: str, most: int) -> Sequence[Mutant]:
        return mutants_of(solution, examples=tuple(examples_of(self._cell)), most=most, kept=self._elsewhere)

    def _judge_mutants(self, report: ExerciseReport) -> None:
        help = "add a check that tells them apart, or end the line in `# free` if it may be anything"
        for one in report.survivors:
            message = f"a mutant passes every check: line {one.line} of the solution, {one.what}"
            self._say("mutant-survives", message, help, "solution", severity="warning")
        if report.score < LEAST_SCORE:
            message = (
                f"the checks catch {report.killed} of {report.mutants} mutants ({percent(report.score)})"
            )
            help = f"{help}; {percent(LEAST_SCORE)} are wanted"
            self._say("mutation-score", message, help, "check")


def examples_of(cell: ExerciseCell) -> Iterator[Example]:
    """The calls whose results a learner can see, given as values."""
    for check in cell.check:
        if isinstance(check, CallCheck) and not check.args_py and not check.returns_py:
            yield Example(check.function, tuple(check.args), dict(check.kwargs), check.returns)


def names_elsewhere(lessons: Sequence[Lesson], cell: ExerciseCell, *texts: str) -> frozenset[str]:
    """Every name that something other than this exercise's answers may read: cells, checks, setups."""
    found: set[str] = set()
    for text in (*texts, *(lesson.setup_source for lesson in lessons)):
        found.update(_NAME.findall(text))
    for lesson in lessons:
        for other in lesson.cells:
            found.update(_names_in(other) if other is not cell else ())
    for check in cell.check:
        found.update(names_of(check.model_dump()))
    return frozenset((*found, *_NAME.findall(cell.run)))


def _names_in(cell: Cell) -> set[str]:
    return set() if isinstance(cell, MarkdownCell) else names_of(cell.model_dump())


def names_of(value: object) -> set[str]:
    """Every identifier in the texts of a value: more than are names, never fewer."""
    if isinstance(value, str):
        return set(_NAME.findall(value))
    if isinstance(value, Mapping):
        return {name for inner in value.values() for name in names_of(inner)}
    if isinstance(value, list | tuple):
        return {name for inner in value for name in names_of(inner)}
    return set()


def code_in(hint: str, cell: ExerciseCell) -> Iterator[str]:
    """What of a hint can be run: fenced or quoted code, and for Python a hint that is code as it stands."""
    texts = _FENCE.findall(hint)
    if quoted := _TICKED.match(hint):
        texts.append(quoted.group(1))
    if cell.language == "sh":
        yield from texts
        return
    for text in (hint, *texts):
        if _is_code(text):
            yield text


def _is_code(text: str) -> bool:
    """Whether a text is Python that does something: more than a name, a number or a quoted word."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    idle = (ast.Name, ast.Constant, ast.Tuple)
    return any(not (isinstance(node, ast.Expr) and isinstance(node.value, idle)) for node in tree.body)

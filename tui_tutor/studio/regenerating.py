"""One cell of a written lesson made anew, with the author's note; the rest of the lesson is not touched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.lock import LOCK_FILE
from tui_tutor.core.parsing import lesson_path, parse_course, parse_lesson
from tui_tutor.studio.agents.repairer import REPAIRERS
from tui_tutor.studio.asking import Asker
from tui_tutor.studio.assembling import cell_table
from tui_tutor.studio.drafts import Passage
from tui_tutor.studio.gates.built import SolverAnswer, further_levels, is_retold
from tui_tutor.studio.grounding.citing import with_citations
from tui_tutor.studio.outline import Outline
from tui_tutor.studio.reviewing import Change, ReviewedCell, cell_text, cells_in, proven_with
from tui_tutor.studio.solving import Seen, asked_of, seen_at, solved_blind
from tui_tutor.studio.studio_folder import StudioFolder
from tui_tutor.studio.telling import Telling
from tui_tutor.studio.trials import Tell, Trials
from tui_tutor.studio.trying import printed_by

_MOST_TRIES: Final = 3
_FAILURES: Final = "failures.json"  # of cells that were to be made anew


@dataclass(frozen=True, slots=True)
class Remade:
    """A course's files with a cell made anew, and how its question was solved."""

    files: dict[str, bytes]
    answers: tuple[SolverAnswer, ...] = ()


@dataclass(frozen=True)
class Regenerator:
    """Makes cells anew, one at a time."""

    folder: StudioFolder
    outline: Outline
    asker: Asker
    telling: Telling
    trials: Trials

    async def regenerate(self, lesson: str, cell: str, note: str, tell: Tell) -> Remade:
        """The course with another cell, proven, and if it is a question solved without its key.

        TutorError where none came that holds.
        """
        found = list(cells_in(lesson, self.folder.files()[lesson_path(lesson)]))
        old = next((one for one in found if one.id == cell), None)
        if old is None:
            raise TutorError(f"There is no cell {cell} in {lesson} any more; nothing was changed.")
        evidence: list[str] = []
        for _ in range(_MOST_TRIES):
            text = await self._another(found, old, note, evidence)
            try:
                change = Change(lesson, cell, text)
                files = await proven_with(self.folder, self.trials, change, tell, is_model_s=True)
                answers = await self._solved(lesson, cell, files)
                disputed = next((one for one in answers if not one.is_right), None)
                if disputed is None:
                    return Remade(files, answers)
                evidence.append(f"{text}\nWho sees only the lesson answered otherwise: {disputed.said}")
            except TutorError as error:
                if error.exit_code != 4:
                    raise
                evidence.append(f"{text}\n{error.message} {error.help}")
        self._note_failure(lesson, cell)
        raise TutorError(
            f"None of {_MOST_TRIES} new versions held: {evidence[-1].splitlines()[-1]}",
            help="The cell is as it was. Say more in the note, or edit it yourself.",
        )

    async def _solved(self, lesson: str, cell: str, files: Mapping[str, bytes]) -> tuple[SolverAnswer, ...]:
        """What a solver who does not see the key answers, in two orders; () where there is no key to see.

        In the words of every level: those of the other cells stand around the new one.
        """
        course = parse_course(files).value
        read = parse_lesson(course, lesson, files).value if course else None
        if not course or not read or cell not in [one.id for one in asked_of(read)]:
            return ()
        tables = [dict(one.table) for one in cells_in(lesson, files[lesson_path(lesson)])]
        base = Seen(lesson, tables, _prints(files, lesson), asked_of(read))
        told = (
            (level, parse_lesson(course, lesson, files, overlay=level).value)
            for level in further_levels(course)
        )
        forms = [
            base,
            *(seen_at(level, base, read, one) for level, one in told if one and is_retold(one, [read])),
        ]
        answers: list[SolverAnswer] = []
        for seen in forms:
            subject = ", ".join([f"lesson {lesson}", *filter(None, [seen.level]), cell])
            asked = [one for one in seen.asked if one.id == cell]
            answers += await solved_blind(self.asker, subject, replace(seen, asked=asked))
        return tuple(answers)

    async def _another(
        self, cells: list[ReviewedCell], old: ReviewedCell, note: str, evidence: list[str]
    ) -> str:
        kind = str(old.table.get("kind", ""))
        if kind not in REPAIRERS:
            raise TutorError(f"A cell of kind {kind!r} cannot be made anew; it is as it was.")
        told: dict[str, Any] = {
            **self.telling.lesson(self.outline, self.outline.lesson_named(old.lesson)),
            "The lesson": [one.table for one in cells],
            "The cell": old.table,
            "The author wants it otherwise": note,
            "Versions that did not hold, and why": evidence,
        }
        if failures := self._failures().get(f"{old.lesson}/{old.id}", 0):
            told["Versions before these, none of which held"] = (
                failures * _MOST_TRIES
            )  # ask anew, not the same
        answer = await self.asker.ask(
            REPAIRERS[kind], f"lesson {old.lesson}, {old.id}", told, lambda given: _not_this(given.cell, old)
        )
        return cell_text(await self._table(answer.cell[0], old))

    def _failures(self) -> dict[str, int]:
        """How often all new versions of a cell did not hold."""
        try:
            said = json.loads(self.folder.get(_FAILURES) or b"{}")
        except ValueError:
            return {}
        return {str(k): v for k, v in said.items() if type(v) is int} if isinstance(said, dict) else {}

    def _note_failure(self, lesson: str, cell: str) -> None:
        failures = self._failures()
        place = f"{lesson}/{cell}"
        self.folder.put(_FAILURES, json.dumps({**failures, place: failures.get(place, 0) + 1}))

    async def _table(self, draft: Any, old: ReviewedCell) -> dict[str, Any]:
        if isinstance(draft, Passage):
            cited = with_citations(draft.text, self.telling.sources)
            return cell_table(draft.model_copy(update={"text": cited.text}))
        kept = {key: old.table[key] for key in ("objective", "bloom", "title") if key in old.table}
        table = {**cell_table(draft), **kept}
        if table.get("form") == "predict":
            course = parse_course(self.folder.files()).value
            table["stdout"] = await printed_by(self.trials, table["program"], course) if course else ""
        return table


def _prints(files: Mapping[str, bytes], lesson: str) -> dict[str, str]:
    """What each cell printed when the course was proven just now."""
    cells = json.loads(files[LOCK_FILE])["lessons"].get(lesson, {}).get("cells", {})
    return {
        cell: "".join(one.get("text", "") for one in entry.get("output", ()) if one.get("event") == "stream")
        for cell, entry in cells.items()
    }


def _not_this(cells: Any, old: ReviewedCell) -> list[str]:
    given = [(one.kind, one.id) for one in cells]
    wanted = (str(old.table["kind"]), old.id)
    return [] if given == [wanted] else [f"give one cell, of kind {wanted[0]} with the id {wanted[1]}"]

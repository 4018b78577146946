"""One cell of a written lesson made anew, with the author's note; the rest of the lesson is not touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing import lesson_path
from tui_tutor.studio.agents.repairer import REPAIRERS
from tui_tutor.studio.asking import Asker
from tui_tutor.studio.assembling import cell_table
from tui_tutor.studio.drafts import Passage
from tui_tutor.studio.grounding.citing import with_citations
from tui_tutor.studio.outline import Outline
from tui_tutor.studio.reviewing import Change, ReviewedCell, cell_text, cells_in, proven_with
from tui_tutor.studio.studio_folder import StudioFolder
from tui_tutor.studio.telling import Telling
from tui_tutor.studio.trials import Tell, Trials

_MOST_TRIES: Final = 3


@dataclass(frozen=True)
class Regenerator:
    """Makes cells anew, one at a time."""

    folder: StudioFolder
    outline: Outline
    asker: Asker
    telling: Telling
    trials: Trials

    async def regenerate(self, lesson: str, cell: str, note: str, tell: Tell) -> dict[str, bytes]:
        """The course's files with another cell, proven; TutorError where none came that holds."""
        found = list(cells_in(lesson, self.folder.files()[lesson_path(lesson)]))
        old = next((one for one in found if one.id == cell), None)
        if old is None:
            raise TutorError(f"There is no cell {cell} in {lesson} any more; nothing was changed.")
        evidence: list[str] = []
        for _ in range(_MOST_TRIES):
            text = await self._another(found, old, note, evidence)
            try:
                return await proven_with(
                    self.folder, self.trials, Change(lesson, cell, text), tell, is_model_s=True
                )
            except TutorError as error:
                if error.exit_code != 4:
                    raise
                evidence.append(f"{text}\n{error.message} {error.help}")
        raise TutorError(
            f"None of {_MOST_TRIES} new versions held: {evidence[-1].splitlines()[-1]}",
            help="The cell is as it was. Say more in the note, or edit it yourself.",
        )

    async def _another(
        self, cells: list[ReviewedCell], old: ReviewedCell, note: str, evidence: list[str]
    ) -> str:
        kind = str(old.table.get("kind", ""))
        if kind not in REPAIRERS:
            raise TutorError(f"A cell of kind {kind!r} cannot be made anew; it is as it was.")
        told = {
            **self.telling.lesson(self.outline, self.outline.lesson_named(old.lesson)),
            "The lesson": [one.table for one in cells],
            "The cell": old.table,
            "The author wants it otherwise": note,
            "Versions that did not hold, and why": evidence,
        }
        answer = await self.asker.ask(
            REPAIRERS[kind], f"lesson {old.lesson}, {old.id}", told, lambda given: _not_this(given.cell, old)
        )
        return cell_text(await self._table(answer.cell[0], old))

    async def _table(self, draft: Any, old: ReviewedCell) -> dict[str, Any]:
        if isinstance(draft, Passage):
            cited = with_citations(draft.text, self.telling.sources)
            return cell_table(draft.model_copy(update={"text": cited.text}))
        kept = {key: old.table[key] for key in ("objective", "bloom", "title") if key in old.table}
        table = {**cell_table(draft), **kept}
        if table.get("form") == "predict":
            _, table["stdout"] = await self.trials.printed(table["program"])
        return table


def _not_this(cells: Any, old: ReviewedCell) -> list[str]:
    given = [(one.kind, one.id) for one in cells]
    wanted = (str(old.table["kind"]), old.id)
    return [] if given == [wanted] else [f"give one cell, of kind {wanted[0]} with the id {wanted[1]}"]

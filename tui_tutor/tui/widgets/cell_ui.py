"""What the face alone knows of a cell: what is chosen, unfolded, zoomed. Nothing here is worth keeping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_tutor.core.course import ExerciseCell, ExerciseFile
from tui_tutor.core.plotting.axis import View
from tui_tutor.core.plotting.data import PlotData

EditPurpose = Literal["source", "answer", "input", "guess"]


@dataclass(frozen=True, slots=True)
class CellUi:
    """`chosen`: keys of options chosen but not answered yet; `cursor`: a point inspected in a plot."""

    chosen: frozenset[str] = frozenset()
    is_unfolded: bool = False
    view: View | None = None
    cursor: tuple[float, float] | None = None
    said: str = ""  # of the point under the cursor
    picked: PlotData | None = None
    file: int = 0  # which of an exercise's files is shown and edited
    slot: EditPurpose | None = None  # the editor stands in this cell
    slot_rows: int = 0

    def file_of(self, cell: ExerciseCell) -> ExerciseFile:
        """The chosen file; an author may have taken some away since it was chosen."""
        return cell.file[self.file % len(cell.file)]


PRISTINE = CellUi()

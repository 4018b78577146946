"""The demo: a recorded build that ships with the studio, replayed with real kernels and real proofs."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tui_tutor.studio.recorded import RecordedModel
    from tui_tutor.studio.studio_folder import StudioFolder

TRANSCRIPT: Final = "transcript.jsonl"


def begin_demo(folder: Path) -> tuple[StudioFolder, RecordedModel]:
    """A folder with the demo's brief, sources and prices, and the answers that were recorded for them."""
    from tui_tutor.core.errors import TutorError
    from tui_tutor.core.safe_text import safe_line
    from tui_tutor.studio.briefing import brief_of
    from tui_tutor.studio.grounding.ingesting import ingest, keep
    from tui_tutor.studio.recorded import RecordedModel
    from tui_tutor.studio.studio_folder import StudioFolder

    with as_file(files("tui_tutor.studio").joinpath("demo")) as shipped:
        transcript = RecordedModel.of(shipped / TRANSCRIPT)
        brief, beside = brief_of(str(shipped / "brief.toml"))
        if (folder / ".studio" / "brief.toml").is_file():
            there = StudioFolder.there(folder)
            if there.brief() != brief:
                shown = safe_line(str(folder))
                raise TutorError(
                    f"{shown} holds another course; it is as it was.", help="Name another with -o."
                )
            return there, transcript  # one that was ended goes on
        sources = ingest(brief.sources, beside)
        there = StudioFolder.begun(folder, brief)
        keep(sources, there.hidden)
        there.put("prices.toml", (shipped / "prices.toml").read_text("utf-8"))
    return there, transcript

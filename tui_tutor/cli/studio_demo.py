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
    from tui_tutor.studio.briefing import brief_of
    from tui_tutor.studio.grounding.ingesting import ingest, keep
    from tui_tutor.studio.recorded import RecordedModel
    from tui_tutor.studio.studio_folder import StudioFolder

    with as_file(files("tui_tutor.studio").joinpath("demo")) as shipped:
        transcript = RecordedModel.of(shipped / TRANSCRIPT)
        if (folder / ".studio" / "brief.toml").is_file():
            return StudioFolder.there(folder), transcript  # one that was ended goes on
        brief, beside = brief_of(str(shipped / "brief.toml"))
        sources = ingest(brief.sources, beside)
        there = StudioFolder.begun(folder, brief)
        keep(sources, there.hidden)
        there.put("prices.toml", (shipped / "prices.toml").read_text("utf-8"))
    return there, transcript

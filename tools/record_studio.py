"""Record a build of the studio: each question is laid into a folder, and answered by whoever writes the file.

    python tools/record_studio.py DIR QUEUE [TRANSCRIPT] [--brief FOLDER] [--industry CODE]
        [--known TRANSCRIPT --roles ROLE,ROLE]

DIR is where the course is built, QUEUE a folder: a question is QUEUE/ROLE/NUMBER.json with its agent,
subject, instruction, prompt and schema; NUMBER.answer beside it, when it is there, is the answer. FOLDER has
a brief.toml, the demo's otherwise, and a prices.toml if its prices are not the demo's; CODE is the industry
instead of the brief's. What an earlier recording holds is not asked again, where the very same is asked in
one of these roles. At the end the transcript is written, with the answers that a replay of it uses: a build
that was ended and changed leaves others behind. Tokens are counted as one for four characters, since nobody
counts them here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from tui_tutor.cli import studio
from tui_tutor.core.language_model import Call, LanguageModel, OnSaying, Reply, Saying, Usage
from tui_tutor.studio.answers import json_of
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.briefing import brief_of
from tui_tutor.studio.counting import most_tokens
from tui_tutor.studio.grounding.ingesting import ingest, keep
from tui_tutor.studio.recorded import RecordedModel, transcript_of
from tui_tutor.studio.studio_folder import StudioFolder

CHARACTERS = 4  # of a token
DEMO = Path(studio.__file__).parents[1] / "studio" / "demo"


@dataclass(frozen=True)
class Known:
    """An earlier recording, and the roles whose answers are taken from it."""

    model: RecordedModel
    roles: frozenset[str]

    def has(self, call: Call) -> bool:
        """Whether this very call was answered there."""
        return call.role in self.roles and self.model.has(call)


class QueueModel(LanguageModel):
    """Lays questions out and waits for their answers."""

    def __init__(self, queue: Path, known: Known | None = None) -> None:
        self._queue, self._known = queue, known
        self._number = max((int(one.stem) for one in queue.glob("*/*.json")), default=0)

    async def complete(self, call: Call, *, on_saying: OnSaying = lambda _: None) -> Reply:
        if self._known and self._known.has(call):
            return await self._known.model.complete(call, on_saying=on_saying)
        self._number += 1
        folder = self._queue / call.role
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / f"{self._number:03}.json"
        question = {
            "agent": call.agent,
            "subject": call.subject,
            "instruction": call.system,
            "prompt": call.prompt,
            "schema": call.schema,
        }
        place.with_suffix(".part").write_text(json.dumps(question, ensure_ascii=False, indent=1))
        place.with_suffix(".part").rename(place)
        began = time.monotonic()
        answer = place.with_suffix(".answer")
        while not answer.exists():  # noqa: ASYNC110 - somebody else writes it
            await asyncio.sleep(0.5)
        text = answer.read_text()
        asked = len(call.system) + len(call.prompt) + len(json.dumps(call.schema))
        usage = Usage(asked // CHARACTERS, len(text) // CHARACTERS)
        on_saying(Saying(call, usage.output_tokens))
        return Reply(text, json_of(text), "end", usage, call.model, round(time.monotonic() - began, 1))

    async def count_tokens(self, call: Call) -> int:
        return most_tokens(call)

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A folder with a brief, its sources and its prices, and an industry instead of the brief's."""

    brief: Path = DEMO
    industry: str = ""

    def at(self, folder: Path) -> StudioFolder:
        """A course that begins there, or the one that goes on there."""
        if (folder / ".studio" / "brief.toml").is_file():
            return StudioFolder.there(folder)
        brief, beside = brief_of(str(self.brief / "brief.toml"))
        own = {"industry": self.industry} if self.industry else {}
        there = StudioFolder.begun(folder, Brief.model_validate({**brief.model_dump(), **own}))
        keep(ingest(brief.sources, beside), there.hidden)
        own_prices = self.brief / "prices.toml"
        prices = own_prices if own_prices.is_file() else DEMO / "prices.toml"
        there.put("prices.toml", prices.read_text("utf-8"))
        return there


def record(beginning: Beginning, folder: Path, model: QueueModel, transcript: Path | None) -> None:
    """Build, and write what was answered."""
    there = beginning.at(folder)
    studio._say_made(build(there, model), folder, as_json=False)
    if transcript is not None:
        transcript.write_text(transcript_of(there.hidden))
        transcript.write_text(used_of(transcript, beginning))


def build(there: StudioFolder, model: Any) -> Any:
    """The course that these answers make there."""
    with studio._workshop(there, transcript=cast(RecordedModel, model)) as workshop:
        if there.outline() is None:
            studio._run(workshop, workshop.outline)
        return studio._run(workshop, workshop.build)


def used_of(transcript: Path, beginning: Beginning) -> str:
    """The lines of a transcript that a build asks for."""
    recorded = RecordedModel.of(transcript)
    with TemporaryDirectory() as scratch:
        build(beginning.at(Path(scratch) / "course"), recorded)
    lines = transcript.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if json.loads(line)["key"] not in recorded.unused)


def main() -> None:
    """Read the command line, and record."""
    words = argparse.ArgumentParser(description="Record a build of the studio.")
    words.add_argument("folder", type=Path)
    words.add_argument("queue", type=Path)
    words.add_argument("transcript", type=Path, nargs="?")
    words.add_argument("--brief", type=Path, default=DEMO)
    words.add_argument("--industry", default="")
    words.add_argument("--known", type=Path)
    words.add_argument("--roles", default="creative,extract")
    said = words.parse_args()
    roles = frozenset(said.roles.split(","))
    known = Known(RecordedModel.of(said.known), roles) if said.known else None
    beginning = Beginning(said.brief, said.industry)
    record(beginning, said.folder, QueueModel(said.queue, known), said.transcript)


if __name__ == "__main__":
    main()

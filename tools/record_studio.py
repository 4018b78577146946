"""Record a build of the studio: each question is laid into a folder, and answered by whoever writes the file.

    python tools/record_studio.py DIR QUEUE [TRANSCRIPT]

DIR is where the course is built (`tui_tutor/studio/demo` is its brief), QUEUE a folder: a question is
QUEUE/ROLE/NUMBER.json with its agent, subject, instruction, prompt and schema; NUMBER.answer beside it, when
it is there, is the answer. At the end the transcript is written, with the answers that a replay of it uses: a
build that was ended and changed leaves others behind. Tokens are counted as one for four characters, since
nobody counts them here.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from tui_tutor.cli import studio
from tui_tutor.cli.studio_demo import begin_demo
from tui_tutor.core.language_model import Call, LanguageModel, OnSaying, Reply, Saying, Usage
from tui_tutor.studio.answers import json_of
from tui_tutor.studio.counting import most_tokens
from tui_tutor.studio.recorded import RecordedModel, transcript_of

CHARACTERS = 4  # of a token


class QueueModel(LanguageModel):
    """Lays questions out and waits for their answers."""

    def __init__(self, queue: Path) -> None:
        self._queue = queue
        self._number = max((int(one.stem) for one in queue.glob("*/*.json")), default=0)

    async def complete(self, call: Call, *, on_saying: OnSaying = lambda _: None) -> Reply:
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


def main(folder: Path, queue: Path, transcript: Path | None) -> None:
    """Build, and write what was answered."""
    there, _ = begin_demo(folder)
    model: Any = QueueModel(queue)
    with studio._workshop(there, transcript=cast(RecordedModel, model)) as workshop:
        if there.outline() is None:
            studio._run(workshop, workshop.outline)
        made = studio._run(workshop, workshop.build)
    studio._say_made(made, folder, as_json=False)
    if transcript is not None:
        transcript.write_text(transcript_of(there.hidden))
        transcript.write_text(used_of(transcript))


def used_of(transcript: Path) -> str:
    """The lines of a transcript that a build asks for."""
    recorded = RecordedModel.of(transcript)
    with TemporaryDirectory() as scratch:
        there, _ = begin_demo(Path(scratch) / "course")
        with studio._workshop(there, transcript=recorded) as workshop:
            studio._run(workshop, workshop.outline)
            studio._run(workshop, workshop.build)
    lines = transcript.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if json.loads(line)["key"] not in recorded.unused)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)

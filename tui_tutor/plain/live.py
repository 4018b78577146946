"""Printing a run while it runs: each finished line once, the unfinished one when it can change no more."""

from __future__ import annotations

from tui_tutor.core.output import ImagePart, TextPart, Transcript, plain_lines
from tui_tutor.plain.lines import LineWriter


class LivePrinter:
    """Follows one transcript; `follow` may be called at any rate, `finish` once at the end."""

    def __init__(self, writer: LineWriter) -> None:
        self._writer = writer
        self._part = 0  # parts before this one are printed whole
        self._lines = 0  # lines of that part which are printed or dropped
        self.printed = 0
        self.heading = ""  # stands before the first line

    def follow(self, transcript: Transcript) -> None:
        """Print what can change no more."""
        parts = transcript.parts
        while self._part < len(parts):
            is_last = self._part == len(parts) - 1
            part = parts[self._part]
            if isinstance(part, TextPart):
                self._print_text(part, is_complete=not is_last)
            elif is_last and isinstance(part, ImagePart):
                return  # it may still be replaced by a newer picture
            else:
                self._say(plain_lines(part))
            if is_last and isinstance(part, TextPart):
                return  # it may still grow
            self._part += 1
            self._lines = 0

    def finish(self, transcript: Transcript) -> None:
        """Print the rest."""
        self.follow(transcript)
        if self._part < len(transcript.parts):
            part = transcript.parts[self._part]
            if isinstance(part, TextPart):
                self._print_text(part, is_complete=True)
            elif isinstance(part, ImagePart):
                self._say(plain_lines(part))
        self._part = len(transcript.parts)

    def _print_text(self, part: TextPart, *, is_complete: bool) -> None:
        first_kept = part.dropped
        if self._lines < first_kept:
            lost = first_kept - self._lines
            self._say([f"({lost} {'line' if lost == 1 else 'lines'} not shown)"])
            self._lines = first_kept
        until = part.line_count if is_complete else part.finished
        if part.stream == "stderr" and until and self._lines == first_kept == 0:
            self._say(["stderr:"])
        self._say([part.text(n) for n in range(self._lines - first_kept, until)])
        self._lines = first_kept + until

    def _say(self, lines: list[str]) -> None:
        if lines:
            self._head()
        self.printed += len(lines)
        self._writer.say(*lines)

    def _head(self) -> None:
        if self.heading:
            self._writer.say(self.heading)
            self.heading = ""

    def before_input(self, transcript: Transcript) -> str:
        """The unfinished line that stands before a question for input, after all that came before it."""
        self.follow(transcript)
        self._head()
        part = transcript.parts[-1] if transcript.parts else None
        is_open = isinstance(part, TextPart) and part.line_count > part.finished
        return part.text(part.finished) if isinstance(part, TextPart) and is_open else ""

"""Finding passages by words: SQLite's full-text index in memory, ranked by BM25. No embeddings."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Final, Self

from tui_tutor.core.errors import TutorError
from tui_tutor.studio.grounding.chunking import chunks_of
from tui_tutor.studio.grounding.source import Chunk, Source

MOST_QUERY_WORDS: Final = 64
_WORD: Final = re.compile(r"\w+")
_LONGEST_WORD: Final = 100


class SourceIndex:
    """The passages of some sources, to be found by words."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.chunks: tuple[Chunk, ...] = tuple(chunk for source in sources for chunk in chunks_of(source))
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        try:
            self._database.execute(
                "CREATE VIRTUAL TABLE passages "
                "USING fts5(words, tokenize='porter unicode61 remove_diacritics 2')"
            )
        except sqlite3.OperationalError as error:
            self._database.close()
            raise TutorError(
                "This Python's SQLite cannot search texts (it lacks FTS5), so sources cannot be used.",
                help="Use a Python whose SQLite has FTS5, or take `sources` out of the brief.",
            ) from error
        rows = ((number, chunk.text) for number, chunk in enumerate(self.chunks))
        self._database.executemany("INSERT INTO passages (rowid, words) VALUES (?, ?)", rows)

    def find(self, query: str, k: int = 8) -> tuple[Chunk, ...]:
        """The best `k` passages that have one of the query's words; the same ones each time."""
        wanted = match_expression(query)
        if not wanted or k < 1:
            return ()
        rows = self._database.execute(
            "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY bm25(passages), rowid LIMIT ?",
            (wanted, k),
        )
        return tuple(self.chunks[number] for (number,) in rows)

    def close(self) -> None:
        """Free the index."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def match_expression(query: str) -> str:
    """A query as FTS5 reads it: each word quoted, so that `NEAR`, `*` and quotes are words or nothing."""
    words = dict.fromkeys(word.casefold()[:_LONGEST_WORD] for word in _WORD.findall(query[:20_000]))
    return " OR ".join(f'"{word}"' for word in list(words)[:MOST_QUERY_WORDS])

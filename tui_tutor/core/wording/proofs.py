"""Who verified a course and when: said only while its files are those of the proof."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tui_tutor.core.lock import tree_hash_of
from tui_tutor.core.ports import OpenCourse


def proof_lines(opened: OpenCourse) -> tuple[str, ...]:
    """`verified here`, or `verified by the author on 2026-11-25`; nothing where no proof fits the files."""
    if on := _date_of(opened.verified_here()):
        return (f"verified here on {on}",)
    lock = opened.lock()
    if (on := _date_of(lock.get("at"))) and proves(lock, opened.source_hash()):
        return (f"verified by the author on {on}",)
    return ()


def proves(lock: Mapping[str, Any], tree_hash: str) -> bool:
    """Whether a lock was written for just these files; a lock is a claim all the same."""
    files = lock.get("files")
    if not isinstance(files, Mapping) or not all(isinstance(text, str) for text in files.values()):
        return False
    return tree_hash_of({str(name): text for name, text in files.items()}) == tree_hash


def _date_of(text: object) -> str:
    """The day of an ISO date or time, "" if it is none."""
    try:
        return date.fromisoformat(str(text)[:10]).isoformat()
    except ValueError:
        return ""

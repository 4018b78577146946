"""How far a course of the studio's is, and what it has cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tui_tutor.core.safe_text import safe_line

if TYPE_CHECKING:
    from tui_tutor.studio.ledger import Totals
    from tui_tutor.studio.studio_folder import StudioFolder


def _totals(folder: StudioFolder) -> Totals:
    from tui_tutor.studio.ledger import read_ledger, totals_of

    return totals_of(read_ledger(folder.hidden))


def status_json(folder: StudioFolder) -> dict[str, Any]:
    """The shape of `studio status --json`."""
    from tui_tutor.studio.changes import unproven
    from tui_tutor.studio.prices import NANO

    outline, totals, brief = folder.outline(), _totals(folder), folder.brief()
    written, left = folder.written_lessons(), _left(folder)
    return {
        "topic": brief.topic,
        "title": outline.title if outline else "",
        "lessons": [
            {"id": one.id, "title": one.title, "state": _state(one.id, written, left)}
            for one in (outline.lesson if outline else ())
        ],
        "published": (folder.root / "QUALITY.json").is_file(),
        "changed": list(unproven(folder.files())),
        "steps": _steps(folder),
        "spent_usd": totals.paid.cost / NANO,
        "replayed_usd": totals.replayed.cost / NANO,
        "set_aside_usd": totals.paid.unsettled / NANO,
        "cap_usd": brief.budget_usd,
        "estimated_usd": folder.estimate_usd,
        "agents": [
            {
                "agent": agent,
                "model": model,
                "calls": one.calls,
                "usd": one.cost / NANO,
                "seconds": round(one.seconds, 1),
                "input_tokens": one.usage.input_tokens,
                "output_tokens": one.usage.output_tokens,
            }
            for (agent, model), one in totals.lines.items()
        ],
    }


def _state(lesson: str, written: tuple[str, ...], left: frozenset[str]) -> str:
    return "written" if lesson in written else "left" if lesson in left else "outline"


def _left(folder: StudioFolder) -> frozenset[str]:
    return frozenset(path.stem for path in (folder.hidden / "left").glob("*.toml"))


def _steps(folder: StudioFolder) -> int:
    return sum(1 for _ in (folder.hidden / "steps").glob("*.json"))


def status_lines(folder: StudioFolder) -> Iterator[str]:
    """The same as text."""
    found = status_json(folder)
    yield safe_line(found["title"] or found["topic"])
    for one in found["lessons"]:
        yield f"  {one['state']:<8} {safe_line(one['title'])}"
    if not found["lessons"]:
        yield "  there is no outline yet: tui-tutor studio outline DIR makes one"
    yield ("published" if found["published"] else "not published") + f"; {found['steps']} answers are kept"
    if found["changed"]:
        changed = ", ".join(map(safe_line, found["changed"]))
        yield f"changed since it was proven: {changed}; a build proves it anew"
    replayed = f"; ${found['replayed_usd']:.4f} replayed" if found["replayed_usd"] else ""
    yield f"spent ${found['spent_usd']:.4f} of ${found['cap_usd']:.2f}{replayed}"
    for one in found["agents"]:
        tokens = f"{one['input_tokens']:,} in, {one['output_tokens']:,} out"
        yield f"  {safe_line(one['agent']):<26} {one['calls']:>3} calls  {tokens:<22}  ${one['usd']:.4f}"

"""`tui-tutor doctor`: whether all is well here, and the repair of the learner's record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tui_tutor.core.safe_text import safe_json, safe_line, safe_text

if TYPE_CHECKING:
    from tui_tutor.store.doctoring import Examined
    from tui_tutor.tui.terminal.sessions import SessionInfo


@click.command(epilog="Example: tui-tutor doctor")
@click.option(
    "--repair", "is_repairing", is_flag=True, help="Mend a damaged record; what is damaged is kept."
)
@click.option("--json", "is_json", is_flag=True, help="For programs: {record, sandbox, ...}.")
@click.pass_context
def command(ctx: click.Context, is_repairing: bool, is_json: bool) -> None:
    """Say whether all is well: your record of answers and its backups, the sandbox, the terminal, sessions.

    Exit code 1 if something is not.
    """
    from tui_tutor.cli.keeping import found_sessions, session_as_json
    from tui_tutor.cli.machine import examine_machine, machine_as_json, machine_lines
    from tui_tutor.cli.places import data_folder
    from tui_tutor.store.doctoring import examine_record, repair_record

    path = data_folder() / "progress.db"
    if is_repairing:
        click.echo(safe_line(repair_record(path)), err=is_json)
    record, machine = examine_record(path), examine_machine()
    sessions = found_sessions(data_folder())
    is_ill = bool(record.problem or machine.problems)
    if is_json:
        found = [session_as_json(info) for info in sessions]
        click.echo(
            safe_json({"record": record_as_json(record), **machine_as_json(machine), "sessions": found})
        )
    else:
        verdict = "Not all is well." if is_ill else "All is well."
        lines = [*record_lines(record), *machine_lines(machine), *session_lines(sessions), verdict]
        click.echo(safe_text("\n".join(lines)))
    ctx.exit(1 if is_ill else 0)


def record_as_json(record: Examined) -> dict[str, Any]:
    """The learner's record, for programs."""
    return {
        "path": str(record.path),
        "state": record.state,
        "records": record.records,
        "file_system": record.file_system,
        "journal": "wal" if record.has_log else "truncate",
        "backups": len(record.backups),
        "newest_backup": record.backups[-1].isoformat() if record.backups else None,
        "damaged_files": [str(aside) for aside in record.asides],
    }


def record_lines(record: Examined) -> list[str]:
    """The same for people."""
    lines = [f"record   {safe_line(str(record.path))}"]
    match record.state:
        case "none":
            lines.append("         not begun yet")
        case "sound":
            lines.append(f"         sound, {record.records:,} records")
        case "damaged":
            lines.append(f"         {record.problem} tui-tutor doctor --repair brings back what can be read.")
        case _:
            lines.append(f"         {record.problem}")
    journal = "write-ahead log" if record.has_log else "rollback journal: the disk may be another machine's"
    lines.append(f"         {journal} ({safe_line(record.file_system or 'unknown file system')})")
    newest = f", the newest of {record.backups[-1]:%Y-%m-%d %H:%M} UTC" if record.backups else ""
    lines.append(f"backups  {len(record.backups)}{newest}")
    if record.asides:
        lines.append(f"damaged  {len(record.asides)} kept; --repair adds what your record lacks of them")
    return lines


def session_lines(sessions: Sequence[SessionInfo]) -> list[str]:
    """Sessions that run, by the number that `attach` wants, and whether they outlive a logout."""
    from tui_tutor.cli.keeping import session_words
    from tui_tutor.cli.logout import KILLED_AT_LOGOUT, ends_all_at_logout

    lines = [f"sessions {len(sessions) or 'none'}{': tui-tutor attach goes back' if sessions else ''}"]
    lines += [f"         {info.pid:<8} {session_words(info)}" for info in sessions]
    return [*lines, f"         {KILLED_AT_LOGOUT}"] if ends_all_at_logout() else lines

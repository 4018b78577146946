"""`tui-tutor update COURSE`: its next version; what the learner did is never touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui_tutor.core.safe_text import safe_json, safe_line, safe_text

if TYPE_CHECKING:
    from tui_tutor.shelf.updating import Offer


@click.command(epilog="Example: tui-tutor update my-course --dry-run")
@click.argument("course")
@click.option("--dry-run", "is_dry", is_flag=True, help="Only show what is new; change nothing.")
@click.option("--from", "source", default="", metavar="SOURCE", help="Take it from here, and from now on.")
@click.option("--undo", "is_undoing", is_flag=True, help="Go back to the version before the last update.")
@click.option("--accept-key", is_flag=True, help="Take it although it is signed by another key than before.")
@click.option("--json", "is_json", is_flag=True, help="For programs: {id, before, after, cells, ...}.")
def command(  # noqa: PLR0917 - one argument for each option
    course: str, is_dry: bool, source: str, is_undoing: bool, accept_key: bool, is_json: bool
) -> None:
    """Bring an installed course to its next version, from where it came.

    Shows what is new, changed, moved and retired. Your answers, edits and files stay; answers go with the
    cells that were moved.
    """
    if is_undoing and source:
        raise click.UsageError("--undo and --from cannot be had at once.")
    from tui_tutor.cli.install import make_installer, progress_shown
    from tui_tutor.cli.wiring import make_store
    from tui_tutor.shelf.updating import offered

    installer = make_installer()
    store = make_store()
    try:
        places = store.places(course)
        with (
            progress_shown() as report,
            offered(installer, course, places, source=source, is_undoing=is_undoing, report=report) as offer,
        ):
            if not is_dry and offer.plan is not None and not accept_key:
                offer.checked.key.refuse()
            moves = None if is_dry else offer.take()
        if moves is not None:
            from tui_tutor.cli.wiring import finish_updates

            finish_updates(store, installer.data)
    finally:
        store.close()
    _say(offer, is_dry=is_dry, is_json=is_json, is_undoing=is_undoing)


def _say(offer: Offer, *, is_dry: bool, is_json: bool, is_undoing: bool) -> None:
    plan = offer.plan
    name = safe_line(f"{offer.checked.course.title} {offer.checked.course.version}")
    if is_json:
        told = plan.as_json() if plan else {"id": offer.checked.course.id}
        click.echo(safe_json(told | {"is_new": plan is not None, "is_done": plan is not None and not is_dry}))
    elif plan is None:
        click.echo(safe_text(f"{name} is the newest there is."))
    else:
        click.echo(safe_text("\n".join(plan.lines())))
        done = "Back at the version before" if is_undoing else "Updated"
        click.echo(
            "Nothing was changed: this was a dry run." if is_dry else safe_text(f"{done}. Your work is kept.")
        )

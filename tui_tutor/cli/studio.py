"""`tui-tutor studio`: a brief becomes a course, which is published only after it has been run and proven."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_json, safe_line, safe_text

if TYPE_CHECKING:
    from tui_tutor.studio.outline import Outline
    from tui_tutor.studio.studio_folder import StudioFolder
    from tui_tutor.studio.workshop import Made, Workshop

NOT_PUBLISHED: Final = 4
Value = TypeVar("Value")
_directory = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_yes = click.option("--yes", "-y", is_flag=True, help="Do not ask before money is spent.")
_json = click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")


class _Studio(click.Group):
    """Whatever a file system refuses is a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.filename is None or isinstance(error, BrokenPipeError):
                raise  # of what is printed
            place, reason = safe_line(str(error.filename)), (error.strerror or str(error)).lower()
            raise TutorError(
                f"The disk refused: {reason} ({place}).",
                help="Mend its rights, or free space, then do it again: what was made before is kept.",
            ) from error


@click.group(
    "studio", cls=_Studio, epilog='Example: tui-tutor studio new "Hash tables, for nurses" -o hash-tables'
)
def command() -> None:
    """Make a course of a brief with AI agents. It is published only after it has been run and proven."""


@command.command("new", epilog="Example: tui-tutor studio new brief.toml -o my-course")
@click.argument("said", metavar="BRIEF")
@click.option("-o", "--output", "folder", metavar="DIR", type=click.Path(path_type=Path), required=True)
@_yes
def new(said: str, folder: Path, yes: bool) -> None:
    """Begin a course in DIR: objectives, prerequisites and an outline, for you to change.

    BRIEF is a sentence, or a brief.toml (docs/studio.md shows every key).
    """
    from tui_tutor.studio.briefing import brief_of
    from tui_tutor.studio.choosing_models import choose
    from tui_tutor.studio.grounding.ingesting import ingest, keep
    from tui_tutor.studio.studio_folder import StudioFolder

    brief, beside = brief_of(said)
    choose(brief, os.environ)  # refused before anything is made
    sources = ingest(brief.sources, beside)
    made = StudioFolder.begun(folder, brief)
    keep(sources, made.hidden)
    if (own := beside / "prices.toml").is_file() and beside != folder:
        made.put("prices.toml", own.read_text("utf-8", "replace"))
    _make_outline(made, is_agreed=yes)


@command.command("outline", epilog="Example: tui-tutor studio outline my-course --edit")
@_directory
@click.option("--edit", is_flag=True, help="Open the outline in $EDITOR.")
@_json
@_yes
def outline(folder: Path, edit: bool, as_json: bool, yes: bool) -> None:
    """Show the outline of the course in DIR, and what going on will cost; make it if there is none."""
    from tui_tutor.studio.studio_folder import StudioFolder

    there = StudioFolder.there(folder)
    if there.outline() is None:
        _make_outline(there, is_agreed=yes)
        return
    if edit:
        _edit(there)
    _show_outline(there, as_json=as_json)


@command.command("build", epilog="Example: tui-tutor studio build my-course --yes")
@_directory
@_json
@_yes
@click.pass_context
def build(ctx: click.Context, folder: Path, as_json: bool, yes: bool) -> None:
    """Write, run and prove every lesson of DIR that is not written yet, and publish the course there.

    A build that was ended goes on where it was. Exit code 4 if the course cannot be published.
    """
    from tui_tutor.studio.studio_folder import StudioFolder

    there = StudioFolder.there(folder)
    if there.outline() is None:
        _make_outline(there, is_agreed=yes)
    with _workshop(there) as workshop:
        outline = _outline_of(there)
        _agree(workshop.price_of_building(outline).dollars, workshop, is_agreed=yes)
        made = _run(workshop, workshop.build)
    _say_made(made, folder, as_json=as_json)
    ctx.exit(0 if made.is_published else NOT_PUBLISHED)


@command.command("status", epilog="Example: tui-tutor studio status my-course")
@_directory
@_json
def status(folder: Path, as_json: bool) -> None:
    """Say how far the course in DIR is, and what it has cost."""
    from tui_tutor.cli.studio_status import status_json, status_lines
    from tui_tutor.studio.studio_folder import StudioFolder

    there = StudioFolder.there(folder)
    if as_json:
        click.echo(safe_json(status_json(there)))
        return
    for line in status_lines(there):
        click.echo(safe_text(line))


@command.command("demo", epilog="Example: tui-tutor studio demo -o demo-course")
@click.option("-o", "--output", "folder", metavar="DIR", type=click.Path(path_type=Path), required=True)
@_json
@click.pass_context
def demo(ctx: click.Context, folder: Path, as_json: bool) -> None:
    """Build a whole course from a recorded transcript: no key, no network, real kernels and proofs."""
    from tui_tutor.cli.studio_demo import begin_demo

    there, transcript = begin_demo(folder)
    click.echo("The models' answers are recorded; what runs and proves the course is real.", err=True)
    with _workshop(there, transcript=transcript) as workshop:
        if there.outline() is None:
            _run(workshop, workshop.outline)
        made = _run(workshop, workshop.build)
    _say_made(made, folder, as_json=as_json)
    ctx.exit(0 if made.is_published else NOT_PUBLISHED)


@command.command("open", epilog="Example: tui-tutor studio open my-course")
@_directory
@click.option("--ascii", "is_ascii", is_flag=True, help="Draw with ASCII characters only.")
@click.pass_context
def open_(ctx: click.Context, folder: Path, is_ascii: bool) -> None:
    """Work on the course in DIR on a screen: brief, outline, build, and then cell by cell.

    A DIR that is not there yet begins with the brief.
    """
    from tui_tutor.cli.studio_screen import run_studio

    ctx.exit(run_studio(folder, is_ascii=is_ascii))


# --- the work -------------------------------------------------------------------------------------------


@contextmanager
def _workshop(folder: StudioFolder, *, transcript: Any = None) -> Iterator[Workshop]:
    from tui_tutor.cli.studio_wiring import open_workshop

    progress = _Progress()
    with open_workshop(folder, progress.news, progress.saying, transcript=transcript) as workshop:
        progress.workshop = workshop
        yield workshop
        progress.end()


def _run(workshop: Workshop, work: Callable[[], Awaitable[Value]]) -> Value:
    """Do it; Ctrl+C keeps every call that was answered."""
    from tui_tutor.cli.studio_wiring import run_and_close

    try:
        return run_and_close(workshop, work)
    except KeyboardInterrupt:
        click.echo("\nStopped. Every answer that came is kept: build again and it goes on there.", err=True)
        raise click.exceptions.Abort from None


def _make_outline(folder: StudioFolder, *, is_agreed: bool) -> None:
    with _workshop(folder) as workshop:
        _agree(workshop.price_of_outline().dollars, workshop, is_agreed=is_agreed)
        _run(workshop, workshop.outline)
    _show_outline(folder, as_json=False)


def _agree(dollars: float, workshop: Workshop, *, is_agreed: bool) -> None:
    """The price before it is spent. On a terminal it is asked for; a pipe needs --yes, unless it is free."""
    from tui_tutor.studio.choosing_models import choose
    from tui_tutor.studio.prices import dollars_text, nano_of

    for note in choose(workshop.brief, os.environ).notes:
        click.echo(f"Note: {safe_line(note)}", err=True)
    spent, cap = (
        dollars_text(nano_of(one)) for one in (workshop.money().spent_usd, workshop.brief.budget_usd)
    )
    price = f"About ${dollars:.2f}; spent {spent} of {cap}, which is never exceeded."
    click.echo(safe_text(price), err=True)
    if is_agreed or dollars == 0:
        return
    if not sys.stdin.isatty():
        place = safe_line(str(workshop.folder.root))
        raise TutorError(
            "Nobody can be asked whether to spend that; nothing was asked.",
            help=f"Go on with --yes: tui-tutor studio build {place} --yes, or outline {place} --yes alone",
        )
    if not click.confirm("Go on?", default=True, err=True):
        raise TutorError("Nothing was spent.", help="What there is is kept; build when you like.")


def _outline_of(folder: StudioFolder) -> Outline:
    outline = folder.outline()
    assert outline is not None, "it was made just now"
    return outline


def _edit(folder: StudioFolder) -> None:
    from tui_tutor.studio.outline import OUTLINE_FILE, read_outline

    before = (folder.get(OUTLINE_FILE) or b"").decode("utf-8", "replace")
    after = click.edit(before, extension=".toml")
    if after is None or after == before:
        click.echo("The outline is as it was.", err=True)
        return
    try:
        outline = read_outline(after.encode("utf-8", "replace"))
        with folder.held():
            folder.put(OUTLINE_FILE, after)
            folder.show_outline(folder.brief(), outline)
    except TutorError as error:
        folder.put(f"{OUTLINE_FILE}.rejected", after)
        kept = f"What you wrote is in {folder.hidden / OUTLINE_FILE}.rejected."
        raise TutorError(
            error.message, help=f"{error.help} {kept}".strip(), exit_code=error.exit_code
        ) from error


# --- telling --------------------------------------------------------------------------------------------


def _show_outline(folder: StudioFolder, *, as_json: bool) -> None:
    from tui_tutor.cli.studio_wiring import price_of_building

    outline, brief = _outline_of(folder), folder.brief()
    dollars = price_of_building(folder, brief, outline)
    if as_json:
        click.echo(safe_json({**outline.model_dump(mode="json"), "price_usd": dollars}))
        return
    for line in outline_lines(outline):
        click.echo(safe_text(line))
    place = safe_line(str(folder.root))
    change = f"change it with tui-tutor studio outline {place} --edit"
    click.echo(safe_text(f"\nIt is in {place}/.studio/outline.toml: {change}"))
    price = f", about ${dollars:.2f}" if dollars is not None else ""
    click.echo(safe_text(f"Then: tui-tutor studio build {place}{price}"))


def outline_lines(outline: Outline) -> Iterator[str]:
    """The outline as text: objectives with their levels, lessons with theirs."""
    yield _on_one_line(outline.title)
    yield _on_one_line(outline.summary)
    yield ""
    for objective in outline.objective:
        needs = f"  (after {', '.join(objective.requires)})" if objective.requires else ""
        text = _on_one_line(objective.text)
        yield f"  {objective.id:<20.20} {objective.bloom:<10} {text}{needs}"
    for number, lesson in enumerate(outline.lesson, 1):
        yield ""
        facts = f"{lesson.minutes} min · {lesson.bloom} · {', '.join(lesson.objectives)}"
        yield f"{number}. {_on_one_line(lesson.title)} · {facts}"
        yield f"   {_on_one_line(lesson.objective)}"


def _on_one_line(text: str) -> str:
    """A model's words, which must not look like lines of ours."""
    return safe_line(" ".join(text.split()), limit=2_000)


def _say_made(made: Made, folder: Path, *, as_json: bool) -> None:
    if as_json:
        from tui_tutor.studio.quality import as_values

        click.echo(safe_json(as_values(made.quality) if made.quality else {}))
        return
    for line in made_lines(made, folder):
        click.echo(safe_text(line))


def made_lines(made: Made, folder: Path) -> Iterator[str]:
    """What came of a build, what stopped it, what was left out, and what to do."""
    hard = [one for one in made.result.findings if one.is_hard]
    yield from (one.as_text() for one in hard)
    for lesson, reasons in made.result.left.items():
        yield f"{lesson}: left for you: {_on_one_line(reasons[0])}"
    if made.quality is not None:
        yield from _figures(made)
    if made.is_published:
        yield f"The course is in {folder}: tui-tutor learn {folder}/"
        yield f"What was proven and what nobody checked: {folder}/QUALITY.md"
    else:
        report = "; the report is .studio/QUALITY.md" if made.quality is not None else ""
        yield f"It is not published. What was made is kept in .studio/{report}."
        yield f"Change the outline, or the brief, then: tui-tutor studio build {folder}"


def _figures(made: Made) -> Iterator[str]:
    assert made.quality is not None
    proof, dropped = made.quality.proof, len(made.quality.dropped)
    yield f"{proof.cells} cells ran {proof.runs} times each; {dropped} dropped"
    mutants = f"{proof.killed} of {proof.mutants} mutants caught"
    yield f"{proof.solved} of {proof.exercises} exercises proven, {mutants}"
    yield f"{proof.agreed} of {proof.questions} questions solved without their keys"
    how = "recorded" if made.quality.making.is_replayed else "spent"
    told = made.quality.estimated_usd
    estimate = f"; ${told:.2f} was estimated" if told is not None else ""
    yield f"${made.quality.spent_usd:.4f} {how} of ${made.quality.cap_usd:.2f}{estimate}"


class _Progress:
    """A line on a terminal that says what goes on; elsewhere a line for each stage of each lesson."""

    def __init__(self) -> None:
        self.workshop: Workshop | None = None
        self._is_terminal = sys.stderr.isatty()
        self._said: set[tuple[str, str]] = set()
        self._shown_at = 0.0
        self._what = ""
        self._proven: dict[str, int] = {}

    def news(self, news: Any) -> None:
        """Something begins or is done."""
        self._proven[news.lesson] = max(news.cells_proven, self._proven.get(news.lesson, 0))
        where = f"{news.lesson}: " if news.lesson else ""
        self._what = f"{where}{news.stage} {news.what}"
        if self._is_terminal:
            self._draw(0)
        elif (news.stage, news.lesson) not in self._said:
            self._said.add((news.stage, news.lesson))
            click.echo(safe_line(f"{where}{news.stage}"), err=True)

    def saying(self, saying: Any) -> None:
        """Tokens of an answer come."""
        if saying.note and not self._is_terminal:
            click.echo(safe_line(f"{saying.call.agent}: {saying.note}"), err=True)
        if self._is_terminal and time.monotonic() - self._shown_at > 0.1:
            self._what = f"{saying.call.agent}, {saying.call.subject} {saying.note}"
            self._draw(saying.output_tokens)

    def _draw(self, tokens: int) -> None:
        self._shown_at = time.monotonic()
        spent = f"${self.workshop.money().spent_usd:.2f}" if self.workshop else ""
        figures = f"{sum(self._proven.values())} proven  {spent}{f'  {tokens} tokens' if tokens else ''}"
        click.echo(f"\r{safe_line(self._what):<50.50}  {safe_line(figures):<27.27}\x1b[K", nl=False, err=True)

    def end(self) -> None:
        """Leave a clean line."""
        if self._is_terminal:
            click.echo(f"\r{'':79}\r\x1b[K", nl=False, err=True)

"""A lesson on the screen: keys become events of the study, and the study is drawn. It decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen

from tui_tutor.core.course import Cell
from tui_tutor.core.ports import Record
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import (
    Event,
    HintAsked,
    InterruptRequested,
    LessonClosed,
    LessonOpened,
    NoticeRead,
    RestartRequested,
    RunAboveRequested,
    SaveRetried,
    SolutionAsked,
    Stored,
)
from tui_tutor.core.study.revising import moved_in
from tui_tutor.core.wording.labels import plain_label
from tui_tutor.session.course_session import CourseSession
from tui_tutor.session.performing import Performer
from tui_tutor.session.retelling import retell
from tui_tutor.tui.screens.answering import Answers
from tui_tutor.tui.screens.cell_moves import CellMoves
from tui_tutor.tui.screens.cell_work import CellWork
from tui_tutor.tui.screens.editing_desk import EditingDesk
from tui_tutor.tui.screens.lesson_bindings import LESSON_BINDINGS
from tui_tutor.tui.screens.lesson_frame import LessonFrame
from tui_tutor.tui.screens.lesson_sheets import LessonSheets
from tui_tutor.tui.screens.pacing import Pacing
from tui_tutor.tui.screens.plot_inspector import PlotInspector
from tui_tutor.tui.screens.prompting import Prompts
from tui_tutor.tui.widgets.divider import Divider
from tui_tutor.tui.widgets.editor import Editor
from tui_tutor.tui.widgets.lesson_page import LessonPage
from tui_tutor.tui.wishes import LessonWished, OutlineWished, ResultsWished, RetellWished, SearchWished

WIDE: Final = 120
PREWARM_AFTER_S: Final = 0.1
SAVE_AGAIN_S: Final = 5.0


class LessonScreen(Screen[None]):
    """`study` is the lesson as it was left; `session` is shared by all lessons of the course."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    LessonScreen #aside, LessonScreen Divider { display: none; }
    LessonScreen #aside { width: 34; }
    LessonScreen.-wide #aside, LessonScreen.-wide Divider { display: block; }
    LessonScreen Horizontal { height: 1fr; }
    LessonScreen.-wide LessonPage { margin: 0 0 0 1; }
    """
    BINDINGS = LESSON_BINDINGS

    def __init__(self, ref: str, study: Study, session: CourseSession, *, cell_id: str = "") -> None:
        super().__init__()
        self._ref = ref
        self._start_at = cell_id
        self.session = session
        self._sheets = LessonSheets(self)
        self._pacing = Pacing(self, self._show_study)
        self.performer = Performer(
            study, session, on_change=self._pacing.change, ask_trust=self._sheets.ask_trust
        )
        self.page = LessonPage(study, session.adapters.clock.now, session.opened.asset)
        self.page.take_input = self._take_input
        self._answers = Answers(self)
        self._desk = EditingDesk(self, self._answers)
        self._frame = LessonFrame(self, self._desk)
        self._prompts = Prompts(self, self._desk)
        self._inspector = PlotInspector(self)
        self._moves = CellMoves(self, self._desk, self._inspector)
        self._work = CellWork(
            self,
            desk=self._desk,
            answers=self._answers,
            prompts=self._prompts,
            inspector=self._inspector,
            moves=self._moves,
        )

    # --- what the app and the parts ask ---------------------------------------------------------

    @property
    def place(self) -> tuple[str, str]:
        """(ref of the course, id of the lesson) shown."""
        return self._ref, self.study.lesson.id

    def what_runs(self) -> str:
        """Such as `In [7]`; "" when nothing runs."""
        study = self.study
        if not study.running:
            return ""
        cell = study.cell(study.running)
        return plain_label(cell, study.number_of(cell.id), study.state(cell.id).count)

    @property
    def study(self) -> Study:
        return self.performer.study

    @property
    def cell(self) -> Cell:
        return self.page.focused_cell

    def now(self) -> datetime:
        return self.session.adapters.clock.now()

    def take_records(self, records: Sequence[Record]) -> None:
        """What another instance recorded here, as if it were our own; what is typed here stays."""
        place = (self.study.course.id, self.study.lesson.id)
        here = tuple(one for one in records if (one.course, one.lesson) == place)
        if here:
            self.dispatch(Stored(here, self.now()))
        self.draw()

    def dispatch(self, event: Event) -> None:
        self.performer.dispatch(event)

    def ask(self, event: Event) -> None:
        """A wish about the focused cell: what comes of it should be seen, what was said before is over."""
        self.page.follow(self.cell.id)
        self.read_notice()
        self.performer.dispatch(event)

    def read_notice(self) -> None:
        self.unsay()
        if self.study.notice is not None and not self.study.notice.is_alarm:
            self.dispatch(NoticeRead(self.now()))

    def say(self, sentence: str) -> None:
        """Say something until the learner's next wish."""
        self._frame.said = sentence
        self.draw_footer()

    def unsay(self) -> None:
        self._frame.said = ""

    # --- building -------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        # Known before the first layout, so that the page is set and drawn once.
        self.set_class(self.app.size.width >= WIDE, "-wide")
        with Horizontal():
            yield self._frame.aside
            yield Divider()
            yield self.page
        yield self._frame.footer

    def on_mount(self) -> None:
        self.page.focus()
        self.dispatch(LessonOpened(self.now()))
        start = self._start_at or self.study.at_cell
        if self.page.study.lesson.cell_by_id(start) is not None:
            self.page.focus_cell(start, reveal=False)
            self.call_after_refresh(self.page.focus_cell, start)
        self.draw()
        # The first refresh may come before the first picture, which imports would keep waiting.
        self.set_timer(PREWARM_AFTER_S, self.performer.prewarm)
        self.set_interval(SAVE_AGAIN_S, self.performer.save_again)

    def on_resize(self) -> None:
        self.set_class(self.size.width >= WIDE, "-wide")
        self.draw()
        self.call_after_refresh(self._settle_size)

    def _settle_size(self) -> None:
        """Once the page has its width: what is looked at stays in view."""
        self.draw()
        if self._inspector.is_open:
            self.page.focus_cell(self.cell.id)
        self._desk.fit()
        self._desk.follow_cursor()

    async def on_unmount(self) -> None:
        self._desk.keep()
        self.dispatch(LessonClosed(self.now()))
        await self.performer.close()

    # --- drawing --------------------------------------------------------------------------------

    def _show_study(self) -> None:
        if self.study.lesson is not self.page.study.lesson:
            self._revise_page(self.study)
        self.page.show(self.study)
        self.draw()
        self._prompts.show(self.study)

    def _revise_page(self, study: Study) -> None:
        """What is open over a cell stays only where the cell says what it said."""
        moved = moved_in(self.page.study.lesson, study.lesson)
        task = self._desk.editor.task_of_edit if self._desk.editor is not None else None
        self.page.revise(study, moved)
        if task is None or self._desk.editor is None:
            return
        is_same = moved.get(task.cell_id, task.cell_id) == task.cell_id and task.cell_id in study.cells
        is_kept = task.purpose != "source" or self._desk.editor.text == self._text_of(task.cell_id, task.path)
        if not (is_same and is_kept):
            self._desk.close(keep=False)

    def _text_of(self, cell_id: str, path: str) -> str:
        state = self.study.cells.get(cell_id)
        return "" if state is None else state.files.get(path, "") if path else state.source

    def retell(self, words: str) -> None:
        """The course is told at another level or in another language; what was done here stays."""
        self._desk.keep()
        is_told = retell(self.performer)
        self._frame.course_changed()
        self.say(words if is_told else "This lesson cannot be read so now: it stays as it was.")
        self.draw()

    def draw(self) -> None:
        self._frame.draw(self.size.width, is_wide=self.has_class("-wide"))

    def draw_footer(self) -> None:
        self._frame.draw_footer(self.size.width)

    # --- moving ---------------------------------------------------------------------------------

    def action_cell(self, count: int) -> None:
        self._moves.go_after_typing(count)

    def action_lesson(self, count: int) -> None:
        lessons = self.study.course.lessons
        place = self.study.number - 1 + count
        if self._stays():
            return
        if 0 <= place < len(lessons):
            self._desk.close()
            self.post_message(LessonWished(self._ref, lessons[place]))
        else:
            self.say("This is the last lesson." if count > 0 else "This is the first lesson.")

    def action_scroll(self, count: int) -> None:
        if self._inspector.is_open:
            self._inspector.move(0, -count)
        else:
            self.page.scroll_rows(count)

    def action_page(self, count: int) -> None:
        self.page.page_rows(count)

    def action_top(self) -> None:
        self.page.scroll_to_start()

    def action_bottom(self) -> None:
        self.page.scroll_to_end()

    def action_back(self) -> None:
        if self._inspector.is_open:
            self._inspector.close()
        elif self.study.unsaved:
            self.dispatch(SaveRetried(self.now()))
        elif not self._stays():
            self.app.pop_screen()

    def _stays(self) -> bool:
        """Leaving ends what runs, so it takes a second wish."""
        warning = f"{self.what_runs()} is still running. The same key again stops it and leaves."
        if not self.study.running or self._frame.said == warning:
            return False
        self.say(warning)
        return True

    @on(LessonPage.Clicked)
    def _clicked(self, message: LessonPage.Clicked) -> None:
        if message.cell_id != self.cell.id:
            self._moves.jump(message.cell_id)
        elif message.target == "source" and self._desk.editor is None:
            self.action_enter()
        elif message.target == "traceback":
            self.action_traceback()
        if message.target.startswith("file "):
            self._desk.after_typing(partial(self._work.go_to_file, int(message.target[5:])))
        if message.target.startswith("option "):
            self._answers.toggle(message.target.removeprefix("option "))

    # --- running --------------------------------------------------------------------------------

    def action_run(self) -> None:
        self._desk.after_typing(self._work.run)

    def action_run_on(self) -> None:
        self._desk.after_typing(self._work.run_and_go_on)

    def action_run_above(self) -> None:
        self.ask(RunAboveRequested(self.cell.id, self.now()))

    def action_check(self) -> None:
        self._work.check()

    def action_interrupt(self) -> None:
        self.dispatch(InterruptRequested(self.now()))

    def action_stop_or_copy(self) -> None:
        self._work.stop_or_copy()

    def action_restart(self) -> None:
        self.dispatch(RestartRequested(self.now()))

    # --- working in a cell ----------------------------------------------------------------------

    def action_enter(self) -> None:
        self._work.enter()

    def action_scratch(self) -> None:
        self._work.open_scratch()

    def action_choose(self, number: int) -> None:
        self._answers.choose(number)

    def action_hint(self) -> None:
        self.ask(HintAsked(self.cell.id, self.now()))

    def action_solution(self) -> None:
        self.ask(SolutionAsked(self.cell.id, self.now()))

    def action_file(self) -> None:
        self._desk.after_typing(self._work.go_to_next_file)

    def action_reset(self) -> None:
        self._work.reset()

    def action_traceback(self) -> None:
        self._work.fold_traceback()

    # --- keys and the editor --------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        self._inspector.take_key(event)

    def _take_input(self, event: events.Key | events.Paste) -> bool:
        """Keys that open an editor do so before the next key is looked at, which is the editor's then."""
        if self._desk.editor is not None:
            return self._desk.take_ahead(event)
        if not isinstance(event, events.Key) or event.key not in ("enter", "x"):
            return False
        self.action_enter() if event.key == "enter" else self.action_scratch()
        return True

    @on(Editor.Said)
    def _hear_editor(self, message: Editor.Said) -> None:
        self._desk.hear(message)

    @on(Editor.Changed)
    def _edited(self) -> None:
        self._desk.edited()

    @on(Editor.SelectionChanged)
    def _follow_cursor(self) -> None:
        self._desk.follow_cursor()

    @on(LessonPage.Placed)
    def _place_editor(self) -> None:
        self._desk.place()

    # --- around ---------------------------------------------------------------------------------

    def action_install(self) -> None:
        self._sheets.install()

    def action_output(self) -> None:
        self._sheets.show_output()

    def action_links(self) -> None:
        self._sheets.show_links()

    def action_outline(self) -> None:
        self.post_message(OutlineWished(self._ref))

    def action_level(self) -> None:
        self.post_message(RetellWished(self._ref))

    def action_results(self) -> None:
        self.post_message(ResultsWished(self._ref))

    def action_search(self) -> None:
        self.post_message(SearchWished(self._ref))

    def action_redraw(self) -> None:
        from tui_tutor.tui.terminal.frugal import redraw

        redraw(self.app)

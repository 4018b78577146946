"""A lesson on the screen: keys become events of the study, and the study is drawn. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import ClassVar, Final, Literal

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets.text_area import Selection

from tui_tutor.core.course import (
    Cell,
    ChoiceQuiz,
    ExerciseCell,
    PredictQuiz,
    QuizBase,
    QuizCell,
    ReflectQuiz,
    VizCell,
)
from tui_tutor.core.execution import Completions, InputAsked
from tui_tutor.core.grading.quizzes import parse_typed, typed_of
from tui_tutor.core.grading.rejection import Rejected
from tui_tutor.core.grading.showing import shown
from tui_tutor.core.progress import LessonState, outline_from_facts, state_of
from tui_tutor.core.prose.lines import cells_in
from tui_tutor.core.study import Study
from tui_tutor.core.study.events import (
    CellEntered,
    CellReset,
    CheckRequested,
    Event,
    HintAsked,
    InputGiven,
    InterruptRequested,
    LessonClosed,
    LessonOpened,
    NoticeRead,
    OutputGuessed,
    QuizAnswered,
    RestartRequested,
    RunAboveRequested,
    RunRequested,
    SaveRetried,
    SolutionAsked,
    SourceEdited,
    TrustAnswered,
)
from tui_tutor.core.study.state import SCRATCH, is_runnable
from tui_tutor.core.wording.labels import plain_label
from tui_tutor.session.course_session import CourseSession
from tui_tutor.session.performing import Performer
from tui_tutor.tui.screens.lesson_header import aside, header_rows, next_words
from tui_tutor.tui.screens.lesson_keys import footer_keys, footer_states
from tui_tutor.tui.widgets.cell_ui import CellUi
from tui_tutor.tui.widgets.code_text import is_prose
from tui_tutor.tui.widgets.completion import CompletionPopup, worth_offering
from tui_tutor.tui.widgets.divider import Divider
from tui_tutor.tui.widgets.drawing import look_of
from tui_tutor.tui.widgets.editor import Editor, Task
from tui_tutor.tui.widgets.folding import word_breaks
from tui_tutor.tui.widgets.footer import Footer
from tui_tutor.tui.widgets.lesson_page import LessonPage
from tui_tutor.tui.widgets.page import Page, Sheetful
from tui_tutor.tui.widgets.quiz_cell import multiple
from tui_tutor.tui.wishes import LessonWished, OutlineWished, ResultsWished, SearchWished

WIDE: Final = 120
SAVE_AFTER_S: Final = 1.0
PREWARM_AFTER_S: Final = 0.1
SHOW_BEGUN_AFTER_S: Final = 0.03
COMPLETE_AFTER_S: Final = 0.08
SHORTEST_WORD: Final = 2  # of which completions are offered unasked


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
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "run", "Run the cell", show=False),
        Binding("shift+f5", "run_on", "Run the cell and go on", show=False),
        Binding("f9", "interrupt", "Interrupt what runs", show=False),
        Binding("f8", "restart", "Restart the kernel", show=False),
        Binding("ctrl+c", "stop_or_copy", show=False),
        Binding("ctrl+down", "cell(1)", "Next cell", show=False),
        Binding("ctrl+up", "cell(-1)", "Previous cell", show=False),
        Binding("ctrl+pagedown", "lesson(1)", "Next lesson", show=False),
        Binding("ctrl+pageup", "lesson(-1)", "Previous lesson", show=False),
        Binding("j", "cell(1)", show=False),
        Binding("k", "cell(-1)", show=False),
        Binding("n", "lesson(1)", show=False),
        Binding("p", "lesson(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "top", show=False),
        Binding("end", "bottom", show=False),
        Binding("enter", "enter", "Edit, answer or look closer", show=False),
        Binding("c", "check", "Check the answer", show=False),
        Binding("h", "hint", "Next hint", show=False),
        Binding("s", "solution", "Solution, after an attempt", show=False),
        Binding("r", "reset", "The cell as the author wrote it", show=False),
        Binding("a", "run_above", "Run all code above", show=False),
        Binding("x", "scratch", "A scratch cell", show=False),
        Binding("v", "output", "The whole output", show=False),
        Binding("t", "traceback", "The traceback", show=False),
        Binding("i", "install", "Install what the course needs", show=False),
        Binding("o", "outline", "Outline of the course", show=False),
        Binding("e", "results", "Results in the course", show=False),
        Binding("slash", "search", "Search the course", show=False),
        Binding("escape", "back", "Back", show=False),
        Binding("ctrl+l", "redraw", "Draw the screen anew", show=False),
        *[Binding(str(n), f"choose({n})", show=False) for n in range(1, 10)],
    ]

    def __init__(self, ref: str, study: Study, session: CourseSession, *, cell_id: str = "") -> None:
        super().__init__()
        self._ref = ref
        self._session = session
        self._performer = Performer(study, session, on_change=self._on_change, ask_trust=self._ask_trust_soon)
        self._page = LessonPage(study, session.adapters.clock.now, session.opened.asset)
        self._footer = Footer()
        self._aside = Page(self._build_aside, x0=0, margin=1, id="aside")
        self._editor: Editor | None = None
        self._popup: CompletionPopup | None = None
        self._saver: Timer | None = None
        self._completer: Timer | None = None
        self._ticker: Timer | None = None
        self._beginning: Timer | None = None
        self._lessons: tuple[LessonState, ...] = ()
        self._lessons_for: object = None
        self._prompted: InputAsked | None = None  # the question for which the editor was opened
        self._start_at = cell_id
        self._said = ""  # by the face alone
        self._page.take_input = self._take_ahead

    # --- what the app asks ----------------------------------------------------------------------

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
        return self._performer.study

    @property
    def _cell(self) -> Cell:
        return self._page.focused_cell

    def _now(self) -> datetime:
        return self._session.adapters.clock.now()

    def _dispatch(self, event: Event) -> None:
        self._performer.dispatch(event)

    def _ask(self, event: Event) -> None:
        """A wish about the focused cell: what comes of it should be seen, what was said before is over."""
        self._page.follow(self._cell.id)
        self._read_notice()
        self._performer.dispatch(event)

    def _read_notice(self) -> None:
        self._said = ""
        if self.study.notice is not None and not self.study.notice.is_alarm:
            self._dispatch(NoticeRead(self._now()))

    # --- building -------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        # Known before the first layout, so that the page is set and drawn once.
        self.set_class(self.app.size.width >= WIDE, "-wide")
        with Horizontal():
            yield self._aside
            yield Divider()
            yield self._page
        yield self._footer

    def on_mount(self) -> None:
        self._page.focus()
        self._dispatch(LessonOpened(self._now()))
        start = self._start_at or self.study.at_cell
        if self._page.study.lesson.cell_by_id(start) is not None:
            self._page.focus_cell(start, reveal=False)
            self.call_after_refresh(self._page.focus_cell, start)
        self._draw()
        # The first refresh may come before the first picture, which imports would keep waiting.
        self.set_timer(PREWARM_AFTER_S, self._performer.prewarm)

    def on_resize(self) -> None:
        self.set_class(self.size.width >= WIDE, "-wide")
        self._draw()
        self.call_after_refresh(self._settle_size)

    def _settle_size(self) -> None:
        """Once the page has its width: what is looked at stays in view."""
        self._draw()
        if self._inspects():
            self._page.focus_cell(self._cell.id)
        self._fit_slot()
        self._follow_cursor()

    async def on_unmount(self) -> None:
        self._keep_edit()
        self._dispatch(LessonClosed(self._now()))
        await self._performer.close()

    # --- drawing --------------------------------------------------------------------------------

    def _on_change(self, study: Study) -> None:
        """Show it at once, but that a run has begun only if it has said nothing for a moment."""
        if self._has_only_begun(study):
            if self._beginning is None:
                self._beginning = self.set_timer(SHOW_BEGUN_AFTER_S, self._show_study)
        else:
            self._show_study()

    def _has_only_begun(self, study: Study) -> bool:
        shown, running = self._page.study, study.running
        if not running or shown.running == running or study.notice is not shown.notice:
            return False
        now, before = study.state(running), shown.state(running)
        has_said_nothing = now.transcript.is_empty or now.transcript is before.transcript
        is_silent = has_said_nothing and now.prompt is None
        return is_silent and all(
            state is shown.cells[cell_id] for cell_id, state in study.cells.items() if cell_id != running
        )

    def _show_study(self) -> None:
        if self._beginning is not None:
            self._beginning.stop()
            self._beginning = None
        study = self.study
        self._page.show(study)
        self._draw()
        self._show_prompts(study)
        if study.running and self._ticker is None:
            self._ticker = self.set_interval(1.0, self._page.changed)
        elif not study.running and self._ticker is not None:
            self._ticker.stop()
            self._ticker = None

    def _draw(self) -> None:
        self._page.header = header_rows(self.study, self._page.size.width or self.size.width)
        self._draw_footer()
        if self.has_class("-wide"):
            self._aside.rebuild()

    def _draw_footer(self) -> None:
        study = self.study
        states = footer_states(study, self._editor, self.size.width)
        self._footer.show(
            states, footer_keys(study, self._cell, self._editor, self._page.ui_of(self._cell.id))
        )
        notice = study.notice
        said = f"{notice.text} {notice.help}".strip() if notice else ""
        if said == f"Lesson {study.number} is done.":
            said = f"{said} {next_words(study, self._course_lessons())}"
        self._footer.say(self._said or said)

    def _build_aside(self, width: int, chosen: str) -> Sheetful:
        del chosen
        return aside(self.study, self._course_lessons(), self._cell.id, width)

    def _course_lessons(self) -> tuple[LessonState, ...]:
        """All lessons with their marks, asked for again when a cell of this one is done."""
        if self._lessons_for != self.study.cells_done:
            opened = self._session.opened
            facts = opened.entry.lesson_facts
            outlines = {lesson_id: outline_from_facts(lesson_id, known) for lesson_id, known in facts.items()}
            progress = self._session.adapters.store.progress(opened.course.id)
            titles = opened.entry.lesson_titles
            self._lessons = state_of(opened.course, progress, outlines, titles).lessons
            self._lessons_for = self.study.cells_done
        return self._lessons

    # --- moving ---------------------------------------------------------------------------------

    def _after_typing(self, act: Callable[[], None]) -> None:
        """Do it when the editor has taken in all that was typed before."""
        if self._editor is None:
            act()
        else:
            self._editor.call_later(act)

    def action_cell(self, count: int) -> None:
        self._after_typing(partial(self._go_to_cell, count))

    def _go_to_cell(self, count: int) -> None:
        self._close_editor()
        if isinstance(self._cell, VizCell) and self._page.ui_of(self._cell.id).cursor is not None:
            self._stop_inspecting()
        left, target = self._cell.id, self._page.focus_beside(count)
        self._enter_cell(target, left if count > 0 else "")

    def _enter_cell(self, cell_id: str, left: str = "") -> None:
        self._page.focus_cell(cell_id)
        self._read_notice()
        if cell_id != SCRATCH.id:
            self._dispatch(CellEntered(cell_id, self._now(), left=left))
        self._draw()

    def action_lesson(self, count: int) -> None:
        lessons = self.study.course.lessons
        place = self.study.number - 1 + count
        if self._stays():
            return
        if 0 <= place < len(lessons):
            self._close_editor()
            self.post_message(LessonWished(self._ref, lessons[place]))
        else:
            self._say("This is the last lesson." if count > 0 else "This is the first lesson.")

    def action_scroll(self, count: int) -> None:
        if self._inspects():
            self._move_cursor(0, -count)
        else:
            self._page.scroll_rows(count)

    def action_page(self, count: int) -> None:
        self._page.page_rows(count)

    def action_top(self) -> None:
        self._page.scroll_to_start()

    def action_bottom(self) -> None:
        self._page.scroll_to_end()

    @on(LessonPage.Clicked)
    def _clicked(self, message: LessonPage.Clicked) -> None:
        if message.cell_id != self._cell.id:
            self._close_editor()
            self._enter_cell(message.cell_id)
        elif message.target == "source" and self._editor is None:
            self.action_enter()
        elif message.target == "traceback":
            self.action_traceback()
        if message.target.startswith("option "):
            self._toggle(message.target.removeprefix("option "))

    # --- running --------------------------------------------------------------------------------

    def action_run(self) -> None:
        self._after_typing(self._run_cell)

    def _run_cell(self) -> None:
        self._keep_edit()
        if self._editor is not None and self._editor.task_of_edit.purpose != "source":
            self._submit()
            return
        if not is_runnable(self._cell):
            self._say("There is nothing to run in this cell.")
            return
        self._ask(RunRequested(self._cell.id, self._now()))

    def action_run_on(self) -> None:
        self._after_typing(self._run_and_go_on)

    def _run_and_go_on(self) -> None:
        self._run_cell()
        if self.study.running or self.study.queue:
            self._go_to_cell(1)

    def action_run_above(self) -> None:
        self._ask(RunAboveRequested(self._cell.id, self._now()))

    def action_check(self) -> None:
        cell = self._cell
        if isinstance(cell, ChoiceQuiz):
            self._answer_choice(cell)
        elif isinstance(cell, QuizBase):
            self.action_enter()
        else:
            self._ask(CheckRequested(cell.id, self._now()))

    def action_interrupt(self) -> None:
        self._dispatch(InterruptRequested(self._now()))

    def action_stop_or_copy(self) -> None:
        if self._editor is not None and self._editor.selected_text:
            self._editor.action_copy()
        elif self.study.running:
            self.action_interrupt()
        else:
            self._say("Ctrl+Q quits; Ctrl+C stops a cell that runs.")

    def action_restart(self) -> None:
        self._dispatch(RestartRequested(self._now()))

    def _ask_trust_soon(self) -> None:
        self._ask_trust()

    @work(exclusive=True, group="trust")
    async def _ask_trust(self) -> None:
        from tui_tutor.tui.screens.trust import TrustSheet

        choice = await self.app.push_screen_wait(TrustSheet(self._session.opened))
        answers: dict[str, Literal["always", "once"]] = {"trust": "always", "once": "once"}
        self._dispatch(TrustAnswered(answers.get(str(choice), "no"), self._now()))

    @work(exclusive=True, group="install")
    async def action_install(self) -> None:
        from tui_tutor.tui.screens.installing import InstallSheet

        need = self._session.opened.packages()
        if need.python is not None and not need.missing:
            self._say("Nothing is missing: this course can run.")
            return
        done = await self.app.push_screen_wait(InstallSheet(self._session.opened))
        if done:
            await self._session.close()
            self._performer.prewarm()
            self._say("The packages are installed. F5 runs the cell.")

    # --- answering ------------------------------------------------------------------------------

    def action_choose(self, number: int) -> None:
        cell = self._cell
        if not isinstance(cell, ChoiceQuiz):
            return
        items = shown(cell, seed=self.study.question_seed(cell.id)).items
        if number <= len(items):
            self._toggle(items[number - 1].key)

    def _toggle(self, key: str) -> None:
        cell = self._cell
        if not isinstance(cell, ChoiceQuiz) or self.study.state(cell.id).is_closed:
            return
        ui = self._page.ui_of(cell.id)
        if multiple(cell):
            chosen = ui.chosen ^ {key}
        else:
            chosen = frozenset() if key in ui.chosen else frozenset({key})
        self._read_notice()
        if self.study.state(cell.id).verdict is not None:
            self._again(cell.id)
        self._page.set_ui(cell.id, replace(ui, chosen=chosen))
        self._draw()

    def _again(self, cell_id: str) -> None:
        """A new try: the marks of the last one make room for what is chosen now."""
        self._performer.study = self.study.changed(cell_id, verdict=None)
        self._page.show(self.study)

    def _answer_choice(self, cell: ChoiceQuiz) -> None:
        ui = self._page.ui_of(cell.id)
        items = shown(cell, seed=self.study.question_seed(cell.id)).items
        answer = tuple(item.key for item in items if item.key in ui.chosen)
        if not answer:
            self._say("Choose with the number keys first; Enter answers.")
            return
        self._page.set_ui(cell.id, replace(ui, chosen=frozenset()))
        self._ask(QuizAnswered(cell.id, answer, self._now()))

    def action_hint(self) -> None:
        self._ask(HintAsked(self._cell.id, self._now()))

    def action_solution(self) -> None:
        self._ask(SolutionAsked(self._cell.id, self._now()))

    def action_reset(self) -> None:
        self._close_editor(keep=False)
        self._page.set_ui(self._cell.id, CellUi())
        self._dispatch(CellReset(self._cell.id, self._now()))

    # --- entering a cell ------------------------------------------------------------------------

    def action_enter(self) -> None:
        """Edit code, answer a question, look closer at a plot; elsewhere go on."""
        cell, state = self._cell, self.study.state(self._cell.id)
        self._read_notice()
        if state.prompt is not None:
            self._edit_input(cell.id, state.prompt)
        elif isinstance(cell, ChoiceQuiz):
            self._answer_choice(cell)
        elif isinstance(cell, QuizBase):
            if state.is_closed and not isinstance(cell, ReflectQuiz):
                self._say("This question is answered. r asks it again.")
            else:
                self._edit_answer(cell)
        elif isinstance(cell, VizCell):
            self._inspect(cell)
        elif is_runnable(cell):
            self._edit_source(cell)
        else:
            self.action_cell(1)

    def _edit_source(self, cell: Cell) -> None:
        state, ui = self.study.state(cell.id), self._page.ui_of(cell.id)
        if isinstance(cell, ExerciseCell) and cell.file:
            file = cell.file[ui.file % len(cell.file)]
            task = Task(cell.id, "source", file.path)
            language = "python" if file.path.endswith(".py") else ""
            self._open_editor(state.files.get(file.path, ""), task, language)
            return
        language = getattr(cell, "language", "sh")
        self._open_editor(state.source, Task(cell.id, "source"), language)

    def _edit_answer(self, cell: QuizCell) -> None:
        state = self.study.state(cell.id)
        view = shown(cell, seed=self.study.question_seed(cell.id))
        text = typed_of(cell, view, state.answer) if state.answer else ""
        is_long = isinstance(cell, PredictQuiz | ReflectQuiz)
        self._open_editor(text, Task(cell.id, "answer", is_single_line=not is_long), "")
        if self._editor is not None:
            self._editor.move_cursor(self._editor.document.end)

    def _open_editor(self, text: str, task: Task, language: str) -> None:
        self._close_editor()
        ui = self._page.ui_of(task.cell_id)
        self._editor = Editor(text, task, language=language, theme=look_of(self).theme)
        if task.is_single_line:
            self._editor.set_reactive(Editor.selection, Selection.cursor((0, len(text))))
        self._editor.moved = self._draw_footer
        rows = sum(1 + len(word_breaks(line, self._page.text_width)) for line in text.split("\n"))
        self._page.set_ui(task.cell_id, replace(ui, slot=task.purpose, slot_rows=rows))
        self._page.mount(self._editor)
        self._editor.focus(scroll_visible=False)
        self._page.focus_cell(task.cell_id)
        self.call_after_refresh(self._place_editor)
        self.call_after_refresh(self._follow_cursor)
        self._draw()

    def _take_ahead(self, event: events.Key | events.Paste) -> bool:
        """Hand on what was typed right behind Enter, before the editor was there: it is no command."""
        if self._editor is None:
            return self._open_at_once(event)
        if event is self._editor.seen_key:
            return False  # it bubbles: the editor has no use for it
        if isinstance(event, events.Key):
            self._editor.post_message(events.Key(event.key, event.character))
        else:
            self._editor.post_message(events.Paste(event.text))
        return True

    def _open_at_once(self, event: events.Key | events.Paste) -> bool:
        """Keys that open an editor do so before the next key is looked at."""
        if not isinstance(event, events.Key) or event.key not in ("enter", "x"):
            return False
        self.action_enter() if event.key == "enter" else self.action_scratch()
        return True

    def _close_editor(self, *, keep: bool = True) -> None:
        if self._editor is None:
            return
        if keep:
            self._keep_edit()
        task = self._editor.task_of_edit
        self._close_popup()
        self._page.cover_header(is_needed=False)
        self._editor.remove()
        self._editor = None
        ui = self._page.ui_of(task.cell_id)
        self._page.set_ui(task.cell_id, replace(ui, slot=None, slot_rows=0))
        self._page.focus()
        self._draw()

    def _keep_edit(self) -> None:
        """What was typed goes into the log; an answer only when it is given."""
        if self._saver is not None:
            self._saver.stop()
            self._saver = None
        editor = self._editor
        if editor is not None and editor.task_of_edit.purpose == "source":
            task = editor.task_of_edit
            self._dispatch(SourceEdited(task.cell_id, editor.text, self._now(), path=task.path))

    @on(LessonPage.Placed)
    def _place_editor(self) -> None:
        """Keep the editor over its rows, out of sight while none of them is in view."""
        editor = self._editor
        if editor is None or not editor.is_mounted:
            return
        region = self._page.slot_region()
        if region is None:
            # Out of sight, not hidden: a hidden widget loses the focus, and with it what is typed.
            editor.styles.offset = (0, -1 - max(editor.rows, 1))
            return
        hidden = self._page.hidden_slot_rows()
        self._page.cover_header(is_needed=hidden > 0)
        editor.styles.offset = (region.x, region.y - hidden)
        editor.styles.width = region.width
        editor.styles.height = self._page.ui_of(editor.task_of_edit.cell_id).slot_rows
        self._place_popup()

    @on(Editor.Changed)
    def _edited(self) -> None:
        self._said = ""
        editor = self._editor
        if editor is None:
            return
        self._fit_slot()
        if editor.task_of_edit.purpose == "source":
            if self._saver is not None:
                self._saver.stop()
            self._saver = self.set_timer(SAVE_AFTER_S, self._keep_edit)

    def _fit_slot(self) -> None:
        """Make room for the editor's rows, of which there may be others in a window of another width."""
        editor = self._editor
        if editor is None or editor.wrap_width != self._page.text_width:
            return  # it is not laid out yet
        ui = self._page.ui_of(editor.task_of_edit.cell_id)
        if ui.slot_rows != editor.rows:
            self._page.set_ui(editor.task_of_edit.cell_id, replace(ui, slot_rows=editor.rows))
            self.call_after_refresh(self._follow_cursor)

    @on(Editor.SelectionChanged)
    def _follow_cursor(self) -> None:
        if self._editor is not None:
            self._page.reveal_slot_row(self._editor.cursor_row)
            self._draw_footer()

    @on(Editor.Left)
    def _left_editor(self) -> None:
        is_guess = self._editor is not None and self._editor.task_of_edit.purpose == "guess"
        self._close_editor(keep=not is_guess)
        if is_guess:
            self._dispatch(CellEntered(self._cell.id, self._now()))

    @on(Editor.Submitted)
    def _submit(self) -> None:
        editor = self._editor
        if editor is None:
            return
        task, text = editor.task_of_edit, editor.text
        if task.purpose == "input":
            self._close_editor(keep=False)
            self._dispatch(InputGiven(text, self._now(), is_shown=True))
        elif task.purpose == "guess":
            self._close_editor(keep=False)
            self._ask(OutputGuessed(task.cell_id, text, self._now()))
        elif task.purpose == "answer":
            self._submit_answer(task.cell_id, text)

    def _submit_answer(self, cell_id: str, text: str) -> None:
        cell = self.study.cell(cell_id)
        assert isinstance(cell, QuizBase)
        view = shown(cell, seed=self.study.question_seed(cell_id))
        answer = parse_typed(cell, view, text)
        if isinstance(answer, Rejected):
            self._say(answer.sentence)
            return
        self._close_editor(keep=False)
        self._ask(QuizAnswered(cell_id, answer, self._now()))

    def _show_prompts(self, study: Study) -> None:
        """A program that waits for a line, or an output to be guessed, opens the editor once."""
        prompt = study.state(study.running).prompt if study.running else None
        purpose = self._editor.task_of_edit.purpose if self._editor else ""
        if (purpose == "input" and prompt is None) or (purpose == "guess" and not study.asks_guess):
            self._close_editor(keep=False)
        if study.asks_guess and purpose != "guess":
            self._page.focus_cell(study.asks_guess)
            self._open_editor("", Task(study.asks_guess, "guess", is_single_line=True), "")
        if prompt is not None and prompt is not self._prompted:
            self._prompted = prompt
            self._ask_input(study.running, prompt)

    def _ask_input(self, cell_id: str, prompt: InputAsked) -> None:
        """Open the line; but whoever is writing elsewhere is only told of it."""
        task = self._editor.task_of_edit if self._editor else None
        if task is not None and (task.cell_id, task.purpose, task.is_secret) == (
            cell_id,
            "input",
            prompt.is_secret,
        ):
            return
        if task is None or task.cell_id == cell_id:
            self._edit_input(cell_id, prompt)
        else:
            self._say(f"{self.what_runs()} waits for a line: Enter there gives it.")

    def _edit_input(self, cell_id: str, prompt: InputAsked) -> None:
        self._close_editor()
        self._page.focus_cell(cell_id)
        task = Task(cell_id, "input", is_single_line=True, is_secret=prompt.is_secret)
        self._open_editor("", task, "")
        self._page.follow(cell_id)

    # --- completions ----------------------------------------------------------------------------

    @on(Editor.CompletionWished)
    def _wish_completion(self, message: Editor.CompletionWished) -> None:
        if self._completer is not None:
            self._completer.stop()
        delay = 0.0 if message.is_asked else COMPLETE_AFTER_S
        self._completer = self.set_timer(
            max(delay, 0.001), partial(self._complete, is_asked=message.is_asked)
        )

    @work(exclusive=True, group="completion")
    async def _complete(self, *, is_asked: bool) -> None:
        editor = self._editor
        if editor is None or not self._session.is_started or self.study.running:
            return
        text, at = editor.text, editor.cursor_at
        if not is_asked and is_prose(text, editor.language or "", *editor.cursor_location):
            self._close_popup()
            return
        completions = worth_offering(await self._session.kernel.complete(text, at), text, at)
        if self._editor is not editor or editor.text != text:
            return
        typed = text[completions.start : at]
        is_short = len(typed) < SHORTEST_WORD and text[completions.start - 1 : completions.start] != "."
        if completions.matches and (is_asked or not is_short):
            self._open_popup(editor, completions, typed)
        else:
            self._close_popup()

    def _open_popup(self, editor: Editor, completions: Completions, typed: str) -> None:
        editor.has_popup, editor.has_chosen = True, False
        if self._popup is not None:
            self._popup.show(completions, typed)
        else:
            self._popup = CompletionPopup(completions, typed)
            self._page.mount(self._popup)
        self.call_after_refresh(self._place_popup)
        self._draw_footer()

    def _place_popup(self) -> None:
        """Under the word; above it near the bottom; never over the cursor's line."""
        popup, editor = self._popup, self._editor
        if popup is None or editor is None:
            return
        region = self._page.slot_region()
        if region is None:
            return
        cursor = editor.wrapped_document.location_to_offset(editor.cursor_location)
        row = region.y - self._page.hidden_slot_rows() + cursor.y
        column = region.x + 1 + cursor.x - cells_in(popup.typed) - 2
        below = self._page.size.height - row - 1
        top = row + 1 if below >= popup.rows else row - popup.rows
        column = max(0, min(column, self._page.size.width - popup.columns - 1))
        popup.styles.offset = (column, max(0, top))
        popup.styles.width = popup.columns
        popup.styles.height = popup.rows

    def _close_popup(self) -> None:
        if self._popup is not None:
            self._popup.remove()
            self._popup = None
            if self._editor is not None:
                self._editor.has_popup = False
            self._draw_footer()

    @on(Editor.PopupMoved)
    def _move_popup(self, message: Editor.PopupMoved) -> None:
        if self._popup is not None:
            self._popup.move(message.count)

    @on(Editor.PopupTaken)
    def _take_popup(self) -> None:
        popup, editor = self._popup, self._editor
        if popup is None or editor is None:
            return
        completions, match = popup.completions, popup.chosen
        self._close_popup()
        editor.replace_range(completions, match)

    @on(Editor.PopupClosed)
    def _end_popup(self) -> None:
        self._close_popup()

    @on(Editor.DocumentWished)
    @work(exclusive=True, group="document")
    async def _document(self) -> None:
        editor = self._editor
        if editor is None or not self._session.is_started or self.study.running:
            self._say("The kernel is busy; documentation comes when it is idle.")
            return
        text = await self._session.kernel.document(editor.text, editor.cursor_at)
        if not text:
            self._say("The kernel knows nothing of this name yet.")
            return
        from tui_tutor.tui.screens.reading import ReadingSheet

        await self.app.push_screen_wait(ReadingSheet.of_text("Documentation", text))

    # --- plots ----------------------------------------------------------------------------------

    def _inspects(self) -> bool:
        return self._page.ui_of(self._cell.id).cursor is not None

    def _inspect(self, cell: VizCell) -> None:
        from tui_tutor.tui.screens.inspecting import first_cursor

        state = self.study.state(cell.id)
        if state.plot is None or state.plot.error:
            self._say("There is nothing to look at yet: run the cells above.")
            return
        ui = self._page.ui_of(cell.id)
        started = first_cursor(cell, state.plot, ui)
        if started.cursor is None:
            self.action_cell(1)
            return
        self._page.set_ui(cell.id, started)
        self._page.focus_cell(cell.id)
        self._draw()
        self._pick()

    def _stop_inspecting(self) -> None:
        ui = self._page.ui_of(self._cell.id)
        self._page.set_ui(self._cell.id, replace(ui, cursor=None, said="", picked=None, view=None))
        self._draw()

    def _move_cursor(self, across: int, up: int) -> None:
        from tui_tutor.tui.screens.inspecting import moved

        cell = self._cell
        state = self.study.state(cell.id)
        if isinstance(cell, VizCell) and state.plot is not None:
            self._page.set_ui(cell.id, moved(cell, state.plot, self._page.ui_of(cell.id), across, up))
            self._page.focus_cell(cell.id)
            self._pick()

    def key_left(self) -> None:
        if self._inspects():
            self._move_cursor(-1, 0)

    def key_right(self) -> None:
        if self._inspects():
            self._move_cursor(1, 0)

    def key_plus(self) -> None:
        self._zoom(0.5)

    def key_minus(self) -> None:
        self._zoom(2.0)

    def key_0(self) -> None:
        if self._inspects():
            self._page.set_ui(self._cell.id, replace(self._page.ui_of(self._cell.id), view=None))

    def key_shift_left(self) -> None:
        self._pan(-0.25, 0)

    def key_shift_right(self) -> None:
        self._pan(0.25, 0)

    def key_shift_up(self) -> None:
        self._pan(0, 0.25)

    def key_shift_down(self) -> None:
        self._pan(0, -0.25)

    def _zoom(self, factor: float) -> None:
        from tui_tutor.tui.screens.inspecting import zoomed

        cell = self._cell
        plot = self.study.state(cell.id).plot
        if isinstance(cell, VizCell) and plot is not None and self._inspects():
            self._page.set_ui(cell.id, zoomed(cell, plot, self._page.ui_of(cell.id), factor))

    def _pan(self, dx: float, dy: float) -> None:
        from tui_tutor.tui.screens.inspecting import panned

        cell = self._cell
        plot = self.study.state(cell.id).plot
        if isinstance(cell, VizCell) and plot is not None and self._inspects():
            self._page.set_ui(cell.id, panned(cell, plot, self._page.ui_of(cell.id), dx, dy))

    @work(exclusive=True, group="pick")
    async def _pick(self) -> None:
        cell = self._cell
        if not isinstance(cell, VizCell) or not cell.pick:
            return
        ui = self._page.ui_of(cell.id)
        if ui.cursor is None:
            return
        picked = await self._performer.picked(cell.id, *ui.cursor)
        ui = self._page.ui_of(cell.id)
        if ui.cursor is not None:
            self._page.set_ui(cell.id, replace(ui, picked=picked))

    # --- around ---------------------------------------------------------------------------------

    def action_scratch(self) -> None:
        self._page.show_extra(SCRATCH)
        self._page.focus_cell(SCRATCH.id)
        self._edit_source(SCRATCH)

    @work(exclusive=True, group="reading")
    async def action_output(self) -> None:
        from tui_tutor.tui.screens.reading import ReadingSheet

        state = self.study.state(self._cell.id)
        if state.transcript.is_empty:
            self._say("This cell has printed nothing.")
            return
        await self.app.push_screen_wait(ReadingSheet.of_transcript(self.what_is_here(), state.transcript))

    def what_is_here(self) -> str:
        cell = self._cell
        return plain_label(cell, self.study.number_of(cell.id), self.study.state(cell.id).count)

    def action_traceback(self) -> None:
        ui = self._page.ui_of(self._cell.id)
        if self.study.state(self._cell.id).transcript.error is None:
            self._say("There is no traceback here.")
            return
        self._page.set_ui(self._cell.id, replace(ui, is_unfolded=not ui.is_unfolded))
        self._page.focus_cell(self._cell.id)

    def action_outline(self) -> None:
        self.post_message(OutlineWished(self._ref))

    def action_results(self) -> None:
        self.post_message(ResultsWished(self._ref))

    def action_search(self) -> None:
        self.post_message(SearchWished(self._ref))

    def action_back(self) -> None:
        if self._inspects():
            self._stop_inspecting()
        elif self.study.unsaved:
            self._dispatch(SaveRetried(self._now()))
        elif not self._stays():
            self.app.pop_screen()

    def _stays(self) -> bool:
        """Leaving ends what runs, so it takes a second wish."""
        warning = f"{self.what_runs()} is still running. The same key again stops it and leaves."
        if not self.study.running or self._said == warning:
            return False
        self._say(warning)
        return True

    def action_redraw(self) -> None:
        from tui_tutor.tui.terminal.frugal import redraw

        redraw(self.app)

    def _say(self, sentence: str) -> None:
        """Say something until the learner's next wish."""
        self._said = sentence
        self._draw_footer()

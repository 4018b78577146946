"""Any sequence of wishes, and a world that answers them in any way it may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import strategies as st

from tests.builders import NOON
from tests.unit.study.studying import Notebook
from tui_tutor.core.execution import (
    ErrorRaised,
    Finished,
    InputAsked,
    KernelInfo,
    RunEvent,
    Started,
    StreamText,
)
from tui_tutor.core.grading.verdict import Verdict
from tui_tutor.core.output import Transcript
from tui_tutor.core.plotting.data import PlotData
from tui_tutor.core.study import Event
from tui_tutor.core.study.events import (
    CellEntered,
    CellReset,
    CheckAnswer,
    Checked,
    CheckRequested,
    EvaluatePlots,
    GradeAnswer,
    Graded,
    HintAsked,
    InputGiven,
    InterruptRequested,
    KernelDied,
    KernelFailed,
    KernelStarted,
    KernelStarting,
    LessonClosed,
    LessonOpened,
    Noticed,
    NoticeRead,
    OutputGuessed,
    Plotted,
    QuizAnswered,
    RerunBegan,
    RerunEnded,
    RestartRequested,
    RestoreEnded,
    RestoreRequested,
    RunAboveRequested,
    RunReported,
    RunRequested,
    SaveRetried,
    SolutionAsked,
    SourceEdited,
    TrustAnswered,
)
from tui_tutor.core.study.state import Rerun

CELLS = st.sampled_from(["one", "two", "viz-1", "ex-1", "quiz-1", "sh-1", "tutor-scratch"])
RUNS = st.sampled_from(["one", "two", "ex-1", "sh-1"])
TEXTS = st.sampled_from(["", "x = 2", "x = 1", "print('ü')\nx"])
TIMES = st.integers(0, 1000).map(lambda second: NOON + timedelta(seconds=second))
VERDICTS = st.booleans().map(lambda right: Verdict(right, float(right), int(right), 1))
OUTCOMES = st.sampled_from(["ok", "ok", "error", "interrupted", "timeout", "died"])
ENDS = st.builds(Finished, OUTCOMES, st.just(1))
RERUNS = st.builds(Rerun, st.sampled_from(["one", "ex-1", "tutor-scratch"]), TEXTS, st.just(60.0))
SAID: st.SearchStrategy[RunEvent] = st.one_of(
    st.just(StreamText("stdout", "line\n")),
    st.just(ErrorRaised("NameError", "x", (), 1)),
    st.just(InputAsked("? ")),
)


def _reports() -> st.SearchStrategy[RunReported]:
    def whole(cell: str, said: Sequence[RunEvent], outcome: str, at: object) -> RunReported:
        return RunReported(cell, (Started(1), *said, Finished(outcome, 1)), at)  # type: ignore[arg-type]

    return st.builds(whole, RUNS, st.lists(SAID, max_size=2), OUTCOMES, TIMES)


def wishes() -> st.SearchStrategy[list[Event]]:
    """Up to 30 events in any order; grading and checking happen only where they were ordered."""
    return st.lists(
        st.one_of(
            st.builds(LessonOpened, TIMES),
            st.builds(CellEntered, CELLS, TIMES, CELLS),
            st.builds(SourceEdited, RUNS, TEXTS, TIMES),
            st.builds(RunRequested, CELLS, TIMES),
            st.builds(RunAboveRequested, CELLS, TIMES),
            st.builds(CheckRequested, CELLS, TIMES),
            st.builds(OutputGuessed, st.just("one"), TEXTS, TIMES),
            st.builds(InputGiven, TEXTS, TIMES),
            st.builds(InterruptRequested, TIMES),
            st.builds(RestartRequested, TIMES),
            st.builds(QuizAnswered, CELLS, st.just(("option-1",)), TIMES),
            st.builds(HintAsked, CELLS, TIMES),
            st.builds(SolutionAsked, CELLS, TIMES),
            st.builds(CellReset, CELLS, TIMES),
            st.builds(TrustAnswered, st.sampled_from(["always", "once", "no"]), TIMES),
            st.builds(SaveRetried, TIMES),
            st.builds(NoticeRead, TIMES),
            _reports(),
            st.builds(RunReported, RUNS, st.lists(SAID, max_size=3).map(tuple), TIMES),
            st.builds(Plotted, st.just("viz-1"), st.just(PlotData("line", total=3)), TIMES),
            st.builds(KernelStarting, TIMES),
            st.builds(KernelStarted, st.just(KernelInfo()), TIMES, st.booleans()),
            st.builds(KernelDied, st.just("killed"), TIMES),
            st.builds(Noticed, TEXTS, TIMES),
            st.builds(KernelFailed, TEXTS, TEXTS, TIMES),
            st.builds(LessonClosed, TIMES),
            st.builds(RestoreRequested, TIMES),
            st.builds(RerunBegan, RERUNS, TIMES),
            st.builds(RerunEnded, RERUNS, st.just(Transcript()), ENDS, TIMES),
            st.builds(RestoreEnded, st.sampled_from(["done", "stopped", "left", "died"]), TIMES, RUNS),
        ),
        max_size=30,
    )


def apply(notebook: Notebook, event: Event) -> None:
    """One event, and the answers of a world that grades and checks at once."""
    done = len(notebook.effects)
    notebook.take(event)
    while done < len(notebook.effects):
        effect = notebook.effects[done]
        done += 1
        if isinstance(effect, GradeAnswer):
            right = done % 2 == 0
            notebook.take(Graded(effect.cell_id, effect.answer, Verdict(right, float(right)), event.at))
        elif isinstance(effect, CheckAnswer):
            right = done % 3 == 0
            notebook.take(Checked(effect.cell_id, Verdict(right, float(right), int(right), 1), event.at))
        elif isinstance(effect, EvaluatePlots):
            for cell_id in effect.cell_ids:
                notebook.take(Plotted(cell_id, PlotData("line", total=done), event.at))

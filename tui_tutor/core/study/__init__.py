"""Study, Event, Effect, update(): all that a learner can do in a lesson."""

from tui_tutor.core.study.events import Effect, Event
from tui_tutor.core.study.remembering import restored
from tui_tutor.core.study.state import CellState, Notice, Study
from tui_tutor.core.study.updating import begin, update

__all__ = ["CellState", "Effect", "Event", "Notice", "Study", "begin", "restored", "update"]

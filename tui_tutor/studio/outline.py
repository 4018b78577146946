"""The outline: objectives, what needs what, lessons; edited as TOML before anything is written."""

# Without `from __future__ import annotations`, as in core/course.py.

import graphlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from tui_tutor.core.course import Bloom, Id, Model, Text
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.errors import TutorError
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.studio.drafts import GraphDraft, LessonOutline, ObjectivesDraft, OutlineDraft

OUTLINE_FILE: Final = "outline.toml"
_HEAD: Final = """\
# The outline of this course. Change what you like, then: tui-tutor studio build DIR
# An objective says what a learner can do afterwards; a lesson serves one to three of them, and `story` tells
# the writer what happens in it. Lessons that are written already are not written again.

"""


class OutlineObjective(Model):
    """One objective with its level, its evidence, and what it needs."""

    id: Id
    text: Text
    bloom: Bloom
    evidence: str = ""
    requires: tuple[Id, ...] = ()


class Outline(Model):
    """A whole course before it is written."""

    id: Id
    title: Text
    summary: Text
    objective: Annotated[tuple[OutlineObjective, ...], Field(min_length=1)]
    lesson: Annotated[tuple[LessonOutline, ...], Field(min_length=1)]

    def lesson_named(self, lesson_id: str) -> LessonOutline:
        """The lesson with this id; KeyError if there is none."""
        return {one.id: one for one in self.lesson}[lesson_id]

    def objectives_of(self, lesson: LessonOutline) -> tuple[OutlineObjective, ...]:
        """What a lesson serves, in the course's order."""
        return tuple(one for one in self.objective if one.id in lesson.objectives)


def outline_of(course_id: str, heads: ObjectivesDraft, graph: GraphDraft, lessons: OutlineDraft) -> Outline:
    """What the architect found out, in one."""
    needs = {edge.objective: edge.requires for edge in graph.edge}
    return Outline(
        id=course_id,
        title=heads.title,
        summary=heads.summary,
        objective=tuple(
            OutlineObjective(**one.model_dump(), requires=needs.get(one.id, ())) for one in heads.objective
        ),
        lesson=lessons.lesson,
    )


def outline_toml(outline: Outline) -> str:
    """The outline as an author edits it."""
    return _HEAD + toml_text(outline.model_dump(exclude_defaults=True))


def read_outline(data: bytes) -> Outline:
    """The outline in a file; TutorError (exit code 4) with every mistake in a sentence."""
    document = parse_toml(data, OUTLINE_FILE)
    if not isinstance(document, Document):
        raise _broken([f"{one.message} (line {one.span.line})" for one in document])
    try:
        outline = Outline.model_validate(document.values)
    except ValidationError as error:
        raise _broken([_said(one, document) for one in error.errors(include_url=False)]) from None
    if mistakes := list(mistakes_in(outline)):
        raise _broken(mistakes)
    return outline


def _said(error: Any, document: Document) -> str:
    place = tuple(part for part in error["loc"] if isinstance(part, str | int))
    try:
        line = f" (line {document.key_span(place).line})"
    except (KeyError, IndexError, TypeError):
        line = ""
    return f"{'.'.join(str(part) for part in place)}: {error['msg']}{line}"


def _broken(mistakes: Sequence[str]) -> TutorError:
    more = f" and {len(mistakes) - 1} more" if len(mistakes) > 1 else ""
    return TutorError(
        f"The outline cannot be used: {mistakes[0]}{more}.",
        help=f"Mend .studio/{OUTLINE_FILE}; nothing was written or paid for.",
        exit_code=4,
    )


# --- what must hold ---------------------------------------------------------------------------------


def mistakes_in(outline: Outline) -> Iterator[str]:
    """What is wrong with an outline, in plain words."""
    yield from objective_mistakes([one.id for one in outline.objective])
    yield from graph_mistakes({one.id: one.requires for one in outline.objective})
    yield from lesson_mistakes(outline.lesson, {one.id: one.requires for one in outline.objective})


def objective_mistakes(ids: Sequence[str]) -> Iterator[str]:
    """Ids are different."""
    yield from (
        f"the objective `{one}` stands there twice" for one in sorted({i for i in ids if ids.count(i) > 1})
    )


def graph_mistakes(needs: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Prerequisites exist and never lead back in a circle."""
    for one, required in needs.items():
        yield from (
            f"`{one}` requires `{other}`, which is no objective" for other in required if other not in needs
        )
    if circle := _circle(needs):
        yield f"the objectives require each other in a circle: {' → '.join(circle)}"


def lesson_mistakes(lessons: Sequence[LessonOutline], needs: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Each objective belongs to one lesson, and each lesson comes after those that it needs."""
    ids = [one.id for one in lessons]
    yield from (
        f"the lesson `{one}` stands there twice" for one in sorted({i for i in ids if ids.count(i) > 1})
    )
    home: dict[str, int] = {}
    for number, lesson in enumerate(lessons):
        for objective in lesson.objectives:
            if objective not in needs:
                yield f"the lesson `{lesson.id}` serves `{objective}`, which is no objective"
            elif objective in home:
                other = ids[home[objective]]
                yield f"the objective `{objective}` belongs to two lessons, `{other}` and `{lesson.id}`"
            home.setdefault(objective, number)
        for required in lesson.requires:
            if required not in ids[:number]:
                yield f"the lesson `{lesson.id}` requires `{required}`, which does not come before it"
    yield from (f"no lesson serves the objective `{one}`" for one in needs if one not in home)
    for objective, number in home.items():
        for required in needs.get(objective, ()):
            if home.get(required, number) > number:
                yield f"`{objective}` is taught before `{required}`, which it needs"


def _circle(needs: Mapping[str, Sequence[str]]) -> Sequence[str]:
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()

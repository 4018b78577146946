"""brief.toml: what an author asks for."""

# Without `from __future__ import annotations`, as in core/course.py.

from typing import Annotated, Final, Literal

from pydantic import Field, Strict, StringConstraints

from tui_tutor.core.course import Id, Level, Model, Text

Provider = Literal["anthropic", "bedrock", "local"]
Wire = Literal["messages", "openai"]
Preset = Literal["seed", "current"]
BRIEF_FILE: Final = "brief.toml"
Dollars = Annotated[float, Strict(), Field(gt=0, le=10_000, allow_inf_nan=False)]


class Models(Model):
    """Who answers. An empty role takes the preset's model; `base_url` and `region` as the provider needs."""

    provider: Provider = "anthropic"
    preset: Preset = "seed"
    creative: str = ""
    extract: str = ""
    solver: str = ""
    judge: str = ""
    base_url: str = ""
    wire: Wire = "messages"
    region: str = ""
    batch: Annotated[bool, Strict()] = False


class Question(Model):
    """A question of the author's own, taken over as it is; the agents find feedback where it lacks."""

    question: Text
    options: tuple[Text, ...]
    correct: Annotated[int, Strict(), Field(ge=1)]  # counted from 1
    feedback: tuple[str, ...] = ()
    lesson: Id | None = None


class Brief(Model):
    """What the course is about, for whom, and within which bounds."""

    topic: Text
    id: Id | None = None  # of the course; made of the topic otherwise
    level: Level = "intermediate"
    minutes: Annotated[int, Strict(), Field(ge=5, le=600)] = 45
    industry: Annotated[str, StringConstraints(pattern=r"^(\d{4})?$")] = ""  # a NAICS 2022 industry group
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")] = "en"
    levels: tuple[Level, ...] = ()  # further levels to write overlays for
    must: tuple[Text, ...] = ()
    must_not: tuple[Text, ...] = ()
    sources: tuple[Text, ...] = ()  # files to ground on, relative to the brief's folder
    packages: tuple[Text, ...] = ()  # that cells may import beside the standard library
    authors: tuple[str, ...] = ()
    license: str = ""
    question: tuple[Question, ...] = ()
    models: Models = Models()
    budget_usd: Dollars = 5.0
    residency: Literal["", "eu"] = ""

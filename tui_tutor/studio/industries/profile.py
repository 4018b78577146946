"""Profile: what an agent is told of an industry, as profiles/NN.toml holds it."""

# Without `from __future__ import annotations`, as in core/course.py.

from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from tui_tutor.core.course import Flag, Model

CODE_PATTERN: Final = r"^\d{4}$"
REVIEWED_SOURCES: Final = 2  # that were opened, at least, for a reviewed profile

Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
Label = Annotated[str, StringConstraints(min_length=2, max_length=120, pattern=r"^\S(.*\S)?$")]
Phrase = Annotated[str, StringConstraints(min_length=12, max_length=240, pattern=r"^\S(.*\S)?$")]
Summary = Annotated[str, StringConstraints(min_length=80, max_length=420, pattern=r"^\S(.*\S)?$")]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Short = Annotated[str, StringConstraints(min_length=1, max_length=90, pattern=r"^\S(.*\S)?$")]
Address = Annotated[str, StringConstraints(max_length=200, pattern=r"^(https://\S+)?$")]


class Term(Model):
    """A word of the trade and what it means there."""

    term: Label
    meaning: Phrase


class Column(Model):
    """One column of typical data; `unit` says `date`, `category` or `count` where there is no unit."""

    name: ColumnName
    unit: Short
    range: Short  # "200 to 900", "elective, urgent, emergency"


class DataSet(Model):
    """Data that people of the industry really meet, and what it shows them."""

    name: Label
    shows: Phrase
    columns: Annotated[tuple[Column, ...], Field(min_length=2, max_length=8)]


class Regulation(Model):
    """A rule that binds the industry; `region` says where ("EU", "US", "worldwide")."""

    name: Label
    body: Label
    region: Label
    asks: Phrase


class Source(Model):
    """Where it can be looked up; no address is better than a guessed one.

    `backs` says what of the profile was compared with the excerpt that was opened, "" where none was.
    """

    title: Label
    publisher: Label
    address: Address = ""
    backs: Annotated[str, StringConstraints(max_length=240, pattern=r"^(\S(.*\S)?)?$")] = ""


class Profile(Model):
    """An industry group as its own people see it; `reviewed` where it was compared with opened sources."""

    code: Code
    reviewed: Flag
    summary: Summary
    roles: Annotated[tuple[Label, ...], Field(min_length=3, max_length=6)]
    tasks: Annotated[tuple[Phrase, ...], Field(min_length=3, max_length=6)]
    pitfalls: Annotated[tuple[Phrase, ...], Field(min_length=3, max_length=5)]
    term: Annotated[tuple[Term, ...], Field(min_length=10, max_length=20)]
    data: Annotated[tuple[DataSet, ...], Field(min_length=2, max_length=4)]
    regulation: Annotated[tuple[Regulation, ...], Field(min_length=1, max_length=4)]
    source: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _reviewed_by_sources(self) -> Self:
        opened = [source for source in self.source if source.backs]
        if self.reviewed and len(opened) < REVIEWED_SOURCES:
            raise ValueError(f"a reviewed profile names at least {REVIEWED_SOURCES} opened sources")
        return self


class ProfileFile(Model):
    """One sector's profiles."""

    profile: tuple[Profile, ...]

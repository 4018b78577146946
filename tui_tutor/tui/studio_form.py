"""The brief as a form: its fields, what may stand in them, and the brief that was filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tui_tutor.core.studio_desk import BriefForm

FieldKind = Literal["line", "lines", "choice"]
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: a line, several lines, or a choice of (value, its word). `only_for`: providers that use it."""

    name: str  # of BriefForm
    label: str
    meaning: str
    kind: FieldKind = "line"
    choices: tuple[tuple[str, str], ...] = ()
    only_for: tuple[str, ...] = ("anthropic", "bedrock", "local")


_LEVELS: Final = (("beginner", "beginner"), ("intermediate", "intermediate"), ("advanced", "advanced"))
_FURTHER: Final = (
    ("", "nobody else"),
    ("beginner", "beginner"),
    ("intermediate", "intermediate"),
    ("advanced", "advanced"),
    ("beginner intermediate", "both"),
    ("intermediate advanced", "both"),
    ("beginner advanced", "both"),
)
_PROVIDERS: Final = (("anthropic", "Anthropic"), ("bedrock", "Amazon Bedrock"), ("local", "a local server"))
_CLOUD: Final = ("anthropic", "bedrock")
FIELDS: Final[tuple[Field, ...]] = (
    Field("topic", "topic", "What the course is about, and for whom, in a sentence."),
    Field("level", "level", "For whom it is written.", "choice", _LEVELS),
    Field("levels", "also for", "Further levels to tell it at; the learner chooses.", "choice", _FURTHER),
    Field("minutes", "minutes", "How long it takes to learn it: 5 to 600."),
    Field("industry", "industry", "Whose words and tasks: a word, or a NAICS code; or nobody's."),
    Field("language", "language", "Of the course: en, de, pt-BR."),
    Field("must", "must", "What it must have; a line for each.", "lines"),
    Field("must_not", "must not", "What it must not have; a line for each.", "lines"),
    Field(
        "sources", "sources", "Files or folders to ground it on, as seen from here; a line for each.", "lines"
    ),
    Field("packages", "packages", "That cells may import beside the standard library: numpy, pandas."),
    Field("budget", "budget", "In US dollars; it is never exceeded."),
    Field("provider", "models", "Who answers. Anthropic wants ANTHROPIC_API_KEY.", "choice", _PROVIDERS),
    Field(
        "preset",
        "preset",
        "seed: claude-opus-4-6, claude-sonnet-4-6; current: the newer pair.",
        "choice",
        (("seed", "seed"), ("current", "current")),
        _CLOUD,
    ),
    Field(
        "region",
        "region",
        "Of Bedrock, such as eu-central-1; else AWS_REGION is asked.",
        only_for=("bedrock",),
    ),
    Field("base_url", "address", "Of your server, such as http://127.0.0.1:11434.", only_for=("local",)),
    Field("model", "model", "As your server names it.", only_for=("local",)),
    Field(
        "residency",
        "residency",
        "EU only: refused unless every model is there, or on this machine.",
        "choice",
        (("", "anywhere"), ("eu", "EU only")),
    ),
)
FIELD: Final[Mapping[str, Field]] = {one.name: one for one in FIELDS}
_SPOKEN_OF: Final = (
    ("base_url", "base_url"),
    ("region", "region"),
    ("residency", "residency"),
    ("preset", "model"),
    ("local server", "base_url"),
    ("the source ", "sources"),
    ("no industry ", "industry"),
    ("_api_key", "provider"),
)
_LISTS: Final = ("must", "must_not", "sources")


def shown_fields(values: Values) -> Sequence[Field]:
    """The fields that matter for the chosen provider."""
    return [one for one in FIELDS if values["provider"] in one.only_for]


def choices_of(field: Field, values: Values) -> Sequence[tuple[str, str]]:
    """What may be chosen: the course is not told once more at its own level."""
    if field.name != "levels":
        return field.choices
    return [(value, word) for value, word in field.choices if values["level"] not in value.split()]


def next_choice(field: Field, values: Values, count: int) -> str:
    """The value `count` further on, round the corner too."""
    found = [value for value, _ in choices_of(field, values)]
    at = found.index(values[field.name]) if values[field.name] in found else 0
    return found[(at + count) % len(found)]


def values_of(form: BriefForm) -> dict[str, str]:
    """What stands in the fields."""
    values = {one.name: getattr(form, one.name) for one in FIELDS}
    lists = {name: "\n".join(values[name]) for name in _LISTS}
    return {**values, **lists, "levels": " ".join(form.levels), "packages": ", ".join(form.packages)}


def form_of(values: Values) -> BriefForm:
    """The brief that was filled in."""
    lists: dict[str, Any] = {
        name: tuple(filter(None, map(str.strip, values[name].split("\n")))) for name in _LISTS
    }
    further = tuple(one for one in values["levels"].split() if one != values["level"])
    packages = tuple(values["packages"].replace(",", " ").split())
    return BriefForm(**{**values, **lists, "levels": further, "packages": packages})


def field_named(mistake: str, values: Values) -> str:
    """The field that a sentence about a mistake is about, "" if it names none."""
    shown = shown_fields(values)
    said = mistake.casefold()
    named = [one.name for one in shown if said.startswith((f"{one.label}:", f"{one.name}:"))]
    names = {one.name for one in shown}
    spoken_of = [name for word, name in _SPOKEN_OF if word in said and name in names]
    return next(iter([*named, *spoken_of]), "")

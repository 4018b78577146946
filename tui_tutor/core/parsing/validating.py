"""Raw TOML tables -> frozen models, or what is wrong with each key in plain words."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tui_tutor.core.course import FILE_FIELDS, ID_PATTERN, Check
from tui_tutor.core.document import Path
from tui_tutor.core.parsing.findings import Findings

MAX_NAME: Final = 100
MAX_CANDIDATES: Final = 200
Made = TypeVar("Made", bound=BaseModel)
Said = tuple[str, str, str]  # code, message, help

_WANTED: Final[Mapping[str, str]] = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list in [ ]",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
    "mapping_type": "a table",
}


def make(
    model: type[Made],
    raw: Mapping[str, Any],
    findings: Findings,
    path: Path = (),
    *,
    excused: frozenset[Path] = frozenset(),
    outer: type[BaseModel] | None = None,
) -> Made | None:
    """Validate `raw`, which stands at `path`, and report what is wrong.

    `excused` are paths whose absence was reported already; `outer` is the model of the table around it,
    to recognise a key written one table too deep. After mistakes that do not concern required keys the
    value is made without them, so that the rules about the rest can still speak.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
    reported = len(findings.items)
    for detail in _one_per_place(details):
        if findings.is_full:
            break
        at = path + _without_tags(raw, detail)
        # Numbers that are not finite are reported wherever they stand, see `numbers`.
        if at not in excused and detail["type"] != "finite_number":
            _report(model, detail, at, findings, outer)
    if len(findings.items) == reported and not (excused or findings.has_errors or findings.is_full):
        # Whatever kept the value from being made must not pass in silence.
        findings.error("wrong-value", details[0]["msg"], path)
    return _salvage(model, raw, details)


def _salvage(model: type[Made], raw: Mapping[str, Any], details: list[ErrorDetails]) -> Made | None:
    """What can be made without the mistakes; it is never shown, only read by further rules."""
    copy = copied(raw)
    for detail in details:
        path = _without_tags(raw, detail)
        if detail["type"] != "extra_forbidden":
            path = _stand_in(path, copy)
        _take_out(path, copy)
    try:
        return model.model_validate(copy)
    except ValidationError:
        return None


# Needed to make a cell, and read by no further rule (but for the question of a cloze).
_STAND_INS: Final = frozenset({("id",), ("task",), ("question",)})


def _stand_in(path: Path, copy: Any) -> Path:
    """Put something harmless where something is needed; what is left to be taken out, () if nothing."""
    if path in _STAND_INS and copy.get("form") != "cloze":
        copy[path[0]] = "faulty"
        return ()
    part, index = path[:2] if len(path) >= 2 else ("", "")
    if part == "check" and isinstance(index, int):
        # A check in the place of the faulty one keeps the places of the others right.
        copy["check"][index] = {"kind": "stdout", "text": "", "says": "faulty"}
        return ()
    return path


def _take_out(path: Path, copy: Any) -> None:
    while path and isinstance(path[-1], int):
        path = path[:-1]
    table: Any = copy
    for part in path[:-1]:
        if isinstance(table, dict):
            table = table.get(part)
        elif isinstance(table, list) and isinstance(part, int) and part < len(table):
            table = table[part]
        else:
            return
    if path and isinstance(table, dict):
        table.pop(path[-1], None)


def _one_per_place(details: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Without echoes: of a union (`y` is a text or a list) the first member's, of a list only its parts'."""
    seen: set[tuple[Any, ...]] = set()
    around = {detail["loc"][:length] for detail in details for length in range(len(detail["loc"]))}
    for detail in details:
        if detail["type"] in ("too_short", "too_long") and detail["loc"] in around:
            continue
        place = tuple(part for part in detail["loc"] if not _is_member_tag(part))
        if (place, detail["type"] == "extra_forbidden") not in seen:
            seen.add((place, detail["type"] == "extra_forbidden"))
            yield detail


def _is_member_tag(part: int | str) -> bool:
    return isinstance(part, str) and (part in ("str", "float", "int") or "[" in part)


def _without_tags(raw: object, detail: ErrorDetails) -> Path:
    """A pydantic location without the tags that unions put into it."""
    path: Path = ()
    value = raw
    names_a_key = detail["type"] in ("missing", "extra_forbidden")
    for index, part in enumerate(detail["loc"]):
        if isinstance(value, Mapping):
            is_last = index == len(detail["loc"]) - 1
            if part in value or (is_last and names_a_key):
                path, value = (*path, part), value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            path, value = (*path, part), value[part]
    return path


def _report(
    model: type[BaseModel], detail: ErrorDetails, at: Path, findings: Findings, outer: type[BaseModel] | None
) -> None:
    name = str(at[-1]) if at else ""
    if detail["type"] == "extra_forbidden":
        owners = [*([outer] if outer else []), *_models_on_the_way(model, detail["loc"][:-1])]
        code, message, help = unknown_key(name, owners, at)
        meant = certain(name, key_names(owners[-1])) if code == "unknown-key" else None
        findings.error(code, message, at, help=help, at="key", instead=meant)
    elif detail["type"] == "missing":
        _report_missing(at, findings)
    elif detail["type"] in ("union_tag_not_found", "union_tag_invalid"):
        _report_tag(detail, at, findings)
    else:
        code, message, help = _describe(detail, at)
        findings.error(code, message, at, help=help, instead=_written_right(detail))


def _report_tag(detail: ErrorDetails, at: Path, findings: Findings) -> None:
    """The `kind` of a check or the `form` of a blank."""
    context = detail.get("ctx", {})
    key = str(context.get("discriminator", "kind")).strip("'")
    table = str(next((part for part in reversed(at) if isinstance(part, str)), "table"))
    known = [part.strip().strip("'") for part in str(context.get("expected_tags", "")).split(",")]
    written = detail["input"].get(key) if isinstance(detail["input"], dict) else None
    names = ", ".join(name for name in known if name) or "see the format"
    if written is None:
        known_here = ", ".join(sorted(_TAGS_OF.get(table, ())))
        help = f"add `{key} = ...`: {known_here}"
        findings.error("missing-key", f"`{key}` is missing", at, help=help, at="key")
    elif not isinstance(written, str):
        message = f"`{key}` must be a text in quotes, not {toml_type(written)}"
        findings.error("wrong-type", message, (*at, key))
    else:
        close = nearest(written, known)
        help = f'did you mean "{close}"?' if close else f"one of: {names}"
        message = f"{_shown(written)} is not a {key} of {table}"
        instead = in_quotes(certain(written, known))
        findings.error(f"unknown-{key}", message, (*at, key), help=help, instead=instead)


_TAGS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "check": tuple(
        tag
        for member in get_args(get_args(Check)[0])
        for tag in get_args(member.model_fields["kind"].annotation)
    ),
    "blank": ("choice", "text", "number"),
}


_LISTS_OF_TABLES: Final = frozenset({"option", "blank"})


def _report_missing(at: Path, findings: Findings) -> None:
    if isinstance(at[-1], int):
        findings.error("too-few", "there are too few values here", at)
        return
    name = at[-1]
    help = f"add `{name} = ...`" + (f" or `{name}_file = ...`" if name in FILE_FIELDS else "")
    if name in _LISTS_OF_TABLES:
        tables = ".".join(part for part in at if isinstance(part, str))
        help = f"add `[[{tables}]]` once for each {name}"
    findings.error("missing-key", f"`{name}` is missing", at[:-1], help=help, at="key")


def unknown_key(name: str, owners: Sequence[type[BaseModel]], at: Path) -> Said:
    """What to say about a key that the last of `owners` (models from the outermost in) does not have."""
    message = f"`{name}` is not a key here"
    tables = [part for part in at[:-1] if isinstance(part, str)]
    for depth in range(len(owners) - 2, -1, -1):
        if name in key_names(owners[depth]):
            below = ".".join(tables[: len(tables) - (len(owners) - 2 - depth)])
            owner = tables[len(tables) - (len(owners) - 1 - depth) - 1] if depth and len(tables) > 1 else ""
            belongs = f"`{name}` belongs to the {owner or 'lesson'}: move it above the first `[[{below}]]`"
            return "key-after-subtable", message, belongs
    for model in reversed(owners):
        if close := nearest(name, key_names(model)):
            where = "" if model is owners[-1] else f" It belongs above the first `[[{'.'.join(tables)}]]`"
            return "unknown-key", message, f"did you mean `{close}`?{where}"
    return "unknown-key", message, "known here: " + ", ".join(sorted(key_names(owners[-1])))


def nearest(name: str, known: Iterable[object]) -> str:
    """The known name that was probably meant, "" if none is near."""
    # Comparing is slow; a course with thousands of names must not wait for it.
    if len(name) > MAX_NAME:
        return ""
    return _nearest(name, tuple(str(item) for item in islice(known, MAX_CANDIDATES)))


# Of two names as near as this, the nearer one is meant; a name less near may be another one's.
_CERTAIN: Final = 0.8
_NEARER_BY: Final = 0.1


def certain(name: str, known: Iterable[object]) -> str | None:
    """The known name that was meant without doubt: near, and no other nearly as near."""
    import difflib

    names = [str(item) for item in islice(known, MAX_CANDIDATES)] if len(name) <= MAX_NAME else []
    ratios = sorted(((difflib.SequenceMatcher(None, name, one).ratio(), one) for one in names), reverse=True)
    if not ratios or ratios[0][0] < _CERTAIN:
        return None
    is_alone = len(ratios) == 1 or ratios[1][0] <= ratios[0][0] - _NEARER_BY
    return ratios[0][1] if is_alone else None


def in_quotes(text: str | None) -> str | None:
    """A word as a TOML text."""
    return None if text is None else f'"{text}"'


@lru_cache(maxsize=512)
def _nearest(name: str, known: tuple[str, ...]) -> str:
    import difflib

    found = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return found[0] if found else ""


def key_names(model: type[BaseModel]) -> set[str]:
    """Every key that may be written in the model's table, `x_file` twins too."""
    names = {field.alias or name for name, field in model.model_fields.items()} - {"setup_source"}
    return names | {f"{name}_file" for name in names & FILE_FIELDS}


def _models_on_the_way(model: type[BaseModel], location: tuple[int | str, ...]) -> list[type[BaseModel]]:
    """The model of every table on the way to a location, the outermost first."""
    way = [model]
    members = [model]
    for part in location:
        if isinstance(part, int):
            continue
        tagged = [member for member in members if part in _tags(member)]
        if len(members) > 1 and tagged:
            members = way[-1:] = tagged
            continue
        field = members[0].model_fields.get(part) if members else None
        members = list(_models_in(field.annotation)) if field else []
        way.extend(members[:1])
    return way


def _tags(model: type[BaseModel]) -> set[str]:
    tags: set[str] = set()
    for name in ("kind", "form"):
        if (field := model.model_fields.get(name)) and get_origin(field.annotation) is Literal:
            tags.update(get_args(field.annotation))
    return tags


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is Annotated:
        yield from _models_in(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType, tuple):
        for inner in get_args(annotation):
            yield from _models_in(inner)


# --- what to say ------------------------------------------------------------------------------------


def _describe(detail: ErrorDetails, at: Path) -> Said:
    kind = detail["type"]
    name = next((str(part) for part in reversed(at) if isinstance(part, str)), "")
    if kind in _WANTED:
        wanted = _WANTED[kind]
        if detail["loc"][-1] in ("str", "float"):
            wanted += ", or a list of them"
        return "wrong-type", f"`{name}` must be {wanted}, not {toml_type(detail['input'])}", ""
    if say := _SAYINGS.get(kind):
        return say(name, detail.get("ctx", {}), detail["input"])
    # Our own validators raise PydanticCustomError with a code of ours as its type.
    return kind.replace("_", "-"), detail["msg"], "keep one of them" if kind == "both-given" else ""


_NUMBER_IN_QUOTES: Final[Mapping[str, str]] = {
    "int_type": r"[+-]?(?:0|[1-9][0-9]*)",
    "float_type": r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?",
    "bool_type": r"(?i:true|false)",
}


def _written_right(detail: ErrorDetails) -> str | None:
    """The value that was meant without doubt: a word of a closed list, or a number in quotes."""
    value = detail["input"]
    if not isinstance(value, str):
        return None
    if detail["type"] == "literal_error":
        expected = str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ", ").split(",")
        return in_quotes(certain(value, [part.strip().strip("'") for part in expected]))
    wanted = _NUMBER_IN_QUOTES.get(detail["type"])
    return value.strip().lower() if wanted and re.fullmatch(wanted, value.strip()) else None


def toml_type(value: object) -> str:
    """What a TOML value is, in words."""
    match value:
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case float():
            return "a number with a point"
        case str():
            return "a text" if value else "an empty text"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def _shown(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 128:
        return "a very large number"  # Python refuses to write out the largest
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _literal(name: str, context: Mapping[str, Any], value: object) -> Said:
    expected = str(context.get("expected", ""))
    options = [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",")]
    close = nearest(str(value), options)
    help = f"did you mean {close!r}?" if close else f"one of: {', '.join(options)}"
    return "wrong-value", f"`{name}` cannot be {_shown(value)}", help


def _pattern(name: str, context: Mapping[str, Any], value: object) -> Said:
    if context.get("pattern") != ID_PATTERN:
        return "empty", f"`{name}` is empty", "write a text between the quotes"
    return (
        "bad-id",
        f"{_shown(value)} is not an id",
        "an id has small letters, digits and hyphens (at most 64), and begins with a letter or digit",
    )


def _empty(name: str, context: Mapping[str, Any], value: object) -> Said:
    least = context.get("min_length", 1)
    return "too-few", f"`{name}` has {len(value)} values; it needs at least {least}", ""  # type: ignore[arg-type]


def _too_many(name: str, context: Mapping[str, Any], value: object) -> Said:
    return (
        "wrong-value",
        f"`{name}` holds {context.get('actual_length')} values, not {context.get('max_length')}",
        "",
    )


def _bound(words: str, key: str) -> Callable[[str, Mapping[str, Any], object], Said]:
    def say(name: str, context: Mapping[str, Any], value: object) -> Said:
        return "out-of-range", f"`{name}` is {_shown(value)}; it must be {words} {context[key]:g}", ""

    return say


_SAYINGS: Final[Mapping[str, Callable[[str, Mapping[str, Any], Any], Said]]] = {
    "literal_error": _literal,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _empty,
    "too_short": _empty,
    "too_long": _too_many,
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
}


def copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: copied(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [copied(inner) for inner in value]
    return value

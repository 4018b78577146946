"""Our three themes and the themeless one: colours, and the style of every role in each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from rich.style import Style

from tui_tutor.core.prose import Role

if TYPE_CHECKING:
    from textual.theme import Theme

Ground = Literal["page", "panel", "raised", "popup"]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme; contrasts are proven in tests/unit/test_theme.py.

    `classes` are plot classes in order (Okabe-Ito, with our own stand-ins where the page needs contrast).
    """

    name: str
    is_dark: bool
    page: str
    panel: str
    raised: str
    popup: str
    text: str
    bright: str
    muted: str
    accent: str
    alarm: str
    keyword: str
    literal: str
    rule: str
    thumb: str
    ghost: str
    classes: tuple[str, ...]


DARK: Final = Palette(
    name="tutor-dark", is_dark=True,
    page="#121212", panel="#1c1c1c", raised="#262626", popup="#303030",
    text="#d4d4d4", bright="#f2f2f2", muted="#a0a0a0", accent="#5fafff", alarm="#ff8700",
    keyword="#87afd7", literal="#afaf87", rule="#444444", thumb="#767676", ghost="#767676",
    classes=("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#D55E00"),
)  # fmt: skip
LIGHT: Final = Palette(
    name="tutor-light", is_dark=False,
    page="#ffffff", panel="#f4f4f4", raised="#e9e9e9", popup="#e9e9e9",
    text="#262626", bright="#080808", muted="#585858", accent="#005fd7", alarm="#af0000",
    keyword="#005f87", literal="#5f5f00", rule="#bcbcbc", thumb="#767676", ghost="#808080",
    classes=("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#585858"),
)  # fmt: skip
CONTRAST: Final = Palette(
    name="tutor-contrast", is_dark=True,
    page="#000000", panel="#121212", raised="#1c1c1c", popup="#1c1c1c",
    text="#ffffff", bright="#ffffff", muted="#d0d0d0", accent="#5fd7ff", alarm="#ff8700",
    keyword="#afd7ff", literal="#ffffaf", rule="#949494", thumb="#d0d0d0", ghost="#949494",
    classes=("#56B4E9", "#E69F00", "#00d787", "#CC79A7", "#F0E442", "#ffffff"),
)  # fmt: skip
PALETTES: Final = {palette.name: palette for palette in (DARK, LIGHT, CONTRAST)}
NO_COLOUR: Final = "tutor-none"
THEME_WORDS: Final = {"dark": DARK.name, "light": LIGHT.name, "contrast": CONTRAST.name}

_BOLD: Final[frozenset[Role]] = frozenset({"title", "heading", "strong", "key", "accent-bold", "alarm-bold"})
_ITALIC: Final[frozenset[Role]] = frozenset({"emphasis", "comment", "recorded"})
_COLOUR_NAMES: Final[dict[Role, str]] = {
    "title": "bright", "heading": "bright", "key": "bright", "bright": "bright", "strong": "text",
    "emphasis": "text", "panel": "text", "code": "keyword", "math": "keyword", "link": "keyword",
    "keyword": "keyword", "literal": "literal", "comment": "muted", "recorded": "muted", "muted": "muted",
    "rule": "rule", "accent": "accent", "accent-bold": "accent", "alarm": "alarm", "alarm-bold": "alarm",
    "text": "text",
}  # fmt: skip


@lru_cache(maxsize=256)
def style_of(role: Role, theme: str = DARK.name) -> Style:
    """How a role looks in a theme (`App.theme`); without colours only bold and underline are left."""
    palette = PALETTES.get(theme)
    if palette is None:
        return Style(bold=role in _BOLD or role in ("code", "math"), underline=role in ("link", "emphasis"))
    return Style(
        color=getattr(palette, _COLOUR_NAMES[role]),
        bold=role in _BOLD or None,
        italic=role in _ITALIC or None,
        underline=True if role == "link" else None,
    )


@lru_cache(maxsize=32)
def ground_of(ground: Ground, theme: str) -> Style:
    """What lies under a row; without colours a chosen row is drawn in reverse."""
    palette = PALETTES.get(theme)
    if palette is None:
        return Style(reverse=True) if ground in ("raised", "popup") else Style()
    return Style(bgcolor=getattr(palette, ground))


def class_style(number: int, theme: str) -> Style:
    """The colour of the plot class with this number, from 0; classes beyond the sixth begin again."""
    palette = PALETTES.get(theme)
    return Style() if palette is None else Style(color=palette.classes[number % len(palette.classes)])


def textual_theme(palette: Palette) -> Theme:
    """The palette as a Textual theme in which no variable is left to be blended."""
    from textual.theme import Theme

    return Theme(
        name=palette.name,
        dark=palette.is_dark,
        primary=palette.accent,
        secondary=palette.accent,
        accent=palette.accent,
        success=palette.accent,
        error=palette.alarm,
        warning=palette.bright,
        foreground=palette.text,
        background=palette.page,
        surface=palette.panel,
        panel=palette.raised,
        boost=palette.page,
        variables=_variables(palette),
    )


def no_colour_theme() -> Theme:
    """A theme that sends no colour: everything is the terminal's own."""
    from textual.theme import Theme

    own = "ansi_default"
    names = [*_variables(DARK), "panel", "surface", "boost", "ansi-background", "ansi-foreground"]
    variables = {name: own for name in names if "-style" not in name}
    return Theme(
        name=NO_COLOUR, ansi=True, primary=own, secondary=own, warning=own, error=own, success=own,
        accent=own, foreground=own, background=own, surface=own, panel=own, boost=own,
        variables=variables | {"input-cursor-text-style": "reverse", "block-cursor-text-style": "bold"},
    )  # fmt: skip


def css_variables(theme: str) -> dict[str, str]:
    """What goes over Textual's own variables, some of which a theme alone cannot set."""
    palette = PALETTES.get(theme)
    return _variables(palette) if palette else {}


def _variables(palette: Palette) -> dict[str, str]:
    """Every variable that Textual would otherwise blend from others."""
    text, muted, page = palette.text, palette.muted, palette.page
    variables = {
        "text": text, "text-muted": muted, "text-disabled": muted,
        "foreground-muted": muted, "foreground-disabled": muted, "background-muted": page,
        "footer-foreground": muted, "footer-background": palette.panel,
        "footer-key-foreground": palette.bright,
        "footer-key-background": palette.panel, "footer-description-foreground": muted,
        "footer-description-background": palette.panel, "footer-item-background": palette.panel,
        "scrollbar": palette.thumb, "scrollbar-hover": palette.thumb, "scrollbar-active": palette.thumb,
        "scrollbar-background": page, "scrollbar-background-hover": page, "scrollbar-background-active": page,
        "scrollbar-corner-color": page,
        "input-cursor-background": text, "input-cursor-foreground": page, "input-cursor-text-style": "none",
        "input-selection-background": palette.popup, "input-selection-foreground": palette.bright,
        "block-cursor-foreground": palette.bright, "block-cursor-background": palette.raised,
        "block-cursor-text-style": "bold", "block-cursor-blurred-foreground": text,
        "block-cursor-blurred-background": palette.raised, "block-cursor-blurred-text-style": "none",
        "block-hover-background": palette.raised, "border": palette.rule, "border-blurred": palette.rule,
        "surface-active": palette.raised, "screen-selection-background": palette.popup,
        "screen-selection-foreground": palette.bright, "link-color": palette.keyword,
        "link-background": page, "link-color-hover": palette.bright, "link-background-hover": page,
        "link-style": "underline", "link-style-hover": "underline", "button-foreground": text,
        "button-color-foreground": page, "markdown-h1-color": palette.bright,
    }  # fmt: skip
    for name in ("primary", "secondary", "accent", "success"):
        variables |= _shades(name, palette.accent)
    variables |= _shades("warning", palette.bright) | _shades("error", palette.alarm)
    variables |= _shades("foreground", text) | _shades("background", page) | _shades("surface", palette.panel)
    variables |= _shades("panel", palette.raised) | _shades("boost", page)
    variables |= _shades("primary-background", page) | _shades("secondary-background", page)
    return variables


def _shades(name: str, colour: str) -> dict[str, str]:
    shades = [name, *(f"{name}-{way}-{step}" for way in ("lighten", "darken") for step in (1, 2, 3))]
    return dict.fromkeys((*shades, f"{name}-muted", f"text-{name}"), colour)

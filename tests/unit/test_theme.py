"""The themes keep their promises: contrast for reading, distance between right and wrong."""

from __future__ import annotations

import pytest

from tui_tutor.tui.theme import CONTRAST, DARK, LIGHT, PALETTES, Palette, css_variables, textual_theme

ALL = pytest.mark.parametrize("palette", PALETTES.values(), ids=list(PALETTES))
# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB
PROTAN = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
DEUTAN = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))


def linear(colour: str) -> tuple[float, ...]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return tuple(x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)


def luminance(colour: str) -> float:
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def product(matrix, vector):
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def oklab(rgb):
    to_lms = ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
              (0.0883024619, 0.2817188376, 0.6299787005))  # fmt: skip
    to_lab = ((0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099),
              (0.0259040371, 0.7827717662, -0.8086757660))  # fmt: skip
    return product(to_lab, tuple(max(0.0, x) ** (1 / 3) for x in product(to_lms, rgb)))


def distance(one: str, other: str, seen=None) -> float:
    seen = seen or ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    pair = [oklab(tuple(min(1.0, max(0.0, x)) for x in product(seen, linear(c)))) for c in (one, other)]
    return sum((a - b) ** 2 for a, b in zip(*pair, strict=True)) ** 0.5


@ALL
@pytest.mark.parametrize("role", ["text", "bright", "muted", "accent", "alarm", "keyword", "literal"])
@pytest.mark.parametrize("ground", ["page", "panel", "raised", "popup"])
def test_text_has_a_contrast_of_4_5_on_every_ground(palette: Palette, role: str, ground: str):
    assert contrast(getattr(palette, role), getattr(palette, ground)) >= 4.5


@ALL
def test_marks_of_plots_have_a_contrast_of_3(palette: Palette):
    assert all(
        contrast(colour, palette.page) >= 3 for colour in (*palette.classes, palette.thumb, palette.ghost)
    )


@ALL
@pytest.mark.parametrize("seen", [None, PROTAN, DEUTAN], ids=["normal", "protan", "deutan"])
def test_right_and_wrong_stay_apart_for_every_eye(palette: Palette, seen):
    assert distance(palette.accent, palette.alarm, seen) >= 0.25


def test_the_figures_of_the_specification_are_met():
    pairs = [(DARK, 0.320, 0.272, 0.297), (LIGHT, 0.360, 0.318, 0.297), (CONTRAST, 0.312, 0.282, 0.254)]
    for palette, normal, protan, deutan in pairs:
        found = [distance(palette.accent, palette.alarm, seen) for seen in (None, PROTAN, DEUTAN)]
        assert found == pytest.approx([normal, protan, deutan], abs=0.006)


@ALL
def test_no_variable_of_the_toolkit_is_blended(palette: Palette):
    ours = {
        getattr(palette, name).lower()
        for name in palette.__slots__
        if str(getattr(palette, name)).startswith("#")
    }
    variables = textual_theme(palette).to_color_system().generate() | css_variables(palette.name)
    colours = {name: value.lower() for name, value in variables.items() if value.startswith("#")}
    markdown = {name for name in colours if name.startswith("markdown-")}  # that widget is not used
    assert {
        name: value for name, value in colours.items() if value not in ours and name not in markdown
    } == {}

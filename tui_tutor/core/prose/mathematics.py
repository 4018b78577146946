"""TeX between dollar signs -> one line of Unicode; what is not understood stays TeX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

LONGEST_TEX: Final = 500
DEEPEST_TEX: Final = 20
_TOKEN: Final = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}^_]|\s+|[^\\{}^_\s]", re.DOTALL)

_ABOVE: Final = dict(
    zip(
        "0123456789+-=()niabcdefghjklmoprstuvwxyzTβγδθφ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᵝᵞᵟᶿᵠ",
        strict=True,
    )
) | {"−": "⁻", "∗": "*", "′": "′"}
_BELOW: Final = dict(
    zip("0123456789+-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
) | {"−": "₋"}
_SPACES: Final = {"\\,": " ", "\\;": " ", "\\:": " ", "\\!": "", "\\ ": " ", "\\quad": "  ", "\\qquad": "   "}
_DROPPED: Final = frozenset(
    {
        "\\left",
        "\\right",
        "\\displaystyle",
        "\\textstyle",
        "\\limits",
        "\\nolimits",
        "\\big",
        "\\Big",
        "\\bigl",
        "\\bigr",
        "\\Bigl",
        "\\Bigr",
    }
)
_UPRIGHT: Final = frozenset(
    {
        "\\text",
        "\\mathrm",
        "\\operatorname",
        "\\mathit",
        "\\mathsf",
        "\\mathtt",
        "\\textbf",
        "\\textit",
        "\\mathbf",
        "\\boldsymbol",
        "\\bm",
        "\\textrm",
    }
)
_NAMED: Final = frozenset(
    ["exp", "log", "ln", "sin", "cos", "tan", "tanh", "sinh", "cosh", "max", "min", "arg", "argmax", "argmin",
     "lim", "sup", "inf", "det", "dim", "ker", "Pr", "softmax", "sigmoid", "diag", "tr", "rank"]
)  # fmt: skip
_OURS: Final = {
    "\\mid": "|", "\\vert": "|", "\\Vert": "‖", "\\|": "‖", "\\lvert": "|", "\\rvert": "|", "\\lVert": "‖",
    "\\rVert": "‖", "\\epsilon": "ε", "\\varepsilon": "ε", "\\phi": "φ", "\\varphi": "φ", "\\theta": "θ",
    "\\cdot": "·", "\\sim": "~", "\\to": "→", "\\ldots": "…", "\\dots": "…", "\\cdots": "⋯", "\\prime": "′",
    "\\{": "{", "\\}": "}", "\\%": "%", "\\$": "$", "\\&": "&", "\\#": "#", "\\_": "_", "\\colon": ":",
    "\\le": "≤", "\\ge": "≥", "\\ne": "≠", "\\lbrace": "{", "\\rbrace": "}", "\\star": "⋆",
    "\\iff": "⇔", "\\implies": "⇒",
}  # fmt: skip
_COMBINING: Final = {
    "\\hat": "\u0302",
    "\\bar": "\u0304",
    "\\tilde": "\u0303",
    "\\dot": "\u0307",
    "\\vec": "\u20d7",
    "\\overline": "\u0305",
    "\\widehat": "\u0302",
}


class _UnknownTexError(Exception):
    """Something that has no honest one-line form."""


@lru_cache(maxsize=512)
def unicode_math(tex: str) -> str:
    """`\\sigma^2` -> `σ²`; the TeX itself, blanks folded, if any part of it is not understood."""
    plain = " ".join(tex.split())
    if len(tex) > LONGEST_TEX:
        return plain
    try:
        return " ".join(_Reader(tex).read().split())
    except (_UnknownTexError, RecursionError):
        return plain


class _Reader:
    """One pass over the tokens of a formula."""

    def __init__(self, tex: str) -> None:
        self._tokens: list[str] = _TOKEN.findall(tex)
        self._at = 0
        self._depth = 0

    def read(self) -> str:
        text = self._until_end("")
        if self._at < len(self._tokens):
            raise _UnknownTexError
        return text

    def _until_end(self, end: str) -> str:
        self._depth += 1
        if self._depth > DEEPEST_TEX:
            raise _UnknownTexError
        text = "".join(self._items(end))
        self._depth -= 1
        return text

    def _items(self, end: str) -> Iterator[str]:
        while self._at < len(self._tokens):
            if self._tokens[self._at] == "}":
                if end != "}":
                    raise _UnknownTexError
                return
            yield self._item()
        if end:
            raise _UnknownTexError

    def _item(self) -> str:
        piece = self._next()
        if piece == "{":
            return self._group()
        if piece == "^":
            return _raised(self._argument())
        if piece == "_":
            return _lowered(self._argument())
        if piece.startswith("\\"):
            return self._macro(piece)
        return " " if piece.isspace() else {"'": "′", "*": "*"}.get(piece, piece)

    def _group(self) -> str:
        text = self._until_end("}")
        self._next()
        return text

    def _argument(self) -> str:
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1
        return self._item()

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise _UnknownTexError
        self._at += 1
        return self._tokens[self._at - 1]

    def _macro(self, macro: str) -> str:
        if macro in _DROPPED:
            return ""
        if macro in _SPACES:
            return _SPACES[macro]
        if macro in _UPRIGHT:
            return self._argument()
        if macro in ("\\frac", "\\dfrac", "\\tfrac"):
            return f"{_closed(self._argument())}/{_closed(self._argument())} "
        if macro == "\\sqrt":
            return f"√{_closed(self._argument())}"
        if macro in _COMBINING:
            return self._accented(_COMBINING[macro])
        if macro in ("\\mathbb", "\\mathcal"):
            return _symbol(f"{macro}{{{self._argument()}}}")
        return self._name(macro)

    def _name(self, token: str) -> str:
        name = token[1:].rstrip("*")
        if name in _NAMED:
            return name + ("" if self._at < len(self._tokens) and self._tokens[self._at] in "_^({[" else " ")
        return _OURS.get(token) or _symbol(token)

    def _accented(self, mark: str) -> str:
        text = self._argument()
        if len(text) != 1:
            raise _UnknownTexError
        return text + mark


def _raised(text: str) -> str:
    return _script(text, _ABOVE, "^")


def _lowered(text: str) -> str:
    return _script(text, _BELOW, "_")


def _script(text: str, letters: dict[str, str], sign: str) -> str:
    text = text.strip()
    if text and all(character in letters for character in text):
        return "".join(letters[character] for character in text)
    return f"{sign}{text}" if text.isalnum() or len(text) == 1 else f"{sign}({text})"


def _closed(text: str) -> str:
    """In brackets, unless it binds tighter than a stroke by itself."""
    text = text.strip()
    return text if re.fullmatch(r"[0-9.]+|\w[²³¹⁰-ⁿ₀-ₜᵢⱼ′]*", text) else f"({text})"


@lru_cache(maxsize=512)
def _symbol(tex: str) -> str:
    """What pylatexenc knows of one macro."""
    import logging

    from pylatexenc.latex2text import LatexNodes2Text

    # What it does not like it would write over the screen.
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL + 1)
    try:
        text: str = LatexNodes2Text(math_mode="text").latex_to_text(tex).strip()
    except Exception as error:  # in many ways, where a macro has no arguments
        raise _UnknownTexError from error
    # Of a macro whose form has a place for what it got none of, "%s" is left.
    is_form = "%" in text and tex != "\\%"
    if not text or is_form or "\\" in text or (text.isascii() and text.isalpha() and len(text) > 1):
        raise _UnknownTexError
    return text

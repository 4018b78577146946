"""The environment that a stranger's code gets: a short allow list, one thread, no terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Final

_ALLOWED: Final = {
    "PATH",
    "LANG",
    "LANGUAGE",
    "TZ",
    "HOME",
    "TMPDIR",
    "USER",
    "LOGNAME",
    "SHELL",
    "LD_LIBRARY_PATH",
}
_LIBRARIES: Final = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
ONE_THREAD: Final = {f"{library}_NUM_THREADS": "1" for library in _LIBRARIES}

# What decides which programs and libraries are run: never a course's to say.
_NEVER: Final = frozenset(
    (
        *("PATH", "SHELL", "HOME", "TMPDIR", "ENV", "BASH_ENV", "SHELLOPTS", "BASHOPTS", "PS4", "IFS"),
        *("GCONV_PATH", "LOCPATH", "NLSPATH", "PERL5LIB", "PERL5OPT", "RUBYLIB", "RUBYOPT", "NODE_OPTIONS"),
        *("NODE_PATH", "VIRTUAL_ENV", "USER", "LOGNAME"),
    )
)
_NEVER_BEGINNINGS: Final = (
    "LD_",
    "DYLD_",
    "PYTHON",
    "GIT_",
    "JUPYTER",
    "IPYTHON",
    "XDG_",
    "TUI_TUTOR",
    "BASH_FUNC_",
)
# Of those that begin so, what changes no program; and where a tui-tutor inside keeps what it installs.
_HARMLESS: Final = frozenset(
    ("PYTHONHASHSEED", "PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONIOENCODING", "TUI_TUTOR_DATA")
)

# Which modules of a package are worth importing before the first cell asks for them. Fixed here, so that a
# course can name packages but never decide what runs before it is trusted.
_WARM: Final[Mapping[str, tuple[str, ...]]] = {
    "numpy": ("numpy",),
    "torch": ("numpy", "torch", "torch._dynamo"),
    "torchvision": ("torchvision",),
    "pandas": ("numpy", "pandas"),
    "scipy": ("numpy", "scipy"),
    "scikit-learn": ("numpy", "sklearn"),
    "matplotlib": ("numpy", "matplotlib", "matplotlib.pyplot", "matplotlib_inline.backend_inline"),
    "sympy": ("sympy",),
    "pillow": ("PIL.Image",),
    "networkx": ("networkx",),
}


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a child may know of ours, threads limited to one, then what the course asks for."""
    kept = {name: text for name, text in os.environ.items() if name in _ALLOWED or name.startswith("LC_")}
    return {**kept, **ONE_THREAD, "TERM": "dumb", **(extra or {})}


def course_environment(asked: Mapping[str, str]) -> dict[str, str]:
    """Of the variables that a course asks for, those that it may set."""
    return {name: text for name, text in asked.items() if _may_set(name) and "\0" not in text}


def _may_set(name: str) -> bool:
    if not name or "=" in name or "\0" in name or name in _NEVER:
        return False
    return name in _HARMLESS or not name.startswith(_NEVER_BEGINNINGS)


def modules_to_warm(requirements: Sequence[str]) -> tuple[str, ...]:
    """Modules of well-known packages among PEP 508 requirements, in the order of import."""
    if not requirements:
        return ()
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, None] = {}
    for text in requirements:
        try:
            name = canonicalize_name(Requirement(text).name)
        except InvalidRequirement:
            continue
        found.update(dict.fromkeys(_WARM.get(name, ())))
    return tuple(found)

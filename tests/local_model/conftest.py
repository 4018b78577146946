"""The marker of tests that need a model's weights."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "local_model: needs TUI_TUTOR_LOCAL_MODEL, a Python with the model's packages"
    )

"""Where the learner's data lies, and where the shipped courses are."""

from __future__ import annotations

import os
from pathlib import Path

from tui_tutor.core.errors import TutorError


def data_folder() -> Path:
    """`TUI_TUTOR_DATA`, else the platform's data folder. Not made here."""
    wanted = os.environ.get("TUI_TUTOR_DATA")
    if wanted:
        return Path(wanted).expanduser().absolute()
    import platformdirs

    try:
        return Path(platformdirs.user_data_path("tui-tutor"))
    except (OSError, RuntimeError) as error:
        raise TutorError(
            f"There is no folder for your work ({error}).", help="Name one in TUI_TUTOR_DATA."
        ) from error


def shipped_courses() -> Path | None:
    """In a wheel inside the package, in a checkout beside it; None if there are none."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_courses", package.parent / "courses"):
        if folder.is_dir():
            return folder
    return None

"""The private folder of one course's programs: home and temporary files. 0700, removed at the end."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from tui_tutor.kernels.run_folder import RunFolder

_open: Final[dict[str, Scratch]] = {}


class Scratch:
    """Shared by the kernel and the shell of one workspace; gone when both have let it go."""

    def __init__(self, workspace: str) -> None:
        self._workspace, self._users = workspace, 0
        self._folder = RunFolder(Path(tempfile.gettempdir()))
        self.path = self._folder.path
        self.home, self.temporary = self.path / "home", self.path / "tmp"
        for folder in (self.home, self.temporary):
            folder.mkdir(mode=0o700)

    @classmethod
    def take(cls, workspace: str) -> Scratch:
        """The folder of this workspace, made when there is none. TutorError if it cannot be made."""
        scratch = _open.get(workspace)
        if scratch is None:
            scratch = _open[workspace] = cls(workspace)
        scratch._users += 1
        return scratch

    def let_go(self) -> None:
        """Remove it when nobody else uses it."""
        self._users -= 1
        if self._users == 0:
            _open.pop(self._workspace, None)
            self._folder.remove()

    def environment(self) -> dict[str, str]:
        """What makes programs keep to it."""
        home = os.fspath(self.home)
        return {
            "HOME": home,
            "TMPDIR": os.fspath(self.temporary),
            "XDG_CACHE_HOME": f"{home}/.cache",
            "XDG_CONFIG_HOME": f"{home}/.config",
            "XDG_DATA_HOME": f"{home}/.local/share",
        }

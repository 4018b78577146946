"""Archives of courses: packed the same every time, signed if one likes, read with distrust."""

from tui_tutor.shelf.archive.manifest import Manifest
from tui_tutor.shelf.archive.signing import Signer
from tui_tutor.shelf.archive.unpacking import Unpacked, read_manifest, sweep_incoming, unpack

__all__ = ["Manifest", "Signer", "Unpacked", "read_manifest", "sweep_incoming", "unpack"]

"""Which places of the machine confined code has to read: the system's programs and the interpreters'."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui_tutor.kernels.fork_link import SERVER

SYSTEM: Final = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt"),
    *("/nix/store", "/gnu/store", "/run/current-system/sw"),
    # How many processors there are: read by C libraries, OpenBLAS and torch.
    *("/sys/devices/system/cpu", "/sys/devices/system/node"),
)
PACKAGE: Final = SERVER.parent.parent  # ours: what runs inside, and what a shell cell calls as `tui-tutor`


def homes() -> tuple[Path, ...]:
    """The learner's home as the environment has it, which may say anything, and as the system has it."""
    import pwd

    found = [Path.home()]
    with suppress(KeyError):
        found.append(Path(pwd.getpwuid(os.geteuid()).pw_dir))
    return tuple(dict.fromkeys(found))


def _holds_home(folder: Path) -> bool:
    place = folder.resolve()
    return any(place in (home.resolve(), *home.resolve().parents) for home in homes())


def own() -> tuple[str, ...]:
    """Our package; of a checkout all of it, for Python looks into the folder that it finds a package in."""
    root = PACKAGE.parent
    is_checkout = (root / "pyproject.toml").is_file() and not _holds_home(root)
    return (str(root if is_checkout else PACKAGE),)


def interpreters(pythons: Iterable[str]) -> tuple[str, ...]:
    """Folders of these interpreters and their packages; never one that holds somebody's home.

    What an environment says of other folders counts for our own alone: into one that was made for a course
    its packages wrote what they liked.
    """
    found: dict[str, None] = {}
    for python in pythons:
        for prefix in dict.fromkeys(_prefixes(python)):
            found.update(dict.fromkeys(_parts(prefix)))
            if python == sys.executable:
                found.update(dict.fromkeys(_named_in_site_packages(prefix)))
    if user_site() is not None:
        found[str(user_site())] = None
    return tuple(found)


def user_site() -> Path | None:
    """The learner's own site-packages, where our interpreter uses them."""
    folder = Path(site.getusersitepackages()) if site.ENABLE_USER_SITE else None
    return folder if folder is not None and folder.is_dir() else None


def _prefixes(python: str) -> Iterator[Path]:
    if python == sys.executable:
        yield from (Path(sys.prefix), Path(sys.exec_prefix), Path(sys.base_prefix))
    place = Path(python).absolute()
    yield place.parent.parent
    yield place.resolve().parent.parent
    home = _home_of_environment(place.parent.parent) if python == sys.executable else None
    if home is not None:
        yield home.parent
        yield home.resolve().parent


def _home_of_environment(folder: Path) -> Path | None:
    """`home` of a virtual environment: where its interpreter was made."""
    try:
        lines = (folder / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, value = line.partition("=")
        if name.strip().lower() == "home":
            return Path(value.strip())
    return None


def _parts(prefix: Path) -> Iterator[str]:
    """The prefix; of one that holds more than an interpreter only what belongs to that."""
    if _holds_home(prefix):
        names = ("pyvenv.cfg", "bin", f"lib/python{sys.version_info.major}.{sys.version_info.minor}")
        yield from (str(prefix / name) for name in names)
    else:
        yield str(prefix)


def _named_in_site_packages(prefix: Path) -> Iterator[str]:
    """Folders that .pth files add, as installing a checkout does; not our own: see `own`."""
    ours = PACKAGE.parent
    for file in sorted(prefix.glob("lib/python3*/site-packages/*.pth")):
        with suppress(OSError):
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                folder = file.parent / line.strip()
                is_named = line.strip() and not line.startswith(("#", "import ", "import\t"))
                if is_named and folder.is_dir() and folder.resolve() != ours and not _holds_home(folder):
                    yield str(folder)


def resolving_names() -> tuple[str, ...]:
    """Where the address of a name server is written, when /etc only points there."""
    place = os.path.realpath("/etc/resolv.conf")
    return () if place.startswith("/etc/") else (os.path.dirname(place),)

"""Which Python runs a course's cells, and an environment of its own where none can."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui_tutor.core.course import Course
from tui_tutor.core.ports import Json, PackageNeed, Progress

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from tui_tutor.shelf.fetching import Target

IPYKERNEL: Final = ("ipykernel>=7,<8",)

# MB to download and on disk, Linux x86-64, November 2026. Of others no size is told to a learner.
_SIZES: Final[Mapping[str, tuple[float, float]]] = {
    "ipykernel": (20, 100),
    "matplotlib": (30, 80),
    "numpy": (17, 70),
    "pandas": (13, 70),
    "pillow": (7, 20),
    "scikit-learn": (60, 250),
    "scipy": (36, 130),
    "sympy": (7, 70),
    "torch": (200, 750),
}
_GUESS: Final = (5.0, 100.0)  # for the bar and the space asked for beforehand


@dataclass(frozen=True)
class Environments:
    """The environments of all courses, under `folder`.

    `always` is installed beside a course's packages; `pip_options` go to pip as they are.
    """

    folder: Path
    always: tuple[str, ...] = IPYKERNEL
    pip_options: tuple[str, ...] = ()

    def need(self, course: Course) -> PackageNeed:
        """The interpreter for a course's cells: its own environment, else ours, else none."""
        wanted = course.kernel.packages
        own = self.path_for(course)
        if not wanted:
            return PackageNeed(sys.executable, environment=str(own))
        candidates = [one for one in (interpreter_in(own), Interpreter.own()) if one is not None]
        lacks = [(one, one.missing(wanted)) for one in candidates]
        for interpreter, missing in lacks:
            if not missing:
                return PackageNeed(interpreter.python, environment=str(own))
        from tui_tutor.shelf.indexes import indexes

        missing = lacks[-1][1]
        return PackageNeed(None, missing, self._download_mb(wanted), str(own), indexes(self.pip_options))

    def path_for(self, course: Course) -> Path:
        """Where a course's environment lies: another one for other packages or another Python."""
        import hashlib

        told = "\n".join((*sorted(course.kernel.packages), f"{sys.version_info[0]}.{sys.version_info[1]}"))
        return self.folder / f"{course.id}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"

    def set_up(
        self, course: Course, lock: Mapping[str, Json], wheels: Path | None = None
    ) -> AsyncIterator[Progress]:
        """Install a course's packages; TutorError if it cannot, and what was there stays.

        `wheels` is a folder of wheels that came with the course: where they fit, no network is needed.
        """
        from tui_tutor.shelf.installation import Installation

        requirements = self._requirements(course)
        return Installation(
            link=self.path_for(course),
            requirements=requirements,
            constraints=proven_versions(requirements, lock),
            pip_options=self.pip_options,
            expected_mb=sum(_SIZES.get(name, _GUESS)[0] for name in names_of(requirements)),
            is_size_known=self._download_mb(requirements) is not None,
            disk_mb=sum(_SIZES.get(name, _GUESS)[1] for name in names_of(requirements)),
            wheels=wheels,
        ).run()

    def fetch_wheels(
        self, course: Course, lock: Mapping[str, Json], folder: Path, targets: Sequence[Target] = ()
    ) -> AsyncIterator[Progress]:
        """Fetch what `set_up` would install into a folder, for these systems or (none) for this one."""
        from tui_tutor.shelf.fetching import Fetching

        requirements = self._requirements(course)
        return Fetching(
            folder=folder,
            requirements=requirements,
            constraints=proven_versions(requirements, lock),
            pip_options=self.pip_options,
            expected_mb=sum(_SIZES.get(name, _GUESS)[0] for name in names_of(requirements)),
            targets=targets,
        ).run()

    def _requirements(self, course: Course) -> tuple[str, ...]:
        return (*requirements_for(course.kernel.packages), *self.always)

    def _download_mb(self, wanted: Iterable[str]) -> float | None:
        known = [_SIZES.get(name) for name in names_of((*wanted, *self.always))]
        return round(sum(size[0] for size in known if size)) if all(known) else None


@dataclass(frozen=True)
class Interpreter:
    """A Python, and the versions of what is installed for it, from metadata alone."""

    python: str
    version: str
    site_packages: tuple[str, ...] | None = None  # None: our own `sys.path`

    @classmethod
    def own(cls) -> Interpreter:
        """The interpreter that this program runs in."""
        return cls(sys.executable, ".".join(str(part) for part in sys.version_info[:3]))

    def version_of(self, name: str) -> str | None:
        """The installed version of a distribution, None if it is not there or its metadata is damaged."""
        from importlib.metadata import distributions

        places = list(sys.path if self.site_packages is None else self.site_packages)
        with suppress(Exception):  # whatever is wrong with metadata: what cannot be read is not there
            return next((found.version for found in distributions(name=name, path=places)), None)
        return None

    def missing(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """Requirements that nothing installed satisfies; those whose markers do not apply are left out."""
        return tuple(text for text in wanted if not self._has(text))

    def _has(self, text: str) -> bool:
        from packaging.requirements import InvalidRequirement, Requirement

        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            return False
        if requirement.marker is not None and not requirement.marker.evaluate(self._markers()):
            return True
        version = self.version_of(requirement.name)
        return version is not None and requirement.specifier.contains(version, prereleases=True)

    def _markers(self) -> dict[str, str]:
        minor = ".".join(self.version.split(".")[:2])
        return {"python_version": minor, "python_full_version": self.version}


def interpreter_in(environment: Path) -> Interpreter | None:
    """The Python of a virtual environment, None if there is none. Nothing is started."""
    python = environment / "bin" / "python"
    if not python.exists():
        return None
    version = ""
    with suppress(OSError):
        for line in (environment / "pyvenv.cfg").read_text("utf-8", "replace").splitlines():
            key, _, value = line.partition("=")
            if key.strip() in {"version", "version_info"}:
                version = value.strip()
    folders = sorted(str(path) for path in environment.glob("lib*/python3.*/site-packages"))
    return Interpreter(str(python), version, tuple(folders)) if version else None


def requirements_for(wanted: Sequence[str]) -> tuple[str, ...]:
    """A course's packages as pip takes them; TutorError for one that is malformed or names an address.

    A course may ask for packages by name; where they come from is for the learner's pip to say.
    """
    return tuple(str(_checked(text)) for text in wanted)


def _checked(text: str) -> Requirement:
    from packaging.requirements import InvalidRequirement, Requirement

    from tui_tutor.core.errors import TutorError
    from tui_tutor.core.safe_text import safe_line

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise TutorError(
            f"The course asks for a package that cannot be understood: {safe_line(text)}.", exit_code=4
        ) from error
    if requirement.url is not None:
        raise TutorError(
            f"The course asks for a package from an address: {safe_line(text)}. Nothing was installed.",
            help="Install it yourself if you trust it, beside tui-tutor.",
        )
    return requirement


def names_of(requirements: Iterable[str]) -> tuple[str, ...]:
    """Normalised names of those that can be read, each once."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    names = []
    for text in requirements:
        with suppress(InvalidRequirement):
            names.append(canonicalize_name(Requirement(text).name))
    return tuple(dict.fromkeys(names))


def proven_versions(requirements: Sequence[str], lock: Mapping[str, Json]) -> tuple[str, ...]:
    """`name==version` for what the lock was proven with, where that satisfies the requirements."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name
    from packaging.version import InvalidVersion, Version

    specifiers = {canonicalize_name((one := Requirement(text)).name): one.specifier for text in requirements}
    proven = lock.get("packages", {})
    found = []
    for name, version in proven.items() if isinstance(proven, Mapping) else ():
        specifier = specifiers.get(canonicalize_name(str(name)))
        with suppress(InvalidVersion):
            if specifier is not None and specifier.contains(Version(str(version)), prereleases=True):
                # Without the local part (`+cpu`): which build is right is this computer's matter.
                found.append(f"{canonicalize_name(str(name))}=={Version(str(version)).public}")
    return tuple(found)

"""Judging an archive whole, before a byte of it is written: names, sizes, manifest, signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_tutor.core.parsing import COURSE_FILE
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.archive.limits import LIMITS, refused
from tui_tutor.shelf.archive.manifest import (
    MANIFEST_FILE,
    SIGNATURE_FILE,
    WHEELS_FOLDER,
    FileFacts,
    Manifest,
    read_manifest_text,
)
from tui_tutor.shelf.archive.names import collision_in, is_left_out, problem_with, trap_in
from tui_tutor.shelf.archive.signing import Signer, check_signature
from tui_tutor.shelf.archive.zip_directory import STORED, Member
from tui_tutor.shelf.archive.zip_reading import Archive
from tui_tutor.shelf.folder import LIMITS as FOLDER_LIMITS
from tui_tutor.shelf.folder import WHEELS_PLACE


@dataclass(frozen=True)
class Plan:
    """What is written: files by their name in the course's folder; what the manifest says of each."""

    root: str  # of the course in the archive, "" if it is the archive itself
    files: Mapping[str, Member]
    facts: Mapping[str, FileFacts]
    manifest: Manifest | None
    signer: Signer | None

    @property
    def size(self) -> int:
        return sum(member.size for member in self.files.values())


def judge(archive: Archive, path: Path) -> Plan:
    """What of an archive is to be written; TutorError with the reason if nothing is."""
    for member in archive.members:
        _check_member(member)
    files = {member.name: member for member in archive.members if not member.is_folder}
    if not files:
        raise refused("it is empty")
    is_proven = MANIFEST_FILE in files and COURSE_FILE not in files
    _check_names(archive.members, ours={SIGNATURE_FILE} if is_proven else set())
    return _proven_plan(archive, files) if is_proven else _plain_plan(files, path)


def _check_names(members: Sequence[Member], *, ours: set[str]) -> None:
    """No name twice, and none that is one with another on some system; `ours` are not written anywhere."""
    seen: set[tuple[str, bool]] = set()
    for member in members:
        if (member.name, member.is_folder) in seen:
            raise refused(f"it has {member.name} twice")
        seen.add((member.name, member.is_folder))
    names = [member.name for member in members if not member.is_folder and member.name not in ours]
    # A folder stands for itself when no file in it does.
    inner = {"/".join(name.split("/")[:length]) for name in names for length in range(1, name.count("/") + 1)}
    empty = [f"{one.name}/." for one in members if one.is_folder and one.name not in inner]
    if collided := collision_in([*names, *empty]):
        raise refused(f"{collided[0]} and {collided[1]} are one name on some systems")


def _check_member(member: Member) -> None:
    if (trap := trap_in(member.name)) is not None:
        raise refused(f"{member.name} has {trap}, which Python or its tools would load by themselves")
    if (problem := problem_with(member.name)) is not None:
        raise refused(f"it has a file named {safe_line(member.name, limit=80)!r}; {problem}")
    least = member.size / LIMITS.ratio
    if member.size > LIMITS.ratio_from_bytes and member.packed < least:
        raise refused(f"{member.name} is compressed more than {LIMITS.ratio} times")
    if member.method != STORED and member.packed > member.size * 1.01 + 1_000:
        raise refused(f"{member.name} is larger packed than unpacked")


def _proven_plan(archive: Archive, files: Mapping[str, Member]) -> Plan:
    data = archive.read(files[MANIFEST_FILE], LIMITS.manifest_bytes)
    manifest = read_manifest_text(data)
    signer = None
    if SIGNATURE_FILE in files:
        signer = check_signature(data, archive.read(files[SIGNATURE_FILE], LIMITS.signature_bytes))
    told = {f"{manifest.course_id}/{one.path}": (one.path, one) for one in manifest.files}
    told |= {f"{WHEELS_FOLDER}/{one.path}": (f"{WHEELS_PLACE}/{one.path}", one) for one in manifest.wheels}
    if len(told) != len(manifest.files) + len(manifest.wheels):
        raise refused(f"its {MANIFEST_FILE} names a file twice")
    present = set(files) - {MANIFEST_FILE, SIGNATURE_FILE}
    if lost := sorted(set(told) - present):
        raise refused(f"{lost[0]} is missing")
    if extra := sorted(present - set(told)):
        raise refused(f"{extra[0]} is not in its {MANIFEST_FILE}")
    for name, (_, one) in told.items():
        if files[name].size != one.size:
            raise refused(f"{name} has another size than its {MANIFEST_FILE} says")
    placed = {place: files[name] for name, (place, _) in told.items()}
    facts = dict(told.values())
    plan = Plan(manifest.course_id, placed, facts, manifest, signer)
    _check_sizes(plan)
    return plan


def _plain_plan(files: Mapping[str, Member], path: Path) -> Plan:
    """A zip that somebody made of a course's folder: the same policy, and dot files stay out."""
    wanted = {name: member for name, member in files.items() if not is_left_out(name)}
    root = _root_of(wanted)
    placed = {name.removeprefix(f"{root}/") if root else name: member for name, member in wanted.items()}
    plan = Plan(root or path.stem, placed, {}, None, None)
    _check_sizes(plan)
    return plan


def _root_of(names: Mapping[str, Member]) -> str:
    """The folder that holds the course, "" if the archive does itself."""
    if COURSE_FILE in names:
        return ""
    tops = sorted({name.partition("/")[0] for name in names})
    roots = [top for top in tops if f"{top}/{COURSE_FILE}" in names]
    if not roots:
        raise refused(f"it is not a course: it has no {COURSE_FILE} at its top or in its one folder")
    if len(tops) > 1:
        raise refused(f"it has more than one folder at its top: {tops[0]} and {tops[1]}")
    return roots[0]


def _check_sizes(plan: Plan) -> None:
    wheels = {name: one for name, one in plan.files.items() if name.startswith(f"{WHEELS_PLACE}/")}
    own = {name: one for name, one in plan.files.items() if name not in wheels}
    if COURSE_FILE not in own:
        raise refused(f"it is not a course: it has no {COURSE_FILE}")
    if len(own) > FOLDER_LIMITS.files or len(wheels) > LIMITS.wheels:
        raise refused(
            f"it has more than {FOLDER_LIMITS.files:,} files or {LIMITS.wheels} wheels", exit_code=4
        )
    if sum(one.size for one in own.values()) > FOLDER_LIMITS.course_bytes:
        raise refused(f"it has more than {FOLDER_LIMITS.course_bytes // 1_000_000} MB", exit_code=4)
    if sum(one.size for one in wheels.values()) > LIMITS.wheels_bytes:
        raise refused(f"its wheels have more than {LIMITS.wheels_bytes // 1_000_000_000} GB")
    for name in own:
        if name.count("/") >= FOLDER_LIMITS.depth:
            raise refused(f"{name} lies deeper than {FOLDER_LIMITS.depth} folders")

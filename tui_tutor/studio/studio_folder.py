"""The folder of a course that the studio makes: what an author sees, and `.studio/` behind it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.errors import TutorError
from tui_tutor.core.parsing import COURSE_FILE, lesson_path
from tui_tutor.core.safe_text import safe_line
from tui_tutor.core.toml_writing import toml_text
from tui_tutor.studio.assembling import course_toml, draft_toml
from tui_tutor.studio.brief import BRIEF_FILE, Brief
from tui_tutor.studio.course_file import values_in, with_changes
from tui_tutor.studio.durable import make_folder, not_stored, write_durably
from tui_tutor.studio.outline import OUTLINE_FILE, Outline, outline_toml, read_outline

HIDDEN: Final = ".studio"
_ESTIMATE: Final = "estimate.json"
_REVIEW: Final = "review.json"
_LOCK: Final = "lock"
_COURSE: Final = "course.json"  # course.toml as the studio wrote it
BEFORE: Final = "before"  # what a build has replaced


class StudioFolder:
    """A course folder of the studio's. Every file is whole or not there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.hidden = root / HIDDEN

    @classmethod
    def begun(cls, root: Path, brief: Brief) -> StudioFolder:
        """A new one, in a folder that is not there or empty, or that holds no more than this same brief.

        TutorError otherwise, with nothing changed.
        """
        shown = safe_line(str(root))
        if root.is_symlink() or (root.exists() and not root.is_dir()):
            raise TutorError(
                f"{shown} is there and is no folder; it is as it was.", help="Name another with -o."
            )
        folder, text = cls(root), toml_text(brief.model_dump(exclude_defaults=True, mode="json"))
        if root.is_dir() and any(root.iterdir()) and not folder._is_bare(text):
            raise folder._not_empty(text)
        make_folder(folder.hidden)
        folder.put(BRIEF_FILE, text)
        return folder

    def _not_empty(self, brief: str) -> TutorError:
        """What to say of a folder that holds something."""
        shown, kept = safe_line(str(self.root)), self.hidden / BRIEF_FILE
        if not kept.is_file():
            return TutorError(f"{shown} is not empty; it is as it was.", help="Name another folder with -o.")
        go_on = f"tui-tutor studio build {shown}"
        if self.get(BRIEF_FILE) == brief.encode():
            return TutorError(
                f"{shown} is not empty; it is as it was.",
                help=f"Name another folder with -o, or go on with this one: {go_on}",
            )
        return TutorError(
            f"{shown} holds a course that was begun with another brief; it is as it was.",
            help=f"Its brief is {safe_line(str(kept))}: change it there, then: {go_on}. Or name another "
            "folder with -o.",
        )

    def _is_bare(self, brief: str) -> bool:
        """Whether nothing is there but the beginning of this same course, which has no outline yet."""
        if [path.name for path in self.root.iterdir()] != [HIDDEN] or self.hidden.is_symlink():
            return False
        return self.get(OUTLINE_FILE) is None and self.get(BRIEF_FILE) in (None, brief.encode())

    @classmethod
    def there(cls, root: Path) -> StudioFolder:
        """One that `studio new` began. TutorError if it is none."""
        folder = cls(root)
        if not (folder.hidden / BRIEF_FILE).is_file():
            raise TutorError(
                f"{safe_line(str(root))} was not begun by the studio: it has no {HIDDEN}/{BRIEF_FILE}.",
                help=f'Begin with: tui-tutor studio new "what it is about" -o {safe_line(str(root))}',
            )
        return folder

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else builds here meanwhile. TutorError if somebody does."""
        try:
            place = os.open(self.hidden / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise not_stored(self.hidden / _LOCK, error) from error
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise TutorError(
                "Another build is at work in this folder; nothing was changed.",
                help="Wait for it, or stop it: what it finished is kept.",
            ) from None
        finally:
            os.close(place)

    # --- small files ----------------------------------------------------------------------------------

    def put(self, name: str, text: str) -> None:
        """Write a file of `.studio/`."""
        place = self.hidden / name
        make_folder(place.parent)
        write_durably(place, text.encode())

    def get(self, name: str) -> bytes | None:
        """A file of `.studio/`, None if it is not there."""
        try:
            return (self.hidden / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = os.strerror(error.errno or 0).lower()
            raise TutorError(
                f"{HIDDEN}/{name} cannot be read: {reason}.", help="Check its rights."
            ) from error

    def _json(self, name: str) -> Any:
        try:
            return json.loads(self.get(name) or b"null")
        except ValueError:
            return None

    def brief(self) -> Brief:
        """What the author asked for."""
        from tui_tutor.studio.briefing import read_brief

        return read_brief(self.get(BRIEF_FILE) or b"", BRIEF_FILE)

    def outline(self) -> Outline | None:
        """The outline as the author left it, None before there is one."""
        data = self.get(OUTLINE_FILE)
        return read_outline(data) if data is not None else None

    def set_outline(self, brief: Brief, outline: Outline) -> None:
        """Keep an outline, and show it as a course of drafts; lessons that are written stay."""
        self.put(OUTLINE_FILE, outline_toml(outline))
        self.show_outline(brief, outline)

    def show_outline(self, brief: Brief, outline: Outline) -> None:
        """Write the drafts of an outline; a course that is published already is as it was."""
        if self.written_lessons():
            return
        fresh = course_toml(brief, outline, version="0.1.0")
        self.publish({COURSE_FILE: self.course_file(fresh)})
        self.note_course_file(fresh)
        wanted = {f"{one.id}.toml" for one in outline.lesson}
        for path in (self.root / "lessons").glob("*.toml"):
            if path.name not in wanted:
                self.take_out(f"lessons/{path.name}")
        self.publish({lesson_path(one.id): draft_toml(outline, one.id).encode() for one in outline.lesson})

    @property
    def estimate_usd(self) -> float | None:
        """What the author was told that it would cost, None if nothing was said."""
        said = self._json(_ESTIMATE)
        return float(said) if isinstance(said, int | float) else None

    def note_estimate(self, dollars: float) -> None:
        """Remember what the author was told, once."""
        if self.estimate_usd is None:
            self.put(_ESTIMATE, json.dumps(dollars))

    # --- the course -------------------------------------------------------------------------------------

    def files(self) -> dict[str, bytes]:
        """The course's own files by relative path, hidden ones left out."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if path.is_file() and not path.is_symlink() and not name.startswith("."):
                found[name] = path.read_bytes()
        return found

    def written_lessons(self) -> tuple[str, ...]:
        """The ids of lessons that are more than drafts."""
        return tuple(
            path.stem
            for path in sorted((self.root / "lessons").glob("*.toml"))
            if "." not in path.stem and _is_written(path)
        )

    def publish(self, files: Mapping[str, bytes]) -> None:
        """Put files into the course, each whole; those that are the same already are not touched."""
        for name, data in files.items():
            place = self.root / name
            with suppress(OSError):
                if place.read_bytes() == data:
                    continue
            make_course_folder(place.parent)
            write_durably(place, data)
            with suppress(OSError):
                place.chmod(0o644)

    def leave(self, name: str, why: Sequence[str], data: bytes) -> None:
        """Keep what there is of a lesson in `.studio/left/` for the author, after the reasons."""
        reasons = "".join(f"# {safe_line(one)}\n" for one in why)
        self.put(f"left/{Path(name).name}", f"{reasons}{data.decode('utf-8', 'replace')}")

    def take_out(self, name: str) -> None:
        """Remove a draft from the course; as everything that is replaced, it is kept in `.studio/before/`."""
        self._keep_before(name)
        (self.root / name).unlink(missing_ok=True)

    def replace(self, files: Mapping[str, bytes]) -> None:
        """Publish; what stood in the place of other bytes is kept in `.studio/before/`."""
        there = self.files()
        for name in (name for name, data in files.items() if there.get(name, data) != data):
            self._keep_before(name)
        self.publish(files)

    def require_unchanged(self, before: Mapping[str, bytes], meanwhile: str, help: str) -> None:
        """TutorError where the author has saved something since: it is neither proven nor overwritten."""
        there = self.files()
        changed = sorted(name for name in {*there, *before} if there.get(name) != before.get(name))
        if changed:
            raise TutorError(f"{safe_line(changed[0])} was changed {meanwhile}", help=help)

    def _keep_before(self, name: str) -> None:
        with suppress(FileNotFoundError):
            place = self.hidden / BEFORE / name
            make_folder(place.parent)
            write_durably(place, (self.root / name).read_bytes())

    def course_file(self, fresh: str) -> bytes:
        """course.toml as the studio writes it now, with what the author has changed in it since."""
        try:
            theirs = (self.root / COURSE_FILE).read_bytes()
        except FileNotFoundError:
            return fresh.encode()
        wrote = self._json(_COURSE)
        return with_changes(fresh, theirs, wrote if isinstance(wrote, dict) else {})

    def note_course_file(self, fresh: str) -> None:
        """Remember what the studio itself wrote: all else in the file is the author's."""
        self.put(_COURSE, json.dumps(values_in(fresh.encode()), ensure_ascii=False, indent=1))

    # --- the author's review ----------------------------------------------------------------------------

    def review(self) -> dict[str, str]:
        """What the author said of cells: {"lesson/cell": "accepted" or "locked"}."""
        said = self._json(_REVIEW)
        return {str(key): str(value) for key, value in said.items()} if isinstance(said, dict) else {}

    def set_review(self, said: Mapping[str, str]) -> None:
        """Keep the author's review."""
        self.put(_REVIEW, json.dumps(dict(sorted(said.items())), indent=1))


def make_course_folder(path: Path) -> None:
    """A folder of the course, with the rights that the author's other folders have."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise TutorError(
            f"{safe_line(str(path))} cannot be made: {reason}.",
            help="What was made before is kept in .studio/.",
        ) from error


def _is_written(path: Path) -> bool:
    document = parse_toml(path.read_bytes(), path.name)
    return not isinstance(document, Document) or not document.values.get("draft", False)

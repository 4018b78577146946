"""Mends a whole course as far as it can be mended without a question; never makes it worse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.diagnostic import Diagnostic, Severity
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.fixing.cure import Cure, Edit, apply_cures, keeps_the_rest
from tui_tutor.core.fixing.cures import cures_for
from tui_tutor.core.fixing.tidying import tidied
from tui_tutor.core.parsing import COURSE_FILE, check_course

Files = Mapping[str, bytes]
Applied = tuple[bytes, tuple[Cure, ...]]  # a file with these cures
_MOST_PASSES: Final = 5
_MOST_ROUNDS: Final = 100
_MOST_AHEAD: Final = 3
_MOST_TRIED: Final = 200  # cures of one file, one by one
_LESSONS: Final = "lessons/"
# Stands for a lesson that has no part in what is mended.
_ELSEWHERE: Final = b'title = "elsewhere"\ndraft = true\n'


@dataclass(frozen=True, slots=True)
class Fixed:
    """One thing that was mended, with its line at that moment."""

    file: str
    line: int
    code: str
    message: str

    def as_json(self) -> dict[str, object]:
        """The stable shape inside `check --fix --json`."""
        return {"file": self.file, "line": self.line, "code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True)
class FixedCourse:
    """The files that changed, what was mended in them, and what is still to be said of the course."""

    changed: Mapping[str, bytes]
    fixed: tuple[Fixed, ...]
    diagnostics: tuple[Diagnostic, ...]


def fix_course(files: Files, *, folder_name: str = "course") -> FixedCourse:
    """Apply cures until none is left; one that does not take mistakes away, or changes more, is dropped."""
    made, fixed = dict(files), list[Fixed]()
    for _ in range(_MOST_PASSES):  # what one pass has moved may lay open what another mends
        once = _fixed_once(made, folder_name)
        made.update(once.changed)
        fixed += once.fixed
        if not once.changed:
            break
    changed = {name: data for name, data in made.items() if files[name] != data}
    return FixedCourse(changed, tuple(fixed), once.diagnostics)


def _fixed_once(files: Files, folder_name: str) -> FixedCourse:
    tidy, fixed = _tidied(files)
    before = check_course(tidy, folder_name=folder_name)
    made = dict(tidy)
    for file in _files_with_cures(tidy, before, folder_name):
        mending = _Mending(_around(made, file), file, folder_name)
        mending.mend()
        made[file] = mending.files[file]
        fixed += mending.fixed
    after = before if made == tidy else check_course(made, folder_name=folder_name)
    if _count(after, "error") > _count(before, "error"):
        # What seemed right in each file was not right for all of them together.
        (made, fixed), after = _tidied(files), before
    changed = {name: data for name, data in made.items() if files[name] != data}
    return FixedCourse(changed, tuple(fixed), after)


def _files_with_cures(files: Files, diagnostics: Sequence[Diagnostic], folder_name: str) -> Iterator[str]:
    """The files in which something can be mended, in order."""
    said = defaultdict(list)
    for item in diagnostics:
        said[item.span.file].append(item)
    for file in sorted(name for name in files if _is_ours(name)):
        document = parse_toml(files[file], file)
        if isinstance(document, Document) and any(cures_for(document, said[file], folder_name=folder_name)):
            yield file


def _tidied(files: Files) -> tuple[dict[str, bytes], list[Fixed]]:
    """Marks and blanks that mean nothing; the meaning of a file is compared before and after."""
    made = {file: tidied(data, file) if _is_ours(file) else data for file, data in files.items()}
    message = "line ends and blanks at them are tidy now"
    return made, [Fixed(file, 1, "untidy", message) for file in sorted(made) if made[file] != files[file]]


def _around(files: Files, file: str) -> dict[str, bytes]:
    """A course in which only this file matters, so that checking is quick.

    Other lessons are missing, before and after alike; for course.toml, which names them, they are stood for.
    """
    own = file.removeprefix(_LESSONS).partition(".")[0]
    around: dict[str, bytes] = {}
    for name, data in files.items():
        is_lesson = name.startswith(_LESSONS)
        if not is_lesson or name.removeprefix(_LESSONS).partition(".")[0] == own:
            around[name] = data
        elif file == COURSE_FILE and name.count(".") == 1:
            around[name] = _ELSEWHERE
    return around


class _Mending:
    """One file of a course between two cures; `depth` is how often it was looked ahead."""

    def __init__(
        self,
        files: dict[str, bytes],
        file: str,
        folder_name: str,
        found: Sequence[Diagnostic] = (),
        depth: int = 0,
    ) -> None:
        self.files = files
        self.file = file
        self.folder_name = folder_name
        self.depth = depth
        self.fixed: list[Fixed] = []
        self.refused: set[tuple[str, tuple[Edit, ...]]] = set()
        self.diagnostics = found or self._check(files)

    def mend(self) -> None:
        """Rounds of cures until one changes nothing."""
        for _ in range(_MOST_ROUNDS):
            offered = self._offered()
            if not offered or not self._mend_by(offered):
                break

    def _mend_by(self, cures: Sequence[Cure]) -> bool:
        """All cures together, or one by one; places move with each that was taken."""
        if (made := self._applied(cures)) and self._accept(made):
            return True
        offered, is_mended = list(cures), False
        for cure in cures[:_MOST_TRIED]:
            if cure in offered and (made := self._applied([cure])) and self._accept(made, looks_ahead=True):
                offered, is_mended = self._offered(), True
            else:
                self.refused.add((cure.code, cure.edits))
        return is_mended

    def _check(self, files: Files) -> tuple[Diagnostic, ...]:
        return check_course(files, folder_name=self.folder_name)

    def _offered(self) -> list[Cure]:
        document = parse_toml(self.files[self.file], self.file)
        if not isinstance(document, Document):
            return []
        own = [item for item in self.diagnostics if item.span.file == self.file]
        cures = cures_for(document, own, folder_name=self.folder_name)
        return [cure for cure in cures if (cure.code, cure.edits) not in self.refused]

    def _applied(self, cures: Sequence[Cure]) -> Applied | None:
        """The file with cures, None where they would change anything else."""
        before = parse_toml(self.files[self.file], self.file)
        assert isinstance(before, Document)
        text, applied = apply_cures(before.text, cures)
        data = text.encode()
        after = parse_toml(data, self.file)
        if isinstance(after, Document) and keeps_the_rest(before.values, after.values, applied):
            return data, applied
        return None

    def _accept(self, made: Applied, *, looks_ahead: bool = False) -> bool:
        """Take the new file if every cure has taken a mistake away, alone or with what it makes possible."""
        data, cures = made
        files = {**self.files, self.file: data}
        found = self._check(files)
        if self._is_better(found, cures):
            self.files, self.diagnostics = files, found
            self.fixed += self._fixes(cures)
            return True
        return looks_ahead and self.depth < _MOST_AHEAD and self._accept_with_others(files, found, cures)

    def _is_better(self, found: Sequence[Diagnostic], cures: Sequence[Cure]) -> bool:
        errors = sum(cure.is_error for cure in cures)
        is_better = _count(found, "error") <= _count(self.diagnostics, "error") - errors
        if not errors:
            is_better &= _count(found, "warning") <= _count(self.diagnostics, "warning") - len(cures)
        return is_better

    def _accept_with_others(
        self, files: dict[str, bytes], found: Sequence[Diagnostic], cures: Sequence[Cure]
    ) -> bool:
        """A cure may show mistakes that were hidden; if those can be mended too, all of them are."""
        ahead = _Mending(files, self.file, self.folder_name, found, self.depth + 1)
        ahead.refused = set(self.refused)
        ahead.mend()
        if not ahead.fixed or _count(ahead.diagnostics, "error") >= _count(self.diagnostics, "error"):
            return False
        self.files, self.diagnostics = ahead.files, ahead.diagnostics
        self.fixed += [*self._fixes(cures), *ahead.fixed]
        return True

    def _fixes(self, cures: Iterable[Cure]) -> Iterator[Fixed]:
        return (Fixed(self.file, cure.line, cure.code, cure.said) for cure in cures)


def _count(diagnostics: Sequence[Diagnostic], severity: Severity) -> int:
    return sum(item.severity == severity for item in diagnostics)


def _is_ours(file: str) -> bool:
    """Whether a file is TOML of the course itself, not one that lessons work with."""
    if not file.endswith(".toml"):
        return False
    folder, _, name = file.rpartition("/")
    return folder == "lessons" or file == COURSE_FILE or (not folder and name.startswith("course."))

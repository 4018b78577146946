"""Mends a whole course as far as it can be mended without a question; never makes it worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui_tutor.core.diagnostic import Diagnostic, Severity
from tui_tutor.core.document import Document, parse_toml
from tui_tutor.core.fixing.cure import Cure, Edit, apply_cures, keeps_the_rest
from tui_tutor.core.fixing.cures import cures_for
from tui_tutor.core.fixing.tidying import tidied
from tui_tutor.core.parsing import COURSE_FILE, check_course

Files = dict[str, bytes]
Applied = tuple[bytes, tuple[Cure, ...]]  # a file with these cures
_MOST_ROUNDS: Final = 100
_MOST_AHEAD: Final = 3


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


def fix_course(files: Mapping[str, bytes], *, folder_name: str = "course") -> FixedCourse:
    """Apply cures until none is left; one that does not take mistakes away, or changes more, is dropped."""
    mending = _Mending(dict(files), folder_name)
    mending.tidy()
    mending.mend()
    changed = {name: data for name, data in mending.files.items() if files[name] != data}
    return FixedCourse(changed, tuple(mending.fixed), mending.diagnostics)


class _Mending:
    """A course between two cures; `only` is the one file that is mended, `depth` how far it looks ahead."""

    def __init__(self, files: Files, folder_name: str, *, only: str = "", depth: int = 0) -> None:
        self.files = files
        self.folder_name = folder_name
        self.only = only
        self.depth = depth
        self.fixed: list[Fixed] = []
        self.refused: set[tuple[str, str, tuple[Edit, ...]]] = set()
        self.diagnostics = check_course(files, folder_name=folder_name)

    def tidy(self) -> None:
        """Marks and blanks that mean nothing; the meaning of a file is compared before and after."""
        for file in sorted(name for name in self.files if _is_ours(name)):
            made = tidied(self.files[file], file)
            if made != self.files[file]:
                self.files[file] = made
                self.fixed.append(Fixed(file, 1, "untidy", "line ends and blanks at them are tidy now"))
        if self.fixed:
            self.diagnostics = check_course(self.files, folder_name=self.folder_name)

    def mend(self) -> None:
        """Rounds of cures until one changes nothing."""
        for _ in range(_MOST_ROUNDS):
            offered = {file: found for file in sorted(self.files) if (found := self._offered(file))}
            if not offered or not self._mend_files(offered):
                break

    def _mend_files(self, offered: Mapping[str, Sequence[Cure]]) -> bool:
        """All files together; where that does not help, each by itself."""
        made = {file: self._applied(file, cures) for file, cures in offered.items()}
        if all(made.values()) and self._accept({file: one for file, one in made.items() if one}):
            return True
        results = [self._mend_file(file, cures) for file, cures in offered.items()]
        return any(results)

    def _mend_file(self, file: str, cures: Sequence[Cure]) -> bool:
        """Cures of one file together, or one by one."""
        if (made := self._applied(file, cures)) and self._accept({file: made}):
            return True
        results = [self._mend_one(file, cure) for cure in cures]
        return any(results)

    def _mend_one(self, file: str, cure: Cure) -> bool:
        """A cure by itself, alone or with what it makes possible; places move with each that was taken."""
        made = self._applied(file, [cure]) if cure in self._offered(file) else None
        if made and (self._accept({file: made}) or self._accept_with_others(file, made)):
            return True
        self.refused.add((file, cure.code, cure.edits))
        return False

    def _offered(self, file: str) -> list[Cure]:
        if not _is_ours(file) or self.only not in ("", file):
            return []
        own = [item for item in self.diagnostics if item.span.file == file]
        document = parse_toml(self.files[file], file)
        if not isinstance(document, Document):
            return []
        cures = cures_for(document, own, folder_name=self.folder_name)
        return [cure for cure in cures if (file, cure.code, cure.edits) not in self.refused]

    def _applied(self, file: str, cures: Sequence[Cure]) -> Applied | None:
        """The file with cures, None where they would change anything else."""
        before = parse_toml(self.files[file], file)
        assert isinstance(before, Document)
        text, applied = apply_cures(before.text, cures)
        data = text.encode()
        after = parse_toml(data, file)
        if isinstance(after, Document) and keeps_the_rest(before.values, after.values, applied):
            return data, applied
        return None

    def _accept(self, made: Mapping[str, Applied]) -> bool:
        """Take the new files if every cure has taken a mistake away."""
        files = {**self.files, **{file: data for file, (data, _) in made.items()}}
        found = check_course(files, folder_name=self.folder_name)
        cures = [cure for _, applied in made.values() for cure in applied]
        errors = sum(cure.is_error for cure in cures)
        is_better = _count(found, "error") <= _count(self.diagnostics, "error") - errors
        if not errors:
            is_better &= _count(found, "warning") <= _count(self.diagnostics, "warning") - len(cures)
        if is_better:
            self.files, self.diagnostics = files, found
            self.fixed.extend(_fixes(made))
        return is_better

    def _accept_with_others(self, file: str, made: Applied) -> bool:
        """A cure may show mistakes that were hidden; if those can be mended too, all of them are."""
        if self.depth >= _MOST_AHEAD:
            return False
        files = {**self.files, file: made[0]}
        ahead = _Mending(files, self.folder_name, only=file, depth=self.depth + 1)
        ahead.mend()
        if not ahead.fixed or _count(ahead.diagnostics, "error") >= _count(self.diagnostics, "error"):
            return False
        self.files, self.diagnostics = ahead.files, ahead.diagnostics
        self.fixed += [*_fixes({file: made}), *ahead.fixed]
        return True


def _fixes(made: Mapping[str, Applied]) -> Iterator[Fixed]:
    for file, (_, cures) in made.items():
        yield from (Fixed(file, cure.line, cure.code, cure.said) for cure in cures)


def _count(diagnostics: Sequence[Diagnostic], severity: Severity) -> int:
    return sum(item.severity == severity for item in diagnostics)


def _is_ours(file: str) -> bool:
    """Whether a file is TOML of the course itself, not one that lessons work with."""
    if not file.endswith(".toml"):
        return False
    folder, _, name = file.rpartition("/")
    return folder == "lessons" or file == COURSE_FILE or (not folder and name.startswith("course."))

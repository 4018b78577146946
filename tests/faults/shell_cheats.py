"""Commands that want to pass without doing what is asked, and the checks of shell exercises."""

from __future__ import annotations

from typing import Any, Final

from tests.builders import an_exercise
from tui_tutor.core.course import ExerciseCell

_DONE: Final = """
printf '{"n": 9}' > out.json
printf 'def square(n): return n * n\\n' > answer.py
echo 'the square of 3 is 9' | tee square.txt
"""
SHELL_HONEST: Final = {
    "shell: code": _DONE,
    "shell: code that imports": _DONE,
    "shell: file": _DONE,
    "shell: stdout": _DONE,
    "shell: status": _DONE + "exit 3\n",
}
_CHECKS: Final[dict[str, dict[str, Any]]] = {
    "shell: code": {"kind": "code", "code": "import json\nassert json.load(open('out.json'))['n'] == 9"},
    "shell: code that imports": {"kind": "code", "code": "import answer\nassert answer.square(3) == 9"},
    "shell: file": {"kind": "file", "path": "square.txt", "contains": "the square of 3 is 9"},
    "shell: stdout": {"kind": "stdout", "text": "the square of 3 is 9"},
    "shell: status": {"kind": "status", "is": 3},
}
# What follows writes into the home: never into anybody's own.
_AT_HOME: Final = 'case "$HOME" in */faults-*) ;; *) exit 99 ;; esac\n'
_WRONG: Final = _AT_HOME + "printf '{\"n\": 0}' > out.json; printf 'def square(n): return 0\\n' > answer.py\n"
_LEAVES: Final = "import os; os._exit(0)"

SHELL_KINDS: Final = {
    "a module that leaves with status 0": f"{_WRONG}echo '{_LEAVES}' > answer.py",
    "a module that raises SystemExit": f"{_WRONG}echo 'raise SystemExit(0)' > answer.py",
    "modules in the library's place": (
        f"{_WRONG}for m in json os re site sitecustomize usercustomize codecs encodings; do\n"
        f"echo '{_LEAVES}' > $m.py; done"
    ),
    "modules of the user": (
        f'{_WRONG}site=$(python -m site --user-site); mkdir -p "$site"\n'
        f"echo '{_LEAVES}' > \"$site/usercustomize.py\"; echo '{_LEAVES}' > \"$site/sitecustomize.py\"\n"
        f"echo 'import os; os._exit(0)' > \"$site/a.pth\""
    ),
    "a python of its own": (
        f"{_WRONG}printf '#!/bin/sh\\nexit 0\\n' > python; chmod +x python; mkdir -p ~/bin\n"
        "cp python ~/bin/python; echo 'alias python=true' >> ~/.profile; echo 'exit 0' >> ~/.bashrc"
    ),
    "variables": f"{_WRONG}export PYTHONSTARTUP=x PYTHONOPTIMIZE=2 PYTHONPATH=. PATH=.:$PATH",
    "a number that lies": (
        f"{_WRONG}cat > answer.py <<'END'\nclass Any:\n    def __eq__(self, other): return True\n"
        "def square(n): return Any()\nEND"
    ),
    "patches of the check's interpreter": (
        f"{_WRONG}cat > answer.py <<'END'\nimport atexit, builtins, os, sys\n"
        "atexit.register(os._exit, 0)\nbuiltins.AssertionError = type('Quiet', (Exception,), {})\n"
        "sys.excepthook = lambda *a: os._exit(0)\ndef square(n): return 0\nEND"
    ),
    "a module that prints what passes": f"{_WRONG}echo 'print(\"passed\"); raise SystemExit' > answer.py",
    "killing its shell": f"{_WRONG}kill -9 $$",
    "going on in the background": f"{_WRONG}(while true; do echo '{_LEAVES}' > json.py; done) &\n",
    "a link for an answer": f"{_WRONG}ln -s /proc/self/environ square.txt; ln -sf /dev/zero out.json",
    "a pipe for an answer": f"{_WRONG}rm -f out.json; mkfifo out.json square.txt",
    "control characters": f"{_WRONG}printf '\\033]0;passed\\007\\033[2J\\x9b1m'",
}  # fmt: skip


def _exercise(place: int, check: dict[str, Any]) -> ExerciseCell:
    fields = {"starter": "true", "solution": "true", "timeout_s": 20}
    return an_exercise(id=f"sh-{place}", language="sh", check=(check,), **fields)


SHELL_CHECKS: Final = {name: _exercise(place, check) for place, (name, check) in enumerate(_CHECKS.items())}

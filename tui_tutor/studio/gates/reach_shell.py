"""What a shell command reaches for outside its workspace: read word by word, never run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from tui_tutor.studio.gates.places import is_outside, is_remote, is_secret, private_name_in
from tui_tutor.studio.gates.reach_names import BEFORE_A_COMMAND, NETWORK_COMMANDS

_RIGHTS: Final = frozenset({"sudo", "su", "doas", "chroot", "mount", "crontab", "systemctl", "kill", "pkill"})
_WITH_NETWORK: Final = {
    "git": frozenset({"clone", "fetch", "pull", "push", "ls-remote", "submodule"}),
    "pip": frozenset({"install", "download"}),
    "pip3": frozenset({"install", "download"}),
    "uv": frozenset({"pip", "add", "sync", "run"}),
}
_ENVIRONMENT: Final = frozenset({"env", "printenv", "export", "set", "declare"})
_VARIABLE: Final = re.compile(r"\$\{?([A-Za-z_]\w*)")
_SEPARATORS: Final = frozenset({";", "&", "&&", "|", "||", "(", ")", "|&", ";;", "\n", "{", "}", "`", "$("})
_AMOUNT: Final = re.compile(r"\d[\d.]*[smhdk]?")
_MOST: Final = 50_000


def reaches_of_shell(script: str) -> Iterator[tuple[int, str]]:
    """(line, what it does) for everything that leaves the workspace, connects, or asks for secrets."""
    if len(script) > _MOST:
        yield 1, f"it has {len(script):,} characters, more than are read"
    joined = script[:_MOST].replace("\\\n", "")  # one command over several lines
    for number, line in enumerate(joined.splitlines(), 1):
        words = _words(line)
        yield from ((number, what) for what in _of_words(line, words))
        yield from ((number, what) for command in _commands(words) for what in _of_command(command))


def _of_words(line: str, words: Sequence[str]) -> Iterator[str]:
    if name := private_name_in(line):
        yield f"it names {name}"
    for variable in _VARIABLE.findall(line):
        if is_secret(variable) or variable in ("HOME", "SSH_AUTH_SOCK"):
            yield f"it reads {variable} of the environment"
    for word in words:
        path = word.lstrip("<>0123456789&").partition("=")[2] or word.lstrip("<>0123456789&")
        if is_remote(path):
            yield f"it connects to {path[:60]}"
        elif is_outside(path) and not path.startswith("//"):
            yield f"it opens {path[:60]}, outside the workspace"


def _of_command(words: Sequence[str]) -> Iterator[str]:
    name = words[0].rpartition("/")[2]
    if name in NETWORK_COMMANDS or _WITH_NETWORK.get(name, frozenset()) & set(words[1:6]):
        yield f"it can use the network: `{name}`"
    elif name in ("python", "python3") and {"pip", "http.server"} & set(words[1:4]):
        yield f"it can use the network: `{' '.join(words[:3])}`"
    elif name in _RIGHTS:
        yield f"it asks for more rights: `{name}`"
    elif name in _ENVIRONMENT and len([word for word in words[1:] if word != "-p"]) == 0:
        yield f"it reads the whole environment: `{name}`"
    elif name == "eval":
        yield "nobody can tell what `eval` runs here"
    elif name in ("sh", "bash", "dash", "zsh") and "-c" in words:
        yield from (
            what for script in words[words.index("-c") + 1 :][:1] for _, what in reaches_of_shell(script)
        )
    elif name in ("python", "python3") and "-c" in words:
        from tui_tutor.studio.gates.reach_python import reaches_of_python

        yield from (
            what
            for code in words[words.index("-c") + 1 :][:1]
            for _, what in reaches_of_python(code, depth=1)
        )


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(
        line.replace("`", " ; ").replace("$(", " ; "), posix=True, punctuation_chars=";&|()<>"
    )
    lexer.whitespace_split, lexer.commenters = True, "#"
    try:
        return list(lexer)
    except ValueError:  # an open quote goes on in the next line
        return line.replace('"', " ").replace("'", " ").split()


def _commands(words: Sequence[str]) -> Iterator[list[str]]:
    """The simple commands of a line, without what only stands before one."""
    command: list[str] = []
    for word in (*words, ";"):
        if word in _SEPARATORS or (word and set(word) <= set(";&|()")):
            if command:
                yield from _bare(command)
            command = []
        else:
            command.append(word)


def _bare(command: list[str]) -> Iterator[list[str]]:
    """Words like `time` and `FOO=1` stand before a command; `env` alone is one."""
    while len(command) > 1 and (command[0] in BEFORE_A_COMMAND or re.match(r"[A-Za-z_]\w*=", command[0])):
        command = command[1:]
        while len(command) > 1 and (command[0].startswith("-") or _AMOUNT.fullmatch(command[0])):
            command = command[1:]
    yield command

"""Which names of files, variables and addresses lie outside a learner's workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_PRIVATE: Final = re.compile(
    r"(?:^|[\s/\\~'\"=:`(])(?:"
    r"\.ssh\b|\.aws\b|\.gnupg\b|\.netrc\b|\.pgpass\b|\.kube\b|\.docker/config|\.git-credentials|\.env\b(?!\w)"
    r"|\.(?:bash|zsh|python|psql)_history|\.config/(?:gcloud|gh)|\.pypirc|\.npmrc"
    r"|id_(?:rsa|dsa|ecdsa|ed25519)|authorized_keys|known_hosts"
    r"|(?:^|/)etc/(?:passwd|shadow|sudoers|hosts|ssl)|/proc/|/root\b|/var/(?:log|run|lib)|/dev/tcp"
    r"|\.studio\b|credentials\.json|secrets?\.(?:toml|json|ya?ml|txt)"
    r")",
    re.I,
)
_BEFORE: Final = " \t\n'\"=:`("
_ABSOLUTE: Final = re.compile(r"^(?:file:/|~[\w./-]*$|~/|/+[\w.]|[A-Za-z]:[\\/]|\\\\)")
_UP: Final = re.compile(r"(?:^|[\\/])\.\.(?:[\\/]|$)")
_HARMLESS: Final = re.compile(
    r"^/(?:dev/(?:null|stdin|stdout|stderr|zero)|(?:usr/)?(?:local/)?s?bin/[\w.+-]+)$"
)
_ADDRESS: Final = re.compile(r"\b(?:https?|ftp|wss?|s3|gs|sftp|ssh|git)://|^\w+@[\w.-]+:", re.I)
_OWN: Final = re.compile(
    r"^(?:https?|wss?)://(?:localhost|127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*example\.(?:com|org|net))(?=[:/?#]|$)",
    re.IGNORECASE,
)
_SECRET: Final = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH|SESSION|COOKIE", re.I)


def private_name_in(text: str) -> str:
    """A name of something private that a text holds ("~/.ssh", "id_rsa"), "" if there is none."""
    return next((name for _, name in private_names_in(text)), "")


def private_names_in(text: str) -> Iterator[tuple[int, str]]:
    """Where each name of something private begins, and the name."""
    for found in _PRIVATE.finditer(text):
        name = found[0].lstrip(_BEFORE)
        yield found.end() - len(name), name


def is_outside(path: str) -> bool:
    """Whether a path leads out of the folder it is used in."""
    path = path.strip()
    return bool(_ABSOLUTE.match(path) and not _HARMLESS.match(path)) or bool(_UP.search(path))


def is_remote(text: str) -> bool:
    """Whether a text is an address of another machine; example.com and this machine are none."""
    return bool(_ADDRESS.search(text)) and not _OWN.match(text.strip())


def is_secret(variable: str) -> bool:
    """Whether a variable of the environment may hold a secret, by its name."""
    return bool(_SECRET.search(variable))

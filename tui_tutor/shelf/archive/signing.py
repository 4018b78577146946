"""Signatures over manifests: Ed25519, by a key of one's own or the one that SSH uses."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.archive.limits import refused
from tui_tutor.shelf.writing import reason_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# A signature for us is one for nothing else: what SSH or others sign never begins like this.
_DOMAIN: Final = b"tui-tutor course archive, signature 1\n"
_LARGEST_KEY: Final = 20_000  # bytes
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed. `key_id` is the fingerprint as SSH shows it; `name` a stranger wrote: it proves nothing."""

    key_id: str
    public_key: str  # 32 bytes in base64
    name: str = ""


@dataclass(frozen=True)
class SigningKey:
    """A private key that was opened, and who it belongs to."""

    key: Ed25519PrivateKey
    signer: Signer

    def sign(self, manifest: bytes) -> bytes:
        """The bytes of SIGNATURE for the exact bytes of a manifest; the same every time."""
        shape = {
            "format": 1,
            "algorithm": "ed25519",
            "public_key": self.signer.public_key,
            "name": self.signer.name,
            "signature": base64.b64encode(self.key.sign(_message(manifest, self.signer.name))).decode(),
        }
        return (json.dumps(shape, ensure_ascii=False, indent=1) + "\n").encode()


def check_signature(manifest: bytes, signature: bytes) -> Signer:
    """Who signed these bytes; TutorError if nobody did or the signature is malformed."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public, name, signed = _read(signature)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed, _message(manifest, name))
    except (InvalidSignature, ValueError):
        message = "its signature does not fit: it was changed after it was signed"
        raise refused(message, help="Do not use it. Ask its author for another copy.") from None
    return Signer(fingerprint(public), base64.b64encode(public).decode(), name)


def _read(signature: bytes) -> tuple[bytes, str, bytes]:
    """(public key, name, signature) of a SIGNATURE file."""
    try:
        raw = json.loads(signature.decode("utf-8"))
        public = base64.b64decode(raw["public_key"], validate=True)
        signed = base64.b64decode(raw["signature"], validate=True)
        name, is_known = raw["name"], raw["format"] == 1 and raw["algorithm"] == "ed25519"
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise refused("its SIGNATURE cannot be read") from None
    is_sound = is_known and len(public) == 32 and len(signed) == 64
    if not is_sound or not isinstance(name, str) or len(name) > _LONGEST_NAME or "\n" in name:
        raise refused("its SIGNATURE is malformed or of a newer kind")
    return public, name, signed


def _message(manifest: bytes, name: str) -> bytes:
    return _DOMAIN + name.encode("utf-8", "surrogatepass") + b"\n" + manifest


def fingerprint(public: bytes) -> str:
    """The fingerprint of a raw public key, as `ssh-keygen -l` shows it."""
    kind = b"ssh-ed25519"
    blob = len(kind).to_bytes(4, "big") + kind + len(public).to_bytes(4, "big") + public
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


# --- keys -------------------------------------------------------------------------------------------


def load_key(path: Path, ask: Callable[[], str], *, name: str = "") -> SigningKey:
    """Open a private key in PEM or OpenSSH form; `ask` gives its passphrase if it has one.

    TutorError for another kind of key, one that others may read, a wrong passphrase.
    """
    data = _private_bytes(path)
    key = _loaded(data, None, path)
    if key is None:
        key = _loaded(data, ask().encode(), path)
    if key is None:
        raise TutorError("The passphrase is wrong. Nothing was signed.", help="Try again.")
    return SigningKey(key, signer_of(key, name))


def signer_of(key: Ed25519PrivateKey, name: str) -> Signer:
    """What is told of a key."""
    public = key.public_key().public_bytes_raw()
    told = safe_line(name, limit=_LONGEST_NAME)
    return Signer(fingerprint(public), base64.b64encode(public).decode(), told)


def _private_bytes(path: Path) -> bytes:
    shown = safe_line(str(path))
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise TutorError(f"The key {shown} is not a file.", help="Name a file with a private key.")
            data = file.read(_LARGEST_KEY)
    except OSError as error:
        reason = reason_of(error)
        help = f"`tui-tutor key new {shown}` makes one."
        raise TutorError(f"The key {shown} cannot be read: {reason}.", help=help) from error
    if status.st_mode & 0o077:
        help = f"chmod 600 {shown}; if somebody may have read it, make a new one."
        raise TutorError(f"The key {shown} can be read by others.", help=help)
    return data


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def _loaded(data: bytes, passphrase: bytes | None, path: Path) -> Ed25519PrivateKey | None:
    """The key in these bytes, None if its passphrase is another."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    load: Any = load_ssh_private_key if b"OPENSSH PRIVATE KEY" in data else load_pem_private_key
    try:
        key = load(data, passphrase)
    except TypeError:
        return None  # it has a passphrase and none was given
    except UnsupportedAlgorithm as error:
        if passphrase is None:
            raise _not_a_key(path) from error
        raise TutorError(
            f"The passphrase of {safe_line(str(path))} cannot be tried: the package bcrypt is missing.",
            help="pip install bcrypt, or sign with a key that `tui-tutor key new` makes.",
            exit_code=3,
        ) from error
    except ValueError as error:
        if passphrase is not None:
            return None
        raise _not_a_key(path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _not_a_key(path)
    return key


def _not_a_key(path: Path) -> TutorError:
    return TutorError(
        f"{safe_line(str(path))} is not an Ed25519 private key.",
        help="`tui-tutor key new FILE` makes one; `ssh-keygen -t ed25519` does too.",
    )


def make_key(path: Path, passphrase: str) -> Signer:
    """Write a new private key (PEM, 0600) and give its public side. TutorError if the file exists."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    hidden: Any = serialization.NoEncryption()
    if passphrase:
        hidden = serialization.BestAvailableEncryption(passphrase.encode())
    data = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(path, flags, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise TutorError(
            f"{safe_line(str(path))} exists, and was left as it is.", help="Choose another name."
        ) from error
    except OSError as error:
        path.unlink(missing_ok=True)
        reason = reason_of(error)
        raise TutorError(f"The key could not be written: {reason}.") from error
    return signer_of(key, "")

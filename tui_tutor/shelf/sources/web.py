"""Bytes from a web server: http and https only, within bounds of size and time, proxies honoured."""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

from tui_tutor import __version__
from tui_tutor.core.errors import TutorError
from tui_tutor.core.ports import Progress
from tui_tutor.core.safe_text import safe_line
from tui_tutor.shelf.sources.fetched import SILENCE_S, Receiving, Report
from tui_tutor.shelf.sources.recognising import without_password

_PIECE: Final = 65_536
_CHECK = "Check the address and the network; an archive on a USB stick needs neither."


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to http and https, never from https back to http."""

    max_redirections = 5

    def redirect_request(  # noqa: PLR0917 - the signature of the standard library
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage | Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        scheme = urlsplit(newurl).scheme
        if scheme != "https" and (scheme != "http" or urlsplit(req.full_url).scheme == "https"):
            raise TutorError(
                f"{_host(req.full_url)} sends us on to {safe_line(newurl)[:200]}, which is not followed. "
                "Nothing was installed.",
                help="Ask for an https:// address.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def download(url: str, into: Path, limit: int, report: Report) -> None:
    """Write what is at a URL to a new file; TutorError for all that can go wrong."""
    with _answer(url, report) as answer, into.open("xb") as file:
        arriving = Receiving(_name(url), limit, report, _length(answer))
        while piece := answer.read(_PIECE):
            arriving.count(len(piece))
            file.write(piece)
        _check_whole(url, arriving)


def read_url(url: str, limit: int, report: Report) -> bytes:
    """What is at a URL, for short things; TutorError for all that can go wrong."""
    with _answer(url, report) as answer:
        arriving = Receiving(_name(url), limit, report, _length(answer))
        parts = []
        while piece := answer.read(_PIECE):
            arriving.count(len(piece))
            parts.append(piece)
        _check_whole(url, arriving)
    return b"".join(parts)


def _length(answer: Any) -> int | None:
    text = answer.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _check_whole(url: str, arriving: Receiving) -> None:
    if arriving.expected is not None and arriving.received != arriving.expected:
        raise _failed(url, "the connection broke before all of it had arrived")


def _opener() -> urllib.request.OpenerDirector:
    # Only what is wanted: the default opener would read files and ftp as well.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", f"tui-tutor/{__version__}")]
    return opener


@contextmanager
def _answer(url: str, report: Report) -> Iterator[Any]:
    report(Progress(f"Asking {_host(url)}"))
    request = urllib.request.Request(without_password(url))  # noqa: S310 - the opener knows http and https only
    _add_password(request, url)
    try:
        with _opener().open(request, timeout=SILENCE_S) as answer:
            yield answer
    except TutorError:
        raise
    except urllib.error.HTTPError as error:
        raise _failed(url, _status_words(error.code), help=_STATUS_HELP.get(error.code, _CHECK)) from error
    except urllib.error.URLError as error:
        raise _failed(url, _reason(error.reason)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _failed(url, _reason(error)) from error


def _add_password(request: urllib.request.Request, url: str) -> None:
    """A name and password in the address are sent to its server alone and stored nowhere."""
    import base64
    from urllib.parse import unquote

    parts = urlsplit(url)
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(pair).decode()}")


_STATUS_HELP: Final = {
    401: "The server wants a name and a password: https://NAME:PASSWORD@... gives them for this time.",
    403: "Ask whoever keeps it for the right to read it.",
    404: "Check the address; it may have moved.",
    407: "The proxy wants a password; set it in HTTPS_PROXY.",
}


def _status_words(code: int) -> str:
    if 300 <= code < 400:
        return f"it sends us on to an address that is not followed (HTTP {code})"
    words = {401: "it asks who you are", 403: "you may not read it", 404: "there is nothing at this address"}
    known = words.get(code) or http.client.responses.get(code, "an error").lower()
    return f"{known} (HTTP {code})"


def _reason(error: object) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({safe_line(error.verify_message)})"
    if isinstance(error, ssl.SSLError):
        return "no secure connection can be made"
    if isinstance(error, TimeoutError):
        return f"it did not answer within {SILENCE_S:.0f} s"
    if isinstance(error, ConnectionRefusedError):
        return "nobody answers there"
    if isinstance(error, ConnectionError | http.client.HTTPException):
        return "the connection broke"
    text = safe_line(str(error))
    if "Name or service not known" in text or "name resolution" in text or "nodename" in text:
        return "its server is not found (is there a network?)"
    return text[:200] or type(error).__name__


def _failed(url: str, reason: str, help: str = _CHECK) -> TutorError:
    return TutorError(
        f"{safe_line(without_password(url))} could not be fetched: {reason}. Nothing was installed.",
        help=help,
    )


def _host(url: str) -> str:
    return safe_line(urlsplit(url).hostname or "the server")


def _name(url: str) -> str:
    return safe_line(Path(urlsplit(url).path).name) or "What came"

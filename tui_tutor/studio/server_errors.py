"""What a server refused -> sentences: what happened, what was kept, what to do."""

from __future__ import annotations

from typing import Final

from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import Call, ModelUnavailable, Usage
from tui_tutor.core.safe_text import safe_line

PASSING: Final = frozenset({408, 409, 425, 429})
PASSING_TYPES: Final = frozenset(
    {"rate_limit_error", "overloaded_error", "api_error", "timeout_error", "internalServerException"}
    | {"throttlingException", "serviceUnavailableException", "modelStreamErrorException"}
)
_BUILD_AGAIN: Final = "build again: nothing that is finished is asked or paid for twice"


def refused(status: int, said: str, *, call: Call, key_name: str, retry_after_s: float | None) -> TutorError:
    """The error for an answer with a status of 4xx or 5xx; nothing is billed for those."""
    said = safe_line(said, limit=300).strip()
    if status in PASSING or status >= 500:
        reason = "has had too many calls" if status == 429 else "is busy or out of order"
        return ModelUnavailable(
            f"the server {reason} (status {status}{f': {said}' if said else ''})", retry_after_s=retry_after_s
        )
    model = safe_line(call.model, limit=100)
    match status:
        case 401 | 403:
            return TutorError(
                f"the server does not accept the key, or it may not use {model}: {said}; nothing was billed",
                help=f"check {key_name}, then {_BUILD_AGAIN}",
                exit_code=3,
            )
        case 402:
            return TutorError(f"the account cannot pay: {said}", help=f"add credit, then {_BUILD_AGAIN}")
        case 404:
            return TutorError(
                f"the server has no model {model}, or nothing at this address: {said}; nothing was billed",
                help="set the model of this role, or base_url, under [models] in the brief",
            )
        case 413:
            return _too_long(call, said)
    if "too long" in said.lower() or "context length" in said.lower():
        return _too_long(call, said)
    return TutorError(
        f"the server refused the call of {call.agent} about {call.subject} (status {status}): {said}; "
        "nothing was billed, and what is finished is kept",
        help="where the model or the server lacks something, choose another under [models] in the brief",
    )


def _too_long(call: Call, said: str) -> TutorError:
    return TutorError(
        f"the call of {call.agent} about {call.subject} is too long for the server: {said}",
        help="give fewer or shorter sources in the brief, or a model with a larger context",
    )


def broke_off(why: str, spent: Usage | None) -> ModelUnavailable:
    """A connection that could not be made (spent: nothing) or ended before the answer did."""
    what = "the server cannot be reached" if spent is None else "the answer broke off"
    return ModelUnavailable(f"{what}: {safe_line(why, limit=200)}", spent=spent)


def missing_extra(extra: str) -> TutorError:
    """A package that only the studio needs is not there."""
    return TutorError(
        "the studio's packages for this provider are missing; nothing was asked",
        help=f"pip install 'tui-tutor[{extra}]'",
        exit_code=3,
    )

"""What Bedrock needs of AWS's own packages: credentials, and the errors that those packages raise."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec

from tui_tutor.core.errors import TutorError


def has_aws_packages() -> bool:
    """Whether the extra `bedrock` is installed."""
    return find_spec("boto3") is not None


def require_credentials(region: str) -> None:
    """TutorError where neither a key for Bedrock nor AWS credentials are to be found."""
    if os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
        return
    try:
        found = import_module("boto3").Session(region_name=region).get_credentials()
    except import_module("botocore.exceptions").BotoCoreError as error:
        raise _no_credentials(str(error)) from error
    if found is None:
        raise _no_credentials("none were found")


def _no_credentials(why: str) -> TutorError:
    return TutorError(
        f"AWS credentials for Bedrock: {why}; nothing was asked",
        help="set AWS_BEARER_TOKEN_BEDROCK, or AWS_PROFILE, or run `aws configure`",
        exit_code=3,
    )


def signing_errors() -> tuple[type[Exception], ...]:
    """What can go wrong before a call leaves this machine."""
    if not has_aws_packages():
        return ()
    return (import_module("botocore.exceptions").BotoCoreError, RuntimeError)


def framing_errors() -> tuple[type[Exception], ...]:
    """What can be wrong with the frames of a stream."""
    if not has_aws_packages():
        return ()
    return (import_module("botocore.eventstream").ParserError,)

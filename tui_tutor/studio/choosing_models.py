"""Which models answer, where, and what may leave which region: `[models]` of a brief -> a stack of models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Literal, cast, get_args
from urllib.parse import urlsplit

from tui_tutor.core.errors import TutorError
from tui_tutor.core.language_model import LanguageModel, Role
from tui_tutor.core.safe_text import safe_line
from tui_tutor.studio.batching import MOST_CALLS, Batching, BatchServer
from tui_tutor.studio.brief import Brief, Models, Preset
from tui_tutor.studio.budgeting import Budgeted
from tui_tutor.studio.ledger import Ledger
from tui_tutor.studio.patience import AT_ONCE, Patient
from tui_tutor.studio.prices import Prices
from tui_tutor.studio.recorded import RecordedModel
from tui_tutor.studio.steps import StepStore

ROLES: Final[tuple[Role, ...]] = get_args(Role)
MODEL_KEY: Final = "TUI_TUTOR_MODELKEY"  # the key of a local server that wants one
API_KEY: Final = "ANTHROPIC_API_KEY"
API_URL: Final = "ANTHROPIC_BASE_URL"

# (creative judgement, extraction and checking)
_PRESETS: Final[Mapping[Preset, tuple[str, str]]] = {
    "seed": ("claude-opus-4-6", "claude-sonnet-4-6"),
    "current": ("claude-opus-5-5", "claude-sonnet-5-5"),
}
_ON_BEDROCK: Final = {"claude-opus-4-6": "anthropic.claude-opus-4-6-v1"}
_PROFILES: Final = {"eu": "eu.", "us": "us.", "ap": "apac."}  # inference profiles that stay in an area
_REGION: Final = re.compile(r"[a-z]{2}(?:-gov)?-[a-z]+-\d")
# Bedrock's own addresses. Whoever rents something of AWS's has an address that ends in .amazonaws.com too.
_BEDROCK_HOST: Final = re.compile(
    r"(?:vpce-[a-z0-9-]+\.)?bedrock(?:-runtime|-mantle)?(?:-fips)?\.(?P<region>[a-z0-9-]+)"
    r"\.(?:amazonaws\.com|api\.aws|vpce\.amazonaws\.com)"
)
_EUROPEAN_BUT_NOT_EU: Final = {"eu-west-2": "London", "eu-central-2": "Zurich"}
_RUN_ELSEWHERE: Final = ("-cloud", ":cloud")  # models that Ollama passes on to its maker's servers


@dataclass(frozen=True, slots=True)
class Chosen:
    """The models of a build. `notes` are what the author should know of the choice."""

    models: Mapping[Role, str]
    provider: Literal["anthropic", "bedrock", "local"]
    wire: Literal["messages", "openai"]
    base_url: str
    region: str
    is_batch: bool
    notes: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether a server of the author's own answers, which costs nothing unless a price is given."""
        return self.provider == "local"


def choose(brief: Brief, environment: Mapping[str, str]) -> Chosen:
    """The models that a brief asks for; TutorError for a choice that cannot be, or breaks its residency."""
    wanted = brief.models
    region = wanted.region or environment.get("AWS_REGION", "") or environment.get("AWS_DEFAULT_REGION", "")
    chosen = Chosen(
        models=_models(wanted, region),
        provider=wanted.provider,
        wire=wanted.wire,
        base_url=_base_url(wanted, environment),
        region=region if wanted.provider == "bedrock" else "",
        is_batch=wanted.batch,
        notes=_notes(wanted),
    )
    _check(chosen)
    if brief.residency == "eu":
        check_residency(chosen)
    return chosen


def _models(wanted: Models, region: str) -> dict[Role, str]:
    named: dict[Role, str] = {role: getattr(wanted, role) for role in ROLES}
    if wanted.provider == "local":
        default = named["creative"] or next((name for name in named.values() if name), "")
        if not default:
            raise _wrong("a local server has no preset", "name its model as `creative`")
        return {role: name or default for role, name in named.items()}
    creative, checking = (_at_provider(name, wanted, region) for name in _PRESETS[wanted.preset])
    return {role: name or (creative if role == "creative" else checking) for role, name in named.items()}


def _at_provider(name: str, wanted: Models, region: str) -> str:
    if wanted.provider != "bedrock":
        return name
    return _PROFILES.get(region[:2], "global.") + _ON_BEDROCK.get(name, f"anthropic.{name}")


def _base_url(wanted: Models, environment: Mapping[str, str]) -> str:
    """Without a trailing `/v1`, which the wires add; TutorError for an address that must not get a key."""
    url = wanted.base_url.rstrip("/").removesuffix("/v1").rstrip("/")
    if not url:
        if wanted.provider == "local":
            raise _wrong("a local server has no address", "set `base_url`, as `http://127.0.0.1:11434`")
        return environment.get(API_URL, "") if wanted.provider == "anthropic" else ""
    parts = _split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise _wrong(
            f"base_url {safe_line(url, limit=200)} is no http address", "as `http://127.0.0.1:11434`"
        )
    if parts.username or parts.password:
        raise _wrong("base_url holds a name or a password", f"set {MODEL_KEY} in the environment instead")
    if wanted.provider != "local" and not _may_get_key(wanted.provider, url, environment):
        raise _wrong(
            f"base_url {safe_line(url, limit=200)} would get your key, and is not the provider's",
            f"a gateway of your own is set as {API_URL} in the environment, not in a brief",
        )
    return url


def _may_get_key(provider: str, url: str, environment: Mapping[str, str]) -> bool:
    """A brief may come from somebody else: it may not say who is sent a key."""
    parts = _split(url)
    is_own = (
        parts.hostname.endswith(".anthropic.com")
        if provider == "anthropic"
        else _BEDROCK_HOST.fullmatch(parts.hostname) is not None
    )
    return (
        is_loopback(url)
        or (parts.scheme == "https" and is_own)
        or (provider == "anthropic" and url == environment.get(API_URL, "").rstrip("/"))
    )


def _split(url: str) -> _Parts:
    try:
        parts = urlsplit(url)
        return _Parts(
            parts.scheme, parts.hostname or "", parts.username, parts.password, parts.query, parts.fragment
        )
    except ValueError as error:
        raise _wrong(f"base_url {safe_line(url, limit=200)} is no address", str(error)) from error


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    hostname: str
    username: str | None
    password: str | None
    query: str
    fragment: str


def _notes(wanted: Models) -> tuple[str, ...]:
    if wanted.provider == "local" and wanted.solver in ("", wanted.creative):
        return ("the model that solves the quizzes is the one that wrote them: its agreement is worth less",)
    return ()


def _check(chosen: Chosen) -> None:
    models = chosen.models
    if chosen.provider != "local" and models["solver"] == models["creative"]:
        raise _wrong(
            f"{safe_line(models['solver'])} would solve the quizzes that it wrote itself",
            "give `solver` another model than `creative`",
        )
    if chosen.wire == "openai" and chosen.provider != "local":
        raise _wrong("the OpenAI wire is for local servers", 'set provider = "local", or leave `wire` out')
    if chosen.is_batch and chosen.provider != "anthropic":
        raise _wrong(f"{chosen.provider} takes no batches", "leave `batch` out")
    if chosen.provider == "bedrock" and not _REGION.fullmatch(chosen.region):
        raise _wrong("Bedrock needs a region", 'set region = "eu-central-1", say, or AWS_REGION')


# --- residency --------------------------------------------------------------------------------------


def check_residency(chosen: Chosen) -> None:
    """TutorError unless everything that is asked stays in the EU, or on this machine."""
    if chosen.provider == "local":
        _check_stays_here(chosen)
    elif chosen.provider != "bedrock":
        raise _leaves("Anthropic's own servers offer no region in the EU")
    else:
        _check_bedrock_eu(chosen)


def _check_stays_here(chosen: Chosen) -> None:
    if not is_loopback(chosen.base_url):
        raise _leaves(f"{safe_line(chosen.base_url, limit=200)} is not on this machine")
    for role, model in chosen.models.items():
        if model.lower().endswith(_RUN_ELSEWHERE):
            raise _leaves(f"{safe_line(model)} ({role}) is passed on by the local server to a cloud")


def _check_bedrock_eu(chosen: Chosen) -> None:
    if not chosen.region.startswith("eu-"):
        raise _leaves(f"the region {safe_line(chosen.region)} is not in the EU")
    if city := _EUROPEAN_BUT_NOT_EU.get(chosen.region):
        raise _leaves(f"the region {chosen.region} is {city}, which is not in the EU")
    if chosen.base_url and not _is_bedrock_in(chosen.region, chosen.base_url):
        raise _leaves(f"{safe_line(chosen.base_url, limit=200)} is not Bedrock in {chosen.region}")
    for role, model in chosen.models.items():
        if not model.startswith("eu."):
            raise _leaves(f"{safe_line(model, limit=100)} ({role}) is no `eu.` inference profile")


def _is_bedrock_in(region: str, url: str) -> bool:
    parts = _split(url)
    found = _BEDROCK_HOST.fullmatch(parts.hostname)
    return parts.scheme == "https" and found is not None and found["region"] == region


def is_loopback(url: str) -> bool:
    """Whether an address is this machine, by number or as `localhost`."""
    host = _split(url).hostname
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _leaves(why: str) -> TutorError:
    return TutorError(
        f'the brief has residency = "eu", and {why}; nothing was asked',
        help='under [models]: provider = "bedrock" with an eu-* region and `eu.` models, or a local server',
        exit_code=3,
    )


def _wrong(what: str, help: str) -> TutorError:
    return TutorError(f"[models] of the brief: {what}; nothing was asked", help=help)


# --- the stack --------------------------------------------------------------------------------------


def adapter_of(chosen: Chosen, environment: Mapping[str, str]) -> LanguageModel:
    """What asks the server; TutorError (exit code 3) where a package or a key is missing."""
    if chosen.wire == "openai":
        from tui_tutor.studio.openai_wire import OpenAIModel

        return OpenAIModel(chosen.base_url, key=_key(environment, MODEL_KEY))
    from tui_tutor.studio.model import AnthropicModel

    match chosen.provider:
        case "local":
            return AnthropicModel.local(chosen.base_url, key=_key(environment, MODEL_KEY))
        case "bedrock":
            return AnthropicModel.on_bedrock(chosen.region, base_url=chosen.base_url)
        case "anthropic":
            key = _key(environment, API_KEY)
            if not key:
                raise TutorError(
                    f"there is no key for Anthropic's models: {API_KEY} is not set; nothing was asked",
                    help=f"export {API_KEY}=…, or choose a local server under [models] in the brief",
                    exit_code=3,
                )
            return AnthropicModel.first_party(key, base_url=chosen.base_url)


def _key(environment: Mapping[str, str], name: str) -> str:
    key = environment.get(name, "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise TutorError(f"{name} holds something that is no key; nothing was asked", exit_code=3)
    return key


@dataclass(frozen=True, slots=True)
class Stack:
    """Models ready to be asked, from the outside in: steps, patience, budget, and what asks."""

    model: StepStore
    ledger: Ledger

    async def close(self) -> None:
        """Release connections, and the ledger to other builds."""
        try:
            await self.model.close()
        finally:
            self.ledger.close()


def stack_of(
    chosen: Chosen,
    folder: Path,
    prices: Prices,
    *,
    cap_usd: float,
    environment: Mapping[str, str],
    at_once: int = AT_ONCE,
) -> Stack:
    """The models of a real build; `folder` is the course's `.studio`.

    TutorError before anything is asked: no key, no package, no price, another build is running.
    """
    for model in chosen.models.values():
        prices.of(model, is_local=chosen.is_local)
    adapter = adapter_of(chosen, environment)
    batching = Batching(cast("BatchServer", adapter), folder) if chosen.is_batch else None
    ledger = Ledger.at(folder)
    budgeted = Budgeted(
        batching or adapter,
        ledger,
        prices,
        cap_usd=cap_usd,
        is_local=chosen.is_local,
        is_batch=batching is not None,
        adopts=batching.holds if batching is not None else lambda *_: False,
    )
    patient = Patient(budgeted, at_once=MOST_CALLS if batching is not None else at_once)
    return Stack(StepStore(patient, folder), ledger)


def replaying_stack(transcript: RecordedModel, folder: Path, prices: Prices, *, cap_usd: float) -> Stack:
    """The models of a build that a transcript answers: nothing is paid, and the ledger says so."""
    ledger = Ledger.at(folder)
    # A transcript's models may be a local server's, which the table does not list.
    budgeted = Budgeted(transcript, ledger, prices, cap_usd=cap_usd, is_local=True, is_replayed=True)
    return Stack(StepStore(Patient(budgeted, tries=1), folder), ledger)

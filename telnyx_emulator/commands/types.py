"""Types of single parameters: their formats and ranges, and the vendor's code when one does not fit."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from telnyx_emulator.core.events import Event

from .validation import Coded, refuse

E164: Final = re.compile(r"\+[1-9]\d{4,14}")
TONES: Final = re.compile(r"[0-9A-DwW*#]+")
SOCKET: Final = re.compile(r"wss?://[^\s/?#]+\S*")
TARGET: Final = re.compile(r"udp:(?:\[[0-9a-fA-F:]+\]|[\w.-]+):(\d{1,5})")
URL_LENGTH: Final = 2000


@dataclass(frozen=True, slots=True)
class Known:
    """In an annotation: the values known today. Others are accepted with a warning, for vendors add some weekly."""

    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Later:
    """In an annotation: validated and shown in the state, but nothing acts on it yet."""

    topic: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """In an annotation: the URL of audio whose length counts."""


def _client_state(value: str) -> str:
    text = value.replace("-", "+").replace("_", "/")
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise refuse("90017") from None
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise refuse("10004", "The parameter is required and cannot be blank.")
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and len(value) <= URL_LENGTH
    except ValueError:
        fits = False
    if not fits or any(character.isspace() for character in value):
        raise refuse("10003")
    return value


def _socket_url(value: str) -> str:
    if not SOCKET.fullmatch(value) or len(value) > URL_LENGTH:
        raise refuse("10003")
    return value


def _target(value: str) -> str:
    match = TARGET.fullmatch(value)
    if match is None or not 0 < int(match[1]) < 65_536:
        raise refuse("10015", "The value must be a network target, such as udp:192.0.2.1:9000.")
    return value


def _tones(value: str) -> str:
    if not TONES.fullmatch(value):
        raise refuse("90014")
    return value


def is_sip(address: str) -> bool:
    """A SIP URI, or several alternatives among which there is one."""
    return "sip:" in address or "sips:" in address or "@" in address


def _destination(value: str) -> str:
    number, comma, digits = value.partition(",")
    fits = E164.fullmatch(number) and (not comma or TONES.fullmatch(digits))
    if not fits and not is_sip(value):
        raise refuse("10016", "The 'to' parameter must be in E164 format.")
    return value


def _destinations(value: Any) -> Any:
    """One destination, or a list of at least one."""
    if isinstance(value, list):
        if not value:
            raise refuse("10004", "The 'to' parameter is required and cannot be blank.")
        if not all(isinstance(one, str) for one in value):
            raise refuse("10026", "The parameter must be of type string, or an array of strings")
        if any("," in one and not is_sip(one) for one in value):
            raise refuse("10016", "Digits after a comma are not supported when 'to' is an array.")
        return [_destination(one) for one in value]
    if not isinstance(value, str):
        raise refuse("10026", "The parameter must be of type string, or an array of strings")
    return [_destination(_not_blank(value))]


def _sip_uri(value: str) -> str:
    if not re.match(r"sips?:[^\s@]+(@[^\s@]+)?$", value):
        raise refuse("10015", "The value must be a SIP URI, such as sip:user@example.com.")
    return value


def _loop(value: Any) -> int | Literal["infinity"]:
    if value == "infinity":
        return "infinity"
    if isinstance(value, bool) or not isinstance(value, int | str) or not re.fullmatch(r"\d{1,3}", str(value)):
        raise refuse("90009")
    if not 1 <= int(value) <= 100:
        raise refuse("90009")
    return int(value)


def _urls_by_event(value: Any) -> dict[str, list[str]]:
    if not isinstance(value, dict):
        raise refuse("10026", "The parameter must be of type object")
    if unknown := sorted(value.keys() - Event.registry.keys()):
        raise refuse("90057", f"The webhook_urls json keys must be valid call control event types; not {unknown[0]}.")
    lists = {event: urls if isinstance(urls, list) else [urls] for event, urls in value.items()}
    if not all(urls and all(isinstance(url, str) for url in urls) for urls in lists.values()):
        raise refuse("10003")
    return {event: [_url(url) for url in urls] for event, urls in lists.items()}


def _retries(value: dict[str, RetryPolicy]) -> dict[str, RetryPolicy]:
    for policy in value.values():
        if len(policy.retries_ms) > 5 or sum(policy.retries_ms) > 60_000 or min(policy.retries_ms, default=0) < 0:
            raise refuse("10033", "At most 5 retries, whose delays are at most 60000 ms together.")
    return value


def _zero_is_default(default: int) -> BeforeValidator:
    """Clients send 0 for 'as usual'."""
    return BeforeValidator(lambda value: default if value in (0, "0") and value is not False else value)


RequiredClientState = Annotated[str, AfterValidator(_client_state), Coded("90017")]
ClientState = RequiredClientState | None
NonBlank = Annotated[str, AfterValidator(_not_blank)]
Url = Annotated[str, AfterValidator(_url), Coded("10003")]
AudioUrl = Annotated[str, AfterValidator(_url), Coded("10003"), Fetched()]
SocketUrl = Annotated[str, AfterValidator(_socket_url), Coded("10003")]
Target = Annotated[str, AfterValidator(_target)]
Tones = Annotated[str, AfterValidator(_not_blank), AfterValidator(_tones), Coded("90014")]
Destination = Annotated[str, AfterValidator(_not_blank), AfterValidator(_destination)]
Destinations = Annotated[list[str], BeforeValidator(_destinations)]
SipUri = Annotated[str, AfterValidator(_not_blank), AfterValidator(_sip_uri)]
Loop = Annotated[int | Literal["infinity"], BeforeValidator(_loop), Coded("90009")]
Speech = Annotated[str, AfterValidator(_not_blank), Field(max_length=5000), Coded("90010")]
Uuid = Annotated[
    str,
    Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
    Coded("10006"),
]
TimeoutSecs = Annotated[int, Field(ge=5, le=600), _zero_is_default(30), Coded("90028")]
TimeLimitSecs = Annotated[int, Field(ge=30, le=14_400), Coded("90029")]
Method = Literal["POST", "GET"]
UrlsByEvent = Annotated[dict[str, list[str]], BeforeValidator(_urls_by_event)]


class NestedParameters(BaseModel):
    """An object inside a command; fields that are not declared are kept and not refused."""

    model_config = ConfigDict(extra="allow", defer_build=True)


class SipHeader(NestedParameters):
    name: Literal["User-to-User"]
    """The name of the SIP header; one is allowed."""
    value: str
    """The content of the SIP header."""


class CustomHeader(NestedParameters):
    name: NonBlank
    """The name of the header, such as `X-Account-Id`."""
    value: str
    """The content of the header."""


class RetryPolicy(NestedParameters):
    """Milliseconds between attempts."""

    retries_ms: list[int] = []
    """Milliseconds before each further attempt: at most 5 delays, 60000 together."""


RetryPolicies = Annotated[dict[str, RetryPolicy], AfterValidator(_retries)]

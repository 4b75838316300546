"""What is answered because of a fault: whatever it leaves open is as the vendor has it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final, TypeVar

from telnyx_emulator.commands.catalogue import CATALOGUE
from telnyx_emulator.core.errors import ApiError, DialRefused
from telnyx_emulator.core.model import World
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.faults import ApiFault

AnyError = TypeVar("AnyError", bound=ApiError)

GARBAGE: Final = b"<html><head><title>Oops</title></head><body><h1>This is not the API</h1></body></html>\n"

CODES: Final = {
    400: "10015", 401: "10009", 403: "10010", 404: "10005", 405: "10030", 408: "10008", 415: "10029", 422: "10027",
    429: "10011",
}  # fmt: skip
"""The vendor's code for a status of which no more is said."""

FURTHER: Final = {
    "10015": {status: ("Bad Request", "The request failed because it was not well-formed.") for status in (400, 422)},
    "10007": {500: ("Internal server error",) * 2, 503: ("Service unavailable",) * 2},
    "10008": {status: ("Request timeout", "The request timed out.") for status in (408, 409)},
    "10037": {503: ("Service unavailable", "Service is unavailable.")},
    "10038": {
        403: (
            "Feature not permitted",
            "This feature is not permitted at this world level. Refer to https://telnyx.com/upgrade.",
        )
    },
    "20100": {403: ("Insufficient Funds", "You do not have enough funds to perform this action.")},
    "90041": {
        403: (
            "User termination channels limit exceeded",
            "The limit of simultaneous termination channels configured to your user has been reached.",
        )
    },
    "90043": {
        403: (
            "Connection outbound channels limit exceeded",
            "The limit of simultaneous outbound channels configured to this call control connection has been reached.",
        )
    },
}
"""By code and status, title and detail of what the emulator itself never says, or only in special cases."""


def journalled(fault: ApiFault) -> dict[str, Any]:
    """What the journal says of a command whose answer went wrong."""
    how = next((name for name in ("reset", "close", "garbage") if getattr(fault, name)), None)
    if how is not None:
        return {"status": status_of(fault), "error": how}
    return {"status": status_of(fault), "errors": [entry_of(fault)]} if fault.spoils else {}


def is_retried(fault: ApiFault) -> bool:
    """Whether SDKs ask again."""
    if fault.should_retry is not None:
        return fault.should_retry
    status = status_of(fault) or 200
    return fault.unanswered or status in (408, 409, 429) or status >= 500


def status_of(fault: ApiFault) -> int | None:
    """The status that the client sees; None without an answer, or if it is what it would have been."""
    if fault.unanswered or not fault.spoils:
        return None
    if fault.garbage:
        return fault.status or 200
    if fault.status is not None:
        return fault.status
    if fault.code is None:
        return 429
    return 403 if _is_dial_code(fault.code) else next(iter(_texts().get(fault.code, {422: None})))


def entry_of(fault: ApiFault) -> dict[str, Any]:
    """The item of `errors`: what was not said is the vendor's."""
    status = status_of(fault) or 500
    usual = CODES.get(status, "10007" if status >= 500 else "10015")
    code = fault.code or usual
    if _is_dial_code(code):
        detail = fault.detail or _dial_details().get(code, f"The call was refused {code}.")
        return {"code": DialRefused.code, **({"title": fault.title} if fault.title else {}), "detail": detail}
    texts = _texts().get(code) or _texts()[usual]
    title, detail = texts.get(status) or next(iter(texts.values()))
    return {"code": code, "title": fault.title or title, "detail": fault.detail or detail}


def body_of(fault: ApiFault, world: World) -> dict[str, Any]:
    """The vendor's envelope around it."""
    body: dict[str, Any] = {"errors": [entry_of(fault)]}
    if fault.code is None or not _is_dial_code(fault.code):
        return body
    return {
        "data": {"call_control_id": world.ids.call_control_id()},
        **body,
        "telnyx_error": {"error_code": fault.code},
    }


def headers_of(fault: ApiFault, status: int, draw: Callable[[Seconds], float]) -> dict[str, str]:
    """What SDKs heed when they ask again."""
    found: dict[str, str] = {}
    if fault.retry_after is not None:
        pause = draw(fault.retry_after)
        found |= {"retry-after": str(math.ceil(pause)), "retry-after-ms": str(round(pause * 1000))}
    if fault.should_retry is not None:
        found["x-should-retry"] = str(fault.should_retry).lower()
    if status == 429:
        found["x-ratelimit-remaining"] = "0"
    return found


def _is_dial_code(code: str) -> bool:
    """D38 and its like: why a call is not let out."""
    return not code.isdigit()


@cache
def _texts() -> dict[str, dict[int, tuple[str, str]]]:
    """The vendor's titles and details by code and status; the usual status comes first."""
    found = {code: dict(texts) for code, texts in FURTHER.items()}
    for kind in _kinds(ApiError):
        found.setdefault(kind.code, {}).setdefault(kind.status, (kind.title, kind.detail))
    for code, texts in CATALOGUE.items():
        found.setdefault(code, {}).setdefault(422, texts)
    return found


@cache
def _dial_details() -> dict[str, str]:
    kinds: list[type[DialRefused]] = [DialRefused, *_kinds(DialRefused)]
    return {kind.reason: kind.detail for kind in kinds}


def _kinds(base: type[AnyError]) -> Iterator[type[AnyError]]:
    """All errors below one, the general ones first."""
    for kind in base.__subclasses__():
        if hasattr(kind, "code"):
            yield kind
    for kind in base.__subclasses__():
        yield from _kinds(kind)

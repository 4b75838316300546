"""The far end by hand: call in, and answer, reject, press, say, hold or hang up what is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import Field

from telnyx_emulator import callers
from telnyx_emulator.commands.types import CustomHeader, NonBlank, Tones
from telnyx_emulator.commands.validation import InvalidParameters, Refusal
from telnyx_emulator.core.activities.dtmf import KEY_SECS
from telnyx_emulator.core.errors import ResourceNotFound
from telnyx_emulator.core.events import HangupCause
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import PERSONAS
from telnyx_emulator.core.model import Call
from telnyx_emulator.tenants import Tenant

from ..exchange import Exchange, Reply
from ..routes import Route
from .request import Request


class Inbound(Request):
    """An incoming call. Without `from` somebody with a believable name and number calls."""

    from_: NonBlank | None = Field(None, alias="from")
    """The caller's number; unset: an invented caller with a believable number."""
    to: NonBlank = "+15559990000"
    """The number that is called."""
    connection_id: NonBlank | None = None
    """The application that receives the call; unset: as the called number is routed."""
    caller_name: str | None = None
    """The caller's name that is shown."""
    headers: list[CustomHeader] | None = None
    """SIP headers of the call."""
    persona: str | None = None
    """How the caller behaves; unset: `human`."""


async def call_in(exchange: Exchange) -> Reply:
    """`POST calls` {from?, to?, connection_id?, caller_name?, headers?, persona?} → 201"""
    wanted, tenant = Inbound.parse(exchange.body()), exchange.tenant
    if wanted.persona is not None and wanted.persona not in PERSONAS:
        raise InvalidParameters([Refusal("10032", "/persona", f"The value must be one of: {', '.join(PERSONAS)}.")])
    with tenant.clock.instant():
        call = callers.call_in(
            tenant.world,
            from_=wanted.from_,
            to=wanted.to,
            connection_id=wanted.connection_id,
            caller_name=wanted.caller_name,
            headers=[(header.name, header.value) for header in wanted.headers or ()],
            far_end=PERSONAS[wanted.persona] if wanted.persona else None,
        )
    return Reply({"data": describe(call)}, 201)


def describe(call: Call) -> dict[str, Any]:
    """A leg in short: what a far end needs to know it by."""
    return {
        "call_control_id": call.id,
        "call_leg_id": call.leg_id,
        "call_session_id": call.session.id,
        "connection_id": call.connection_id,
        "direction": call.direction,
        "state": call.state.name.lower(),
        "from": call.from_,
        "to": call.to,
    }


async def list_all(exchange: Exchange) -> Reply:
    """`GET calls`: all legs in short, the newest last; `name`: what reports call them."""
    tenant = exchange.tenant
    tenant.clock.fire_due()
    names = tenant.names()
    return Reply({"data": [describe(call) | {"name": names.get(call.id)} for call in tenant.world.calls.values()]})


async def read(exchange: Exchange) -> Reply:
    """`GET calls/{id}`"""
    tenant = exchange.tenant
    tenant.clock.fire_due()
    call = find(tenant, exchange.params["call_control_id"])
    return Reply({"data": describe(call) | {"name": tenant.names().get(call.id)}})


class Nothing(Request):
    """A verb without parameters."""


class Reject(Request):
    cause: str | None = None
    """The refusal as a word, such as `busy`."""
    sip: int | None = Field(None, ge=300, le=699)
    """The SIP status of the refusal."""


class Press(Request):
    """`every`: virtual seconds from key to key."""

    digits: Tones
    """The keys; `w` waits 0.5 seconds, `W` waits 1 second."""
    every: float = Field(KEY_SECS, ge=0, le=60)
    """The time from key to key, in virtual seconds."""


class Say(Request):
    text: NonBlank
    """The words."""
    confidence: float = Field(0.95, ge=0, le=1)
    """How sure a transcription of them is, from 0 to 1."""


class Hangup(Request):
    cause: HangupCause | None = None
    """The `hangup_cause` in the webhook."""
    sip: int | None = Field(None, ge=200, le=699)
    """The SIP status in the webhook."""


Verb = tuple[type[Request], Callable[..., None]]

VERBS: dict[str, Verb] = {
    "answer": (Nothing, verbs.answer),
    "reject": (Reject, verbs.reject),
    "press": (Press, verbs.press),
    "say": (Say, verbs.say),
    "hold": (Nothing, verbs.hold),
    "unhold": (Nothing, verbs.unhold),
    "hangup": (Hangup, verbs.hang_up),
}


async def act(exchange: Exchange) -> Reply:
    """`POST calls/{call_control_id}/{verb}`: first the application may react to all that it was told."""
    verb = VERBS.get(exchange.params["verb"])
    if verb is None:
        raise ResourceNotFound(f"There is no such verb; there are: {', '.join(VERBS)}.")
    body, action = verb
    wanted, tenant = body.parse(exchange.body()), exchange.tenant
    await tenant.rest()
    call = find(tenant, exchange.params["call_control_id"])
    with tenant.clock.instant():
        action(call, **wanted.model_dump())
    return Reply({"data": describe(call)})


def find(tenant: Tenant, id: str) -> Call:
    """A call by its call_control_id or call_leg_id, or the `latest` one."""
    calls = tenant.world.calls
    if id == "latest" and calls:
        return next(reversed(calls.values()))
    call = calls.get(id) or next((call for call in calls.values() if call.leg_id == id), None)
    if call is None:
        raise ResourceNotFound(f"There is no call {id} in this world.")
    return call


ROUTES = [
    Route("GET", "/_emulator/calls", list_all),
    Route("POST", "/_emulator/calls", call_in),
    Route("GET", "/_emulator/calls/{call_control_id}", read),
    Route("POST", "/_emulator/calls/{call_control_id}/{verb}", act),
]

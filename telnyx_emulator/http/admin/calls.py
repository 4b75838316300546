"""The far end by hand: call in, and answer, reject, press, say, hold or hang up what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import Field

from telnyx_emulator import callers
from telnyx_emulator.commands.types import CustomHeader, NonBlank, Tones
from telnyx_emulator.commands.validation import InvalidParameters, Refusal
from telnyx_emulator.core.activities.dtmf import KEY_SECS
from telnyx_emulator.core.errors import ResourceNotFound, Unprocessable
from telnyx_emulator.core.events.calls import HangupCause
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import PERSONAS
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call
from telnyx_emulator.leg_names import LATEST
from telnyx_emulator.scenarios.names import advice
from telnyx_emulator.tenants import Tenant

from .. import Reply, RequestContext, Route
from .request import Request


class IncomingCall(Request):
    """An incoming call. Without `from` the caller has a believable name and number."""

    name: NonBlank | None = None
    """What the leg is called in this world, such as `alice`; unset: `caller`, `caller-2` and so on."""
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


async def call_in(request: RequestContext) -> Reply:
    """`POST calls` {name?, from?, to?, connection_id?, caller_name?, headers?, persona?} → 201"""
    wanted, tenant = IncomingCall.parse(request.body()), request.tenant
    if wanted.persona is not None and wanted.persona not in PERSONAS:
        raise InvalidParameters([Refusal("10032", "/persona", f"The value must be one of: {', '.join(PERSONAS)}.")])
    _check_free(wanted.name, tenant)
    with tenant.clock.instant(), tenant.leg_names.awaiting(wanted.name):
        call = callers.call_in(
            tenant.world,
            from_=wanted.from_,
            to=wanted.to,
            connection_id=wanted.connection_id,
            caller_name=wanted.caller_name,
            headers=[(header.name, header.value) for header in wanted.headers or ()],
            far_end=PERSONAS[wanted.persona] if wanted.persona else None,
        )
    return Reply({"data": describe(call, tenant.names())}, 201)


def _check_free(name: str | None, tenant: Tenant) -> None:
    """A name may be given if it means no other leg that is up."""
    if name is None:
        return
    calls, names = tenant.world.calls, tenant.names()
    taken = [names[id] for id in tenant.legs(name) if id in calls and calls[id].state is not State.ENDED]
    if name in (".", ".."):
        raise InvalidParameters([Refusal("10032", "/name", f'"{name}" cannot stand in a path; choose another name.')])
    if taken or name == LATEST:
        means = f"is the leg {', '.join(taken)}, which is up" if taken else "always means the newest leg"
        raise InvalidParameters([Refusal("10032", "/name", f'"{name}" {means}; choose another name.')])


def describe(call: Call, names: Mapping[str, str]) -> dict[str, Any]:
    """A leg in short: what a far end needs to know it by. `names`: what legs are shown as everywhere."""
    return {
        "name": names.get(call.id),
        "call_control_id": call.id,
        "call_leg_id": call.leg_id,
        "call_session_id": call.session.id,
        "connection_id": call.connection_id,
        "direction": call.direction,
        "state": call.state.name.lower(),
        "from": call.from_,
        "to": call.to,
    }


async def list_all(request: RequestContext) -> Reply:
    """`GET calls`: all legs in short, the newest last."""
    tenant = request.tenant
    names = tenant.names()
    return Reply({"data": [describe(call, names) for call in tenant.world.calls.values()]})


async def read(request: RequestContext) -> Reply:
    """`GET calls/{id}`"""
    call = find(request.tenant, request.params["call_control_id"])
    return Reply({"data": describe(call, request.tenant.names())})


class Rejection(Request):
    cause: str | None = None
    """The refusal as a word, such as `busy`."""
    sip: int | None = Field(None, ge=300, le=699)
    """The SIP status of the refusal."""


class KeyPresses(Request):
    """`every`: virtual seconds from key to key."""

    digits: Tones
    """The keys; `w` waits 0.5 seconds, `W` waits 1 second."""
    every: float = Field(KEY_SECS, ge=0, le=60)
    """The time from key to key, in virtual seconds."""


class Speech(Request):
    text: NonBlank
    """The words."""
    confidence: float = Field(0.95, ge=0, le=1)
    """How sure a transcription of them is, from 0 to 1."""


class HangingUp(Request):
    cause: HangupCause | None = None
    """The `hangup_cause` in the webhook."""
    sip: int | None = Field(None, ge=200, le=699)
    """The SIP status in the webhook."""


Verb = tuple[type[Request], Callable[..., None]]

VERBS: dict[str, Verb] = {
    "answer": (Request, verbs.answer),
    "reject": (Rejection, verbs.reject),
    "press": (KeyPresses, verbs.press),
    "say": (Speech, verbs.say),
    "hold": (Request, verbs.hold),
    "unhold": (Request, verbs.unhold),
    "hangup": (HangingUp, verbs.hang_up),
}


async def act(request: RequestContext) -> Reply:
    """`POST calls/{call_control_id}/{verb}`: first the application may react to all that it was told."""
    verb = VERBS.get(request.params["verb"])
    if verb is None:
        raise ResourceNotFound(f"There is no such verb; there are: {', '.join(VERBS)}.")
    body, action = verb
    wanted, tenant = body.parse(request.body()), request.tenant
    await tenant.rest()
    call = find(tenant, request.params["call_control_id"])
    with tenant.clock.instant():
        action(call, **wanted.model_dump())
    return Reply({"data": describe(call, tenant.names())})


def find(tenant: Tenant, name: str) -> Call:
    """A leg by its name, call_control_id or call_leg_id, or the `latest` one; of several the one that is up."""
    calls = tenant.world.calls
    found = [calls[id] for id in tenant.legs(name) if id in calls]
    found = found or [call for call in calls.values() if name in (call.id, call.leg_id)]
    if not found:
        raise ResourceNotFound(f"There is no call {name} in this world{advice(name, tenant.names().values()) or '.'}")
    alive = [call for call in found if call.state is not State.ENDED]
    if len(alive) > 1:
        names = ", ".join(tenant.names()[call.id] for call in alive)
        raise Unprocessable(f"There are several legs that {name} may mean: {names}; name one.")
    return alive[0] if alive else found[-1]


ROUTES = [
    Route("GET", "/_emulator/calls", list_all),
    Route("POST", "/_emulator/calls", call_in),
    Route("GET", "/_emulator/calls/{call_control_id}", read),
    Route("POST", "/_emulator/calls/{call_control_id}/{verb}", act),
]

"""Calls: one by its id, and the live ones of a connection."""

from __future__ import annotations

from typing import Any

from telnyx_emulator.commands.dial import describe
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, World

from .. import RequestContext, Route, auto_create
from .collection import Collection


def _active(call: Call) -> dict[str, Any]:
    """SDKs in strict mode insist on a `client_state` that is a string."""
    return {
        "record_type": "call",
        "call_control_id": call.id,
        "call_leg_id": call.leg_id,
        "call_session_id": call.session.id,
        "call_duration": call.duration(),
        "client_state": call.client_state or "",
    }


def _live(request: RequestContext) -> dict[str, Call]:
    calls, connection = request.tenant.world.calls, request.params["connection_id"]
    return {
        id: call for id, call in calls.items() if call.connection_id == connection and call.state is not State.ENDED
    }


CALLS: Collection[World, Call] = Collection(
    path="/calls",
    key="call_control_id",
    kept=lambda world: world.calls,
    create=auto_create.call,
    show=lambda world, call: describe(call),
)
"""Also those that ended less than ten minutes ago."""
ACTIVE_CALLS: Collection[RequestContext, Call] = Collection(
    path="/connections/{connection_id}/active_calls",
    owner=lambda request: request,
    kept=_live,
    create=lambda request, id: auto_create.call(request.tenant.world, id, request.params["connection_id"]),
    new_key=lambda world: world.ids.call_control_id(),
    show=lambda request, call: _active(call),
    cursors="leg_id",
)

ROUTES = [
    Route("GET", "/calls/{call_control_id}", CALLS.retrieve),
    Route("GET", ACTIVE_CALLS.path, ACTIVE_CALLS.listing),
]

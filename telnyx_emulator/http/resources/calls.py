"""Calls: one by its id, and the live ones of a connection."""

from __future__ import annotations

from typing import Any

from telnyx_emulator.commands.dial import describe
from telnyx_emulator.core.errors import ResourceNotFound
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call

from .. import auto_create
from ..paging import cursor_page
from ..reply import Reply
from ..request_context import RequestContext
from ..routes import Route


async def retrieve(request: RequestContext) -> Reply:
    """`GET /calls/{call_control_id}`, until ten minutes after the end."""
    world, id = request.tenant.world, request.params["call_control_id"]
    call = request.existing(world.calls.get(id), lambda: auto_create.call(world, id), ResourceNotFound)
    return Reply({"data": describe(call)})


async def active_calls(request: RequestContext) -> Reply:
    """`GET /connections/{connection_id}/active_calls`"""
    world, connection = request.tenant.world, request.params["connection_id"]
    live = [call for call in world.calls.values() if call.connection_id == connection and call.state is not State.ENDED]
    if not live and request.adopts:
        live = [auto_create.call(world, world.ids.call_control_id(), connection)]
    return Reply(cursor_page(live, request.query, _active, lambda call: call.leg_id, request.path))


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


ROUTES = [
    Route("GET", "/calls/{call_control_id}", retrieve),
    Route("GET", "/connections/{connection_id}/active_calls", active_calls),
]

"""Queues and the calls that wait in them: read, listed, changed and taken out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from telnyx_emulator.commands.base import Parameters
from telnyx_emulator.commands.queues import describe
from telnyx_emulator.core.call.ending import leave_queue
from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.errors import QueueNotEmpty, UnknownQueue
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Queue, QueuePlace, whole

from .. import auto_create
from ..paging import cursor_page, page
from ..reply import Reply
from ..request_context import RequestContext
from ..routes import Route


async def list_queues(request: RequestContext) -> Reply:
    """`GET /queues`, the oldest first."""
    world = request.tenant.world
    if not world.queues and request.adopts:
        auto_create.queue(world, auto_create.QUEUE)
    return Reply(page(list(world.queues.values()), request.query, describe))


async def retrieve(request: RequestContext) -> Reply:
    """`GET /queues/{queue_name}`"""
    return Reply({"data": describe(_queue(request))})


async def delete(request: RequestContext) -> Reply:
    """`DELETE /queues/{queue_name}`: only when no call waits in it any more."""
    queue, tenant = _queue(request), request.tenant
    with tenant.clock.instant(), tenant.outbox.gate() as gate:
        if queue.line and request.adopts:
            auto_create.emptied(queue)
        if queue.line:
            raise QueueNotEmpty
        queue.delete()
    return Reply(None, 204, gate=gate)


async def list_calls(request: RequestContext) -> Reply:
    """`GET /queues/{queue_name}/calls`, the next one to be served first."""
    queue = _queue(request)
    if not queue.line and request.adopts:
        auto_create.queued(queue, request.tenant.world.ids.call_control_id())
    return Reply(cursor_page(queue.line, request.query, describe_call, lambda place: place.call.leg_id, request.path))


async def retrieve_call(request: RequestContext) -> Reply:
    """`GET /queues/{queue_name}/calls/{call_control_id}`"""
    return Reply({"data": describe_call(_place(request))})


class QueuedCallChange(Parameters):
    """Whether the call is to stay in the queue after its hangup."""

    keep_after_hangup: bool | None = None
    """The call stays in the queue after its hangup, so that it can be called back."""


async def change_call(request: RequestContext) -> Reply:
    """`PATCH /queues/{queue_name}/calls/{call_control_id}`: a call that has ended and is not to be kept leaves."""
    place, tenant = _place(request), request.tenant
    wanted = request.parse(QueuedCallChange, request.body(), place.call)
    with tenant.clock.instant(), tenant.outbox.gate() as gate:
        if wanted.keep_after_hangup is not None:
            place.keep_after_hangup = wanted.keep_after_hangup
        if place.call.state is State.ENDED and not place.keep_after_hangup:
            leave_queue(place.call, "hangup")
    return Reply(None, 204, gate=gate)


async def remove_call(request: RequestContext) -> Reply:
    """`DELETE /queues/{queue_name}/calls/{call_control_id}`: meant for calls that have ended; a live one is parked."""
    place, tenant = _place(request), request.tenant
    with tenant.clock.instant(), tenant.outbox.gate() as gate:
        leave_queue(place.call, "leave")
    return Reply(None, 204, gate=gate)


def describe_call(place: QueuePlace) -> dict[str, Any]:
    """A waiting call as the vendor shows it."""
    call, queue = place.call, place.queue
    return {
        "record_type": "queue_call",
        "call_control_id": call.id,
        "call_leg_id": call.leg_id,
        "call_session_id": call.session.id,
        "connection_id": call.connection_id,
        "from": call.from_,
        "to": call.to,
        "is_alive": call.state is not State.ENDED,
        "enqueued_at": wire_time(call.world.clock.epoch + timedelta(seconds=place.since)),
        "queue_id": queue.id,
        "queue_position": place.position,
        "wait_time_secs": whole(place.waited()),
    }


def _queue(request: RequestContext) -> Queue:
    """The queue that the path names."""
    world, name = request.tenant.world, request.params["queue_name"]
    return request.existing(world.queues.get(name), lambda: auto_create.queue(world, name), UnknownQueue)


def _place(request: RequestContext) -> QueuePlace:
    """The place of the call that the path names."""
    queue, id = _queue(request), request.params["call_control_id"]
    return request.existing(queue.find(id), lambda: auto_create.queued(queue, id), UnknownQueue)


ROUTES = [
    Route("GET", "/queues", list_queues),
    Route("GET", "/queues/{queue_name}", retrieve),
    Route("DELETE", "/queues/{queue_name}", delete),
    Route("GET", "/queues/{queue_name}/calls", list_calls),
    Route("GET", "/queues/{queue_name}/calls/{call_control_id}", retrieve_call),
    Route("PATCH", "/queues/{queue_name}/calls/{call_control_id}", change_call),
    Route("DELETE", "/queues/{queue_name}/calls/{call_control_id}", remove_call),
]

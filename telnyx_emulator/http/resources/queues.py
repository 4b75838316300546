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
from telnyx_emulator.core.model import Queue, QueuePlace, World, whole

from .. import Reply, RequestContext, Route, auto_create
from .collection import Collection


class QueuedCallChange(Parameters):
    """Whether the call is to stay in the queue after its hangup."""

    keep_after_hangup: bool | None = None
    """The call stays in the queue after its hangup, so that it can be called back."""


async def change_call(request: RequestContext) -> Reply:
    """`PATCH /queues/{queue_name}/calls/{call_control_id}`: a call that has ended and is not to be kept leaves."""
    place, tenant = QUEUED_CALLS.find(request), request.tenant
    wanted = request.parse(QueuedCallChange, request.body(), place.call)
    with tenant.clock.instant(), tenant.outbox.gate() as gate:
        if wanted.keep_after_hangup is not None:
            place.keep_after_hangup = wanted.keep_after_hangup
        if place.call.state is State.ENDED and not place.keep_after_hangup:
            leave_queue(place.call, "hangup")
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


def _delete(request: RequestContext, queue: Queue) -> None:
    """Only when no call waits in it any more."""
    if queue.line and request.adopts:
        auto_create.emptied(queue)
    if queue.line:
        raise QueueNotEmpty
    queue.delete()


QUEUES: Collection[World, Queue] = Collection(
    path="/queues",
    key="queue_name",
    kept=lambda world: world.queues,
    create=auto_create.queue,
    new_key=lambda world: auto_create.QUEUE,
    show=lambda world, queue: describe(queue),
    unknown=UnknownQueue,
    remove=_delete,
    deleted=204,
)
QUEUED_CALLS: Collection[Queue, QueuePlace] = Collection(
    path="/queues/{queue_name}/calls",
    key="call_control_id",
    owner=QUEUES.find,
    kept=lambda queue: {place.call.id: place for place in queue.line},
    create=auto_create.queued,
    new_key=lambda world: world.ids.call_control_id(),
    show=lambda queue, place: describe_call(place),
    unknown=UnknownQueue,
    cursors="call.leg_id",
    remove=lambda request, place: leave_queue(place.call, "leave"),
    deleted=204,
)
"""Removing is meant for calls that have ended; a live one is parked."""

ROUTES = [
    *QUEUES.routes(),
    *QUEUED_CALLS.routes(),
    Route("PATCH", "/queues/{queue_name}/calls/{call_control_id}", change_call),
]

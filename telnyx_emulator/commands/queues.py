"""Waiting in line: putting calls in a queue, taking them out, and the queues themselves."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from telnyx_emulator.core.call import bridging
from telnyx_emulator.core.call.ending import leave_queue
from telnyx_emulator.core.call.queueing import enqueue
from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.errors import AlreadyInQueue, NotInQueue, QueueExists, QueueFull, QueueSizeFixed, UnknownQueue
from telnyx_emulator.core.events.queues import CallDequeued, CallEnqueued
from telnyx_emulator.core.model import Call, Queue, World
from telnyx_emulator.core.time.durations import Seconds

from .base import Answer, CallCommand, Outcome, WorldCommand

QueueName = Annotated[str, Field(min_length=1, max_length=255)]
MaxSize = Annotated[int, Field(ge=1)]


class EnqueueOutcome(Outcome):
    """The call does not wait as long as it was to."""

    timeout_after: Seconds
    """How long the call waits, as if `max_wait_time_secs` were over then: `call.dequeued`, `timeout`."""


class Enqueue(CallCommand, action="enqueue"):
    """Put the call at the end of a queue, which is made if there is none of that name. A bridge is undone."""

    queue_name: QueueName
    """The name of the queue."""
    max_size: MaxSize = 100
    """How many calls may wait in a new queue."""
    max_wait_time_secs: Annotated[int, Field(ge=0)] | None = None
    """How long the call may wait, in seconds; unset: for ever."""
    keep_after_hangup: bool = False
    """The call stays in the queue after its hangup, so that it can be called back."""

    example: ClassVar[dict[str, Any]] = {"queue_name": "support"}
    emits = (CallEnqueued, CallDequeued)
    outcomes = EnqueueOutcome

    def check(self, call: Call) -> None:
        if call.place is not None:
            raise AlreadyInQueue
        queue = call.world.queues.get(self.queue_name)
        if queue is None:
            return
        if "max_size" in self.model_fields_set and self.max_size != queue.max_size:
            raise QueueSizeFixed
        if queue.full:
            raise QueueFull(queue.name)

    def run_with(self, call: Call, outcome: EnqueueOutcome | None) -> None:
        world = call.world
        queue = world.queues.get(self.queue_name) or Queue(world, self.queue_name, self.max_size)
        patience = float(self.max_wait_time_secs) if self.max_wait_time_secs else None
        if outcome is not None:
            patience = world.draw(outcome.timeout_after)
        with bridging.parted(call):
            enqueue(queue, call, self.keep_after_hangup, patience)


class LeaveQueue(CallCommand, action="leave_queue"):
    """Take the call out of its queue; it stays parked."""

    emits = (CallDequeued,)

    def check(self, call: Call) -> None:
        if call.place is None:
            raise NotInQueue

    def run(self, call: Call) -> None:
        leave_queue(call, "leave")


class CreateQueue(WorldCommand, path="/queues"):
    """Make a queue. It stays until it is deleted, whether calls wait in it or not."""

    example: ClassVar[dict[str, Any]] = {"queue_name": "support"}

    queue_name: QueueName
    """The name of the queue."""
    max_size: MaxSize = 300
    """How many calls may wait in the queue."""

    def check(self, world: World) -> None:
        if self.queue_name in world.queues:
            raise QueueExists(pointer="/queue_name")

    def run(self, world: World) -> Answer:
        return describe(Queue(world, self.queue_name, self.max_size, explicit=True))


class UpdateQueue(WorldCommand, path="/queues/{queue_name}"):
    """Change how many calls may wait in a queue. Those that wait already may stay."""

    example: ClassVar[dict[str, Any]] = {"queue_name": "support", "max_size": 20}

    queue_name: QueueName
    """The name of the queue."""
    max_size: MaxSize
    """How many calls may wait in the queue."""

    def check(self, world: World) -> None:
        if self.queue_name not in world.queues:
            raise UnknownQueue

    def run(self, world: World) -> Answer:
        queue = world.queues[self.queue_name]
        queue.resize(self.max_size)
        return describe(queue)


def describe(queue: Queue) -> dict[str, Any]:
    """A queue as the vendor shows it."""
    return {
        "record_type": "queue",
        "id": queue.id,
        "name": queue.name,
        "current_size": len(queue.line),
        "max_size": queue.max_size,
        "average_wait_time_secs": queue.waiting_secs(),
        "created_at": wire_time(queue.created_at),
        "updated_at": wire_time(queue.updated_at),
    }

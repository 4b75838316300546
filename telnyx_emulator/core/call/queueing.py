"""Calls wait in queues."""

from __future__ import annotations

from telnyx_emulator.core.call.ending import leave_conference, leave_queue
from telnyx_emulator.core.events.queues import CallEnqueued
from telnyx_emulator.core.model import Call, Queue


def enqueue(queue: Queue, call: Call, keep_after_hangup: bool = False, patience: float | None = None) -> None:
    """Let a call wait at the end of the line, for at most `patience` seconds."""
    if call.participant is not None:
        leave_conference(call.participant)
    place = queue.add(call, keep_after_hangup)
    if patience is not None:
        place.patience = call.world.clock.call_later(patience, lambda: leave_queue(call, "timeout"), background=True)
    call.emit(
        CallEnqueued(
            queue=queue.name,
            current_position=place.position,
            queue_avg_wait_time_secs=queue.average_wait_secs(),
        )
    )

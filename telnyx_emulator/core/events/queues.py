"""A call waits in a queue, and leaves it."""

from __future__ import annotations

from typing import Literal

from .base import Event

LeaveReason = Literal["bridged", "bridging-in-process", "hangup", "leave", "timeout"]


class CallEnqueued(Event, name="call.enqueued"):
    """The call came to the end of the line; positions count from 1, the average is in whole seconds."""

    parties = False
    queue: str
    """The name of the queue."""
    current_position: int
    """The position of the call in the queue, from 1."""
    queue_avg_wait_time_secs: int
    """How long calls wait on average, in whole seconds."""


class CallDequeued(Event, name="call.dequeued"):
    """The call left the line, from the position that it had last, after so many whole seconds."""

    parties = False
    queue: str
    """The name of the queue."""
    queue_position: int
    """The last position of the call in the queue, from 1."""
    reason: LeaveReason
    """Why the call left the queue."""
    wait_time_secs: int
    """How long the call waited, in whole seconds."""

"""A call waits in a queue, and leaves it."""

from __future__ import annotations

from typing import Literal

from .base import Event

LeaveReason = Literal["bridged", "bridging-in-process", "hangup", "leave", "timeout"]


class CallEnqueued(Event, name="call.enqueued"):
    """The call came to the end of the line; positions count from 1, the average is in whole seconds."""

    parties = False
    queue: str
    current_position: int
    queue_avg_wait_time_secs: int


class CallDequeued(Event, name="call.dequeued"):
    """The call left the line, from the position that it had last, after so many whole seconds."""

    parties = False
    queue: str
    queue_position: int
    reason: LeaveReason
    wait_time_secs: int

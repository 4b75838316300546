"""Media that leaves the call while it goes on, over a WebSocket or to Dialogflow."""

from __future__ import annotations

from typing import Literal

from telnyx_emulator.core.audio.stream import StreamBehaviour
from telnyx_emulator.core.far_end.behaviour import stream_failure
from telnyx_emulator.core.time.tasks import Activity, Cancelled

Connection = Literal["connected", "failed", "cancelled"]
STREAM_CONNECTS_SECS = 0.1
STREAM_FAILS_SECS = 1.0


def usual_behaviour(url: str | None) -> StreamBehaviour:
    """What becomes of a stream to this URL: its spelling decides, since no socket is opened."""
    return StreamBehaviour(url and stream_failure(url))


def connect(behaviour: StreamBehaviour) -> Activity[Connection]:
    """Open the stream."""
    connects = behaviour.failure is None or behaviour.stops_after is not None
    usual = STREAM_CONNECTS_SECS if connects else STREAM_FAILS_SECS
    try:
        yield usual if behaviour.after is None else behaviour.after
    except Cancelled:
        return "cancelled"
    return "connected" if connects else "failed"


def stay(behaviour: StreamBehaviour) -> Activity[str | None]:
    """Stay connected until stopped, or told that the other end has closed; returns why it broke, None: it did not."""
    try:
        closed = yield behaviour.stops_after
    except Cancelled:
        return None
    return behaviour.failure if closed is None else None

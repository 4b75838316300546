"""Media that leaves the call while it goes on, over a WebSocket or to Dialogflow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from telnyx_emulator.core.audio.stream import Stream, StreamBehaviour
from telnyx_emulator.core.far_end.behaviour import stream_failure
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.tasks import Activity, Cancelled

STREAM_CONNECTS_SECS = 0.1
STREAM_FAILS_SECS = 1.0


@dataclass(frozen=True, slots=True)
class StreamResult:
    """How a stream ended. `connected`: whether it ever was; `failure`: why it failed, None: it was stopped."""

    connected: bool
    failure: str | None = None


def usual_behaviour(url: str | None) -> StreamBehaviour:
    """What becomes of a stream to this URL: its spelling decides, since no socket is opened."""
    return StreamBehaviour(url and stream_failure(url))


def stream(call: Call, wanted: Stream, connected: Callable[[], object]) -> Activity[StreamResult]:
    """Connect, report that, and stay until stopped, or until told that the other end has closed."""
    call.stream = wanted
    behaviour = wanted.behaviour
    connects = behaviour.failure is None or behaviour.stops_after is not None
    usual = STREAM_CONNECTS_SECS if connects else STREAM_FAILS_SECS
    try:
        yield usual if behaviour.after is None else behaviour.after
        if not connects:
            return StreamResult(False, behaviour.failure)
        connected()
        return (yield from _while_it_lasts(behaviour))
    except Cancelled:
        return StreamResult(False)
    finally:
        call.stream = None


def _while_it_lasts(behaviour: StreamBehaviour) -> Activity[StreamResult]:
    """Stay connected until it is closed at either end, or breaks."""
    with suppress(Cancelled):
        closed = yield behaviour.stops_after
        return StreamResult(True, behaviour.failure if closed is None else None)
    return StreamResult(True)

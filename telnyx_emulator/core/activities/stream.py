"""Media that leaves the call while it goes on: WebSocket streams and forked RTP."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress

from telnyx_emulator.core.audio.stream import Stream, StreamBehaviour
from telnyx_emulator.core.events import ForkStarted, ForkStopped, StreamingFailed, StreamingStarted, StreamingStopped
from telnyx_emulator.core.far_end.behaviour import stream_failure
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.tasks import Activity, Cancelled

STREAM_CONNECTS_SECS = 0.1
STREAM_FAILS_SECS = 1.0


def stream(call: Call, wanted: Stream) -> Activity:
    """Connect, and stay until stopped, or until told that the other end has closed.

    Whoever carries frames takes its place between the two events; by itself a stream is only its state.
    """
    call.stream = wanted
    behaviour, where = wanted.behaviour, {} if wanted.url is None else {"stream_url": wanted.url}
    failure = behaviour.failure or (stream_failure(wanted.url) if wanted.url else None)
    connects = failure is None or behaviour.stops_after is not None
    usual = STREAM_CONNECTS_SECS if connects else STREAM_FAILS_SECS
    try:
        yield usual if behaviour.after is None else behaviour.after
        if connects:
            call.emit(StreamingStarted(stream_id=wanted.id, **where))
            failure = yield from _while_it_lasts(behaviour)
        ended = StreamingStopped(stream_id=wanted.id, **where) if failure is None else _failed(wanted, failure)
        call.emit(ended)
    except Cancelled:
        return  # it never began: nothing to report
    finally:
        call.stream = None


def _while_it_lasts(behaviour: StreamBehaviour) -> Generator[float | None, object, str | None]:
    """Stay connected; returns why it broke, or None if it was closed at either end."""
    with suppress(Cancelled):
        closed = yield behaviour.stops_after
        return behaviour.failure if closed is None else None
    return None


def _failed(wanted: Stream, reason: str) -> StreamingFailed:
    return StreamingFailed(
        failure_reason=reason,
        stream_id=wanted.id,
        stream_params={"stream_url": wanted.url or "", "track": wanted.track},
        stream_type="websocket" if wanted.url else "dialogflow",
    )


def fork(call: Call) -> Activity:
    """Send a copy of the RTP elsewhere. Nobody answers to RTP, so that it cannot fail."""
    call.emit(ForkStarted(stream_type="decrypted"))
    with suppress(Cancelled):
        yield None
    call.emit(ForkStopped(stream_type="decrypted"))

"""Media that leaves the call while it goes on: WebSocket streams and forked RTP."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .events import ForkStarted, ForkStopped, StreamingFailed, StreamingStarted, StreamingStopped
from .events.streaming import StreamTrack
from .far_end import stream_failure
from .process import Process, Stopped

if TYPE_CHECKING:
    from .call import Call

STREAM_CONNECTS_SECS = 0.1
STREAM_FAILS_SECS = 1.0


@dataclass(slots=True, eq=False)
class Stream:
    """One stream of a leg. `url` is None for Dialogflow, which is no socket of the application."""

    id: str
    url: str | None
    track: StreamTrack = "inbound_track"


def stream(call: Call, wanted: Stream) -> Process:
    """Connect, and stay until stopped, or until told that the other end has closed.

    Whoever carries frames takes its place between the two events; by itself a stream is only its state.
    """
    call.stream = wanted
    failure = None if wanted.url is None else stream_failure(wanted.url)
    try:
        yield STREAM_CONNECTS_SECS if failure is None else STREAM_FAILS_SECS
        if failure is not None:
            call.emit(_failed(wanted, failure))
            return
        where = {} if wanted.url is None else {"stream_url": wanted.url}
        call.emit(StreamingStarted(stream_id=wanted.id, **where))
        with suppress(Stopped):
            yield None
        call.emit(StreamingStopped(stream_id=wanted.id, **where))
    except Stopped:
        return  # it never began: nothing to report
    finally:
        call.stream = None


def _failed(wanted: Stream, reason: str) -> StreamingFailed:
    return StreamingFailed(
        failure_reason=reason,
        stream_id=wanted.id,
        stream_params={"stream_url": wanted.url or "", "track": wanted.track},
        stream_type="websocket",
    )


def fork(call: Call) -> Process:
    """Send a copy of the RTP elsewhere. Nobody answers to RTP, so that it cannot fail."""
    call.emit(ForkStarted(stream_type="decrypted"))
    with suppress(Stopped):
        yield None
    call.emit(ForkStopped(stream_type="decrypted"))

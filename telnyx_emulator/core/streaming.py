"""Media that leaves the call while it goes on: WebSocket streams and forked RTP."""

from __future__ import annotations

from collections.abc import Generator
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


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a stream. `failure`: why it fails. `after`: seconds until it is connected, or is not.

    `stops_after`: seconds from then on until the other end closes it, or (with a `failure`) it breaks.
    """

    failure: str | None = None
    after: float | None = None
    stops_after: float | None = None


@dataclass(slots=True, eq=False)
class Stream:
    """One stream of a leg. `url` is None for Dialogflow, which is no socket of the application."""

    id: str
    url: str | None
    track: StreamTrack = "inbound_track"
    fate: Fate = Fate()


def stream(call: Call, wanted: Stream) -> Process:
    """Connect, and stay until stopped, or until told that the other end has closed.

    Whoever carries frames takes its place between the two events; by itself a stream is only its state.
    """
    call.stream = wanted
    fate, where = wanted.fate, {} if wanted.url is None else {"stream_url": wanted.url}
    failure = fate.failure or (stream_failure(wanted.url) if wanted.url else None)
    connects = failure is None or fate.stops_after is not None
    usual = STREAM_CONNECTS_SECS if connects else STREAM_FAILS_SECS
    try:
        yield usual if fate.after is None else fate.after
        if connects:
            call.emit(StreamingStarted(stream_id=wanted.id, **where))
            failure = yield from _while_it_lasts(fate)
        ended = StreamingStopped(stream_id=wanted.id, **where) if failure is None else _failed(wanted, failure)
        call.emit(ended)
    except Stopped:
        return  # it never began: nothing to report
    finally:
        call.stream = None


def _while_it_lasts(fate: Fate) -> Generator[float | None, object, str | None]:
    """Stay connected; returns why it broke, or None if it was closed at either end."""
    with suppress(Stopped):
        closed = yield fate.stops_after
        return fate.failure if closed is None else None
    return None


def _failed(wanted: Stream, reason: str) -> StreamingFailed:
    return StreamingFailed(
        failure_reason=reason,
        stream_id=wanted.id,
        stream_params={"stream_url": wanted.url or "", "track": wanted.track},
        stream_type="websocket" if wanted.url else "dialogflow",
    )


def fork(call: Call) -> Process:
    """Send a copy of the RTP elsewhere. Nobody answers to RTP, so that it cannot fail."""
    call.emit(ForkStarted(stream_type="decrypted"))
    with suppress(Stopped):
        yield None
    call.emit(ForkStopped(stream_type="decrypted"))

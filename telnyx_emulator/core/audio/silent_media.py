"""Media sockets of a world without network: they connect or fail by the clock, and carry nothing."""

from __future__ import annotations

from collections.abc import Mapping

from telnyx_emulator.core.far_end.behaviour import stream_failure
from telnyx_emulator.core.ports import MediaConnection, MediaEvents, MediaPort
from telnyx_emulator.core.time.clock import Clock

from .stream import StreamBehaviour

STREAM_CONNECTS_SECS = 0.1
STREAM_FAILS_SECS = 1.0


class SilentMediaPort(MediaPort):
    """Opens no socket. The spelling of a URL says whether it can be reached, unless `behaviour` settles that.

    The default port of a world: `world.media_port`.
    """

    def __init__(self, clock: Clock, behaviour: StreamBehaviour | None = None) -> None:
        self._clock, self._behaviour = clock, behaviour

    def open(self, url: str, headers: Mapping[str, str], events: MediaEvents) -> MediaConnection:
        return SilentConnection(self._clock, self._behaviour or StreamBehaviour(stream_failure(url)), events)


class SilentConnection(MediaConnection):
    """A connection that behaves as it was told to. What is sent is lost."""

    def __init__(self, clock: Clock, behaviour: StreamBehaviour, events: MediaEvents) -> None:
        self._clock, self._behaviour, self._events = clock, behaviour, events
        self._closed = False
        connects = behaviour.failure is None or behaviour.stops_after is not None
        usual = STREAM_CONNECTS_SECS if connects else STREAM_FAILS_SECS
        after = usual if behaviour.after is None else behaviour.after
        self._timer = clock.call_later(after, self._connect if connects else self._end)

    def send(self, frame: bytes | str) -> None:
        pass

    def close(self) -> None:
        self._closed = True
        self._timer.cancel()

    def _connect(self) -> None:
        self._events.connected()
        if self._behaviour.stops_after is not None and not self._closed:
            self._timer = self._clock.call_later(self._behaviour.stops_after, self._end)

    def _end(self) -> None:
        if self._behaviour.failure is None:
            self._events.closed("closed by the other end")
        else:
            self._events.failed(self._behaviour.failure)

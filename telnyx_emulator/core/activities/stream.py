"""Media that leaves the call while it goes on, over a WebSocket or to Dialogflow."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from telnyx_emulator.core.audio.silent_media import SilentMediaPort
from telnyx_emulator.core.audio.stream import Stream, StreamBehaviour
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.ports import MediaEvents
from telnyx_emulator.core.time.lanes import STREAM
from telnyx_emulator.core.time.tasks import Activity, Cancelled


class StreamEnd(NamedTuple):
    """`connected`: whether it ever was. `failure`: why it was not, or why it broke; None: it was stopped or closed."""

    connected: bool
    failure: str | None = None


def stream(call: Call, wanted: Stream, connected: Callable[[], None]) -> Activity[StreamEnd]:
    """Stream by the world's media port until stopped, closed or broken; `connected` is told when it begins.

    It has to run in the lane `STREAM`. What is to go wrong on purpose, and Dialogflow, needs no port of the world.
    """
    world, tell = call.world, partial(call.tasks.tell, STREAM)
    simulated = wanted.behaviour is not None or wanted.url is None
    port = SilentMediaPort(world.clock, wanted.behaviour or StreamBehaviour()) if simulated else world.media_port
    began = False
    events = MediaEvents(
        connected=lambda: tell(None),
        failed=lambda reason: tell(StreamEnd(began, reason)),
        frame=lambda frame: None,
        closed=lambda reason: tell(StreamEnd(began)),
    )
    call.stream, connection = wanted, port.open(wanted.url or "", {}, events)
    try:
        end: StreamEnd | None = yield None
        if end is None:
            began = True
            connected()
            end = yield None
        return end or StreamEnd(began)
    except Cancelled:
        return StreamEnd(began)
    finally:
        connection.close()
        call.stream = None

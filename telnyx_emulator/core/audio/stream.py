"""A media stream of a leg, as data."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_emulator.core.events.streaming import StreamTrack


@dataclass(frozen=True, slots=True)
class StreamBehaviour:
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
    behaviour: StreamBehaviour | None = None
    """What becomes of it; None: what the world's media port makes of it."""

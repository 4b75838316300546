"""What is heard on a call, and the keys that are pressed."""

from __future__ import annotations

from typing import Literal

from .base import Event

GatherStatus = Literal["valid", "invalid", "call_hangup", "cancelled", "cancelled_amd", "timeout"]
PlaybackStatus = Literal[
    "file_not_found", "call_hangup", "unknown", "cancelled", "cancelled_amd", "completed", "failed"
]  # fmt: skip


class DtmfReceived(Event, name="call.dtmf.received"):
    """A key was pressed at the other end; one event per key."""

    digit: str
    """The key."""


class SpeakStarted(Event, name="call.speak.started"):
    parties = False
    speak_id: str
    """The id of the speech."""


class SpeakEnded(Event, name="call.speak.ended"):
    """After a stop the status is `completed`: the vendor's enum has no `cancelled` here."""

    parties = False
    speak_id: str
    """The id of the speech."""
    status: Literal["completed", "call_hangup", "cancelled_amd"]
    """How the speech ended."""


class PlaybackStarted(Event, name="call.playback.started"):
    parties = False
    overlay: bool
    """Whether the audio is mixed into other audio."""
    media_url: str | None = None
    """The URL of the audio, if it was named by URL."""
    media_name: str | None = None
    """The name of the audio, if it was uploaded."""


class PlaybackEnded(Event, name="call.playback.ended"):
    parties = False
    overlay: bool
    """Whether the audio was mixed into other audio."""
    status: PlaybackStatus
    """How the playback ended."""
    status_detail: str | None = None
    """What else is known about a failure."""
    media_url: str | None = None
    """The URL of the audio, if it was named by URL."""
    media_name: str | None = None
    """The name of the audio, if it was uploaded."""


class GatherEnded(Event, name="call.gather.ended"):
    """The digits that were pressed, without the terminating one."""

    digits: str
    """The digits, without the terminating one."""
    gather_id: str
    """The id of the gather."""
    status: GatherStatus
    """How the gather ended."""

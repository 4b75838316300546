"""What is heard on a call, and the keys that are pressed."""

from __future__ import annotations

from typing import Literal

from .base import Event


class DtmfReceived(Event, name="call.dtmf.received"):
    """A key was pressed at the other end; one event per key."""

    digit: str


class SpeakStarted(Event, name="call.speak.started"):
    parties = False
    speak_id: str


class SpeakEnded(Event, name="call.speak.ended"):
    """After a stop the status is `completed`: the vendor's enum has no `cancelled` here."""

    parties = False
    speak_id: str
    status: Literal["completed", "call_hangup", "cancelled_amd"]


class PlaybackStarted(Event, name="call.playback.started"):
    parties = False
    overlay: bool
    media_url: str | None = None
    media_name: str | None = None


class PlaybackEnded(Event, name="call.playback.ended"):
    parties = False
    overlay: bool
    status: Literal["file_not_found", "call_hangup", "unknown", "cancelled", "cancelled_amd", "completed", "failed"]
    status_detail: str | None = None
    media_url: str | None = None
    media_name: str | None = None


class GatherEnded(Event, name="call.gather.ended"):
    """The digits that were pressed, without the terminating one."""

    digits: str
    gather_id: str
    status: Literal["valid", "invalid", "call_hangup", "cancelled", "cancelled_amd", "timeout"]

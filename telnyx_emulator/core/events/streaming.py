"""Media that is sent elsewhere while the call goes on: WebSocket streams, forked RTP, transcripts."""

from __future__ import annotations

from typing import Any, Literal

from .base import Event

StreamTrack = Literal["inbound_track", "outbound_track", "both_tracks"]


class StreamingStarted(Event, name="streaming.started"):
    """The stream is connected. Streaming events have no `call.` prefix."""

    parties = False
    stream_id: str
    """The id of the stream."""
    stream_url: str | None = None
    """The WebSocket URL that receives the media."""


class StreamingStopped(Event, name="streaming.stopped"):
    parties = False
    stream_id: str
    """The id of the stream."""
    stream_url: str | None = None
    """The WebSocket URL that received the media."""


class StreamingFailed(Event, name="streaming.failed"):
    """The stream could not be connected; the call goes on. `stream_params`: `stream_url` and `track`."""

    parties = False
    failure_reason: str
    """Why the stream failed."""
    stream_id: str
    """The id of the stream."""
    stream_params: dict[str, str]
    """The parameters of the stream: `stream_url` and `track`."""
    stream_type: Literal["websocket", "dialogflow"]
    """Whether the media goes to a WebSocket or to Dialogflow."""


class ForkStarted(Event, name="call.fork.started"):
    parties = False
    stream_type: Literal["decrypted"]
    """The kind of the copy."""


class ForkStopped(Event, name="call.fork.stopped"):
    parties = False
    stream_type: Literal["decrypted"]
    """The kind of the copy."""


class Transcription(Event, name="call.transcription"):
    """Words that were understood, or (not `is_final`) those of them that were said so far.

    `transcription_data`: `transcript`, `confidence`, `is_final`, and of some engines `transcription_track`.
    """

    parties = False
    transcription_data: dict[str, Any]
    """The words: `transcript`, `confidence`, `is_final`, and of some engines `transcription_track`."""

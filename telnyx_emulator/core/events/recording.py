"""A recording is there to be fetched, could not be stored, or was put into words."""

from __future__ import annotations

from typing import Literal

from .base import Event

Reason = Literal[
    "Failed to authorize with storage using custom credentials",
    "Invalid credentials json",
    "Unsupported backend",
    "Internal server error",
]


class RecordingSaved(Event, name="call.recording.saved"):
    """Only the format that was asked for has a URL. `start_time` and `end_time` repeat the other two, as live."""

    parties = False
    recording_id: str
    """The id of the recording."""
    channels: Literal["single", "dual"]
    """`single` mixes both directions, `dual` has one channel for each."""
    format: Literal["wav", "mp3"]
    """The format of the file."""
    recording_started_at: str
    """When the recording began, in ISO 8601."""
    recording_ended_at: str
    """When the recording ended, in ISO 8601."""
    start_time: str
    """The same as `recording_started_at`."""
    end_time: str
    """The same as `recording_ended_at`."""
    recording_urls: dict[str, str]
    """Links to the file, by format."""
    public_recording_urls: dict[str, str]
    """Public links to the file, by format."""


class RecordingError(Event, name="call.recording.error"):
    """The recording is lost."""

    parties = False
    reason: Reason
    """Why the recording is lost."""


class RecordingTranscriptionSaved(Event, name="call.recording.transcription.saved"):
    """What was said in a recording."""

    parties = False
    calling_party_type: Literal["pstn", "sip"]
    """Whether the far end is on the phone network or on SIP."""
    recording_id: str
    """The id of the recording."""
    recording_transcription_id: str
    """The id of the transcription."""
    status: Literal["completed"]
    """How the transcription stands."""
    transcription_text: str
    """The text of the recording."""

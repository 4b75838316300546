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
    channels: Literal["single", "dual"]
    format: Literal["wav", "mp3"]
    recording_started_at: str
    recording_ended_at: str
    start_time: str
    end_time: str
    recording_urls: dict[str, str]
    public_recording_urls: dict[str, str]


class RecordingError(Event, name="call.recording.error"):
    """The recording is lost."""

    parties = False
    reason: Reason


class RecordingTranscriptionSaved(Event, name="call.recording.transcription.saved"):
    """What was said in a recording."""

    parties = False
    calling_party_type: Literal["pstn", "sip"]
    recording_id: str
    recording_transcription_id: str
    status: Literal["completed"]
    transcription_text: str

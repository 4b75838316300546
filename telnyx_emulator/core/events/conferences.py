"""What goes on in a conference. Every payload also says when, in milliseconds, within itself."""

from __future__ import annotations

from typing import Literal

from .base import Event

EndedReason = Literal["all_left", "host_left", "time_exceeded"]


class ConferenceEvent(Event):
    """An event of a conference, with the ids of one leg: that of the creator or of the participant in question.

    The `client_state` is always the creator's.
    """

    parties = False
    conference_id: str
    """The id of the conference."""
    occurred_at: str
    """When it happened, in ISO 8601."""


class ConferenceCreated(ConferenceEvent, name="conference.created"):
    pass


class ConferenceEnded(ConferenceEvent, name="conference.ended"):
    """The vendor's enum has no word for an end by command: it is told as `host_left`."""

    reason: EndedReason
    """Why the conference ended."""


class ConferenceFloorChanged(ConferenceEvent, name="conference.floor.changed"):
    """Another participant speaks now; the first speaker counts as well."""


class ParticipantJoined(ConferenceEvent, name="conference.participant.joined"):
    pass


class ParticipantLeft(ConferenceEvent, name="conference.participant.left"):
    pass


class ParticipantMedia(ConferenceEvent):
    """Sound for one participant."""

    creator_call_session_id: str
    """The session of the leg that the conference was made of."""


class ParticipantSpeakStarted(ParticipantMedia, name="conference.participant.speak.started"):
    pass


class ParticipantSpeakEnded(ParticipantMedia, name="conference.participant.speak.ended"):
    pass


class ParticipantPlaybackStarted(ParticipantMedia, name="conference.participant.playback.started"):
    media_url: str | None = None
    """The URL of the audio, if it was named by URL."""
    media_name: str | None = None
    """The name of the audio, if it was uploaded."""


class ParticipantPlaybackEnded(ParticipantMedia, name="conference.participant.playback.ended"):
    media_url: str | None = None
    """The URL of the audio, if it was named by URL."""
    media_name: str | None = None
    """The name of the audio, if it was uploaded."""


class RoomMedia(ConferenceEvent):
    """Sound for all participants: it belongs to no single leg, so none is named."""

    legs = False
    creator_call_session_id: str
    """The session of the leg that the conference was made of."""


class ConferenceSpeakStarted(RoomMedia, name="conference.speak.started"):
    pass


class ConferenceSpeakEnded(RoomMedia, name="conference.speak.ended"):
    pass


class ConferencePlaybackStarted(RoomMedia, name="conference.playback.started"):
    media_url: str | None = None
    """The URL of the audio, if it was named by URL."""
    media_name: str | None = None
    """The name of the audio, if it was uploaded."""


class ConferencePlaybackEnded(RoomMedia, name="conference.playback.ended"):
    media_url: str | None = None
    """The URL of the audio, if it was named by URL."""
    media_name: str | None = None
    """The name of the audio, if it was uploaded."""


class ConferenceRecordingSaved(ConferenceEvent, name="conference.recording.saved"):
    """Only the format that was asked for has a URL."""

    leg_id = False
    recording_id: str
    """The id of the recording."""
    channels: Literal["single", "dual"]
    """`single` mixes all audio, `dual` keeps two channels."""
    format: Literal["wav", "mp3"]
    """The format of the file."""
    recording_started_at: str
    """When the recording began, in ISO 8601."""
    recording_ended_at: str
    """When the recording ended, in ISO 8601."""
    recording_urls: dict[str, str]
    """Links to the file, by format."""
    public_recording_urls: dict[str, str]
    """Public links to the file, by format."""

"""What goes on in a conference. Every payload also says when, in milliseconds, within itself."""

from __future__ import annotations

from typing import Literal

from .base import Event

EndedReason = Literal["all_left", "host_left", "time_exceeded"]


class ConferenceEvent(Event):
    """Told of a conference, with the ids of one leg: the creator's, or the participant's whom it is about.

    The `client_state` is always the creator's.
    """

    parties = False
    conference_id: str
    occurred_at: str


class ConferenceCreated(ConferenceEvent, name="conference.created"):
    pass


class ConferenceEnded(ConferenceEvent, name="conference.ended"):
    """The vendor's enum has no word for an end by command: it is told as `host_left`."""

    reason: EndedReason


class ConferenceFloorChanged(ConferenceEvent, name="conference.floor.changed"):
    """Somebody else speaks now; the first one who does counts as well."""


class ParticipantJoined(ConferenceEvent, name="conference.participant.joined"):
    pass


class ParticipantLeft(ConferenceEvent, name="conference.participant.left"):
    pass


class ParticipantMedia(ConferenceEvent):
    """Something that one participant hears."""

    creator_call_session_id: str


class ParticipantSpeakStarted(ParticipantMedia, name="conference.participant.speak.started"):
    pass


class ParticipantSpeakEnded(ParticipantMedia, name="conference.participant.speak.ended"):
    pass


class ParticipantPlaybackStarted(ParticipantMedia, name="conference.participant.playback.started"):
    media_url: str | None = None
    media_name: str | None = None


class ParticipantPlaybackEnded(ParticipantMedia, name="conference.participant.playback.ended"):
    media_url: str | None = None
    media_name: str | None = None


class RoomMedia(ConferenceEvent):
    """Something that all participants hear: it is nobody's, so no leg is named."""

    legs = False
    creator_call_session_id: str


class ConferenceSpeakStarted(RoomMedia, name="conference.speak.started"):
    pass


class ConferenceSpeakEnded(RoomMedia, name="conference.speak.ended"):
    pass


class ConferencePlaybackStarted(RoomMedia, name="conference.playback.started"):
    media_url: str | None = None
    media_name: str | None = None


class ConferencePlaybackEnded(RoomMedia, name="conference.playback.ended"):
    media_url: str | None = None
    media_name: str | None = None


class ConferenceRecordingSaved(ConferenceEvent, name="conference.recording.saved"):
    """Only the format that was asked for has a URL."""

    leg_id = False
    recording_id: str
    channels: Literal["single", "dual"]
    format: Literal["wav", "mp3"]
    recording_started_at: str
    recording_ended_at: str
    recording_urls: dict[str, str]
    public_recording_urls: dict[str, str]

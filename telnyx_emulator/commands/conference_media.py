"""What is heard in a conference: speech, audio, tones, recordings, and digits of one participant."""

from __future__ import annotations

from collections.abc import Iterator
from operator import methodcaller
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from telnyx_emulator.core.activities import dtmf
from telnyx_emulator.core.activities.gather import DigitsWanted
from telnyx_emulator.core.activities.play import PlayResult, play
from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.clip import Clip, audio_named, spoken
from telnyx_emulator.core.errors import NotAnswered
from telnyx_emulator.core.events.conferences import (
    ConferenceEvent,
    ConferencePlaybackEnded,
    ConferencePlaybackStarted,
    ConferenceRecordingSaved,
    ConferenceSpeakEnded,
    ConferenceSpeakStarted,
    ParticipantPlaybackEnded,
    ParticipantPlaybackStarted,
    ParticipantSpeakEnded,
    ParticipantSpeakStarted,
)
from telnyx_emulator.core.events.media import DtmfReceived, GatherEnded, PlaybackEnded, PlaybackStarted
from telnyx_emulator.core.events.recording import RecordingError
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, Conference
from telnyx_emulator.core.recording.conference_recorder import ConferenceRecorder
from telnyx_emulator.core.recording.recording import RecordingOptions
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import DTMF, GATHER, ROOM_AUDIO
from telnyx_emulator.core.time.tasks import Activity

from .base import ConferenceCommand, Outcome
from .conferences import OneParticipant, RegionField, SomeParticipants
from .fields import AudioFields, VoiceFields
from .gather import AudioDigits, AudioGatherOutcome, digits_wanted
from .recording import OneRecording, RecordingOutcome
from .types import Loop, Tones
from .validation import Coded, Refusal, needed

Kinds = tuple[type[ConferenceEvent], type[ConferenceEvent]]


def room_playback(
    conference: Conference,
    call: Call | None,
    kinds: Kinds,
    source: dict[str, Any],
    playing: Activity[PlayResult],
) -> Activity:
    """A clip with its webhooks, about the room or about the leg of one participant."""
    fields = source | {"creator_call_session_id": conference.session.id}
    conference.emit(kinds[0], call, **fields)
    yield from playing
    conference.emit(kinds[1], call, **fields)


class RoomAudio(SomeParticipants):
    """Sound for all participants, or for the named ones only: then each has events of its own."""

    to_room: ClassVar[Kinds]
    to_participant: ClassVar[Kinds]

    def heard(self, conference: Conference, outcome: Any = None) -> Clip:
        """What there is to hear."""
        raise NotImplementedError

    def source(self) -> dict[str, Any]:
        """How webhooks name it."""
        return {}

    def run_with(self, conference: Conference, outcome: Any) -> None:
        """Who comes later does not hear it; those that are named do, on hold or not."""
        clip, source = self.heard(conference, outcome), self.source()
        if not self.call_control_ids:
            legs = [one.call for one in conference.audience()]
            playing = play(clip, hearing.heard_by_all(conference), legs)
            activity = room_playback(conference, None, self.to_room, source, playing)
            conference.tasks.start(activity, ROOM_AUDIO, self.action)
            return
        for leg in (one.call for one in self.meant(conference)):
            playing = play(clip, [(leg, "outbound")], [leg])
            activity = room_playback(conference, leg, self.to_participant, source, playing)
            leg.follow(activity, ROOM_AUDIO, f"conference {self.action}")


class ConferenceSpeak(RegionField, VoiceFields, RoomAudio, action="speak"):
    """Say a text to all or some. It takes its turn behind what the same people are being played."""

    to_room = (ConferenceSpeakStarted, ConferenceSpeakEnded)
    to_participant = (ParticipantSpeakStarted, ParticipantSpeakEnded)
    example: ClassVar[dict[str, Any]] = {"payload": "Hello.", "voice": "female"}
    emits = (*to_room, *to_participant)

    def rules(self) -> Iterator[Refusal]:
        yield from self.voice_rules()

    def heard(self, conference: Conference, outcome: None = None) -> Clip:
        return spoken(self.payload, self.ssml, self.speed)


class ConferencePlayOutcome(Outcome):
    """The audio breaks off. The vendor's events have no status, so that it only ends too early."""

    stops_after: Seconds
    """How long after its start the audio stops; `0s`: it cannot be fetched at all."""


class ConferencePlay(RegionField, AudioFields, RoomAudio, action="play"):
    """Play a file to all or some. What cannot be had lasts no time at all: the events have no status."""

    loop: Loop = 1
    """How often it is played: 1 to 100 times, or `infinity`."""

    to_room = (ConferencePlaybackStarted, ConferencePlaybackEnded)
    to_participant = (ParticipantPlaybackStarted, ParticipantPlaybackEnded)
    example: ClassVar[dict[str, Any]] = {"audio_url": "http://example.com/music.mp3"}
    emits = (*to_room, *to_participant)
    outcomes = ConferencePlayOutcome

    def rules(self) -> Iterator[Refusal]:
        yield from self.audio_rules()
        if not (self.audio_url or self.media_name):
            yield needed("audio_url")

    def check(self, conference: Conference) -> None:
        super().check(conference)
        self.check_media(conference.world)

    def heard(self, conference: Conference, outcome: ConferencePlayOutcome | None = None) -> Clip:
        world = conference.world
        clip = audio_named(world, self.audio_url, self.media_name)
        if clip.detail is not None:
            world.warn("conference play", detail=clip.detail)
            clip = Clip("audio", clip.content, 0.0)
        clip = clip.repeated(self.loop)
        return clip if outcome is None else clip.ending("failed", world.draw(outcome.stops_after))


class ConferenceStop(RegionField, SomeParticipants, action="stop"):
    """Stop the sound for all participants, or for the named ones, and forget what waits."""

    emits = (
        ConferencePlaybackEnded,
        ConferenceSpeakEnded,
        ParticipantPlaybackEnded,
        ParticipantSpeakEnded,
    )

    def run(self, conference: Conference) -> None:
        if not self.call_control_ids:
            conference.tasks.stop(ROOM_AUDIO, "cancelled")
        for one in self.meant(conference):
            one.call.tasks.stop(ROOM_AUDIO, "cancelled")


class ConferenceSendDtmf(SomeParticipants, action="send_dtmf"):
    """Send tones to all or some: their far ends hear them, and each leg reports them."""

    digits: Tones
    """The keys to send; `w` waits 0.5 seconds, `W` waits 1 second."""
    duration_millis: Annotated[int, Field(ge=100, le=500), Coded("90027")] = 250
    """How long each tone lasts, in milliseconds."""

    example: ClassVar[dict[str, Any]] = {"digits": "1"}
    emits = (DtmfReceived,)

    def run(self, conference: Conference) -> None:
        for one in self.meant(conference):
            process = dtmf.send_into(one.call, self.digits, self.duration_millis / 1000)
            one.call.follow(process, DTMF, "conference send_dtmf")


class ConferenceGather(AudioDigits, OneParticipant, action="gather_using_audio"):
    """Play audio to one participant and collect digits, with the events of a gather on that leg."""

    gather_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """An id for this gather, in its webhook; unset: a new one."""
    initial_timeout_millis: Annotated[int, Field(ge=1, le=120_000), Coded("90056")] | None = None
    """How long the first key may take, in milliseconds; unset: `timeout_millis`."""
    stop_playback_on_dtmf: bool = True
    """Whether the first key stops the prompt."""

    example: ClassVar[dict[str, Any]] = {
        "call_control_id": "v3:other-leg",
        "audio_url": "http://example.com/prompt.mp3",
    }
    emits = (PlaybackStarted, PlaybackEnded, DtmfReceived, GatherEnded)
    outcomes = AudioGatherOutcome

    def rules(self) -> Iterator[Refusal]:
        yield from self.audio_digit_rules()

    def owner(self, conference: Conference) -> Call:
        return conference.world.calls[self.call_control_id]

    def check(self, conference: Conference) -> None:
        super().check(conference)
        if self.owner(conference).state is State.RINGING:
            raise NotAnswered(self.action)
        self.check_media(conference.world)

    @property
    def wanted(self) -> DigitsWanted:
        first_key_millis = self.initial_timeout_millis or self.timeout_millis
        interruptible = self.stop_playback_on_dtmf
        return digits_wanted(self, first_key_millis, tries=self.maximum_tries, interruptible=interruptible)

    def run_with(self, conference: Conference, outcome: AudioGatherOutcome | None) -> None:
        call = self.owner(conference)
        gather_id = self.gather_id or call.world.ids.uuid4()
        call.start(self.collect(call, gather_id, outcome), GATHER, "conference gather_using_audio")


class ConferenceRecordStart(RegionField, ConferenceCommand, action="record_start"):
    """Record what the room hears, until the conference ends. Several recordings may go on at once."""

    format: Annotated[Literal["wav", "mp3"], Coded("90000")]
    """The format of the file."""
    channels: Annotated[Literal["single", "dual"], Coded("90001")] = "single"
    """`single` mixes all audio, `dual` keeps two channels."""
    custom_file_name: Annotated[str | None, Field(min_length=1, max_length=40)] = None
    """A name for the file, instead of the recording's id."""
    play_beep: bool = False
    """Play a beep when the recording begins."""
    trim: Literal["trim-silence"] | None = None
    """`trim-silence` leaves silence at both ends out."""

    example: ClassVar[dict[str, Any]] = {"format": "wav"}
    emits = (ConferenceRecordingSaved, RecordingError)
    outcomes = RecordingOutcome

    def run_with(self, conference: Conference, outcome: RecordingOutcome | None) -> None:
        options = RecordingOptions(
            format=self.format,
            channels=self.channels,
            trim=self.trim is not None,
            beep=self.play_beep,
            file_name=self.custom_file_name,
            initiated_by="StartConferenceRecordingAPI",
        )
        if outcome is not None:
            options = outcome.options(options, conference.world)
        ConferenceRecorder(conference, options, conference.world.ids.uuid4()).begin()


class ConferenceRecordStop(OneRecording, RegionField, ConferenceCommand, action="record_stop"):
    """Stop recording."""

    emits = (ConferenceRecordingSaved,)
    act = methodcaller("stop")


class ConferenceRecordPause(OneRecording, RegionField, ConferenceCommand, action="record_pause"):
    """Leave out what is heard until recording is resumed."""

    act = methodcaller("pause")


class ConferenceRecordResume(OneRecording, RegionField, ConferenceCommand, action="record_resume"):
    """Go on with a recording that was paused."""

    act = methodcaller("resume")

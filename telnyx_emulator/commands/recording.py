"""Recording a leg."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from operator import methodcaller
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, Field

from telnyx_emulator.core.activities.record import REASONS
from telnyx_emulator.core.call.answering import Begin
from telnyx_emulator.core.errors import NotAnswered, RecordingTooEarly, SilenceTaken, UnknownRecording
from telnyx_emulator.core.events.recording import Reason, RecordingError, RecordingSaved, RecordingTranscriptionSaved
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, Conference, World
from telnyx_emulator.core.recording.recorder import LegRecorder
from telnyx_emulator.core.recording.recording import RecordingOptions
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import TRANSCRIPTION

from .base import CallCommand, Outcome
from .types import Known, Later
from .validation import Coded, Refusal

KNOWN_LANGUAGES = """
af af-ZA am am-ET ar ar-AE ar-BH ar-DZ ar-EG ar-IL ar-IQ ar-JO ar-KW ar-LB ar-MA ar-MR ar-OM ar-PS ar-QA ar-SA
ar-TN ar-YE as auto_detect az az-AZ ba be bg bg-BG bn bn-BD bn-IN bo br bs bs-BA ca ca-ES cs cs-CZ cy da da-DK
de de-AT de-CH de-DE el el-GR en en-AU en-CA en-GB en-GH en-HK en-IE en-IN en-KE en-NG en-NZ en-PH en-PK en-SG
en-TZ en-US en-ZA es es-419 es-AR es-BO es-CL es-CO es-CR es-DO es-EC es-ES es-GT es-HN es-MX es-NI es-PA es-PE
es-PR es-PY es-SV es-US es-UY es-VE et et-EE eu eu-ES fa fa-IR fi fi-FI fil-PH fo fr fr-BE fr-CA fr-CH fr-FR gl
gl-ES gu gu-IN ha haw he hi hi-IN hr hr-HR ht hu hu-HU hy hy-AM id id-ID is is-IS it it-CH it-IT iw-IL ja ja-JP
jv-ID jw ka ka-GE kk kk-KZ km km-KH kn kn-IN ko ko-KR la lb ln lo lo-LA lt lt-LT lv lv-LV mg mi mk mk-MK ml
ml-IN mn mn-MN mr mr-IN ms ms-MY mt my my-MM ne ne-NP nl nl-BE nl-NL nn no no-NO oc pa pa-Guru-IN pl pl-PL ps pt
pt-BR pt-PT ro ro-RO ru ru-RU rw-RW sa sd si si-LK sk sk-SK sl sl-SI sn so sq sq-AL sr sr-RS ss-latn-za st-ZA su
su-ID sv sv-SE sw sw-KE sw-TZ ta ta-IN ta-LK ta-MY ta-SG te te-IN tg th th-TH tk tl tn-latn-za tr tr-TR ts-ZA
tt uk uk-UA ur ur-IN ur-PK uz uz-UZ ve-ZA vi vi-VN xh-ZA yi yo yue-Hant-HK zh zh-TW zu-ZA
"""
ENGINES = frozenset({"A", "B", "deepgram/nova-3"})
RECOGNITION = Later("speech recognition")


class RecordingOutcome(Outcome):
    """The recording is lost, and `call.recording.error` says so."""

    reason: Reason | Literal["authorization", "unauthorized", "credentials", "backend", "internal"]
    """Why, in the vendor's words or short."""
    after: Seconds | None = None
    """How long after its start the recording breaks off; unset: it cannot be stored when it is over."""

    def options(self, options: RecordingOptions, world: World) -> RecordingOptions:
        """How to record, so that it fails."""
        breaks_after = None if self.after is None else world.draw(self.after)
        return replace(options, failure=REASONS[self.reason], breaks_after=breaks_after)


class RecordedOutcome(Outcome):
    """A recording that begins with the answer or the bridge may fail."""

    recording: RecordingOutcome | None = None
    """How the recording fails that the command asks for."""


class PlannedRecording(NamedTuple):
    """What begins a recording later, if one is asked for, and what the response to the command says about it."""

    begin: Begin | None
    response: dict[str, str]


class RecordFields(BaseModel):
    """Recording that starts by itself. Times in seconds, 0: no limit."""

    record_initiated_by: ClassVar[str] = "StartCallRecordingAPI"

    record: Literal["record-from-answer"] | None = None
    """`record-from-answer` starts a recording with the answer or the bridge."""
    record_channels: Literal["single", "dual"] = "dual"
    """`single` mixes both directions, `dual` has one channel for each."""
    record_custom_file_name: Annotated[str | None, Field(min_length=1, max_length=40)] = None
    """A name for the file, instead of the recording's id."""
    record_format: Literal["wav", "mp3"] = "mp3"
    """The format of the file."""
    record_max_length: Annotated[int, Field(ge=0, le=43_200)] = 0
    """How long the recording may last, in seconds; 0: no limit."""
    record_timeout_secs: Annotated[int, Field(ge=0), Coded("90049")] = 0
    """How long a silence ends the recording, in seconds; 0: none does. This needs transcription."""
    record_track: Literal["both", "inbound", "outbound"] = "both"
    """Which direction of the audio is recorded."""
    record_trim: Literal["trim-silence"] | None = None
    """`trim-silence` leaves silence at both ends out."""

    def silence_rules(self, transcribed: bool) -> Iterator[Refusal]:
        """A recording that waits for silence and a transcription exclude one another, also from the answer on."""
        if transcribed and self.record and self.record_timeout_secs:
            yield Refusal("90053", "/record_timeout_secs")

    def recording(self, call: Call, outcome: RecordedOutcome | None) -> PlannedRecording:
        """The recording that is asked for, which has not begun yet."""
        failing = None if outcome is None else outcome.recording
        if self.record is None:
            if failing is not None:
                call.warn("outcome", detail="recording: the command asks for none, so that none fails")
            return PlannedRecording(None, {})
        options = RecordingOptions(
            format=self.record_format,
            channels=self.record_channels,
            track=self.record_track,
            trim=self.record_trim is not None,
            max_length=self.record_max_length or None,
            silence=self.record_timeout_secs or None,
            file_name=self.record_custom_file_name,
            initiated_by=self.record_initiated_by,
        )
        if failing is not None:
            options = failing.options(options, call.world)
        recorder = LegRecorder(call, options, call.world.ids.uuid4())
        return PlannedRecording(recorder.begin, {"recording_id": recorder.recording.id})


class RecordStart(CallCommand, action="record_start"):
    """Record the leg until it is told to stop or ends. Several recordings may go on at once."""

    format: Annotated[Literal["wav", "mp3"], Coded("90000")]
    """The format of the file."""
    channels: Annotated[Literal["single", "dual"], Coded("90001")]
    """`single` mixes both directions, `dual` has one channel for each."""
    custom_file_name: Annotated[str | None, Field(min_length=1, max_length=40)] = None
    """A name for the file, instead of the recording's id."""
    max_length: Annotated[int, Field(ge=0, le=14_400)] = 0
    """How long the recording may last, in seconds; 0: no limit."""
    play_beep: bool = False
    """Play a beep when the recording begins."""
    recording_track: Annotated[Literal["both", "inbound", "outbound"], Coded("90059")] = "both"
    """Which direction of the audio is recorded."""
    timeout_secs: Annotated[int, Field(ge=0)] = 0
    """How long a silence ends the recording, in seconds; 0: none does. This needs transcription."""
    transcription: bool = False
    """Transcribe the recording when it is over."""
    transcription_engine: Annotated[str, Known(ENGINES)] = "A"
    """The speech-to-text engine."""
    transcription_language: Annotated[str, Known(frozenset(KNOWN_LANGUAGES.split()))] = "en-US"
    """The language of the speech."""
    transcription_max_speaker_count: Annotated[int, RECOGNITION] = 6
    """How many speakers there are at most."""
    transcription_min_speaker_count: Annotated[int, RECOGNITION] = 2
    """How many speakers there are at least."""
    transcription_profanity_filter: Annotated[bool, RECOGNITION] = False
    """Mask swear words."""
    transcription_speaker_diarization: Annotated[bool, RECOGNITION] = False
    """Tell speakers apart."""
    trim: Literal["trim-silence"] | None = None
    """`trim-silence` leaves silence at both ends out."""

    example: ClassVar[dict[str, Any]] = {"format": "wav", "channels": "dual"}
    emits = (RecordingSaved, RecordingTranscriptionSaved, RecordingError)
    outcomes = RecordingOutcome
    needs = State.RINGING

    def check(self, call: Call) -> None:
        if call.state is State.RINGING:
            raise NotAnswered(self.action) if call.incoming else RecordingTooEarly
        if self.timeout_secs and call.tasks.active(TRANSCRIPTION):
            raise SilenceTaken

    def run_with(self, call: Call, outcome: RecordingOutcome | None) -> None:
        options = self.options()
        if outcome is not None:
            options = outcome.options(options, call.world)
        LegRecorder(call, options, call.world.ids.uuid4()).begin()

    def options(self) -> RecordingOptions:
        return RecordingOptions(
            format=self.format,
            channels=self.channels,
            track=self.recording_track,
            trim=self.trim is not None,
            beep=self.play_beep,
            max_length=self.max_length or None,
            silence=self.timeout_secs or None,
            file_name=self.custom_file_name,
            transcribe=self.transcription,
        )


class OneRecording(BaseModel):
    """A command to one recording of a leg or a conference, or to all; harmless if that one is over."""

    act: ClassVar[methodcaller]
    """What each of them is told."""

    recording_id: str | None = None
    """The recording that is meant; unset: all that are under way."""

    def check(self, target: Call | Conference) -> None:
        if self.recording_id and self.recording_id not in target.world.recordings:
            raise UnknownRecording

    def run(self, target: Call | Conference) -> None:
        for recorder in [one for one in target.recorders or () if self.recording_id in (None, one.recording.id)]:
            self.act(recorder)


class RecordStop(OneRecording, CallCommand, action="record_stop"):
    """Stop recording."""

    emits = (RecordingSaved,)
    act = methodcaller("stop")


class RecordPause(OneRecording, CallCommand, action="record_pause"):
    """Leave out what is heard until recording is resumed."""

    act = methodcaller("pause")


class RecordResume(OneRecording, CallCommand, action="record_resume"):
    """Go on with a recording that was paused."""

    act = methodcaller("resume")

"""Conferences: making them, joining and leaving them, and what each participant hears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field

from telnyx_emulator.core.call.ending import end_conference, leave_conference
from telnyx_emulator.core.conference import rooms
from telnyx_emulator.core.conference.refusals import (
    AlreadyJoined,
    ConferenceEmpty,
    ConferenceExists,
    ConferenceFull,
    ConferenceOver,
    NotParticipating,
    UnknownConference,
)
from telnyx_emulator.core.errors import CallEnded, InvalidCallControlId, NotAnswered, UnknownAssociation
from telnyx_emulator.core.events.conferences import (
    ConferenceCreated,
    ConferenceEnded,
    ConferenceFloorChanged,
    ConferenceRecordingSaved,
    ParticipantJoined,
    ParticipantLeft,
)
from telnyx_emulator.core.leg import MAX_DURATION_SECS, State
from telnyx_emulator.core.model import (
    MAX_PARTICIPANTS,
    Beep,
    Call,
    Conference,
    HoldAudio,
    Participant,
    ParticipantRole,
    World,
    wire_millis,
)
from telnyx_emulator.core.time.durations import Seconds

from .base import Answer, ConferenceCommand, Outcome, WorldCommand
from .fields import HangsUp, together
from .types import AudioUrl, NestedParameters, NonBlank, Uuid
from .validation import Refusal

Region = Literal["Australia", "Europe", "Middle East", "US"]
ENDINGS = (ParticipantLeft, ConferenceEnded)


class RegionField(BaseModel):
    """Where the conference is hosted: there is only one place here."""

    region: Region | None = None
    """The region that hosts the conference."""


class HoldAudioFields(BaseModel):
    """What participants on hold hear."""

    hold_audio_url: AudioUrl | None = None
    """The URL of the audio for participants on hold."""
    hold_media_name: str | None = None
    """The name of uploaded audio for participants on hold."""

    def hold_audio_rules(self) -> Iterator[Refusal]:
        if self.hold_audio_url and self.hold_media_name:
            yield together("hold_audio_url", "hold_media_name")

    @property
    def hold_audio(self) -> HoldAudio:
        return HoldAudio(self.hold_audio_url, self.hold_media_name)

    def check_hold_audio(self, world: World) -> None:
        """A strict world wants audio to exist that is named."""
        check_media(world, self.hold_media_name, "hold_media_name")


def check_media(world: World, name: str | None, field: str) -> None:
    """Where only what exists counts, a name under which nothing was uploaded is refused."""
    if world.strict and name and world.media_file(name) is None:
        raise UnknownAssociation(pointer=f"/{field}")


def answered_leg(world: World, id: str, action: str) -> Call:
    """The leg that a command names, which has to be answered and not over."""
    call = world.calls.get(id)
    if call is None:
        raise InvalidCallControlId
    if call.state is State.ENDED:
        raise CallEnded
    if call.state is State.RINGING:
        raise NotAnswered(action)
    return call


class CreateConferenceOutcome(Outcome):
    """The conference does not go on as long as it was to."""

    timeout_after: Seconds
    """How long the conference lasts; then all legs are hung up: `conference.ended`, `time_exceeded`."""


class CreateConference(RegionField, HoldAudioFields, WorldCommand, path="/conferences"):
    """Make a conference of an answered leg, which is in it from then on."""

    call_control_id: NonBlank
    """The answered leg that is in the conference from the start."""
    name: NonBlank
    """The name of the conference; no other one that goes on may have it."""
    beep_enabled: Beep = "never"
    """When a beep is heard: on enter, on exit, always or never."""
    comfort_noise: bool = True
    """Whether silence is filled with noise."""
    duration_minutes: Annotated[int, Field(ge=1)] | None = None
    """How long the conference may last, in minutes."""
    max_participants: Annotated[int, Field(ge=2, le=800)] = MAX_PARTICIPANTS
    """How many participants there may be."""
    start_conference_on_create: bool = True
    """`false`: participants are on hold until one of them starts the conference."""

    example: ClassVar[dict[str, Any]] = {"call_control_id": "v3:other-leg", "name": "support"}
    emits = (ConferenceCreated, ParticipantJoined, *ENDINGS, ConferenceRecordingSaved, ConferenceFloorChanged)
    outcomes = CreateConferenceOutcome

    def rules(self) -> Iterator[Refusal]:
        yield from self.hold_audio_rules()

    def check(self, world: World) -> None:
        answered_leg(world, self.call_control_id, "create_conference")
        self.check_hold_audio(world)
        check_name(world, self.name)

    def run_with(self, world: World, outcome: CreateConferenceOutcome | None) -> Answer:
        call = world.calls[self.call_control_id]
        if self.client_state is not None:
            call.client_state = self.client_state
        seconds = self.duration_minutes * 60.0 if self.duration_minutes else MAX_DURATION_SECS
        if outcome is not None:
            seconds = world.draw(outcome.timeout_after)
        conference = rooms.open_conference(
            call,
            self.name,
            started=self.start_conference_on_create,
            max_participants=self.max_participants,
            seconds=seconds,
            beep=self.beep_enabled,
            comfort_noise=self.comfort_noise,
            region=self.region or "US",
            hold_audio=self.hold_audio,
        )
        conference.parameters["create"] = self.given()
        conference.emit(ConferenceCreated)
        rooms.join(conference, call)
        return describe(conference)


def check_name(world: World, name: str) -> None:
    """No two conferences that go on have the same name."""
    known = world.conference_names.get(name)
    if known is not None and not known.over:
        raise ConferenceExists


class JoinFields(HoldAudioFields):
    """How a leg takes part. A whispering supervisor without legs to whisper to only listens."""

    beep_enabled: Beep | None = None
    """When a beep is heard for this participant; unset: as the conference has it."""
    end_conference_on_exit: bool = False
    """The conference ends, and all legs are hung up, when this participant leaves."""
    hold: bool = False
    """Join on hold."""
    mute: bool = False
    """Join muted."""
    soft_end_conference_on_exit: bool = False
    """The conference ends when this participant leaves; the other legs stay up."""
    start_conference_on_enter: bool = False
    """The conference starts when this participant joins."""
    supervisor_role: ParticipantRole | None = None
    """`barge`: all hear the supervisor; `whisper`: some do; `monitor`: none do."""
    whisper_call_control_ids: list[str] | None = None
    """The legs that hear a whispering supervisor."""

    def join(self, conference: Conference, call: Call) -> None:
        """Let the leg in, and start the conference if the leg is to start it."""
        rooms.join(
            conference,
            call,
            muted=self.mute,
            held=self.hold,
            role=self.supervisor_role or "none",
            whispers=tuple(self.whisper_call_control_ids or ()),
            ends=self.end_conference_on_exit,
            soft_ends=self.soft_end_conference_on_exit,
            beep=self.beep_enabled,
            hold_audio=self.hold_audio,
        )
        if self.start_conference_on_enter:
            rooms.start(conference)


class JoinOutcome(HangsUp):
    """The leg takes part, but does not stay."""


class JoinConference(RegionField, JoinFields, ConferenceCommand, action="join"):
    """Let an answered leg take part. It leaves a queue, a bridge, or another conference for it."""

    call_control_id: NonBlank
    """The answered leg that joins."""

    example: ClassVar[dict[str, Any]] = {"call_control_id": "v3:other-leg"}
    emits = (ParticipantJoined, *ENDINGS)
    outcomes = JoinOutcome

    def rules(self) -> Iterator[Refusal]:
        yield from self.hold_audio_rules()

    def owner(self, conference: Conference) -> Call:
        return conference.world.calls[self.call_control_id]

    def check(self, conference: Conference) -> None:
        call = answered_leg(conference.world, self.call_control_id, self.action)
        self.check_hold_audio(conference.world)
        if call.id in conference.participants:
            raise AlreadyJoined
        if conference.full:
            raise ConferenceFull(conference.max_participants)

    def run_with(self, conference: Conference, outcome: JoinOutcome | None) -> None:
        call = self.owner(conference)
        self.join(conference, call)
        if outcome is not None:
            outcome.act(call)


class ConferenceConfig(JoinFields, NestedParameters):
    """Which conference the leg joins, and how; one of that name is made if there is none."""

    id: Uuid | None = None
    """The id of the conference."""
    conference_name: str | None = None
    """The name of the conference; unset, without an id: a new one."""
    early_media: bool = True
    """The leg joins while it still rings."""
    start_conference_on_create: bool = True
    """`false`: the participants of a new conference are on hold until it starts."""

    def find(self, world: World) -> Conference | None:
        """The conference that is meant, if it goes on."""
        known = world.conferences.get(self.id) if self.id else world.conference_names.get(self.conference_name or "")
        return None if known is None or known.over else known

    def check(self, world: World) -> None:
        """A conference that is named by its id has to exist, and to have room."""
        if self.id and self.id not in world.conferences:
            raise UnknownConference
        if self.id and self.find(world) is None:
            raise ConferenceOver
        self.check_hold_audio(world)
        known = self.find(world)
        if known is not None and known.full:
            raise ConferenceFull(known.max_participants)

    def enter(self, call: Call) -> None:
        """Join, unless the leg is in a conference or over by now, or the conference has ended or is full."""
        known = self.find(call.world)
        if call.participant is not None or call.state is State.ENDED or (known is None and self.id):
            return
        if known is None:
            name = self.conference_name or call.world.ids.uuid4()
            known = rooms.open_conference(
                call, name, started=self.start_conference_on_create, hold_audio=self.hold_audio
            )
            known.emit(ConferenceCreated)
        if not known.full:
            self.join(known, call)


class OneParticipant(ConferenceCommand):
    """A command about one leg in the conference."""

    call_control_id: NonBlank
    """The leg that is meant."""

    def check(self, conference: Conference) -> None:
        self.participant(conference)

    def participant(self, conference: Conference) -> Participant:
        """The one that is meant; an unknown or ended leg is refused as everywhere."""
        call = conference.world.calls.get(self.call_control_id)
        if call is None:
            raise InvalidCallControlId
        if call.state is State.ENDED:
            raise CallEnded
        if call.id not in conference.participants:
            raise NotParticipating
        return conference.participants[call.id]


class LeaveConference(RegionField, OneParticipant, action="leave"):
    """Take a leg out of the conference; it stays parked."""

    beep_enabled: Beep | None = None
    """When a beep is heard; unset: as for the participant."""

    example: ClassVar[dict[str, Any]] = {"call_control_id": "v3:other-leg"}
    emits = ENDINGS

    def run(self, conference: Conference) -> None:
        one = self.participant(conference)
        one.beep = self.beep_enabled or one.beep
        leave_conference(one)


class UpdateConference(RegionField, OneParticipant, action="update"):
    """Change the role of a supervisor, and which legs hear a whisper."""

    example: ClassVar[dict[str, Any]] = {"call_control_id": "v3:other-leg", "supervisor_role": "monitor"}

    supervisor_role: ParticipantRole
    """The new role: `barge`, `whisper`, `monitor` or `none`."""
    whisper_call_control_ids: list[str] | None = None
    """The legs that hear a whispering supervisor."""

    def run(self, conference: Conference) -> None:
        one = self.participant(conference)
        one.role = self.supervisor_role
        if self.whisper_call_control_ids is not None:
            one.whispers = tuple(self.whisper_call_control_ids)
        one.touch()


class EndConference(ConferenceCommand, action="end"):
    """End the conference and hang up all participants."""

    emits = ENDINGS

    def run(self, conference: Conference) -> None:
        end_conference(conference, "ended_via_api")


class SomeParticipants(ConferenceCommand):
    """A command about the legs that are named, or about all participants if none is."""

    call_control_ids: list[str] | None = None
    """The legs that are meant; unset: all participants."""

    def check(self, conference: Conference) -> None:
        if not conference.participants:
            raise ConferenceEmpty
        for id in self.call_control_ids or ():
            if id not in conference.participants:
                raise NotParticipating(pointer="/call_control_ids")

    def meant(self, conference: Conference) -> Iterable[Participant]:
        return [conference.participants[id] for id in dict.fromkeys(self.call_control_ids or conference.participants)]


class Mute(RegionField, SomeParticipants, action="mute"):
    """Mute participants: the conference does not hear them any more. There is no webhook."""

    example: ClassVar[dict[str, Any]] = {"call_control_ids": ["v3:other-leg"]}

    def run(self, conference: Conference) -> None:
        for one in self.meant(conference):
            one.muted = True
            one.touch()


class Unmute(RegionField, SomeParticipants, action="unmute"):
    """Let them be heard again."""

    example: ClassVar[dict[str, Any]] = {"call_control_ids": ["v3:other-leg"]}

    def run(self, conference: Conference) -> None:
        for one in self.meant(conference):
            one.muted = False
            one.touch()


class HoldParticipants(RegionField, SomeParticipants, action="hold"):
    """Put participants on hold: they hear only the audio that is named, and the conference does not hear them."""

    example: ClassVar[dict[str, Any]] = {"call_control_ids": ["v3:other-leg"]}

    audio_url: AudioUrl | None = None
    """The URL of the audio that the participants hear."""
    media_name: str | None = None
    """The name of uploaded audio that the participants hear."""

    def rules(self) -> Iterator[Refusal]:
        if self.audio_url and self.media_name:
            yield together("audio_url", "media_name")

    def check(self, conference: Conference) -> None:
        super().check(conference)
        check_media(conference.world, self.media_name, "media_name")

    def run(self, conference: Conference) -> None:
        for one in self.meant(conference):
            one.held = True
            one.hold_audio = HoldAudio(self.audio_url, self.media_name)
            one.touch()
            rooms.hold_music(one)


class Unhold(RegionField, SomeParticipants, action="unhold"):
    """Let them take part again."""

    example: ClassVar[dict[str, Any]] = {"call_control_ids": ["v3:other-leg"]}

    call_control_ids: list[str]
    """The legs that are meant."""

    def run(self, conference: Conference) -> None:
        for one in self.meant(conference):
            one.held = False
            one.touch()
            rooms.hold_music(one)


def describe(conference: Conference) -> dict[str, Any]:
    """A conference as the vendor shows it."""
    by = conference.ended_by
    return {
        "record_type": "conference",
        "id": conference.id,
        "name": conference.name,
        "connection_id": conference.connection_id,
        "created_at": wire_millis(conference.created_at),
        "expires_at": wire_millis(conference.expires_at),
        "updated_at": wire_millis(conference.updated_at),
        "region": conference.region,
        "status": conference.status,
        "end_reason": conference.end_reason,
        "ended_by": {"call_control_id": by and by.id, "call_session_id": by and by.session.id},
    }

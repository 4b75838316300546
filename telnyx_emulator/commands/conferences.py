"""Conferences: making them, coming and going, and who hears whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from telnyx_emulator.core.call.ending import end_conference, leave_conference
from telnyx_emulator.core.conference import rooms
from telnyx_emulator.core.conference.refusals import (
    AlreadyJoined,
    ConferenceExists,
    ConferenceFull,
    ConferenceOver,
    NobodyThere,
    NotParticipating,
    UnknownConference,
)
from telnyx_emulator.core.errors import CallEnded, InvalidCallControlId, NotAnswered, UnknownAssociation
from telnyx_emulator.core.events import (
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
from .types import AudioUrl, NonBlank, Part, Uuid
from .validation import Refusal

Region = Literal["Australia", "Europe", "Middle East", "US"]
ENDINGS = (ParticipantLeft, ConferenceEnded)


class RegionField(BaseModel):
    """Where the conference is hosted: there is only one place here."""

    region: Region | None = None


class HoldAudioFields(BaseModel):
    """What those hear who are on hold."""

    hold_audio_url: AudioUrl | None = None
    hold_media_name: str | None = None

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
    """So long after its beginning its time is up: everybody is hung up, `conference.ended`, `time_exceeded`."""


class CreateConference(RegionField, HoldAudioFields, WorldCommand, path="/conferences"):
    """Make a conference of an answered leg, which is in it from then on."""

    call_control_id: NonBlank
    name: NonBlank
    beep_enabled: Beep = "never"
    comfort_noise: bool = True
    duration_minutes: Annotated[int, Field(ge=1)] | None = None
    max_participants: Annotated[int, Field(ge=2, le=800)] = MAX_PARTICIPANTS
    start_conference_on_create: bool = True

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
    """How somebody takes part. A whisperer who whispers to nobody only listens."""

    beep_enabled: Beep | None = None
    end_conference_on_exit: bool = False
    hold: bool = False
    mute: bool = False
    soft_end_conference_on_exit: bool = False
    start_conference_on_enter: bool = False
    supervisor_role: ParticipantRole | None = None
    whisper_call_control_ids: list[str] | None = None

    def join(self, conference: Conference, call: Call) -> None:
        """Let the leg in; who is to start the conference does so."""
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
    """Somebody takes part, but does not stay."""


class JoinConference(RegionField, JoinFields, ConferenceCommand, action="join"):
    """Let an answered leg take part. It leaves a queue, a bridge, or another conference for it."""

    call_control_id: NonBlank

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


class ConferenceConfig(JoinFields, Part):
    """Which conference the leg joins, and how; one of that name is made if there is none."""

    id: Uuid | None = None
    conference_name: str | None = None
    early_media: bool = True
    start_conference_on_create: bool = True

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

    emits = ENDINGS

    def run(self, conference: Conference) -> None:
        one = self.participant(conference)
        one.beep = self.beep_enabled or one.beep
        leave_conference(one)


class UpdateConference(RegionField, OneParticipant, action="update"):
    """Change the role of a supervisor, and to whom a whisperer whispers."""

    supervisor_role: ParticipantRole
    whisper_call_control_ids: list[str] | None = None

    def run(self, conference: Conference) -> None:
        one = self.participant(conference)
        one.role = self.supervisor_role
        if self.whisper_call_control_ids is not None:
            one.whispers = tuple(self.whisper_call_control_ids)
        one.touch()


class EndConference(ConferenceCommand, action="end"):
    """End the conference and hang up all who are in it."""

    emits = ENDINGS

    def run(self, conference: Conference) -> None:
        end_conference(conference, "ended_via_api")


class SomeParticipants(ConferenceCommand):
    """A command about the legs that are named, or about everybody if none is."""

    call_control_ids: list[str] | None = None

    def check(self, conference: Conference) -> None:
        if not conference.participants:
            raise NobodyThere
        for id in self.call_control_ids or ():
            if id not in conference.participants:
                raise NotParticipating(pointer="/call_control_ids")

    def meant(self, conference: Conference) -> Iterable[Participant]:
        return [conference.participants[id] for id in dict.fromkeys(self.call_control_ids or conference.participants)]


class Mute(RegionField, SomeParticipants, action="mute"):
    """Let nobody hear them any more. There is no webhook."""

    def run(self, conference: Conference) -> None:
        for one in self.meant(conference):
            one.muted = True
            one.touch()


class Unmute(RegionField, SomeParticipants, action="unmute"):
    """Let them be heard again."""

    def run(self, conference: Conference) -> None:
        for one in self.meant(conference):
            one.muted = False
            one.touch()


class Hold(RegionField, SomeParticipants, action="hold"):
    """Put them on hold: they hear nothing but the audio that is named, and nobody hears them."""

    audio_url: AudioUrl | None = None
    media_name: str | None = None

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

    call_control_ids: list[str]

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

"""Conferences: who is in them, who hears whom, and how they end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from . import bridging, sounds
from .clock import Timer
from .events import (
    ConferenceCreated,
    ConferenceEnded,
    ConferenceFloorChanged,
    ParticipantJoined,
    ParticipantLeft,
)
from .events.conferences import ConferenceEvent, EndedReason
from .lanes import HOLD_AUDIO, ROOM_AUDIO
from .process import LIVE, Lane, Process, Processes
from .queue import leave as leave_queue
from .sounds import Listener, Sound, Track

if TYPE_CHECKING:
    from .account import Account
    from .call import Call
    from .recorder import Recorder

Role = Literal["barge", "monitor", "none", "whisper"]
Beep = Literal["always", "never", "on_enter", "on_exit"]
EndReason = Literal["all_left", "ended_via_api", "host_left", "time_exceeded"]

LONGEST_SECS = 4 * 3600.0
MOST_PARTICIPANTS = 250


def wire_millis(instant: datetime) -> str:
    """ISO 8601, UTC, three digits, `Z`: the vendor's form for everything about conferences."""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class HoldAudio:
    """What those hear who are on hold; nothing at all without URL and name."""

    url: str | None = None
    name: str | None = None

    @property
    def content(self) -> str:
        return self.url or self.name or ""


@dataclass(slots=True, eq=False)
class Participant:
    """A leg in a conference. `held` and `muted`: by command; `whispers`: the call ids that hear a whisperer."""

    conference: Conference
    call: Call
    id: str
    created_at: datetime
    updated_at: datetime
    muted: bool = False
    held: bool = False
    role: Role = "none"
    whispers: tuple[str, ...] = ()
    ends: bool = False
    soft_ends: bool = False
    beep: Beep | None = None
    hold_audio: HoldAudio = HoldAudio()

    @property
    def on_hold(self) -> bool:
        """By command, or because the conference has not begun."""
        return self.held or not self.conference.started

    @property
    def whispering(self) -> bool:
        """Whether only some hear it."""
        return self.role == "whisper" and bool(self.whispers)

    @property
    def can_talk(self) -> bool:
        """Whether the room as a whole can hear this one."""
        return self.role in ("none", "barge") and not self.muted and not self.on_hold

    def touch(self) -> None:
        """Note that something about it changed."""
        self.updated_at = self.call.account.clock.now()

    def leave(self) -> None:
        """By command, or because the leg is put somewhere else: the leg stays parked."""
        self.conference.let_go(self)


def hears(listener: Participant, speaker: Participant) -> bool:
    """Whether what the far end of one leg says reaches that of the other."""
    if listener is speaker or listener.conference is not speaker.conference:
        return False
    if listener.on_hold or speaker.on_hold or speaker.muted:
        return False
    if speaker.role == "whisper":
        return listener.call.id in speaker.whispers
    return speaker.role != "monitor"


class Conference:
    """A room for legs. What it hears as a whole is told to listeners like that of a leg: see `sounds`."""

    def __init__(
        self,
        creator: Call,
        name: str,
        *,
        id: str | None = None,
        started: bool = True,
        most: int = MOST_PARTICIPANTS,
        seconds: float = LONGEST_SECS,
        beep: Beep = "never",
        comfort_noise: bool = True,
        region: str = "US",
        hold_audio: HoldAudio = HoldAudio(),  # it is immutable
    ) -> None:
        self.account: Account = creator.account
        self.creator, self.name, self.region = creator, name, region
        self.id = id or self.account.ids.uuid4()
        self.connection_id = creator.connection_id
        self.session = creator.session
        self.started, self.most = started, most
        self.beep, self.comfort_noise, self.hold_audio = beep, comfort_noise, hold_audio
        self.created_at = self.updated_at = self.account.clock.now()
        self.expires_at = self.created_at + timedelta(seconds=min(seconds, LONGEST_SECS))
        self.participants: dict[str, Participant] = {}
        """Those who are in it, by call_control_id, in the order in which they came."""
        self.floor: Participant | None = None
        """Who spoke last so that all could hear it."""
        self.end_reason: EndReason | None = None
        self.ended_by: Call | None = None
        self.listeners: list[Listener] | None = None
        self.sounding: list[tuple[Track, Sound]] | None = None
        self.recorders: list[Recorder] | None = None
        self.parameters: dict[str, dict[str, Any]] = {}
        self.done: dict[tuple[str, str], tuple[float, float, dict[str, Any]]] = {}
        self.processes = Processes(self.account.clock, self.account.fault)
        self._ending = False
        self._expiry: Timer = self.account.clock.call_later(
            min(seconds, LONGEST_SECS), lambda: self.end("time_exceeded"), background=True
        )
        self.account.conferences[self.id] = self
        self.account.conference_names[name] = self

    # -- reading ---------------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        return self.end_reason is not None

    @property
    def status(self) -> Literal["init", "in_progress", "completed"]:
        if self.over:
            return "completed"
        return "in_progress" if self.started else "init"

    @property
    def full(self) -> bool:
        return len(self.participants) >= self.most

    def find(self, participant_id: str) -> Participant | None:
        """Somebody who is in it, by the participant's own id or that of the call."""
        found = self.participants.get(participant_id)
        return found or next((one for one in self.participants.values() if one.id == participant_id), None)

    def audience(self) -> Iterator[Participant]:
        """Those who hear what is played to the room."""
        return (one for one in self.participants.values() if not one.on_hold)

    # -- telling ---------------------------------------------------------------------------------------------

    def tell(self, kind: type[ConferenceEvent], call: Call | None = None, **fields: Any) -> None:
        """Publish an event about this conference, or about a leg in it."""
        leg = call or self.creator
        event = kind(conference_id=self.id, occurred_at=wire_millis(self.account.clock.now()), **fields)
        payload: dict[str, Any] = {"connection_id": leg.connection_id}
        if kind.legs:
            payload["call_control_id"] = leg.id
            payload["call_session_id"] = leg.session.id
            payload["client_state"] = self.creator.client_state
        if kind.legs and kind.leg_id:
            payload["call_leg_id"] = leg.leg_id
        self.account.publish(kind.name, payload | event.fields(), leg)

    def announce(self) -> None:
        """Say that it exists."""
        self.tell(ConferenceCreated)

    def play(self, process: Process, lane: Lane, name: str) -> None:
        """Let something begin that concerns the room and not a single leg."""
        self.processes.start(process, lane, LIVE, name)

    # -- coming and going ------------------------------------------------------------------------------------

    def join(self, call: Call, **options: Any) -> Participant:
        """Let a leg in; it leaves a bridge, a queue, or another conference for it."""
        if call.participant is not None:
            call.participant.leave()
        with bridging.parted(call):
            leave_queue(call, "bridged")
            one = self.admit(call, **options)
            self.tell(ParticipantJoined, call)
            self._beep(one, "on_enter")
            self.hold_music(one)
        return one

    def admit(self, call: Call, **options: Any) -> Participant:
        """Let a leg in that is nowhere else, without a word."""
        now = self.account.clock.now()
        one = Participant(self, call, self.account.ids.uuid4(), now, now, **options)
        self.participants[call.id] = call.participant = one
        self.account.merge_sessions(self.session, call.session)
        return one

    def dismiss(self, call: Call) -> None:
        """Take a leg out without a word; the conference goes on whoever it was."""
        if self.participants.pop(call.id, None) is not None:
            call.participant = None

    def start(self) -> None:
        """Those who waited are on hold no longer, unless they were put on hold by a command."""
        if self.started:
            return
        self.started = True
        self.touch()
        for one in tuple(self.participants.values()):
            self.hold_music(one)

    def let_go(self, one: Participant, hung_up: bool = False) -> None:
        """Somebody is in it no longer; the last one, or one who was to end it, ends it."""
        del self.participants[one.call.id]
        one.call.participant = None
        if self.floor is one:
            self.floor = None
        if not hung_up:
            for lane in (ROOM_AUDIO, HOLD_AUDIO):
                one.call.processes.stop(lane, "cancelled")
        self._beep(one, "on_exit")
        self.tell(ParticipantLeft, one.call)
        if self._ending:
            return
        if one.ends or one.soft_ends:
            self.end("host_left", one.call, hang_up=one.ends)
        elif not self.participants:
            self.end("all_left", one.call)

    def end(self, reason: EndReason, by: Call | None = None, hang_up: bool = True) -> None:
        """It is over, and the legs in it are hung up or else parked. Ending it twice is ending it once."""
        if self.over or self._ending:
            return
        self._ending = True
        self._expiry.cancel()
        for one in tuple(self.participants.values()):
            if hang_up:
                one.call.hang_up()
            else:
                one.leave()
        self.processes.stop_all("cancelled")
        self.end_reason, self.ended_by = reason, by
        self.touch()
        self.tell(ConferenceEnded, reason=_told(reason))
        self.account.conference_over(self)

    # -- sound -----------------------------------------------------------------------------------------------

    def hold_music(self, one: Participant) -> None:
        """Begin or end what somebody hears who is on hold."""
        audio = one.hold_audio if one.held and one.hold_audio.content else self.hold_audio
        processes = one.call.processes
        if not one.on_hold:
            processes.stop(HOLD_AUDIO, "cancelled")
        elif audio.content and not processes.active(HOLD_AUDIO):
            one.call.follow(_hold_music(one.call, audio), HOLD_AUDIO, "hold_audio")

    def take_floor(self, one: Participant) -> None:
        """Somebody speaks; told when it is somebody else than before, and all can hear it."""
        if one.can_talk and self.floor is not one:
            self.floor = one
            self.tell(ConferenceFloorChanged, one.call)

    def heard_from(self, speaker: Participant) -> list[sounds.Place]:
        """Where one hears what the far end of a participant says, besides on its own leg."""
        places: list[sounds.Place] = [
            (one.call, "outbound") for one in self.participants.values() if hears(one, speaker)
        ]
        if speaker.can_talk:
            places.append((self, "inbound" if speaker.call is self.creator else "outbound"))
        return places

    def heard_by_all(self) -> list[sounds.Place]:
        """Where one hears what is played to the room."""
        return [(self, "outbound"), *((one.call, "outbound") for one in self.audience())]

    def touch(self) -> None:
        """Note that something about it changed."""
        self.updated_at = self.account.clock.now()

    # -- inside ----------------------------------------------------------------------------------------------

    def _beep(self, one: Participant, occasion: Beep) -> None:
        if (one.beep or self.beep) in ("always", occasion):
            sounds.beep(self.heard_by_all())


def _told(reason: EndReason) -> EndedReason:
    return "host_left" if reason == "ended_via_api" else reason


def _hold_music(call: Call, audio: HoldAudio) -> Process:
    data = call.account.waves.get(audio.content)
    with sounds.audible([(call, "outbound")], "audio", audio.content, None, data=data):
        yield None


def speaks(call: Call) -> None:
    """The far end of a leg begins to speak."""
    if call.participant is not None:
        call.participant.conference.take_floor(call.participant)


def hung_up(call: Call) -> None:
    """A leg that has ended is in no conference."""
    if call.participant is not None:
        call.participant.conference.let_go(call.participant, hung_up=True)

"""The things that refer to one another: a world, its calls, its conferences and queues, as data.

What acts on several of them (answering, ending, bridging, joining a conference, recording) imports this module and is
never imported by it. All instants are virtual seconds since the epoch of the world's clock, unless they are datetimes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol

from .audio.sound import Listener, Sound, Track
from .events.ai import Message
from .events.conferences import ConferenceEvent
from .leg import MAX_DURATION_SECS, Answers, LegBase
from .ports import EventSink
from .recording.recording import Recording
from .resources.stores import Stores
from .time.clock import Clock, Timer
from .time.tasks import Task, Tasks

SupervisorRole = Literal["barge", "whisper", "monitor"]
ParticipantRole = Literal["barge", "monitor", "none", "whisper"]
Beep = Literal["always", "never", "on_enter", "on_exit"]
EndReason = Literal["all_left", "ended_via_api", "host_left", "time_exceeded"]

DEFAULT_MODEL = "Qwen/Qwen3-235B-A22B"
DEFAULT_HEARING = "distil-whisper/distil-large-v2"
DEFAULT_VOICE = "Telnyx.KokoroTTS.af"
MAX_PARTICIPANTS = 250
MAX_ENDED_CONFERENCES = 1000
"""How many conferences that have ended are remembered."""
UNUSED_QUEUE_SECS = 3600.0
"""How long an empty queue is kept that was made by putting a call in it."""
ROUNDING = 1e-6
"""Differences of instants may fall a hair short of whole seconds."""


def wire_millis(instant: datetime) -> str:
    """ISO 8601, UTC, three digits, `Z`: the vendor's form for everything about conferences."""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def whole(seconds: float) -> int:
    """Full seconds, as webhooks and resources have them."""
    return int(seconds + ROUNDING)


class World(Stores):
    """Everything behind one API key: what is configured, and what is going on."""

    def __init__(self, clock: Clock, seed: int = 0, sink: EventSink | None = None) -> None:
        super().__init__(clock, seed, sink)
        self.calls: dict[str, Call] = {}
        self.queues: dict[str, Queue] = {}
        self.conferences: dict[str, Conference] = {}
        """Also some that are over."""
        self.conference_names: dict[str, Conference] = {}
        """The latest one of each name."""
        self._conferences_over: deque[Conference] = deque()
        self.conversations: dict[str, Conversation] = {}
        """The conversations of AIs that are going on, by conversation_id."""

    def conference(self, id_or_name: str) -> Conference | None:
        """The conference of that id, else the latest one of that name."""
        return self.conferences.get(id_or_name) or self.conference_names.get(id_or_name)

    def conference_over(self, conference: Conference) -> None:
        """Remember it for a while; the one that ended longest ago is forgotten for it."""
        self._conferences_over.append(conference)
        if len(self._conferences_over) > MAX_ENDED_CONFERENCES:
            self.forget_conference(self._conferences_over.popleft())

    def forget_conference(self, conference: Conference) -> None:
        """As if it had never been."""
        for known, key in ((self.conferences, conference.id), (self.conference_names, conference.name)):
            if known.get(key) is conference:
                del known[key]


# -- legs ----------------------------------------------------------------------------------------------------


class Supervision(NamedTuple):
    """A supervisor's leg listens to another call, and is heard according to its role."""

    call: Call
    role: SupervisorRole


class Recorder(Protocol):
    """A recording under way, as what it records knows it; see `recording.recorder`."""

    recording: Recording
    paused: bool

    def pause(self) -> None:
        """Leave out what comes."""

    def resume(self) -> None:
        """Go on."""

    def stop(self) -> None:
        """End it; the file is there a moment later."""

    def shown(self) -> dict[str, Any]:
        """For the state of the world."""


@dataclass(slots=True, eq=False, repr=False)
class Call(LegBase):
    """A leg of a call with its relations to others."""

    world: World
    peer: Call | None = field(default=None, init=False)
    """The leg that it is bridged with."""
    place: QueuePlace | None = field(default=None, init=False)
    """Where it waits, if it is in a queue."""
    participant: Participant | None = field(default=None, init=False)
    """What it is in a conference, if it is in one."""
    supervision: Supervision | None = field(default=None, init=False)
    conversation: Conversation | None = field(default=None, init=False)
    """What an AI talks about on it, or in what it takes part."""
    recorders: list[Recorder] | None = field(default=None, init=False)
    """Its recordings under way, in the order in which they began."""
    serves: Call | None = field(default=None, init=False)
    """The call for whose sake this leg was dialled: this leg ends when that one ends."""
    servants: list[Call] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        LegBase.__post_init__(self)
        self.world.calls[self.id] = self

    def serve(self, call: Call | None) -> None:
        """End when `call` ends; None: stand alone (again)."""
        if self.serves is not None and self.serves.servants is not None:
            self.serves.servants.remove(self)
        self.serves = call
        if call is not None:
            call.servants = [*(call.servants or ()), self]


@dataclass(slots=True, eq=False)
class Conversation:
    """What an AI and far ends say to one another. `voice` is `Provider.Model.Voice`; `url` the socket of a relay.

    `interruptible`: whether the far end cuts the AI short by speaking. `gathers`: whether its task waits for what
    the far end says.
    """

    call: Call
    id: str
    assistant_id: str | None = None
    url: str | None = None
    model: str | None = DEFAULT_MODEL
    hearing: str = DEFAULT_HEARING
    voice: str = DEFAULT_VOICE
    interruptible: bool = True
    gathers: bool = False
    messages: list[Message] = field(default_factory=list)
    began: float = field(default=0.0, init=False)
    task: Task | None = field(default=None, init=False)
    speaking: Task | None = field(default=None, init=False)
    """The AI's latest sentence."""
    listener: Listener = field(init=False)
    """Told of what is said; set when it begins."""
    turned: Callable[[], None] = field(default=lambda: None, init=False)
    """Told that there is a turn more."""
    ended: Callable[[int, str | None], None] = field(default=lambda seconds, reason: None, init=False)
    """Told after how many seconds it is over, and why, if it was not stopped."""

    def history(self) -> list[Message]:
        """The turns, as webhooks show them."""
        return [{"role": one["role"], "content": one["content"]} for one in self.messages]


# -- queues --------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class QueuePlace:
    """A call's place in a queue, since an instant.

    With `keep_after_hangup` an ended call stays until a command takes it out, so that it can be called back.
    """

    queue: Queue
    call: Call
    number: int
    since: float
    keep_after_hangup: bool = False
    patience: Timer | None = None

    @property
    def position(self) -> int:
        """From 1, the next one to be served."""
        return bisect_left(self.queue.line, self.number, key=lambda place: place.number) + 1

    def waited(self) -> float:
        """Seconds so far."""
        return self.call.world.clock.elapsed() - self.since


class Queue:
    """A waiting line. `explicit`: it was made or changed by a request, so it stays until it is deleted."""

    def __init__(self, world: World, name: str, max_size: int, explicit: bool = False) -> None:
        self.world, self.name, self.max_size, self.explicit = world, name, max_size, explicit
        self.id = world.ids.uuid4()
        self.created_at = self.updated_at = world.clock.now()
        self.line: list[QueuePlace] = []
        self._places: dict[str, QueuePlace] = {}
        self._last_number = 0
        self._since_total = 0.0
        self._left, self._left_waited = 0, 0.0
        self._unused: Timer | None = None
        world.queues[name] = self

    @property
    def full(self) -> bool:
        return len(self.line) >= self.max_size

    def find(self, call_control_id: str) -> QueuePlace | None:
        """The place of a call, which may have ended long ago."""
        return self._places.get(call_control_id)

    def first(self, besides: Call) -> QueuePlace | None:
        """The place that is served next; a leg is not connected with itself."""
        return next((place for place in self.line[:2] if place.call is not besides), None)

    def waiting_secs(self) -> int:
        """How long the calls in line have waited so far, on average."""
        if not self.line:
            return 0
        return whole(self.world.clock.elapsed() - self._since_total / len(self.line))

    def average_wait_secs(self) -> int:
        """How long calls spend here, on average: those that left, and as long as none has, those in line."""
        return whole(self._left_waited / self._left) if self._left else self.waiting_secs()

    def resize(self, max_size: int) -> None:
        """By a request. The calls that are in line already may stay."""
        self.max_size, self.explicit = max_size, True
        self.updated_at = self.world.clock.now()
        self._count_idleness()

    def add(self, call: Call, keep_after_hangup: bool = False) -> QueuePlace:
        """Put a call at the end of the line, without a word; one of the same id that was kept makes room for it."""
        if call.id in self._places:
            self.remove(self._places[call.id])
        self._last_number += 1
        place = QueuePlace(self, call, self._last_number, self.world.clock.elapsed(), keep_after_hangup)
        self.line.append(place)
        self._places[call.id] = call.place = place
        self._since_total += place.since
        self._count_idleness()
        return place

    def remove(self, place: QueuePlace) -> None:
        """Take a call out of the line, without a word."""
        del self.line[place.position - 1]
        del self._places[place.call.id]
        place.call.place = None
        self._since_total = self._since_total - place.since if self.line else 0.0
        self._left += 1
        self._left_waited += place.waited()
        if place.patience is not None:
            place.patience.cancel()
        self._count_idleness()

    def delete(self) -> None:
        """Exist no more; only for a queue that is empty."""
        if self._unused is not None:
            self._unused.cancel()
        del self.world.queues[self.name]
        self.world.state_change("/queues", change="deleted", key=self.name)

    def _count_idleness(self) -> None:
        """Begin to count the time without calls, or stop counting."""
        if self._unused is not None:
            self._unused.cancel()
            self._unused = None
        if not self.line and not self.explicit:
            self._unused = self.world.clock.call_later(UNUSED_QUEUE_SECS, self.delete, background=True)


# -- conferences ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HoldAudio:
    """What a participant on hold hears; silence without URL and name."""

    url: str | None = None
    name: str | None = None

    @property
    def content(self) -> str:
        return self.url or self.name or ""


@dataclass(slots=True, eq=False)
class Participant:
    """A leg in a conference. `held` and `muted`: by command; `whispers`: the call ids that hear a whisperer.

    `ends`, `soft_ends`: the conference ends when it leaves, with or without hanging up the others.
    """

    conference: Conference
    call: Call
    id: str
    created_at: datetime
    updated_at: datetime
    muted: bool = False
    held: bool = False
    role: ParticipantRole = "none"
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
        """Whether the room as a whole can hear it."""
        return self.role in ("none", "barge") and not self.muted and not self.on_hold

    def hears(self, speaker: Participant) -> bool:
        """Whether what the far end of another leg says reaches that of this one."""
        if self is speaker or self.conference is not speaker.conference:
            return False
        if self.on_hold or speaker.on_hold or speaker.muted:
            return False
        if speaker.role == "whisper":
            return self.call.id in speaker.whispers
        return speaker.role != "monitor"

    def touch(self) -> None:
        """Note that something about it changed."""
        self.updated_at = self.call.world.clock.now()


class Conference:
    """A room for legs, which may last `seconds`; see `conference.rooms` for what acts on it."""

    def __init__(
        self,
        creator: Call,
        name: str,
        *,
        id: str | None = None,
        started: bool = True,
        max_participants: int = MAX_PARTICIPANTS,
        seconds: float = MAX_DURATION_SECS,
        beep: Beep = "never",
        comfort_noise: bool = True,
        region: str = "US",
        hold_audio: HoldAudio = HoldAudio(),  # it is immutable
    ) -> None:
        self.world: World = creator.world
        self.creator, self.name, self.region = creator, name, region
        self.id = id or self.world.ids.uuid4()
        self.connection_id = creator.connection_id
        self.session = creator.session
        self.started, self.max_participants = started, max_participants
        self.beep, self.comfort_noise, self.hold_audio = beep, comfort_noise, hold_audio
        self.created_at = self.updated_at = self.world.clock.now()
        self.expires_at = self.created_at + timedelta(seconds=seconds)
        self.participants: dict[str, Participant] = {}
        """By call_control_id, in the order in which they joined."""
        self.floor: Participant | None = None
        """The latest speaker whom all could hear."""
        self.ending = False
        self.end_reason: EndReason | None = None
        self.ended_by: Call | None = None
        self.listeners: list[Listener] | None = None
        """Told of what the room as a whole hears, as those of a leg."""
        self.sounding: list[tuple[Track, Sound]] | None = None
        self.recorders: list[Recorder] | None = None
        self.parameters: dict[str, dict[str, Any]] = {}
        self.done: Answers = {}
        self.tasks = Tasks(self.world.clock, self.world.fault)
        self.expiry: Timer
        """When its time is up; set by `conference.rooms`."""
        self.world.conferences[self.id] = self.world.conference_names[name] = self

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
        return len(self.participants) >= self.max_participants

    def find(self, participant_id: str) -> Participant | None:
        """A participant by its own id or that of the call."""
        found = self.participants.get(participant_id)
        return found or next((one for one in self.participants.values() if one.id == participant_id), None)

    def audience(self) -> Iterator[Participant]:
        """The participants that hear what is played to the room."""
        return (one for one in self.participants.values() if not one.on_hold)

    def emit(self, kind: type[ConferenceEvent], call: Call | None = None, **fields: Any) -> None:
        """Publish an event about this conference, or about a leg in it."""
        leg = call or self.creator
        event = kind(conference_id=self.id, occurred_at=wire_millis(self.world.clock.now()), **fields)
        payload: dict[str, Any] = {"connection_id": leg.connection_id}
        if kind.legs:
            payload["call_control_id"] = leg.id
            payload["call_session_id"] = leg.session.id
            payload["client_state"] = self.creator.client_state
        if kind.legs and kind.leg_id:
            payload["call_leg_id"] = leg.leg_id
        application = self.world.applications.get(leg.connection_id)
        self.world.publish(event, payload, leg, leg.override, application)

    def touch(self) -> None:
        """Note that something about it changed."""
        self.updated_at = self.world.clock.now()

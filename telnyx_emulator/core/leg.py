"""A leg of a call by itself: its identifiers, its state, its tasks, and what it tells the event sink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from enum import IntEnum
from typing import Any, Literal

from .audio.sound import Listener, Sound, Track
from .audio.stream import Stream
from .events import Event
from .events.calls import HangupSource
from .far_end.behaviour import FarEnd
from .resources.stores import Stores
from .routing import Session, WebhookOverride
from .time.clock import Timer
from .time.tasks import LIVE, Activity, Lane, LiveState, Task, Tasks

Direction = Literal["incoming", "outgoing"]
AfterUnbridge = Literal["hangup", "park", "hold"]
MuteDtmf = Literal["none", "both", "self", "opposite"]
AnyHeaders = list[dict[str, str]]
Answers = dict[tuple[str, str], tuple[float, float, dict[str, Any]]]
"""Answers to commands that carried a `command_id`, by action and id; see `commands.base`."""

MAX_DURATION_SECS = 14_400.0


class State(IntEnum):
    """How far a leg has come. What it does meanwhile is in its lanes and relations."""

    RINGING = 1
    ANSWERED = 2
    ENDED = 3


@dataclass(slots=True, eq=False, repr=False)
class LegBase:
    """A leg, named by its `call_control_id`. `from_` and `to` are as on the wire; its relations are in `model.Call`.

    Instants are virtual seconds since the epoch of the world's clock.
    """

    world: Stores
    direction: Direction
    _: KW_ONLY
    from_: str
    to: str
    connection_id: str
    far_end: FarEnd
    session: Session = None  # type: ignore[assignment]  # made when none is given
    id: str = ""
    leg_id: str = field(init=False)
    state: State = field(default=State.RINGING, init=False)
    client_state: str | None = None
    override: WebhookOverride | None = None
    caller_id_name: str | None = None
    custom_headers: AnyHeaders | None = None
    sip_headers: AnyHeaders | None = None
    started_at: float = field(init=False)
    answered_at: float | None = field(default=None, init=False)
    ended_at: float | None = field(default=None, init=False)
    time_limit: float = MAX_DURATION_SECS
    held: bool = field(default=False, init=False)
    """By the far end; `on_hold`: by the platform, after a bridge."""
    on_hold: bool = field(default=False, init=False)
    after_unbridge: AfterUnbridge = field(default="hangup", init=False)
    mute_dtmf: MuteDtmf = field(default="none", init=False)
    suppression: str | None = field(default=None, init=False)
    stream: Stream | None = field(default=None, init=False)
    """Its media stream: under way, or to begin when the leg is answered."""
    listeners: list[Listener] | None = field(default=None, init=False)
    """Told of all that can be heard on the leg; see `audio.hearing`."""
    sounding: list[tuple[Track, Sound]] | None = field(default=None, init=False)
    """What can be heard just now and lasts."""
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)
    """What each command on this leg was given, by action: kept for `GET /_emulator/state`."""
    done: Answers = field(default_factory=dict, init=False)
    tasks: Tasks = field(init=False)
    _limit: Timer | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        clock = self.world.clock
        self.session = self.session or self.world.session()
        self.id = self.id or self.world.ids.call_control_id()
        self.leg_id = self.world.ids.uuid1(clock.now())
        self.started_at = clock.elapsed()
        self.tasks = Tasks(clock, self._fault)

    @property
    def incoming(self) -> bool:
        return self.direction == "incoming"

    @property
    def remote(self) -> str:
        """The address of the far end."""
        return self.from_ if self.incoming else self.to

    @property
    def remote_side(self) -> HangupSource:
        """What the far end is called in `hangup_source`, which is relative to the leg."""
        return "caller" if self.incoming else "callee"

    @property
    def our_side(self) -> HangupSource:
        return "callee" if self.incoming else "caller"

    @property
    def party_type(self) -> Literal["pstn", "sip"]:
        return "sip" if "@" in self.remote or self.remote.startswith("sip") else "pstn"

    @property
    def start_time(self) -> str:
        return self.world.wire_instant(self.started_at)

    def duration(self) -> int:
        """Whole seconds since the answer."""
        if self.answered_at is None:
            return 0
        until = self.world.clock.elapsed() if self.ended_at is None else self.ended_at
        return int(until - self.answered_at)

    def headers(self) -> dict[str, Any]:
        """The SIP headers that webhooks repeat, as far as there are any."""
        given = {"custom_headers": self.custom_headers, "sip_headers": self.sip_headers}
        return {name: headers for name, headers in given.items() if headers}

    def emit(self, event: Event, client_state: str | LiveState | None = LIVE) -> None:
        """Publish an event of this leg, with the `client_state` in force for the task that causes it."""
        if isinstance(client_state, LiveState) and self.tasks.current is not None:
            client_state = self.tasks.current.client_state
        payload: dict[str, Any] = {
            "call_control_id": self.id,
            "call_leg_id": self.leg_id,
            "call_session_id": self.session.id,
            "client_state": self.client_state if isinstance(client_state, LiveState) else client_state,
            "connection_id": self.connection_id,
        }
        if event.parties:
            payload["from"] = self.from_
            payload["to"] = self.to
        application = self.world.applications.get(self.connection_id)
        self.world.publish(event, payload, self, self.override, application)

    def far_end_act(self, act: str, **detail: Any) -> None:
        """Note what the far end does or receives."""
        self.world.sink.far_end_act(act, self, detail)

    def state_change(self, name: str, **detail: Any) -> None:
        """Note a change of this leg that has no webhook."""
        self.world.sink.state_change(name, self, detail)

    def warn(self, about: str, **detail: Any) -> None:
        """Note what the application should know though it is no error."""
        self.world.sink.warning(about, self, detail)

    def start(self, activity: Activity, lane: Lane | None = None, name: str = "") -> Task:
        """Start the activity of a command; its events keep the `client_state` of now."""
        current = self.tasks.current
        state = self.client_state if current is None else current.client_state
        return self.tasks.start(activity, lane, state, name)

    def follow(self, activity: Activity, lane: Lane | None = None, name: str = "") -> Task:
        """Start an activity that no command asked for; its events have the leg's latest `client_state`."""
        return self.tasks.start(activity, lane, LIVE, name)

    def limit(self, seconds: float | None, then: Callable[[], None] | None = None) -> None:
        """Set the one limit that a leg has at a time: a caller's patience, then the longest duration."""
        if self._limit is not None:
            self._limit.cancel()
        if seconds is None or then is None:
            self._limit = None
        else:
            self._limit = self.world.clock.call_later(seconds, then, background=True)

    def _fault(self, fault: BaseException) -> None:
        self.world.fault(fault, self)

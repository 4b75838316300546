"""A leg of a call, from ringing to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from . import bridging, conference, costs, habits
from .account import Account, wire_time
from .clock import Timer
from .events import CallAnswered, CallHangup, CallInitiated, Event, HangupCause, HangupSource, QualityStats
from .far_end import FarEnd
from .greeting import greet
from .process import LIVE, Activity, Lane, LiveState, Process, Processes
from .queue import Place, hung_up
from .routing import Session, WebhookOverride
from .sounds import Listener, Sound, Track
from .streaming import Stream

if TYPE_CHECKING:
    from .conversation import Conversation
    from .recorder import Recorder

Direction = Literal["incoming", "outgoing"]
Role = Literal["barge", "whisper", "monitor"]
AnyHeaders = list[dict[str, str]]

REMEMBERED_SECS = 600.0
"""How long `GET /calls/{id}` knows a call after its end."""

MAX_DURATION_SECS = 14_400.0
CODECS = "PCMU,PCMA,G722,OPUS"


class State(IntEnum):
    """How far a leg has come. What it does meanwhile is in its lanes and relations."""

    RINGING = 1
    ANSWERED = 2
    ENDED = 3


class Supervision(NamedTuple):
    """A supervisor's leg listens to another call, and is heard according to its role."""

    call: Call
    role: Role


@dataclass(slots=True, eq=False, repr=False)
class Call:
    """One leg. `from_` and `to` are as on the wire; times are virtual seconds of the account's clock."""

    account: Account
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
    peer: Call | None = field(default=None, init=False)
    place: Place | None = field(default=None, init=False)
    """Where it waits, if it is in a queue."""
    participant: conference.Participant | None = field(default=None, init=False)
    """What it is in a conference, if it is in one."""
    after_unbridge: bridging.AfterUnbridge = field(default="hangup", init=False)
    mute_dtmf: bridging.MuteDtmf = field(default="none", init=False)
    supervision: Supervision | None = field(default=None, init=False)
    suppression: str | None = field(default=None, init=False)
    conversation: Conversation | None = field(default=None, init=False)
    """What an AI talks about on it, or in what it takes part."""
    stream: Stream | None = field(default=None, init=False)
    """Its media stream: under way, or to begin when the leg is answered."""
    listeners: list[Listener] | None = field(default=None, init=False)
    """Who is told of all that can be heard on the leg; see `sounds`."""
    sounding: list[tuple[Track, Sound]] | None = field(default=None, init=False)
    """What can be heard just now and lasts."""
    recorders: list[Recorder] | None = field(default=None, init=False)
    """Who records the leg, in the order in which they began."""
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)
    """What each command on this leg was given, by action: kept for `GET /_emulator/state`."""
    done: dict[tuple[str, str], tuple[float, float, dict[str, Any]]] = field(default_factory=dict, init=False)
    """Answers to commands that carried a `command_id`; see `commands.base`."""
    serves: Call | None = field(default=None, init=False)
    """The call for whose sake this leg was dialled: it goes when that one goes."""
    servants: list[Call] | None = field(default=None, init=False)
    processes: Processes = field(init=False)
    _limit: Timer | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        clock = self.account.clock
        self.session = self.session or self.account.session()
        self.id = self.id or self.account.ids.call_control_id()
        self.leg_id = self.account.ids.uuid1(clock.now())
        self.started_at = clock.elapsed()
        self.processes = Processes(clock, self._fault)
        self.account.calls[self.id] = self

    # -- reading ---------------------------------------------------------------------------------------------

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

    def wire_instant(self, elapsed: float) -> str:
        return wire_time(self.account.clock.epoch + timedelta(seconds=elapsed))

    @property
    def start_time(self) -> str:
        return self.wire_instant(self.started_at)

    def duration(self) -> int:
        """Whole seconds since the answer."""
        if self.answered_at is None:
            return 0
        until = self.account.clock.elapsed() if self.ended_at is None else self.ended_at
        return int(until - self.answered_at)

    # -- telling ---------------------------------------------------------------------------------------------

    def emit(self, event: Event, client_state: str | LiveState | None = LIVE) -> None:
        """Publish an event of this leg, with the `client_state` in force for the activity that causes it."""
        if isinstance(client_state, LiveState) and self.processes.current is not None:
            client_state = self.processes.current.client_state
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
        self.account.publish(event.name, payload | event.fields(), self, dated=event.dated)

    def note(self, kind: str, name: str, **detail: Any) -> None:
        """Write into the journal what is no webhook."""
        self.account.note(kind, name, self, **detail)

    # -- doing -----------------------------------------------------------------------------------------------

    def start(self, process: Process, lane: Lane | None = None, name: str = "") -> Activity:
        """Let a command's process begin; its events keep the `client_state` of now."""
        current = self.processes.current
        state = self.client_state if current is None else current.client_state
        return self.processes.start(process, lane, state, name)

    def follow(self, process: Process, lane: Lane | None = None, name: str = "") -> Activity:
        """Let something begin that is nobody's command; its events have the leg's latest `client_state`."""
        return self.processes.start(process, lane, LIVE, name)

    def initiate(self) -> None:
        """Announce the leg. Outgoing ones carry no start time, caller name or codecs on the real wire."""
        fields: dict[str, Any] = {"direction": self.direction, "calling_party_type": self.party_type}
        fields["from_sip_uri"] = _sip_user(self.from_)
        fields["to_sip_uri"] = _sip_user(self.to)
        if self.incoming:
            fields["state"] = "parked"
            fields["start_time"] = self.start_time
            fields["caller_id_name"] = self.caller_id_name or self.from_
            fields["connection_codecs"] = fields["offered_codecs"] = CODECS
        else:
            fields["state"] = "bridging"
        self.emit(CallInitiated(**fields, **self._headers()))

    def answer(self) -> None:
        """Media flows from this instant; answering twice is answering once."""
        if self.state is not State.RINGING:
            return
        self.state = State.ANSWERED
        self.answered_at = self.account.clock.elapsed()
        self.limit(self.time_limit, self._time_limit_reached)
        self.emit(
            CallAnswered(
                start_time=self.start_time,
                calling_party_type=self.party_type,
                codec="PCMU",
                sampling_rate=8000,
                **self._headers(),
                **self._streamed(),
            ),
            client_state=self.client_state,
        )
        if not self.incoming and self.far_end.greeting.kind != "silence":
            self.follow(greet(self, self.far_end.greeting), name="greeting")
        if self.far_end.habits:
            habits.begin(self)

    def hang_up(self) -> None:
        """Our side ends the leg, whether it talks or still rings."""
        if self.state is not State.RINGING:
            self.end("normal_clearing", self.our_side)
        elif self.incoming:
            self.end("normal_clearing", "callee", "unspecified")
        else:
            self.end("originator_cancel", "caller", "487")

    def serve(self, call: Call | None) -> None:
        """Live only as long as `call` does; None: stand alone (again)."""
        if self.serves is not None and self.serves.servants is not None:
            self.serves.servants.remove(self)
        self.serves = call
        if call is not None:
            call.servants = [*(call.servants or ()), self]

    def end(self, cause: HangupCause, source: HangupSource, sip: str = "200") -> None:
        """The leg is over. One fixed order: what plays or listens, then the hangup, then the peer's fate."""
        if self.state is State.ENDED:
            return
        talked = self.state is State.ANSWERED
        self.state = State.ENDED
        self.ended_at = self.account.clock.elapsed()
        self.limit(None)
        self.processes.stop_prompts("call_hangup")
        hung_up(self)
        self.processes.stop_all("call_hangup")
        self.stream = None
        left = bridging.detach(self)
        self.emit(
            CallHangup(
                start_time=self.start_time,
                end_time=self.wire_instant(self.ended_at),
                calling_party_type=self.party_type,
                hangup_cause=cause,
                hangup_source=source,
                sip_hangup_cause=sip,
                call_quality_stats=self._quality() if talked else None,
                telnyx_error=None,
                **self._headers(),
            ),
            client_state=self.client_state,
        )
        conference.hung_up(self)
        if left is not None:
            bridging.after_unbridge(left)
        self.serve(None)
        for leg in tuple(self.servants or ()):
            leg.hang_up()
        costs.announce(self)
        self.account.clock.call_later(REMEMBERED_SECS, self._forget, background=True)

    def limit(self, seconds: float | None, then: Callable[[], None] | None = None) -> None:
        """Set the one limit that a leg has at a time: a caller's patience, then the longest duration."""
        if self._limit is not None:
            self._limit.cancel()
        if seconds is None or then is None:
            self._limit = None
        else:
            self._limit = self.account.clock.call_later(seconds, then, background=True)

    def hear(self) -> None:
        """A prompt was played to its end; a far end may react to it, but only after this step."""
        if self.far_end.habits:
            habits.heard(self)

    # -- inside ----------------------------------------------------------------------------------------------

    def _headers(self) -> dict[str, Any]:
        given = {"custom_headers": self.custom_headers, "sip_headers": self.sip_headers}
        return {name: headers for name, headers in given.items() if headers}

    def _streamed(self) -> dict[str, Any]:
        """Where the media goes from the answer on, if dial or answer said so."""
        if self.stream is None or self.stream.url is None:
            return {}
        return {"stream_url": self.stream.url, "stream_track": self.stream.track}

    def _quality(self) -> QualityStats:
        """Fifty packets a second each way, as strings, as live."""
        packets = str(int(((self.ended_at or 0.0) - (self.answered_at or 0.0)) * 50))
        return {
            "inbound": {
                "jitter_max_variance": "0.00",
                "jitter_packet_count": "0",
                "mos": "4.50",
                "packet_count": packets,
                "skip_packet_count": "0",
            },
            "outbound": {"packet_count": packets, "skip_packet_count": "0"},
        }

    def _time_limit_reached(self) -> None:
        self.end("time_limit", "caller")

    def _forget(self) -> None:
        if self.account.calls.get(self.id) is self:
            del self.account.calls[self.id]

    def _fault(self, fault: BaseException) -> None:
        self.account.fault(fault, self)


def _sip_user(address: str) -> str:
    """`user@host`, as `from_sip_uri` and `to_sip_uri` have it (no scheme)."""
    bare = address.removeprefix("sips:").removeprefix("sip:").split(";")[0].split(",")[0]
    return bare if "@" in bare else f"{bare}@sip.telnyx.com"

"""One account's world: its calls, its applications, its identifiers, and the one gate for what happens."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from .clock import Clock
from .durations import Spread, draw
from .errors import ConnectionDisabled, ProfileDisabled
from .far_end import FarEnd, Siprec
from .ids import Ids
from .media_file import MediaFile
from .parties import Directory
from .records import Application, OutboundVoiceProfile, PhoneNumber, Record, SiprecConnector
from .routing import Session, WebhookOverride

if TYPE_CHECKING:
    from .call import Call
    from .conference import Conference
    from .conversation import Conversation
    from .queue import Queue
    from .recording import Recording, Transcription
    from .storage import Storage


MOST_CONFERENCES_OVER = 1000
"""How many conferences that have ended are remembered."""


def wire_time(instant: datetime) -> str:
    """ISO 8601, UTC, six digits, `Z`: the vendor's form for everything about calls."""
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Published:
    """An event, serialised once. `data` is the JSON of the webhook's `data`; journal and outbox share it."""

    seq: int
    id: str
    name: str
    occurred_at: str
    elapsed: float
    data: bytes
    session: Session
    leg_id: str
    call_control_id: str
    override: WebhookOverride | None
    application: Application | None


class Witness:
    """Whoever is told what happens; it must not act on it there and then, only take note."""

    def event(self, published: Published) -> None:
        """A webhook is due."""

    def note(self, kind: str, name: str, call: Call | None, detail: dict[str, Any]) -> None:
        """Something that is no webhook: a far-end act, a warning, a fault."""

    def merged(self, session: Session, other: Session) -> None:
        """Two sessions share one order of delivery from now on."""


class Account:
    """The state behind one API key."""

    def __init__(self, clock: Clock, seed: int = 0, witness: Witness | None = None) -> None:
        self.clock = clock
        self.ids = Ids(seed)
        self.witness = witness or Witness()
        self.user_id = self.ids.uuid4()
        self.calls: dict[str, Call] = {}
        self.applications: dict[str, Application] = {}
        self.queues: dict[str, Queue] = {}
        self.conferences: dict[str, Conference] = {}
        """Also some that are over."""
        self.conference_names: dict[str, Conference] = {}
        """The latest one of each name."""
        self._conferences_over: deque[Conference] = deque()
        self.conversations: dict[str, Conversation] = {}
        """What AIs are talking about, by conversation_id, while they do."""
        self.profiles: dict[str, OutboundVoiceProfile] = {}
        self.numbers: dict[str, PhoneNumber] = {}
        """By the number itself."""
        self.siprec_connectors: dict[str, SiprecConnector] = {}
        self.parties = Directory()
        """Who is at which address, and which recording server behind which connector."""
        self.media: dict[str, MediaFile] = {}
        self.recordings: dict[str, Recording] = {}
        """Also those that are still under way."""
        self.files: dict[str, Recording] = {}
        """The saved ones, by their path at their place of storage."""
        self.recording_transcriptions: dict[str, Transcription] = {}
        self.storage: dict[str, Storage] = {}
        """Where the recordings of a connection go, if not to the vendor."""
        self.origin = "http://127.0.0.1:12111"
        """How the application reaches this server: links to recordings begin so."""
        self.access_key, self.secret = "ASIA", f"{seed}".encode()
        """What names this account in such a link, and what signs it."""
        self.records: dict[str, dict[str, Record]] = {}
        """What else was configured, by kind: nothing acts on it."""
        self.strict = False
        """Whether connections and connectors have to exist before they are used."""
        self.done: dict[tuple[str, str], tuple[float, float, dict[str, Any]]] = {}
        """As `Call.done`, for commands that make calls."""
        self._published = itertools.count(1)
        self._present = (-1.0, "")
        """The last instant that `now` told: the events of a command share one."""
        self.audio: dict[str, float | str] = {}
        """Audio that was looked at: its length in seconds, or why it cannot be had."""
        self.waves: dict[str, bytes] = {}
        """Some of it, for recordings to have it in them."""

    def application(self, connection_id: str | None = None) -> Application:
        """The application of that id, made on first use; without an id the one there is."""
        if connection_id is None:
            connection_id = next(iter(self.applications), None) or self.ids.connection_id()
        known = self.applications.get(connection_id)
        if known is None:
            now = self.now()
            known = self.applications[connection_id] = Application(
                id=connection_id, application_name=f"app-{connection_id}", created_at=now, updated_at=now
            )
        return known

    def conference(self, id_or_name: str) -> Conference | None:
        """The conference of that id, else the latest one of that name."""
        return self.conferences.get(id_or_name) or self.conference_names.get(id_or_name)

    def conference_over(self, conference: Conference) -> None:
        """Remember it for a while; the one that ended longest ago is forgotten for it."""
        self._conferences_over.append(conference)
        if len(self._conferences_over) > MOST_CONFERENCES_OVER:
            self.forget_conference(self._conferences_over.popleft())

    def forget_conference(self, conference: Conference) -> None:
        """As if it had never been."""
        for known, key in ((self.conferences, conference.id), (self.conference_names, conference.name)):
            if known.get(key) is conference:
                del known[key]

    def check_outbound(self, connection_id: str) -> None:
        """Raise what the platform says when calls may not go out by this connection."""
        application = self.applications.get(connection_id)
        if application is None:
            return
        if not application.active:
            raise ConnectionDisabled(self.ids.call_control_id())
        profile = self.profiles.get(application.profile_id or "")
        if profile is not None and not profile.enabled:
            raise ProfileDisabled(self.ids.call_control_id())

    def far_end_at(self, address: str) -> FarEnd:
        """Who is at a number or SIP address, for one leg: a party, a magic one, or else a human."""
        return self.parties.far_end_at(address)

    def siprec_at(self, connector: str) -> Siprec:
        """How the recording server behind a connector takes one session."""
        return self.parties.siprec_at(connector)

    def draw(self, length: float | Spread) -> float:
        """Virtual seconds; by lot, the same for the same seed, if it is no fixed length."""
        return draw(length, self.ids.random)

    def siprec_connector(self, name: str) -> SiprecConnector:
        """The connector of that name, made on first use."""
        known = self.siprec_connectors.get(name)
        if known is None:
            now = self.now()
            known = self.siprec_connectors[name] = SiprecConnector(name=name, created_at=now, updated_at=now)
        return known

    def media_file(self, name: str) -> MediaFile | None:
        """Uploaded audio by its name, unless its time is over."""
        known = self.media.get(name)
        if known is not None and known.expires_at <= self.clock.now():
            del self.media[name]
            return None
        return known

    def now(self) -> str:
        """The present, as on the wire."""
        elapsed = self.clock.elapsed()
        if self._present[0] != elapsed:
            self._present = elapsed, wire_time(self.clock.now())
        return self._present[1]

    def session(self) -> Session:
        return Session(self.ids.uuid1(self.clock.now()))

    def merge_sessions(self, session: Session, other: Session) -> None:
        """From now on one order of delivery for both."""
        if session.root() is not other.root():
            self.witness.merged(session.root(), other.root())
            session.merge(other)

    def publish(self, name: str, payload: dict[str, Any], call: Call, *, dated: bool = False) -> None:
        """Tell the application. The only way for an event to come into being. `dated`: with `created_at`."""
        event_id = self.ids.uuid4()
        occurred_at = self.now()
        data = {
            **({"created_at": occurred_at} if dated else {}),
            "event_type": name,
            "id": event_id,
            "occurred_at": occurred_at,
            "payload": dict(sorted(payload.items())),
            "record_type": "event",
        }
        self.witness.event(
            Published(
                next(self._published),
                event_id,
                name,
                occurred_at,
                self.clock.elapsed(),
                to_json(data),
                call.session,
                call.leg_id,
                call.id,
                call.override,
                self.applications.get(call.connection_id),
            )
        )

    def note(self, kind: str, name: str, call: Call | None = None, **detail: Any) -> None:
        self.witness.note(kind, name, call, detail)

    def fault(self, fault: BaseException, call: Call | None = None) -> None:
        """An error of our own inside a process: told, never swallowed."""
        self.note("fault", type(fault).__name__, call, detail=str(fault))

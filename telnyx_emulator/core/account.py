"""One account's world: its calls, its applications, its identifiers, and the one gate for what happens."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from .clock import Clock
from .ids import Ids
from .routing import Application, Session, WebhookOverride

if TYPE_CHECKING:
    from .call import Call


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
        self.siprec_connectors: set[str] = set()
        self.strict = False
        """Whether connections and connectors have to exist before they are used."""
        self.done: dict[tuple[str, str], tuple[float, float, dict[str, Any]]] = {}
        """As `Call.done`, for commands that make calls."""
        self._published = itertools.count(1)
        self.audio: dict[str, float | str] = {}
        """Audio that was looked at: its length in seconds, or why it cannot be had."""

    def application(self, connection_id: str | None = None) -> Application:
        """The application of that id, made on first use; without an id the one there is."""
        if connection_id is None:
            connection_id = next(iter(self.applications), None) or self.ids.connection_id()
        known = self.applications.get(connection_id)
        if known is None:
            known = self.applications[connection_id] = Application(connection_id, f"app-{connection_id}")
        return known

    def session(self) -> Session:
        return Session(self.ids.uuid1(self.clock.now()))

    def merge_sessions(self, session: Session, other: Session) -> None:
        """From now on one order of delivery for both."""
        if session.root() is not other.root():
            self.witness.merged(session.root(), other.root())
            session.merge(other)

    def publish(self, name: str, payload: dict[str, Any], call: Call) -> None:
        """Tell the application. The only way for an event to come into being."""
        event_id = self.ids.uuid4()
        occurred_at = wire_time(self.clock.now())
        data = {
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

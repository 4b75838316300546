"""What everything in a world shares: its clock, its identifiers, and the way to its event sink."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import to_json

from .events.base import Event
from .ids import Ids
from .ports import EventSink, LegReference, Published
from .resources.records import Application
from .routing import Session, WebhookOverride
from .time.clock import Clock
from .time.durations import Spread, draw


def wire_time(instant: datetime) -> str:
    """ISO 8601, UTC, six digits, `Z`: the vendor's form for everything about calls."""
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Context:
    """The clock, the identifiers and the event sink of one world."""

    def __init__(self, clock: Clock, seed: int = 0, sink: EventSink | None = None) -> None:
        self.clock = clock
        self.ids = Ids(seed)
        self.sink = sink or EventSink()
        self.user_id = self.ids.uuid4()
        self._published = itertools.count(1)
        self._present = (-1.0, "")
        """The last instant that `now` told: the events of a command share one."""

    def present(self) -> tuple[float, str]:
        """The present instant, in virtual seconds and as on the wire."""
        elapsed = self.clock.elapsed()
        if self._present[0] != elapsed:
            self._present = elapsed, self.wire_instant(elapsed)
        return self._present

    def now(self) -> str:
        """The present instant, as on the wire."""
        return self.present()[1]

    def wire_instant(self, elapsed: float) -> str:
        """An instant in virtual seconds, as on the wire."""
        return wire_time(self.clock.epoch + timedelta(seconds=elapsed))

    def draw(self, length: float | Spread) -> float:
        """Virtual seconds; a spread is drawn from the world's random numbers, the same for the same seed."""
        return draw(length, self.ids.random)

    def session(self) -> Session:
        """A new call session."""
        return Session(self.ids.uuid1(self.clock.now()))

    def merge_sessions(self, session: Session, other: Session) -> None:
        """From now on one order of delivery for both."""
        if session.root() is not other.root():
            self.sink.merged(session.root(), other.root())
            session.merge(other)

    def publish(
        self,
        event: Event,
        envelope: dict[str, Any],
        leg: LegReference,
        override: WebhookOverride | None,
        application: Application | None,
    ) -> None:
        """Tell the application. The only way for an event to come into being. `envelope`: what its payload has too."""
        elapsed, occurred_at = self.present()
        event_id, delivery_id = self.ids.uuid4(), self.ids.uuid4()
        payload = envelope | {name: getattr(event, name) for name in event.model_fields_set}
        data = {
            **({"created_at": occurred_at} if event.dated else {}),
            "event_type": event.name,
            "id": event_id,
            "occurred_at": occurred_at,
            "payload": dict(sorted(payload.items())),
            "record_type": "event",
        }
        self.sink.event(
            Published(
                next(self._published),
                event_id,
                delivery_id,
                event.name,
                occurred_at,
                elapsed,
                to_json(data),
                leg.session,
                leg.leg_id,
                leg.id,
                override,
                application,
            )
        )

    def state_change(self, name: str, leg: LegReference | None = None, **detail: Any) -> None:
        """Note a change that has no webhook."""
        self.sink.state_change(name, leg, detail)

    def warn(self, about: str, leg: LegReference | None = None, **detail: Any) -> None:
        """Note what the application should know though it is no error."""
        self.sink.warning(about, leg, detail)

    def fault(self, fault: BaseException, leg: LegReference | None = None) -> None:
        """Note an error of the emulator's own inside an activity: told, never swallowed."""
        self.sink.fault(type(fault).__name__, leg, str(fault))

"""Calls that wait in line for somebody to talk to."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .clock import Timer
from .events import CallDequeued, CallEnqueued
from .events.queues import LeaveReason

if TYPE_CHECKING:
    from .account import Account
    from .call import Call

UNUSED_SECS = 3600.0
"""How long an empty queue is kept that came into being by the way, when a call was put in it."""

ROUNDING = 1e-6
"""Differences of instants may fall a hair short of whole seconds."""


@dataclass(slots=True, eq=False)
class Place:
    """A call's place in a queue, since an instant in virtual seconds of the account's clock.

    With `keep_after_hangup` an ended call stays until somebody takes it out, so that it can be called back.
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
        return self.call.account.clock.elapsed() - self.since


class Queue:
    """A waiting line. `explicit`: somebody made or changed it on purpose, so it stays until it is deleted."""

    def __init__(self, account: Account, name: str, max_size: int, explicit: bool = False) -> None:
        self.account = account
        self.name = name
        self.id = account.ids.uuid4()
        self.max_size = max_size
        self.explicit = explicit
        self.created_at = self.updated_at = account.clock.now()
        self.line: list[Place] = []
        self._places: dict[str, Place] = {}
        self._last_number = 0
        self._since_total = 0.0
        self._left, self._left_waited = 0, 0.0
        self._unused: Timer | None = None
        account.queues[name] = self

    # -- reading ---------------------------------------------------------------------------------------------

    @property
    def full(self) -> bool:
        return len(self.line) >= self.max_size

    def find(self, call_control_id: str) -> Place | None:
        """The place of a call, which may have ended long ago."""
        return self._places.get(call_control_id)

    def first(self, besides: Call) -> Place | None:
        """Who is served next; nobody is connected with himself."""
        return next((place for place in self.line[:2] if place.call is not besides), None)

    def waiting_secs(self) -> int:
        """How long those who are in line have waited so far, on average."""
        if not self.line:
            return 0
        return whole(self.account.clock.elapsed() - self._since_total / len(self.line))

    def average_wait_secs(self) -> int:
        """How long calls spend here, on average: those that left, and as long as none has, those in line."""
        return whole(self._left_waited / self._left) if self._left else self.waiting_secs()

    # -- changing --------------------------------------------------------------------------------------------

    def resize(self, max_size: int) -> None:
        """On purpose. Whoever is in line already may stay."""
        self.max_size = max_size
        self.explicit = True
        self.updated_at = self.account.clock.now()
        self._count_idleness()

    def add(self, call: Call, keep_after_hangup: bool = False) -> Place:
        """Put a call at the end of the line, without a word; one of the same id that was kept makes room for it."""
        if call.id in self._places:
            self.remove(self._places[call.id])
        self._last_number += 1
        place = Place(self, call, self._last_number, call.account.clock.elapsed(), keep_after_hangup)
        self.line.append(place)
        self._places[call.id] = call.place = place
        self._since_total += place.since
        self._count_idleness()
        return place

    def remove(self, place: Place) -> None:
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
        del self.account.queues[self.name]
        self.account.note("state", "/queues", change="deleted", key=self.name)

    def _count_idleness(self) -> None:
        """Begin to count the time without calls, or stop counting."""
        if self._unused is not None:
            self._unused.cancel()
            self._unused = None
        if not self.line and not self.explicit:
            self._unused = self.account.clock.call_later(UNUSED_SECS, self.delete, background=True)


def whole(seconds: float) -> int:
    """Full seconds, as webhooks and resources have them."""
    return int(seconds + ROUNDING)


def enqueue(queue: Queue, call: Call, keep_after_hangup: bool = False, patience: float | None = None) -> None:
    """Let a call wait at the end of the line, for at most `patience` seconds."""
    if call.participant is not None:
        call.participant.leave()
    place = queue.add(call, keep_after_hangup)
    if patience is not None:
        place.patience = call.account.clock.call_later(patience, lambda: leave(call, "timeout"), background=True)
    call.emit(
        CallEnqueued(
            queue=queue.name,
            current_position=place.position,
            queue_avg_wait_time_secs=queue.average_wait_secs(),
        )
    )


def leave(call: Call, reason: LeaveReason) -> None:
    """Take a call out of the queue that it is in, if it is in one, and tell why."""
    place = call.place
    if place is None:
        return
    position, waited = place.position, whole(place.waited())
    place.queue.remove(place)
    call.emit(
        CallDequeued(
            queue=place.queue.name,
            queue_position=position,
            reason=reason,
            wait_time_secs=waited,
        ),
        client_state=call.client_state,
    )


def hung_up(call: Call) -> None:
    """A call that ends leaves its queue, unless it was to be kept for a call back."""
    if call.place is not None and not call.place.keep_after_hangup:
        leave(call, "hangup")

"""The order of webhooks: what one session has to send, and what keeps it back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from telnyx_emulator.core.routing import Session
from telnyx_emulator.core.time.clock import Timer

from .delivery import Delivery

IN_ORDER_SECS = 0.2
"""Real seconds after which the next webhook of a session starts though the one before was not answered."""

IDLE_SECS = 1.0
"""Virtual seconds without any webhook of its session after which one that lets others pass goes nevertheless."""


class Queue:
    """What one session, or several that were bridged, have to send, in the order of the events."""

    __slots__ = ("ahead", "gates", "idle_since", "passed_by", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Delivery] = deque()
        self.ahead: set[Delivery] = set()
        """Started, and the next one still waits for them."""
        self.gates: set[Gate] = set()
        self.passed_by: dict[Delivery, int] = {}
        """Those that let others pass, and how many still."""
        self.idle_since: Timer | None = None
        """Runs while there is nobody to let pass."""

    def take_over(self, other: Queue) -> None:
        both = sorted([*self.waiting, *other.waiting], key=lambda delivery: delivery.event.seq)
        self.waiting = deque(both)
        self.ahead |= other.ahead
        self.gates |= other.gates
        self.passed_by |= other.passed_by
        other.busy()

    @property
    def idle(self) -> bool:
        return not (self.waiting or self.ahead or self.gates)

    def busy(self) -> None:
        """There is something to send."""
        if self.idle_since is not None:
            self.idle_since.cancel()
            self.idle_since = None

    def gone(self, delivery: Delivery) -> list[Delivery]:
        """One was sent; those that have now let enough pass are next."""
        self.ahead.discard(delivery)
        due = [late for late, left in self.passed_by.items() if left <= 1]
        self.passed_by = {late: left - 1 for late, left in self.passed_by.items() if left > 1}
        self.waiting.extendleft(reversed(due))
        return due

    def resume(self) -> list[Delivery]:
        """Nothing follows: whoever let others pass goes now."""
        self.idle_since = None
        due = sorted(self.passed_by, key=lambda delivery: delivery.event.seq)
        self.passed_by = {}
        self.waiting.extendleft(reversed(due))
        return due


class Gate:
    """Keeps back what a request caused until its response is on the wire."""

    def __init__(self, set_gate: Callable[[Gate | None], None], opened: Callable[[Session, Gate], None]) -> None:
        self._set_gate, self._opened = set_gate, opened
        self.sessions: dict[Session, None] = {}

    def __enter__(self) -> Gate:
        self._set_gate(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc: object) -> None:
        self._set_gate(None)
        if kind is not None:
            self.open()

    def open(self) -> None:
        for session in self.sessions:
            self._opened(session, self)
        self.sessions.clear()

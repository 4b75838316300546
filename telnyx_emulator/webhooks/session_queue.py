"""The order of webhooks: what one session has to send, and what keeps it back."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from telnyx_emulator.core.time.clock import Clock, Timer

IN_ORDER_SECS = 0.2
"""Real seconds after which the next webhook of a session starts though the one before was not answered."""

IDLE_SECS = 1.0
"""Virtual seconds without any webhook of its session after which one that lets others pass goes nevertheless."""


@dataclass(slots=True, eq=False)
class Slot:
    """A delivery in the order of its session. `start` is called when it is its turn."""

    seq: int = 0
    start: Callable[[], None] = lambda: None
    queue: SessionQueue | None = None
    """Where the next one waits for it, while it is ahead."""
    patience: asyncio.TimerHandle | None = None
    lets_pass: int = 0
    """How many later ones go first, when it is put off."""

    def leave(self, sent: bool) -> None:
        """The next one need not wait for it any more. `sent`: it counts for those that let others pass."""
        if self.patience is not None:
            self.patience.cancel()
        queue, self.queue = self.queue, None
        if queue is not None:
            queue.ahead.discard(self)
            if sent:
                queue.one_passed()
            queue.go_on()


@dataclass(slots=True, eq=False)
class SessionQueue:
    """What one session, or several that were bridged, have to send, in the order of the events."""

    clock: Clock
    on_idle: Callable[[], object]
    waiting: deque[Slot] = field(default_factory=deque)
    ahead: set[Slot] = field(default_factory=set)
    """Started, and the next one still waits for them; and closed gates."""
    put_off: dict[Slot, None] = field(default_factory=dict)
    """Those that let others pass."""
    _idle_since: Timer | None = None
    """Runs while there is nothing to let pass."""
    _going_on: bool = False

    def join(self, slot: Slot) -> None:
        """Wait behind all that are there."""
        self.waiting.append(slot)
        self.go_on()

    def let_pass(self, slot: Slot, count: int) -> None:
        """Its turn comes when so many others were sent, or when nothing follows."""
        slot.lets_pass = count
        self.put_off[slot] = None
        self.go_on()

    def put_ahead(self, slot: Slot) -> None:
        """The next one waits until it leaves."""
        slot.queue = self
        self.ahead.add(slot)

    def take_over(self, other: SessionQueue) -> None:
        """Both are one from now on, in the order of the events."""
        self.waiting = deque(sorted([*self.waiting, *other.waiting], key=lambda slot: slot.seq))
        for slot in other.ahead:
            self.put_ahead(slot)
        self.put_off |= other.put_off
        other._stop_idling()
        self.go_on()

    def go_on(self) -> None:
        """Start what can start. What leaves at once, as a dropped one does, comes back here: it goes on below."""
        if self._going_on:
            return
        self._going_on = True
        try:
            while self.waiting and not self.ahead:
                self.put_ahead(slot := self.waiting.popleft())
                slot.patience = asyncio.get_running_loop().call_later(IN_ORDER_SECS, slot.leave, True)
                slot.start()
        finally:
            self._going_on = False
        if self.waiting or self.ahead:
            if self._idle_since is not None:
                self._stop_idling()
        elif not self.put_off:
            self.on_idle()
        elif self._idle_since is None:
            self._idle_since = self.clock.call_later(IDLE_SECS, self._nothing_follows)

    def one_passed(self) -> None:
        """Those that have now let enough pass are next."""
        for slot in self.put_off:
            slot.lets_pass -= 1
        self._resume([slot for slot in self.put_off if slot.lets_pass <= 0])

    def _nothing_follows(self) -> None:
        self._idle_since = None
        self._resume(sorted(self.put_off, key=lambda slot: slot.seq))
        self.go_on()

    def _resume(self, due: list[Slot]) -> None:
        for slot in due:
            del self.put_off[slot]
        self.waiting.extendleft(reversed(due))

    def _stop_idling(self) -> None:
        if self._idle_since is not None:
            self._idle_since.cancel()
            self._idle_since = None


@dataclass(slots=True, eq=False)
class Gate:
    """Keeps back what a request caused until its response is on the wire."""

    slots: list[Slot] = field(default_factory=list)

    def keep_back(self, queue: SessionQueue) -> None:
        queue.put_ahead(slot := Slot())
        self.slots.append(slot)

    def open(self) -> None:
        slots, self.slots = self.slots, []
        for slot in slots:
            slot.leave(sent=False)

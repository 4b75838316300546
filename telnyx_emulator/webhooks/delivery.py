"""An event on its way, and each try to get it there."""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.ports import Published
from telnyx_emulator.core.routing import Method
from telnyx_emulator.core.time.clock import Hold

from .session_queue import Slot

DeliveryStatus = Literal["pending", "delivered", "failed", "dropped", "no_url"]


class Target(NamedTuple):
    """One URL that an event is sent to until it is taken."""

    url: str
    method: Method


@dataclass(slots=True)
class Attempt:
    """One try at one URL, as `GET /v2/webhook_deliveries` shows it."""

    number: int
    url: str
    started: datetime
    request_headers: dict[str, str]
    finished: datetime = field(init=False)
    ended: float = field(init=False)
    """The same instant, in virtual seconds since the epoch of the world's clock."""
    latency_ms: float = 0.0
    status: int | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    error: str | None = None
    fault: str | None = None
    """The name of the rule by which it went as it did."""
    copy: int = 0
    """Which copy of what was taken before; 0: it is none."""
    delivered: bool = False
    """It was taken: the answer was a 2xx."""

    @property
    def started_at(self) -> str:
        return wire_time(self.started)

    @property
    def finished_at(self) -> str:
        return wire_time(self.finished)


Awaited = float | Coroutine[Any, Any, Attempt] | None
"""What a delivery waits for: virtual seconds, an attempt under way (which it gets), or None: its turn."""

DeliveryStory = Generator[Awaited, Any, None]


@dataclass(slots=True, eq=False)
class Delivery:
    """An event and what became of it."""

    event: Published
    targets: list[Target]
    delays: Sequence[float]
    """Virtual seconds between the attempts at each target."""
    timeout: float
    """Real seconds for each attempt."""
    finished: datetime | None = None
    status: DeliveryStatus = "pending"
    attempts: list[Attempt] = field(default_factory=list)
    dropped_by: str | None = None
    story: DeliveryStory = field(init=False)
    """What is still to be done."""
    slot: Slot = field(init=False)
    """In the order of its session."""
    hold: Hold | None = None
    """Keeps the clock from jumping while it is ready to go or under way."""

    @property
    def id(self) -> str:
        return self.event.delivery_id

    @property
    def started_at(self) -> str:
        return self.event.occurred_at

    @property
    def finished_at(self) -> str | None:
        return None if self.finished is None else wire_time(self.finished)

"""An event on its way, and each try to get it there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, cast

from telnyx_emulator.core.ports import Published
from telnyx_emulator.core.routing import Method
from telnyx_emulator.core.time.clock import Hold
from telnyx_emulator.faults import DeliveryFault, Rule

Status = Literal["pending", "delivered", "failed", "dropped", "no_url"]


class Target(NamedTuple):
    """One URL that an event is sent to until it is taken."""

    url: str
    method: Method


@dataclass(slots=True)
class Attempt:
    """One try at one URL, as `GET /v2/webhook_deliveries` shows it."""

    number: int
    url: str
    started_at: str
    request_headers: dict[str, str]
    finished_at: str = ""
    latency_ms: float = 0.0
    status: int | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    error: str | None = None
    fault: str | None = None
    """The name of the rule by which it went as it did."""
    copy: int = 0
    """Which copy of what was taken before; 0: it is none."""

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def final(self) -> bool:
        """No further attempt would change it: taken, or refused for good."""
        return self.delivered or (self.status is not None and 400 <= self.status < 500 and not self.retried)

    @property
    def retried(self) -> bool:
        return self.status in (408, 429)


@dataclass(slots=True, eq=False)
class Delivery:
    """An event and what became of it."""

    id: str
    event: Published
    targets: list[Target]
    delays: list[tuple[float, ...]]
    """Virtual seconds between the attempts at each target."""
    timeout: float
    started_at: str
    finished_at: str | None = None
    status: Status = "pending"
    attempts: list[Attempt] = field(default_factory=list)
    hold: Hold | None = None
    target: int = 0
    tries: int = 0
    rule: Rule | None = None
    """By which the next attempt goes wrong, if that is decided already."""
    copies: Rule | None = None
    """By which it is sent again when it has been taken."""
    dropped_by: str | None = None

    def plan_next(self) -> float | None:
        """After a failed attempt: seconds until the next one, or None when all targets are exhausted."""
        delays = self.delays[self.target]
        if self.tries <= len(delays):
            return delays[self.tries - 1]
        if self.target + 1 < len(self.targets):
            self.target, self.tries = self.target + 1, 0
            return 0.0
        return None


def effect_of(rule: Rule) -> DeliveryFault:
    """What a rule of this plane does."""
    return cast(DeliveryFault, rule.effect)

"""What shall go wrong in a world, on purpose: rules, how often they fire, and what they do.

Four planes. `api`: a request is refused, late, or its connection breaks. `outcome`: a command is accepted and
comes to something else than usual. `delivery`: an event happened, but its webhook goes wrong. `media`: what
flows on a call is disturbed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from telnyx_emulator.core.time.durations import Seconds, draw
from telnyx_emulator.observed import ObservedEvent

Plane = Literal["api", "outcome", "delivery", "media"]
PLANES: Final[tuple[Plane, ...]] = ("api", "outcome", "delivery", "media")


class Effect(BaseModel):
    """What a rule does when it fires."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @model_validator(mode="after")
    def _does_something(self) -> Effect:
        given = (getattr(self, name) for name in self.model_fields_set)
        if all(value is None or (isinstance(value, int) and not value) for value in given):
            raise ValueError(f"nothing would happen; give one of {', '.join(type(self).model_fields)}")
        return self


ENVELOPE: Final = frozenset({"code", "title", "detail"})


class ApiFault(Effect):
    """A request of the application goes wrong. Times are real seconds, for clients' time-outs are real.

    It is refused, late, or its connection breaks.
    """

    status: int | None = Field(None, ge=400, le=599)
    """The HTTP status of the answer; unset: the one that belongs to the code."""
    code: str | None = Field(None, pattern=r"^[A-Z]?\d+$")
    """The code in the error envelope; unset: the one that belongs to the status."""
    title: str | None = None
    """The title in the error envelope."""
    detail: str | None = None
    """The detail in the error envelope."""
    latency: Seconds | None = None
    """How long the answer takes, in real seconds."""
    reset: bool = False
    """The connection breaks without an answer."""
    close: bool = False
    """The connection ends without an answer."""
    garbage: bool = False
    """The answer is not JSON."""
    retry_after: Seconds | None = None
    """The `retry-after` headers of the answer, in real seconds; its status is 429 unless another is given."""
    should_retry: bool | None = None
    """The `x-should-retry` header of the answer, which SDKs obey."""
    carried_out: bool = False
    """The request takes effect nevertheless; only its answer goes wrong."""

    @model_validator(mode="after")
    def _consistent(self) -> ApiFault:
        given = self.model_fields_set
        if (self.reset + self.close + self.garbage) > 1:
            raise ValueError("give one of reset, close and garbage")
        if (self.reset or self.close) and (headed := given & {*ENVELOPE, "status", "retry_after", "should_retry"}):
            raise ValueError(f"without an answer there is no {' and no '.join(sorted(headed))}")
        if self.garbage and (inside := given & ENVELOPE):
            raise ValueError(f"what is no JSON has no {' and no '.join(sorted(inside))}")
        if not (self.refuses or self.garbage) and (loose := given & {"title", "detail", "should_retry"}):
            raise ValueError(f"{' and '.join(sorted(loose))}: of which error? Give a status or a code")
        if self.carried_out and not self.spoils and self.latency is None:
            raise ValueError("carried_out says that only the answer goes wrong; say how")
        return self

    @property
    def unanswered(self) -> bool:
        """Whether the connection ends instead of an answer."""
        return self.reset or self.close

    @property
    def refuses(self) -> bool:
        """Whether an error is answered."""
        return self.status is not None or self.code is not None or self.retry_after is not None

    @property
    def spoils(self) -> bool:
        """Whether the answer is another one than it would have been, and not merely late."""
        return self.refuses or self.unanswered or self.garbage


NOT_TOGETHER: Final = {
    "drop": {"delay", "duplicate", "reorder", "as_if", "signature"},
    "as_if": {"duplicate", "signature"},
    "reorder": {"delay"},
}
"""What is not sent has no copies and no signature; and what waits for others does not wait for the clock too."""


class DeliveryFault(Effect):
    """A webhook goes wrong. Times are virtual seconds."""

    delay: Seconds | None = None
    """How much later the webhook leaves; others may overtake it. With `duplicate`: the time before each copy."""
    duplicate: int = Field(0, ge=0, le=100)
    """How many copies follow once the webhook was accepted."""
    reorder: int = Field(0, ge=0, le=100)
    """How many later webhooks of the session are delivered first."""
    drop: bool = False
    """The webhook is never sent."""
    as_if: Literal["refused", "timeout", "http_500", "http_404", "tls_error"] | None = None
    """The attempt ends as if the receiver had done this; nothing is sent."""
    signature: Literal["missing", "wrong_key", "stale"] | None = None
    """What is wrong with the signature."""

    @model_validator(mode="after")
    def _consistent(self) -> DeliveryFault:
        given = {name for name in type(self).model_fields if getattr(self, name)}
        for one, others in NOT_TOGETHER.items():
            if one in given and (clash := given & others):
                raise ValueError(f"{one} and {min(clash)} cannot go together")
        return self


class MediaFault(Effect):
    """What flows on a call is disturbed. Valid, but refused when it is to be used: no media flow yet."""

    dead_air: Seconds | None = None
    """How long nothing is heard."""
    loss: float | None = Field(None, ge=0, le=1)
    """The share of packets that are lost, from 0 to 1."""
    jitter: Seconds | None = None
    """How much the delay of packets varies."""
    close_stream: bool = False
    """The media stream is closed."""


@dataclass(slots=True, eq=False)
class Rule:
    """A fault that is armed. `skip`: so many matches pass first; then it fires up to `times`, each by `chance`."""

    name: str
    plane: Plane
    matches: Callable[[ObservedEvent], bool]
    effect: Any
    source: Any = None
    """What it was made from, to be shown again."""
    times: int | None = None
    skip: int = 0
    chance: float = 1.0
    optional: bool = False
    matched: int = 0
    fired: int = 0

    @property
    def used_up(self) -> bool:
        return self.times is not None and self.fired >= self.times

    @property
    def unused(self) -> bool:
        """It should have fired and never did."""
        return not self.fired and not self.optional


class Faults:
    """The rules of one world. The first one that matches and is not used up decides."""

    def __init__(self, random: Random, on_fired: Callable[[Rule, ObservedEvent], None]) -> None:
        self._random, self._on_fired = random, on_fired
        self.rules: dict[str, Rule] = {}
        """All of them by their ids; empty while nothing can go wrong at all."""
        self._armed: dict[Plane, dict[str, Rule]] = {plane: {} for plane in PLANES}
        self._numbers = count(1)

    def __iter__(self) -> Iterator[tuple[str, Rule]]:
        return iter(tuple(self.rules.items()))

    def __bool__(self) -> bool:
        """Whether there is any rule at all."""
        return bool(self.rules)

    def on(self, plane: Plane) -> Mapping[str, Rule]:
        """All that is armed there, as it is at any time: empty while nothing can go wrong."""
        return self._armed[plane]

    def get(self, id: str) -> Rule | None:
        return self.rules.get(id)

    def add(self, rule: Rule) -> str:
        """Arm a rule; returns what it is removed by."""
        id = f"fault-{next(self._numbers)}"
        self.rules[id] = self._armed[rule.plane][id] = rule
        return id

    def remove(self, id: str) -> Rule | None:
        rule = self.rules.pop(id, None)
        if rule is not None:
            del self._armed[rule.plane][id]
        return rule

    def clear(self) -> None:
        for id in tuple(self.rules):
            self.remove(id)

    def draw(self, seconds: Seconds) -> float:
        """How long it is this time."""
        return draw(seconds, self._random)

    def unused(self) -> list[Rule]:
        return [rule for _, rule in self if rule.unused]

    def api(self, seen: ObservedEvent) -> ApiFault | None:
        """What goes wrong with a command, or a request of another kind, before it is carried out."""
        rule = self._fire("api", seen)
        return None if rule is None else cast(ApiFault, rule.effect)

    def outcome(self, seen: ObservedEvent) -> Any:
        """What a command comes to that was accepted; None: as usual."""
        rule = self._fire("outcome", seen)
        return None if rule is None else rule.effect

    def delivery(self, seen: ObservedEvent) -> Rule | None:
        """The rule by which an attempt to deliver a webhook goes wrong; its effect is a `DeliveryFault`."""
        return self._fire("delivery", seen)

    def _fire(self, plane: Plane, seen: ObservedEvent) -> Rule | None:
        for rule in self._armed[plane].values():
            if rule.used_up or not rule.matches(seen):
                continue
            rule.matched += 1
            if rule.matched > rule.skip and (rule.chance >= 1 or self._random.random() < rule.chance):
                rule.fired += 1
                self._on_fired(rule, seen)
                return rule
        return None

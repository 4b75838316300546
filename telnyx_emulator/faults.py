"""What shall go wrong in a world, on purpose: rules, how often they fire, and what they do.

Four planes. `api`: a request is refused, late, or its connection breaks. `outcome`: a command is accepted and
comes to something else than usual. `delivery`: an event happened, but its webhook goes wrong. `media`: what
flows on a call is disturbed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from telnyx_emulator.core.durations import Seconds
from telnyx_emulator.happening import Happening

Plane = Literal["api", "outcome", "delivery", "media"]
PLANES: Final[tuple[Plane, ...]] = ("api", "outcome", "delivery", "media")


class Effect(BaseModel):
    """What a rule does when it fires."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _does_something(self) -> Effect:
        if not self.model_fields_set:
            raise ValueError(f"nothing would happen; give one of {', '.join(type(self).model_fields)}")
        return self


class ApiFault(Effect):
    """A request of the application goes wrong. Times are real seconds, for clients' time-outs are real.

    `status`, `code`, `title`, `detail`: the vendor's error envelope with that. `latency`: how long it takes first.
    `reset`: the connection breaks; `close`: it ends without an answer; `garbage`: an answer that is no JSON.
    `retry_after`: as headers in seconds and in milliseconds; `should_retry`: the `x-should-retry` header, which
    SDKs obey. `carried_out`: it is done nevertheless, only the answer goes wrong.
    """

    status: int | None = Field(None, ge=400, le=599)
    code: str | None = Field(None, pattern=r"^[A-Z]?\d+$")
    title: str | None = None
    detail: str | None = None
    latency: Seconds | None = None
    reset: bool = False
    close: bool = False
    garbage: bool = False
    retry_after: Seconds | None = None
    should_retry: bool | None = None
    carried_out: bool = False


class DeliveryFault(Effect):
    """A webhook goes wrong. Times are virtual seconds.

    `delay`: it leaves later, and others may overtake it. `duplicate`: it comes so many times more. `reorder`: so
    many later ones of its session come first. `drop`: it never comes. `as_if`: this attempt ends as if the
    receiver had been so, without it being asked. `signature`: what is wrong with it.
    """

    delay: Seconds | None = None
    duplicate: int = Field(0, ge=0, le=100)
    reorder: int = Field(0, ge=0, le=100)
    drop: bool = False
    as_if: Literal["refused", "timeout", "http_500", "http_404", "tls_error"] | None = None
    signature: Literal["missing", "wrong_key", "stale"] | None = None


class MediaFault(Effect):
    """What flows on a call is disturbed. Valid, but refused when it is to be used: no media flow yet."""

    dead_air: Seconds | None = None
    loss: float | None = Field(None, ge=0, le=1)
    jitter: Seconds | None = None
    close_stream: bool = False


@dataclass(slots=True, eq=False)
class Rule:
    """A fault that is armed. `skip`: so many matches pass first; then it fires up to `times`, each by `chance`."""

    name: str
    plane: Plane
    matches: Callable[[Happening], bool]
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

    def __init__(self, random: Random, on_fired: Callable[[Rule, Happening], None]) -> None:
        self._random, self._on_fired = random, on_fired
        self._rules: dict[str, Rule] = {}
        self._numbers = count(1)

    def __iter__(self) -> Iterator[tuple[str, Rule]]:
        return iter(tuple(self._rules.items()))

    def add(self, rule: Rule) -> str:
        """Arm a rule; returns what it is removed by."""
        id = f"fault-{next(self._numbers)}"
        self._rules[id] = rule
        return id

    def remove(self, id: str) -> Rule | None:
        return self._rules.pop(id, None)

    def clear(self) -> None:
        self._rules.clear()

    def unused(self) -> list[Rule]:
        return [rule for _, rule in self if rule.unused]

    def api(self, happening: Happening) -> ApiFault | None:
        """What goes wrong with a command, or a request of another kind, before it is carried out."""
        return cast(ApiFault | None, self._fire("api", happening))

    def outcome(self, happening: Happening) -> Any:
        """What a command comes to that was accepted; None: as usual."""
        return self._fire("outcome", happening)

    def delivery(self, happening: Happening) -> DeliveryFault | None:
        """What goes wrong with an attempt to deliver a webhook."""
        return cast(DeliveryFault | None, self._fire("delivery", happening))

    def _fire(self, plane: Plane, happening: Happening) -> Any:
        for rule in self._rules.values():
            if rule.plane != plane or rule.used_up or not rule.matches(happening):
                continue
            rule.matched += 1
            if rule.matched > rule.skip and (rule.chance >= 1 or self._random.random() < rule.chance):
                rule.fired += 1
                self._on_fired(rule, happening)
                return rule.effect
        return None

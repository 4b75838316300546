"""A fault as people write it: when something happens, do that instead."""

from __future__ import annotations

import json
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator, model_validator

from telnyx_emulator.commands import Command
from telnyx_emulator.commands.base import Outcome
from telnyx_emulator.faults import PLANES, ApiFault, DeliveryFault, MediaFault, Plane, Rule
from telnyx_emulator.observed import Kind, ObservedEvent

from .observation import KINDS, LegLookup, Model, Observation

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")


def _request(text: str) -> str:
    method, _, path = text.partition(" ")
    if path.startswith("/v2/"):
        raise ValueError(f'paths begin behind the version: "{method} {path.removeprefix("/v2")}"')
    if method not in METHODS or not path.startswith("/"):
        raise ValueError(f'{text!r} is no request; write "GET /calls/*", where * stands for one segment')
    return text


class Trigger(Observation):
    """As `Observation`, or `request`: any request, as `METHOD /path`, where `*` stands for one segment.

    Requests leave no line in the journal, so that faults alone can see them.
    """

    exclusive: ClassVar[tuple[Kind, ...]] = (*KINDS, "request")

    request: Annotated[str, AfterValidator(_request)] | None = None
    """Any request to the API, as `METHOD /path`, where `*` stands for one segment."""

    def named(self, seen: ObservedEvent) -> bool:
        if self.request is None:
            return super().named(seen)
        wanted, found = self.name.split("/"), seen.name.split("/")
        return len(wanted) == len(found) and all(
            part in ("*", other) for part, other in zip(wanted, found, strict=True)
        )


TRIGGERS: dict[Plane, tuple[str, ...]] = {
    "api": ("command", "request"),
    "outcome": ("command",),
    "delivery": ("delivered",),
    "media": ("command", "webhook"),
}
"""What a fault of each plane can be triggered by."""


UNKNOWN_YET = {"command": ("status", "attempt", "meta"), "request": ("status", "attempt"), "delivered": ("status",)}
"""What cannot be looked at in a trigger, for it comes later."""


class Action(Model):
    """Exactly one plane: what goes wrong."""

    api: ApiFault | None = None
    """A request goes wrong."""
    outcome: dict[str, Any] | None = None
    """A command is accepted and fails later; which keys there are depends on the command."""
    delivery: DeliveryFault | None = None
    """A webhook goes wrong."""
    media: MediaFault | None = None
    """The audio of a call is disturbed; refused until media flows."""

    @model_validator(mode="after")
    def _one_plane(self) -> Self:
        given = [plane for plane in PLANES if getattr(self, plane) is not None]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "found none"
            raise ValueError(f"give exactly one of {', '.join(PLANES)}; {found}")
        return self

    @property
    def plane(self) -> Plane:
        return next(plane for plane in PLANES if getattr(self, plane) is not None)


class ScenarioFault(Model):
    """A rule that makes something go wrong. A fault that never fires fails the run, unless it is `optional`."""

    name: str | None = None
    """A name for reports; unset: made of what it does."""
    when: Trigger
    """What sets the fault off."""
    do: Action
    """What goes wrong."""
    times: int | None = Field(None, ge=1)
    """How often the fault fires at most; unset: always."""
    skip: int = Field(0, ge=0)
    """How many matches pass before the fault fires."""
    chance: float = Field(1.0, gt=0, le=1)
    """How likely the fault fires on a match, from 0 to 1."""
    optional: bool = False
    """The run does not fail if the fault never fires."""

    @field_validator("do")
    @classmethod
    def _possible(cls, do: Action, info: ValidationInfo) -> Action:
        """An outcome must be one that this command can have, and a trigger one that this plane can see."""
        when = info.data.get("when")
        if when is not None:
            if when.kind not in TRIGGERS[do.plane]:
                wanted = " or ".join(TRIGGERS[do.plane])
                raise ValueError(f"{do.plane} faults are triggered by {wanted}, not by {when.kind}")
            if unknown := [name for name in UNKNOWN_YET.get(when.kind, ()) if name in when.model_fields_set]:
                raise ValueError(f"a fault acts before anything is known of {unknown[0]}; leave it out of when")
            if do.outcome is not None:
                outcome_of(when.name, do.outcome, as_written=info.mode == "json")
        return do

    @property
    def label(self) -> str:
        """What reports call it."""
        return self.name or f"{self.do.plane} fault of {self.when}"

    def rule(self, legs: LegLookup) -> Rule:
        """Ready to be armed in a world whose legs have these names."""
        plane = self.do.plane
        effect = outcome_of(self.when.name, self.do.outcome) if self.do.outcome is not None else None
        return Rule(
            self.label,
            plane,
            lambda seen: self.when.matches(seen, legs),
            effect or getattr(self.do, plane),
            self,
            self.times,
            self.skip,
            self.chance,
            self.optional,
        )


class WrongOutcome(ValueError):
    """An outcome that a command cannot have; `error` tells why, in terms of `model`."""

    def __init__(self, command: str, model: type[Outcome], error: ValidationError) -> None:
        wording = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        super().__init__(f"no outcome of {command}: {wording}")
        self.model, self.error = model, error


def outcome_of(command: str, wanted: dict[str, Any], as_written: bool = False) -> Outcome:
    """The outcome of a command, checked by the command's own model; `as_written` takes no text for a number."""
    kind = Command.names[command].outcomes
    if kind is None:
        able = ", ".join(sorted(name for name, one in Command.names.items() if one.outcomes))
        raise ValueError(f"{command} cannot fail after it was accepted; an api fault can refuse it. Outcomes: {able}")
    try:
        return kind.model_validate_json(json.dumps(wanted), strict=True) if as_written else kind.model_validate(wanted)
    except ValidationError as error:
        raise WrongOutcome(command, kind, error) from None

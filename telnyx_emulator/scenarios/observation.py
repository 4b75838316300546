"""What is looked for in all that happens: a webhook, a command, a delivery, an act of a far end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, WithJsonSchema, model_validator

from telnyx_emulator.commands import Command
from telnyx_emulator.core.events import Event
from telnyx_emulator.matching import Difference, Pattern, check, differences
from telnyx_emulator.observed import Kind, ObservedEvent

from .names import known
from .printing import as_yaml
from .subjects import check_fields

LegLookup = Callable[[str], Iterable[str]]
"""From the name of a leg to the call_control_ids that it stands for just now."""

KINDS: Final[tuple[Kind, ...]] = ("webhook", "command", "delivered", "far_end")


EventName = Annotated[str, AfterValidator(known("webhook", Event.registry)), WithJsonSchema({"title": "webhook"})]
CommandName = Annotated[str, AfterValidator(known("command", Command.names)), WithJsonSchema({"title": "command"})]
Where = Annotated[Pattern, AfterValidator(check), WithJsonSchema({"title": "pattern"})]
"""A pattern in a model. The titles are those of definitions in the JSON Schema."""


class Model(BaseModel):
    """A part of a scenario; what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)

    def as_yaml(self) -> str:
        """The part as it would stand in a file."""
        return as_yaml(self)


class Observation(Model):
    """Exactly one of `webhook`, `command`, `delivered` and `far_end`, and how it must look."""

    exclusive: ClassVar[tuple[Kind, ...]] = KINDS

    webhook: EventName | None = None
    """The type of an event, whether a webhook of it was delivered or not."""
    command: CommandName | None = None
    """A command that the application sent, whether it was refused or not."""
    delivered: EventName | None = None
    """The type of an event; each attempt to deliver its webhook is looked at."""
    far_end: str | None = None
    """An act of a far end, such as `press` or `receives_refer`."""
    leg: str | None = None
    """The name of the leg; unset: any leg."""
    where: Where = {}
    """A pattern for the payload, the body or the details."""
    meta: Where = {}
    """A pattern for what else is known, such as the URL of a delivery."""
    attempt: Where = None
    """A pattern for the number of the attempt to deliver."""
    status: Where = None
    """A pattern for the HTTP status of a delivery or a command."""

    @model_validator(mode="before")
    @classmethod
    def _leaves_a_line(cls, given: Any) -> Any:
        if isinstance(given, dict) and "request" in given and "request" not in cls.model_fields:
            raise ValueError("requests leave no line in the journal, only faults see them; look for the command")
        return given

    @model_validator(mode="after")
    def _one_kind(self) -> Observation:
        given = [kind for kind in self.exclusive if getattr(self, kind) is not None]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "found none"
            raise ValueError(f"give exactly one of {', '.join(self.exclusive)}; {found}")
        check_fields(self.kind, self.name, self.where)
        return self

    @property
    def kind(self) -> Kind:
        return next(kind for kind in self.exclusive if getattr(self, kind) is not None)

    @property
    def name(self) -> str:
        return str(getattr(self, self.kind))

    def __str__(self) -> str:
        on = f" on {self.leg}" if self.leg else ""
        return f"{self.kind} {self.name}{on}"

    def matches(self, seen: ObservedEvent, legs: LegLookup) -> bool:
        return next(self.differences(seen, legs), None) is None

    def differences(self, seen: ObservedEvent, legs: LegLookup) -> Iterator[Difference]:
        """Why this is not what is looked for; the kind and the name come first."""
        kind = self.looked_at
        if seen.kind != kind:
            yield Difference("kind", kind, seen.kind)
        if not self.named(seen):
            yield Difference(kind, self.name, seen.name)
        if self.leg is not None and (seen.leg is None or seen.leg not in legs(self.leg)):
            yield Difference("leg", self.leg, seen.leg)
        yield from differences(self.where, seen.subject)
        yield from differences(self._wanted_meta(), seen.meta, "meta")

    @property
    def looked_at(self) -> Kind:
        """A webhook with something about its delivery is looked for among the deliveries."""
        about_delivery = self.meta or self.attempt is not None or self.status is not None
        return "delivered" if self.kind == "webhook" and about_delivery else self.kind

    def named(self, seen: ObservedEvent) -> bool:
        return seen.name == self.name

    def _wanted_meta(self) -> dict[str, Any]:
        given = {"attempt": self.attempt, "status": self.status}
        return {**self.meta, **{name: value for name, value in given.items() if value is not None}}

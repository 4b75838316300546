"""What happened in a world: one class for each type of entry. An entry never changes once it has been added.

`journal.ring` keeps them, `journal.command` writes those of commands, `journal.schema` tells their wire form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Final, Literal, NoReturn, dataclass_transform, get_args

from telnyx_emulator.core.ports import LegReference

Kind = Literal["command", "event", "delivery", "far_end", "state", "warning", "fault", "injection"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
VERSION: Final = 1
"""Of the wire form; it grows when a field changes its meaning or goes, not when one is added."""

Ids = tuple[str | None, str | None, str | None]
"""What an entry is about: `call_session_id`, `call_leg_id` and `call_control_id`."""

SPREAD: Final = "*"
"""As the wire name of a mapping: its items stand beside the other fields."""


def ids_of(leg: LegReference | None) -> Ids:
    """Of a leg; without one an entry is about the whole world."""
    return (leg.session.id, leg.leg_id, leg.id) if leg is not None else (None, None, None)


@dataclass_transform(frozen_default=True, eq_default=False)
class EntryType(type):
    """Makes slots of the annotated fields: a dataclass would cost half a millisecond for each class at every start."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> EntryType:
        slots = [one for one, hint in namespace.get("__annotations__", {}).items() if not hint.startswith("ClassVar")]
        defaults = {one: namespace.pop(one) for one in slots if one in namespace}
        made = super().__new__(mcs, name, bases, namespace | {"__slots__": slots})
        made.fields = (*getattr(made, "fields", ()), *slots)
        made.defaults = getattr(made, "defaults", {}) | defaults
        return made

    fields: tuple[str, ...]
    defaults: dict[str, Any]


class Entry(metaclass=EntryType):
    """What all entries have. `seq`: their number, counted up; `at`: virtual seconds; then the ids of the leg."""

    kind: ClassVar[Kind]
    type: ClassVar[str]
    wire: ClassVar[Mapping[str, str]] = {}
    """What fields are called on the wire that have another name there."""

    seq: int
    at: float
    name: str
    session: str | None
    leg: str | None
    call_control_id: str | None

    def __init__(self, *values: Any, **named: Any) -> None:
        fields, defaults, put = type(self).fields, type(self).defaults, object.__setattr__
        for name, value in zip(fields, values, strict=False):
            put(self, name, value)
        for name in fields[len(values) :]:
            put(self, name, named.pop(name) if name in named else defaults[name])
        assert not named, f"{self} has no {', '.join(named)}"

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"an entry never changes: {name}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.shown()})"

    @classmethod
    @cache
    def parts(cls) -> tuple[tuple[str, str, bool], ...]:
        """The fields that only this type has: attribute, name on the wire, and whether it is there when it is empty.

        `data` is not among them: events show it in a form of its own, deliveries not at all.
        """
        own = [one for one in cls.fields[len(Entry.fields) :] if one != "data"]
        return tuple((one, cls.wire.get(one, one), cls.defaults.get(one, SPREAD) is not None) for one in own)

    def own(self) -> dict[str, Any]:
        """Its own fields as on the wire."""
        found: dict[str, Any] = {}
        for attribute, wire, required in self.parts():
            value = getattr(self, attribute)
            if wire == SPREAD:
                found.update(value)
            elif required or value:
                found[wire] = value
        return found

    def shown(self) -> dict[str, Any]:
        """The wire form, as `GET journal` has it."""
        line = {name: getattr(self, name) for name in LINE}
        return line | {"at": round(self.at, 6)} | self.own()

    def subject(self) -> dict[str, Any]:
        """What patterns look into: the payload of an event, the body of a command, the details of an act."""
        return {}

    def meta(self) -> dict[str, Any]:
        """What is known about it besides: all of a command but its body, all about an attempt to deliver."""
        return {}

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> Entry:
        """The entry that was `shown` so, perhaps by another process. The payloads of deliveries are not shown."""
        kind = TYPES[line["type"]]
        return kind(*(line[name] for name in Entry.fields), **kind._given(line))

    @classmethod
    def _given(cls, line: Mapping[str, Any]) -> dict[str, Any]:
        rest = {key: value for key, value in line.items() if key not in KNOWN}
        return {name: rest if wire == SPREAD else rest.get(wire) for name, wire, _ in cls.parts()}


LINE: Final = ("seq", "at", "kind", "type", "name", "session", "leg", "call_control_id")
"""What stands in every line, in order; `GET journal` adds a `leg_name`."""
KNOWN: Final = frozenset((*LINE, "leg_name"))


# -- commands --------------------------------------------------------------------------------------------------------


class CommandEntry(Entry):
    """`name`: the command's. `status`: as the client saw it, None without an answer. `body`: None if it was no JSON."""

    kind = "command"

    status: int | None
    body: dict[str, Any] | None

    def subject(self) -> dict[str, Any]:
        return self.body or {}

    def meta(self) -> dict[str, Any]:
        known = self.own()
        del known["body"]
        return known if self.code is None else known | {"code": self.code}

    @property
    def codes(self) -> list[str]:
        """The vendor's codes for all that is wrong with it."""
        return []

    @property
    def code(self) -> str | None:
        """The first of them, D38 and the like before others."""
        return next(iter(self.codes), None)


class CommandReceived(CommandEntry):
    """A command that is being carried out, without a `status` so far. Its answer takes its place, under its number."""

    type = "command_received"


class SettledCommand(CommandEntry):
    """A command with its answer. `at`: when it came; `answered_at`: virtual seconds, too. `error`: how the answer was
    spoilt by a fault, `reset`, `close` or `garbage`; `errors`: what it said instead."""

    answered_at: float
    error: str | None = None
    errors: Sequence[Mapping[str, Any]] | None = None

    @property
    def codes(self) -> list[str]:
        return [error["code"] for error in self.errors or () if error.get("code")]


class CommandAnswered(SettledCommand):
    """A command that was carried out. `answered_at`: virtual seconds. `carried_out`: true if a fault delayed or spoilt
    the answer nevertheless; `error`, `errors`: what the client got then."""

    type = "command_answered"

    carried_out: bool | None = None


class CommandRefused(SettledCommand):
    """A command that was refused, by the platform or by a fault. `data`, `telnyx_error`: as in the answer, of a dial
    that is not let out."""

    type, wire = "command_refused", {"refused_leg": "data"}

    refused_leg: Mapping[str, Any] | None = None
    telnyx_error: Mapping[str, Any] | None = None

    @property
    def code(self) -> str | None:
        return (self.telnyx_error or {}).get("error_code") or next(iter(self.codes), None)


# -- webhooks --------------------------------------------------------------------------------------------------------


class EventPublished(Entry):
    """An event came into being, whether its webhook is delivered or not. `event`: all of its JSON."""

    kind, type = "event", "event_published"

    data: bytes
    """The JSON, shared with the webhook."""

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.data)
        return found

    def own(self) -> dict[str, Any]:
        return {"event": self.event}

    def subject(self) -> dict[str, Any]:
        return dict(self.event["payload"])

    @classmethod
    def _given(cls, line: Mapping[str, Any]) -> dict[str, Any]:
        return {"data": json.dumps(line["event"]).encode()}


class DeliveryEntry(Entry):
    """`name`, `event_id`: of the event."""

    kind = "delivery"

    event_id: str

    @property
    def data(self) -> bytes:
        """The JSON of the event; empty in an entry that was read."""
        return b""

    def subject(self) -> dict[str, Any]:
        return dict(json.loads(self.data)["payload"]) if self.data else self.own()

    def meta(self) -> dict[str, Any]:
        return self.own()


class DeliveryAttempted(DeliveryEntry):
    """A webhook was sent. `attempt`: counted from 1; `status`, or `error` without an answer; `latency_ms`: real
    milliseconds. `fault`: the rule it went wrong by; `copy`: of what was taken already, counted from 1."""

    type = "delivery_attempted"

    attempt: int
    url: str
    status: int | None
    error: str | None
    latency_ms: float
    fault: str | None = None
    copy: int | None = None
    data: bytes = b""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class DeliveryFinished(DeliveryEntry):
    """A webhook that never arrives. `result`: `failed` after so many `attempts`, `no_url`, or `dropped` by `fault`."""

    type = "delivery_finished"

    result: Literal["failed", "no_url", "dropped"]
    attempts: int
    fault: str | None = None
    data: bytes = b""


# -- all the rest ----------------------------------------------------------------------------------------------------


class FarEndAct(Entry):
    """What the far end of a leg did, or had done to it; its details stand beside the other fields."""

    kind, type, wire = "far_end", "far_end_act", {"detail": SPREAD}

    detail: Mapping[str, Any]

    def subject(self) -> dict[str, Any]:
        return dict(self.detail)


class StateChange(Entry):
    """Something is not as it was before, such as a leg that was `parked`; its details stand beside the other fields."""

    kind, type, wire = "state", "state_change", {"detail": SPREAD}

    detail: Mapping[str, Any]


class ApplicationAsked(Entry):
    """A scenario asked the application for something. `status`, or `error` without an answer."""

    kind, type = "state", "application_asked"

    method: str
    path: str
    status: int | None
    error: str | None


class StepSkipped(Entry):
    """What a scenario wants done and is not. `of`: where it stands; `wrong`: the scenario itself is."""

    kind, type = "state", "step_skipped"

    scenario: str
    of: str
    act: str
    why: str
    wrong: bool


class WarningGiven(Entry):
    """Accepted, and yet probably a mistake. `name`: what it is about; `code`, `title`, `source`: of an error that was
    passed over."""

    kind, type, wire = "warning", "warning_given", {"text": "detail"}

    text: str
    code: str | None = None
    title: str | None = None
    source: Mapping[str, Any] | None = None


class EmulatorFault(Entry):
    """The emulator itself failed. `name`: the kind of error."""

    kind, type, wire = "fault", "emulator_fault", {"text": "detail"}

    text: str


class Injection(Entry):
    """A fault fired: `name` is the rule's. `on`: the command, webhook or request; `effect`: what it does."""

    kind, type = "injection", "injection"

    plane: str
    on: str
    effect: Mapping[str, Any]


TYPES: Final[dict[str, type[Entry]]] = {
    one.type: one
    for one in (
        CommandReceived, CommandAnswered, CommandRefused, EventPublished, DeliveryAttempted, DeliveryFinished,
        FarEndAct, StateChange, ApplicationAsked, StepSkipped, WarningGiven, EmulatorFault, Injection,
    )
}  # fmt: skip
"""All types, by their names on the wire."""

"""What happened in a world: one class for each type of entry. An entry never changes once it has been added.

`journal.ring` keeps them, `journal.schema` tells their wire form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from .ring import (
    KINDS,
    LINE,
    SPREAD,
    TYPES,
    VERSION,
    CommandAnswered,
    CommandEntry,
    CommandReceived,
    CommandRefused,
    CommandUnderWay,
    Entry,
    Ids,
    Journal,
    SettledCommand,
    ids_of,
)

__all__ = [
    "KINDS",
    "LINE",
    "SPREAD",
    "TYPES",
    "VERSION",
    "ApplicationAsked",
    "CommandAnswered",
    "CommandEntry",
    "CommandReceived",
    "CommandRefused",
    "CommandUnderWay",
    "DeliveryAttempted",
    "DeliveryEntry",
    "DeliveryFinished",
    "EmulatorFault",
    "Entry",
    "EventPublished",
    "FarEndAct",
    "Ids",
    "Injection",
    "Journal",
    "SettledCommand",
    "StateChange",
    "StepSkipped",
    "WarningGiven",
    "ids_of",
]

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

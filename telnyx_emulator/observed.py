"""One thing that was observed, in the form in which patterns look at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from telnyx_emulator.journal import Entry

Kind = Literal["command", "webhook", "delivered", "far_end", "request"]

KINDS: Final[dict[str, Kind]] = {
    "command": "command",
    "event": "webhook",
    "delivery": "delivered",
    "far_end": "far_end",
}
"""Kinds of journal entries, and what expectations call them."""


@dataclass(frozen=True, slots=True)
class ObservedEvent:
    """`subject`: a command's body, a webhook's payload, the details of a far end's act.

    `meta`: what is known about it besides, such as `status` and `code` of a command, `attempt` of a delivery,
    `method` and `path` of a request. `leg`: the call_control_id that it belongs to.
    """

    kind: Kind
    name: str
    leg: str | None = None
    subject: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)


def observed(entry: Entry) -> ObservedEvent | None:
    """What an entry of the journal tells, if it is something that can be expected."""
    kind = KINDS.get(entry.kind)
    if kind is None:
        return None
    return ObservedEvent(kind, entry.name, entry.call_control_id, entry.subject(), entry.meta())

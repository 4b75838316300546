"""Lines of a journal, written down by hand: for what only reads them."""

from __future__ import annotations

from typing import Any

from telnyx_emulator.journal import Entry
from telnyx_emulator.journal.ring import KNOWN, Journal

TYPES = {
    "command": "command_answered", "event": "event_published", "delivery": "delivery_attempted",
    "far_end": "far_end_act", "state": "state_change", "warning": "warning_given", "fault": "emulator_fault",
    "injection": "injection", "app_request": "application_asked", "skipped": "step_skipped",
}  # fmt: skip
"""The usual type of entries of a kind, or with such a name."""


def entry(seq: int, at: float, kind: str, name: str, ids: tuple[str | None, ...], **own: Any) -> Entry:
    """An entry as if it had been read from the wire; what it needs and is not given has a usual value."""
    kind_of = TYPES.get(name, TYPES[kind])
    usual: dict[str, Any] = {"command": {"answered_at": at}, "injection": {"effect": {}}}.get(kind, {})
    if "result" in own:
        kind_of, usual = "delivery_finished", {"attempts": 0}
    elif kind == "delivery":
        usual = {"attempt": 1, "url": "", "status": 200, "error": None, "latency_ms": 0.0}
    elif own.get("status") not in (None, 200) and kind == "command":
        kind_of = "command_refused"
    if kind == "event":
        own = {"event": {"event_type": name, "id": f"event {seq}", "payload": own} | own.pop("event", {})}
    session, leg, call_control_id = ids
    line = {"seq": seq, "at": at, "kind": kind, "type": kind_of, "name": name, "session": session, "leg": leg}
    assert not KNOWN & own.keys()
    return Entry.read(line | {"call_control_id": call_control_id} | usual | own)


CALLER, CALLEE = "v3:caller", "v3:callee"


class Story:
    """A journal that is told, entry by entry; `at` stays where it was put."""

    def __init__(self) -> None:
        self.journal = Journal(10_000)
        self.at = 0.0
        self._events = 0

    @property
    def entries(self) -> list[Entry]:
        return self.journal.after(0)

    def add(self, kind: str, name: str, leg: str | None = CALLER, **detail: Any) -> Entry:
        ids = ("session", f"leg of {leg}", leg) if leg else (None, None, None)
        return self.journal.add(entry(self.journal.next, self.at, kind, name, ids, **detail))

    def far_end(self, name: str, leg: str = CALLER, **detail: Any) -> Entry:
        return self.add("far_end", name, leg, **detail)

    def command(
        self, name: str, leg: str | None = CALLER, status: int | None = 200, code: str | None = None, **body: Any
    ) -> Entry:
        errors = {"errors": [{"code": code}]} if code else {}
        return self.add("command", name, leg, status=status, body=body, **errors)

    def event(self, name: str, leg: str = CALLER, **payload: Any) -> str:
        """Returns the id of the event; nothing is known of its delivery."""
        self._events += 1
        id = f"event-{self._events}"
        self.add("event", name, leg, event={"id": id, "payload": {"call_control_id": leg} | payload})
        return id

    def attempt(self, id: str, name: str, leg: str = CALLER, **detail: Any) -> Entry:
        return self.add("delivery", name, leg, event_id=id, **detail)

    def delivered(self, name: str, leg: str = CALLER, latency_ms: float = 0.0, **payload: Any) -> str:
        id = self.event(name, leg, **payload)
        self.attempt(id, name, leg, latency_ms=latency_ms)
        return id

    def inbound(self, leg: str = CALLER) -> None:
        """Somebody calls, and is answered."""
        self.delivered("call.initiated", leg, direction="incoming")
        self.far_end("call", leg)
        self.command("answer", leg)
        self.delivered("call.answered", leg)

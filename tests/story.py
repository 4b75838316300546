"""Lines of a journal, written down by hand: for what only reads them."""

from __future__ import annotations

import json
from typing import Any

from telnyx_emulator.journal import Entry, Journal

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

    def add(self, kind: str, name: str, leg: str | None = CALLER, data: bytes | None = None, **detail: Any) -> Entry:
        session = "session" if leg else None
        leg_id = f"leg of {leg}" if leg else None
        return self.journal.add(kind, name, self.at, detail, session, leg_id, leg, data)

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
        data = {"event_type": name, "id": id, "payload": {"call_control_id": leg} | payload}
        self.add("event", name, leg, json.dumps(data).encode())
        return id

    def attempt(self, id: str, name: str, leg: str = CALLER, **detail: Any) -> Entry:
        given = {"attempt": 1, "status": 200, "error": None, "latency_ms": 0.0} | detail
        return self.add("delivery", name, leg, event_id=id, **given)

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

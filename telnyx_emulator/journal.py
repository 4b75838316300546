"""What happened, in order: commands, events, deliveries, far-end acts, warnings and faults."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

KINDS = ("command", "event", "delivery", "far_end", "state", "warning", "fault")


class Entry:
    """One line. `at`: virtual seconds. An event's detail is its JSON, shared with the webhook that carries it."""

    __slots__ = ("at", "call_control_id", "detail", "kind", "leg", "name", "seq", "session")

    def __init__(
        self,
        seq: int,
        at: float,
        kind: str,
        name: str,
        session: str | None,
        leg: str | None,
        call_control_id: str | None,
        detail: dict[str, Any] | bytes,
    ) -> None:
        self.seq, self.at, self.kind, self.name = seq, at, kind, name
        self.session, self.leg, self.call_control_id = session, leg, call_control_id
        self.detail = detail

    def shown(self) -> dict[str, Any]:
        line = {
            "seq": self.seq,
            "at": round(self.at, 6),
            "kind": self.kind,
            "name": self.name,
            "session": self.session,
            "leg": self.leg,
            "call_control_id": self.call_control_id,
        }
        if isinstance(self.detail, bytes):
            return line | {"event": json.loads(self.detail)}
        return line | self.detail


class Journal:
    """A ring of the last `size` entries; their numbers go on counting."""

    def __init__(self, size: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._next = 1
        self.closed = False
        """Nothing will be added any more: its world is gone, and nobody should wait."""
        self.watchers: set[Callable[[], None]] = set()
        """Called after each entry, by those who wait for one."""

    @property
    def last(self) -> int:
        return self._next - 1

    def add(
        self,
        kind: str,
        name: str,
        at: float,
        detail: dict[str, Any] | bytes,
        session: str | None = None,
        leg: str | None = None,
        call_control_id: str | None = None,
    ) -> Entry:
        entry = Entry(self._next, at, kind, name, session, leg, call_control_id, detail)
        self._next += 1
        self._entries.append(entry)
        if self.watchers:
            for watcher in tuple(self.watchers):
                watcher()
        return entry

    def after(self, seq: int, kinds: Iterable[str] = (), limit: int | None = None) -> list[Entry]:
        """The entries that follow number `seq`, of these kinds, or of all."""
        wanted = frozenset(kinds)
        found = (entry for entry in self._since(seq) if not wanted or entry.kind in wanted)
        return list(islice(found, limit))

    def _since(self, seq: int) -> Iterator[Entry]:
        oldest = self._next - len(self._entries)
        return islice(self._entries, max(0, seq + 1 - oldest), None)

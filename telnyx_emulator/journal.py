"""What happened, in order: commands, events, deliveries, far-end acts, warnings and faults."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, takewhile
from secrets import token_hex
from typing import Any, Self

KINDS = ("command", "event", "delivery", "far_end", "state", "warning", "fault", "injection")


class Entry:
    """One line. `at`: virtual seconds. `data`: the JSON of the event that it is about, shared with its webhook."""

    __slots__ = ("at", "call_control_id", "complete", "data", "detail", "kind", "leg", "name", "seq", "session")

    def __init__(
        self,
        seq: int,
        at: float,
        kind: str,
        name: str,
        session: str | None,
        leg: str | None,
        call_control_id: str | None,
        detail: dict[str, Any],
        data: bytes | None,
    ) -> None:
        self.seq, self.at, self.kind, self.name = seq, at, kind, name
        self.session, self.leg, self.call_control_id = session, leg, call_control_id
        self.detail, self.data = detail, data
        self.complete = True
        """Whether it says all that it is going to say."""

    def subject(self) -> dict[str, Any]:
        """What it is about: the payload of an event, the body of a command, else its details."""
        found: Any
        if self.data is not None:
            found = json.loads(self.data)["payload"]
        else:
            found = self.detail.get("body") if self.kind == "command" else self.detail
        return found if isinstance(found, dict) else {}

    def meta(self) -> dict[str, Any]:
        """What is known about it besides: all of a command but its body, all about an attempt to deliver.

        `code`: the vendor's code for the first thing that is wrong with a command, D38 and the like before others.
        """
        if self.kind == "far_end":
            return {}
        known = {key: value for key, value in self.detail.items() if key != "body"}
        code = _code(self.detail) if self.kind == "command" else None
        return known if code is None else known | {"code": code}

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
        if self.kind == "event" and self.data is not None:
            return line | {"event": json.loads(self.data)}
        return line | self.detail

    @classmethod
    def read(cls, line: dict[str, Any]) -> Self:
        """The entry that was `shown` so, by another process perhaps."""
        known = ("seq", "at", "kind", "name", "session", "leg", "call_control_id")
        event = line.get("event") if line["kind"] == "event" else None
        detail = {name: value for name, value in line.items() if name not in known and name != "event"}
        seq, at, kind, name, session, leg, call_control_id = (line[name] for name in known)
        data = json.dumps(event).encode() if event else None
        return cls(seq, at, kind, name, session, leg, call_control_id, detail, data)


def _code(refusal: dict[str, Any]) -> Any:
    """The code of a refused command."""
    errors = refusal.get("errors") or [{}]
    return (refusal.get("telnyx_error") or {}).get("error_code") or errors[0].get("code")


class Journal:
    """A ring of the last `size` entries; their numbers go on counting."""

    def __init__(self, size: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._next = 1
        self.id = token_hex(8)
        """Tells it from the one that its world has after a reset."""
        self.closed = False
        """Nothing will be added any more: its world is gone, and nobody should wait."""
        self.watchers: dict[Callable[[Entry | None], None], None] = {}
        """Called with each entry once it says all that it is going to say, and with None when the world is gone.

        Whoever watches takes note only; to act, it sets a timer.
        """

    @property
    def last(self) -> int:
        return self._next - 1

    def add(
        self,
        kind: str,
        name: str,
        at: float,
        detail: dict[str, Any],
        session: str | None = None,
        leg: str | None = None,
        call_control_id: str | None = None,
        data: bytes | None = None,
        complete: bool = True,
    ) -> Entry:
        """Write a line. One that is not `complete` is still being filled in, until `completed`."""
        entry = Entry(self._next, at, kind, name, session, leg, call_control_id, detail, data)
        self._next += 1
        self._entries.append(entry)
        entry.complete = complete
        if complete:
            self.completed(entry)
        return entry

    def completed(self, entry: Entry | None) -> None:
        """Tell those who watch."""
        if entry is not None:
            entry.complete = True
        for watcher in tuple(self.watchers):
            watcher(entry)

    def close(self) -> None:
        """Its world is gone."""
        self.closed = True
        self.completed(None)

    def after(self, seq: int, kinds: Iterable[str] = (), limit: int | None = None) -> list[Entry]:
        """The entries that follow number `seq`, of these kinds, or of all."""
        wanted = frozenset(kinds)
        found = (entry for entry in self._since(seq) if not wanted or entry.kind in wanted)
        return list(islice(found, limit))

    def settled(self, seq: int, kinds: Iterable[str] = (), limit: int | None = None) -> list[Entry]:
        """As `after`, but only up to the first one that is still being filled in."""
        wanted = frozenset(kinds)
        found = takewhile(lambda entry: entry.complete, self._since(seq))
        return list(islice((entry for entry in found if not wanted or entry.kind in wanted), limit))

    def _since(self, seq: int) -> Iterator[Entry]:
        oldest = self._next - len(self._entries)
        return islice(self._entries, max(0, seq + 1 - oldest), None)

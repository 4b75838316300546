"""The lines of a journal, as expectations look at them."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable

from telnyx_emulator.journal import CommandReceived, Entry
from telnyx_emulator.observed import KINDS, Kind, ObservedEvent, observed

from .observation import LegLookup, Observation

Reader = Callable[[Entry], ObservedEvent]


class EntryIndex:
    """It may grow line by line, and is asked again and again: each line is read once, and once held against an item."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._by_kind: dict[Kind, list[Entry]] = {}
        self._by_name: dict[tuple[Kind, str], list[Entry]] = {}
        self._observed: dict[int, ObservedEvent] = {}
        self._began: dict[str, float] = {}
        self._sought: dict[int, ItemMatches] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take note of an entry; a command counts once it is answered."""
        kind = KINDS.get(entry.kind)
        if isinstance(entry, CommandReceived):
            return
        if entry.call_control_id is not None:
            began = self._began.get(entry.call_control_id, entry.at)
            self._began[entry.call_control_id] = min(began, entry.at)
        if kind is not None:
            self._by_kind.setdefault(kind, []).append(entry)
            self._by_name.setdefault((kind, entry.name), []).append(entry)

    def of(self, kind: Kind) -> list[Entry]:
        """The lines of a kind, in order."""
        return sorted(self._by_kind.get(kind, ()), key=_seq)

    def began(self, legs: Iterable[str]) -> float | None:
        """Virtual seconds at which the first of these legs was first heard of."""
        return min((self._began[id] for id in legs if id in self._began), default=None)

    def observed(self, entry: Entry) -> ObservedEvent:
        """What a line tells; only for lines of these kinds."""
        known = self._observed.get(entry.seq)
        if known is None:
            known = observed(entry)
            assert known is not None, f"{entry.kind} is nothing that can be expected"
            self._observed[entry.seq] = known
        return known

    def matching(self, item: Observation, legs: LegLookup) -> list[Entry]:
        """The lines that are as looked for, in order."""
        sought = self._sought.get(id(item))
        if sought is None:
            sought = self._sought[id(item)] = ItemMatches(item)
        fitting = sought.among(self._by_name.get(sought.key, []), self.observed)
        if item.leg is None:
            return fitting
        ids = frozenset(legs(item.leg))
        return [entry for entry in fitting if entry.call_control_id in ids]


class ItemMatches:
    """An item, and the lines that fit but for the leg: what a leg is called may change, the rest does not."""

    def __init__(self, item: Observation) -> None:
        self._item = item  # as long as it is known by its id, it must live
        self._anywhere = item.model_copy(update={"leg": None})
        self.key = item.looked_at, item.name
        self._anything = not (item.where or item.meta) and item.attempt is None and item.status is None
        self._looked_at = 0
        self._fitting: list[Entry] = []

    def among(self, lines: list[Entry], read: Reader) -> list[Entry]:
        """Those of the lines that fit, in order of their numbers; `lines` only grow, in any order."""
        for entry in lines[self._looked_at :]:
            if self._anything or self._anywhere.matches(read(entry), lambda name: ()):
                insort(self._fitting, entry, key=_seq)
        self._looked_at = len(lines)
        return self._fitting


def _seq(entry: Entry) -> int:
    return entry.seq

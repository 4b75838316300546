"""What the legs of a world are called: the names by which they are shown are those that may be given for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice

from telnyx_emulator.core.far_end.behaviour import bare
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call

LATEST = "latest"


def numbered(side: str, number: int) -> str:
    """`caller`, `caller-2`, …"""
    return side if number == 1 else f"{side}-{number}"


class Naming:
    """How one scenario names the legs that it sees, or how a world does.

    A name means, in this order: the legs that were given it; those of the party with that key; the leg with that
    number on its side (`caller`, `caller-2`, `callee`, …), or that call_control_id. What is `declared`
    means the legs that are going to be given that name, and nothing else.
    """

    def __init__(self, parties: Mapping[str, str | None] | None = None, declared: Collection[str] = ()) -> None:
        self._parties, self._declared = parties or {}, declared
        self._addresses = {bare(number): key for key, number in self._parties.items() if number}
        self.seen: dict[str, str] = {}
        """The legs, by call_control_id, in order of appearance, with their numbers on their sides."""
        self.party: dict[str, str] = {}
        """By call_control_id: the key of the party at the far end, if there is one."""
        self._given: dict[str, dict[str, None]] = {}
        self.titles: dict[str, str] = {}
        """By call_control_id: the last name that the leg was given, else the party's key; others may have the same."""
        self._counts: Counter[str] = Counter()
        self.closed = False
        """It sees no further legs."""

    def see(self, call: Call, party: str | None = None) -> None:
        """A leg appears. `party`: whose it is, if its address does not tell."""
        if self.closed or call.id in self.seen:
            return
        address = bare(call.remote)
        party = party or self._addresses.get(address) or self._addresses.get(address.partition("@")[0])
        name, side = "", "caller" if call.incoming else "callee"
        reserved = (self._parties.keys() - {party}).union(self._declared, self._given)
        while not name or name in reserved:
            self._counts[side] += 1
            name = numbered(side, self._counts[side])
        self.seen[call.id] = name
        if party is not None:
            self.party[call.id] = self.titles[call.id] = party

    def give(self, id: str | None, name: str, alone: bool = False) -> bool:
        """Call a leg so, and no other one any more if `alone`. False if there is no such leg."""
        if id is None or id not in self.seen:
            return False
        for other in self._given.pop(name, ()) if alone else ():
            del self.titles[other]
        self._given.setdefault(name, {})[id] = None
        self.titles[id] = name
        return True

    def legs(self, name: str) -> tuple[str, ...]:
        """The call_control_ids that a name stands for just now."""
        if name in self._given or name in self._declared:
            return tuple(self._given.get(name, ()))
        if name in self._parties:
            return tuple(id for id, key in self.party.items() if key == name)
        return (name,) if name in self.seen else tuple(id for id, number in self.seen.items() if number == name)

    def given(self, name: str) -> tuple[str, ...]:
        """The legs that were given a name."""
        return tuple(self._given.get(name, ()))

    def is_given(self, id: str) -> bool:
        return any(id in ids for ids in self._given.values())

    def forget(self, id: str) -> None:
        """The leg is so long gone that it needs no name."""
        for texts in (self.seen, self.party, self.titles):
            texts.pop(id, None)
        for ids in self._given.values():
            ids.pop(id, None)


class LegNames:
    """The legs of one world, in order of appearance, and their names. A leg keeps its name when it has ended.

    A name given by a test comes first, then those of scenarios, then the numbers of the world itself. Of more legs
    than `most` the oldest are forgotten. `calls`: all legs of the world, by call_control_id.
    """

    def __init__(self, calls: Mapping[str, Call], most: int) -> None:
        self._calls, self._most = calls, most
        self._own = Naming()
        self.seen = self._own.seen
        """The legs that have appeared, by call_control_id."""
        self._scenarios: dict[str, Naming] = {}
        self._leg_ids: dict[str, str] = {}
        self._awaited: tuple[Naming, str | None, str | None] | None = None
        self._shown: dict[str, str] | None = {}

    def see(self, id: str | None) -> None:
        """A leg is mentioned, perhaps for the first time."""
        call = None if id is None or id in self._own.seen else self._calls.get(id)
        if call is None:
            return
        naming, name, party = None, None, None
        if call.incoming and self._awaited is not None:
            (naming, name, party), self._awaited = self._awaited, None
        self._leg_ids[call.id] = call.leg_id
        for one in self._namings():
            one.see(call, party if one is naming else None)
        if naming is not None and name is not None:
            naming.give(call.id, name, alone=naming is self._own)
        if len(self._own.seen) > self._most:
            oldest = next(iter(self._own.seen))
            del self._leg_ids[oldest]
            for one in self._namings():
                one.forget(oldest)
        self._shown = None

    def begin(self, scenario: str, parties: Mapping[str, str | None], declared: Collection[str]) -> Naming:
        """The names of a scenario that begins now: it sees the legs that are up, and those to come."""
        naming = Naming(parties, declared)
        for call in self._calls.values():
            if call.state is not State.ENDED:
                self.see(call.id)
                naming.see(call)
        self._scenarios.pop(scenario, None)
        self._scenarios[scenario] = naming
        self._shown = None
        return naming

    @contextmanager
    def awaiting(self, name: str | None, party: str | None = None, naming: Naming | None = None) -> Iterator[None]:
        """The first incoming leg that appears inside gets this name, and has this party at its far end."""
        self._awaited = naming or self._own, name, party
        try:
            yield
        finally:
            self._awaited = None

    def give(self, naming: Naming, id: str | None, name: str) -> bool:
        """Call a leg so. False if there is no such leg."""
        self._shown = None
        return naming.give(id, name)

    def legs(self, name: str) -> tuple[str, ...]:
        """The call_control_ids that a name stands for: also `latest`, a call_control_id, or a call_leg_id."""
        if name == LATEST:
            return tuple(islice(reversed(self._own.seen), 1))
        if given := self._own.given(name):  # by a test: it is shown so, whatever a scenario calls its parties
            return given
        under_way = (one for one in self._scenarios.values() if not one.closed)
        found = dict.fromkeys(id for one in under_way for id in one.legs(name))
        for naming in self._namings():
            found = found or dict.fromkeys(naming.legs(name))
        shown = (id for id, one in self.names().items() if one == name)
        return tuple(found) or tuple(shown) or tuple(id for id, leg in self._leg_ids.items() if leg == name)

    def names(self) -> dict[str, str]:
        """What each leg is shown as, by call_control_id: a name that no other leg has."""
        if not self._scenarios and not self._own.titles:
            return self._own.seen
        if self._shown is None:
            ids, namings = self._own.seen, tuple(self._namings())
            meant = {name for one in namings for name in (*one.seen.values(), *one.titles.values())}
            taken: dict[str, str] = {}
            counts: Counter[str] = Counter()
            for id in sorted(ids, key=self._rank):
                numbers = [one.seen[id] for one in namings if id in one.seen]
                name = base = next((one.titles[id] for one in namings if id in one.titles), numbers[0])
                while name in taken or (name != base and name in meant and name not in numbers):
                    counts[base] += 1
                    name = numbered(base, counts[base] + 1)
                taken[name] = id
            shown = {id: name for name, id in taken.items()}
            self._shown = {id: shown[id] for id in ids}
        return self._shown

    def _namings(self) -> Iterator[Naming]:
        """The latest scenario first, the world itself last."""
        yield from reversed(self._scenarios.values())
        yield self._own

    def _rank(self, id: str) -> int:
        """Legs that were given a name keep it, and those of scenarios under way; the others make way."""
        if any(one.is_given(id) for one in self._namings()):
            return 0
        return 1 if any(id in one.seen for one in self._scenarios.values() if not one.closed) else 2

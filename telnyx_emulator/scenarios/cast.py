"""The names of legs, as scenarios, reports and ladders use them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from telnyx_emulator.core.far_end.behaviour import bare
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, World

Side = str
SIDES: tuple[Side, Side] = ("caller", "callee")


@dataclass(slots=True)
class Leg:
    """One leg: `caller` if it came in, else `callee`; the party at its far end; what a scenario calls it."""

    call: Call
    side: Side
    party: str | None
    names: list[str] = field(default_factory=list)


class Cast:
    """The legs that were seen, in order of appearance.

    A name means, in this order: the legs that were given it (`as`), the legs of the party with that key, the
    incoming or outgoing leg of that number (`caller`, `caller-2`, `callee`, …), the leg with that
    call_control_id. A name that the scenario gives away itself (`declared`) never means anything else.
    """

    def __init__(self, world: World, parties: Mapping[str, str | None] | None = None, declared: Collection[str] = ()):
        self._account = world
        self._parties, self._declared = parties or {}, declared
        self._numbers = {bare(number): key for key, number in self._parties.items() if number}
        self._legs: dict[str, Leg] = {}
        self._awaited: tuple[str | None, str | None] | None = None
        for call in world.calls.values():
            if call.state is not State.ENDED:
                self.see(call.id)

    def see(self, id: str | None) -> None:
        """Take note of a leg of which something was told."""
        call = self._account.calls.get(id or "")
        if call is None or call.id in self._legs:
            return
        address = bare(call.remote)
        party = self._numbers.get(address) or self._numbers.get(address.partition("@")[0])
        leg = Leg(call, SIDES[not call.incoming], party)
        self._legs[call.id] = leg
        if call.incoming and self._awaited is not None:
            (name, party), self._awaited = self._awaited, None
            leg.party = party or leg.party
            if name is not None:
                leg.names.append(name)

    @contextmanager
    def awaiting(self, name: str | None, party: str | None) -> Iterator[None]:
        """The first incoming leg that is seen inside is called so, and has this party at its far end."""
        self._awaited = name, party
        try:
            yield
        finally:
            self._awaited = None

    def give(self, id: str | None, name: str) -> bool:
        """Call a leg so. False if there is no such leg."""
        leg = self._legs.get(id or "")
        if leg is not None and name not in leg.names:
            leg.names.append(name)
        return leg is not None

    def party(self, id: str | None) -> str | None:
        """The key of the party at the far end of a leg."""
        leg = self._legs.get(id or "")
        return leg.party if leg is not None else None

    def legs(self, name: str) -> tuple[str, ...]:
        """The call_control_ids that a name stands for just now."""
        given = tuple(id for id, leg in self._legs.items() if name in leg.names)
        if given or name in self._declared:
            return given
        if name in self._parties:
            return tuple(id for id, leg in self._legs.items() if leg.party == name)
        if name in self._legs:
            return (name,)
        numbered = self._numbered()
        return (numbered[name],) if name in numbered else ()

    def calls(self, name: str | None = None) -> list[Call]:
        """The legs that a name stands for, or all."""
        ids = self._legs if name is None else self.legs(name)
        return [self._legs[id].call for id in ids]

    def names(self) -> dict[str, str]:
        """What reports call each leg: a name that no other leg has."""
        named: dict[str, str] = {}
        # What the scenario named keeps its name; the others make way.
        for id, leg in sorted(self._legs.items(), key=lambda item: not item[1].names):
            base = leg.names[-1] if leg.names else leg.party or leg.side
            named[_free(base, named)] = id
        by_id = {id: name for name, id in named.items()}
        return {id: by_id[id] for id in self._legs}

    def _numbered(self) -> dict[str, str]:
        count: Counter[Side] = Counter()
        numbered: dict[str, str] = {}
        for id, leg in self._legs.items():
            count[leg.side] += 1
            numbered[leg.side if count[leg.side] == 1 else f"{leg.side}-{count[leg.side]}"] = id
        return numbered


def _free(name: str, taken: Collection[str]) -> str:
    """The name itself, or with the first number that makes it a new one."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate

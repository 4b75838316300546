"""Who was put where: parties at numbers and SIP addresses, and recording servers behind SIPREC connectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from telnyx_emulator.core.far_end.behaviour import FarEnd, Siprec, bare, far_end_at, siprec_at


@dataclass(frozen=True, slots=True, eq=False)
class Parties:
    """Some who came together, and go together. Each leg, and each session, has a behaviour made for it.

    `far_ends`: by `bare` address. `recorders`: by the name of the connector, None: whatever its name.
    """

    far_ends: Mapping[str, Callable[[], FarEnd]] = field(default_factory=dict)
    recorders: Mapping[str | None, Callable[[], Siprec]] = field(default_factory=dict)

    def at(self, address: str) -> FarEnd | None:
        """Who of them is at an address. A number is the same one as the user of a SIP address."""
        found = self.far_ends.get(address) or self.far_ends.get(address.partition("@")[0])
        return found and found()

    def behind(self, connector: str) -> Siprec | None:
        """How the server of theirs that a connector leads to takes a session."""
        found = self.recorders.get(connector) or self.recorders.get(None)
        return found and found()


class AddressBook:
    """Who is at an address: the parties that came last, those before them, then the built-in far ends."""

    __slots__ = ("_parties",)

    def __init__(self) -> None:
        self._parties: list[Parties] = []

    def put(self, parties: Parties) -> None:
        """They are there from now on; legs that exist already keep their far end."""
        self._parties.insert(0, parties)

    def remove(self, parties: Parties) -> None:
        """They are gone, and the far ends from before are there again; harmless when they had gone."""
        self._parties = [one for one in self._parties if one is not parties]

    def far_end_at(self, address: str) -> FarEnd:
        plain = bare(address) if self._parties else ""
        return next(filter(None, (one.at(plain) for one in self._parties)), None) or far_end_at(address)

    def siprec_at(self, connector: str) -> Siprec:
        return next(filter(None, (one.behind(connector) for one in self._parties)), None) or siprec_at(connector)

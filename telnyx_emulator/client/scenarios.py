"""Scenarios and parties that are under way in a world."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from .errors import EmulatorError, told_by_itself
from .legs import Leg
from .transport import Ask, Asking, Plan, Transport, asks, segment
from .types import ScenarioData
from .wire import with_units

__tracebackhide__ = told_by_itself

BUILTIN = "builtin:"


class Scenario(Asking):
    """A scenario that was begun. As a context manager it ends with the block.

    >>> call = {"at": 0, "call": {"from": "+15551230009", "as": "guest"}}
    >>> with emulator.scenario({"version": 1, "scenario": "one-call", "timeline": [call]}) as scenario:
    ...     emulator.clock.advance(0)
    ...     scenario.leg("guest").from_
    '+15551230009'
    """

    def __init__(self, transport: Transport, data: ScenarioData) -> None:
        self._transport = transport
        self.name = data["scenario"]

    def __repr__(self) -> str:
        return f"<Scenario {self.name}>"

    def __enter__(self) -> Scenario:
        return self

    def __exit__(self, *exc: object) -> None:
        self.end()

    @asks
    def shown(self) -> Plan[ScenarioData]:
        """How it stands: `legs`, `pending_steps`, `verdicts`, `faults`, …

        >>> emulator.party("agent", number="+15557770007").shown()["pending_steps"]
        []
        """
        return cast(ScenarioData, (yield Ask("GET", self._path)))

    @asks
    def leg(self, name: str) -> Plan[Leg]:
        """The leg that has this name in it by now. Raises EmulatorError, naming those there are.

        >>> call = {"at": 0, "call": {"from": "+15551230009", "as": "guest"}}
        >>> scenario = emulator.scenario({"version": 1, "scenario": "one-call", "timeline": [call]})
        >>> emulator.clock.advance(0)
        >>> scenario.leg("guest").from_
        '+15551230009'
        """
        legs = (yield Ask("GET", self._path))["legs"]
        if name not in legs:
            raise EmulatorError(f"{self.name} has no leg {name!r} so far; there are: {', '.join(legs) or 'none'}")
        return Leg(self._transport, (yield Ask("GET", f"calls/{segment(legs[name])}")))

    @asks
    def end(self) -> Plan[ScenarioData]:
        """Its steps, faults and parties are gone; returns how it stood.

        >>> emulator.party("agent", number="+15557770007").end()["ended"]
        True
        """
        return cast(ScenarioData, (yield Ask("DELETE", self._path)))

    @property
    def _path(self) -> str:
        return f"scenarios/{segment(self.name)}"


def begun(
    transport: Transport, source: str | Path | Mapping[str, Any], values: Mapping[str, Any] | None
) -> Plan[Scenario]:
    """Begin a file, `builtin:NAME`, or a scenario as a map in which numbers of durations are seconds."""
    body: dict[str, Any]
    if isinstance(source, Mapping):
        whole = with_units(source)
        body = {"yaml": json.dumps(whole)} if values else whole
    elif str(source).startswith(BUILTIN):
        body = {"use": str(source)}
    else:
        body = {"yaml": Path(source).read_text(encoding="utf-8")}
    if values:
        body["set"] = dict(values)
    return Scenario(transport, (yield Ask("PUT", "scenarios", body)))


def with_party(transport: Transport, key: str, party: Mapping[str, Any]) -> Plan[Scenario]:
    """A scenario that consists of one party."""
    name = "party-" + re.sub(r"[^a-z0-9_.-]", "-", key.lower())
    return begun(transport, {"version": 1, "scenario": name, "parties": {key: party}}, None)

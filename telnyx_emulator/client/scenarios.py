"""Scenarios and parties that are under way in a world."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import EmulatorError, told_by_itself
from .legs import Leg
from .transport import Transport, segment
from .wire import only_given, with_units

__tracebackhide__ = told_by_itself

BUILTIN = "builtin:"


class Scenario:
    """A scenario that was begun. As a context manager it ends with the block."""

    def __init__(self, transport: Transport, data: dict[str, Any]) -> None:
        self._transport = transport
        self.name = str(data["scenario"])

    def __repr__(self) -> str:
        return f"<Scenario {self.name}>"

    def __enter__(self) -> Scenario:
        return self

    def __exit__(self, *exc: object) -> None:
        self.end()

    def shown(self) -> dict[str, Any]:
        """How it stands: `legs`, `pending_steps`, `verdicts`, `faults`, …"""
        return dict(self._transport.data("GET", self._path))

    def leg(self, name: str) -> Leg:
        """The leg that has this name in it by now. Raises EmulatorError, naming those there are."""
        legs = self.shown()["legs"]
        if name not in legs:
            raise EmulatorError(f"{self.name} has no leg {name!r} so far; there are: {', '.join(legs) or 'none'}")
        return Leg(self._transport, self._transport.data("GET", f"calls/{segment(legs[name])}"))

    def end(self) -> dict[str, Any]:
        """Its steps, faults and parties are gone; returns how it stood."""
        return dict(self._transport.data("DELETE", self._path))

    @property
    def _path(self) -> str:
        return f"scenarios/{segment(self.name)}"


def begun(transport: Transport, source: str | Path | Mapping[str, Any], values: Mapping[str, Any] | None) -> Scenario:
    """Begin a file, `builtin:NAME`, or a scenario as a map in which numbers of durations are seconds."""
    body: dict[str, Any]
    if isinstance(source, Mapping):
        whole = with_units(source)
        body = {"yaml": json.dumps(whole), "set": dict(values)} if values else whole
    elif str(source).startswith(BUILTIN):
        body = only_given(use=str(source), set=dict(values) if values else None)
    else:
        body = only_given(yaml=Path(source).read_text(encoding="utf-8"), set=dict(values) if values else None)
    return Scenario(transport, transport.data("PUT", "scenarios", body))


def with_party(transport: Transport, key: str, party: Mapping[str, Any]) -> Scenario:
    """A scenario that consists of one party."""
    name = "party-" + re.sub(r"[^a-z0-9_.-]", "-", key.lower())
    return begun(transport, {"version": 1, "scenario": name, "parties": {key: party}}, None)

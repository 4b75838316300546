"""Faults as Python writes them: when something happens, do that instead."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .errors import told_by_itself
from .expectations import Expected
from .transport import Transport, segment
from .wire import with_units

__tracebackhide__ = told_by_itself

PLAIN = re.compile(r"[A-Za-z_][\w.]*")
NOT_PLAIN = re.compile(r"(null|true|false|yes|no|on|off|y|n)", re.IGNORECASE)


class When:
    """What a fault waits for. Exactly one of these says what goes wrong, and arms it."""

    def __init__(self, transport: Transport, trigger: Expected, more: Mapping[str, Any]) -> None:
        self._transport, self._trigger, self._more = transport, trigger, more

    def outcome(self, /, **outcome: Any) -> Fault:
        """The command is accepted, and comes to this: `sip=603`, `after=0.8`, … as the command allows."""
        return self._arm("outcome", outcome)

    def api(self, /, **effect: Any) -> Fault:
        """The request is refused, late or cut off: `status=`, `code=`, `latency=` (real seconds), `reset=True`, …"""
        return self._arm("api", effect)

    def delivery(self, /, **effect: Any) -> Fault:
        """The webhook goes wrong: `delay=`, `duplicate=`, `reorder=`, `drop=True`, `as_if=`, `signature=`."""
        return self._arm("delivery", effect)

    def media(self, /, **effect: Any) -> Fault:
        """What flows on the call is disturbed."""
        return self._arm("media", effect)

    def _arm(self, plane: str, effect: Mapping[str, Any]) -> Fault:
        source = {**self._more, "when": self._trigger.wire(), "do": {plane: with_units(effect)}}
        return Fault(self._transport, self._transport.data("POST", "faults", source)["id"], source)


class Fault:
    """A fault that is armed. As a context manager it is removed at the end of the block."""

    def __init__(self, transport: Transport, id: str, source: Mapping[str, Any]) -> None:
        self._transport, self.id, self.source = transport, id, source
        self._removed: int | None = None

    def __repr__(self) -> str:
        return f"<Fault {self.id} {flow(self.source)}>"

    def __enter__(self) -> Fault:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()

    @property
    def fired(self) -> int:
        """How often it has fired so far, or had when it was removed."""
        if self._removed is None:
            return int(self._transport.data("GET", self._path)["fired"])
        return self._removed

    def remove(self) -> None:
        """Disarm it; doing that twice is harmless. Raises EmulatorError if the world has forgotten it."""
        if self._removed is None:
            self._removed = int(self._transport.data("DELETE", self._path)["fired"])

    @property
    def _path(self) -> str:
        return f"faults/{segment(self.id)}"

    def yaml(self) -> str:
        """The same fault for the `faults` of a scenario."""
        return f"- {flow(self.source)}\n"


def flow(value: Any) -> str:
    """YAML on one line; what JSON would quote is quoted, but for plain words."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{flow(str(key))}: {flow(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str) and PLAIN.fullmatch(value) and not NOT_PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False).replace("${", "$${")  # in a file that would be a parameter

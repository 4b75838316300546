"""Faults as Python writes them: when something happens, do that instead."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .errors import told_by_itself
from .expectations import Expected
from .transport import Ask, Asking, Plan, Transport, asks, segment
from .wire import with_units

__tracebackhide__ = told_by_itself

PLAIN = re.compile(r"[A-Za-z_][\w.]*")
NOT_PLAIN = re.compile(r"(null|true|false|yes|no|on|off|y|n)", re.IGNORECASE)


class When(Asking):
    """What a fault waits for. Exactly one of these says what goes wrong, and arms it. Durations are seconds.

    >>> declined = emulator.when(command="refer", times=1).outcome(sip=603, after=0.8)
    >>> declined.remove()
    """

    def __init__(self, transport: Transport, trigger: Expected, more: Mapping[str, Any]) -> None:
        self._transport, self._trigger, self._more = transport, trigger, more

    @asks
    def outcome(self, /, **outcome: Any) -> Plan[Fault]:
        """The command is accepted, and comes to this: `sip=603`, `after=0.8` (virtual seconds), … as it allows.

        >>> emulator.when(command="refer", optional=True).outcome(sip=603).fired
        0
        """
        return self._arm("outcome", outcome)

    @asks
    def api(self, /, **effect: Any) -> Plan[Fault]:
        """The request is refused, late or cut off: `status=`, `code=`, `latency=` (real seconds), `reset=True`, …

        >>> busy = emulator.when(request="GET /calls/*", optional=True).api(status=503, latency=0.01)
        """
        return self._arm("api", effect)

    @asks
    def delivery(self, /, **effect: Any) -> Plan[Fault]:
        """The webhook goes wrong: `delay=` (virtual seconds), `duplicate=`, `reorder=`, `drop=True`, `as_if=`, …

        >>> twice = emulator.when(delivered="call.hangup").delivery(duplicate=1)
        >>> caller.hang_up()
        >>> emulator.in_order(*[delivered("call.hangup")] * 2)
        """
        return self._arm("delivery", effect)

    @asks
    def media(self, /, **effect: Any) -> Plan[Fault]:
        """What flows on the call is disturbed. Raises EmulatorError: no media flow on simulated calls yet."""
        return self._arm("media", effect)

    def _arm(self, plane: str, effect: Mapping[str, Any]) -> Plan[Fault]:
        source = {**self._more, "when": self._trigger.wire(), "do": {plane: with_units(effect)}}
        armed = yield Ask("POST", "faults", source)
        return Fault(self._transport, armed["id"], source)


class Fault(Asking):
    """A fault that is armed. As a context manager it is removed at the end of the block.

    >>> with emulator.when(command="hangup").api(status=503) as fault:
    ...     telnyx("hangup", caller)  # the application tries, and is refused
    ...     fault.fired
    503
    1
    """

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
        """How often it has fired so far, or had when it was removed.

        >>> emulator.when(command="refer", optional=True).outcome(sip=603).fired
        0
        """
        return self._transport.run(self._fired())

    @asks
    def remove(self) -> Plan[None]:
        """Disarm it; doing that twice is harmless. Raises EmulatorError if the world has forgotten it.

        >>> emulator.when(command="refer").outcome(sip=603).remove()
        """
        if self._removed is None:
            self._removed = int((yield Ask("DELETE", self._path))["fired"])

    def yaml(self) -> str:
        """The same fault for the `faults` of a scenario.

        >>> print(emulator.when(command="refer", optional=True).outcome(sip=603).yaml(), end="")
        - { optional: true, when: { command: refer }, do: { outcome: { sip: 603 } } }
        """
        return f"- {flow(self.source)}\n"

    def _fired(self) -> Plan[int]:
        return int((yield Ask("GET", self._path))["fired"]) if self._removed is None else self._removed

    @property
    def _path(self) -> str:
        return f"faults/{segment(self.id)}"


def flow(value: Any) -> str:
    """YAML on one line; what JSON would quote is quoted, but for plain words."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{flow(str(key))}: {flow(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str) and PLAIN.fullmatch(value) and not NOT_PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False).replace("${", "$${")  # in a file that would be a parameter

"""What the legs of a world are called when nothing else names them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from telnyx_emulator.core.model import Call


@dataclass(frozen=True, slots=True)
class Line:
    """A leg, also when it is long gone."""

    name: str
    leg_id: str


class Roll:
    """`caller`, `caller-2`, …, `callee`, …, in order of appearance. A leg keeps its name when it is gone.

    Of more legs than `most` the oldest are forgotten.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: dict[str, Line] = {}
        self._counts: Counter[str] = Counter()

    def see(self, call: Call | None) -> None:
        """Take note of a leg of which something was told."""
        if call is None or call.id in self._lines:
            return
        side = "caller" if call.incoming else "callee"
        self._counts[side] += 1
        number = self._counts[side]
        self._lines[call.id] = Line(side if number == 1 else f"{side}-{number}", call.leg_id)
        if len(self._lines) > self._most:
            del self._lines[next(iter(self._lines))]

    def legs(self, name: str) -> tuple[str, ...]:
        """The call_control_id for a name, a call_control_id, a call_leg_id, or `latest`."""
        if name == "latest":
            return tuple(self._lines)[-1:]
        return tuple(id for id, line in self._lines.items() if name in (line.name, id, line.leg_id))

    def names(self) -> dict[str, str]:
        """By call_control_id."""
        return {id: line.name for id, line in self._lines.items()}

"""The clock of a world, as a test sees and moves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

from .errors import told_by_itself
from .transport import Ask, Asking, Plan, Transport, asks, segment
from .types import ClockData
from .wire import Seconds, seconds

__tracebackhide__ = told_by_itself


class WorldClock(Asking):
    """Virtual time: read it, move it, choose how it goes on.

    >>> emulator.clock.freeze()
    >>> before = emulator.clock.elapsed
    >>> emulator.clock.advance(1800)
    >>> emulator.clock.elapsed - before
    1800.0
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def __repr__(self) -> str:
        return f"<WorldClock of {self._transport.url}>"

    @property
    def now(self) -> datetime:
        """The present instant, with its time zone.

        >>> emulator.clock.now.tzname()
        'UTC'
        """
        return datetime.fromisoformat(self.shown()["now"])

    @property
    def elapsed(self) -> float:
        """Virtual seconds since the world began.

        >>> emulator.clock.elapsed < 60
        True
        """
        return self.shown()["elapsed"]

    @property
    def mode(self) -> str:
        """`real`, `scaled`, `manual` or `auto`.

        >>> emulator.clock.mode
        'auto'
        """
        return self.shown()["mode"]

    @property
    def holders(self) -> list[str]:
        """What keeps it from jumping, with real seconds.

        >>> with emulator.clock.hold("look at it"):
        ...     emulator.clock.holders[0]
        "hold 'look at it'"
        """
        return self.shown()["holders"]

    @asks
    def shown(self) -> Plan[ClockData]:
        """All that `GET clock` says.

        >>> emulator.clock.shown()["jumps"]
        'while_waited'
        """
        clock: ClockData = yield Ask("GET", "clock")
        return clock

    @asks
    def advance(self, length: Seconds) -> Plan[None]:
        """Move on by so many virtual seconds; returns when all that was due has happened and was reacted to.

        Raises EmulatorError, naming what holds the clock, if it cannot move for some real seconds.

        >>> emulator.clock.advance(1800)
        >>> emulator.clock.advance("1h")
        """
        yield Ask("POST", "clock/advance", {"seconds": seconds(length)})

    @asks
    def freeze(self) -> Plan[None]:
        """It stands still until it is advanced.

        >>> emulator.clock.freeze()
        """
        yield Ask("PATCH", "clock", {"mode": "manual"})

    @asks
    def auto(self, jumps: Literal["always", "while_waited"] | None = None) -> Plan[None]:
        """It jumps to what is due next when all is done, `always` or only `while_waited` for something.

        >>> emulator.clock.auto("while_waited")
        """
        yield Ask("PATCH", "clock", {"mode": "auto"} | ({"jumps": jumps} if jumps else {}))

    @asks
    def rate(self, rate: float) -> Plan[None]:
        """It runs, `rate` virtual seconds in a real one.

        >>> emulator.clock.rate(60)
        """
        yield Ask("PATCH", "clock", {"mode": "scaled", "rate": rate})

    @asks
    def real(self) -> Plan[None]:
        """It runs as clocks do.

        >>> emulator.clock.real()
        """
        yield Ask("PATCH", "clock", {"mode": "real"})

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """No jumps inside the `with` block; `advance` moves it nevertheless. Raises ValueError for an empty name.

        >>> with emulator.clock.hold("look at it"):
        ...     emulator.clock.advance(5)
        """
        begin, end = holding(name)
        self._transport.send(begin)
        try:
            yield
        finally:
            self._transport.send(end)


def holding(name: str) -> tuple[Ask, Ask]:
    """What begins a hold, and what ends it."""
    if not name:
        raise ValueError("a hold needs a name: it tells who keeps the clock")
    path = f"clock/hold/{segment(name)}"
    return Ask("POST", path), Ask("DELETE", path)

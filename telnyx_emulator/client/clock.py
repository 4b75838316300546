"""The clock of a world, as a test sees and moves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from .errors import told_by_itself
from .transport import Transport, segment
from .wire import Seconds, seconds

__tracebackhide__ = told_by_itself


class WorldClock:
    """Virtual time: read it, move it, choose how it goes on."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def __repr__(self) -> str:
        return f"<WorldClock of {self._transport.url}>"

    @property
    def now(self) -> datetime:
        """The present instant, with its time zone."""
        return datetime.fromisoformat(self.shown()["now"])

    @property
    def elapsed(self) -> float:
        """Virtual seconds since the world began."""
        return float(self.shown()["elapsed"])

    @property
    def mode(self) -> str:
        """`real`, `scaled`, `manual` or `auto`."""
        return str(self.shown()["mode"])

    @property
    def holders(self) -> list[str]:
        """Who keeps it from jumping, with real seconds."""
        return list(self.shown()["holders"])

    def shown(self) -> dict[str, Any]:
        """All that `GET clock` says."""
        return dict(self._transport.data("GET", "clock"))

    def advance(self, length: Seconds) -> None:
        """Move on by so many virtual seconds; returns when all that was due has happened and was reacted to.

        Raises EmulatorError, naming who holds the clock, if it cannot move for some real seconds.
        """
        self._transport.data("POST", "clock/advance", {"seconds": seconds(length)})

    def freeze(self) -> None:
        """It stands still until it is advanced."""
        self._set(mode="manual")

    def auto(self, jumps: Literal["always", "while_waited"] | None = None) -> None:
        """It jumps to the next thing that is due whenever nobody is busy, or only while somebody waits besides."""
        self._set(mode="auto", **({"jumps": jumps} if jumps else {}))

    def rate(self, rate: float) -> None:
        """It runs, `rate` virtual seconds in a real one."""
        self._set(mode="scaled", rate=rate)

    def real(self) -> None:
        """It runs as clocks do."""
        self._set(mode="real")

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """No jumps inside the `with` block; `advance` moves it nevertheless."""
        if not name:
            raise ValueError("a hold needs a name: it tells who keeps the clock")
        path = f"clock/hold/{segment(name)}"
        self._transport.data("POST", path)
        try:
            yield
        finally:
            self._transport.data("DELETE", path)

    def _set(self, **change: Any) -> None:
        self._transport.data("PATCH", "clock", change)

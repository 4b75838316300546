"""A command on its way through the journal: received, then answered or refused."""

from __future__ import annotations

from typing import Any

from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.clock import Clock

from . import CommandAnswered, CommandReceived, CommandRefused, ids_of
from .ring import Journal


class CommandUnderWay:
    """Keeps a command's place while it is carried out. One that gets no answer is refused without a status."""

    def __init__(self, journal: Journal, clock: Clock, name: str, call: Call | None) -> None:
        self._journal, self._clock, self._name, self._ids = journal, clock, name, ids_of(call)
        self._body: dict[str, Any] | None = None
        self._received: CommandReceived | None = None
        self._at = clock.elapsed()

    @property
    def call_control_id(self) -> str | None:
        """The leg that it is about, as far as that is known by now."""
        return self._ids[2]

    def about(self, call: Call | None) -> None:
        """It is known by now which leg it is about; None changes nothing."""
        if call is not None:
            self._ids = ids_of(call)

    def received(self, body: dict[str, Any], call: Call | None) -> None:
        """Its body could be read: from now on it has its place."""
        self._body = body
        self.about(call)
        entry = CommandReceived(self._journal.next, self._at, self._name, *self._ids, None, body)
        self._received = self._journal.add(entry)

    def answered(self, status: int | None = 200, **spoilt: Any) -> None:
        """It was carried out; `spoilt`: how a fault changed its answer."""
        self._settle(CommandAnswered, status, spoilt)

    def refused(self, status: int | None = None, **why: Any) -> None:
        """`why`: as in the answer's body; nothing, if it got no answer at all."""
        why |= {"refused_leg": why.pop("data")} if "data" in why else {}
        self._settle(CommandRefused, status, why)

    def _settle(
        self, kind: type[CommandAnswered] | type[CommandRefused], status: int | None, more: dict[str, Any]
    ) -> None:
        journal, received = self._journal, self._received
        seq = journal.next if received is None else received.seq
        entry = kind(seq, self._at, self._name, *self._ids, status, self._body, self._clock.elapsed(), **more)
        if received is None:
            journal.add(entry)
        else:
            journal.settle(entry)

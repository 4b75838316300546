"""A leg of a call, and the far end of it in the hands of a test."""

from __future__ import annotations

from typing import Any

from .errors import told_by_itself
from .transport import Transport, segment
from .watching import Watcher
from .wire import Seconds, only_given, seconds

__tracebackhide__ = told_by_itself


class Leg(Watcher):
    """One leg: what its far end does, what happens on it, and what the application does to it.

    The verbs first wait until the application has reacted to all that it was told, so a digit never comes before
    the gather that it is meant for. They raise `EmulatorError` where a far end could not do that, such as pressing
    keys before the leg is answered. `data`: the leg in short, as of the last verb.
    """

    def __init__(self, transport: Transport, data: dict[str, Any]) -> None:
        super().__init__(transport, data["call_control_id"])
        self.data = data

    def __repr__(self) -> str:
        return f"<Leg {self.id}, {self.from_} → {self.to}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Leg) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def id(self) -> str:
        """The `call_control_id`."""
        return str(self.data["call_control_id"])

    @property
    def leg_id(self) -> str:
        """The `call_leg_id`."""
        return str(self.data["call_leg_id"])

    @property
    def session_id(self) -> str:
        """The `call_session_id`."""
        return str(self.data["call_session_id"])

    @property
    def from_(self) -> str:
        """Who calls."""
        return str(self.data["from"])

    @property
    def to(self) -> str:
        """Who is called."""
        return str(self.data["to"])

    @property
    def state(self) -> str:
        """`ringing`, `answered` or `ended`, at this moment: it asks."""
        self.data = self._transport.data("GET", f"calls/{segment(self.id)}")
        return str(self.data["state"])

    def answer(self) -> None:
        """The dialled party picks up."""
        self._act("answer")

    def reject(self, cause: str | None = None, sip: int | None = None) -> None:
        """The dialled party refuses: `busy`, `declined`, `no_answer`, `not_found`, …, or a SIP status."""
        self._act("reject", cause=cause, sip=sip)

    def press(self, digits: str, every: Seconds | None = None) -> None:
        """Press keys, the first one now, one each `every` virtual seconds; `w` and `W` are pauses."""
        self._act("press", digits=digits, every=None if every is None else seconds(every))

    def say(self, text: str, confidence: float | None = None) -> None:
        """Say something; it lasts as long as the words take. `confidence`: of whoever transcribes it, 0 to 1."""
        self._act("say", text=text, confidence=confidence)

    def hold(self) -> None:
        """The far end puts us on hold."""
        self._act("hold")

    def unhold(self) -> None:
        """The far end comes back."""
        self._act("unhold")

    def hang_up(self, cause: str | None = None, sip: int | None = None) -> None:
        """The far end hangs up; `cause`: a hangup cause."""
        self._act("hangup", cause=cause, sip=sip)

    def _act(self, verb: str, **parameters: Any) -> None:
        self.data = self._transport.data("POST", f"calls/{segment(self.id)}/{verb}", only_given(**parameters))

"""A leg of a call, and the far end of it in the hands of a test."""

from __future__ import annotations

from typing import Any

from .errors import told_by_itself
from .transport import Ask, Plan, Transport, asks, segment
from .types import LegData
from .watching import Watcher
from .wire import Seconds, only_given, seconds

__tracebackhide__ = told_by_itself


class LegFacts:
    """What is known of a leg without asking."""

    def _shown(self) -> LegData:
        raise NotImplementedError

    @property
    def data(self) -> LegData:
        """The leg in short, as of the last verb.

        >>> caller.data["direction"]
        'incoming'
        """
        return self._shown()

    @property
    def id(self) -> str:
        """The `call_control_id`."""
        return self.data["call_control_id"]

    @property
    def leg_id(self) -> str:
        """The `call_leg_id`."""
        return self.data["call_leg_id"]

    @property
    def session_id(self) -> str:
        """The `call_session_id`."""
        return self.data["call_session_id"]

    @property
    def from_(self) -> str:
        """The number that calls."""
        return self.data["from"]

    @property
    def to(self) -> str:
        """The number that is called."""
        return self.data["to"]


class Leg(LegFacts, Watcher):
    """One leg: what its far end does, what happens on it, and what the application does to it.

    The verbs first wait until the application has reacted to all that it was told, so a digit never comes before
    the gather that it is meant for. They raise `EmulatorError` where a far end could not do that, such as pressing
    keys before the leg is answered. `data`: the leg in short, as of the last verb.

    >>> caller = emulator.incoming_call(from_="+15551230001", to="+15559990000")
    >>> caller.wait_for("call.initiated")["to"]
    '+15559990000'
    >>> caller.hang_up()
    """

    def __init__(self, transport: Transport, data: LegData) -> None:
        super().__init__(transport, data["call_control_id"])
        self._data = data

    def __repr__(self) -> str:
        return f"<Leg {self.id}, {self.from_} → {self.to}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Leg) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def _shown(self) -> LegData:
        return self._data

    @property
    def state(self) -> str:
        """`ringing`, `answered` or `ended`, at this moment: it asks.

        >>> caller.state
        'answered'
        """
        return self._transport.run(self._state())

    @asks
    def answer(self) -> Plan[None]:
        """The dialled party picks up.

        >>> callee = emulator.outgoing_call(to="+13125550123")  # which by itself does nothing
        >>> callee.answer()
        """
        return self._act("answer")

    @asks
    def reject(self, cause: str | None = None, sip: int | None = None) -> Plan[None]:
        """The dialled party refuses: `busy`, `declined`, `no_answer`, `not_found`, …, or a SIP status.

        >>> callee = emulator.outgoing_call(to="+13125550123")
        >>> callee.reject("busy")
        >>> callee.wait_for("call.hangup")["hangup_cause"]
        'user_busy'
        """
        return self._act("reject", cause=cause, sip=sip)

    @asks
    def press(self, digits: str, every: Seconds | None = None) -> Plan[None]:
        """Press keys, the first one now, one each `every` virtual seconds; `w` and `W` are pauses.

        >>> caller.press("123#", every=0.5)
        """
        return self._act("press", digits=digits, every=None if every is None else seconds(every))

    @asks
    def say(self, text: str, confidence: float | None = None) -> Plan[None]:
        """Say something; it lasts as long as the words take. `confidence`: of a transcription of it, 0 to 1.

        >>> caller.say("I want to speak to an agent.", confidence=0.6)
        """
        return self._act("say", text=text, confidence=confidence)

    @asks
    def hold(self) -> Plan[None]:
        """The far end puts the application on hold.

        >>> caller.hold()
        """
        return self._act("hold")

    @asks
    def unhold(self) -> Plan[None]:
        """The far end comes back.

        >>> caller.hold()
        >>> caller.unhold()
        """
        return self._act("unhold")

    @asks
    def hang_up(self, cause: str | None = None, sip: int | None = None) -> Plan[None]:
        """The far end hangs up; `cause`: a hangup cause.

        >>> caller.hang_up()
        >>> caller.state
        'ended'
        """
        return self._act("hangup", cause=cause, sip=sip)

    def _state(self) -> Plan[str]:
        self._data = yield Ask("GET", f"calls/{segment(self.id)}")
        return self.data["state"]

    def _act(self, verb: str, **parameters: Any) -> Plan[None]:
        self._data = yield Ask("POST", f"calls/{segment(self.id)}/{verb}", only_given(**parameters))

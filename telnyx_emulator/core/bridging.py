"""Two legs that hear one another, and what becomes of one when the other goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from .events import CallBridged
from .queue import leave

if TYPE_CHECKING:
    from .call import Call

AfterUnbridge = Literal["hangup", "park", "hold"]
MuteDtmf = Literal["none", "both", "self", "opposite"]


def bridge(call: Call, other: Call) -> None:
    """Connect two answered legs. Whoever they were bridged with before follows the rule of its own leg."""
    if call.peer is other:
        return
    left = [leg for leg in (detach(call), detach(other)) if leg is not None]
    call.peer, other.peer = other, call
    call.on_hold = other.on_hold = False
    call.account.merge_sessions(call.session, other.session)
    for leg in (call, other):
        leave(leg, "bridged")
        if leg.participant is not None:
            leg.participant.leave()
    for leg in (call, other):
        leg.emit(
            CallBridged(start_time=leg.start_time, calling_party_type=leg.party_type),
            client_state=leg.client_state,
        )
    for leg in left:
        after_unbridge(leg)


def detach(call: Call) -> Call | None:
    """Undo a bridge; returns the leg that is left alone."""
    left = call.peer
    if left is not None:
        call.peer = left.peer = None
    return left


@contextmanager
def parted(call: Call) -> Iterator[None]:
    """Undo a bridge for what the block does with the leg instead; then the other leg follows its own rule."""
    left = detach(call)
    if left is not None:
        call.after_unbridge, call.mute_dtmf = "hangup", "none"
    yield
    if left is not None:
        after_unbridge(left)


def after_unbridge(call: Call) -> None:
    """A leg that lost its peer is hung up, unless it was told to be parked or held. Neither has a webhook."""
    rule, call.after_unbridge = call.after_unbridge, "hangup"
    call.mute_dtmf = "none"
    if rule == "hangup":
        call.end("normal_clearing", call.our_side)
    else:
        call.on_hold = rule == "hold"
        call.note("state", "parked" if rule == "park" else "held")

"""Two legs that hear one another, and what becomes of one when the other goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from telnyx_emulator.core.call.ending import after_unbridge, detach, leave_conference, leave_queue
from telnyx_emulator.core.events.calls import CallBridged
from telnyx_emulator.core.model import Call


def bridge(call: Call, other: Call) -> None:
    """Connect two answered legs. A leg that either was bridged with before follows its own rule."""
    if call.peer is other:
        return
    left = [leg for leg in (detach(call), detach(other)) if leg is not None]
    call.peer, other.peer = other, call
    call.on_hold = other.on_hold = False
    call.world.merge_sessions(call.session, other.session)
    for leg in (call, other):
        leave_queue(leg, "bridged")
        if leg.participant is not None:
            leave_conference(leg.participant)
    for leg in (call, other):
        leg.emit(
            CallBridged(start_time=leg.start_time, calling_party_type=leg.party_type),
            client_state=leg.client_state,
        )
    for leg in left:
        after_unbridge(leg)


@contextmanager
def parted(call: Call) -> Iterator[None]:
    """Undo a bridge for what the block does with the leg instead; then the other leg follows its own rule."""
    left = detach(call)
    if left is not None:
        call.after_unbridge, call.mute_dtmf = "hangup", "none"
    yield
    if left is not None:
        after_unbridge(left)

"""A leg that was dialled rings."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_emulator.core.events.calls import HangupCause
from telnyx_emulator.core.far_end.behaviour import FarEnd, cause_of
from telnyx_emulator.core.time.tasks import Activity


@dataclass(frozen=True, slots=True)
class RingResult:
    """What the ringing comes to. `sip`: the final status, None: no answer in time. `refusal`: the cause of one."""

    sip: int | None = None
    refusal: HangupCause | None = None


def ring(far_end: FarEnd, patience: float) -> Activity[RingResult]:
    """Ring until the far end reacts, a SIP status is told to the task, or `patience` in seconds runs out."""
    rings = patience if far_end.rings is None else far_end.rings
    told: int | None = yield min(rings, patience)
    if told is None and rings >= patience:
        return RingResult()
    sip = told or far_end.rejects or 200
    if sip < 300:
        return RingResult(sip)
    cause = far_end.cause if told is None else None
    return RingResult(sip, cause or cause_of(sip))

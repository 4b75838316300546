"""Asking the far end of a leg to call another address instead (SIP REFER)."""

from __future__ import annotations

from collections.abc import Callable

from telnyx_emulator.core.call import ending
from telnyx_emulator.core.far_end.behaviour import SipOutcome
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.tasks import Activity, Cancelled

TRYING = 100


def refer(call: Call, to: str, outcome: SipOutcome, notified: Callable[[int], None]) -> Activity[int | None]:
    """Send the request and wait for its `outcome`: the final SIP status, None if the leg ended before there was one.

    A success ends this leg. `notified`: told each SIP status that the far end reports, 100 at once, and the final one
    before the leg ends.
    """
    call.far_end_act("receives_refer", to=to)
    notified(TRYING)
    try:
        yield outcome.after
    except Cancelled:
        return None
    notified(outcome.sip)
    if outcome.succeeded:
        ending.end(call, "normal_clearing", "callee")
    return outcome.sip

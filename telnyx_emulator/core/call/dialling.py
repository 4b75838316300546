"""A leg is dialled: it rings, and is answered, refused, or given up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from telnyx_emulator.core.activities.ring import ring
from telnyx_emulator.core.call.answering import Begin, answer
from telnyx_emulator.core.call.ending import end
from telnyx_emulator.core.call.initiating import initiate
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.lanes import RING
from telnyx_emulator.core.time.tasks import Activity

NoAnswer = Literal["timeout", "no_answer"]


def dial(call: Call, patience: float, begins: Iterable[Begin | None], no_answer: NoAnswer = "timeout") -> None:
    """Announce the leg and let it ring, at most for `patience` in seconds; `no_answer` is the hangup cause then.

    When the far end answers, each of `begins` begins, in that order.
    """
    initiate(call)
    call.follow(_ring(call, patience, begins, no_answer), RING)


def _ring(call: Call, patience: float, begins: Iterable[Begin | None], no_answer: NoAnswer) -> Activity:
    result = yield from ring(call.far_end, patience)
    if result.sip is None:
        end(call, no_answer, "caller", "487")
    elif result.refusal is not None:
        end(call, result.refusal, "callee", str(result.sip))
    else:
        answer(call, begins)


def until_answered(call: Call) -> Activity:
    """Wait as long as a dialled leg rings; its state says then whether it was answered."""
    ringing = call.tasks.active(RING)
    yield ringing[0] if ringing else 0.0

"""What a call would have cost: made up, but in the vendor's form, and the same for the same call."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Any

from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.events.costs import CallCost, CostPart
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.tasks import LIVE

TOLD_AFTER_SECS = 0.4
BILLED_STEP_SECS = 60
CURRENCY = "USD"

TRUNKING = {
    ("incoming", "pstn"): Decimal("0.0035"),
    ("outgoing", "pstn"): Decimal("0.0050"),
    ("incoming", "sip"): Decimal("0.0020"),
    ("outgoing", "sip"): Decimal("0.0020"),
}
CALL_CONTROL = Decimal("0.0020")
"""Prices per minute that was begun."""


def announce(call: Call) -> None:
    """Tell what an ended leg has cost, if its application wants to know, a moment after its hangup."""
    application = call.world.applications.get(call.connection_id)
    if application is not None and application.call_cost_in_webhooks:
        call.world.clock.call_later(TOLD_AFTER_SECS, lambda: call.emit(cost_of(call), LIVE))


def cost_of(call: Call) -> CallCost:
    """The bill: every minute that was begun counts, a leg that was not answered costs nothing."""
    billed = billed_seconds(call)
    rates = {"sip-trunking": TRUNKING[call.direction, call.party_type], "call-control": CALL_CONTROL}
    minutes = billed // BILLED_STEP_SECS
    return CallCost(
        billed_duration_secs=billed,
        billing_group_id=_billing_group(call),
        cost_parts=[
            CostPart(
                billed_duration_secs=billed,
                call_part=part,
                cost=str(rate * minutes),
                currency=CURRENCY,
                rate=str(rate),
            )
            for part, rate in rates.items()
        ],
        occurred_at=wire_time(call.world.clock.now()),
        status="success",
        total_cost=str(sum(rates.values(), Decimal(0)) * minutes),
    )


def billed_seconds(call: Call) -> int:
    """The talking time, rounded up to whole steps."""
    if call.answered_at is None or call.ended_at is None:
        return 0
    talked = call.ended_at - call.answered_at
    return max(1, ceil(round(talked, 6) / BILLED_STEP_SECS)) * BILLED_STEP_SECS


def _billing_group(call: Call) -> Any:
    """What dial or answer named, the later one counts."""
    given = [call.parameters.get(action, {}).get("billing_group_id") for action in ("answer", "dial")]
    return next((group for group in given if group), None)

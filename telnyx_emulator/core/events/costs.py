"""What a leg has cost."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel

from .base import Event


class CostPart(BaseModel):
    """One item of the bill; money is text, in units of the currency."""

    billed_duration_secs: int
    call_part: str
    cost: str
    currency: str
    rate: str


class CallCost(Event, name="call.cost"):
    """The bill for an ended leg, if the application has `call_cost_in_webhooks` set."""

    parties: ClassVar[bool] = False

    billed_duration_secs: int
    billing_group_id: str | None
    cost_parts: list[CostPart]
    occurred_at: str
    status: Literal["success", "error"]
    total_cost: str

"""What a leg has cost."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel

from .base import Event


class CostPart(BaseModel):
    """One item of the bill; money is text, in units of the currency."""

    billed_duration_secs: int
    """The time that is billed, in seconds."""
    call_part: str
    """The service that is billed."""
    cost: str
    """The cost, as text."""
    currency: str
    """The currency, such as `USD`."""
    rate: str
    """The price of a minute, as text."""


class CallCost(Event, name="call.cost"):
    """The bill for an ended leg, if the application has `call_cost_in_webhooks` set."""

    parties: ClassVar[bool] = False

    billed_duration_secs: int
    """The time that is billed, in seconds."""
    billing_group_id: str | None
    """The billing group of the call."""
    cost_parts: list[CostPart]
    """The items of the bill."""
    occurred_at: str
    """When the leg ended, in ISO 8601."""
    status: Literal["success", "error"]
    """Whether the cost is known."""
    total_cost: str
    """The sum of the items, as text."""

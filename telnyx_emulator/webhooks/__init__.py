"""Webhooks on their way to the application: where to, in which order, how often, and what came of it."""

from .delivery import Attempt, Delivery, Target
from .outbox import Outbox
from .queue import IN_ORDER_SECS, Gate, Queue
from .sender import Sender, envelope

__all__ = ["IN_ORDER_SECS", "Attempt", "Delivery", "Gate", "Outbox", "Queue", "Sender", "Target", "envelope"]

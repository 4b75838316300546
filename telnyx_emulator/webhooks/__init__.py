"""Webhooks on their way to the application: where to, in which order, how often, and what came of it."""

from .delivery import Attempt, Delivery, Target
from .outbox import Outbox
from .sender import Sender, envelope
from .session_queue import IN_ORDER_SECS, Gate, SessionQueue

__all__ = ["IN_ORDER_SECS", "Attempt", "Delivery", "Gate", "Outbox", "Sender", "SessionQueue", "Target", "envelope"]

"""Why the signature of a webhook does not verify, and what to do about it."""

from .explanation import Verification, explain
from .headers import Flaw
from .webhook import SIGNATURE, TIMESTAMP, SentWebhook, genuine

__all__ = ["SIGNATURE", "TIMESTAMP", "Flaw", "SentWebhook", "Verification", "explain", "genuine"]

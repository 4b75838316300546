"""Why the signature of a webhook does not verify, and what to do about it."""

from .explanation import Verification, explain
from .headers import SignatureProblem
from .webhook import SIGNATURE, TIMESTAMP, SentWebhook, genuine

__all__ = ["SIGNATURE", "TIMESTAMP", "SignatureProblem", "SentWebhook", "Verification", "explain", "genuine"]

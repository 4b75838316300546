"""Why the signature of a webhook does not verify, and what to do about it."""

from .explanation import Verification, explain
from .headers import Problem
from .webhook import SIGNATURE, TIMESTAMP, Sent, genuine

__all__ = ["SIGNATURE", "TIMESTAMP", "Problem", "Sent", "Verification", "explain", "genuine"]

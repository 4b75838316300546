"""The vocabulary of the API: one class per command. Importing this package fills the registries."""

from . import (
    ai,
    ai_gather,
    calls,
    dial,
    gather,
    media,
    pay,
    queues,
    recording,
    sip,
    streaming,
    transcription,
)
from .base import AccountCommand, CallCommand, Command

__all__ = [
    "AccountCommand",
    "CallCommand",
    "Command",
    "ai",
    "ai_gather",
    "calls",
    "dial",
    "gather",
    "media",
    "pay",
    "queues",
    "recording",
    "sip",
    "streaming",
    "transcription",
]

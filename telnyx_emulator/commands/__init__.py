"""The vocabulary of the API: one class per command. Importing this package fills the registries."""

from . import (  # noqa: F401  # they register their commands
    ai,
    ai_gather,
    calls,
    conference_media,
    conferences,
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
from .base import CallCommand, Command, ConferenceCommand, WorldCommand

__all__ = ["CallCommand", "Command", "ConferenceCommand", "WorldCommand"]

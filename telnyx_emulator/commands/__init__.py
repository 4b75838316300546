"""The vocabulary of the API: one class per command. Importing this package fills the registries."""

from . import calls, dial, gather, media, sip
from .base import AccountCommand, CallCommand, Command

__all__ = ["AccountCommand", "CallCommand", "Command", "calls", "dial", "gather", "media", "sip"]

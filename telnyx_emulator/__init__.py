"""A local server that behaves like the Telnyx Voice API."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import EmulatorClient, EmulatorError, ExpectationError, Leg, command, delivered, webhook
    from .client.async_client import AsyncEmulatorClient, AsyncLeg
    from .emulator import Emulator
    from .matching import base64_of, contains, exists, greater_than, less_than, not_, one_of, regex
    from .settings import Settings
    from .version import __version__

__all__ = [
    "AsyncEmulatorClient",
    "AsyncLeg",
    "Emulator",
    "EmulatorClient",
    "EmulatorError",
    "ExpectationError",
    "Leg",
    "Settings",
    "__version__",
    "base64_of",
    "command",
    "contains",
    "delivered",
    "exists",
    "greater_than",
    "less_than",
    "not_",
    "one_of",
    "regex",
    "webhook",
]

_HOMES = {
    **dict.fromkeys(("AsyncEmulatorClient", "AsyncLeg"), "client.async_client"),
    "Emulator": "emulator",
    **dict.fromkeys(
        ("EmulatorClient", "EmulatorError", "ExpectationError", "Leg", "command", "delivered", "webhook"), "client"
    ),
    **dict.fromkeys(
        ("base64_of", "contains", "exists", "greater_than", "less_than", "not_", "one_of", "regex"), "matching"
    ),
    "Settings": "settings",
    "__version__": "version",
}


def __getattr__(name: str) -> Any:
    """Import on first use: who only wants the client does not pay for the server."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)

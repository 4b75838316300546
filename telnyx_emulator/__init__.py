"""A local server that behaves like the Telnyx Voice API."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import EmulatorClient, EmulatorError
    from .emulator import Emulator
    from .settings import Settings

__version__ = "0.1.0"
__all__ = ["Emulator", "EmulatorClient", "EmulatorError", "Settings", "__version__"]

_HOMES = {
    "Emulator": "emulator",
    "EmulatorClient": "client",
    "EmulatorError": "client",
    "Settings": "settings",
}


def __getattr__(name: str) -> Any:
    """Import on first use: who only wants the client does not pay for the server."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)

"""The administration API as Python: what tests drive and verify calls with. Nothing of the server is imported."""

from .emulator_client import DEFAULT_URL, EmulatorClient
from .errors import EmulatorError, ExpectationError
from .expectations import Expected, command, delivered, webhook
from .faults import Fault, When
from .legs import Leg
from .scenarios import Scenario
from .wire import LegName, Seconds

__all__ = [
    "DEFAULT_URL",
    "EmulatorClient",
    "EmulatorError",
    "ExpectationError",
    "Expected",
    "Fault",
    "Leg",
    "LegName",
    "Scenario",
    "Seconds",
    "When",
    "command",
    "delivered",
    "webhook",
]

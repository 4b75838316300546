"""What answering machine detection found."""

from __future__ import annotations

from typing import Literal

from .base import Event

Detected = Literal["human", "machine", "not_sure"]
PremiumDetected = Literal["human_residence", "human_business", "machine", "silence", "fax_detected", "not_sure"]
GreetingEnd = Literal["beep_detected", "ended", "not_sure"]
PremiumGreetingEnd = Literal["beep_detected", "no_beep_detected"]
AnyDetected = Detected | PremiumDetected
AnyGreetingEnd = GreetingEnd | PremiumGreetingEnd


class MachineDetectionEnded(Event, name="call.machine.detection.ended"):
    result: Detected
    """What answers the call."""


class MachineGreetingEnded(Event, name="call.machine.greeting.ended"):
    result: GreetingEnd
    """How the greeting of the machine ended."""


class MachinePremiumDetectionEnded(Event, name="call.machine.premium.detection.ended"):
    result: PremiumDetected
    """What answers the call."""


class MachinePremiumGreetingEnded(Event, name="call.machine.premium.greeting.ended"):
    result: PremiumGreetingEnd
    """Whether the greeting of the machine ended with a beep."""

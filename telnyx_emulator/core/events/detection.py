"""What answering machine detection found."""

from __future__ import annotations

from typing import Literal

from .base import Event


class MachineDetectionEnded(Event, name="call.machine.detection.ended"):
    result: Literal["human", "machine", "not_sure"]


class MachineGreetingEnded(Event, name="call.machine.greeting.ended"):
    result: Literal["beep_detected", "ended", "not_sure"]


class MachinePremiumDetectionEnded(Event, name="call.machine.premium.detection.ended"):
    result: Literal["human_residence", "human_business", "machine", "silence", "fax_detected", "not_sure"]


class MachinePremiumGreetingEnded(Event, name="call.machine.premium.greeting.ended"):
    result: Literal["beep_detected", "no_beep_detected"]

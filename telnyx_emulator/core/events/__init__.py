"""What happened, as the application is told: one class per webhook type, a module per chapter."""

from .base import Event
from .calls import (
    AnyHeaders,
    CallAnswered,
    CallBridged,
    CallHangup,
    CallHold,
    CallInitiated,
    CallUnhold,
    HangupCause,
    HangupSource,
    QualityStats,
)
from .detection import (
    MachineDetectionEnded,
    MachineGreetingEnded,
    MachinePremiumDetectionEnded,
    MachinePremiumGreetingEnded,
)
from .media import DtmfReceived, GatherEnded, PlaybackEnded, PlaybackStarted, SpeakEnded, SpeakStarted
from .sip import ReferCompleted, ReferFailed, ReferStarted, SipInfoReceived, SiprecFailed, SiprecStarted, SiprecStopped

__all__ = [
    "AnyHeaders",
    "CallAnswered",
    "CallBridged",
    "CallHangup",
    "CallHold",
    "CallInitiated",
    "CallUnhold",
    "DtmfReceived",
    "Event",
    "GatherEnded",
    "HangupCause",
    "HangupSource",
    "MachineDetectionEnded",
    "MachineGreetingEnded",
    "MachinePremiumDetectionEnded",
    "MachinePremiumGreetingEnded",
    "PlaybackEnded",
    "PlaybackStarted",
    "QualityStats",
    "ReferCompleted",
    "ReferFailed",
    "ReferStarted",
    "SipInfoReceived",
    "SiprecFailed",
    "SiprecStarted",
    "SiprecStopped",
    "SpeakEnded",
    "SpeakStarted",
]

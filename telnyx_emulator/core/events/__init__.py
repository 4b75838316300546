"""What happened, as the application is told: one class per webhook type, a module per chapter."""

from .ai import (
    AiGatherEnded,
    AiGatherMessageHistoryUpdated,
    AiGatherPartialResults,
    ConversationEnded,
    ConversationInsightsGenerated,
    DeepfakeDetectionError,
    DeepfakeDetectionResult,
)
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
from .costs import CallCost, CostPart
from .detection import (
    MachineDetectionEnded,
    MachineGreetingEnded,
    MachinePremiumDetectionEnded,
    MachinePremiumGreetingEnded,
)
from .media import DtmfReceived, GatherEnded, PlaybackEnded, PlaybackStarted, SpeakEnded, SpeakStarted
from .payment import PaymentCompleted, PaymentProgress
from .queues import CallDequeued, CallEnqueued
from .recording import RecordingError, RecordingSaved, RecordingTranscriptionSaved
from .sip import ReferCompleted, ReferFailed, ReferStarted, SipInfoReceived, SiprecFailed, SiprecStarted, SiprecStopped
from .streaming import ForkStarted, ForkStopped, StreamingFailed, StreamingStarted, StreamingStopped, Transcription

__all__ = [
    "AiGatherEnded",
    "AiGatherMessageHistoryUpdated",
    "AiGatherPartialResults",
    "AnyHeaders",
    "CallAnswered",
    "CallBridged",
    "CallCost",
    "CallDequeued",
    "CallEnqueued",
    "CallHangup",
    "CallHold",
    "CallInitiated",
    "CallUnhold",
    "ConversationEnded",
    "ConversationInsightsGenerated",
    "CostPart",
    "DeepfakeDetectionError",
    "DeepfakeDetectionResult",
    "DtmfReceived",
    "Event",
    "ForkStarted",
    "ForkStopped",
    "GatherEnded",
    "HangupCause",
    "HangupSource",
    "MachineDetectionEnded",
    "MachineGreetingEnded",
    "MachinePremiumDetectionEnded",
    "MachinePremiumGreetingEnded",
    "PaymentCompleted",
    "PaymentProgress",
    "PlaybackEnded",
    "PlaybackStarted",
    "QualityStats",
    "RecordingError",
    "RecordingSaved",
    "RecordingTranscriptionSaved",
    "ReferCompleted",
    "ReferFailed",
    "ReferStarted",
    "SipInfoReceived",
    "SiprecFailed",
    "SiprecStarted",
    "SiprecStopped",
    "SpeakEnded",
    "SpeakStarted",
    "StreamingFailed",
    "StreamingStarted",
    "StreamingStopped",
    "Transcription",
]

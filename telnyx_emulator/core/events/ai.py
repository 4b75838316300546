"""Conversations that an AI has with the far end, what it gathers, and whether it takes a voice for real."""

from __future__ import annotations

from typing import Any, Literal

from .base import Event

Message = dict[str, str]
"""One turn of a conversation: `role` (assistant or user), `content`, and at the end also its `timestamp`."""


class ConversationEnded(Event, name="call.conversation.ended"):
    """An AI left the call. It is the one event with `created_at` beside `occurred_at`."""

    dated = True
    assistant_id: str | None = None
    """The id of the assistant; absent for a relay and a gather."""
    calling_party_type: Literal["pstn", "sip"]
    """Whether the far end is on the phone network or on SIP."""
    conversation_id: str
    """The id of the conversation."""
    duration_sec: int
    """How long the conversation lasted, in whole seconds."""
    llm_model: str | None = None
    """The language model; absent for a relay."""
    messages: list[Message]
    """The messages of the conversation, the first one first."""
    reason: str | None
    """Why the conversation ended by itself; null: it was stopped."""
    stt_model: str
    """The speech-to-text model."""
    tts_provider: str
    """The provider of text to speech."""
    tts_model_id: str
    """The text-to-speech model."""
    tts_voice_id: str
    """The voice."""


class ConversationInsightsGenerated(Event, name="call.conversation_insights.generated"):
    """What was made of a conversation afterwards: an `insight_id` and a `result` each."""

    parties = False
    calling_party_type: Literal["pstn", "sip"]
    """Whether the far end is on the phone network or on SIP."""
    insight_group_id: str
    """The id of the group of insights."""
    results: list[dict[str, str]]
    """The insights: an `insight_id` and a `result` each."""


class AiGatherEnded(Event, name="call.ai_gather.ended"):
    """What the far end told: all that was asked for (`valid`), or as much as it would say."""

    message_history: list[Message]
    """The messages of the conversation, the first one first."""
    result: dict[str, Any]
    """The collected values, by property."""
    status: Literal["valid", "invalid"]
    """Whether all required values are there."""


class AiGatherPartialResults(Event, name="call.ai_gather.partial_results"):
    message_history: list[Message]
    """The messages so far."""
    partial_results: dict[str, Any]
    """The values collected so far, by property."""


class AiGatherMessageHistoryUpdated(Event, name="call.ai_gather.message_history_updated"):
    message_history: list[Message]
    """The messages so far."""


class DeepfakeDetectionResult(Event, name="call.deepfake_detection.result"):
    """`score`: 0 is surely a person, 1 surely a machine. `consistency`: in percent."""

    parties = False
    result: Literal["real", "fake", "silence_timeout"]
    """What the examination of the voice found."""
    score: float | None
    """0 is surely a person, 1 surely a machine; null for a silence."""
    consistency: float | None
    """How much the parts of the audio agree, in percent; null for a silence."""


class DeepfakeDetectionError(Event, name="call.deepfake_detection.error"):
    parties = False
    error_message: Literal["detection_timeout", "rtp_timeout", "dfd_connection_error", "dfd_stream_error"]
    """Why the voice could not be examined."""

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
    calling_party_type: Literal["pstn", "sip"]
    conversation_id: str
    duration_sec: int
    llm_model: str | None = None
    messages: list[Message]
    reason: str | None
    stt_model: str
    tts_provider: str
    tts_model_id: str
    tts_voice_id: str


class ConversationInsightsGenerated(Event, name="call.conversation_insights.generated"):
    """What was made of a conversation afterwards: an `insight_id` and a `result` each."""

    parties = False
    calling_party_type: Literal["pstn", "sip"]
    insight_group_id: str
    results: list[dict[str, str]]


class AiGatherEnded(Event, name="call.ai_gather.ended"):
    """What the far end told: all that was asked for (`valid`), or as much as it would say."""

    message_history: list[Message]
    result: dict[str, Any]
    status: Literal["valid", "invalid"]


class AiGatherPartialResults(Event, name="call.ai_gather.partial_results"):
    message_history: list[Message]
    partial_results: dict[str, Any]


class AiGatherMessageHistoryUpdated(Event, name="call.ai_gather.message_history_updated"):
    message_history: list[Message]


class DeepfakeDetectionResult(Event, name="call.deepfake_detection.result"):
    """`score`: 0 is surely a person, 1 surely a machine. `consistency`: in percent."""

    parties = False
    result: Literal["real", "fake", "silence_timeout"]
    score: float | None
    consistency: float | None


class DeepfakeDetectionError(Event, name="call.deepfake_detection.error"):
    parties = False
    error_message: Literal["detection_timeout", "rtp_timeout", "dfd_connection_error", "dfd_stream_error"]

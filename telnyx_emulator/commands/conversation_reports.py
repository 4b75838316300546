"""What webhooks tell of a conversation: its turns, its end, and what was made of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from telnyx_emulator.core.events.ai import (
    AiGatherMessageHistoryUpdated,
    ConversationEnded,
    ConversationInsightsGenerated,
)
from telnyx_emulator.core.model import Call, Conversation
from telnyx_emulator.core.time.tasks import LiveState

INSIGHTS_SECS = 5.0
"""From the end of a conversation to what is made of it."""


def report(conversation: Conversation, turns: bool = False, insights: bool = False) -> Conversation:
    """Let webhooks tell its end from now on; also each of its `turns`, and `insights` a while after its end."""
    if turns:
        conversation.turned = partial(_turned, conversation)
    conversation.ended = partial(_ended, conversation, insights)
    return conversation


def _turned(conversation: Conversation) -> None:
    history = conversation.history()
    conversation.call.emit(AiGatherMessageHistoryUpdated(message_history=history), client_state=_state(conversation))


def _ended(conversation: Conversation, insights: bool, seconds: int, reason: str | None) -> None:
    call, state = conversation.call, _state(conversation)
    provider, *rest = conversation.voice.split(".")
    more: dict[str, Any] = {"assistant_id": conversation.assistant_id, "llm_model": conversation.model}
    ended = ConversationEnded(
        calling_party_type=call.party_type,
        conversation_id=conversation.id,
        duration_sec=seconds,
        messages=list(conversation.messages),
        reason=reason,
        stt_model=conversation.hearing,
        tts_provider=provider.lower(),
        tts_model_id=".".join(rest[:-1]),
        tts_voice_id=rest[-1] if rest else conversation.voice,
        **{name: value for name, value in more.items() if value is not None},
    )
    call.emit(ended, client_state=state)
    if insights:
        turns = len(conversation.messages)
        result = f"The conversation had {turns} {'turn' if turns == 1 else 'turns'} in {seconds} seconds."
        call.world.clock.call_later(INSIGHTS_SECS, lambda: _tell_insights(call, result, state))


def _tell_insights(call: Call, result: str, client_state: str | None) -> None:
    ids = call.world.ids
    insights = ConversationInsightsGenerated(
        calling_party_type=call.party_type,
        insight_group_id=ids.uuid4(),
        results=[{"insight_id": ids.uuid4(), "result": result}],
    )
    call.emit(insights, client_state=client_state)


def _state(conversation: Conversation) -> str | None:
    """The `client_state` that was in force when it began."""
    state = None if conversation.task is None else conversation.task.client_state
    return conversation.call.client_state if isinstance(state, LiveState) else state

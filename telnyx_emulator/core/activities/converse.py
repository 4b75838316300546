"""What an AI and the far end of a leg say to one another; there is no AI here that would think of an answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from telnyx_emulator.core.activities.prompt import prompt
from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.silent_media import STREAM_FAILS_SECS
from telnyx_emulator.core.audio.sound import Sound, Track
from telnyx_emulator.core.events import AiGatherMessageHistoryUpdated, ConversationEnded, ConversationInsightsGenerated
from telnyx_emulator.core.events.base import Event
from telnyx_emulator.core.far_end.behaviour import stream_failure
from telnyx_emulator.core.model import Call, Conversation
from telnyx_emulator.core.time.lanes import ASSISTANT, AUDIO
from telnyx_emulator.core.time.tasks import Activity, Cancelled, LiveState, Task

INSIGHTS_SECS = 5.0
"""From the end of a conversation to what is made of it."""


def add(conversation: Conversation, role: str, content: str) -> None:
    """Note a turn. Webhooks show those of the AI and the far end only."""
    if role not in ("assistant", "user"):
        return
    now = conversation.call.world.now()
    conversation.messages.append({"role": role, "content": content, "timestamp": now})
    if conversation.tells_history:
        _emit(conversation, AiGatherMessageHistoryUpdated(message_history=conversation.history()))


def say(conversation: Conversation, text: str) -> Task:
    """The AI speaks, when nothing else does."""
    add(conversation, "assistant", text)
    conversation.speaking = conversation.call.start(prompt(conversation.call, text), AUDIO, "assistant")
    return conversation.speaking


def hear(conversation: Conversation, track: Track, sound: Sound) -> None:
    """The far end speaks; a gather that waits for an answer is told of its beginning and its end."""
    if track != "inbound" or sound.kind != "speech" or not sound.content:
        return
    if sound.ended is None:
        if conversation.interruptible and conversation.speaking is not None:
            conversation.call.tasks.end(conversation.speaking, "cancelled")
    else:
        add(conversation, "user", sound.content)
    if conversation.gathers:
        conversation.call.tasks.tell(ASSISTANT, sound)


def begin(conversation: Conversation) -> None:
    """To be called in the task that carries the conversation."""
    call = conversation.call
    conversation.began = call.world.clock.elapsed()
    conversation.task = call.tasks.current
    call.world.conversations[conversation.id] = call.conversation = conversation
    conversation.listener = partial(hear, conversation)
    hearing.listen(call, conversation.listener)


def end(conversation: Conversation, reason: str | None = None) -> None:
    """Tell that it is over, and later what it was about."""
    call = conversation.call
    hearing.ignore(call, conversation.listener)
    call.world.conversations.pop(conversation.id, None)
    call.conversation = None
    seconds = int(call.world.clock.elapsed() - conversation.began)
    provider, model, voice = voice_parts(conversation.voice)
    more: dict[str, Any] = {"assistant_id": conversation.assistant_id, "llm_model": conversation.model}
    _emit(
        conversation,
        ConversationEnded(
            calling_party_type=call.party_type,
            conversation_id=conversation.id,
            duration_sec=seconds,
            messages=list(conversation.messages),
            reason=reason,
            stt_model=conversation.hearing,
            tts_provider=provider,
            tts_model_id=model,
            tts_voice_id=voice,
            **{name: value for name, value in more.items() if value is not None},
        ),
    )
    if conversation.insights:
        state = _state(conversation)
        call.world.clock.call_later(INSIGHTS_SECS, lambda: _tell_insights(conversation, seconds, state))


def _state(conversation: Conversation) -> str | None:
    """The `client_state` that was in force when it began."""
    state = None if conversation.task is None else conversation.task.client_state
    return conversation.call.client_state if isinstance(state, LiveState) else state


def _emit(conversation: Conversation, event: Event) -> None:
    conversation.call.emit(event, client_state=_state(conversation))


def _tell_insights(conversation: Conversation, seconds: int, client_state: str | None) -> None:
    call, turns = conversation.call, len(conversation.messages)
    result = f"The conversation had {turns} {'turn' if turns == 1 else 'turns'} in {seconds} seconds."
    ids = call.world.ids
    call.emit(
        ConversationInsightsGenerated(
            calling_party_type=call.party_type,
            insight_group_id=ids.uuid4(),
            results=[{"insight_id": ids.uuid4(), "result": result}],
        ),
        client_state=client_state,
    )


@dataclass(frozen=True, slots=True)
class ConversationBehaviour:
    """How a conversation ends. `connects`: whether a relay's socket is reached. `ends_after`: the seconds until it is
    over by itself, None: it lasts until it is stopped; `reason`: why it is over then."""

    connects: bool = True
    ends_after: float | None = None
    reason: str | None = None


def usual_behaviour(url: str | None) -> ConversationBehaviour:
    """What becomes of a relay to this URL, None: of an assistant. Its spelling decides, since no socket is opened."""
    if url is not None and stream_failure(url):
        return ConversationBehaviour(False, STREAM_FAILS_SECS, "connection_failed")
    return ConversationBehaviour()


def converse(conversation: Conversation, greeting: str | None, behaviour: ConversationBehaviour) -> Activity:
    """Greet, and listen until stopped, or until told why it is over (as when a relay's socket was closed)."""
    begin(conversation)
    reason = None
    with suppress(Cancelled):
        if greeting and behaviour.connects:
            say(conversation, greeting)
        reason = (yield behaviour.ends_after) or behaviour.reason
    end(conversation, reason)


def take_part(conversation: Conversation, leg: Call, ends_with_it: bool) -> Activity:
    """Another leg is heard in a conversation. `ends_with_it`: the leg's hangup is the conversation's end."""
    leg.conversation = conversation
    hearing.listen(leg, conversation.listener)
    try:
        yield conversation.task
    except Cancelled as stop:
        if ends_with_it and stop.reason == "call_hangup" and conversation.task is not None:
            conversation.call.tasks.end(conversation.task, "cancelled")
    hearing.ignore(leg, conversation.listener)
    leg.conversation = None


def voice_parts(voice: str) -> tuple[str, str, str]:
    """Provider, model and voice of `Provider.Model.Voice`, where the model may be missing."""
    provider, *rest = voice.split(".")
    return provider.lower(), ".".join(rest[:-1]), rest[-1] if rest else voice

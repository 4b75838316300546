"""What an AI and the far end of a leg say to one another; there is no AI here that would think of an answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from telnyx_emulator.core.activities.prompt import prompt
from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.silent_media import STREAM_FAILS_SECS
from telnyx_emulator.core.audio.sound import Sound, Track
from telnyx_emulator.core.far_end.behaviour import stream_failure
from telnyx_emulator.core.model import Call, Conversation
from telnyx_emulator.core.time.lanes import ASSISTANT, AUDIO
from telnyx_emulator.core.time.tasks import Activity, Cancelled, Task


def add(conversation: Conversation, role: str, content: str) -> None:
    """Note a turn of the AI or the far end; those of others are left out."""
    if role not in ("assistant", "user"):
        return
    now = conversation.call.world.now()
    conversation.messages.append({"role": role, "content": content, "timestamp": now})
    conversation.turned()


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
    """It is over. `reason`: why, if it was not stopped."""
    call = conversation.call
    hearing.ignore(call, conversation.listener)
    call.world.conversations.pop(conversation.id, None)
    call.conversation = None
    conversation.ended(int(call.world.clock.elapsed() - conversation.began), reason)


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

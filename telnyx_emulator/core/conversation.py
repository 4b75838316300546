"""What an AI and the far end of a leg say to one another; there is no AI here that would think of an answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import sounds
from .events import AiGatherMessageHistoryUpdated, ConversationEnded, ConversationInsightsGenerated
from .events.ai import Message
from .far_end import stream_failure
from .lanes import ASSISTANT, AUDIO
from .process import Activity, LiveState, Process, Stopped
from .prompts import prompt
from .sounds import Sound, Track
from .streaming import STREAM_FAILS_SECS

if TYPE_CHECKING:
    from .call import Call

INSIGHTS_SECS = 5.0
"""From the end of a conversation to what is made of it."""

DEFAULT_MODEL = "Qwen/Qwen3-235B-A22B"
DEFAULT_HEARING = "distil-whisper/distil-large-v2"
DEFAULT_VOICE = "Telnyx.KokoroTTS.af"


@dataclass(slots=True, eq=False)
class Conversation:
    """From its beginning to its end. `voice` is `Provider.Model.Voice`; `url` the socket of a relay.

    `insights`: whether something is made of it afterwards. `tells_history`: whether each turn has a webhook.
    `interruptible`: whether the far end cuts the AI short by speaking. `gathers`: whether its process waits
    for what the far end says.
    """

    call: Call
    id: str
    assistant_id: str | None = None
    url: str | None = None
    model: str | None = DEFAULT_MODEL
    hearing: str = DEFAULT_HEARING
    voice: str = DEFAULT_VOICE
    insights: bool = False
    tells_history: bool = False
    interruptible: bool = True
    gathers: bool = False
    messages: list[Message] = field(default_factory=list)
    began: float = field(default=0.0, init=False)
    activity: Activity | None = field(default=None, init=False)
    _speaking: Activity | None = field(default=None, init=False)

    # -- turns -----------------------------------------------------------------------------------------------

    def history(self) -> list[Message]:
        """The turns, as webhooks show them."""
        return [{"role": one["role"], "content": one["content"]} for one in self.messages]

    def add(self, role: str, content: str) -> None:
        """A turn. Webhooks show those of the AI and the far end only."""
        if role not in ("assistant", "user"):
            return
        now = self.call.wire_instant(self.call.account.clock.elapsed())
        self.messages.append({"role": role, "content": content, "timestamp": now})
        if self.tells_history:
            self._emit(AiGatherMessageHistoryUpdated(message_history=self.history()))

    def say(self, text: str) -> Activity:
        """The AI speaks, when nothing else does."""
        self.add("assistant", text)
        self._speaking = self.call.start(prompt(self.call, text), AUDIO, "assistant")
        return self._speaking

    def hear(self, track: Track, sound: Sound) -> None:
        """The far end speaks, and whoever waits for an answer is told of its beginning and its end."""
        if track != "inbound" or sound.kind != "speech" or not sound.content:
            return
        if sound.ended is None:
            if self.interruptible and self._speaking is not None:
                self.call.processes.end(self._speaking, "cancelled")
        else:
            self.add("user", sound.content)
        if self.gathers:
            self.call.processes.tell(ASSISTANT, sound)

    # -- from beginning to end -------------------------------------------------------------------------------

    def begin(self) -> None:
        """To be called in the process that carries the conversation."""
        self.began = self.call.account.clock.elapsed()
        self.activity = self.call.processes.current
        self.call.account.conversations[self.id] = self.call.conversation = self
        sounds.listen(self.call, self.hear)

    def end(self, reason: str | None = None) -> None:
        """Tell that it is over, and later what it was about."""
        sounds.ignore(self.call, self.hear)
        self.call.account.conversations.pop(self.id, None)
        self.call.conversation = None
        seconds = int(self.call.account.clock.elapsed() - self.began)
        provider, model, voice = voice_parts(self.voice)
        more: dict[str, Any] = {"assistant_id": self.assistant_id, "llm_model": self.model}
        self._emit(
            ConversationEnded(
                calling_party_type=self.call.party_type,
                conversation_id=self.id,
                duration_sec=seconds,
                messages=list(self.messages),
                reason=reason,
                stt_model=self.hearing,
                tts_provider=provider,
                tts_model_id=model,
                tts_voice_id=voice,
                **{name: value for name, value in more.items() if value is not None},
            )
        )
        if self.insights:
            state = self._state
            self.call.account.clock.call_later(INSIGHTS_SECS, lambda: self._tell_insights(seconds, state))

    @property
    def _state(self) -> str | None:
        """The `client_state` that was in force when it began."""
        state = None if self.activity is None else self.activity.client_state
        return self.call.client_state if isinstance(state, LiveState) else state

    def _emit(self, event: Any) -> None:
        self.call.emit(event, client_state=self._state)

    def _tell_insights(self, seconds: int, client_state: str | None) -> None:
        ids, turns = self.call.account.ids, len(self.messages)
        result = f"The conversation had {turns} {'turn' if turns == 1 else 'turns'} in {seconds} seconds."
        self.call.emit(
            ConversationInsightsGenerated(
                calling_party_type=self.call.party_type,
                insight_group_id=ids.uuid4(),
                results=[{"insight_id": ids.uuid4(), "result": result}],
            ),
            client_state=client_state,
        )


def converse(
    conversation: Conversation, greeting: str | None, ends_after: float | None = None, why: str | None = None
) -> Process:
    """Greet, and listen until stopped, or until told why it is over (as when a relay's socket was closed).

    `ends_after`: so many seconds later it is over by itself, and that is `why`.

    Whoever carries the messages of a relay takes its place where this one waits.
    """
    conversation.begin()
    reason = None
    with suppress(Stopped):
        if conversation.url is not None and stream_failure(conversation.url):
            yield STREAM_FAILS_SECS
            reason = "connection_failed"
        else:
            if greeting:
                conversation.say(greeting)
            reason = (yield ends_after) or why
    conversation.end(reason)


def take_part(conversation: Conversation, leg: Call, ends_with_it: bool) -> Process:
    """Another leg is heard in a conversation. `ends_with_it`: the leg's hangup is the conversation's end."""
    leg.conversation = conversation
    sounds.listen(leg, conversation.hear)
    try:
        yield conversation.activity
    except Stopped as stop:
        if ends_with_it and stop.reason == "call_hangup" and conversation.activity is not None:
            conversation.call.processes.end(conversation.activity, "cancelled")
    sounds.ignore(leg, conversation.hear)
    leg.conversation = None


def voice_parts(voice: str) -> tuple[str, str, str]:
    """Provider, model and voice of `Provider.Model.Voice`, where the model may be missing."""
    provider, *rest = voice.split(".")
    return provider.lower(), ".".join(rest[:-1]), rest[-1] if rest else voice

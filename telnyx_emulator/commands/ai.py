"""AI on a call: assistants, and relays to an application's own AI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, Field

from telnyx_emulator.core.activities.converse import ConversationBehaviour, converse, take_part, usual_behaviour
from telnyx_emulator.core.activities.converse import add as add_turn
from telnyx_emulator.core.call.answering import Begin
from telnyx_emulator.core.errors import NoAssistant, UnknownConversation, UnknownParticipant
from telnyx_emulator.core.events.ai import (
    AiGatherMessageHistoryUpdated,
    ConversationEnded,
    ConversationInsightsGenerated,
    DeepfakeDetectionError,
    DeepfakeDetectionResult,
)
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import DEFAULT_HEARING, DEFAULT_MODEL, DEFAULT_VOICE, Call, Conversation, World
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import ASSISTANT, DEEPFAKE
from telnyx_emulator.core.time.tasks import Lane

from .base import Answer, CallCommand, Outcome
from .conversation_reports import report
from .detection import DeepfakeDetection, examine_voice
from .fields import AI, together
from .types import NestedParameters, NonBlank, SocketUrl
from .validation import Refusal, needed

ANSWER_EVENTS = (
    ConversationEnded,
    ConversationInsightsGenerated,
    DeepfakeDetectionResult,
    DeepfakeDetectionError,
)
"""What the AI parameters of dial and answer can cause."""


class Assistant(NestedParameters):
    """An AI assistant by its id, with what to change about it. What it would answer is not simulated."""

    id: NonBlank
    """The id of the assistant."""
    name: str | None = None
    """A name for the assistant."""
    greeting: Annotated[str | None, Field(max_length=3000)] = None
    """The text to say first, instead of the assistant's own."""
    instructions: str | None = None
    """What the model is told to do, instead of the assistant's own instructions."""
    dynamic_variables: dict[str, Any] | None = None
    """Values for the variables in the assistant's texts."""
    model: str | None = None
    """The language model; its name only appears in webhooks."""
    external_llm: dict[str, Any] | None = None
    """A language model of another provider, and how it is reached."""
    fallback_config: dict[str, Any] | None = None
    """The language model for when the first one fails."""
    llm_api_key_ref: str | None = None
    """The name of a stored API key for the model."""
    openai_api_key_ref: str | None = None
    """The name of a stored OpenAI key; older than `llm_api_key_ref`."""
    mcp_servers: list[dict[str, Any]] | None = None
    """MCP servers whose tools the model may call."""
    observability_settings: dict[str, Any] | None = None
    """Where traces of the conversation are sent."""
    tools: list[dict[str, Any]] | None = None
    """Tools that the model may call."""


class Hearing(NestedParameters):
    """Speech to text for an assistant."""

    language: str = "auto"
    """The language of the speech; `auto` detects it."""
    model: str = DEFAULT_HEARING
    """The speech-to-text model; its name only appears in webhooks."""


class Interruption(NestedParameters):
    """Whether the far end cuts the AI short by speaking."""

    enable: bool = True
    """`false`: the AI always finishes what it says."""


class Turn(NestedParameters):
    """A message of a conversation."""

    role: Literal["user", "assistant", "tool", "system", "developer"]
    """Which side the message is from."""
    content: Any = None
    """The content of the message."""

    @property
    def text(self) -> str:
        return self.content if isinstance(self.content, str) else ""


class AiParticipant(NestedParameters):
    """A leg that takes part in a conversation."""

    id: NonBlank
    """The `call_control_id` of the leg."""
    role: Literal["user"]
    """The role of the leg in the conversation."""
    name: str | None = None
    """A name for the participant."""
    on_hangup: Literal["continue_conversation", "end_conversation"] = "continue_conversation"
    """Whether the conversation goes on when the leg hangs up."""

    def leg(self, call: Call, pointer: str) -> Call:
        """The leg itself, if it is answered."""
        leg = call.world.calls.get(self.id)
        if leg is None or leg.state is not State.ANSWERED:
            raise UnknownParticipant(self.id, pointer)
        return leg

    def join(self, conversation: Conversation) -> None:
        """Take part, unless it is the leg that the conversation is on."""
        leg = conversation.call.world.calls[self.id]
        if leg is not conversation.call:
            leg.start(take_part(conversation, leg, self.on_hangup == "end_conversation"), ASSISTANT, "participant")


class ConversationOutcome(Outcome):
    """The conversation ends too early."""

    ends_after: Seconds
    """How long after its start the conversation ends."""
    reason: str | None = None
    """As `call.conversation.ended` says; `customer_disconnect`: the application closed the relay's socket."""

    def of(self, usual: ConversationBehaviour, world: World) -> ConversationBehaviour:
        """What is given, unless the conversation does not even begin."""
        if not usual.connects:
            return usual
        return ConversationBehaviour(ends_after=world.draw(self.ends_after), reason=self.reason)


def carry_on(conversation: Conversation, greeting: str | None, outcome: ConversationOutcome | None, name: str) -> None:
    """Begin a conversation on its leg."""
    call, behaviour = conversation.call, usual_behaviour(conversation.url)
    if outcome is not None:
        behaviour = outcome.of(behaviour, call.world)
    call.start(converse(conversation, greeting, behaviour), ASSISTANT, name)


class AssistantStart(CallCommand, action="ai_assistant_start"):
    """Let an AI assistant talk with the far end. It greets and listens; there is no model here to answer with."""

    assistant: Assistant | None = None
    """The assistant; unset: a nameless one."""
    greeting: str | None = None
    """The text to say first, instead of the assistant's own."""
    interruption_settings: Interruption | None = None
    """Whether speech of the far end cuts the AI short."""
    message_history: list[Turn] = Field([])
    """Messages of an earlier conversation."""
    participants: list[AiParticipant] = Field([])
    """Further legs that take part."""
    send_message_history_updates: bool = False
    """Send a webhook for each new message."""
    transcription: Hearing | None = None
    """How speech becomes text."""
    voice: str = DEFAULT_VOICE
    """The voice that speaks, as `Provider.Model.Voice`."""
    voice_settings: Annotated[dict[str, Any] | None, AI] = None
    """Settings of the voice's provider."""

    example: ClassVar[dict[str, Any]] = {"assistant": {"id": "assistant-1"}, "greeting": "Hello?"}
    emits = (AiGatherMessageHistoryUpdated, ConversationEnded, ConversationInsightsGenerated)
    outcomes = ConversationOutcome
    lane: ClassVar[Lane | None] = ASSISTANT

    def check(self, call: Call) -> None:
        for number, participant in enumerate(self.participants):
            leg = participant.leg(call, f"/participants/{number}/id")
            if leg is not call:
                leg.tasks.check(ASSISTANT)

    def run_with(self, call: Call, outcome: ConversationOutcome | None) -> Answer:
        assistant = self.assistant
        conversation = Conversation(
            call,
            call.world.ids.uuid4(),
            assistant_id=assistant.id if assistant else f"assistant-{call.world.ids.uuid4()}",
            model=(assistant and assistant.model) or DEFAULT_MODEL,
            hearing=self.transcription.model if self.transcription else DEFAULT_HEARING,
            voice=self.voice,
            interruptible=self.interruption_settings is None or self.interruption_settings.enable,
        )
        for turn in self.message_history:
            add_turn(conversation, turn.role, turn.text)
        report(conversation, turns=self.send_message_history_updates, insights=True)
        greeting = self.greeting or (assistant.greeting if assistant else None)
        carry_on(conversation, greeting, outcome, self.action)
        for participant in self.participants:
            participant.join(conversation)
        return {"conversation_id": conversation.id}


class AssistantStop(CallCommand, action="ai_assistant_stop"):
    """Send the assistant away; harmless when there is none."""

    emits = (ConversationEnded, ConversationInsightsGenerated)

    def run(self, call: Call) -> None:
        stop(call, besides="conversation_relay_start")


class AssistantAddMessages(CallCommand, action="ai_assistant_add_messages"):
    """Put messages into the assistant's conversation."""

    messages: list[Turn] | None = None
    """The messages to add."""
    trigger_response: Annotated[bool, AI] = False
    """Let the assistant answer the messages at once."""

    example: ClassVar[dict[str, Any]] = {"messages": [{"role": "user", "content": "I am 42."}]}
    emits = (AiGatherMessageHistoryUpdated,)

    def check(self, call: Call) -> None:
        conversation_on(call)

    def run(self, call: Call) -> None:
        for turn in self.messages or ():
            add_turn(conversation_on(call), turn.role, turn.text)


class AssistantJoin(CallCommand, action="ai_assistant_join"):
    """Let another leg take part in a conversation that goes on."""

    example: ClassVar[dict[str, Any]] = {
        "conversation_id": "0424805b-adc1-4ff8-9f95-e1de6883ecbe",
        "participant": {"id": "v3:other-leg", "role": "user"},
    }

    conversation_id: NonBlank
    """The id of the conversation, as the start of the assistant returned it."""
    participant: AiParticipant
    """The leg that joins, and its role."""

    def check(self, call: Call) -> None:
        if self.conversation_id not in call.world.conversations:
            raise UnknownConversation(pointer="/conversation_id")
        leg = self.participant.leg(call, "/participant/id")
        leg.tasks.check(ASSISTANT)

    def run(self, call: Call) -> Answer:
        self.participant.join(call.world.conversations[self.conversation_id])
        return {"conversation_id": self.conversation_id}


INTERRUPTIONS = {True: "any", False: "none"}

Interruptible = Annotated[
    Literal["none", "any", "speech", "dtmf"],
    BeforeValidator(lambda value: INTERRUPTIONS[value] if isinstance(value, bool) else value),
    AI,
]
"""What cuts the relay's speech short; clients send booleans, too."""

RELAY_ENGINES = Literal[
    "Google", "Telnyx", "Deepgram", "Azure", "xAI", "AssemblyAI", "Speechmatics", "Soniox", "A", "B",
]  # fmt: skip


class RelayLanguage(NestedParameters):
    """How one language is heard and spoken."""

    language: str
    """The language, such as `en-US`."""


class RelaySettings(NestedParameters):
    """Older place of some parameters of a relay."""

    url: SocketUrl
    """The WebSocket URL of the application's AI."""


class RelayInterruption(NestedParameters):
    """Older place of what may cut the relay short."""

    enable: bool | None = None
    """Whether speech of the far end cuts the AI short."""


class RelayAssistant(NestedParameters):
    """What the application's own AI is told of the call."""

    dynamic_variables: dict[str, Any] | None = None
    """Values for the application's AI."""


class RelayFields(BaseModel):
    """What a relay to an application's own AI is told. The socket itself is not opened."""

    url: SocketUrl | None = None
    """The WebSocket URL of the application's AI."""
    greeting: str | None = None
    """The text to say first."""
    voice: str = DEFAULT_VOICE
    """The voice that speaks, as `Provider.Model.Voice`."""
    voice_settings: Annotated[dict[str, Any] | None, AI] = None
    """Settings of the voice's provider."""
    language: Annotated[str, AI] = "en"
    """The language of the conversation."""
    languages: Annotated[list[RelayLanguage] | None, AI] = None
    """The languages to expect, and how each is heard and spoken."""
    dtmf_detection: Annotated[bool, AI] = False
    """Pass keys on to the application's AI."""
    interruptible: Interruptible = "any"
    """What cuts speech short; `true` is `any`, `false` is `none`."""
    interruptible_greeting: Interruptible = "any"
    """What cuts the greeting short; `true` is `any`, `false` is `none`."""
    interruption_settings: Annotated[RelayInterruption | None, AI] = None
    """Older place of `interruptible`."""
    custom_parameters: Annotated[dict[str, Any] | None, AI] = None
    """Own values that the application's AI receives at the start."""
    provider: Annotated[str | None, AI] = None
    """The provider of text to speech, by name."""
    structured_provider: Annotated[dict[str, Any] | None, AI] = None
    """The provider of text to speech, with its settings."""
    transcription_engine: RELAY_ENGINES = "Google"
    """The speech-to-text engine; its name only appears in webhooks."""
    transcription_engine_config: Annotated[dict[str, Any] | None, AI] = None
    """Settings of the speech-to-text engine."""
    tts_provider: Annotated[str | None, AI] = None
    """The provider of text to speech; another name of `provider`."""

    def relay(self, call: Call, url: str | None) -> Conversation:
        """The session, not begun yet."""
        id, engine = call.world.ids.uuid4(), self.transcription_engine
        return report(Conversation(call, id, url=url, model=None, hearing=engine, voice=self.voice))


class ConversationRelayStart(RelayFields, CallCommand, action="conversation_relay_start"):
    """Hand the far end's words to the application's own AI over a WebSocket, instead of an assistant."""

    conversation_relay_url: SocketUrl | None = None
    """Older name of `url`."""
    conversation_relay_settings: RelaySettings | None = None
    """Older place of `url`."""
    conversation_relay_dtmf_detection: Annotated[bool, AI] = False
    """Older name of `dtmf_detection`."""
    assistant: Annotated[RelayAssistant | None, AI] = None
    """Values for the application's AI."""
    transcription: Annotated[dict[str, Any] | None, AI] = None
    """Settings of speech to text."""

    example: ClassVar[dict[str, Any]] = {"url": "wss://example.com/relay"}
    emits = (ConversationEnded,)
    outcomes = ConversationOutcome
    lane: ClassVar[Lane | None] = ASSISTANT

    @property
    def socket(self) -> str | None:
        """The URL, wherever it was given; the top level wins."""
        settings = self.conversation_relay_settings
        return self.url or self.conversation_relay_url or (settings.url if settings else None)

    def rules(self) -> Iterator[Refusal]:
        if not self.socket:
            yield needed("url")

    def run_with(self, call: Call, outcome: ConversationOutcome | None) -> Answer:
        conversation = self.relay(call, self.socket)
        carry_on(conversation, self.greeting, outcome, self.action)
        return {"conversation_relay_id": conversation.id}


class ConversationRelayStop(CallCommand, action="conversation_relay_stop"):
    """End the relay; harmless when there is none."""

    emits = (ConversationEnded,)

    def run(self, call: Call) -> None:
        stop(call, only="conversation_relay_start")


class RelayConfig(RelayFields, NestedParameters):
    """A relay that begins with the answer."""

    url: SocketUrl
    """The WebSocket URL of the application's AI."""


class AssistantFields(BaseModel):
    """AI that starts by itself."""

    assistant: Assistant | None = None
    """The AI assistant that starts with the answer."""
    conversation_relay_config: RelayConfig | None = None
    """The relay to the application's own AI that starts with the answer."""
    deepfake_detection: DeepfakeDetection | None = None
    """Examines from the answer on whether the voice is made by a machine."""

    def assistant_rules(self) -> Iterator[Refusal]:
        if self.assistant and self.conversation_relay_config:
            yield together("assistant", "conversation_relay_config")

    def conversing(self, call: Call) -> Begin | None:
        """Begins the assistant or the relay that is asked for."""
        assistant, config = self.assistant, self.conversation_relay_config
        if assistant is not None:
            return lambda: AssistantStart(assistant=assistant).run_with(call, None)
        if config is not None:
            name = ConversationRelayStart.action
            return lambda: carry_on(config.relay(call, config.url), config.greeting, None, name)
        return None

    def voice_check(self, call: Call) -> Begin | None:
        """Begins the detection of a voice made by a machine, if it is asked for."""
        limits = self.deepfake_detection
        if limits is None or not limits.enabled:
            return None
        return lambda: call.start(examine_voice(call, limits), DEEPFAKE)


def conversation_on(call: Call) -> Conversation:
    """What an AI talks about there, or a refusal."""
    if call.conversation is None:
        raise NoAssistant
    return call.conversation


def stop(call: Call, only: str = "", besides: str = "") -> None:
    """End what an AI does on a leg: only what that command began, or all besides it."""
    for activity in call.tasks.active(ASSISTANT):
        if activity.name == only or (not only and activity.name != besides):
            call.tasks.end(activity, "cancelled")

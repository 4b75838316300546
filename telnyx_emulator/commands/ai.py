"""AI on a call: assistants, relays to an application's own AI, and the detection of voices made by machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, Field

from telnyx_emulator.core.activities.converse import ConversationBehaviour, converse, take_part, usual_behaviour
from telnyx_emulator.core.activities.converse import add as add_turn
from telnyx_emulator.core.activities.deepfake import examine
from telnyx_emulator.core.call.answering import Begin
from telnyx_emulator.core.errors import NoAssistant, UnknownConversation, UnknownParticipant
from telnyx_emulator.core.events import (
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
from telnyx_emulator.core.time.tasks import Activity, Lane

from .base import Answer, CallCommand, Outcome
from .fields import AI, together
from .types import NonBlank, Part, SocketUrl
from .validation import Refusal, needed

ANSWER_EVENTS = (
    ConversationEnded,
    ConversationInsightsGenerated,
    DeepfakeDetectionResult,
    DeepfakeDetectionError,
)
"""What the AI parameters of dial and answer can cause."""


class Assistant(Part):
    """An AI assistant by its id, with what to change about it. What it would answer is not simulated."""

    id: NonBlank
    name: str | None = None
    greeting: Annotated[str | None, Field(max_length=3000)] = None
    instructions: str | None = None
    dynamic_variables: dict[str, Any] | None = None
    model: str | None = None
    external_llm: dict[str, Any] | None = None
    fallback_config: dict[str, Any] | None = None
    llm_api_key_ref: str | None = None
    openai_api_key_ref: str | None = None
    mcp_servers: list[dict[str, Any]] | None = None
    observability_settings: dict[str, Any] | None = None
    tools: list[dict[str, Any]] | None = None


class Hearing(Part):
    """Speech to text for an assistant."""

    language: str = "auto"
    model: str = DEFAULT_HEARING


class Interruption(Part):
    """Whether the far end cuts the AI short by speaking."""

    enable: bool = True


class Turn(Part):
    """A message of a conversation."""

    role: Literal["user", "assistant", "tool", "system", "developer"]
    content: Any = None

    @property
    def text(self) -> str:
        return self.content if isinstance(self.content, str) else ""


class Participant(Part):
    """A leg that takes part in a conversation."""

    id: NonBlank
    role: Literal["user"]
    name: str | None = None
    on_hangup: Literal["continue_conversation", "end_conversation"] = "continue_conversation"

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
    """The conversation is over too early."""

    ends_after: Seconds
    """So long after its beginning."""
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
    greeting: str | None = None
    interruption_settings: Interruption | None = None
    message_history: list[Turn] = Field([])
    participants: list[Participant] = Field([])
    send_message_history_updates: bool = False
    transcription: Hearing | None = None
    voice: str = DEFAULT_VOICE
    voice_settings: Annotated[dict[str, Any] | None, AI] = None

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
            insights=True,
            interruptible=self.interruption_settings is None or self.interruption_settings.enable,
        )
        for turn in self.message_history:
            add_turn(conversation, turn.role, turn.text)
        conversation.tells_history = self.send_message_history_updates
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
    trigger_response: Annotated[bool, AI] = False

    emits = (AiGatherMessageHistoryUpdated,)

    def check(self, call: Call) -> None:
        conversation_on(call)

    def run(self, call: Call) -> None:
        for turn in self.messages or ():
            add_turn(conversation_on(call), turn.role, turn.text)


class AssistantJoin(CallCommand, action="ai_assistant_join"):
    """Let another leg take part in a conversation that goes on."""

    conversation_id: NonBlank
    participant: Participant

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


class RelayLanguage(Part):
    """How one language is heard and spoken."""

    language: str


class RelaySettings(Part):
    """Older place of some parameters of a relay."""

    url: SocketUrl


class RelayInterruption(Part):
    """Older place of what may cut the relay short."""

    enable: bool | None = None


class RelayAssistant(Part):
    """What the application's own AI is told of the call."""

    dynamic_variables: dict[str, Any] | None = None


class RelayFields(BaseModel):
    """What a relay to an application's own AI is told. The socket itself is not opened."""

    url: SocketUrl | None = None
    greeting: str | None = None
    voice: str = DEFAULT_VOICE
    voice_settings: Annotated[dict[str, Any] | None, AI] = None
    language: Annotated[str, AI] = "en"
    languages: Annotated[list[RelayLanguage] | None, AI] = None
    dtmf_detection: Annotated[bool, AI] = False
    interruptible: Interruptible = "any"
    interruptible_greeting: Interruptible = "any"
    interruption_settings: Annotated[RelayInterruption | None, AI] = None
    custom_parameters: Annotated[dict[str, Any] | None, AI] = None
    provider: Annotated[str | None, AI] = None
    structured_provider: Annotated[dict[str, Any] | None, AI] = None
    transcription_engine: RELAY_ENGINES = "Google"
    transcription_engine_config: Annotated[dict[str, Any] | None, AI] = None
    tts_provider: Annotated[str | None, AI] = None

    def relay(self, call: Call, url: str | None) -> Conversation:
        """The session, not begun yet."""
        id, engine = call.world.ids.uuid4(), self.transcription_engine
        return Conversation(call, id, url=url, model=None, hearing=engine, voice=self.voice)


class ConversationRelayStart(RelayFields, CallCommand, action="conversation_relay_start"):
    """Hand the far end's words to the application's own AI over a WebSocket, instead of an assistant."""

    conversation_relay_url: SocketUrl | None = None
    conversation_relay_settings: RelaySettings | None = None
    conversation_relay_dtmf_detection: Annotated[bool, AI] = False
    assistant: Annotated[RelayAssistant | None, AI] = None
    transcription: Annotated[dict[str, Any] | None, AI] = None

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


class RelayConfig(RelayFields, Part):
    """A relay that begins with the answer."""

    url: SocketUrl


class DeepfakeDetection(Part):
    """Whether a voice is made by a machine; both limits in seconds."""

    enabled: bool
    rtp_timeout: Annotated[int, Field(ge=5, le=120)] = 30
    timeout: Annotated[int, Field(ge=5, le=60)] = 15


class AssistantFields(BaseModel):
    """AI that starts by itself."""

    assistant: Assistant | None = None
    conversation_relay_config: RelayConfig | None = None
    deepfake_detection: DeepfakeDetection | None = None

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
        return lambda: call.start(_examine(call, limits), DEEPFAKE)


def _examine(call: Call, limits: DeepfakeDetection) -> Activity:
    """Find out whether the far end's voice is real, and tell it, unless the call ends before."""
    found = yield from examine(call.far_end, limits.timeout, limits.rtp_timeout)
    if found.result == "no_media":
        call.emit(DeepfakeDetectionError(error_message="rtp_timeout"))
    else:
        call.emit(DeepfakeDetectionResult(result=found.result, score=found.score, consistency=found.consistency))


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

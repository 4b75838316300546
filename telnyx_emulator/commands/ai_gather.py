"""Finding something out by conversation: an AI asks, and what the far end says fills a JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from telnyx_emulator.core.activities import converse
from telnyx_emulator.core.activities.form import Form
from telnyx_emulator.core.activities.interview import InterviewEnding, interview
from telnyx_emulator.core.events.ai import (
    AiGatherEnded,
    AiGatherMessageHistoryUpdated,
    AiGatherPartialResults,
    ConversationEnded,
)
from telnyx_emulator.core.model import DEFAULT_HEARING, DEFAULT_MODEL, DEFAULT_VOICE, Call, Conversation
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import ASSISTANT
from telnyx_emulator.core.time.tasks import Activity, Lane

from .ai import Hearing, Interruption
from .base import Answer, CallCommand, Outcome
from .conversation_reports import report
from .fields import AI
from .types import NestedParameters
from .validation import Refusal


class GatherAssistant(NestedParameters):
    """Which model asks, and how; here none does."""

    instructions: str | None = None
    """What the model is told to do."""
    model: str = DEFAULT_MODEL
    """The language model; its name only appears in webhooks."""
    openai_api_key_ref: str | None = None
    """The name of a stored API key for the model."""
    tools: list[dict[str, Any]] | None = None
    """Tools that the model may call."""


class GatherTurn(NestedParameters):
    """A message of an earlier conversation."""

    role: Literal["assistant", "user"] = "user"
    """Which side the message is from."""
    content: str = ""
    """The text of the message."""


class AiGatherOutcome(Outcome):
    """The gather ends by itself, whatever is said."""

    status: Literal["valid", "invalid"] | None = None
    """As `call.ai_gather.ended` says; unset: whether all required values are there."""
    result: dict[str, Any] | None = None
    """The values it ends with; unset: none."""
    after: Seconds = 5.0
    """How long after its start the gather ends."""


class GatherUsingAi(CallCommand, action="gather_using_ai"):
    """Ask for values until all required ones are there, or the far end keeps silent for too long.

    Each thing that the far end says answers the next property, the required ones first.
    """

    parameters: dict[str, Any]
    """A JSON Schema: its `properties` are the values to collect, `required` those that must be there."""
    assistant: GatherAssistant | None = None
    """The model that asks."""
    gather_ended_speech: Annotated[str | None, Field(max_length=3000)] = None
    """The text to say once the values are collected."""
    greeting: Annotated[str | None, Field(max_length=3000)] = None
    """The text to say first."""
    interruption_settings: Interruption | None = None
    """Whether speech of the far end cuts the AI short."""
    language: Annotated[str | None, AI] = None
    """The language of the conversation."""
    message_history: list[GatherTurn] | None = None
    """Messages of an earlier conversation."""
    send_message_history_updates: bool = False
    """Send a webhook for each new message."""
    send_partial_results: bool = False
    """Send a webhook for each value that is collected."""
    transcription: Hearing | None = None
    """How speech becomes text."""
    user_response_timeout_ms: Annotated[int, Field(ge=1)] = 10_000
    """How long the far end may keep silent before the gather ends, in milliseconds."""
    voice: str = DEFAULT_VOICE
    """The voice that speaks, as `Provider.Model.Voice`."""
    voice_settings: Annotated[dict[str, Any] | None, AI] = None
    """Settings of the voice's provider."""

    example: ClassVar[dict[str, Any]] = {
        "parameters": {"properties": {"age": {"type": "integer"}}, "required": ["age"]}
    }
    emits = (AiGatherEnded, AiGatherMessageHistoryUpdated, AiGatherPartialResults, ConversationEnded)
    outcomes = AiGatherOutcome
    lane: ClassVar[Lane | None] = ASSISTANT

    def rules(self) -> Iterator[Refusal]:
        if self.voice in ("male", "female"):
            yield Refusal("90012", "/voice")  # good enough for speak, but not here
        for name, kind, words in (("properties", dict, "an object"), ("required", list, "an array")):
            if not isinstance(self.parameters.get(name, kind()), kind):
                yield Refusal("10015", f"/parameters/{name}", f"The {name} of a JSON Schema must be {words}.")

    def run_with(self, call: Call, outcome: AiGatherOutcome | None) -> Answer:
        conversation = Conversation(
            call,
            call.world.ids.uuid4(),
            model=self.assistant.model if self.assistant else DEFAULT_MODEL,
            hearing=self.transcription.model if self.transcription else DEFAULT_HEARING,
            voice=self.voice,
            gathers=True,
            interruptible=self.interruption_settings is None or self.interruption_settings.enable,
        )
        for turn in self.message_history or ():
            converse.add(conversation, turn.role, turn.content)
        report(conversation, turns=self.send_message_history_updates)
        call.start(self._gather(call, conversation, outcome), ASSISTANT, self.action)
        return {"conversation_id": conversation.id}

    def _gather(self, call: Call, conversation: Conversation, outcome: AiGatherOutcome | None) -> Activity:
        def tell(values: dict[str, Any]) -> None:
            if self.send_partial_results:
                call.emit(AiGatherPartialResults(message_history=conversation.history(), partial_results=values))

        ending = None
        if outcome is not None:
            ending = InterviewEnding(call.world.draw(outcome.after), outcome.status, outcome.result)
        result = yield from interview(
            conversation,
            Form(self.parameters),
            greeting=self.greeting,
            farewell=self.gather_ended_speech,
            patience=self.user_response_timeout_ms / 1000,
            told=tell,
            ending=ending,
        )
        history = conversation.history()
        call.emit(AiGatherEnded(message_history=history, result=result.values, status=result.status))
        converse.end(conversation)

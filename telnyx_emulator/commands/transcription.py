"""Turning what is said on a call into text while it is said."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from telnyx_emulator.core.activities.transcribe import Transcriber
from telnyx_emulator.core.audio.sound import Track
from telnyx_emulator.core.errors import TranscriptionNeeded
from telnyx_emulator.core.events import Transcription
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.lanes import TRANSCRIPTION
from telnyx_emulator.core.time.tasks import LiveState

from .base import CallCommand, Outcome
from .fields import AnswerFields
from .types import ClientState, Known, Part

ENGINES = frozenset(
    {
        "Google", "Telnyx", "Deepgram", "Azure", "xAI", "AssemblyAI", "Speechmatics", "Soniox", "Parakeet",
        "Humain", "Reson8", "Cohere", "A", "B",
    }
)  # fmt: skip

NAMES_TRACK = frozenset({"Telnyx", "B"})
"""The engines whose results name the track."""

TRACKS: dict[str, tuple[Track, ...]] = {
    "inbound": ("inbound",),
    "outbound": ("outbound",),
    "both": ("inbound", "outbound"),
}


class TranscriptionSettings(BaseModel):
    """The engine, and the direction of the audio. All engines understand every word in any language."""

    transcription_engine: Annotated[str, Known(ENGINES)] = "Google"
    """The speech-to-text engine; it decides which fields the results have."""
    transcription_engine_config: dict[str, Any] | None = None
    """Settings of the engine, such as `language` and `interim_results`."""
    transcription_tracks: Literal["inbound", "outbound", "both"] = "inbound"
    """Which direction of the audio is transcribed."""

    def transcriber(self, call: Call, client_state: str | LiveState | None, interim: bool = False) -> Transcriber:
        """`interim`: whether early results were asked for elsewhere."""
        config = self.transcription_engine_config or {}
        named = "transcription_engine" in self.model_fields_set
        engine = self.transcription_engine if named else config.get("transcription_engine", "Google")
        return Transcriber(
            call,
            TRACKS.get(self.transcription_tracks, ("inbound",)),
            engine in NAMES_TRACK,
            interim or bool(config.get("interim_results")),
            client_state,
        )


class TranscriptionConfig(TranscriptionSettings, Part):
    """How to transcribe from the answer on; `client_state` is for the results alone."""

    client_state: ClientState = None
    """Base64 text that the webhooks of the transcription carry."""
    command_id: str | None = None
    """A name for the command; it has no effect here."""


class TranscriptionFields(AnswerFields):
    """Transcription that starts by itself."""

    transcription: bool = False
    """Start a transcription with the answer."""
    transcription_config: TranscriptionConfig | None = None
    """How to transcribe."""

    def on_answer(self, call: Call) -> None:
        super().on_answer(call)
        if self.transcription:
            config = self.transcription_config or TranscriptionConfig()
            begin(call, config, config.client_state, "transcription")


class TranscriptionOutcome(Outcome):
    """What is said is understood badly, or not at all."""

    transcript: str | None = None
    """The text that all speech is taken for; empty: nothing is understood, and there is no webhook."""
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    """How sure the results are, from 0 to 1."""


class TranscriptionStart(TranscriptionSettings, CallCommand, action="transcription_start"):
    """Transcribe what is said. `language` and `interim_results` are where older clients put them."""

    language: str | None = None
    """Older place of the language."""
    interim_results: bool = False
    """Older place of `interim_results`: whether incomplete results are sent too."""

    emits = (Transcription,)
    outcomes = TranscriptionOutcome
    lane = TRANSCRIPTION

    def run(self, call: Call) -> None:
        begin(call, self, None, self.action, self.interim_results, self._outcome)


class TranscriptionStop(CallCommand, action="transcription_stop"):
    """Transcribe no more; harmless when nothing was. A recording that ends by silence needs it."""

    def check(self, call: Call) -> None:
        if any(recorder.recording.options.silence for recorder in call.recorders or ()):
            raise TranscriptionNeeded

    def run(self, call: Call) -> None:
        call.tasks.stop(TRANSCRIPTION, "cancelled")


def begin(
    call: Call,
    settings: TranscriptionSettings,
    client_state: str | None,
    name: str,
    interim: bool = False,
    outcome: TranscriptionOutcome | None = None,
) -> None:
    """Transcribe with a `client_state` of its own, or else with the leg's."""
    current = call.tasks.current
    state = client_state or (call.client_state if current is None else current.client_state)
    transcriber = settings.transcriber(call, state, interim)
    if outcome is not None:
        transcriber.mishears, transcriber.confidence = outcome.transcript, outcome.confidence
    call.tasks.start(transcriber.listen(), TRANSCRIPTION, state, name)

"""Turning what is said on a call into text while it is said."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field

from telnyx_emulator.core.activities.transcribe import Recognition, Transcriber, Transcript
from telnyx_emulator.core.audio.sound import Track
from telnyx_emulator.core.call.answering import Begin
from telnyx_emulator.core.errors import TranscriptionNeeded
from telnyx_emulator.core.events.streaming import Transcription
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.lanes import TRANSCRIPTION
from telnyx_emulator.core.time.tasks import LiveState

from .base import CallCommand, Outcome
from .types import ClientState, Known, NestedParameters

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

    @property
    def names_track(self) -> bool:
        """Whether the results say who spoke."""
        named = "transcription_engine" in self.model_fields_set
        config = self.transcription_engine_config or {}
        return (self.transcription_engine if named else config.get("transcription_engine")) in NAMES_TRACK

    @property
    def interim(self) -> bool:
        """Whether early results are asked for."""
        return bool((self.transcription_engine_config or {}).get("interim_results"))

    def transcribe(
        self,
        call: Call,
        name: str,
        client_state: str | None = None,
        outcome: TranscriptionOutcome | None = None,
    ) -> None:
        """Begin to transcribe, with a `client_state` of its own or else with the leg's."""
        current = call.tasks.current
        state = client_state or (call.client_state if current is None else current.client_state)

        def report(transcript: Transcript) -> None:
            now = call.client_state if isinstance(state, LiveState) else state
            call.emit(self._event(transcript), client_state=now)

        tracks = TRACKS.get(self.transcription_tracks, ("inbound",))
        recognition = Recognition() if outcome is None else outcome.of(Recognition())
        transcriber = Transcriber(call, tracks, self.interim, report, recognition)
        call.tasks.start(transcriber.listen(), TRANSCRIPTION, state, name)

    def _event(self, transcript: Transcript) -> Transcription:
        track = {"transcription_track": transcript.track} if self.names_track else {}
        data = {
            "confidence": transcript.confidence, "is_final": transcript.is_final, "transcript": transcript.words,
        }  # fmt: skip
        return Transcription(transcription_data=data | track)


class TranscriptionConfig(TranscriptionSettings, NestedParameters):
    """How to transcribe from the answer on; `client_state` is for the results alone."""

    client_state: ClientState = None
    """Base64 text that the webhooks of the transcription carry."""
    command_id: str | None = None
    """A name for the command; it has no effect here."""


class TranscriptionFields(BaseModel):
    """Transcription that starts by itself."""

    transcription: bool = False
    """Start a transcription with the answer."""
    transcription_config: TranscriptionConfig | None = None
    """How to transcribe."""

    def transcribing(self, call: Call) -> Begin | None:
        """Begins the transcription that is asked for."""
        if not self.transcription:
            return None
        config = self.transcription_config or TranscriptionConfig()
        return lambda: config.transcribe(call, "transcription", config.client_state)


class TranscriptionOutcome(Outcome):
    """What is said is understood badly, or not at all."""

    transcript: str | None = None
    """The text that all speech is taken for; empty: nothing is understood, and there is no webhook."""
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    """How sure the results are, from 0 to 1."""

    def of(self, usual: Recognition) -> Recognition:
        """What is given, and otherwise as usual."""
        return Recognition(
            usual.mishears if self.transcript is None else self.transcript,
            usual.confidence if self.confidence is None else self.confidence,
        )


class TranscriptionStart(TranscriptionSettings, CallCommand, action="transcription_start"):
    """Transcribe what is said. `language` and `interim_results` are where older clients put them."""

    language: str | None = None
    """Older place of the language."""
    interim_results: bool = False
    """Older place of `interim_results`: whether incomplete results are sent too."""

    example: ClassVar[dict[str, Any]] = {"transcription_engine": "B"}
    emits = (Transcription,)
    outcomes = TranscriptionOutcome
    lane = TRANSCRIPTION

    @property
    def interim(self) -> bool:
        return self.interim_results or super().interim

    def run_with(self, call: Call, outcome: TranscriptionOutcome | None) -> None:
        self.transcribe(call, self.action, outcome=outcome)


class TranscriptionStop(CallCommand, action="transcription_stop"):
    """Transcribe no more; harmless when nothing was. A recording that ends by silence needs it."""

    def check(self, call: Call) -> None:
        if any(recorder.recording.options.silence for recorder in call.recorders or ()):
            raise TranscriptionNeeded

    def run(self, call: Call) -> None:
        call.tasks.stop(TRANSCRIPTION, "cancelled")

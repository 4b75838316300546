"""What is heard on a call: speech, audio files, and noise suppression."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from telnyx_emulator.core.activities.play import PlayResult, play_to
from telnyx_emulator.core.audio.clip import UNKNOWN_AUDIO_SECS, Clip, audio_named, spoken
from telnyx_emulator.core.audio.length import audio_seconds
from telnyx_emulator.core.errors import NothingToOverlay
from telnyx_emulator.core.events.media import PlaybackEnded, PlaybackStarted, SpeakEnded, SpeakStarted
from telnyx_emulator.core.model import Call, World
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import AUDIO, OVERLAY
from telnyx_emulator.core.time.tasks import Activity, Lane

from .base import CallCommand, Outcome
from .fields import MEDIA, AudioFields, QueuedAudioFields, VoiceFields
from .types import Known, NestedParameters
from .validation import Coded, Refusal, needed


class SpeakOutcome(Outcome):
    """The speech is cut short; the vendor has no word for one that fails."""

    status: Literal["cancelled_amd"] = "cancelled_amd"
    """As `call.speak.ended` says: answering machine detection found a machine."""
    after: Seconds = 0.0
    """How long after its start the speech ends."""


class Speak(VoiceFields, QueuedAudioFields, CallCommand, action="speak"):
    """Say a text. It takes its turn behind whatever is being played."""

    example: ClassVar[dict[str, Any]] = {"payload": "Hello.", "voice": "female"}
    emits = (SpeakStarted, SpeakEnded)
    outcomes = SpeakOutcome
    lane: ClassVar[Lane | None] = AUDIO

    def rules(self) -> Iterator[Refusal]:
        yield from self.voice_rules()

    def run_with(self, call: Call, outcome: SpeakOutcome | None) -> Activity:
        if self.stop:
            call.tasks.stop(AUDIO, "cancelled", only_current=self.stop == "current")
        return self._speak(call, outcome)

    def _speak(self, call: Call, outcome: SpeakOutcome | None) -> Activity:
        speak_id = call.world.ids.uuid4()
        call.emit(SpeakStarted(speak_id=speak_id))
        clip = spoken(self.payload, self.ssml, self.speed).repeated(self.loop)
        if outcome is not None:
            clip = clip.ending(outcome.status, call.world.draw(outcome.after))
        result = yield from play_to(call, clip, self.target_legs)
        ended = result.status
        status = ended if ended == "call_hangup" or ended == "cancelled_amd" else "completed"
        call.emit(SpeakEnded(speak_id=speak_id, status=status))


class PlaybackOutcome(Outcome):
    """The audio is not played, or not to its end."""

    status: Literal["file_not_found", "failed", "unknown", "cancelled", "cancelled_amd"]
    """As `call.playback.ended` says. What is not found is not started either."""
    status_detail: str | None = None
    """What `call.playback.ended` says besides."""
    after: Seconds = 0.0
    """How long after its start the playback fails."""

    def on(self, clip: Clip, world: World) -> Clip:
        """The same clip, but that is how it ends."""
        detail = self.status_detail or ("HTTP 404" if self.status == "file_not_found" else None)
        return clip.ending(self.status, world.draw(self.after), detail)


def playback(
    call: Call,
    source: dict[str, Any],
    clip: Clip,
    *,
    overlay: bool = False,
    target_legs: str = "self",
    asks: bool = True,
    outcome: PlaybackOutcome | None = None,
) -> Activity:
    """Play audio, with its webhooks; `source` is how they name it. What is not found only ends."""
    if outcome is not None:
        clip = outcome.on(clip, call.world)
    if clip.found:
        call.emit(PlaybackStarted(overlay=overlay, **source))
    result = yield from play_to(call, clip, target_legs, asks)
    _tell_end(call, clip, result, {"overlay": overlay, **source})


def _tell_end(call: Call, clip: Clip, result: PlayResult, fields: dict[str, Any]) -> None:
    """One that was stopped while it was still looked for never began: nothing to report."""
    if clip.found or result.status == "file_not_found":
        detail: dict[str, Any] = {} if result.detail is None else {"status_detail": result.detail}
        call.emit(PlaybackEnded(status=result.status, **fields, **detail))


def play_once(call: Call, fields: AudioFields) -> Activity:
    """Play the audio that a command names, once, with its webhooks."""
    return playback(call, fields.source(), audio_named(call.world, fields.audio_url, fields.media_name))


class PlaybackStart(AudioFields, QueuedAudioFields, CallCommand, action="playback_start"):
    """Play a file. It takes its turn behind whatever is being played, or is mixed into it (`overlay`)."""

    playback_content: str | None = None
    """The audio itself, in base64."""
    audio_type: Literal["mp3", "wav"] = "mp3"
    """The format of `playback_content`."""
    cache_audio: bool = True
    """Whether the audio may be kept for later calls."""
    overlay: bool = False
    """Mix it into the audio that is being played, instead of waiting for its turn."""

    example: ClassVar[dict[str, Any]] = {"audio_url": "http://example.com/music.mp3"}
    emits = (PlaybackStarted, PlaybackEnded)
    outcomes = PlaybackOutcome

    def rules(self) -> Iterator[Refusal]:
        yield from self.audio_rules()
        if not (self.audio_url or self.media_name or self.playback_content):
            yield needed("audio_url")
        if self.overlay and self.target_legs != "self":
            yield Refusal("10032", "/target_legs", "The value must be one of: self, while overlay is set.")
        if self.playback_content and self._content() is None:
            yield Refusal("10015", "/playback_content", "The playback_content must be base64.")

    def check(self, call: Call) -> None:
        self.check_media(call.world)
        if self.overlay and not any(one.started and one.name == self.action for one in call.tasks.active(AUDIO)):
            raise NothingToOverlay(pointer="/overlay")

    def run_with(self, call: Call, outcome: PlaybackOutcome | None) -> None:
        lane = OVERLAY if self.overlay else AUDIO
        if self.stop:
            call.tasks.stop(lane, "cancelled", only_current=self.stop == "current")
        activity = playback(
            call,
            self.source(),
            self._clip(call.world).repeated(self.loop),
            overlay=self.overlay,
            target_legs=self.target_legs,
            outcome=outcome,
        )
        call.start(activity, lane, self.action)

    def _clip(self, world: World) -> Clip:
        clip = audio_named(world, self.audio_url, self.media_name)
        if content := self._content():
            return Clip("audio", clip.content, audio_seconds(content) or UNKNOWN_AUDIO_SECS, content)
        return clip

    def given(self) -> dict[str, Any]:
        shown = super().given()
        if self.playback_content:
            shown["playback_content"] = f"({len(self.playback_content)} characters of base64)"
        return shown

    def _content(self) -> bytes | None:
        try:
            return base64.b64decode(self.playback_content or "", validate=True)
        except (binascii.Error, ValueError):
            return None


class PlaybackStop(CallCommand, action="playback_stop"):
    """Stop what is being played or spoken, and forget what waits, unless only the `current` one is meant."""

    stop: Annotated[Literal["current", "all", "overlay"], Coded("90016")] = "all"
    """What is stopped: the `current` audio, `all` of it, or the `overlay`."""
    overlay: bool = False
    """Stop the overlay and let the audio below it go on."""

    emits = (PlaybackEnded, SpeakEnded)

    def run(self, call: Call) -> None:
        lane = OVERLAY if self.overlay or self.stop == "overlay" else AUDIO
        call.tasks.stop(lane, "cancelled", only_current=self.stop == "current")


NOISE_ENGINES = frozenset(
    {
        "Denoiser", "DeepFilterNet", "Krisp", "AiCoustics", "aic_l_quail", "aic_l_rook", "aic_s_quail",
        "aic_s_rook", "quail_voice_focus_s", "quail_voice_focus_xs", "A", "B", "C", "D",
    }
)  # fmt: skip


class NoiseEngineConfig(NestedParameters):
    """Settings of single engines."""

    attenuation_limit: Annotated[int, Field(ge=0, le=100)] = 100
    """By how many decibels noise is lowered at most."""
    enhancement_level: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    """How strongly speech is enhanced, from 0 to 1."""
    family: Literal["sparrow", "quail"] | None = None
    """The family of the engine's models."""
    mode: Literal["standard", "advanced"] | None = None
    """The mode of the engine."""
    model: str | None = None
    """The model of the engine."""
    size: str | None = None
    """The size of the model."""
    suppression_level: Annotated[float, Field(ge=0.0, le=100.0)] | None = None
    """How strongly noise is suppressed, in percent."""
    voice_gain: Annotated[float, Field(ge=0.1, le=4.0)] | None = None
    """The factor by which the voice is made louder."""


class SuppressionStart(CallCommand, action="suppression_start"):
    """Suppress noise. It has no webhooks; the state shows it."""

    direction: Literal["inbound", "outbound", "both"] = "inbound"
    """Which direction of the audio is cleaned."""
    noise_suppression_engine: Annotated[str, Known(NOISE_ENGINES)] = "Denoiser"
    """The engine that suppresses the noise."""
    noise_suppression_engine_config: Annotated[NoiseEngineConfig | None, MEDIA] = None
    """Settings of the engine."""

    def run(self, call: Call) -> None:
        call.suppression = self.direction


class SuppressionStop(CallCommand, action="suppression_stop"):
    """Let the noise back in; harmless when none was suppressed."""

    def run(self, call: Call) -> None:
        call.suppression = None

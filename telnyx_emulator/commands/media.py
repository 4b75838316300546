"""What is heard on a call: speech, audio files, and noise suppression."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.length import audio_seconds
from telnyx_emulator.core.audio.speech import speech_seconds, words
from telnyx_emulator.core.errors import NothingToOverlay
from telnyx_emulator.core.events import PlaybackEnded, PlaybackStarted, PlaybackStatus, SpeakEnded, SpeakStarted
from telnyx_emulator.core.far_end import scripted
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import AUDIO, OVERLAY
from telnyx_emulator.core.time.tasks import Activity, Cancelled, Lane

from .base import CallCommand, Outcome
from .fields import MEDIA, AudioFields, QueuedAudioFields, VoiceFields
from .types import Known, Part
from .validation import Coded, Refusal, needed

UNKNOWN_AUDIO_SECS = 3.0
"""How long audio is taken to be that could not be looked at."""


def times(seconds: float, loop: int | Literal["infinity"]) -> float | None:
    """How long something repeated lasts; None is for ever."""
    return None if loop == "infinity" else seconds * loop


def heard_by(call: Call, target_legs: str) -> None:
    """Let the far ends that heard a prompt to its end react to it."""
    if target_legs in ("self", "both"):
        scripted.heard(call)
    if target_legs in ("opposite", "both") and call.peer is not None:
        scripted.heard(call.peer)


class SpeakOutcome(Outcome):
    """The speech is cut short; the vendor has no word for one that fails."""

    status: Literal["cancelled_amd"] = "cancelled_amd"
    """As `call.speak.ended` says: answering machine detection found a machine."""
    after: Seconds = 0.0
    """How long after its start the speech ends."""


class Speak(VoiceFields, QueuedAudioFields, CallCommand, action="speak"):
    """Say a text. It takes its turn behind whatever is being played."""

    emits = (SpeakStarted, SpeakEnded)
    outcomes = SpeakOutcome
    lane: ClassVar[Lane | None] = AUDIO

    def rules(self) -> Iterator[Refusal]:
        yield from self.voice_rules()

    def run(self, call: Call) -> Activity:
        if self.stop:
            call.tasks.stop(AUDIO, "cancelled", only_current=self.stop == "current")
        return self._speak(call)

    def _speak(self, call: Call) -> Activity:
        speak_id = call.world.ids.uuid4()
        call.emit(SpeakStarted(speak_id=speak_id))
        status: Literal["completed", "call_hangup", "cancelled_amd"] = "completed"
        seconds = times(speech_seconds(self.payload, self.ssml, self.speed), self.loop)
        heard = hearing.to_far_end(call, self.target_legs)
        try:
            with hearing.audible(heard, "speech", words(self.payload, self.ssml), seconds):
                yield seconds if self._outcome is None else call.world.draw(self._outcome.after)
            if self._outcome is None:
                heard_by(call, self.target_legs)
            else:
                status = self._outcome.status
        except Cancelled as stop:
            status = "call_hangup" if stop.reason == "call_hangup" else "completed"
        call.emit(SpeakEnded(speak_id=speak_id, status=status))


class PlaybackOutcome(Outcome):
    """The audio is not played, or not to its end."""

    status: Literal["file_not_found", "failed", "unknown", "cancelled", "cancelled_amd"]
    """As `call.playback.ended` says. What is not found is not started either."""
    status_detail: str | None = None
    """What `call.playback.ended` says besides."""
    after: Seconds = 0.0
    """How long after its start the playback fails."""


def play(
    call: Call,
    source: dict[str, Any],
    audio: float | str,
    *,
    loop: int | Literal["infinity"] = 1,
    overlay: bool = False,
    target_legs: str = "self",
    data: bytes | None = None,
    outcome: PlaybackOutcome | None = None,
) -> Activity:
    """Play audio of a length in seconds, or fail for the reason given instead of it. `data`: the audio itself."""
    if outcome is not None:
        yield from _fail(call, source, overlay, target_legs, outcome)
        return
    if isinstance(audio, str):
        call.emit(PlaybackEnded(status="file_not_found", status_detail=audio, overlay=overlay, **source))
        return
    call.emit(PlaybackStarted(overlay=overlay, **source))
    status: PlaybackStatus = "completed"
    seconds = times(audio, loop)
    content = source.get("media_url") or source.get("media_name") or ""
    data = data or data_of(call, **source)
    try:
        with hearing.audible(hearing.to_far_end(call, target_legs), "audio", content, seconds, data=data):
            yield seconds
        heard_by(call, target_legs)
    except Cancelled as stop:
        status = stop.status
    call.emit(PlaybackEnded(status=status, overlay=overlay, **source))


def _fail(call: Call, source: dict[str, Any], overlay: bool, target_legs: str, outcome: PlaybackOutcome) -> Activity:
    """Play it until it fails, unless it is not found at all."""
    content = source.get("media_url") or source.get("media_name") or ""
    begins, seconds = outcome.status != "file_not_found", call.world.draw(outcome.after)
    told: dict[str, Any] = {"status": outcome.status}
    if outcome.status_detail or not begins:
        told["status_detail"] = outcome.status_detail or "HTTP 404"
    try:
        if begins:
            call.emit(PlaybackStarted(overlay=overlay, **source))
            with hearing.audible(hearing.to_far_end(call, target_legs), "audio", content, seconds):
                yield seconds
        else:
            yield seconds
    except Cancelled as stop:
        if not begins:
            return  # it never began: nothing to report
        told = {"status": stop.status}
    call.emit(PlaybackEnded(overlay=overlay, **source, **told))


def play_once(call: Call, fields: AudioFields) -> Activity:
    """Play the audio that a command names, once."""
    return play(call, fields.source(), length_of(call, fields.audio_url, fields.media_name))


def length_of(call: Call, audio_url: str | None, media_name: str | None) -> float | str:
    """Seconds of the audio, or why it cannot be had."""
    if audio_url:
        return call.world.audio.get(audio_url, UNKNOWN_AUDIO_SECS)
    stored = call.world.media_file(media_name or "")
    return (stored and stored.seconds) or UNKNOWN_AUDIO_SECS


def data_of(call: Call, media_url: str | None = None, media_name: str | None = None) -> bytes | None:
    """The audio itself, where it is at hand."""
    if media_url:
        return call.world.waves.get(media_url)
    stored = call.world.media_file(media_name or "")
    return stored.content if stored else None


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

    def run(self, call: Call) -> None:
        lane = OVERLAY if self.overlay else AUDIO
        if self.stop:
            call.tasks.stop(lane, "cancelled", only_current=self.stop == "current")
        audio, data = length_of(call, self.audio_url, self.media_name), None
        if self.playback_content:
            data = self._content()
            audio = audio_seconds(data or b"") or UNKNOWN_AUDIO_SECS
        process = play(
            call,
            self.source(),
            audio,
            loop=self.loop,
            overlay=self.overlay,
            target_legs=self.target_legs,
            data=data,
            outcome=self._outcome,
        )
        call.start(process, lane, self.action)

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


class NoiseEngineConfig(Part):
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

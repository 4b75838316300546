"""Collecting digits that the far end presses, with or without a prompt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from telnyx_emulator.core.activities.gather import Ask, DigitsWanted, GatherEnding, gather, unprompted
from telnyx_emulator.core.activities.prompt import Prompts, prompt
from telnyx_emulator.core.audio.clip import audio_named
from telnyx_emulator.core.events.media import DtmfReceived, GatherEnded, PlaybackEnded, PlaybackStarted
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import GATHER
from telnyx_emulator.core.time.tasks import Activity, Lane

from .base import CallCommand, Outcome
from .fields import AudioFields, DigitFields, VoiceFields, together
from .media import PlaybackOutcome, playback
from .types import AudioUrl
from .validation import Coded, Refusal, needed


class GatherOutcome(Outcome):
    """The gather ends by itself, whatever is pressed."""

    status: Literal["valid", "invalid", "timeout", "cancelled", "cancelled_amd"] | None = None
    """As `call.gather.ended` says; unset: what the command makes of the digits."""
    digits: Annotated[str, Field(max_length=128, pattern=r"^[0-9A-D*#]*$")] | None = None
    """What it ends with, without `call.dtmf.received`; unset: what was really pressed until then."""
    after: Seconds = 1.0
    """How long after its start the gather ends."""

    @property
    def ending(self) -> GatherEnding | None:
        """How the gather ends; None: as usual, nothing is said about it."""
        if not self.model_fields_set & GatherOutcome.model_fields.keys():
            return None
        return GatherEnding(self.after, self.status, self.digits)


class AudioGatherOutcome(GatherOutcome):
    """The gather ends by itself, whatever is pressed, or what is played first fails."""

    prompt: PlaybackOutcome | None = None
    """How each playback of the prompt ends."""


def collect(
    call: Call, gather_id: str, wanted: DigitsWanted, outcome: GatherOutcome | None, ask: Ask = unprompted
) -> Activity:
    """Collect digits, and tell what was pressed before any prompt that still sounds ends."""
    prompts = Prompts(call)
    result = yield from gather(call, wanted, prompts, ask, outcome.ending if outcome else None)
    call.emit(GatherEnded(digits=result.digits, gather_id=gather_id, status=result.status))
    prompts.silence(result.status)


def digits_wanted(fields: DigitFields, first_key_millis: int, **more: Any) -> DigitsWanted:
    """The keys that the parameters of one try describe."""
    return DigitsWanted(
        minimum=fields.minimum_digits,
        maximum=fields.maximum_digits,
        valid=fields.valid_digits,
        terminating=fields.terminating_digit,
        first_key_secs=first_key_millis / 1000,
        next_key_secs=fields.inter_digit_timeout_millis / 1000,
        **more,
    )


class Gather(DigitFields, CallCommand, action="gather"):
    """Wait for digits. It listens at once, whatever is being played."""

    gather_id: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    """An id for this gather, in its webhook; unset: a new one."""
    initial_timeout_millis: Annotated[int, Field(ge=1, le=120_000), Coded("90056")] = 5_000
    """How long the first key may take, in milliseconds."""

    example: ClassVar[dict[str, Any]] = {"maximum_digits": 4}
    emits = (DtmfReceived, GatherEnded)
    outcomes = GatherOutcome
    lane: ClassVar[Lane | None] = GATHER

    def rules(self) -> Iterator[Refusal]:
        yield from self.digit_rules()

    def run_with(self, call: Call, outcome: GatherOutcome | None) -> Activity:
        wanted = digits_wanted(self, self.initial_timeout_millis, total_secs=self.timeout_millis / 1000)
        return collect(call, self.gather_id or call.world.ids.uuid4(), wanted, outcome)


class PromptedDigits(DigitFields):
    """Digits after something was played, up to `maximum_tries` times. Usually the first key interrupts it."""

    maximum_tries: Annotated[int, Field(ge=1, le=128), Coded("90024")] = 3
    """How often the prompt is played at most."""

    def prompt(self, call: Call, after_invalid: bool, outcome: Any = None) -> list[Activity]:
        """What is played before one try, in order."""
        raise NotImplementedError

    @property
    def wanted(self) -> DigitsWanted:
        """The keys to wait for."""
        return digits_wanted(self, self.timeout_millis, tries=self.maximum_tries)

    def collect(self, call: Call, gather_id: str, outcome: GatherOutcome | None) -> Activity:
        """Play, listen, and tell what was pressed."""
        return collect(call, gather_id, self.wanted, outcome, lambda invalid: self.prompt(call, invalid, outcome))


class PromptedGather(PromptedDigits, CallCommand):
    """A gather of its own that plays something first."""

    lane: ClassVar[Lane | None] = GATHER

    def run_with(self, call: Call, outcome: GatherOutcome | None) -> Activity:
        return self.collect(call, call.world.ids.uuid4(), outcome)


class GatherUsingSpeak(VoiceFields, PromptedGather, action="gather_using_speak"):
    """Say a text and collect digits. The prompt has no speak events of its own."""

    invalid_payload: Annotated[str, Field(max_length=5000), Coded("90010")] | None = None
    """The text to say first when the digits of the last try were invalid."""

    example: ClassVar[dict[str, Any]] = {"payload": "Press one.", "voice": "female"}
    emits = (DtmfReceived, GatherEnded)
    outcomes = GatherOutcome

    def rules(self) -> Iterator[Refusal]:
        yield from self.voice_rules()
        yield from self.digit_rules()

    def prompt(self, call: Call, after_invalid: bool, outcome: GatherOutcome | None = None) -> list[Activity]:
        texts = [self.invalid_payload if after_invalid else None, self.payload]
        return [prompt(call, text, self.ssml, self.speed, text is self.payload) for text in texts if text]


class AudioDigits(AudioFields, PromptedDigits):
    """Digits after audio, and other audio first when they were wrong."""

    invalid_audio_url: AudioUrl | None = None
    """The URL of the audio to play first when the digits of the last try were invalid."""
    invalid_media_name: str | None = None
    """The name of uploaded audio to play first when the digits of the last try were invalid."""

    def audio_digit_rules(self) -> Iterator[Refusal]:
        """What both kinds of commands insist on."""
        yield from self.audio_rules()
        yield from self.digit_rules()
        if not (self.audio_url or self.media_name):
            yield needed("audio_url")
        if self.invalid_audio_url and self.invalid_media_name:
            yield together("invalid_audio_url", "invalid_media_name")

    def prompt(self, call: Call, after_invalid: bool, outcome: AudioGatherOutcome | None = None) -> list[Activity]:
        parts = []
        if after_invalid and (self.invalid_audio_url or self.invalid_media_name):
            clip = audio_named(call.world, self.invalid_audio_url, self.invalid_media_name)
            name = "media_url" if self.invalid_audio_url else "media_name"
            parts.append(playback(call, {name: clip.content}, clip, asks=False))
        clip = audio_named(call.world, self.audio_url, self.media_name)
        return [*parts, playback(call, self.source(), clip, outcome=outcome.prompt if outcome else None)]


class GatherUsingAudio(AudioDigits, PromptedGather, action="gather_using_audio"):
    """Play a file and collect digits. Each play has its playback events."""

    example: ClassVar[dict[str, Any]] = {"audio_url": "http://example.com/prompt.mp3"}
    emits = (PlaybackStarted, PlaybackEnded, DtmfReceived, GatherEnded)
    outcomes = AudioGatherOutcome

    def rules(self) -> Iterator[Refusal]:
        yield from self.audio_digit_rules()

    def check(self, call: Call) -> None:
        self.check_media(call.world)


class GatherStop(CallCommand, action="gather_stop"):
    """End a gather with what it has; harmless when there is none."""

    emits = (GatherEnded,)

    def run(self, call: Call) -> None:
        call.tasks.stop(GATHER, "cancelled")

"""Collecting digits that the far end presses, with or without a prompt."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from telnyx_emulator.core.activities.prompt import prompt
from telnyx_emulator.core.events import DtmfReceived, GatherEnded, GatherStatus, PlaybackEnded, PlaybackStarted
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import AUDIO, GATHER
from telnyx_emulator.core.time.tasks import Activity, Cancelled, Lane, Task

from .base import CallCommand, Outcome
from .fields import AudioFields, DigitFields, Fated, VoiceFields, together
from .media import PlaybackOutcome, length_of, play
from .types import AudioUrl
from .validation import Coded, Refusal, needed

Status = Literal["valid", "invalid", "timeout"]
Keys = Generator[Any, Any, bool]


class Digits:
    """The keys of one attempt, and what they amount to."""

    def __init__(self, fields: DigitFields) -> None:
        self._fields = fields
        self.pressed = ""
        self._terminated = False

    def add(self, key: str) -> bool:
        """Take a key; True when that completes the attempt."""
        if key == self._fields.terminating_digit:
            self._terminated = True
            return True
        self.pressed += key
        return len(self.pressed) >= self._fields.maximum_digits

    @property
    def status(self) -> Status:
        if not self.pressed and not self._terminated:
            return "timeout"
        allowed = set(self.pressed) <= set(self._fields.valid_digits)
        return "valid" if allowed and len(self.pressed) >= self._fields.minimum_digits else "invalid"


class GatherOutcome(Outcome):
    """The gather ends by itself, whatever is pressed."""

    status: Literal["valid", "invalid", "timeout", "cancelled", "cancelled_amd"] | None = None
    """As `call.gather.ended` says; unset: what the command makes of the digits."""
    digits: Annotated[str, Field(max_length=128, pattern=r"^[0-9A-D*#]*$")] | None = None
    """What it ends with, without `call.dtmf.received`; unset: what was really pressed until then."""
    after: Seconds = 1.0
    """How long after its start the gather ends."""

    @property
    def ends_gather(self) -> bool:
        """Whether anything is said about its end."""
        return bool(self.model_fields_set & GatherOutcome.model_fields.keys())


class AudioGatherOutcome(GatherOutcome):
    """The gather ends by itself, whatever is pressed, or what is played first fails."""

    prompt: PlaybackOutcome | None = None
    """How each playback of the prompt ends."""


def end_so(
    call: Call, outcome: GatherOutcome, fields: DigitFields, gather_id: str, prompts: list[Task] | None = None
) -> Activity:
    """Listen, and end when and how it was settled."""
    clock, digits = call.world.clock, Digits(fields)
    ends = clock.elapsed() + call.world.draw(outcome.after)
    try:
        while (key := (yield max(0.0, ends - clock.elapsed()))) is not None:
            digits.pressed += key
        digits.pressed = digits.pressed if outcome.digits is None else outcome.digits
        status: GatherStatus = outcome.status or digits.status
    except Cancelled as stop:
        status = stop.status
    call.emit(GatherEnded(digits=digits.pressed, gather_id=gather_id, status=status))
    _silence(call, prompts or [], status if status == "call_hangup" else "cancelled")


class Gather(DigitFields, CallCommand, action="gather"):
    """Wait for digits. It listens at once, whatever is being played."""

    gather_id: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    """An id for this gather, in its webhook; unset: a new one."""
    initial_timeout_millis: Annotated[int, Field(ge=1, le=120_000), Coded("90056")] = 5_000
    """How long the first key may take, in milliseconds."""

    emits = (DtmfReceived, GatherEnded)
    outcomes = GatherOutcome
    lane: ClassVar[Lane | None] = GATHER

    def rules(self) -> Iterator[Refusal]:
        yield from self.digit_rules()

    def run(self, call: Call) -> Activity:
        gather_id = self.gather_id or call.world.ids.uuid4()
        if self._outcome is not None:
            return end_so(call, self._outcome, self, gather_id)
        return self._collect(call, gather_id)

    def _collect(self, call: Call, gather_id: str) -> Activity:
        digits, clock = Digits(self), call.world.clock
        deadline = clock.elapsed() + self.timeout_millis / 1000
        wait = self.initial_timeout_millis / 1000
        status: GatherStatus
        try:
            while True:
                key = yield min(wait, max(0.0, deadline - clock.elapsed()))
                if key is None or digits.add(key):
                    break
                wait = self.inter_digit_timeout_millis / 1000
            status = digits.status
        except Cancelled as stop:
            status = stop.status
        call.emit(GatherEnded(digits=digits.pressed, gather_id=gather_id, status=status))


class PromptedDigits(DigitFields, Fated):
    """Digits after something was played, up to `maximum_tries` times. Usually the first key interrupts it."""

    maximum_tries: Annotated[int, Field(ge=1, le=128), Coded("90024")] = 3
    """How often the prompt is played at most."""

    def prompt(self, call: Call, after_invalid: bool) -> list[Activity]:
        """What is played before one attempt, in order."""
        raise NotImplementedError

    @property
    def first_key_secs(self) -> float:
        """How long the first key may take after the prompt."""
        return self.timeout_millis / 1000

    @property
    def stops_prompts(self) -> bool:
        """Whether a key interrupts what is being played."""
        return True

    def collect(self, call: Call, gather_id: str) -> Activity:
        """Play, listen, and tell what was pressed."""
        if self._outcome is not None and self._outcome.ends_gather:
            playing = [call.start(part, AUDIO, "prompt") for part in self.prompt(call, False)]
            yield from end_so(call, self._outcome, self, gather_id, playing)
            return
        digits, prompts = Digits(self), list[Task]()
        status: GatherStatus = "timeout"
        try:
            for attempt in range(self.maximum_tries):
                invalid = attempt > 0 and digits.status == "invalid"
                digits = Digits(self)
                prompts[:] = [call.start(part, AUDIO, "prompt") for part in self.prompt(call, invalid)]
                yield from self._attempt(call, digits, prompts)
                status = digits.status
                if status == "valid":
                    break
        except Cancelled as stop:
            status = stop.status
        ended = GatherEnded(digits=digits.pressed, gather_id=gather_id, status=status)
        call.emit(ended)
        _silence(call, prompts, status if status == "call_hangup" else "cancelled")

    def _attempt(self, call: Call, digits: Digits, prompts: list[Task]) -> Activity:
        """One prompt, then keys until they are complete or nothing more comes."""
        key = None
        for one in prompts:
            key = yield one
            if key is not None:
                break
        if key is None:
            key = yield self.first_key_secs
        if self.stops_prompts:
            _silence(call, prompts, "cancelled")
        while key is not None and not digits.add(key):
            key = yield self.inter_digit_timeout_millis / 1000


class PromptedGather(PromptedDigits, CallCommand):
    """A gather of its own that plays something first."""

    lane: ClassVar[Lane | None] = GATHER

    def run(self, call: Call) -> Activity:
        return self.collect(call, call.world.ids.uuid4())


def _silence(call: Call, prompts: list[Task], reason: str) -> None:
    for one in reversed(prompts):
        call.tasks.end(one, reason)


class GatherUsingSpeak(VoiceFields, PromptedGather, action="gather_using_speak"):
    """Say a text and collect digits. The prompt has no speak events of its own."""

    invalid_payload: Annotated[str, Field(max_length=5000), Coded("90010")] | None = None
    """The text to say first when the digits of the last try were invalid."""

    emits = (DtmfReceived, GatherEnded)
    outcomes = GatherOutcome

    def rules(self) -> Iterator[Refusal]:
        yield from self.voice_rules()
        yield from self.digit_rules()

    def prompt(self, call: Call, after_invalid: bool) -> list[Activity]:
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

    def prompt(self, call: Call, after_invalid: bool) -> list[Activity]:
        parts = []
        if after_invalid and (self.invalid_audio_url or self.invalid_media_name):
            audio = length_of(call, self.invalid_audio_url, self.invalid_media_name)
            source = {"media_url": self.invalid_audio_url, "media_name": self.invalid_media_name}
            parts.append(play(call, {key: value for key, value in source.items() if value}, audio, target_legs=""))
        audio = length_of(call, self.audio_url, self.media_name)
        return [*parts, play(call, self.source(), audio, outcome=self._outcome and self._outcome.prompt)]


class GatherUsingAudio(AudioDigits, PromptedGather, action="gather_using_audio"):
    """Play a file and collect digits. Each play has its playback events."""

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

"""Detection of answering machines (thresholds, results that are settled beforehand) and of voices made by machines."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from telnyx_emulator.core.activities import detect
from telnyx_emulator.core.activities.deepfake import examine
from telnyx_emulator.core.call.answering import Begin
from telnyx_emulator.core.events import Event
from telnyx_emulator.core.events.ai import DeepfakeDetectionError, DeepfakeDetectionResult
from telnyx_emulator.core.events.detection import (
    MachineDetectionEnded,
    MachineGreetingEnded,
    MachinePremiumDetectionEnded,
    MachinePremiumGreetingEnded,
)
from telnyx_emulator.core.far_end.behaviour import FarEnd, Finding
from telnyx_emulator.core.model import Call, World
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import DETECTION
from telnyx_emulator.core.time.tasks import Activity

from .base import Outcome
from .types import Later, NestedParameters

AUDIO_ANALYSIS = Later("audio analysis")


class DetectionConfig(NestedParameters):
    """Thresholds of answering machine detection, in milliseconds."""

    after_greeting_silence_millis: Annotated[int, Field(ge=0)] = 800
    """How long a silence after the greeting makes it a human's, in milliseconds."""
    between_words_silence_millis: Annotated[int, Field(ge=0), AUDIO_ANALYSIS] = 50
    """How long a silence separates two words, in milliseconds."""
    greeting_duration_millis: Annotated[int, Field(ge=0)] = 3500
    """A greeting longer than this is a machine's, in milliseconds."""
    greeting_silence_duration_millis: Annotated[int, Field(ge=0)] = 1500
    """How long a silence ends the greeting of a machine, in milliseconds."""
    greeting_total_analysis_time_millis: Annotated[int, Field(ge=0)] = 5000
    """How long the end of a greeting is waited for, in milliseconds."""
    initial_silence_millis: Annotated[int, Field(ge=0)] = 3500
    """A silence before the greeting longer than this means a machine, in milliseconds."""
    maximum_number_of_words: Annotated[int, Field(ge=0)] = 5
    """A greeting of more words is a machine's."""
    maximum_word_length_millis: Annotated[int, Field(ge=0)] = 3500
    """A word longer than this means a machine, in milliseconds."""
    silence_threshold: Annotated[int, Field(ge=0), AUDIO_ANALYSIS] = 256
    """The amplitude below which audio is silence."""
    total_analysis_time_millis: Annotated[int, Field(ge=0)] | None = None
    """How long the detection may take, in milliseconds; then the result is `not_sure`."""

    def thresholds(self) -> detect.Thresholds:
        total = self.total_analysis_time_millis
        return detect.Thresholds(
            after_greeting_silence=self.after_greeting_silence_millis / 1000,
            greeting_duration=self.greeting_duration_millis / 1000,
            greeting_silence_duration=self.greeting_silence_duration_millis / 1000,
            greeting_total_analysis=self.greeting_total_analysis_time_millis / 1000,
            initial_silence=self.initial_silence_millis / 1000,
            maximum_words=self.maximum_number_of_words,
            maximum_word_length=self.maximum_word_length_millis / 1000,
            total_analysis=None if total is None else total / 1000,
        )


class GreetingBehaviour(Outcome):
    """How a machine's greeting ends."""

    ends_after: Seconds = 5.0
    """How long after the result of the detection the greeting ends."""
    result: Literal["beep_detected", "no_beep_detected", "ended", "not_sure"] = "ended"
    """How the detector takes it. Premium modes know a beep and no beep only; `detect` does not tell at all,
    `detect_beep` only a beep or `not_sure`, `detect_words` a beep or else `not_sure`."""


class AmdBehaviour(Outcome):
    """What answering machine detection finds, whatever its mode and thresholds are."""

    result: Literal[
        "human", "machine", "not_sure", "human_residence", "human_business", "silence", "fax_detected",
    ] = "human"  # fmt: skip
    """In the words of either mode. Premium says `human_residence` for `human`; the other ones say `human` for both
    kinds of humans, and `machine` for a fax and for silence."""
    after: Seconds = 3.0
    """How long after the answer the result comes."""
    greeting: GreetingBehaviour | None = None
    """How the greeting of a machine ends; unset: without a beep, 5 s later."""

    @model_validator(mode="after")
    def _only_machines_have_greetings(self) -> Self:
        if self.greeting is not None and self.result != "machine":
            raise ValueError("only a machine has a greeting whose end is told: result: machine")
        return self

    def of(self, usual: FarEnd, world: World) -> FarEnd:
        """The far end as the detector takes it, and with a greeting that sounds like that."""
        found = Finding(self.result, world.draw(self.after))
        if self.greeting is not None:
            ends_after = world.draw(self.greeting.ends_after)
            found = Finding(found.result, found.after, self.greeting.result, ends_after)
        return detect.found_at(usual, found)


EVENTS: dict[tuple[bool, str], type[Event]] = {
    (False, "detection"): MachineDetectionEnded,
    (False, "greeting"): MachineGreetingEnded,
    (True, "detection"): MachinePremiumDetectionEnded,
    (True, "greeting"): MachinePremiumGreetingEnded,
}
"""The webhooks of the detector's verdicts, by whether it is the premium one."""


def detecting(call: Call, mode: str, config: DetectionConfig | None) -> Begin:
    """Begins the detection; each verdict has its webhook."""
    thresholds = (config or DetectionConfig()).thresholds()

    def tell(verdict: detect.DetectorVerdict) -> None:
        kind = EVENTS[mode.startswith("premium"), verdict.about]
        call.emit(kind.model_validate({"result": verdict.result}))

    def begin() -> None:
        finding = call.far_end.amd
        if finding is not None and finding.greeting is not None and len(detect.found(mode, finding)) < 2:
            call.warn("amd", detail=f"the mode {mode} does not tell that a greeting ended so")
        call.follow(detect.detect(call.far_end, mode, thresholds, tell), DETECTION, "detection")

    return begin


class DeepfakeDetection(NestedParameters):
    """Whether a voice is made by a machine; both limits in seconds."""

    enabled: bool
    """Whether the voice is examined."""
    rtp_timeout: Annotated[int, Field(ge=5, le=120)] = 30
    """How long the first audio is waited for, in seconds."""
    timeout: Annotated[int, Field(ge=5, le=60)] = 15
    """How long the examination may take, in seconds."""


def examine_voice(call: Call, limits: DeepfakeDetection) -> Activity:
    """Find out whether the far end's voice is real, and tell it, unless the call ends before."""
    found = yield from examine(call.far_end, limits.timeout, limits.rtp_timeout)
    if found.result == "no_media":
        call.emit(DeepfakeDetectionError(error_message="rtp_timeout"))
    else:
        call.emit(DeepfakeDetectionResult(result=found.result, score=found.score, consistency=found.consistency))

"""Answering machine detection: what the detector makes of a greeting, and when it says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from telnyx_emulator.core.events.detection import (
    AnyDetected,
    AnyGreetingEnd,
    Detected,
    GreetingEnd,
    PremiumDetected,
    PremiumGreetingEnd,
)
from telnyx_emulator.core.far_end.behaviour import FAX, HUMAN, SILENCE, VOICEMAIL, FarEnd, Finding, Greeting
from telnyx_emulator.core.time.tasks import Activity


class DetectorVerdict(NamedTuple):
    """What the detector finds, `at` seconds after the answer: who it is, or how a machine's greeting ended."""

    at: float
    about: Literal["detection", "greeting"]
    result: AnyDetected | AnyGreetingEnd


LONGEST_GREETING_SECS = 30.0
"""How long a beep is waited for once a machine was found (`detect_beep`, `detect_words`)."""

PREMIUM_TOTAL_SECS = 30.0
FAX_TONE_SECS = 2.0

STANDARD: dict[AnyDetected, Detected] = {
    "human": "human",
    "human_residence": "human",
    "human_business": "human",
    "machine": "machine",
    "fax_detected": "machine",
    "silence": "machine",
    "not_sure": "not_sure",
}
PREMIUM: dict[AnyDetected, PremiumDetected] = {
    "human": "human_residence",
    "human_residence": "human_residence",
    "human_business": "human_business",
    "machine": "machine",
    "fax_detected": "fax_detected",
    "silence": "silence",
    "not_sure": "not_sure",
}
"""What is found, in the words of each kind of detection."""

Endings = dict[AnyGreetingEnd, GreetingEnd]
NO_BEEP: Endings = {
    "beep_detected": "beep_detected",
    "not_sure": "not_sure",
    "no_beep_detected": "ended",
    "ended": "ended",
}
ENDINGS: dict[str, Endings] = {
    "detect": {},
    "detect_beep": {"beep_detected": "beep_detected", "not_sure": "not_sure"},
    "detect_words": NO_BEEP | {"no_beep_detected": "not_sure", "ended": "not_sure"},
    "greeting_end": NO_BEEP,
}
"""How each standard mode tells that a greeting ended so; an ending that is not listed is not told at all."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The detector's settings in seconds; the defaults are the vendor's."""

    after_greeting_silence: float = 0.8
    greeting_duration: float = 3.5
    greeting_silence_duration: float = 1.5
    greeting_total_analysis: float = 5.0
    initial_silence: float = 3.5
    maximum_words: int = 5
    maximum_word_length: float = 3.5
    total_analysis: float | None = None


def detect(far_end: FarEnd, mode: str, limits: Thresholds, report: Callable[[DetectorVerdict], object]) -> Activity:
    """Listen from the answer on, and report each verdict when it is reached."""
    spent = 0.0
    for verdict in verdicts(mode, far_end.greeting, limits) if far_end.amd is None else found(mode, far_end.amd):
        yield verdict.at - spent
        spent = verdict.at
        report(verdict)


def verdicts(mode: str, greeting: Greeting, limits: Thresholds) -> list[DetectorVerdict]:
    """What one detection finds, in order."""
    if mode.startswith("premium"):
        return _premium(greeting, limits)
    at, result = _standard(greeting, limits)
    found = [DetectorVerdict(at, "detection", result)]
    if result == "machine" and mode != "detect":
        found += _greeting_end(mode, greeting, limits, at)
    return found


def found(mode: str, finding: Finding) -> list[DetectorVerdict]:
    """What one detection finds whose result was settled beforehand, in order."""
    over, ending = finding.after + finding.ends_after, finding.greeting or "ended"
    if mode.startswith("premium"):
        premium = PREMIUM[finding.result]
        told = [DetectorVerdict(finding.after, "detection", premium)]
        if premium == "machine":
            beep: PremiumGreetingEnd = "beep_detected" if ending == "beep_detected" else "no_beep_detected"
            told.append(DetectorVerdict(over, "greeting", beep))
        return told
    standard = STANDARD[finding.result]
    told = [DetectorVerdict(finding.after, "detection", standard)]
    if standard == "machine" and (ended := ENDINGS[mode].get(ending)) is not None:
        told.append(DetectorVerdict(over, "greeting", ended))
    return told


def found_at(far_end: FarEnd, finding: Finding) -> FarEnd:
    """The same far end as the detector takes it, and with a greeting that sounds like that."""
    return replace(far_end, amd=finding, greeting=_sounding(finding, far_end.greeting))


def _sounding(finding: Finding, greeting: Greeting) -> Greeting:
    """A greeting that sounds like what is found: the one there is, if it fits."""
    if finding.result == "machine" and finding.greeting is not None:
        over = finding.after + finding.ends_after
        starts = min(VOICEMAIL.starts, over)
        beep = 0.0 if finding.greeting == "beep_detected" else None
        return replace(VOICEMAIL, starts=starts, seconds=over - starts, beep=beep)
    usual = {"machine": VOICEMAIL, "fax_detected": FAX, "silence": SILENCE, "not_sure": greeting}
    fitting = usual.get(finding.result, HUMAN)
    return greeting if greeting.kind == fitting.kind else fitting


def _standard(greeting: Greeting, limits: Thresholds) -> tuple[float, Detected]:
    at, result = _human_or_machine(greeting, limits)
    total = 3.5 if limits.total_analysis is None else limits.total_analysis
    return (at, result) if at <= total else (total, "not_sure")


def _human_or_machine(greeting: Greeting, limits: Thresholds) -> tuple[float, Detected]:
    """Too long a silence, too many words, too long a word or too long a greeting mean a machine."""
    if greeting.kind == "silence" or greeting.starts > limits.initial_silence:
        return limits.initial_silence, "machine"
    if greeting.kind == "fax":
        return greeting.starts + FAX_TONE_SECS, "machine"
    reasons = []
    if greeting.words > limits.maximum_words:
        reasons.append(greeting.seconds * limits.maximum_words / greeting.words)
    if greeting.seconds > limits.greeting_duration:
        reasons.append(limits.greeting_duration)
    if greeting.seconds / max(1, greeting.words) > limits.maximum_word_length:
        reasons.append(limits.maximum_word_length)
    if reasons:
        return greeting.starts + min(reasons), "machine"
    return greeting.starts + greeting.seconds + limits.after_greeting_silence, "human"


def _greeting_end(mode: str, greeting: Greeting, limits: Thresholds, found_at: float) -> list[DetectorVerdict]:
    over = greeting.starts + greeting.seconds
    beep = None if greeting.beep is None else over + greeting.beep
    if mode == "greeting_end":
        silence = over + limits.greeting_silence_duration
        heard = beep is not None and beep <= silence
        at = beep if heard and beep is not None else silence
        if at > found_at + limits.greeting_total_analysis:
            return [DetectorVerdict(found_at + limits.greeting_total_analysis, "greeting", "not_sure")]
        return [DetectorVerdict(at, "greeting", "beep_detected" if heard else "ended")]
    if beep is not None and beep <= found_at + LONGEST_GREETING_SECS:
        return [DetectorVerdict(beep, "greeting", "beep_detected")]
    if mode == "detect_beep":
        return []
    return [DetectorVerdict(found_at + LONGEST_GREETING_SECS, "greeting", "not_sure")]


def _premium(greeting: Greeting, limits: Thresholds) -> list[DetectorVerdict]:
    over = greeting.starts + greeting.seconds
    findings: dict[str, tuple[float, PremiumDetected]] = {
        "human": (over + limits.after_greeting_silence, "human_residence"),
        "machine": (greeting.starts + min(limits.greeting_duration, greeting.seconds), "machine"),
        "fax": (greeting.starts + FAX_TONE_SECS, "fax_detected"),
        "silence": (PREMIUM_TOTAL_SECS, "silence"),
    }
    at, result = findings[greeting.kind]
    total = PREMIUM_TOTAL_SECS if limits.total_analysis is None else limits.total_analysis
    if at > total:
        at, result = total, "not_sure"
    beep = None if greeting.beep is None else over + greeting.beep
    if beep is not None and beep < at:
        # A beep settles it: the vendor then leaves the detection event out.
        return [DetectorVerdict(beep, "greeting", "beep_detected")]
    found = [DetectorVerdict(at, "detection", result)]
    if result == "machine":
        ending: PremiumGreetingEnd = "no_beep_detected" if beep is None else "beep_detected"
        found.append(
            DetectorVerdict(over + limits.greeting_silence_duration if beep is None else beep, "greeting", ending)
        )
    return found

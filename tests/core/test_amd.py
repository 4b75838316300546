"""Answering machine detection, as a table: what each mode makes of each greeting."""

import pytest

from telnyx_emulator.core.amd import Thresholds, verdicts
from telnyx_emulator.core.far_end import PERSONAS, Greeting

HUMAN = PERSONAS["human"].greeting
BEEP = PERSONAS["voicemail"].greeting
NO_BEEP = PERSONAS["voicemail_no_beep"].greeting
FAX = PERSONAS["fax"].greeting
SILENCE = Greeting("silence")
EARLY_BEEP = Greeting("machine", seconds=1.0, words=3, beep=0.2)
LATE_BEEP = Greeting("machine", seconds=5.0, words=13, beep=60.0)
LONG = Greeting("machine", seconds=20.0, words=60, beep=0.5)
DEFAULT = Thresholds()

DETECTION, GREETING = "call.machine.detection.ended", "call.machine.greeting.ended"
PREMIUM, PREMIUM_GREETING = "call.machine.premium.detection.ended", "call.machine.premium.greeting.ended"


def heard(mode: str, greeting: Greeting, limits: Thresholds = DEFAULT) -> list[tuple[float, str, str]]:
    return [(round(at, 2), event.name, event.result) for at, event in verdicts(mode, greeting, limits)]


FOUND = (2.22, DETECTION, "machine")


@pytest.mark.parametrize(
    ("mode", "greeting", "expected"),
    [
        ("detect", HUMAN, [(2.1, DETECTION, "human")]),
        ("detect", BEEP, [FOUND]),
        ("detect", FAX, [(2.5, DETECTION, "machine")]),
        ("detect", SILENCE, [(3.5, DETECTION, "machine")]),
        ("detect", Greeting(starts=4.0), [(3.5, DETECTION, "machine")]),
        ("detect", Greeting(seconds=3.0, words=3), [(3.5, DETECTION, "not_sure")]),
        ("detect_beep", HUMAN, [(2.1, DETECTION, "human")]),
        ("detect_beep", BEEP, [FOUND, (5.8, GREETING, "beep_detected")]),
        ("detect_beep", NO_BEEP, [FOUND]),
        ("detect_beep", LATE_BEEP, [FOUND]),
        ("detect_words", BEEP, [FOUND, (5.8, GREETING, "beep_detected")]),
        ("detect_words", NO_BEEP, [FOUND, (32.22, GREETING, "not_sure")]),
        ("detect_words", LATE_BEEP, [FOUND, (32.22, GREETING, "not_sure")]),
        ("greeting_end", HUMAN, [(2.1, DETECTION, "human")]),
        ("greeting_end", BEEP, [FOUND, (5.8, GREETING, "beep_detected")]),
        ("greeting_end", NO_BEEP, [FOUND, (6.8, GREETING, "ended")]),
        ("greeting_end", LATE_BEEP, [FOUND, (6.8, GREETING, "ended")]),
        ("greeting_end", LONG, [(1.97, DETECTION, "machine"), (6.97, GREETING, "not_sure")]),
        ("premium", HUMAN, [(2.1, PREMIUM, "human_residence")]),
        ("premium", BEEP, [(3.8, PREMIUM, "machine"), (5.8, PREMIUM_GREETING, "beep_detected")]),
        ("premium", NO_BEEP, [(3.8, PREMIUM, "machine"), (6.8, PREMIUM_GREETING, "no_beep_detected")]),
        ("premium", FAX, [(2.5, PREMIUM, "fax_detected")]),
        ("premium", SILENCE, [(30.0, PREMIUM, "silence")]),
        ("premium", Greeting("machine", starts=40.0), [(30.0, PREMIUM, "not_sure")]),
    ],
)
def test_each_mode_tells_what_it_makes_of_a_greeting(mode, greeting, expected):
    assert heard(mode, greeting) == [(round(at, 2), *rest) for at, *rest in expected]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Thresholds(after_greeting_silence=2.0), (3.3, "human")),
        (Thresholds(initial_silence=0.2), (0.2, "machine")),
        (Thresholds(greeting_duration=0.5), (0.8, "machine")),
        (Thresholds(maximum_words=0), (0.3, "machine")),
        (Thresholds(maximum_word_length=0.6), (0.9, "machine")),
        (Thresholds(greeting_duration=0.5, maximum_word_length=0.6), (0.8, "machine")),
        (Thresholds(total_analysis=1.0), (1.0, "not_sure")),
        (Thresholds(total_analysis=0.0), (0.0, "not_sure")),
    ],
)
def test_thresholds_change_the_verdict_on_a_human(limits, expected):
    ((at, _, result),) = heard("detect", HUMAN, limits)
    assert (at, result) == expected


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Thresholds(greeting_silence_duration=1.8), (7.1, "ended")),
        (Thresholds(greeting_total_analysis=1.0), (3.22, "not_sure")),
    ],
)
def test_thresholds_change_when_a_greeting_is_over(limits, expected):
    at, _, result = heard("greeting_end", NO_BEEP, limits)[1]
    assert (at, result) == expected


def test_a_beep_before_the_verdict_leaves_the_premium_detection_out():
    limits = Thresholds(greeting_duration=3.5)
    early = Greeting("human", seconds=1.0, beep=0.2)
    assert heard("premium", early, limits) == [(1.5, PREMIUM_GREETING, "beep_detected")]
    assert heard("premium", EARLY_BEEP, limits)[0] == (1.3, PREMIUM, "machine")


def test_a_verdict_that_takes_too_long_is_not_sure():
    assert heard("premium", BEEP, Thresholds(total_analysis=2.0)) == [(2.0, PREMIUM, "not_sure")]


def test_the_ios_screening_mode_is_a_premium_one():
    assert heard("premium_ios_call_screening_detection", HUMAN) == heard("premium", HUMAN)

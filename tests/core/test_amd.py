"""Answering machine detection, as a table: what each mode makes of each greeting."""

import pytest

from telnyx_emulator.commands.detection import EVENTS
from telnyx_emulator.core.activities.detect import DetectorVerdict, Thresholds, found, found_at, verdicts
from telnyx_emulator.core.far_end.behaviour import PERSONAS, Finding, Greeting

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
    return [(round(one.at, 2), event(mode, one), one.result) for one in verdicts(mode, greeting, limits)]


def event(mode: str, verdict: DetectorVerdict) -> str:
    """The name of the webhook that tells it."""
    return EVENTS[mode.startswith("premium"), verdict.about].name


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


# -- settled beforehand ------------------------------------------------------------------------------------------

MODES = ("detect", "detect_beep", "detect_words", "greeting_end", "premium")


@pytest.mark.parametrize(
    ("result", "standard", "premium"),
    [
        ("human", "human", "human_residence"),
        ("human_residence", "human", "human_residence"),
        ("human_business", "human", "human_business"),
        ("machine", "machine", "machine"),
        ("fax_detected", "machine", "fax_detected"),
        ("silence", "machine", "silence"),
        ("not_sure", "not_sure", "not_sure"),
    ],
)
def test_a_settled_result_is_told_in_the_words_of_the_mode(result, standard, premium):
    for mode in MODES:
        first = found(mode, Finding(result, 2.5))[0]
        kind = PREMIUM if mode == "premium" else DETECTION
        assert (first.at, event(mode, first), first.result) == (2.5, kind, premium if mode == "premium" else standard)


@pytest.mark.parametrize(
    ("greeting", "told"),
    [
        ("beep_detected", [None, "beep_detected", "beep_detected", "beep_detected", "beep_detected"]),
        ("ended", [None, None, "not_sure", "ended", "no_beep_detected"]),
        ("no_beep_detected", [None, None, "not_sure", "ended", "no_beep_detected"]),
        ("not_sure", [None, "not_sure", "not_sure", "not_sure", "no_beep_detected"]),
        (None, [None, None, "not_sure", "ended", "no_beep_detected"]),
    ],
)
def test_a_settled_end_of_a_greeting_is_told_as_far_as_the_mode_tells_it(greeting, told):
    for mode, result in zip(MODES, told, strict=True):
        ends = found(mode, Finding("machine", 3.0, greeting, 6.0))[1:]
        kind = PREMIUM_GREETING if mode == "premium" else GREETING
        assert [(end.at, event(mode, end), end.result) for end in ends] == ([(9.0, kind, result)] if result else [])


@pytest.mark.parametrize("result", ["human", "not_sure", "silence", "fax_detected"])
def test_premium_detection_tells_the_end_of_a_machines_greeting_only(result):
    assert len(found("premium", Finding(result, 3.0))) == 1


@pytest.mark.parametrize(
    ("persona", "finding", "greeting"),
    [
        ("human", Finding("machine", 3.0, "beep_detected", 6.0), Greeting("machine", 0.3, 8.7, 13, 0.0)),
        ("human", Finding("machine", 3.0, "ended", 6.0), Greeting("machine", 0.3, 8.7, 13)),
        ("human", Finding("machine", 0.0, "ended", 0.0), Greeting("machine", 0.0, 0.0, 13)),
        ("human", Finding("machine", 3.0), NO_BEEP),
        ("voicemail", Finding("machine", 3.0), BEEP),
        ("voicemail", Finding("human_business", 3.0), HUMAN),
        ("voicemail", Finding("not_sure", 3.0), BEEP),
        ("human", Finding("fax_detected", 3.0), FAX),
        ("human", Finding("silence", 3.0), PERSONAS["silent"].greeting),
    ],
)
def test_what_is_found_can_be_heard(persona, finding, greeting):
    far_end = found_at(PERSONAS[persona], finding)
    assert (far_end.amd, far_end.greeting) == (finding, greeting)

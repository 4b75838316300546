"""What a recorder hears: both sides of a leg, what sounded already, and how somebody answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from simulation import Simulation

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import Greeting
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.recording.recorder import LegRecorder
from telnyx_emulator.core.recording.recording import Recording, RecordingOptions


def begin(world: Simulation, call: Call, **options: object) -> Recording:
    recorder = LegRecorder(call, RecordingOptions(**options), world.account.ids.uuid4())
    recorder.begin()
    return recorder.recording


def heard(recording: Recording) -> list[tuple[str, str, str]]:
    return [(take.track, take.sound.kind, take.sound.content) for take in recording.takes]


def test_both_sides_are_heard(world):
    call = world.answered()
    recording = begin(world, call)
    world.do(call, "speak", payload="Hello.", voice="female")
    verbs.say(call, "Hi.")
    world.do(call, "send_dtmf", digits="1")
    world.advance(5)
    verbs.press(call, "2")
    assert heard(recording) == [
        ("outbound", "speech", "Hello."),
        ("inbound", "speech", "Hi."),
        ("outbound", "digits", "1"),
        ("inbound", "digits", "2"),
    ]


def test_a_beep_comes_first(world):
    recording = begin(world, world.answered(), beep=True)
    assert heard(recording) == [("outbound", "beep", "")]
    assert begin(world, world.answered(), beep=True, track="inbound").takes == []


def test_only_the_wanted_side_is_heard(world):
    call = world.answered()
    recording = begin(world, call, track="inbound")
    world.do(call, "playback_start", media_name="music")
    verbs.press(call, "1")
    assert heard(recording) == [("inbound", "digits", "1")]


def test_what_sounds_already_is_heard_and_what_is_over_is_not(world):
    call = world.answered()
    verbs.press(call, "1")
    world.do(call, "speak", payload="Hello.", voice="female")
    world.advance(10)
    world.do(call, "playback_start", media_name="music", loop="infinity")
    world.advance(10)
    assert heard(begin(world, call)) == [("outbound", "audio", "music")]


def test_nobody_hears_what_comes_after_the_end(world):
    call = world.answered()
    recorder = LegRecorder(call, RecordingOptions(), "1")
    recorder.begin()
    recorder.stop()
    verbs.press(call, "1")
    assert recorder.recording.takes == []
    assert (call.listeners, call.recorders) == (None, None)


@pytest.mark.parametrize(
    ("number", "sounds"),
    [
        ("+15550003333", [("inbound", "speech", "")]),
        ("+15550100901", [("inbound", "speech", ""), ("inbound", "beep", "")]),
        ("+15550100903", [("inbound", "beep", "")]),
    ],
)
def test_whom_we_call_is_heard_answering(world, number, sounds):
    call = world.dial(number)
    world.advance(1)
    recording = begin(world, call)
    world.advance(20)
    assert heard(recording) == sounds
    assert begin(world, call).takes == []


def test_somebody_who_says_nothing_is_not_heard(world):
    call = world.dial()
    call.far_end = replace(call.far_end, greeting=Greeting("silence"))
    world.advance(1)
    assert begin(world, call).takes == []


def test_a_caller_does_not_say_hello_to_us(world):
    assert begin(world, world.answered()).takes == []

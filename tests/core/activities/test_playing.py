"""Clips that are played, without `call.playback.started` or any other webhook."""

import pytest

from telnyx_emulator.core.activities.play import PlayResult, play_to
from telnyx_emulator.core.activities.prompt import Prompts, prompt
from telnyx_emulator.core.audio.clip import Clip, audio_named, spoken
from telnyx_emulator.core.time.lanes import AUDIO

URL = "http://example.com/a.mp3"


def test_speech_lasts_as_long_as_its_words_and_has_no_webhooks(world, results):
    call = world.answered()
    found = results(call, play_to(call, spoken("x" * 45)))
    world.advance(3.2)
    assert found == []
    world.advance(0.1)
    assert found == [PlayResult("completed")]
    assert world.seen == []


@pytest.mark.parametrize(("reason", "status"), [("call_hangup", "call_hangup"), ("replaced", "cancelled")])
def test_what_is_stopped_says_so(world, results, reason, status):
    call = world.answered()
    found = results(call, play_to(call, spoken("hello")), AUDIO)
    call.tasks.stop(AUDIO, reason)
    assert found == [PlayResult(status)]


def test_only_who_heard_all_of_it_reacts(world, results):
    call = world.answered("presses_1")
    results(call, play_to(call, spoken("hello"), asks=False))
    results(call, play_to(call, spoken("hello").ending("cancelled_amd", 0.1)))
    world.advance(10)
    assert world.seen == []
    results(call, play_to(call, spoken("hello")))
    world.advance(10)
    assert world.events() == ["call.dtmf.received"]


def test_how_it_ends_may_be_settled(world, results):
    call = world.answered()
    found = results(call, play_to(call, Clip("audio", URL, 60.0).ending("failed", 2.0, "codec")))
    world.advance(2)
    assert found == [PlayResult("failed", "codec")]


def test_audio_that_is_not_found_makes_no_sound(world, results):
    call = world.answered()
    heard = []
    call.listeners = [lambda track, sound: heard.append(sound.content)]
    call.world.audio[URL] = "HTTP 404"
    assert results(call, play_to(call, audio_named(call.world, URL, None))) == [
        PlayResult("file_not_found", "HTTP 404")
    ]
    assert heard == []


def test_a_clip_may_be_repeated_for_ever():
    clip = spoken("x" * 45)
    assert clip.repeated(2).seconds == pytest.approx(6.6)
    assert clip.repeated("infinity").seconds is None
    assert clip.repeated("infinity").repeated(2).seconds is None


def test_prompts_play_one_after_the_other_until_they_are_silenced(world):
    call, said = world.answered(), []
    call.listeners = [lambda track, sound: said.append(sound.content) if sound.ended is None else None]
    prompts = Prompts(call)
    prompts.silence()
    prompts.begin([prompt(call, "one"), prompt(call, "two"), prompt(call, "three")])
    world.advance(0.6)
    prompts.silence()
    world.advance(10)
    assert said == ["one", "two"]

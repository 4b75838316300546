"""Recordings as sound: lengths, channels, tones, silence, and that nothing is rendered before it is wanted."""

from __future__ import annotations

import time
from array import array
from base64 import b64encode
from typing import Any

import pytest
from simulation import Simulation
from wire import Heard, hear, wav

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.recording.recording import Recording
from telnyx_emulator.media import files, rendering, tones
from telnyx_emulator.media.decoding import decoded

SENTENCE = "Please press one of the keys now."


def start(world: Simulation, call: Call, **more: Any) -> Recording:
    world.do(call, "record_start", **({"format": "wav", "channels": "dual"} | more))
    return list(world.account.recordings.values())[-1]


def file_of(recording: Recording) -> bytes:
    return b"".join(files.content(recording, 0, files.size_of(recording)))


def heard_in(world: Simulation, call: Call, recording: Recording) -> Heard:
    """Hang up, and listen to the file."""
    world.do(call, "hangup")
    return hear(file_of(recording))


def test_a_file_lasts_as_long_as_the_recording_did(world):
    call = world.answered()
    recording = start(world, call)
    world.advance(12.345)
    heard = heard_in(world, call, recording)
    assert heard.seconds == pytest.approx(12.345, abs=0.02)
    assert (len(heard.channels), heard.rate) == (2, 8000)
    assert heard.loudness(0, 13) == heard.loudness(0, 13, 1) == 0


def test_pressed_keys_are_on_the_left_and_sent_ones_on_the_right(world):
    call = world.answered()
    recording = start(world, call)
    verbs.press(call, "159#ABC*0D", every=0.3)
    world.do(call, "send_dtmf", digits="7w36", duration_millis=200)
    world.advance(5)
    heard = heard_in(world, call, recording)
    assert (heard.keys(0), heard.keys(1)) == ("159#ABC*0D", "736")


def test_a_single_channel_has_both_sides_in_it(world):
    call = world.answered()
    recording = start(world, call, channels="single")
    verbs.press(call, "12")
    world.advance(2)
    world.do(call, "send_dtmf", digits="34")
    world.advance(2)
    heard = heard_in(world, call, recording)
    assert len(heard.channels) == 1
    assert heard.keys() == "1234"


@pytest.mark.parametrize(("track", "keys"), [("inbound", "12"), ("outbound", "34")])
def test_a_single_track_has_one_side_in_one_channel(world, track, keys):
    call = world.answered()
    recording = start(world, call, recording_track=track)
    verbs.press(call, "12")
    world.advance(2)
    world.do(call, "send_dtmf", digits="34")
    world.advance(2)
    heard = heard_in(world, call, recording)
    assert len(heard.channels) == 1
    assert heard.keys() == keys


def test_speech_sounds_where_and_as_long_as_somebody_speaks(world):
    call = world.answered()
    recording = start(world, call)
    world.advance(1)
    verbs.say(call, "Hello.")
    world.advance(2)
    world.do(call, "speak", payload=SENTENCE, voice="female")
    world.advance(5)
    heard = heard_in(world, call, recording)
    assert heard.loudness(0, 1) == heard.loudness(2.1, 8) == 0
    assert heard.loudness(1, 1.5) > 3000
    assert heard.loudness(0, 3, 1) == heard.loudness(6, 8, 1) == 0
    assert heard.loudness(3, 5.4, 1) > 3000
    assert heard.keys(0) == heard.keys(1) == ""


def test_what_is_stopped_is_silent_from_then_on(world):
    call = world.answered()
    recording = start(world, call)
    world.do(call, "playback_start", audio_url="https://example.com/music.mp3", loop="infinity")
    world.advance(4)
    world.do(call, "playback_stop")
    world.advance(4)
    heard = heard_in(world, call, recording)
    assert heard.loudness(0, 4, 1) > 500
    assert heard.loudness(4, 8, 1) == 0


def test_what_was_playing_already_is_heard_from_the_beginning_of_the_recording(world):
    call = world.answered()
    world.do(call, "playback_start", audio_url="https://example.com/music.mp3", loop="infinity")
    world.advance(4)
    recording = start(world, call)
    world.advance(2)
    heard = heard_in(world, call, recording)
    assert heard.seconds == 2
    assert heard.loudness(0, 0.1, 1) > 500


def test_a_pause_is_left_out(world):
    call = world.answered()
    recording = start(world, call)
    verbs.press(call, "1")
    world.advance(1)
    world.do(call, "record_pause")
    verbs.press(call, "2")
    world.advance(7)
    world.do(call, "record_resume")
    verbs.press(call, "3")
    world.advance(1)
    heard = heard_in(world, call, recording)
    assert heard.seconds == 2
    assert heard.keys() == "13"


def test_a_sentence_that_is_paused_in_its_middle_goes_on_where_it_is(world):
    call = world.answered()
    recording = start(world, call)
    world.do(call, "playback_start", playback_content=_base64(_two_halves()), audio_type="wav")
    world.advance(0.5)
    world.do(call, "record_pause")
    world.advance(1)
    world.do(call, "record_resume")
    world.advance(1)
    heard = heard_in(world, call, recording)
    assert heard.keys(1) == "19"


def test_silence_at_both_ends_can_be_trimmed(world):
    call = world.answered()
    recording = start(world, call, trim="trim-silence")
    world.advance(3)
    verbs.press(call, "12")
    world.advance(9)
    heard = heard_in(world, call, recording)
    assert heard.seconds == pytest.approx(0.25 + 0.1, abs=0.001)
    assert heard.keys() == "12"


def test_a_trimmed_recording_of_nothing_is_an_empty_file(world):
    call = world.answered()
    recording = start(world, call, trim="trim-silence")
    world.advance(3)
    assert heard_in(world, call, recording).seconds == 0


def test_a_beep_is_heard_by_the_far_end(world):
    call = world.answered()
    recording = start(world, call, play_beep=True)
    world.advance(1)
    heard = heard_in(world, call, recording)
    assert heard.loudness(0, 0.4, 1) > 5000
    assert heard.loudness(0.4, 1, 1) == heard.loudness(0, 1) == 0


def test_a_machine_is_heard_until_its_beep(world):
    call = world.dial("+15550100901", record="record-from-answer", record_format="wav")
    (recording,) = [world.advance(1)] and world.account.recordings.values()
    world.advance(10)
    heard = heard_in(world, call, recording)
    assert heard.loudness(0, 0.3) == 0
    assert heard.loudness(0.3, 5.3) > 3000
    assert heard.loudness(5.3, 5.8) == 0
    assert heard.loudness(5.8, 6.2) > 5000
    assert heard.loudness(6.3, 10) == 0


def test_sounds_at_once_are_added_and_never_too_loud(world):
    call = world.answered()
    recording = start(world, call, channels="single")
    loud = array("h", [30_000] * 8000)
    world.do(call, "playback_start", playback_content=_base64(wav(loud)), loop=2)
    world.do(call, "playback_start", playback_content=_base64(wav(loud)), overlay=True)
    world.advance(2)
    heard = heard_in(world, call, recording)
    assert (heard.loudness(0, 1), heard.loudness(1, 2)) == (32_767, 30_000)


def test_the_bridged_far_end_is_on_the_right(world):
    call, other = world.bridged()
    recording, others = start(world, call), start(world, other)
    verbs.press(other, "159")
    world.advance(1)
    verbs.say(other, "Hello.")
    world.advance(2)
    heard = heard_in(world, call, recording)
    assert (heard.keys(0), heard.keys(1)) == ("", "159")
    assert heard.loudness(1, 1.5, 1) > 3000
    assert hear(file_of(others)).keys(0) == "159"


def test_uploaded_and_fetched_audio_is_in_the_file(world):
    call = world.answered()
    world.account.audio["http://127.0.0.1/nine.wav"] = 1.0
    world.account.waves["http://127.0.0.1/nine.wav"] = wav(tones.key("9"))
    recording = start(world, call)
    world.do(call, "playback_start", audio_url="http://127.0.0.1/nine.wav")
    world.advance(3)
    assert heard_in(world, call, recording).keys(1) == "9"


def test_audio_that_cannot_be_read_is_a_hum(world):
    call = world.answered()
    recording = start(world, call)
    world.do(call, "playback_start", playback_content=_base64(b"ID3 and so on"))
    world.advance(2)
    assert 500 < heard_in(world, call, recording).loudness(0, 2, 1) < 2000


def test_any_part_of_a_file_is_as_in_the_whole(world):
    call = world.answered()
    recording = start(world, call)
    verbs.press(call, "123")
    world.do(call, "speak", payload=SENTENCE, voice="female")
    world.advance(4)
    world.do(call, "hangup")
    whole, size = file_of(recording), files.size_of(recording)
    assert len(whole) == size
    for first, length in [(0, 10), (10, 100), (43, 2), (44, 4), (45, 33_333), (60_001, 1), (size - 5, 5), (7, 0)]:
        assert b"".join(files.content(recording, first, length)) == whole[first : first + length]


def test_the_end_of_a_long_call_renders_nothing_and_costs_nothing(world, monkeypatch):
    def cost(seconds: float) -> float:
        call = world.answered()
        recording = start(world, call)
        verbs.press(call, "1")
        world.do(call, "playback_start", media_name="music", loop="infinity")
        world.advance(seconds)
        before = time.perf_counter()
        world.do(call, "hangup")
        world.advance(1)
        assert files.size_of(recording) == 44 + 4 * 8000 * seconds
        return time.perf_counter() - before

    monkeypatch.setattr(rendering, "blocks", None)
    monkeypatch.setattr(files, "blocks", None)
    cost(1)
    assert min(cost(1800) for _ in range(3)) < 20 * cost(1) + 0.01


def test_a_file_is_rendered_piece_by_piece(world):
    call = world.answered()
    recording = start(world, call)
    world.advance(1800)
    world.do(call, "hangup")
    pieces = files.content(recording, 0, files.size_of(recording))
    assert [len(next(pieces)) for _ in range(3)] == [44, 32_000, 32_000]


# -- audio files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8000, 16_000, 11_025, 44_100, 48_000])
def test_audio_of_any_rate_is_heard_at_ours(rate):
    (samples,) = [decoded(wav(array("h", range(rate // 10)), rate))]
    assert len(samples) == pytest.approx(800, abs=1)
    assert samples[400] == pytest.approx(rate // 20, abs=6)


@pytest.mark.parametrize(
    ("width", "raw"), [(1, b"\x90\x80"), (2, b"\x00\x10\x00\x00"), (3, b"\xff\x00\x10\xff\x00\x00")]
)
def test_audio_of_any_width_is_heard_with_sixteen_bits(width, raw):
    assert list(decoded(wav(array("b", [b - 256 if b > 127 else b for b in raw]), width=width))) == [0x1000, 0]


def test_of_stereo_the_left_side_is_heard():
    assert list(decoded(wav(array("h", [1, 100, 2, 200]), channels=2))) == [1, 2]


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3", wav(array("h"))])
def test_what_is_no_audio_is_not_decoded(data):
    assert decoded(data) is None


def _two_halves() -> bytes:
    """A second and a half: a key, silence, another key."""
    return wav(tones.key("1")[:4000] + array("h", bytes(16_000)) + tones.key("9")[:4000])


def _base64(data: bytes) -> str:
    return b64encode(data).decode()

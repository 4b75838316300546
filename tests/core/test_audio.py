"""How long a piece of audio lasts."""

import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telnyx_emulator.core.audio.length import audio_seconds


def wav(seconds: float, rate: int = 8000, channels: int = 1) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(int(seconds * rate) * 2 * channels))
    return buffer.getvalue()


def mp3(header: int, length: int, frames: int = 1) -> bytes:
    return (header.to_bytes(4) + bytes(length - 4)) * frames


MPEG1_128K_44100, MPEG1_128K_44100_PADDED = 0xFFFB9000, 0xFFFB9200
MPEG2_64K_24000, MPEG25_32K_8000 = 0xFFF38400, 0xFFE34800


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (44_100, 2)])
def test_a_wav_file_lasts_its_frames_by_its_rate(rate, channels):
    assert audio_seconds(wav(1.5, rate, channels)) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("header", "length", "seconds"),
    [
        (MPEG1_128K_44100, 417, 1152 / 44_100),
        (MPEG1_128K_44100_PADDED, 418, 1152 / 44_100),
        (MPEG2_64K_24000, 192, 576 / 24_000),
        (MPEG25_32K_8000, 288, 576 / 8000),
    ],
)
def test_an_mp3_file_lasts_as_long_as_its_frames(header, length, seconds):
    assert audio_seconds(mp3(header, length, frames=10)) == pytest.approx(10 * seconds)


def test_frames_of_different_bit_rates_are_added_up():
    data = mp3(MPEG1_128K_44100, 417) + mp3(0xFFFBA000, 522)
    assert audio_seconds(data) == pytest.approx(2 * 1152 / 44_100)


def test_what_stands_before_and_after_the_frames_does_not_count():
    tag = b"ID3\x04\x00\x00\x00\x00\x01\x48" + bytes(200)
    data = tag + mp3(MPEG1_128K_44100, 417, frames=4) + b"TAG" + bytes(125)
    assert audio_seconds(data) == pytest.approx(4 * 1152 / 44_100)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>no audio</html>",
        b"ID3",
        wav(1)[:20],
        b"RIFF\x00\x00\x00\x00WAVE",
        wav(1).replace((8000).to_bytes(4, "little"), bytes(4), 1),
        mp3(0xFFEB9000, 417),
        mp3(0xFFFD9000, 417),
        mp3(0xFF1B9000, 417),
        mp3(0xFFFB0000, 417),
        mp3(0xFFFBF000, 417),
        mp3(0xFFFB9C00, 417),
    ],
    ids=[
        "nothing", "text", "a cut tag", "a cut wav", "a wav without chunks", "a wav without a rate",
        "a reserved version", "layer II", "no sync", "a free bit rate", "a bad bit rate", "a reserved rate",
    ],
)  # fmt: skip
def test_what_is_neither_wav_nor_mp3_has_no_length(data):
    assert audio_seconds(data) is None


@given(st.binary(max_size=80), st.sampled_from([b"", b"RIFF", wav(0.01)[:36], b"ID3", b"\xff\xfb\x90"]))
def test_garbage_never_raises(data, start):
    seconds = audio_seconds(start + data)
    assert seconds is None or seconds >= 0

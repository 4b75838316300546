"""Audio files that are at hand, as samples like all others."""

from __future__ import annotations

import io
import sys
import wave
from array import array

from .tones import RATE, Samples


def decoded(data: bytes) -> Samples[int] | None:
    """A WAV file as one channel at our rate; None for what is no PCM, or empty."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError, RuntimeError):
        return None
    samples = _sixteen_bits(frames, width)[::channels]
    return _resampled(samples, rate) or None


def _sixteen_bits(frames: bytes, width: int) -> Samples[int]:
    """Of wider samples the two highest bytes; narrow ones are unsigned."""
    if width == 1:
        return array("h", ((byte - 128) << 8 for byte in frames))
    if width > 2:
        kept = bytearray(len(frames) // width * 2)
        kept[0::2], kept[1::2] = frames[width - 2 :: width], frames[width - 1 :: width]
        frames = bytes(kept)
    samples = array("h", frames[: len(frames) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _resampled(samples: Samples[int], rate: int) -> Samples[int]:
    """The nearest sample will do for telephone quality."""
    if rate % RATE == 0:
        return samples[:: rate // RATE]
    count = len(samples) * RATE // rate
    return array("h", (samples[place * rate // RATE] for place in range(count)))

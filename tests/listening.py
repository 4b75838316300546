"""An ear for files: what is in a WAV, found by tone detection."""

from __future__ import annotations

import io
import wave
from array import array
from dataclasses import dataclass
from itertools import groupby
from math import cos, pi

from telnyx_emulator.media.tones import KEYS

WINDOW = 205
"""Samples in which the frequencies of keys can be told apart at 8 kHz."""


@dataclass
class Heard:
    """The channels of a file, left first."""

    rate: int
    channels: list[array[int]]

    @property
    def seconds(self) -> float:
        return len(self.channels[0]) / self.rate

    def keys(self, channel: int = 0) -> str:
        """The keys whose tones are in a channel, in order."""
        samples = self.channels[channel]
        windows = [samples[start : start + WINDOW] for start in range(0, len(samples) - WINDOW, WINDOW)]
        return "".join(key for key, _ in groupby(map(_key, windows)) if key)

    def loudness(self, began: float, ended: float, channel: int = 0) -> int:
        """The loudest sample of a stretch of time."""
        part = self.channels[channel][int(began * self.rate) : int(ended * self.rate)]
        return max(map(abs, part), default=0)


def hear(data: bytes) -> Heard:
    with wave.open(io.BytesIO(data)) as file:
        assert file.getsampwidth() == 2
        samples = array("h", file.readframes(file.getnframes()))
        count = file.getnchannels()
        return Heard(file.getframerate(), [samples[channel::count] for channel in range(count)])


def wav(samples: array[int], rate: int = 8000, channels: int = 1, width: int = 2) -> bytes:
    """A file as others make it."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def _key(samples: array[int]) -> str | None:
    """The key whose two frequencies are strong, and nothing else is."""
    tones = {hertz: _power(samples, hertz) for pair in KEYS.values() for hertz in pair}
    loud = sorted(tones, key=lambda hertz: tones[hertz], reverse=True)[:2]
    enough = min(tones[hertz] for hertz in loud) > 0.1 * sum(sample * sample for sample in samples) > 0
    return next((key for key, pair in KEYS.items() if enough and set(pair) == set(loud)), None)


def _power(samples: array[int], hertz: int) -> float:
    """Goertzel: how much of the samples' energy is at one frequency, 0.5 and more for one that is alone."""
    factor = 2 * cos(2 * pi * hertz / 8000)
    last = before = 0.0
    for sample in samples:
        last, before = sample + factor * last - before, last
    return (last * last + before * before - factor * last * before) * 2 / len(samples)

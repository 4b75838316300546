"""Samples for all that can be heard. Everything is a loop of some whole seconds, so that any part is a slice."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import cache
from math import cos, pi, sin
from typing import Final

RATE = 8000
"""Samples a second, of 16 bits."""

Samples = array  # of signed 16-bit integers

ROWS: Final = (697, 770, 852, 941)
COLUMNS: Final = (1209, 1336, 1477, 1633)
KEYPAD: Final = ("123A", "456B", "789C", "*0#D")
KEYS: Final = {key: (ROWS[r], COLUMNS[c]) for r, row in enumerate(KEYPAD) for c, key in enumerate(row)}
"""The two frequencies of each key, in Hz."""

BEEP_HERTZ, HUM_HERTZ = 1000, 300
KEY_LOUDNESS, BEEP_LOUDNESS, VOICE_LOUDNESS, HUM_LOUDNESS = 6000, 8000, 7000, 1500
VOICES: Final = {"inbound": 120.0, "outbound": 190.0}
MELODY: Final = (1.0, 1.1, 0.95, 1.2, 1.05, 0.9, 1.15, 1.0)
"""How high each syllable of a voice is; kept far below the frequencies of keys."""

SYLLABLE = RATE // 4


@cache
def key(digit: str) -> Samples[int]:
    """One second of a key's two tones."""
    low, high = KEYS[digit]
    return _wave(lambda t: KEY_LOUDNESS * (sin(low * t) + sin(high * t)))


@cache
def beep() -> Samples[int]:
    return _wave(lambda t: BEEP_LOUDNESS * sin(BEEP_HERTZ * t))


@cache
def hum() -> Samples[int]:
    """What stands for audio that is not at hand: a quiet tone."""
    return _wave(lambda t: HUM_LOUDNESS * sin(HUM_HERTZ * t))


@cache
def voice(track: str) -> Samples[int]:
    """Two seconds of a speaking voice: four syllables a second, each rising and falling."""
    samples = array("h")
    for factor in MELODY:
        pitch = 2 * pi * VOICES[track] * factor / RATE
        for place in range(SYLLABLE):
            swell = 1 - cos(2 * pi * place / SYLLABLE)
            samples.append(int(VOICE_LOUDNESS * swell / 3 * (sin(pitch * place) + 0.5 * sin(2 * pitch * place))))
    return samples


def part(loop: Samples[int], start: int, count: int) -> Samples[int]:
    """`count` samples of something that is repeated without end, from sample `start`."""
    start %= len(loop)
    found = loop[start : start + count]
    whole, rest = divmod(count - len(found), len(loop))
    return found + loop * whole + loop[:rest]


def _wave(value: Callable[[float], float]) -> Samples[int]:
    """One second of a function of the angle of 1 Hz."""
    return array("h", (int(value(2 * pi * place / RATE)) for place in range(RATE)))

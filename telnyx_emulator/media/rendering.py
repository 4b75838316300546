"""A recording as samples: silence, with all that was heard laid into it."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from typing import NamedTuple

from telnyx_emulator.core.recording.recording import Recording, Take

from . import tones
from .decoding import decoded
from .tones import RATE, Samples, part

BLOCK = RATE
"""How many frames are rendered at a time: one second."""

LOUDEST = 32_767


class SoundPiece(NamedTuple):
    """A sound in one channel of the file, from frame `start` to `end`; there it is at its sample `offset`."""

    channel: int
    start: int
    end: int
    offset: int
    take: Take


def channels_of(recording: Recording) -> int:
    return 2 if recording.channels == "dual" else 1


def frames_of(recording: Recording) -> int:
    """How many samples each channel has; nothing is rendered for it."""
    return _frames(recording.seconds())


def blocks(recording: Recording, first: int = 0) -> Iterator[bytes]:
    """16-bit little-endian frames from frame `first` on, a second at a time."""
    total, channels = frames_of(recording), channels_of(recording)
    waiting = sorted(_pieces(recording), key=lambda piece: piece.start, reverse=True)
    loops: dict[int, Samples[int]] = {}
    sounding: list[SoundPiece] = []
    for start in range(first, total, BLOCK):
        end = min(total, start + BLOCK)
        while waiting and waiting[-1].start < end:
            sounding.append(waiting.pop())
        sounding = [piece for piece in sounding if piece.end > start]
        sides = [_side(sounding, channel, start, end, loops) for channel in range(channels)]
        yield _interleaved(sides)


def _frames(seconds: float) -> int:
    return round(seconds * RATE)


def _pieces(recording: Recording) -> Iterator[SoundPiece]:
    """Every sound in every stretch of time that is kept, at its place in the file."""
    position = 0.0
    for began, over in recording.kept():
        for take in recording.takes:
            sound = take.sound
            start, end = max(began, sound.began), min(over, over if sound.ended is None else sound.ended)
            if start < end:
                channel = 1 if recording.channels == "dual" and take.track == "outbound" else 0
                yield SoundPiece(
                    channel,
                    _frames(position + start - began),
                    _frames(position + end - began),
                    _frames(start - sound.began),
                    take,
                )
        position += over - began


def _side(pieces: list[SoundPiece], channel: int, start: int, end: int, loops: dict[int, Samples[int]]) -> Samples[int]:
    """One channel of a block. Where several sound at once they are added up."""
    side = array("h", bytes(2 * (end - start)))
    taken = False
    for piece in pieces:
        if piece.channel != channel:
            continue
        first, last = max(start, piece.start), min(end, piece.end)
        heard = part(_loop(piece.take, loops), piece.offset + first - piece.start, last - first)
        place = slice(first - start, last - start)
        side[place] = array("h", map(_sum, side[place], heard)) if taken else heard
        taken = True
    return side


def _sum(one: int, other: int) -> int:
    return max(-LOUDEST, min(LOUDEST, one + other))


def _loop(take: Take, loops: dict[int, Samples[int]]) -> Samples[int]:
    """The samples that a sound consists of; a file is decoded once."""
    sound = take.sound
    if sound.kind == "digits" and sound.content in tones.KEYS:
        return tones.key(sound.content)
    if sound.kind == "speech":
        return tones.voice(take.track)
    if sound.kind == "beep":
        return tones.beep()
    if sound.data is None:
        return tones.hum()
    if id(sound.data) not in loops:
        loops[id(sound.data)] = decoded(sound.data) or tones.hum()
    return loops[id(sound.data)]


def _interleaved(sides: list[Samples[int]]) -> bytes:
    frames = array("h", bytes(2 * sum(map(len, sides))))
    for channel, side in enumerate(sides):
        frames[channel :: len(sides)] = side
    if sys.byteorder == "big":
        frames.byteswap()
    return frames.tobytes()

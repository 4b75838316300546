"""Recordings as files. Their sizes are known without rendering them, and any part of a WAV is rendered alone."""

from __future__ import annotations

import importlib
import struct
from collections.abc import Iterator
from typing import Any, Final

from telnyx_emulator.core.errors import Mp3Unavailable
from telnyx_emulator.core.recording.recording import Recording

from .rendering import blocks, channels_of, frames_of
from .tones import RATE

CONTENT_TYPES: Final = {"wav": "audio/wav", "mp3": "audio/mpeg"}

HEADER_BYTES = 44
SAMPLE_BYTES = 2

MP3_FRAME = 576
"""Samples in an MP3 frame at this sampling rate."""

MP3_KBITS = 16
"""For each channel. The rate is constant, so that all frames have the same length and sizes can be told."""

MP3_FRAME_BYTES = MP3_FRAME // 8 * MP3_KBITS * 1000 // RATE
MP3_DELAY_FRAMES = 2
"""How many frames more than the samples fill come out of the encoder."""


def size_of(recording: Recording) -> int:
    """Bytes of the file, in its format."""
    frames, channels = frames_of(recording), channels_of(recording)
    if recording.options.format == "wav":
        return HEADER_BYTES + frames * channels * SAMPLE_BYTES
    return (-(-frames // MP3_FRAME) + MP3_DELAY_FRAMES) * MP3_FRAME_BYTES * channels if frames else 0


def content(recording: Recording, start: int, length: int) -> Iterator[bytes]:
    """`length` bytes of the file from byte `start` on, rendered while they are taken."""
    if recording.options.format == "mp3":
        return _cut(_mp3(recording, encoder(channels_of(recording))), start, length)
    return _wav(recording, start, length)


def encoder(channels: int) -> Any:
    """Raises `Mp3Unavailable` without the optional dependency."""
    try:
        lameenc = importlib.import_module("lameenc")
    except ImportError:
        raise Mp3Unavailable from None
    encoder = lameenc.Encoder()
    encoder.set_in_sample_rate(RATE)
    encoder.set_out_sample_rate(RATE)
    encoder.set_channels(channels)
    encoder.set_bit_rate(MP3_KBITS * channels)
    encoder.set_quality(7)
    return encoder


def _wav(recording: Recording, start: int, length: int) -> Iterator[bytes]:
    width = channels_of(recording) * SAMPLE_BYTES
    if start < HEADER_BYTES:
        yield from _cut(_with_header(recording), start, length)
    else:
        first, skip = divmod(start - HEADER_BYTES, width)
        yield from _cut(blocks(recording, first), skip, length)


def _with_header(recording: Recording) -> Iterator[bytes]:
    yield wav_header(channels_of(recording), frames_of(recording))
    yield from blocks(recording)


def wav_header(channels: int, frames: int) -> bytes:
    """RIFF/WAVE for 16-bit PCM."""
    width = channels * SAMPLE_BYTES
    size = frames * width
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", HEADER_BYTES - 8 + size, b"WAVE",
        b"fmt ", 16, 1, channels, RATE, RATE * width, width, 8 * SAMPLE_BYTES,
        b"data", size,
    )  # fmt: skip


def _mp3(recording: Recording, encoder: Any) -> Iterator[bytes]:
    for block in blocks(recording):
        yield bytes(encoder.encode(block))
    if frames_of(recording):
        yield bytes(encoder.flush())


def _cut(chunks: Iterator[bytes], skip: int, length: int) -> Iterator[bytes]:
    """Leave out the first `skip` bytes, and all that follow the next `length` ones."""
    for chunk in chunks:
        if length <= 0:
            return
        wanted = chunk[skip : skip + length]
        skip = max(0, skip - len(chunk))
        length -= len(wanted)
        if wanted:
            yield wanted

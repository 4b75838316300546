"""How long a piece of audio lasts, read from its own header."""

from __future__ import annotations

import io
import wave

MP3_BITRATES = {  # kbit/s by index, for MPEG 1 and for MPEG 2/2.5, layer III
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
MP3_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def audio_seconds(data: bytes) -> float | None:
    """Seconds of a WAV or MP3 file; None if it is neither."""
    if data[:4] == b"RIFF":
        return _wav_seconds(data)
    return _mp3_seconds(data)


def _wav_seconds(data: bytes) -> float | None:
    try:
        with wave.open(io.BytesIO(data)) as file:
            return float(file.getnframes() / file.getframerate())
    except (wave.Error, EOFError, RuntimeError, ZeroDivisionError):
        return None


def _mp3_seconds(data: bytes) -> float | None:
    """Add up the frames; each tells its own bit rate and sampling rate."""
    place, seconds = _after_id3(data), 0.0
    while place + 4 <= len(data):
        frame = _frame(data[place : place + 4])
        if frame is None:
            break
        length, lasts = frame
        place, seconds = place + length, seconds + lasts
    return seconds or None


def _after_id3(data: bytes) -> int:
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return size + 10


def _frame(header: bytes) -> tuple[int, float] | None:
    """Bytes and seconds of a layer III frame."""
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    if header[0] != 0xFF or header[1] < 0xE0 or version == 1 or layer != 1:
        return None
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if bitrate in (0, 15) or rate == 3:
        return None
    kbits, hertz = MP3_BITRATES[3 if version == 3 else 2][bitrate], MP3_RATES[version][rate]
    samples = 1152 if version == 3 else 576
    return samples // 8 * kbits * 1000 // hertz + (header[2] >> 1 & 1), samples / hertz

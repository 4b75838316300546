"""Identifiers in the vendor's formats; the same seed gives the same ones."""

from __future__ import annotations

import base64
import hashlib
import random
from datetime import UTC, datetime

GREGORIAN = datetime(1582, 10, 15, tzinfo=UTC)


def digest(*parts: object) -> int:
    """A stable number out of some words (Python's own `hash` differs from run to run)."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


class Ids:
    """The identifiers of one world.

    Call legs and sessions have UUIDs of version 1, which carry the time and one network node; events,
    recordings and conferences have version 4; connections are 19-digit numbers.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._node = 0x0242_0000_0000 | self.random.getrandbits(32)
        self._last_tick = 0

    def uuid4(self) -> str:
        return uuid4_text(self.random.getrandbits(128))

    def uuid1(self, now: datetime) -> str:
        """Two made at the same instant follow one another by some microseconds, as on the real platform."""
        since = now - GREGORIAN
        tick = (since.days * 86_400 + since.seconds) * 10_000_000 + since.microseconds * 10
        self._last_tick = tick = max(tick, self._last_tick + self.random.randint(20, 400))
        low, middle, high = tick & 0xFFFF_FFFF, tick >> 32 & 0xFFFF, tick >> 48 & 0x0FFF
        sequence = 0x8000 | self.random.getrandbits(14)
        return _uuid_text(low << 96 | middle << 80 | (0x1000 | high) << 64 | sequence << 48 | self._node)

    def call_control_id(self) -> str:
        return "v3:" + base64.urlsafe_b64encode(self.random.randbytes(41))[:54].decode()

    def connection_id(self) -> str:
        return str(self.random.randint(10**18, 3 * 10**18))


def uuid4_text(bits: int) -> str:
    """The UUID of version 4 that these 128 random bits make."""
    return _uuid_text(bits & ~(0xF << 76) & ~(0x3 << 62) | (4 << 76) | (2 << 62))


def _uuid_text(bits: int) -> str:
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

"""Sounds, and the tracks of a leg on which they are heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Track = Literal["inbound", "outbound"]
"""Towards us from the leg's far end, or what that far end hears: our prompts and a bridged leg's far end."""

Kind = Literal["speech", "digits", "audio", "beep"]

KEY_TONE_SECS = 0.1
"""How long the tone of one key sounds."""

BEEP_SECS = 0.4


@dataclass(slots=True, eq=False)
class Sound:
    """Something audible. Instants are virtual seconds of the world's clock.

    `content`: the words, the key, or the URL or name of audio (may be empty). `seconds`: how long it takes
    unless it is cut short, None: until it is stopped. `ended` is set when it is over.
    `confidence`: how well words can be understood, 0 to 1. `data`: the audio itself, where it is at hand.
    """

    kind: Kind
    content: str
    began: float
    seconds: float | None
    confidence: float = 1.0
    ended: float | None = None
    data: bytes | None = None

    def share(self, now: float) -> float:
        """How much of it has been heard at `now`, 0 to 1."""
        if not self.seconds:
            return 0.0
        return min(1.0, (now - self.began) / self.seconds)


Listener = Callable[[Track, Sound], None]
"""Told twice of each sound: when it begins, and when it has `ended`."""

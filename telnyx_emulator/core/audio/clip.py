"""Clips: speech or audio that can be played, on a leg as in a conference."""

from __future__ import annotations

from typing import Literal, NamedTuple

from telnyx_emulator.core.audio import speech
from telnyx_emulator.core.events.media import PlaybackStatus
from telnyx_emulator.core.model import World

from .sound import Kind

UNKNOWN_AUDIO_SECS = 3.0
"""How long audio is taken to be whose file is not known."""


class Clip(NamedTuple):
    """Speech or audio, and how its playing ends.

    `content`: the words, or the URL or name of the audio. `seconds`: its length; None: until it is stopped. `data`: the
    audio itself, where it is known. `status`, `detail`: how its playing ends when it is not stopped; one that is
    `file_not_found` makes no sound. `stops_after`: seconds until then; None: its length.
    """

    kind: Kind
    content: str
    seconds: float | None
    data: bytes | None = None
    status: PlaybackStatus = "completed"
    detail: str | None = None
    stops_after: float | None = None

    @property
    def found(self) -> bool:
        """Whether there is anything to hear."""
        return self.status != "file_not_found"

    def repeated(self, loop: int | Literal["infinity"]) -> Clip:
        """The same clip several times over, or until it is stopped."""
        if loop == 1:
            return self
        return self._replace(seconds=None if loop == "infinity" or self.seconds is None else self.seconds * loop)

    def ending(self, status: PlaybackStatus, after: float, detail: str | None = None) -> Clip:
        """The same clip, whose playing ends so and then."""
        return self._replace(status=status, detail=detail, stops_after=after)


def spoken(text: str, ssml: bool = False, speed: float = 1.0) -> Clip:
    """A text that is said."""
    return Clip("speech", speech.words(text, ssml), speech.speech_seconds(text, ssml, speed))


def audio_named(world: World, url: str | None, name: str | None) -> Clip:
    """Audio by URL or by the name under which it was uploaded; `file_not_found` if it cannot be fetched."""
    if url:
        seconds, data = world.audio.get(url, UNKNOWN_AUDIO_SECS), world.waves.get(url)
    else:
        stored = world.media_file(name or "")
        seconds = (stored and stored.seconds) or UNKNOWN_AUDIO_SECS
        data = stored.content if stored else None
    clip = Clip("audio", url or name or "", 0.0 if isinstance(seconds, str) else seconds, data)
    return clip.ending("file_not_found", 0.0, seconds) if isinstance(seconds, str) else clip

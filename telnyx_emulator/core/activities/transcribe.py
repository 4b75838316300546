"""Words on a leg, as a recogniser hands them on: while they are said, and when they have been said."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.sound import Sound, Track
from telnyx_emulator.core.events import Transcription
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.lanes import INTERIM
from telnyx_emulator.core.time.tasks import Activity, Cancelled, LiveState, Task

INTERIM_SECS = 1.0
"""From one interim result to the next."""

ALL_BUT_NOTHING = 1 - 1e-9


@dataclass(slots=True, eq=False)
class Transcriber:
    """Listens to a leg. `names_track`: whether its results say who spoke. `interim`: whether they come early.

    `mishears`: what it takes everything for that is said; `confidence`: how sure it is; None: as it is said.
    """

    call: Call
    tracks: Collection[Track]
    names_track: bool
    interim: bool
    client_state: str | LiveState | None
    mishears: str | None = None
    confidence: float | None = None
    _growing: dict[Sound, Task] = field(default_factory=dict, init=False)

    def listen(self) -> Activity:
        """Transcribe until stopped."""
        hearing.listen(self.call, self.hear)
        with suppress(Cancelled):
            yield None
        hearing.ignore(self.call, self.hear)

    def hear(self, track: Track, sound: Sound) -> None:
        if sound.kind != "speech" or track not in self.tracks:
            return
        if sound.ended is None:
            if self.interim:
                self._growing[sound] = self.call.follow(self._grow(track, sound), INTERIM)
            return
        if (growing := self._growing.pop(sound, None)) is not None:
            self.call.tasks.end(growing, "said")
        if transcript := said(sound, sound.ended, self.mishears):
            self._emit(track, sound, transcript, is_final=True)

    def _grow(self, track: Track, sound: Sound) -> Activity:
        clock, before = self.call.world.clock, ""
        with suppress(Cancelled):
            while True:
                yield INTERIM_SECS
                transcript = said(sound, clock.elapsed(), self.mishears)
                if transcript not in (before, sound.content if self.mishears is None else self.mishears):
                    self._emit(track, sound, transcript, is_final=False)
                before = transcript

    def _emit(self, track: Track, sound: Sound, transcript: str, is_final: bool) -> None:
        data: dict[str, Any] = {
            "confidence": sound.confidence if self.confidence is None else self.confidence,
            "is_final": is_final,
            "transcript": transcript,
        }
        if self.names_track:
            data["transcription_track"] = track
        live = isinstance(self.client_state, LiveState)
        self.call.emit(Transcription(transcription_data=data), self.call.client_state if live else self.client_state)


def said(sound: Sound, now: float, instead: str | None = None) -> str:
    """The words that have been said by `now`: only whole ones. `instead`: what they are taken for."""
    share, content = sound.share(now), sound.content if instead is None else instead
    if share >= ALL_BUT_NOTHING:
        return content
    words = content.split()
    return " ".join(words[: int(len(words) * share)])

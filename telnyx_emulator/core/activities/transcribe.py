"""Words on a leg, as a recogniser hands them on: while they are said, and when they have been said."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.sound import Sound, Track
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.lanes import INTERIM
from telnyx_emulator.core.time.tasks import Activity, Cancelled, Task

INTERIM_SECS = 1.0
"""From one interim result to the next."""

ALL_BUT_NOTHING = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words that were understood on a track, or (not `is_final`) those of them that were said so far."""

    track: Track
    words: str
    confidence: float
    is_final: bool


@dataclass(frozen=True, slots=True)
class Recognition:
    """How speech is understood. `mishears`: the words that any speech is taken for; `confidence`: how sure the results
    are; None: as it is said."""

    mishears: str | None = None
    confidence: float | None = None


@dataclass(slots=True, eq=False)
class Transcriber:
    """Listens to tracks of a leg and reports what is said. `interim`: whether results come early, too."""

    call: Call
    tracks: Collection[Track]
    interim: bool
    report: Callable[[Transcript], object]
    recognition: Recognition = Recognition()
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
        if words := said(sound, sound.ended, self.recognition.mishears):
            self._report(track, sound, words, is_final=True)

    def _grow(self, track: Track, sound: Sound) -> Activity:
        clock, before, mishears = self.call.world.clock, "", self.recognition.mishears
        with suppress(Cancelled):
            while True:
                yield INTERIM_SECS
                words = said(sound, clock.elapsed(), mishears)
                if words not in (before, sound.content if mishears is None else mishears):
                    self._report(track, sound, words, is_final=False)
                before = words

    def _report(self, track: Track, sound: Sound, words: str, is_final: bool) -> None:
        sure = self.recognition.confidence
        self.report(Transcript(track, words, sound.confidence if sure is None else sure, is_final))


def said(sound: Sound, now: float, instead: str | None = None) -> str:
    """The words that have been said by `now`: only whole ones. `instead`: what they are taken for."""
    share, content = sound.share(now), sound.content if instead is None else instead
    if share >= ALL_BUT_NOTHING:
        return content
    words = content.split()
    return " ".join(words[: int(len(words) * share)])
